"""Forms: what is given to the operations on sessions, as people write it; read and refused as scenarios are."""

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    WithJsonSchema,
    model_validator,
)

from mockgw.control.documents import given, told
from mockgw.control.errors import unusable
from mockgw.delivery.pacing import Pace
from mockgw.errors import ScenarioError
from mockgw.later import Later
from mockgw.notation import (
    LONGEST,
    PERIOD_SCHEMA,
    SECONDS_SCHEMA,
    Count,
    Duration,
    JsonSchema,
    Number,
    Period,
    Text,
    Written,
)
from mockgw.protocol.sent import LONGEST_SESSION_NAME, is_session_name
from mockgw.scenario import slips
from mockgw.scenario.chaos import ChaosForm
from mockgw.scenario.gateway.amounts import Dollars
from mockgw.scenario.gateway.states import Script, States
from mockgw.scenario.options import read_pace
from mockgw.scenario.written import written
from mockgw.wording import shortened

Form = TypeVar("Form", bound=Written)

WIDEST_NAME = 60


def session_name(text: str) -> str:
    """A name that a session can have, or ValueError."""
    if not is_session_name(text):
        expected = f"expected at most {LONGEST_SESSION_NAME} characters that can be printed, none of them a slash"
        raise ValueError(f"a session cannot be called {shortened(text, WIDEST_NAME)!r}: {expected}")
    return text


def ahead(value: float) -> float:
    if not 0 <= value <= LONGEST:
        raise ValueError(f"expected from 0 to {LONGEST:,.0f} seconds, found {value:g}; a clock only goes ahead")
    return value


def scale(value: float) -> float:
    if not 0 <= value <= LONGEST:
        raise ValueError(f"expected a number from 0, found {value:g}")
    return value


SessionName = Annotated[
    Text,
    AfterValidator(session_name),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": LONGEST_SESSION_NAME, "pattern": "^[^/]+$"}),
]
ScenarioChoice = Annotated[
    Any, WithJsonSchema({"type": ["string", "object"], "description": "A name, or what PUT …/scenario takes."})
]


class NewSession(Written):
    """A session that is to be made."""

    name: SessionName | None = None
    """What it is called; a name is made up when absent."""
    scenario: ScenarioChoice = None
    """What answers in it whatever requests ask for: a loaded scenario's name, or a scenario as for PUT …/scenario."""


class OfSession(Written):
    """Which session is meant."""

    session: SessionName | None = None
    """Only of this session; of all when absent."""


def exactly_one_schema(*keys: str) -> JsonSchema:
    return {"oneOf": [{"required": [key]} for key in keys]}


class Advance(Written):
    """How far a clock is to be moved: exactly one of these keys."""

    model_config = ConfigDict(json_schema_extra=exactly_one_schema("seconds", "by"))

    seconds: Annotated[Number, AfterValidator(ahead), WithJsonSchema(SECONDS_SCHEMA | {"minimum": 0})] | None = None
    """So many seconds."""
    by: Duration | None = None
    """A duration such as 30s, 2h or 7d."""

    @model_validator(mode="after")
    def _one(self) -> "Advance":
        if (self.seconds is None) == (self.by is None):
            raise ValueError("expected exactly one of seconds and by")
        return self

    @property
    def amount(self) -> float:
        """In seconds."""
        return self.by if self.by is not None else self.seconds or 0.0


class OfKey(Written):
    """Which key is meant."""

    key: Text | None = None
    """Only this key; all when absent."""


class TopUp(Written):
    """The money of one key: exactly one of `add` and `balance`."""

    model_config = ConfigDict(json_schema_extra=exactly_one_schema("add", "balance"))

    key: Text
    """The key, as clients send it; `#2` is the second that is shown of the gateway of `scenario`."""
    add: Dollars | None = None
    """So many dollars more."""
    balance: Dollars | None = None
    """So many dollars, whatever it had."""
    scenario: Text | None = None
    """Only with the gateway of this scenario; with all that give the key credits when absent."""

    @model_validator(mode="after")
    def _one(self) -> "TopUp":
        if (self.add is None) == (self.balance is None):
            raise ValueError("expected exactly one of add and balance")
        return self


class Refill(Written):
    """Whose limits are to be full again."""

    key: Text | None = None
    """The key, as clients send it or by its place, as above; all when absent."""
    scenario: Text | None = None
    """Only with the gateway of this scenario; with all when absent."""


class ProviderStates(Script):
    """What a provider does from now on, until these states are over; written as in a scenario."""

    state: States
    """Its state, or several in their order: names, statuses or mappings."""
    scenario: Text | None = None
    """Only with the gateway of this scenario; with all that have the provider when absent."""


class OfScenario(Written):
    """Which gateway is meant."""

    scenario: Text | None = None
    """Only the gateway of this scenario; all when absent."""


class Timing(Written):
    """How answers are slowed down or hastened, whatever their rules say: at least one of these keys."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    delay: Duration | None = None
    """What is added before the first byte of every answer."""
    pace: Annotated[Later[Pace], BeforeValidator(read_pace)] | None = None
    """The pace of every answer, instead of its own: a profile's name, or a mapping as in a rule."""
    time_scale: Annotated[Number, AfterValidator(scale), WithJsonSchema({"type": "number", "minimum": 0})] | None = None
    """What all waits are multiplied by: 0.5 halves them, 0 leaves none. Instead of `--time-scale`."""

    @model_validator(mode="after")
    def _any(self) -> "Timing":
        if self.delay is None and self.pace is None and self.time_scale is None:
            raise ValueError("expected at least one of delay, pace and time_scale; DELETE takes them away")
        return self


class Arming(ChaosForm):
    """What is to strike: exactly one of an error, a fault and a delay; for ever if nothing says how long."""

    times: Count | None = None
    """Only the next so many requests that it strikes."""
    for_: Annotated[Period, WithJsonSchema(PERIOD_SCHEMA)] | None = Field(default=None, alias="for")
    """Only for so long, by the session's clock."""


def read(form: type[Form], value: Any, name: str = "the body") -> Form:
    """A form that was filled in. ControlError names every problem and its path."""
    try:
        source = given({} if value is None else value, name)
        try:
            return form.model_validate(source.value)
        except ValidationError as error:
            raise ScenarioError.of([told(problem, source) for problem in slips.problems(error, source)]) from None
    except ScenarioError as error:
        raise unusable(error) from None


def of_query(query: Mapping[str, str]) -> dict[str, Any]:
    """What stands behind the question mark, with numbers and constants as YAML has them; a bare key is true."""
    return {key: _meant(value) for key, value in query.items()}


def _meant(text: str) -> Any:
    try:
        return written(text) if text else True
    except OverflowError:
        return text
