from typing import Any

import pytest

from mockgw.scenario.patterns import Match
from tests.support import body, context, turns

REMINDER = "<system-reminder>drink water</system-reminder>"
CALL = [{"type": "tool_use", "id": "t", "name": "Read", "input": {}}]
RESULT = [{"type": "tool_result", "tool_use_id": "t", "content": "all   fine"}]
LOOP = body(messages=turns("x", CALL, RESULT))
TYPED = "but 'prompt' is only what was typed last"


def told(match: dict[str, Any], request: dict[str, Any] | None = None, **headers: str) -> str:
    """What is said in brackets of the one condition of a match."""
    about = context(request, {name.replace("_", "-"): value for name, value in headers.items()})
    (pattern,) = Match.model_validate(match).patterns()
    (difference,) = pattern.differences(about)
    return difference.partition(" (")[2].removesuffix(")")


@pytest.mark.parametrize(
    ("request_", "match", "hint"),
    [
        pytest.param(
            body(f"{REMINDER}Hello"), {"prompt": {"contains": "water"}},
            f"a reminder fits, {TYPED}; ask for it under 'reminders'", id="reminder",
        ),
        pytest.param(
            body(system="Be kind"), {"prompt": {"contains": "kind"}},
            f"the system prompt fits, {TYPED}; ask for it under 'system'", id="system",
        ),
        pytest.param(
            LOOP, {"prompt": "all fine"}, f"a tool result fits, {TYPED}; ask for it under 'tool_result'", id="result"
        ),
        pytest.param(
            body(messages=turns("go", "ok", "on")), {"prompt": "go"}, f"an earlier prompt fits, {TYPED}", id="earlier"
        ),
        pytest.param(body(), {"prompt": {"not": {"contains": "Hello"}}}, "", id="denial"),
        pytest.param(body(), {"prompt": "bye"}, "", id="nowhere"),
        pytest.param(
            body(messages=turns(REMINDER)), {"prompt": "bye"},
            "nothing was typed: its user messages are reminders and tool results", id="nothing-typed",
        ),
        pytest.param(
            body(), {"system": {"contains": "Hello"}},
            "the prompt fits, but 'system' is only the system prompt; ask for it under 'prompt'", id="in-the-prompt",
        ),
        pytest.param(
            body(), {"tool_result": {"contains": "Hello"}},
            "the prompt fits, but 'tool_result' is only those of the last user message; ask for it under 'prompt'",
            id="no-result",
        ),
        pytest.param(body(), {"tool_result": "x"}, "the transcript has none at all", id="no-results"),
        pytest.param(LOOP, {"tool_result": "y"}, "", id="other-result"),
        pytest.param(LOOP, {"tool_result": "Read"}, "that is the name of its tool; write {name: Read}", id="tool"),
        pytest.param(LOOP, {"tool_result": {"name": "Edit"}}, "", id="other-tool"),
    ],
)  # fmt: skip
def test_text_that_stands_elsewhere_is_told(request_: dict[str, Any], match: dict[str, Any], hint: str) -> None:
    assert told(match, request_) == hint


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        pytest.param("metadata.userid", "metadata has no 'userid'; did you mean 'user_id'?", id="near"),
        pytest.param("a", "the body has no 'a'; it has model, max_tokens, messages", id="top"),
        pytest.param("tools.0.input_schema.a.b", "tools.0.input_schema has no 'a'; it has type", id="below"),
        pytest.param("stop_sequences.*.a", "stop_sequences is a list of 0 items, from 0", id="no-items"),
        pytest.param("output_config.a", "output_config has no 'a'; it has nothing", id="empty"),
        pytest.param("messages.1.role", "messages is a list of 1 item, from 0", id="index"),
        pytest.param(
            "messages.last", "messages is a list of 1 item, from 0; write a number, -1 for the last, or * for any",
            id="no-index",
        ),
        pytest.param("model.name", "model is no mapping or list that could have 'name'", id="scalar"),
        pytest.param("tools.*.a", "tools.* has no 'a'; it has name, input_schema", id="any-item"),
        pytest.param("messages.-1.a", "messages.-1 has no 'a'; it has role, content", id="from-the-end"),
    ],
)  # fmt: skip
def test_where_a_path_leaves_the_body(path: str, hint: str) -> None:
    schema = {"type": "object"}
    more: dict[str, Any] = {
        "tools": [{"name": "a", "input_schema": schema}],
        "metadata": {"user_id": "u"},
        "output_config": {},
    }
    request = body() if path == "a" else body(**more, stop_sequences=[])
    assert told({"body": {path: "x"}}, request) == hint


@pytest.mark.parametrize(
    ("match", "hint"),
    [
        pytest.param({"header": {"X-Team": "a"}}, "the request has no such header; did you mean 'x-teams'?", id="near"),
        pytest.param({"header": {"origin": "a"}}, "the request has no such header", id="none"),
        pytest.param({"header": {"x-teams": {"present": False}}}, "", id="denied"),
        pytest.param({"session": {"in": ["a", "b"]}},
            "a request names it by its URL, …/s/a, or by the header x-mockgw-session: a",
                     id="session"),
        pytest.param({"session": {"starts_with": "a"}}, "", id="session-condition"),
        pytest.param({"agent": "sub"}, "a sub-agent is told by the header x-claude-code-agent-id", id="sub"),
        pytest.param(
            {"agent": "side"}, "a side call is one by Claude Code without tools that asks for JSON by "
            "output_config.format", id="side",
        ),
        pytest.param({"agent": {"not": "main"}}, "", id="not-main"),
        pytest.param({"stream": True}, 'the request does not say "stream": true', id="stream"),
        pytest.param({"tools": "a"}, "the request has no tools", id="tools"),
        pytest.param({"beta": "a"}, "the request has no header anthropic-beta", id="beta"),
        pytest.param({"effort": "high"}, "the request has no output_config.effort", id="effort"),
        pytest.param({"step": 1}, "a step is an answer since the prompt was typed: 0 with the prompt, 1 with the first "
                     "tool results", id="one-off"),
        pytest.param({"step": 2}, "", id="further-off"),
        pytest.param({"clock": {"gte": "1m"}}, "in seconds since the session began", id="clock"),
        pytest.param({"model": "claude-opus-4-5"}, "", id="other-model"),
        pytest.param({"model": "gpt-9"}, "", id="foreign-model"),
        pytest.param({"model": ["claude-opus-4-5", "claude-sonet-4-5"]},
                     "'claude-sonet-4-5' is no known model; did you mean 'claude-sonnet-4-5'?", id="no-model"),
        pytest.param({"key": "a"}, "", id="key"),
    ],
)  # fmt: skip
def test_what_a_request_has_instead(match: dict[str, Any], hint: str) -> None:
    assert told(match, x_teams="blue") == hint


def test_an_earlier_tool_result_is_told() -> None:
    request = body(messages=[*LOOP["messages"], *turns("x", "ok")[1:], *turns("and now")])
    assert told({"tool_result": {"name": "Read"}}, request) == (
        "an earlier message has one, but only those of the last user message count"
    )


def test_a_request_that_is_streamed_says_so() -> None:
    assert told({"stream": False}, body(stream=True)) == 'the request says "stream": true'
