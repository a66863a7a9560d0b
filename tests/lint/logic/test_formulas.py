import pytest

from mockgw.lint.logic.formulas import (
    ALWAYS,
    NEVER,
    Atom,
    Denied,
    Either,
    Every,
    Formula,
    chosen,
    denied,
    of_answer,
    of_match,
)
from tests.support import scenario

MAIN_OR_SUB = chosen("agent", "main", "sub")
A, B = (Atom("prompt", "equals", word) for word in "ab")


def matched(match: str) -> Formula:
    return of_match(scenario(f"rules: [{{match: {match}, reply: x}}]").rules[0])


def answered(rule: str) -> Formula:
    found = scenario(f"rules: [{rule}]").rules[0]
    return of_answer(found, of_match(found))


@pytest.mark.parametrize(
    ("match", "expected"),
    [
        pytest.param("{prompt: a}", A, id="value"),
        pytest.param("{prompt: [a, b]}", Either((A, B)), id="list"),
        pytest.param("{prompt: {in: [a, b]}}", Either((A, B)), id="in"),
        pytest.param("{prompt: {not: a}}", Denied(A), id="not"),
        pytest.param("{prompt: {not: {not: a}}}", A, id="not-not"),
        pytest.param("{prompt: {none: [a, b]}}", Every((MAIN_OR_SUB, Denied(A), Denied(B))), id="none"),
        pytest.param("{prompt: {all: [a, b]}}", Every((MAIN_OR_SUB, A, B)), id="all"),
        pytest.param("{any: [{prompt: a}, {prompt: b}]}", Either((A, B)), id="any"),
        pytest.param("{none: [{prompt: a}]}", Denied(A), id="none-of-matches"),
        pytest.param("{all: [{prompt: a}, {prompt: b}]}", Every((MAIN_OR_SUB, A, B)), id="all-of-matches"),
        pytest.param("{prompt: {matches: a b}}", Atom("prompt", "contains", "a b"), id="plain-regex"),
        pytest.param("{prompt: {matches: ' a'}}", Atom("prompt", "matches", " a"), id="regex-with-blank"),
        pytest.param("{prompt: {contains: ' a  b '}}", Atom("prompt", "contains", "a b"), id="white-space"),
        pytest.param("{header: {X-A: {present: true}}}", Atom("header.x-a", "present"), id="header"),
        pytest.param("{body: {a: {gt: x}}}", NEVER, id="no-number"),
        pytest.param("{step: {gt: 3, lt: 2}}", NEVER, id="no-step"),
        pytest.param("{step: {not: {present: true}}}", NEVER, id="no-count"),
        pytest.param("{step: {gte: 0}}", MAIN_OR_SUB, id="any-step"),
        pytest.param("{session: {present: false}}", NEVER, id="always-there"),
        pytest.param("{stream: {present: true}}", MAIN_OR_SUB, id="always-said"),
        pytest.param("{clock: {every: 1m, gte: 2m}}", NEVER, id="clock-wraps"),
        pytest.param("{clock: {present: true}}", MAIN_OR_SUB, id="clock"),
        pytest.param("{agent: {contains: i}}", chosen("agent", "main", "side"), id="agent"),
        pytest.param("{agent: [main, sub, side]}", ALWAYS, id="any-agent"),
    ],
)
def test_a_match_is_a_formula(match: str, expected: Formula) -> None:
    found = matched(match)

    assert found in (expected, Every((MAIN_OR_SUB, expected)))


def test_equal_values_are_equal_formulas() -> None:
    assert matched("{body: {a: 1}}") == matched("{body: {a: 1.0}}") != matched("{body: {a: true}}")
    assert matched("{body: {a: {equals: [[1, x]]}}}") == matched("{body: {a: {in: [[1, x]]}}}")
    assert matched("{body: {a: {equals: null}}}") != matched("{body: {a: {present: false}}}")


def test_one_tool_result_must_fit_all() -> None:
    name, text = Atom("tool_result.name", "equals", "Bash"), Atom("tool_result.text", "contains", "x")
    inner = Every((chosen("tool_result.is_error", True), name, Denied(text)))

    assert matched("{tool_result: {name: Bash, is_error: true, not: {contains: x}}}") == Every(
        (MAIN_OR_SUB, Atom("tool_result", "some", inner))
    )
    assert matched("{tool_result: {present: false, name: Bash}}") == Every(
        (MAIN_OR_SUB, Denied(Atom("tool_result", "some", name)))
    )
    assert matched("{tool_result: {any: [{present: false, name: Bash}]}}") == Every(
        (MAIN_OR_SUB, Atom("tool_result", "some", Denied(name)))
    )


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        pytest.param("{steps: [a, b]}", "{}", id="repeat-last"),
        pytest.param("{steps: [a, b], then: next_rule}", "{step: {lt: 2}}", id="steps"),
        pytest.param("{attempts: [{text: a, times: 3}], then: next_rule}", "{attempt: {lte: 3}}", id="attempts"),
        pytest.param("{choose: [a, {steps: [a], then: next_rule}]}", "{step: 0}", id="choose"),
        pytest.param("{replies: [a, b], then: next_rule}", "{step: -1}", id="replies"),
        pytest.param("{replies: [a, b], then: error}", "{}", id="error"),
        pytest.param("{times: 2, reply: a}", "{step: -1}", id="times"),
    ],
)
def test_what_a_rule_surely_answers(rule: str, expected: str) -> None:
    assert answered(rule) == matched(expected)


def test_denying_twice_changes_nothing() -> None:
    found = matched("{any: [{prompt: a, step: 1}, {none: [{tools: x}]}], stream: true}")

    assert denied(denied(found)) == found
