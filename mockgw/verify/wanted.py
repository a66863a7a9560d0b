"""Wanted: what is to be verified, as people write it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson
from pydantic import Field, ValidationError, model_validator

from mockgw.errors import MOST_LINES
from mockgw.later import Later
from mockgw.notation import Written, shown
from mockgw.protocol.sent import SECRETS
from mockgw.scenario import slips
from mockgw.scenario.model import MATCH_KEYS
from mockgw.scenario.patterns import AnyPattern, Match, Pattern
from mockgw.scenario.times import ONCE, AnyTimes

INSTEAD = "have a rule with this match, and say in it how often to 'expect' an answer"
HIDDEN = {f"header.{name}" for name in SECRETS}
EXAMPLE = "{match: {prompt: {contains: hello}}, times: 2} or {order: [{match: …}, {match: …}]}"


class NotVerifiable(ValueError):
    """Text or a value that says nothing which could be verified; the message says why."""


def _under_match(key: str) -> str:
    return f"{key!r} belongs under 'match'" if key in MATCH_KEYS else ""


class InOrder(Written):
    """One of the requests that are to come in an order."""

    match: Later[Match] = Field(default_factory=Match.model_construct)
    """What it must be, in the words of a rule; everything matches when absent."""

    @classmethod
    def _elsewhere(cls, key: str, value: Mapping[str, Any]) -> str:
        return _under_match(key)


class Verification(Written):
    """What is to be verified: how often requests came, or in which order."""

    match: Later[Match] = Field(default_factory=Match.model_construct)
    """Which requests are counted, in the words of a rule; all when absent."""
    times: AnyTimes = ONCE
    """How many must have come: a number, or `at_least` and `at_most`; at least one when absent."""
    order: list[Later[InOrder]] | None = Field(default=None, min_length=1)
    """Instead: the requests that must have come in this order; others may stand between them."""

    @model_validator(mode="after")
    def _one_thing(self) -> "Verification":
        others = " and ".join(f"'{name}'" for name in ("match", "times") if name in self.model_fields_set)
        if self.order is not None and others:
            raise ValueError(f"'order' stands alone; found {others} beside it")
        return self

    @classmethod
    def _elsewhere(cls, key: str, value: Mapping[str, Any]) -> str:
        return _under_match(key)


def read(value: Any) -> Verification:
    """What a value says: `{match, times}` or `{order}`. NotVerifiable when it cannot be read, or never be known."""
    if not isinstance(value, dict | Verification):
        raise NotVerifiable(f"expected what is to be verified, such as {EXAMPLE}; found {shown(value)}")
    try:
        verification = Verification.model_validate(value)
    except ValidationError as error:
        raise NotVerifiable(_told(error)) from None
    for patterns in (verification.match.patterns(), *(one.match.patterns() for one in verification.order or ())):
        for key in _not_kept(patterns):
            raise NotVerifiable(f"'{key}' cannot be verified: no keys are kept; {INSTEAD}")
    return verification


def read_json(text: str | bytes) -> Verification:
    """As `read`, of JSON."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise NotVerifiable(f"what is to be verified is not JSON: {error}; expected {EXAMPLE}") from None
    return read(value)


def _told(error: ValidationError) -> str:
    """All that is wrong, in the words of scenarios."""
    found = list(dict.fromkeys(slips.told(details) for details in error.errors()))
    more = f" (and {len(found) - MOST_LINES} more)" if len(found) > MOST_LINES else ""
    return "; ".join(found[:MOST_LINES]) + more


def _not_kept(patterns: Iterable[AnyPattern]) -> Iterator[str]:
    """Conditions on what the journal masks; of a header it knows whether it was there."""
    for pattern in patterns:
        if not isinstance(pattern, Pattern):
            for alternative in pattern.alternatives:
                yield from _not_kept(alternative)
        elif pattern.key == "key" or (pattern.key.lower() in HIDDEN and _looks_at_value(pattern)):
            yield pattern.key


def _looks_at_value(pattern: Pattern) -> bool:
    return pattern.condition.model_fields_set != {"present"}
