import pytest

from mockgw.lint.logic.cases import cases
from mockgw.lint.logic.formulas import Formula, of_match
from mockgw.lint.logic.world import World, changes, first
from tests.support import scenario


def formula(match: str) -> Formula:
    return of_match(scenario(f"rules: [{{match: {match}, reply: x}}]").rules[0])


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        pytest.param("{prompt: {contains: fix}}", True, id="known"),
        pytest.param("{prompt: fix it}", True, id="the-shortest"),
        pytest.param("{prompt: {contains: deploy}}", False, id="unlikely"),
        pytest.param("{prompt: {matches: '(f)+'}}", None, id="slow-regex"),
        pytest.param("{prompt: {present: false}}", False, id="excluded"),
        pytest.param("{system: {contains: x}}", None, id="unknown"),
        pytest.param("{step: {gte: 3}}", True, id="later"),
        pytest.param("{step: {lt: 3}}", False, id="before"),
        pytest.param("{step: 7}", None, id="once"),
        pytest.param("{attempt: 2}", False, id="a-new-call"),
        pytest.param("{clock: {gt: 3}}", None, id="clock"),
        pytest.param("{body: {messages.0.role: user}}", None, id="messages"),
        pytest.param("{tool_result: {name: Bash}}", True, id="result"),
        pytest.param("{tool_result: {name: Read}}", None, id="perhaps-a-result"),
        pytest.param("{tool_result: {not: {name: Bash}}}", None, id="not-this-result"),
        pytest.param("{tool_result: {present: false}}", False, id="no-result"),
        pytest.param("{tool_result: {is_error: true}}", None, id="failure"),
        pytest.param("{any: [{clock: {gt: 3}}, {step: {gt: 0}}]}", True, id="either"),
        pytest.param("{any: [{clock: {gt: 3}}, {step: 0}]}", None, id="either-perhaps"),
        pytest.param("{none: [{step: 0}, {attempt: 3}]}", True, id="none"),
    ],
)
def test_what_holds_when_an_agent_comes_back(asked: str, expected: bool | None) -> None:
    (case,) = cases(formula("{prompt: {contains: fix it}, step: {gte: 2}}"))
    world = World.after(case, ["Bash", None])

    assert first(case, "step") == 2
    assert world.held(formula(asked)) is expected


@pytest.mark.parametrize(
    ("match", "expected"),
    [
        pytest.param("{prompt: a}", False, id="prompt"),
        pytest.param("{step: 1}", True, id="step"),
        pytest.param("{any: [{prompt: a}, {tool_result: {name: x}}]}", True, id="result"),
        pytest.param("{body: {messages.-1.role: user}}", True, id="messages"),
        pytest.param("{body: {metadata.user_id: x}}", False, id="metadata"),
        pytest.param("{reminders: {not: x}}", True, id="reminders"),
    ],
)
def test_what_changes_in_a_loop(match: str, expected: bool) -> None:
    assert changes(formula(match)) is expected
