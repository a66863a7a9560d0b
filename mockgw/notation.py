"""Notation: the base of every class that people write in YAML, and the scalars they write: text, numbers, durations."""

import inspect
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetJsonSchemaHandler,
    ModelWrapValidatorHandler,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError

from mockgw.suggest import did_you_mean

TEMPLATE_SIGNS = ("{{", "{%", "{#")
UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
LONGEST = 1e9  # seconds, some thirty years: beyond it is a typing error, and soon more than a timer can hold
DURATION = r"^[0-9]+(\.[0-9]+)?(ms|s|m|h|d)$"
JsonSchema = dict[str, Any]
# What others call it: a hint where the one is unknown and the other known.
SYNONYMS = {
    "regex": "matches",
    "args": "input",
    "arguments": "input",
    "user": "prompt",
    "when": "match",
    "respond": "reply",
    "response": "reply",
    "answer": "reply",
    "reply": "text",
}


class Written(BaseModel):
    """Something a person writes: its fields are its options, an unknown one is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    _unlisted: ClassVar[Collection[str]] = ()  # keys too many to be named to somebody who writes an unknown one
    _nullable: ClassVar[Collection[str]] = ()  # keys whose value may be null; elsewhere it is a slip, not a wish

    @model_validator(mode="wrap")
    @classmethod
    def _keys(cls, value: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Bad keys come first: what they leave missing is no problem of its own, what is below the others is."""
        bad = dict(cls._bad_keys(value)) if isinstance(value, dict) else {}
        if not bad:
            return handler(value)
        problems = [InitErrorDetails(type=problem, input=value) for problem in bad.values()]
        try:
            handler(cls._completed({key: part for key, part in value.items() if key not in bad}))
        except ValidationError as error:
            problems.extend(_below(error))
        raise ValidationError.from_exception_data(cls.__name__, problems)

    @classmethod
    def _bad_keys(cls, value: Mapping[str, Any]) -> Iterator[tuple[str, PydanticCustomError]]:
        """Keys that are unknown, and those that say nothing."""
        known = [field.alias or name for name, field in cls.model_fields.items()]
        for key, part in value.items():
            if key not in known:
                yield key, cls._unknown(key, known, value)
            elif part is None and key not in cls._nullable:
                message = "{key} is null; give it a value or leave it out"
                yield key, PydanticCustomError("null", message, {"key": repr(key), "name": key})

    @classmethod
    def _unknown(cls, key: str, known: list[str], value: Mapping[str, Any]) -> PydanticCustomError:
        listed = ", ".join(name for name in known if name not in cls._unlisted)
        synonym = f"; did you mean {SYNONYMS[key]!r}?" if SYNONYMS.get(key) in known else ""
        hint = synonym or did_you_mean(key, known) or f"; expected {listed}"
        message = cls._elsewhere(key, value) or f"unknown key {key!r}{hint}"
        return PydanticCustomError("unknown_key", "{message}", {"message": message, "name": key})

    @classmethod
    def _elsewhere(cls, key: str, value: Mapping[str, Any]) -> str:
        """Where an unknown key belongs, as a message; or nothing."""
        return ""

    @classmethod
    def _completed(cls, value: dict[str, Any]) -> dict[str, Any]:
        """What a bad key left missing is filled in, for the sake of the problems below the others."""
        return value

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchema:
        """The mapping, or what can be written in short."""
        itself = handler(core_schema)
        schema = handler.resolve_ref_schema(itself)
        schema["description"] = inspect.getdoc(cls)
        if short := cls._in_short(schema["properties"], itself):
            mapping = {key: schema.pop(key) for key in list(schema) if key not in ("title", "description")}
            schema["anyOf"] = [*short, mapping]
        return itself

    @classmethod
    def _in_short(cls, options: Mapping[str, JsonSchema], itself: JsonSchema) -> list[JsonSchema]:
        """What can be written instead of the mapping."""
        return []


def _below(error: ValidationError) -> Iterator[InitErrorDetails]:
    """The problems that are not of the value itself, to be raised again."""
    for details in (details for details in error.errors() if details["loc"]):
        again = PydanticCustomError(details["type"], "{message}", {**details.get("ctx", {}), "message": details["msg"]})
        yield InitErrorDetails(type=again, loc=details["loc"], input=details["input"])


def is_template(value: object) -> bool:
    """Whether a value is text with `{{ … }}` or another Jinja2 sign in it."""
    return isinstance(value, str) and any(sign in value for sign in TEMPLATE_SIGNS)


def shown(value: object) -> str:
    """A value as its writer would recognise it in a message."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return f"a mapping with {', '.join(map(repr, value))}" if value else "an empty mapping"
    if isinstance(value, list | tuple):
        return "a list"
    text = repr(value).replace("\\\\", "\\")  # as it was written
    return text if len(text) <= 80 else f"{text[:76]}…{text[-1]}"


def read_text(value: object) -> str:
    """Text: a string, or a number as it was written (`404`, `1.10`)."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        hint = f"; quote it: '{shown(value)}'" if value is None or isinstance(value, bool) else ""
        raise ValueError(f"expected text, found {shown(value)}{hint}")
    return getattr(value, "text", None) or str(value)


