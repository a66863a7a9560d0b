import pytest

from mockgw.lint.check import problems
from tests.support import scenario


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ("times: 2, expect: 3", "3 answers are expected, and it stops matching after 2 answers (times: 2)"),
        ("times: 1, expect: {at_least: 2}", "at least 2 answers are expected, and it stops matching after 1 answer"),
    ],
)
def test_more_answers_than_a_rule_gives_are_doubted(keys: str, told: str) -> None:
    [problem] = problems(scenario(f"rules: [{{reply: a, {keys}}}]"))
    assert (problem.code, problem.severity, problem.line, problem.column) == ("doubtful-expect", "warning", 1, 38)
    assert problem.message.startswith(told)


@pytest.mark.parametrize("keys", ["times: 2, expect: 2", "times: 2, expect: {at_most: 5}", "expect: 9", "times: 1"])
def test_what_a_rule_can_give_is_not_doubted(keys: str) -> None:
    assert problems(scenario(f"rules: [{{reply: a, {keys}}}]")) == []
