"""Timeouts: how long a gateway waits for an answer."""

from typing import Any

from pydantic import ConfigDict, model_validator

from mockgw.notation import PERIOD_SCHEMA, JsonSchema, Period, Written, read_duration


class Timeouts(Written):
    """How long an answer may take; a duration alone is both `first_byte` and `idle`."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    first_byte: Period | None = None
    """The longest time before its first byte; then it is a 408 instead."""
    idle: Period | None = None
    """The longest silence in a stream; then it ends in an error."""
    total: Period | None = None
    """The longest time for all of it; then it is a 408, or a stream ends in an error."""

    @model_validator(mode="after")
    def _something(self) -> "Timeouts":
        if not self.model_fields_set:
            raise ValueError("expected first_byte, idle or total")
        return self

    @classmethod
    def _in_short(cls, options: Any) -> list[JsonSchema]:
        return list(PERIOD_SCHEMA["anyOf"])


def read_timeouts(value: Any) -> Any:
    """A duration is the longest silence, before the first byte and behind it."""
    if isinstance(value, dict | Written):
        return value
    seconds = read_duration(value)
    if not seconds:
        raise ValueError("expected a duration above 0, found 0")
    return {"first_byte": seconds, "idle": seconds}
