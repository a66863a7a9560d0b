"""Scripted errors: an error as a scenario spells it, and the ApiError it stands for."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from mockgw.later import Later
from mockgw.notation import (
    TEMPLATE_SCHEMA,
    TEXT_SCHEMA,
    Boolean,
    DurationOrTemplate,
    IntegerOrTemplate,
    JsonSchema,
    Text,
    Written,
    integer_schema,
    is_template,
    or_template_schema,
    shown,
)
from mockgw.protocol.dialects import Dialect
from mockgw.protocol.errors import TYPES, ApiError, type_of
from mockgw.protocol.headers import HeaderName
from mockgw.suggest import did_you_mean

# The status that a type alone stands for: the lowest that has it.
STATUS_OF: Mapping[str, int] = {kind: status for status, kind in sorted(TYPES.items(), reverse=True)}


STATUS_SCHEMA = integer_schema(400, 599)
TYPE_SCHEMA: JsonSchema = {"anyOf": [{"enum": list(STATUS_OF)}, TEMPLATE_SCHEMA]}


class ScriptedError(Written):
    """An error answer: a status, a type, or a mapping; what is not said is as the gateway's dialect has it."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [{"required": ["status"]}, {"required": ["type"], "properties": {"type": TYPE_SCHEMA}}]
        }
    )

    status: Annotated[IntegerOrTemplate, WithJsonSchema(or_template_schema(STATUS_SCHEMA))] = None
    """HTTP status, 400 to 599; that of `type` when absent."""
    type: Annotated[Text, WithJsonSchema(TEXT_SCHEMA | {"examples": list(STATUS_OF)})] | None = None
    """`error.type`; that of the status when absent."""
    message: Text | None = None
    """`error.message`; the gateway's own wording when absent."""
    param: Text = ""
    """`error.param`: the parameter at fault."""
    retry_after: DurationOrTemplate = None
    """The `retry-after` header."""
    should_retry: Boolean | None = None
    """The `x-should-retry` header; as the real API sends it when absent."""
    headers: dict[HeaderName, Text] = Field(default_factory=dict)
    """Further headers."""
    body: Annotated[Any, WithJsonSchema({"type": ["string", "number", "boolean", "object", "array"]})] = None
    """The whole body instead: text as it is, anything else as JSON."""

    @model_validator(mode="after")
    def _has_a_status(self) -> "ScriptedError":
        if self.status is None and self.type is None:
            raise ValueError("an error needs a 'status' (such as 429) or a 'type' (such as rate_limit_error)")
        if self.status is None and not is_template(self.type) and self.type not in STATUS_OF:
            others = f"; add a 'status', or take one of {', '.join(STATUS_OF)}"
            hint = did_you_mean(str(self.type), STATUS_OF) or others
            raise ValueError(f"expected an error type, found {self.type!r}{hint}")
        if isinstance(self.status, int) and not 400 <= self.status <= 599:
            raise ValueError(f"expected a status from 400 to 599, found {self.status}")
        return self

    @classmethod
    def _in_short(cls, options: Mapping[str, JsonSchema]) -> list[JsonSchema]:
        return [*TYPE_SCHEMA["anyOf"], STATUS_SCHEMA]

    def api_error(self, dialect: Dialect) -> ApiError:
        """The error in full, in the words of a gateway. Templates must have been rendered."""
        status = int(self.status) if self.status is not None else STATUS_OF[str(self.type)]
        headers = {name.lower(): value for name, value in self.headers.items()}
        if self.retry_after is not None:
            headers.setdefault("retry-after", seconds(float(self.retry_after)))
        return ApiError(
            status,
            dialect.message(status) if self.message is None else self.message,
            type=self.type or type_of(status),
            param=self.param,
            should_retry=self.should_retry,
            headers=headers,
            body=self.body,
        )


def seconds(value: float) -> str:
    """Seconds as a header has them: `2`, `0.5`, and never with an exponent."""
    return f"{value:.3f}".rstrip("0").rstrip(".")


def read_error(value: Any) -> Any:
    """A status or a type stands for the whole."""
    if isinstance(value, bool) or value is None or isinstance(value, list | float):
        raise ValueError(f"expected a status, an error type or a mapping, found {shown(value)}")
    if isinstance(value, int):
        return {"status": value}
    return {"type": value} if isinstance(value, str) else value


AnyError = Annotated[Later[ScriptedError], BeforeValidator(read_error)]
