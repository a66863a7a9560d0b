import json
from pathlib import Path
from typing import Any

import pytest

from mockgw.scenario.context import agent_of, asks_for_permission, collapse, model_identity
from tests.support import body, context, turns

CAPTURES = Path(__file__).parent.parent / "clients" / "captures"
FORMAT = {"format": {"type": "json_schema", "schema": {"type": "object"}}}
CLAUDE_CODE = {"x-app": "cli"}


def captured(name: str) -> dict[str, Any]:
    recorded: dict[str, Any] = json.loads((CAPTURES / f"{name}.json").read_text())
    return recorded


def test_white_space_is_collapsed_once() -> None:
    collapsed = collapse("  a\n\n b\tc ")

    assert collapsed == "a b c"
    assert collapse(collapsed) is collapsed


def test_long_texts_are_prepared_once() -> None:
    call = {"type": "tool_use", "id": "t", "name": "Bash", "input": {}}
    result = {"type": "tool_result", "tool_use_id": "t", "content": " A \n B"}
    (read,) = (seen := context(body(messages=turns("x", [call], [result])))).tool_results

    assert (read.text, collapse(read.text).folded) == ("A B", "a b")
    assert collapse(read.text).folded is collapse(seen.tool_results[0].text).folded


@pytest.mark.parametrize(
    ("name", "agent"),
    [
        pytest.param("title", "side", id="title"),
        pytest.param("classifier", "side", id="auto-mode"),
        pytest.param("first-turn", "main", id="first-turn"),
        pytest.param("tool-loop", "main", id="tool-loop"),
        pytest.param("side-question", "main", id="btw"),
        pytest.param("compact", "main", id="compact"),
        pytest.param("sub-agent", "sub", id="sub-agent"),
    ],
)
def test_claude_code_is_told_apart_by_what_it_sends(name: str, agent: str) -> None:
    capture = captured(name)

    assert context(capture["body"], capture["headers"]).agent == agent


@pytest.mark.parametrize(
    ("more", "headers", "agent"),
    [
        pytest.param({"output_config": FORMAT}, {}, "main", id="sdk-structured"),
        pytest.param({"output_config": FORMAT}, CLAUDE_CODE, "side", id="structured"),
        pytest.param({"output_config": FORMAT}, {"x-claude-code-session-id": "1"}, "side", id="session-header"),
        pytest.param(
            {"output_config": FORMAT, "metadata": {"user_id": '{"session_id":"1"}'}}, {}, "side", id="user-id"
        ),
        pytest.param({"stop_sequences": ["</block>"]}, CLAUDE_CODE, "side", id="stage-1"),
        pytest.param({"system": "You are a security monitor for agents."}, CLAUDE_CODE, "side", id="stage-2"),
        pytest.param({"stop_sequences": ["</block>"]}, {}, "main", id="sdk-stop"),
        pytest.param({}, CLAUDE_CODE, "main", id="no-tools"),
        pytest.param({"metadata": {"user_id": None}}, {}, "main", id="no-user"),
    ],
)
def test_a_side_call_is_an_agents_errand_without_tools(more: Any, headers: dict[str, str], agent: str) -> None:
    request = context(body(**more), headers).request

    assert agent_of(request, headers) == agent


def test_only_the_classifier_asks_for_permission() -> None:
    asking = [name for name in ("title", "classifier", "first-turn") if asks_for_permission(_request(name))]

    assert asking == ["classifier"]


def _request(name: str) -> Any:
    return context(captured(name)["body"]).request


def test_what_is_absent_is_none_or_empty() -> None:
    seen = context(body(messages=turns("<system-reminder>x</system-reminder>")))

    assert (seen.prompt, seen.system, seen.thinking, seen.effort, seen.schema) == (None,) * 5
    assert (seen.tools, seen.beta, seen.structured) == ((), (), False)
    assert seen.reminders == ("x",)


def test_what_is_there_is_read() -> None:
    tools = [{"name": "Read", "input_schema": {"type": "object"}}, {"type": "bash_20250124", "name": "bash"}]
    request = body(
        "  two\n words ",
        system=[{"type": "text", "text": "Be"}, {"type": "text", "text": "brief."}],
        tools=tools,
        thinking={"type": "adaptive"},
        output_config=FORMAT | {"effort": "low"},
    )
    seen = context(request, {"anthropic-beta": "a, b"})

    assert (seen.prompt, seen.system, seen.thinking, seen.effort) == ("two words", "Be brief.", "adaptive", "low")
    assert (seen.tools, seen.beta, seen.structured) == (("Read", "bash"), ("a", "b"), True)
    assert seen.schema == {"type": "object"}


def test_the_run_is_the_session_and_the_sub_agent() -> None:
    headers = {"x-claude-code-session-id": "s", "x-claude-code-agent-id": "a"}

    assert context(headers=headers).run == ("s", "a")
    assert context().run == ("", "")


@pytest.mark.parametrize(
    "spelling",
    [
        "claude-sonnet-4-5",
        "claude-sonnet-4-5-20250929",
        "anthropic/claude-sonnet-4.5",
        "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
    ],
)
def test_every_spelling_of_a_model_has_one_identity(spelling: str) -> None:
    assert model_identity(spelling) == "claude-sonnet-4-5-20250929"


def test_an_unknown_model_is_itself() -> None:
    assert context(body(model="my-own")).model == ("my-own", "my-own")
