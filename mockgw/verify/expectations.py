"""Expectations: how often rules answered, beside how often they were to; and those that never did."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Literal

from mockgw.journal import Exchange
from mockgw.scenario.model import Rule
from mockgw.scenario.times import Times
from mockgw.values import light
from mockgw.verify.verification import judged, lacking, named
from mockgw.wording import counted

State = Literal["met", "unmet", "inconclusive"]
STATES: Mapping[str, State] = {"passed": "met", "failed": "unmet", "inconclusive": "inconclusive"}

Rules = Mapping[str, Sequence[Rule]]
"""Rules by the name of their scenario."""


@light
class Expectation:
    """What became of the `expect` of a rule: `answers` are the ids of the requests that it answered.

    `text` says it in a sentence; inconclusive is what evicted exchanges could change.
    """

    scenario: str
    rule: str
    place: str
    state: State
    text: str
    answers: tuple[str, ...]

    def data(self) -> dict[str, Any]:
        return asdict(self)


@light
class Unused:
    """A rule that never answered; not `certain` when it may have answered a request that was evicted."""

    scenario: str
    rule: str
    place: str
    certain: bool

    def data(self) -> dict[str, Any]:
        return asdict(self)


def expectations(rules: Rules, exchanges: Sequence[Exchange], evicted: int = 0) -> tuple[Expectation, ...]:
    """What became of each `expect`; `evicted` counts the exchanges that the journal no longer has."""
    answers = _answers(exchanges)
    return tuple(
        _judged(scenario, rule, rule.expect, answers[scenario, rule.id], evicted)
        for scenario, rule in _each(rules)
        if rule.expect is not None
    )


def unused(rules: Rules, exchanges: Sequence[Exchange], evicted: int = 0) -> tuple[Unused, ...]:
    """The rules that never answered, but for those that are not to: `expect: 0`."""
    answers = _answers(exchanges)
    return tuple(
        Unused(scenario, rule.id, rule.place, certain=not evicted)
        for scenario, rule in _each(rules)
        if not answers[scenario, rule.id] and not _to_be_unused(rule)
    )


def _to_be_unused(rule: Rule) -> bool:
    return rule.expect is not None and rule.expect.at_most == 0


def _each(rules: Rules) -> Iterator[tuple[str, Rule]]:
    return ((scenario, rule) for scenario, several in rules.items() for rule in several)


def _answers(exchanges: Iterable[Exchange]) -> dict[tuple[str, str], list[str]]:
    """The requests that each rule answered: one for each try of a call, and none that it could not answer."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for exchange in exchanges:
        if exchange.rule and not exchange.refusal:
            found[exchange.scenario, exchange.rule].append(exchange.request_id)
    return found


def _judged(scenario: str, rule: Rule, times: Times, answers: Sequence[str], evicted: int) -> Expectation:
    count = len(answers)
    state = STATES[judged(times, count, evicted)]
    which = f": {named(answers)}" if state == "unmet" and answers else ""
    but = f", but {lacking(evicted)}, and they could change this" if state == "inconclusive" else ""
    text = f"{rule.id} ({rule.place}) answered {counted(count, 'request')}{which}; expected {times.of('answer')}{but}"
    return Expectation(scenario, rule.id, rule.place, state, text, tuple(answers))
