"""Times: how often something is to happen."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, model_validator

from mockgw.later import Later
from mockgw.notation import JsonSchema, Natural, Written, integer_schema, read_integer
from mockgw.wording import counted

BOUNDS: tuple[str, ...] = ("at_least", "at_most")


class Times(Written):
    """How often: a number, or its bounds."""

    model_config = ConfigDict(json_schema_extra={"anyOf": [{"required": [bound]} for bound in BOUNDS]})

    at_least: Natural = 0
    """So often or more."""
    at_most: Natural | None = None
    """So often and no more."""

    @model_validator(mode="after")
    def _in_order(self) -> "Times":
        if not self.model_fields_set:
            raise ValueError("expected at_least, at_most or both; found an empty mapping")
        if self.at_most is not None and self.at_least > self.at_most:
            raise ValueError(f"'at_least' ({self.at_least}) is above 'at_most' ({self.at_most})")
        return self

    @classmethod
    def _in_short(cls, options: Mapping[str, JsonSchema]) -> list[JsonSchema]:
        return [integer_schema(0)]

    @property
    def exact(self) -> bool:
        return self.at_least == self.at_most

    def too_few(self, count: int) -> bool:
        return count < self.at_least

    def too_many(self, count: int) -> bool:
        return self.at_most is not None and count > self.at_most

    def of(self, noun: str) -> str:
        """`2 requests`, `at least 1 request`, `1 to 3 requests`, `no request`."""
        if self.at_most is None:
            return f"at least {counted(self.at_least, noun)}"
        if self.at_most == 0:
            return f"no {noun}"
        if self.exact:
            return counted(self.at_most, noun)
        if self.at_least == 0:
            return f"at most {counted(self.at_most, noun)}"
        return f"{self.at_least} to {counted(self.at_most, noun)}"


def read_times(value: Any) -> Any:
    """A number stands for exactly so many."""
    if isinstance(value, dict | Written):
        return value
    count = read_integer(value)
    if isinstance(count, int) and count < 0:
        raise ValueError(f"expected at least 0, found {count}")
    return {"at_least": count, "at_most": count}


AnyTimes = Annotated[Later[Times], BeforeValidator(read_times)]
ONCE = Times.model_construct(_fields_set={"at_least"}, at_least=1)
