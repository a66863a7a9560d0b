import random
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mockgw.delivery.actions import Delivery
from mockgw.lint.reach import unreachable
from tests.lint.strategies import requests, rules
from tests.support import ask, pipeline, scenario

WEATHER = "{id: weather, match: {prompt: {contains: weather}}, reply: a}"


def found(*rules: str) -> list[str]:
    return [problem.message for problem in unreachable(scenario(written(*rules)))]


def codes(*rules: str) -> list[tuple[str, int | None]]:
    return [(problem.code, problem.line) for problem in unreachable(scenario(written(*rules)))]


def written(*rules: str) -> str:
    return "\n".join(["rules:", *(f"  - {rule}" for rule in rules)])


def test_a_rule_below_a_wider_one_is_told_with_both_names() -> None:
    (problem,) = unreachable(
        scenario(written(WEATHER, "{id: paris, match: {prompt: the weather in Paris}, reply: b}", "{reply: c}"))
    )

    assert (problem.code, problem.severity, problem.line, problem.column) == ("unreachable-rule", "error", 3, 5)
    assert problem.message == (
        "rule 'paris' can never answer: rule 'weather' (line 2) takes every request that it matches; "
        "move it up, or make rule 'weather' narrower"
    )


@pytest.mark.parametrize(
    ("above", "below"),
    [
        pytest.param("prompt: weather", "prompt: ' weather '", id="white-space"),
        pytest.param("prompt: {contains: a}", "prompt: [ab, ba]", id="list"),
        pytest.param("prompt: [a, b, c]", "prompt: {in: [c, b]}", id="in"),
        pytest.param("prompt: {contains: the}", "prompt: {starts_with: Tell me the, ends_with: '?'}", id="starts"),
        pytest.param("prompt: {starts_with: a}", "prompt: {starts_with: ab}, step: 0", id="more-keys"),
        pytest.param("prompt: {ends_with: b}", "prompt: {ends_with: ab}", id="ends"),
        pytest.param("prompt: {matches: '(?i)order'}", "prompt: Order me", id="regex-of-a-known-text"),
        pytest.param("prompt: {matches: '[0-9]'}", "prompt: {matches: '[0-9]'}, stream: true", id="same-regex"),
        pytest.param("prompt: {present: true}", "prompt: {contains: a}", id="present"),
        pytest.param("prompt: {not: b}", "prompt: a", id="not"),
        pytest.param("prompt: {not: {contains: b}}", "prompt: {none: [{contains: b}, c]}", id="none"),
        pytest.param("step: {gte: 1}", "step: {gt: 0, lt: 9}", id="numbers"),
        pytest.param("step: {not: 0}", "step: {gte: 2}", id="not-a-number"),
        pytest.param("turn: {gte: 1}", "step: {gt: 1}", id="turns-and-steps"),
        pytest.param("nth_prompt: {gte: 1}", "prompt: {present: true}", id="a-prompt-was-typed"),
        pytest.param("prompt: {present: true}", "nth_prompt: 2", id="a-second-prompt"),
        pytest.param("prompt: {present: false}", "nth_prompt: 0", id="no-prompt"),
        pytest.param("nth_prompt: 0", "prompt: {present: false}", id="nothing-typed"),
        pytest.param("nth_request: {gte: 1}", "prompt: a", id="requests-count-from-1"),
        pytest.param("stream: true", "stream: {not: false}", id="booleans"),
        pytest.param("agent: {not: side}", "tools: a, structured: true", id="no-side-call-has-tools"),
        pytest.param("agent: [main, side]", "agent: side", id="agents"),
        pytest.param("tools: Bash", "tools: {all: [Bash, {not: Read}]}", id="tools"),
        pytest.param("header: {X-A: {present: true}}", "header: {x-a: b}", id="headers"),
        pytest.param("body: {a.b: {gt: 2}}", "body: {a.b: 3}, stream: true", id="body"),
        pytest.param("clock: {gte: 5s}", "clock: {gt: 10s}", id="clock"),
        pytest.param("clock: {every: 1m, lt: 30s}", "clock: {every: 1m, lt: 10s}", id="clock-that-wraps"),
        pytest.param("tool_result: {present: true}", "tool_result: {name: Bash}", id="any-result"),
        pytest.param("tool_result: {contains: a}", "tool_result: {name: Bash, starts_with: ab}", id="result"),
        pytest.param("tool_result: {present: false, name: Bash}", "tool_result: {present: false}", id="no-result"),
        pytest.param("any: [{prompt: a}, {system: b}]", "system: b, prompt: {contains: c}", id="any"),
        pytest.param("any: [{prompt: a}, {system: b}]", "any: [{system: b, step: 0}, {prompt: a}]", id="any-of-any"),
        pytest.param("all: [{prompt: {contains: a}}]", "prompt: {all: [{contains: b}, {contains: a}]}", id="all"),
        pytest.param("none: [{prompt: a}]", "none: [{prompt: a}, {prompt: b}]", id="none-of-matches"),
        pytest.param("session: {contains: ''}", "session: x", id="empty-text"),
    ],
)
def test_a_rule_is_unreachable_below_one_that_takes_all_of_it(above: str, below: str) -> None:
    assert codes(f"{{match: {{{above}}}, reply: x}}", f"{{match: {{{below}}}, reply: y}}") == [("unreachable-rule", 3)]


