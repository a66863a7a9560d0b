"""Forms: what is given to the operations, as people write it; read and refused as scenarios are."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, ConfigDict, Field, ValidationError, WithJsonSchema, model_validator

from mockgw.control.documents import given, told
from mockgw.control.errors import unusable
from mockgw.errors import ScenarioError
from mockgw.later import Later
from mockgw.notation import (
    LONGEST,
    PERIOD_SCHEMA,
    SECONDS_SCHEMA,
    Boolean,
    Count,
    Duration,
    JsonSchema,
    Natural,
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
from mockgw.scenario.model import MATCH_KEYS
from mockgw.scenario.patterns import Match
from mockgw.scenario.written import written
from mockgw.verify.wanted import Verification
from mockgw.wording import shortened

Form = TypeVar("Form", bound=Written)

PATIENCE = 10.0  # seconds
MOST_PATIENCE = 600.0
SHOWN = 100  # exchanges in a list, if nobody says how many
STATUS = r"[1-5]([0-9][0-9]|xx)"
WIDEST_NAME = 60


def session_name(text: str) -> str:
    """A name that a session can have, or ValueError."""
    if not is_session_name(text):
        expected = f"expected at most {LONGEST_SESSION_NAME} characters that can be printed, none of them a slash"
        raise ValueError(f"a session cannot be called {shortened(text, WIDEST_NAME)!r}: {expected}")
    return text


def status(text: str) -> str:
    """`429` or `5xx`."""
    if not re.fullmatch(STATUS, text):
        raise ValueError(f"expected a status such as 429, or 4xx, found {text!r}")
    return text


def ahead(value: float) -> float:
    if not 0 <= value <= LONGEST:
        raise ValueError(f"expected from 0 to {LONGEST:,.0f} seconds, found {value:g}; a clock only goes ahead")
    return value


def patience(value: float) -> float:
    if value > MOST_PATIENCE:
        raise ValueError(f"expected at most {MOST_PATIENCE:g} seconds, found {value:g}")
    return value


SessionName = Annotated[
    Text,
    AfterValidator(session_name),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": LONGEST_SESSION_NAME, "pattern": "^[^/]+$"}),
]
Status = Annotated[Text, AfterValidator(status), WithJsonSchema({"type": "string", "pattern": f"^{STATUS}$"})]
Patience = Annotated[
    Duration,
    AfterValidator(patience),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "number", "minimum": 0, "maximum": MOST_PATIENCE}]}),
]
ScenarioChoice = Annotated[
    Any, WithJsonSchema({"type": ["string", "object"], "description": "A name, or what PUT …/scenario takes."})
]


def _under_match(key: str) -> str:
    return f"{key!r} belongs under 'match'" if key in MATCH_KEYS else ""


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
    """The key, as clients send it."""
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
    """The key, as clients send it; all when absent."""
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


class Arming(ChaosForm):
    """What is to strike: exactly one of an error, a fault and a delay; for ever if nothing says how long."""

    times: Count | None = None
    """Only the next so many requests that it strikes."""
    for_: Annotated[Period, WithJsonSchema(PERIOD_SCHEMA)] | None = Field(default=None, alias="for")
    """Only for so long, by the session's clock."""


class Wanted(Written):
    """Requests of the journal: every key that is there must hold."""

    session: SessionName | None = None
    """Of this session."""
    status: Status | None = None
    """Answered with this status, or one like 4xx."""
    scenario: Text | None = None
    """Answered by this scenario."""
    rule: Text | None = None
    """Answered by this rule."""
    model: Text | None = None
    """That asked for this model."""
    unmatched: Boolean | None = None
    """Whether no rule matched."""
    faulted: Boolean | None = None
    """Whether a fault or chaos struck."""
    refusal: Text | None = None
    """Refused for this reason, such as no_match or used_up."""
    text: Text | None = None
    """With this text in the body, the path or the message of an error; case is no matter."""
    since: Natural | None = None
    """Whose number is greater than this one."""


class Listing(Wanted):
    """Requests of the journal, and how they are listed."""

    limit: Count | None = None
    """At most so many, the newest of them; 100 when absent, as JSONL all."""
    format: Literal["json", "jsonl"] = "json"
    """`jsonl`: the whole records, a line each, as `mockgw serve --journal` writes them."""


class Awaited(Written):
    """Which requests are waited for."""

    match: Later[Match] = Field(default_factory=Match.model_construct)
    """What each must be, in the words of a rule; any counts when absent."""
    count: Count = 1
    """How many of them must have come."""
    timeout: Patience = PATIENCE
    """How long to wait for them."""
    session: SessionName | None = None
    """Only of this session; of all when absent."""
    since: Natural = 0
    """Only those whose number in the journal is greater."""
    ended: Boolean = False
    """Whether their answers must have left."""

    @classmethod
    def _elsewhere(cls, key: str, value: Mapping[str, Any]) -> str:
        return _under_match(key)


class Verifying(Verification):
    """What is to be verified, and of which session."""

    session: SessionName | None = None
    """Only requests of this session; of all when absent."""


class Question(Written):
    """A request about which is asked what it would be answered: a `request`, or one of the journal by its id."""

    model_config = ConfigDict(json_schema_extra=exactly_one_schema("request", "request_id"))

    request: Annotated[Any, WithJsonSchema({"type": ["object", "string"]})] = None
    """The body of a `POST /v1/messages`: an object, or a text as it is."""
    headers: dict[str, Text] | None = None
    """Its headers; those that every client sends when absent."""
    request_id: Text | None = None
    """Instead: the id of a request that the journal still has."""
    session: SessionName | None = None
    """In which session; the one of its headers, or of the journal, when absent."""
    attempt: Count | None = None
    """As which try of its call."""

    @model_validator(mode="after")
    def _one(self) -> "Question":
        if (self.request is None) == (self.request_id is None):
            raise ValueError("expected exactly one of request and request_id")
        if self.request is not None and not isinstance(self.request, dict | str):
            raise ValueError("'request' is the body of a request: an object, or text as it was sent")
        if self.request_id is not None and self.headers is not None:
            raise ValueError("'headers' stand beside 'request'; those of the journal are known")
        return self


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
