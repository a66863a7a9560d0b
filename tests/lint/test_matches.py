import pytest

from mockgw.lint.matches import doubtful
from tests.support import scenario


def told(match: str) -> list[str]:
    return [str(problem) for problem in doubtful(scenario(f"rules:\n  - match: {match}\n    reply: a\n"))]


@pytest.mark.parametrize(
    ("match", "expected"),
    [
        pytest.param(
            "{body: {'messages[0].role': user}}",
            "2:40: a request has nothing at 'messages[0].role'; write messages.0.role",
            id="index",
        ),
        pytest.param(
            "{body: {'$.messages.0.role': user}}",
            "2:41: a request has nothing at '$.messages.0.role'; write messages.0.role",
            id="root",
        ),
        pytest.param(
            """{body: {"$['messages'][*].role": user}}""",
            """2:45: a request has nothing at "$['messages'][*].role"; write messages.*.role""",
            id="json-path",
        ),
        pytest.param(
            "{any: [{none: [{tool_result: Bash}]}]}",
            "2:41: a result that is the text 'Bash' is asked for; for that tool's write {name: Bash}",
            id="tool",
        ),
    ],
)
def test_what_no_request_has_is_told(match: str, expected: str) -> None:
    assert told(match) == [f"test.yaml:{expected}"]


def test_what_strikes_at_random_is_looked_at_too() -> None:
    found = doubtful(scenario("chaos: [{error: 429}, {error: 500, match: {tool_result: Read}}]\nreply: a\n"))
    assert [str(problem).partition(" is the text")[0] for problem in found] == ["test.yaml:1:57: a result that"]


@pytest.mark.parametrize(
    "match", ["{body: {messages.-1.role: user}}", "{tool_result: done}", "{tool_result: {name: Bash}}", "{}"]
)
def test_what_requests_may_have_is_not(match: str) -> None:
    assert told(match) == []
    assert list(doubtful(scenario("reply: a"))) == []
