"""Elsewhere: the rules of other scenarios that match a request which its own has no rule for."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

from mockgw.engine.nearest import are_about
from mockgw.engine.select import Asked, is_open
from mockgw.protocol.errors import ApiError
from mockgw.scenario.model import Rule, Scenario

SCENARIOS = 50  # that are looked at
RULES = 500  # of all of them
NAMED = 2  # scenarios that are named
TELLING = ("prompt", "tool_result", "system", "reminders", "session", "header", "body")  # what rules are about


def told(error: ApiError, asked: Asked, scenarios: Iterable[Scenario], *, free: bool) -> ApiError:
    """A miss that also names the rules of other scenarios which match; any other error as it is.

    `free` is whether a request may choose, since its session has not chosen for it.
    """
    others = (scenario for scenario in scenarios if scenario.name != asked.scenario.name)
    found = islice(_fitting(asked, others), NAMED) if error.kind == "no_match" else ()
    return replace(error, message=". ".join([error.message, *(_said(*one, free=free) for one in found)]))


def _said(scenario: Scenario, rule: Rule, *, free: bool) -> str:
    by_request = f"with the header x-mockgw-scenario: {scenario.name} or the model claude-mock/{scenario.name}"
    how = by_request if free else "for the session, which has chosen another"
    return f"The rule {rule.id} ({rule.place}) of the scenario {scenario.name!r} matches it: choose that {how}"


def _fitting(asked: Asked, scenarios: Iterable[Scenario]) -> Iterator[tuple[Scenario, Rule]]:
    """Of each scenario the first such rule that is about something: one for everything matches by chance."""
    left = RULES
    for scenario in islice(scenarios, SCENARIOS):
        there = replace(asked, scenario=scenario)
        rules = list(islice(scenario.candidates(asked.context), left))
        left -= len(rules)
        if rule := next((rule for rule in rules if are_about(rule.patterns, TELLING) and _matches(rule, there)), None):
            yield scenario, rule


def _matches(rule: Rule, asked: Asked) -> bool:
    return rule.matches(asked.context) and is_open(rule, asked)
