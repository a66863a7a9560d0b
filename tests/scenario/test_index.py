from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mockgw.delivery.actions import Delivery
from mockgw.scenario.context import Context
from mockgw.scenario.index import FEWEST
from mockgw.scenario.model import Scenario
from tests.lint.strategies import ANSWERS, KEYS, WORDS, matches, requests
from tests.support import ask, body, context, pipeline, scenario, turns

CALLS: list[dict[str, Any]] = [{"type": "tool_use", "id": name, "name": name, "input": {}} for name in ("t1", "t2")]
RESULTS = [{"type": "tool_result", "tool_use_id": name, "content": f"{name} is 7"} for name in ("t1", "t2")]
REQUEST = body(
    messages=turns("say  7", CALLS, RESULTS),
    model="claude-sonnet-4-5-20250929",
    tools=[{"name": name, "input_schema": {"type": "object"}} for name in ("T7", "T8")],
    metadata={"count": 7, "flag": True, "none": None},
)


def numbered(match: str, *first: str) -> Scenario:
    """Rules with this match for each number from 1."""
    rules = [*first, *(match.format(number) for number in range(1, 21))]
    return scenario("\n".join(["rules:", *(f"  - {{match: {{{rule}}}, reply: x}}" for rule in rules)]))


def seen() -> Context:
    return context(REQUEST, {"x-case": "c3"}, session="s7", key="k7")


def candidates(scenario: Scenario) -> list[int]:
    return [int(rule.id.removeprefix("rule-")) for rule in scenario.candidates(seen())]


@pytest.mark.parametrize(
    ("match", "expected"),
    [
        pytest.param("prompt: say {}", [7], id="value"),
        pytest.param("prompt: {{equals: ' say {}'}}", [7], id="equals"),
        pytest.param("prompt: [say {0}, tell {0}, say {0}]", [7], id="list"),
        pytest.param("prompt: {{in: [say {0}, tell {0}], not: x}}", [7], id="in"),
        pytest.param("prompt: {{all: [{{contains: '{0}'}}, say {0}]}}", [7], id="all-conditions"),
        pytest.param("all: [{{stream: false}}, {{prompt: say {0}}}]", [7], id="all-matches"),
        pytest.param("prompt: say 7, step: {}", [1], id="the-rarest"),
        pytest.param("agent: main, model: claude-sonnet-4-{}", [5], id="model"),
        pytest.param("tool_result: t{} is 7", [1, 2], id="tool-results"),
        pytest.param("tools: T{}", [7, 8], id="tools"),
        pytest.param("header: {{X-Case: c{}}}", [3], id="header"),
        pytest.param("body: {{metadata.count: {}}}", [7], id="body"),
        pytest.param("key: k{}", [7], id="key"),
        pytest.param("session: s{}", [7], id="session"),
    ],
)
def test_rules_are_found_by_the_values_that_they_name(match: str, expected: list[int]) -> None:
    assert candidates(numbered(match)) == expected


@pytest.mark.parametrize(
    "match",
    [
        pytest.param("prompt: {{contains: x{}}}", id="no-values"),
        pytest.param("prompt: [x{}, {{contains: x}}]", id="a-value-or-more"),
        pytest.param("prompt: {{not: x{}}}", id="not"),
        pytest.param("any: [{{prompt: x{}}}, {{prompt: x}}]", id="any-of-several-matches"),
        pytest.param("none: [{{prompt: x{}}}]", id="none-of-several-matches"),
        pytest.param("tool_result: {{equals: x{}, present: false}}", id="no-such-result"),
        pytest.param("clock: {{equals: {}, every: 2}}", id="wrapped-clock"),
        pytest.param("body: {{stop_sequences: {{equals: [[x{}]]}}}}", id="list-as-value"),
    ],
)
def test_all_others_are_asked(match: str) -> None:
    assert candidates(numbered(match)) == list(range(1, 21))


def test_candidates_are_in_the_order_of_the_file() -> None:
    loaded = numbered("prompt: [say {0}, tell {0}]", "prompt: say 7", "prompt: {contains: x}", "step: 1")

    assert candidates(loaded) == [1, 2, 3, 10]


def test_a_key_that_few_rules_name_is_not_read() -> None:
    few = scenario("\n".join(["rules:", *["  - {match: {prompt: x}, reply: x}"] * (FEWEST - 1)]))

    assert len(candidates(few)) == FEWEST - 1


ALIKE = st.lists(st.sampled_from(sorted(KEYS)), min_size=1, max_size=2, unique=True).flatmap(
    lambda keys: st.lists(matches(keys), min_size=1, max_size=2 * FEWEST)
)
LITERAL = st.lists(st.fixed_dictionaries({"prompt": WORDS | st.lists(WORDS, min_size=1)}), min_size=FEWEST, max_size=12)


@st.composite
def many_rules(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Rules of which some are looked up, in any order."""
    found = draw(st.permutations([*draw(ALIKE), *draw(LITERAL)]))
    return [{"id": f"r{index}", "match": match, **draw(ANSWERS)} for index, match in enumerate(found)]


READABLE = requests().filter(lambda asked: not any(" " in tool["name"] for tool in asked[0].get("tools", ())))


@settings(max_examples=40, deadline=None)
@given(many_rules(), st.lists(READABLE, min_size=1, max_size=3))
def test_all_rules_that_match_are_found(rules: list[dict[str, Any]], asked: list[Any]) -> None:
    loaded = scenario(yaml.safe_dump({"rules": rules}))

    for request, headers in asked:
        about = context(request, {name.replace("_", "-"): value for name, value in headers.items()})
        expected = [rule.id for rule in loaded.rules if rule.matches(about)]
        assert [rule.id for rule in loaded.candidates(about) if rule.matches(about)] == expected


@settings(max_examples=40, deadline=None)
@given(many_rules(), st.lists(requests(), min_size=1, max_size=6))
def test_answers_are_those_of_rules_that_are_asked_in_turn(rules: list[dict[str, Any]], asked: list[Any]) -> None:
    in_turn = [rule | {"match": {"any": [rule["match"]]}} for rule in rules]  # which is not looked up
    gateways = [pipeline(yaml.safe_dump({"rules": which})) for which in (rules, in_turn)]

    for request, headers in asked:
        found, expected = (ask(gateway, request, **headers) for gateway in gateways)
        assert (found.exchange.rule, found.exchange.status) == (expected.exchange.rule, expected.exchange.status)
        for gateway, opened in zip(gateways, (found, expected), strict=True):
            gateway.settle(opened, Delivery(ending="whole"))