@pytest.mark.parametrize(
    ("above", "below"),
    [
        pytest.param("prompt: Weather", "prompt: weather", id="case"),
        pytest.param("prompt: {contains: a b}", "prompt: {contains: a}", id="narrower"),
        pytest.param("prompt: a, step: 0", "prompt: a", id="more-keys-above"),
        pytest.param("tools: {not: Bash}", "tools: Read", id="several-values"),
        pytest.param("tool_result: {name: Bash, contains: a}", "tool_result: {contains: ab}", id="one-result"),
        pytest.param("step: 0", "agent: side", id="side-calls"),
        pytest.param("agent: main", "prompt: a", id="sub-agents"),
        pytest.param("nth_request: {gte: 1}", "agent: side", id="a-side-call-may-come-first"),
        pytest.param("prompt: {matches: a+}", "prompt: {contains: ba}", id="unknown-text"),
        pytest.param("body: {a: 1}", "body: {a: true}", id="true-is-not-1"),
        pytest.param("clock: {every: 1m, lt: 30s}", "clock: {lt: 10s, every: 2m}", id="another-wrap"),
        pytest.param("body: {a.*: {not: b}}", "body: {a.*: c}", id="any-item"),
        pytest.param("stream: true", "body: {a.*.b: 1}, all: [{body: {a.*.b: 2}}]", id="two-items"),
    ],
)
def test_a_rule_that_something_reaches_is_not_told(above: str, below: str) -> None:
    assert codes(f"{{match: {{{above}}}, reply: x}}", f"{{match: {{{below}}}, reply: y}}") == []


@pytest.mark.parametrize(
    ("above", "expected"),
    [
        pytest.param("reply: x", [("unreachable-rule", 3)], id="reply"),
        pytest.param("error: 529", [("unreachable-rule", 3)], id="error"),
        pytest.param("reply: x, times: 2", [], id="times"),
        pytest.param("replies: [x], then: next_rule", [], id="used-up"),
        pytest.param("replies: [x], then: error", [("unreachable-rule", 3)], id="used-up-with-an-error"),
        pytest.param("choose: [x, {replies: [x], then: next_rule}]", [], id="used-up-by-chance"),
        pytest.param("steps: [x, y], then: next_rule", [("unreachable-answer", 3)], id="steps"),
        pytest.param("reply: x, fallback: true", [("unreachable-rule", 2)], id="fallback"),
    ],
)
def test_only_rules_that_surely_answer_take_others(above: str, expected: list[tuple[str, int]]) -> None:
    assert codes(f"{{match: {{prompt: a}}, {above}}}", "{match: {prompt: a}, steps: [a, b, c, d]}") == expected


@pytest.mark.parametrize(
    ("match", "told"),
    [
        pytest.param("step: {gt: 3, lt: 2}", "'step' (steps count from 0)", id="range"),
        pytest.param("step: -1", "'step' (steps count from 0)", id="below-0"),
        pytest.param("attempt: 0", "'attempt' (attempts count from 1)", id="attempt"),
        pytest.param("nth_request: 0", "'nth_request' (requests count from 1)", id="request-0"),
        pytest.param("prompt: {all: [a, b]}", "'prompt'", id="two-values"),
        pytest.param("prompt: {present: false, contains: a}", "'prompt'", id="nothing-that-contains"),
        pytest.param("prompt: a, none: [{prompt: {contains: a}}]", "'prompt'", id="denied"),
        pytest.param("tools: {all: [a, {not: a}]}", "'tools'", id="denied-tool"),
        pytest.param("agent: side, tools: Bash", "'agent' (a side call offers no tools)", id="side-call"),
        pytest.param("tool_result: {name: {all: [a, b]}}", "'tool_result'", id="result"),
        pytest.param("session: {present: false}", "'session'", id="always-there"),
    ],
)
def test_what_contradicts_itself_is_told(match: str, told: str) -> None:
    expected = f"rule-1 can never answer: no request can be all that it asks of {told}"

    assert found(f"{{match: {{{match}}}, reply: x}}") == [expected]


def test_contradictions_across_conditions_are_told() -> None:
    assert found("{match: {all: [{step: 1}, {step: 2}]}, reply: x}")[0].endswith("asks of 'all'")
    assert found("{match: {step: 0, all: [{step: 1}]}, reply: x}")[0].endswith("its conditions contradict each other")
    assert found("{match: {prompt: ''}, reply: x}")[0].endswith(
        "a prompt is never empty; for a request with none, match 'prompt: {present: false}'"
    )


def test_advice_below_a_rule_that_takes_everything() -> None:
    assert found("{id: all, reply: x}", WEATHER) == [
        "rule 'weather' can never answer: rule 'all' (line 2) takes every request; "
        "move it up, or add 'fallback: true' to that one"
    ]
    assert found("{fallback: true, reply: x}", "{fallback: true, reply: y}") == [
        "rule-2 can never answer: rule-1 (line 2) takes every request; move it up"
    ]


