"""Questions: what is given to the operations that ask about requests, as people write it."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, WithJsonSchema, model_validator

from mockgw.control.forms import ScenarioChoice, SessionName, exactly_one_schema
from mockgw.later import Later
from mockgw.notation import PERIOD_SCHEMA, Boolean, Count, Duration, Natural, Period, Text, Written
from mockgw.scenario.model import MATCH_KEYS
from mockgw.scenario.patterns import Match
from mockgw.verify.wanted import Verification

PATIENCE = 10.0  # seconds
MOST_PATIENCE = 600.0
SHOWN = 100  # exchanges in a list, if nobody says how many
STATUS = r"[1-5]([0-9][0-9]|xx)"


def status(text: str) -> str:
    """`429` or `5xx`."""
    if not re.fullmatch(STATUS, text):
        raise ValueError(f"expected a status such as 429, or 4xx, found {text!r}")
    return text


def patience(value: float) -> float:
    if value > MOST_PATIENCE:
        raise ValueError(f"expected at most {MOST_PATIENCE:g} seconds, found {value:g}")
    return value


Status = Annotated[Text, AfterValidator(status), WithJsonSchema({"type": "string", "pattern": f"^{STATUS}$"})]
Patience = Annotated[
    Duration,
    AfterValidator(patience),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "number", "minimum": 0, "maximum": MOST_PATIENCE}]}),
]

Often = Annotated[Period, AfterValidator(patience)]


def _under_match(key: str) -> str:
    return f"{key!r} belongs under 'match'" if key in MATCH_KEYS else ""


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
    errors: Boolean | None = None
    """Whether the client got an error, or not the whole of an answer."""
    unmatched: Boolean | None = None
    """Whether no rule matched."""
    faulted: Boolean | None = None
    """Whether a fault or chaos struck."""
    refusal: Text | None = None
    """Refused for this reason, such as no_match or used_up."""
    text: Text | None = None
    """With this text in the body, the path or the message of an error; case is no matter."""
    conversation: Text | None = None
    """Of this conversation."""
    call: Text | None = None
    """A try of this call."""
    since: Natural | None = None
    """Whose number is greater than this one."""
    before: Count | None = None
    """Whose number is smaller than this one: with `limit`, the page before."""


class Following(Wanted):
    """Requests that are told of as they come."""

    every: Annotated[Often, WithJsonSchema(PERIOD_SCHEMA)] | None = None
    """Not one by one: what came is told together, at most so often, such as 250ms."""


class Listing(Wanted):
    """Requests of the journal, and how they are listed."""

    limit: Count | None = None
    """At most so many, the newest of them; 100 when absent, as JSONL all."""
    format: Literal["json", "jsonl"] = "json"
    """`jsonl`: the whole records, a line each, as `mockgw serve --journal` writes them."""


class Export(Written):
    """What an exchange is to be made into."""

    as_: Literal["curl", "rule", "pytest"] = Field(alias="as")
    """A command for a shell, a rule in YAML that answers the request, or a test in Python."""


class Doing(Written):
    """Things that were done by the control API."""

    session: SessionName | None = None
    """To this session, or to all of them; any when absent."""
    since: Natural = 0
    """Whose number is greater than this one."""


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
    scenario: ScenarioChoice = None
    """What it would be answered by this scenario alone: a loaded one's name, or a scenario as for PUT …/scenario."""

    @model_validator(mode="after")
    def _one(self) -> "Question":
        if (self.request is None) == (self.request_id is None):
            raise ValueError("expected exactly one of request and request_id")
        if self.request is not None and not isinstance(self.request, dict | str):
            raise ValueError("'request' is the body of a request: an object, or text as it was sent")
        if self.request_id is not None and self.headers is not None:
            raise ValueError("'headers' stand beside 'request'; those of the journal are known")
        return self
