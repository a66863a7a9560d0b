"""States: what a provider does when it is asked; for how long, or how often."""

from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from mockgw.later import ByType
from mockgw.notation import PERIOD_SCHEMA, Count, Duration, Integer, OneOrList, OrShort, Period, Written, listed
from mockgw.protocol.scripted import STATUS_SCHEMA


def check_status(value: int) -> int:
    if not 400 <= value <= 599:
        raise ValueError(f"expected a status from 400 to 599, found {value}")
    return value


class ProviderState(Written):
    """What all states take. One that has neither ends never."""

    if TYPE_CHECKING:
        type: str
    for_: Annotated[Period, WithJsonSchema(PERIOD_SCHEMA)] | None = Field(default=None, alias="for")
    """It ends after so long, by the session's clock."""
    times: Count | None = None
    """It ends when the provider was tried so often."""

    @property
    def ends(self) -> bool:
        """Whether another one may follow."""
        return self.for_ is not None or self.times is not None


class UpState(ProviderState):
    """It answers."""

    type: Literal["up"]


class SlowState(ProviderState):
    """It answers late."""

    type: Literal["slow"]
    delay: Period
    """So much later than it would."""


class DownState(ProviderState):
    """It refuses connections: 502."""

    type: Literal["down"]


class ErrorState(ProviderState):
    """It answers with an error; a status can be written instead."""

    type: Literal["error"]
    status: Annotated[Integer, AfterValidator(check_status), WithJsonSchema(STATUS_SCHEMA)] = 500
    """The status, 400 to 599; 500 when absent."""
    retry_after: Duration | None = None
    """When a 429 can be tried again; when the state ends if this is absent, and `for` is not."""


class HangState(ProviderState):
    """It never answers: 408 when the gateway has waited long enough."""

    type: Literal["hang"]


class InvalidState(ProviderState):
    """What it answers is no answer: 502."""

    type: Literal["invalid"]


class BreakState(ProviderState):
    """Its streams break off; what is not streamed is no answer then: 502."""

    type: Literal["break"]
    events: Count = 1
    """How many events leave before; 1 when absent."""
    ending: Literal["error_event", "truncate"] = "error_event"
    """Whether an error event says so, or the stream just ends; `error_event` when absent."""


AnyState = UpState | SlowState | DownState | ErrorState | HangState | InvalidState | BreakState
STATES: tuple[type[ProviderState], ...] = get_args(AnyState)


def name_of(state: type[ProviderState]) -> str:
    """What people write for a state."""
    [name] = get_args(state.model_fields["type"].annotation)
    return str(name)


NAMES = [name_of(state) for state in STATES]
ALONE = [name for name in NAMES if name != "slow"]


def read_state(value: Any) -> Any:
    """A name stands for the state with its usual options, a status for an error."""
    if isinstance(value, int) and not isinstance(value, bool):
        return {"type": "error", "status": value}
    return {"type": value} if isinstance(value, str) else value


OneState = Annotated[AnyState, ByType()]
NamedState = Annotated[OneState, BeforeValidator(read_state), OrShort({"anyOf": [{"enum": ALONE}, STATUS_SCHEMA]})]
States = Annotated[list[NamedState], BeforeValidator(listed), Field(min_length=1), OneOrList()]
UP: AnyState = UpState.model_construct(type="up")


class Script(Written):
    """What a provider does, one state after the other."""

    state: States = Field(default_factory=lambda: [UP])
    """Its state, or several in their order: names, statuses or mappings; it is up when absent."""
    then: Literal["up", "loop"] = "up"
    """What comes after the last of them: it is up, or they begin anew."""