def read_number(value: object) -> object:
    """A number, kept apart from `true` and from quoted text."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"expected a number, found {shown(value)}")
    return value


def read_integer(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"expected a whole number, found {shown(value)}")
    return int(value)


def read_boolean(value: object) -> object:
    if not isinstance(value, bool):
        raise ValueError(f"expected true or false, found {shown(value)}")
    return value


def read_duration(value: object) -> float:
    """Seconds, from `250ms`, `2s`, `1m`, `5h`, `7d` or a number of seconds."""
    seconds = _with_unit(value.strip()) if isinstance(value, str) else value
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds <= LONGEST:
        raise ValueError(
            f"expected a duration such as 250ms, 2s, 1m, 5h, 7d or a number of seconds, found {shown(value)}"
        )
    return float(seconds)


def _with_unit(text: str) -> float | None:
    if not re.match(DURATION, text):
        return None
    unit = text.lstrip("0123456789.")
    return float(text.removesuffix(unit)) * UNITS[unit]


def or_template(read: Callable[[object], object]) -> Callable[[object], object]:
    """A reader that lets templates through: they are read once they are rendered."""
    return lambda value: value if is_template(value) else read(value)


def share(value: float) -> float:
    if not 0 <= value <= 1:
        raise ValueError(f"expected a share from 0 to 1, found {value}")
    return value


def at_least(minimum: int) -> AfterValidator:
    def check(value: int) -> int:
        if value < minimum:
            raise ValueError(f"expected at least {minimum}, found {value}")
        return value

    return AfterValidator(check)


def _duration_schema(digits: str, **bounds: float) -> JsonSchema:
    """Blanks around it are no matter."""
    pattern = rf"^\s*{digits}({'|'.join(UNITS)})\s*$"
    return {"anyOf": [{"type": "number", **bounds, "maximum": LONGEST}, {"type": "string", "pattern": pattern}]}


TEXT_SCHEMA: JsonSchema = {"type": ["string", "number"]}
ABOVE_ZERO_SCHEMA: JsonSchema = {"type": "number", "exclusiveMinimum": 0}
DURATION_SCHEMA = _duration_schema(r"[0-9]+(\.[0-9]+)?", minimum=0)
DURATION_ABOVE_ZERO_SCHEMA = _duration_schema(
    r"([0-9]*[1-9][0-9]*(\.[0-9]+)?|[0-9]+\.[0-9]*[1-9][0-9]*)", exclusiveMinimum=0
)
TEMPLATE_SCHEMA: JsonSchema = {"type": "string", "pattern": r"\{[{%#]"}


def integer_schema(minimum: int, maximum: int | None = None) -> JsonSchema:
    return {"type": "integer", "minimum": minimum} | ({} if maximum is None else {"maximum": maximum})


def or_template_schema(schema: JsonSchema) -> JsonSchema:
    return {"anyOf": [*schema.get("anyOf", [schema]), TEMPLATE_SCHEMA]}


@dataclass(frozen=True, slots=True)
class OrShort:
    """Says to editors what can be written instead."""

    schema: JsonSchema

    def __get_pydantic_json_schema__(self, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchema:
        return {"anyOf": [*self.schema.get("anyOf", [self.schema]), handler(core_schema)]}


class OneOrList:
    """Says to editors that one value can be written instead of a list."""

    def __get_pydantic_json_schema__(self, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchema:
        several = handler(core_schema)
        one = several["items"] or {"type": ["null", "boolean", "number", "string", "object"]}
        return {"anyOf": [one, several]}


Text = Annotated[str, BeforeValidator(read_text), WithJsonSchema(TEXT_SCHEMA)]
Number = Annotated[float, BeforeValidator(read_number), WithJsonSchema({"type": "number"})]
Integer = Annotated[int, BeforeValidator(read_integer), WithJsonSchema({"type": "integer"})]
Boolean = Annotated[bool, BeforeValidator(read_boolean), WithJsonSchema({"type": "boolean"})]
Count = Annotated[Integer, at_least(1), WithJsonSchema(integer_schema(1))]
Natural = Annotated[Integer, at_least(0), WithJsonSchema(integer_schema(0))]
Share = Annotated[Number, AfterValidator(share), WithJsonSchema({"type": "number", "minimum": 0, "maximum": 1})]
Duration = Annotated[float, BeforeValidator(read_duration), WithJsonSchema(DURATION_SCHEMA)]
IntegerOrTemplate = Annotated[Any, BeforeValidator(or_template(read_integer))]
DurationOrTemplate = Annotated[
    Any, BeforeValidator(or_template(read_duration)), WithJsonSchema(or_template_schema(DURATION_SCHEMA))
]


def listed(value: object) -> object:
    """One value or several, as a list."""
    return value if isinstance(value, list | tuple) else [value]
