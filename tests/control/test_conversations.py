"""Which exchanges belong together, and what was typed in them."""

from typing import Any

import orjson
import pytest

from mockgw.control.conversations import LONGEST, conversation_of, prompt_of
from tests.support import exchange, turns

PATH = "/v1/messages"


def named(*contents: Any, session: str = "default", headers: dict[str, str] | None = None, **more: Any) -> str:
    asked = orjson.dumps({"messages": turns(*contents), **more})
    return conversation_of(exchange(path=PATH, body=asked, session=session, headers=headers or {}))


def test_what_goes_on_is_one_conversation() -> None:
    first = named("Hello")
    assert len(first) == 12
    assert named("Hello", "Hi", "And then?") == first
    spelled = [{"type": "text", "text": "Hello", "cache_control": {"type": "ephemeral"}}]
    assert named(spelled, "Hi", "And then?") == first


def test_others_are_others() -> None:
    users = [named("Hello", metadata={"user_id": user}) for user in ("a", "b")]
    assert len({named("Hello"), named("Hello there"), named("Hello", session="other"), *users}) == 5


def test_a_run_of_claude_code_is_one_whatever_it_asks() -> None:
    run = {"x-claude-code-session-id": "1234"}
    assert named("Hello", headers=run) == named("A title, please", headers=run) != named("Hello")


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"{}", b'{"messages": 5}', b'{"messages": []}', b'{"messages": ["a"]}'],
    ids=lambda body: body.decode(),
)
def test_what_has_no_messages_belongs_to_none(body: bytes) -> None:
    assert conversation_of(exchange(path=PATH, body=body)) == ""


def test_a_message_that_was_refused_begins_one_too() -> None:
    assert conversation_of(exchange(path=PATH, body=b'{"messages": [{"role": "user"}]}'))


def test_other_paths_have_none() -> None:
    assert conversation_of(exchange(path="/v1/models")) == ""


def test_it_is_found_out_once() -> None:
    one = exchange(path=PATH, body=orjson.dumps({"messages": turns("Hello")}))
    first = conversation_of(one)
    one.body = b""
    assert conversation_of(one) == first


@pytest.mark.parametrize(
    ("messages", "prompt"),
    [
        (turns("Hello"), "Hello"),
        (turns("Hello", "Hi", "And \n then?"), "And then?"),
        (turns("Hello", "Hi", [{"type": "tool_result", "tool_use_id": "toolu_01", "content": "5"}]), "Hello"),
        (turns("<system-reminder>\nIt is Sunday.\n</system-reminder>Hello"), "Hello"),
        (turns("x" * 500), "x" * LONGEST + "…"),
        ([{"role": "user"}, {"role": "user", "content": [5, {"type": "text", "text": 5}]}, {"content": "Hello"}], ""),
        ([], ""),
    ],
    ids=["one", "the last", "results are not typed", "reminders are not typed", "long", "refused", "none"],
)
def test_the_prompt_is_what_was_typed_last_in_one_line(messages: list[Any], prompt: str) -> None:
    assert prompt_of(exchange(path=PATH, body=orjson.dumps({"messages": messages}))) == prompt