def test_the_same_match_twice() -> None:
    (message,) = found(WEATHER, "{match: {prompt: {contains: weather}}, reply: b}")

    assert "rule 'weather' (line 2) has the same match; move it up" in message


def test_rules_that_together_leave_nothing() -> None:
    four = [f"{{match: {{step: {step}}}, reply: x}}" for step in ("0", "{gt: 2}", "1", "2")]
    two = ["{match: {stream: true}, reply: x}", "{match: {prompt: a}, reply: x}", "{match: {stream: false}, reply: y}"]

    assert found(*two, "{reply: z}") == [
        "rule-4 can never answer: rule-1 (line 2) and rule-3 (line 4) together take every request that it matches; "
        "move it above one of them"
    ]
    assert "rule-1 (line 2), rule-2 (line 3), rule-3 (line 4) and 1 more together" in found(*four, "{reply: z}")[0]


def test_a_part_of_a_rule_that_others_take() -> None:
    (problem,) = unreachable(
        scenario(written("{match: {prompt: hi}, reply: x}", "{match: {prompt: [hi, hello]}, reply: y}"))
    )

    assert (problem.code, problem.severity, problem.line) == ("shadowed-rule", "warning", 3)
    assert problem.message == (
        "part of rule-2 can never match: rule-1 (line 2) takes its alternative 'hi' of 'prompt'; "
        "leave that out, or move the rule up"
    )


@pytest.mark.parametrize(
    ("match", "told"),
    [
        pytest.param("prompt: {contains: [weather b, c]}", "takes its alternative 'contains: weather b' of", id="text"),
        pytest.param("any: [{step: 0}, {prompt: weather, turn: 1}]", "takes number 2 of its alternatives", id="any"),
        pytest.param(
            "prompt: {in: [a, b], contains: a}", "its alternative 'b' of 'prompt' contradicts the rest", id="never"
        ),
    ],
)
def test_parts_of_several_kinds(match: str, told: str) -> None:
    assert told in found(WEATHER, f"{{match: {{{match}}}, reply: y}}")[0]


def test_a_part_that_several_rules_take() -> None:
    both = ["{match: {prompt: a, stream: true}, reply: x}", "{match: {prompt: a, stream: false}, reply: x}"]

    assert "(line 3) together take its alternative 'a'" in found(*both, "{match: {prompt: [a, b]}, reply: y}")[0]


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        pytest.param("match: {step: 0}, steps: [a, b, c]", "answers 2 and 3 of 'steps' can never come:", id="numbers"),
        pytest.param("match: {step: 0}, steps: [a, b]", "rule-1 is asked only at step 0, and", id="first-step"),
        pytest.param("match: {step: {gte: 1}}, steps: [a, b]", "only at step 1 and up, and", id="later-steps"),
        pytest.param("match: {step: [1, 3, 4]}, steps: [a, b]", "only at step 1 and 3 to 4, and", id="some-steps"),
        pytest.param("match: {attempt: 1}, attempts: [a, b]", "first of 'attempts' answers attempt 1", id="attempts"),
        pytest.param("times: 1, replies: [a, b]", "rule-1 stops matching before (times: 1)", id="times"),
    ],
)
def test_answers_that_never_come(rule: str, told: str) -> None:
    (problem,) = unreachable(scenario(written(f"{{{rule}}}")))

    assert (problem.code, problem.severity) == ("unreachable-answer", "warning")
    assert told in problem.message


@settings(max_examples=60, deadline=None)
@given(rules(), st.lists(requests(), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_a_rule_that_is_told_unreachable_never_answers(
    rules: list[dict[str, Any]], asked: list[Any], rng: random.Random
) -> None:
    text = yaml.safe_dump({"rules": rules})
    told = {problem.line for problem in unreachable(scenario(text)) if problem.code == "unreachable-rule"}
    lines = {rule.id: rule.place for rule in scenario(text).rules}
    gateway = pipeline(text)

    for request, headers in asked:
        opened = ask(gateway, request, **headers)
        gateway.settle(opened, Delivery(ending=rng.choice(["whole", "left"])))
        if opened.exchange.rule in lines:
            assert int(lines[opened.exchange.rule].partition(":")[2]) not in told


@settings(max_examples=50, deadline=None)
@given(rules(), st.data())
def test_copies_and_what_follows_a_catch_all_are_found(rules: list[dict[str, Any]], data: st.DataObject) -> None:
    copied = data.draw(st.sampled_from(rules))
    planted = [
        {"match": copied["match"], "reply": "sure"},
        *rules,
        {"reply": "x"},
        {"match": {"prompt": "b"}, "reply": "y"},
    ]
    loaded = scenario(yaml.safe_dump({"rules": planted}))
    told = {problem.line for problem in unreachable(loaded) if problem.code == "unreachable-rule"}
    asked = {rule.id: int(rule.place.partition(":")[2]) for rule in loaded.rules if not rule.fallback}

    assert asked[f"rule-{len(planted)}"] in told
    assert asked.get(copied["id"], next(iter(told))) in told
