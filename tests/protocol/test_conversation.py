"""Conversation: what was typed, and what the client added to it; the captures are real requests of Claude Code."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from mockgw.protocol.conversation import ToolResult, parted, read, reminders, texts, typed, working_directory

CAPTURES = Path(__file__).parent.parent / "clients" / "captures"
NAMES = sorted(path.stem for path in CAPTURES.glob("*.json"))


def _captured(name: str) -> dict[str, Any]:
    body: dict[str, Any] = orjson.loads((CAPTURES / f"{name}.json").read_bytes())["body"]
    return body


TYPED = {
    "after-clear": ("after clear", 1, 0, 0),
    "after-compact": ("CRITICAL: Respond with TEXT ONLY.", 3, 0, 3),
    "after-context": ("after context", 3, 0, 2),
    "after-model": ("after model", 2, 0, 1),
    "agent-finished": ("use agent now", 1, 2, 2),
    "bash-input": ("first question of the day", 1, 1, 1),
    "classifier": ("<transcript>", 1, 0, 0),
    "compact": ("CRITICAL: Respond with TEXT ONLY.", 3, 0, 3),
    "count-tokens": ("foo", 1, 0, 0),
    "first-turn": ("please explain how the scheduler of this project works in detail", 1, 0, 0),
    "headless-first-turn": ("run bash please", 1, 0, 0),
    "interrupted": ("fetch page", 2, 0, 1),
    "prompt-command": ("Please analyze this codebase and create a CLAUDE.md file", 3, 0, 3),
    "side-question": ("what is this", 4, 0, 4),
    "sub-agent": ("INNER please run bash", 1, 1, 1),
    "title": ("<session>", 1, 0, 0),
    "tool-loop": ("run bash please", 1, 1, 1),
    "typed-while-busy": ("queued words", 2, 0, 1),
}
WHOLE = [name for name, (prompt, *_) in TYPED.items() if not prompt.startswith(("CRITICAL", "<", "Please"))]


def test_every_capture_is_expected_something_of() -> None:
    assert sorted(TYPED) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_the_typed_prompt_of_a_real_request(name: str) -> None:
    prompt, nth_prompt, step, turn = TYPED[name]
    found = read(_captured(name)["messages"])
    assert found.prompt is not None
    assert found.prompt == prompt if name in WHOLE else found.prompt.startswith(prompt)
    assert (found.nth_prompt, found.step, found.turn) == (nth_prompt, step, turn)


@pytest.mark.parametrize("name", NAMES)
def test_the_position_is_that_of_the_typed_message(name: str) -> None:
    messages = _captured(name)["messages"]
    found = read(messages)
    assert typed(messages[found.position]["content"]) == found.prompt


ERRANDS = ("classifier", "count-tokens", "title")
CUT = ("sub-agent",)  # its directory stands where the capture was shortened


@pytest.mark.parametrize("name", [name for name in NAMES if name not in (*ERRANDS, *CUT)])
def test_a_real_agent_says_where_it_works(name: str) -> None:
    body = _captured(name)
    system = "\n".join(texts(body["system"]))
    assert working_directory(system, reminders(body["messages"])) == "/tmp/mockgw/cwd"


@pytest.mark.parametrize("name", ERRANDS)
def test_an_errand_does_not_say_where_it_works(name: str) -> None:
    body = _captured(name)
    assert working_directory("\n".join(texts(body.get("system", ""))), reminders(body["messages"])) == "."


def test_the_reminders_of_a_real_request() -> None:
    found = reminders(_captured("agent-finished")["messages"])
    assert any(text.startswith("# Environment") for text in found)
    assert any(text.startswith("[SYSTEM NOTIFICATION - NOT USER INPUT]") for text in found)
    assert not any("system-reminder>" in text for text in found)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("tool-loop", [("Bash", "hi-from-bash", False)], id="result"),
        pytest.param("sub-agent", [("Bash", "hi-from-bash", False)], id="before-a-system-message"),
        pytest.param("typed-while-busy", [("Bash", "slept", False)], id="beside-a-typed-text"),
        pytest.param("first-turn", [], id="none"),
        pytest.param("count-tokens", [], id="string"),
    ],
)
def test_the_tool_results_of_a_real_request(name: str, expected: list[tuple[str, str, bool]]) -> None:
    assert [*read(_captured(name)["messages"]).tool_results] == [ToolResult(*result) for result in expected]


def test_a_refused_call_is_an_error() -> None:
    (result,) = read(_captured("interrupted")["messages"]).tool_results
    assert (result.name, result.is_error) == ("Bash", True)


REMINDER = {"type": "text", "text": "<system-reminder>\nBe kind.\n</system-reminder>\n"}


def _text(text: str) -> dict[str, str]:
    return {"type": "text", "text": text}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param("  Hello \n", "Hello", id="string"),
        pytest.param([_text("Hello"), _text("there")], "Hello\nthere", id="several-texts"),
        pytest.param([REMINDER, _text("Hello")], "Hello", id="reminder"),
        pytest.param(
            "<system-reminder>a</system-reminder>Hello<system-reminder>b</system-reminder>", "Hello", id="two"
        ),
        pytest.param([REMINDER], "", id="reminder-alone"),
        pytest.param([{"type": "image", "source": {}}], "", id="image-alone"),
        pytest.param([], "", id="nothing"),
        pytest.param("2 < 3 and <b>bold</b>", "2 < 3 and <b>bold</b>", id="other-tags-stay"),
        pytest.param("<system-reminder> is a tag", "<system-reminder> is a tag", id="a-tag-that-is-talked-about"),
        pytest.param([_text("[Request interrupted by user]"), _text("Go on")], "Go on", id="interrupted"),
        pytest.param("[structured-output-enforce] You MUST call it.\nNow.", "", id="wanted-tool-not-called"),
        pytest.param("The user sent a new message to me", "The user sent a new message to me", id="not-queued"),
        pytest.param(
            "The user sent a new message while you were working:\na\n\nb\n\nThis is how Claude Code does",
            "a\n\nb",
            id="queued",
        ),
        pytest.param("<bash-input>ls</bash-input><bash-stdout>a</bash-stdout>", "", id="bash-mode"),
    ],
)
def test_what_was_typed(content: Any, expected: str) -> None:
    assert typed(content) == expected


def test_a_report_of_a_command_is_not_what_was_typed() -> None:
    command = "<command-name>/context</command-name>\n<command-args></command-args>\n"
    assert typed([_text(command), _text("## Context Usage"), _text("Hello")]) == "Hello"


def _user(content: Any) -> dict[str, Any]:
    return {"role": "user", "content": content}


def _assistant(content: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": content}


def test_steps_count_from_the_last_typed_prompt_and_turns_from_the_first_message() -> None:
    found = read([_user("a"), _assistant("b"), _assistant("c"), _user("d"), _assistant("e"), _user([REMINDER])])
    assert (found.prompt, found.position, found.nth_prompt, found.step, found.turn) == ("d", 3, 2, 1, 3)


def test_a_transcript_in_which_nothing_was_typed() -> None:
    found = read([_assistant("a")])
    assert (found.prompt, found.position, found.nth_prompt, found.step, found.turn) == (None, -1, 0, 1, 1)
    assert found.tool_results == ()


def test_tool_results_are_named_by_their_calls() -> None:
    call = {"type": "tool_use", "id": "1", "name": "Read", "input": {}}
    results = [
        {"type": "tool_result", "tool_use_id": "1", "content": [_text("a"), {"type": "image"}, _text("b")]},
        {"type": "tool_result", "tool_use_id": "2", "is_error": True},
    ]
    found = read([_user("a"), _assistant([_text("b"), call]), _assistant("c"), _user(results)])
    assert found.tool_results == (ToolResult("Read", "a\nb", False), ToolResult(None, "", True))


def test_only_the_last_user_message_has_tool_results() -> None:
    result = {"type": "tool_result", "tool_use_id": "1", "content": "a"}
    assert read([_user([result]), _assistant("b"), _user("c")]).tool_results == ()


def test_reminders_are_those_of_users_and_the_system_turns() -> None:
    messages = [_user([REMINDER, _text("Hi")]), {"role": "system", "content": "Now."}, _assistant("<system-reminder>")]
    assert reminders(messages) == ["Be kind.", "Now."]


@pytest.mark.parametrize(
    ("system", "notes", "expected"),
    [
        pytest.param("Working directory: /a b\nPlatform: linux", [], "/a b", id="system"),
        pytest.param("", ["", " - Primary working directory: /c \n"], "/c", id="note"),
        pytest.param("Working directory: /a", ["Working directory: /b"], "/a", id="system-first"),
        pytest.param("Working directory:\n", [], ".", id="not-said"),
    ],
)
def test_the_working_directory(system: str, notes: list[str], expected: str) -> None:
    assert working_directory(system, notes) == expected


@pytest.mark.parametrize(
    "piece",
    [
        "<system-reminder>",
        "<command-name>",
        "<bash-input>x\n",
        "<system-reminder><command-name><bash-stdout>",
        "[Request interrupted by user",
        "The user sent a new message while you were working:\n",
        "</system-reminder>",
    ],
)
def test_hostile_text_is_read_in_one_pass(piece: str) -> None:
    text = piece * 100_000  # with one pass a blink; with one for each piece many minutes
    assert typed(text) == text.strip()


def test_a_tag_that_is_never_closed_is_what_was_typed() -> None:
    assert parted("a <command-name> b <system-reminder>c</system-reminder> d") == (
        "a <command-name> b  d",
        ["c"],
    )


SUMMARY = "This session is being continued from a previous conversation that ran out of context. We counted to five."


@pytest.mark.parametrize(
    ("texts", "typed"),
    [([SUMMARY, "go on"], "go on"), ([SUMMARY], SUMMARY), (["go on", SUMMARY], f"go on\n{SUMMARY}")],
    ids=["typed-after-it", "alone", "quoted"],
)
def test_the_summary_of_a_compacted_conversation_is_not_typed(texts: list[str], typed: str) -> None:
    content = [{"type": "text", "text": text} for text in texts]

    assert read([{"role": "user", "content": content}]).prompt == typed
