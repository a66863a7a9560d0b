"""Keys: those that a gateway knows."""

from typing import Any, Literal, get_args

from mockgw.later import Later
from mockgw.notation import Count, JsonSchema, Written
from mockgw.scenario.gateway.amounts import Dollars, Moment
from mockgw.scenario.gateway.limits import Limits

State = Literal["active", "disabled", "expired", "session_expired"]


class Key(Written):
    """One key; its state alone can be written instead."""

    state: State = "active"
    """What the gateway has against it; nothing when absent."""
    expires: Moment | None = None
    """From when on it is `expired`: a moment, or so long after a session begins."""
    uses: Count | None = None
    """It is `expired` after so many requests."""
    balance: Dollars | None = None
    """Its dollars, instead of those of `credits`."""
    limits: Later[Limits] | None = None
    """Its limits, instead of those of all keys."""

    @classmethod
    def _in_short(cls, options: Any) -> list[JsonSchema]:
        return [{"enum": list(get_args(State))}]


def read_key(value: Any) -> Any:
    """A state is a key of which nothing else is said."""
    return {"state": value} if isinstance(value, str) else value
