"""What a person reads of a request and its answer."""

import asyncio
from typing import Any

import orjson
import pytest

from mockgw.control.details import Answered, Part, Transcript
from mockgw.control.transcripts import transcript
from mockgw.delivery.actions import Delivery
from mockgw.delivery.player import Player
from mockgw.pipeline import Pipeline
from tests.delivery.streams import played
from tests.support import ask, body, exchange, pipeline, turns

EVERYTHING = """
rules:
  - reply:
      - thinking: Let me see
      - text: Hello there
      - tool_use: {name: Read, input: {path: a}}
"""


def read(gateway: Pipeline, **request: Any) -> Transcript:
    opened = ask(gateway, body(**request))
    _, delivery = asyncio.run(played(opened.exchange.actions))
    gateway.settle(opened, delivery)
    return transcript(opened.exchange, 0.0)


def kinds(parts: tuple[Part, ...]) -> list[tuple[str, str]]:
    return [(one.kind, one.text or one.name) for one in parts]


def of_turns(*contents: Any) -> Transcript:
    asked = {"model": "m", "max_tokens": 5, "messages": turns(*contents)}
    return transcript(exchange(path="/v1/messages", body=orjson.dumps(asked)), 0.0)


def test_what_was_typed_stands_apart_from_what_the_client_added() -> None:
    text = "<system-reminder>\nBe brief.\n</system-reminder>\n<command-name>/fix</command-name>Fix it"
    [turn] = of_turns([{"type": "text", "text": text}, {"type": "text", "text": "now"}]).turns
    assert kinds(turn.parts) == [("reminder", "Be brief."), ("note", "/fix"), ("typed", "Fix it"), ("typed", "now")]
    assert turn.parts[1].name == "command-name"


def test_calls_and_their_results_name_the_tool() -> None:
    call = {"type": "tool_use", "id": "t1", "name": "Read", "input": {"path": "a"}}
    thinking = [{"type": "thinking", "thinking": "Hm", "signature": "s"}, {"type": "redacted_thinking", "data": "x"}]
    result = {"type": "tool_result", "tool_use_id": "t1", "content": [{"type": "text", "text": "no"}], "is_error": True}
    found = of_turns("Read it", [*thinking, {"type": "text", "text": "Yes"}, call], [result]).turns
    assert [one.role for one in found] == ["user", "assistant", "user"]
    assert kinds(found[1].parts) == [("thinking", "Hm"), ("thinking", ""), ("text", "Yes"), ("tool_use", "Read")]
    assert (found[1].parts[3].id, found[1].parts[3].input) == ("t1", {"path": "a"})
    assert found[2].parts == (Part("tool_result", "no", "Read", "t1", is_error=True),)


def test_attachments_and_other_blocks_are_named() -> None:
    image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "x"}}
    document = {"type": "document", "title": "Terms", "source": {"type": "text", "data": "x"}}
    other = {"type": "server_tool_use", "name": "web_search"}
    [turn] = of_turns([image, document, {"type": "image", "source": "x"}, other, "no block"]).turns
    assert [(one.kind, one.name) for one in turn.parts] == [
        ("image", "image/png"), ("document", "Terms"), ("image", ""), ("other", "server_tool_use"),
    ]  # fmt: skip
    assert turn.parts[3].input == other


def test_system_tools_and_model_are_shown() -> None:
    tools = [{"name": "Read", "description": "Reads a file. " * 50, "input_schema": {"type": "object"}}]
    found = read(pipeline("reply: Hi"), system=[{"type": "text", "text": "Be kind."}], tools=tools)
    assert (kinds(found.system), found.model, found.problem) == ([("text", "Be kind.")], "claude-sonnet-4-5", "")
    assert (found.tools[0].name, len(found.tools[0].description)) == ("Read", 200)


def test_a_system_message_in_mid_conversation_is_a_reminder() -> None:
    asked = {"messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}]}
    found = transcript(exchange(path="/v1/messages", body=orjson.dumps(asked)), 0.0)
    assert kinds(found.turns[0].parts) == [("reminder", "Be brief.")]


@pytest.mark.parametrize("stream", [True, False], ids=["streamed", "whole"])
def test_the_answer_is_put_together_again(stream: bool) -> None:
    found = read(pipeline(EVERYTHING), stream=stream).answer
    expected = [("thinking", "Let me see"), ("text", "Hello there"), ("tool_use", "Read")]
    assert (kinds(found.parts), found.stop_reason, found.whole, found.status) == (expected, "tool_use", True, 200)
    assert found.parts[2].input == {"path": "a"}
    assert found.usage["output_tokens"] > 0


def test_of_a_stream_that_broke_it_is_what_came() -> None:
    text = "rules: [{reply: one two three, fault: {type: truncate, at: {event: 4}}}]"
    found = read(pipeline(text), stream=True).answer
    assert (kinds(found.parts), found.whole, found.stop_reason) == ([("text", "one")], False, "")


def test_the_input_of_a_call_that_was_cut_is_what_came_of_it() -> None:
    call = "{tool_use: {name: Read, input: {path: a_long_path}}}"
    text = f"rules: [{{reply: [{call}], pace: {{chunk: 1}}, fault: {{type: truncate, at: {{event: 5}}}}}}]"
    [part] = read(pipeline(text), stream=True).answer.parts
    assert isinstance(part.input, str)


def test_errors_are_shown_in_the_stream_and_as_a_body() -> None:
    stream = read(pipeline("rules: [{reply: Hi, fault: error_event}]"), stream=True).answer
    whole = read(pipeline("error: 529")).answer
    assert stream.error is not None
    assert (whole.status, (whole.error or {})["type"]) == (529, "overloaded_error")


@pytest.mark.parametrize(
    ("sent", "problem"),
    [(b"{", "the body is no JSON: "), (b"[]", "the body is no JSON object"), (b"", "")],
    ids=["broken", "list", "none"],
)
def test_a_body_that_cannot_be_read_says_so(sent: bytes, problem: str) -> None:
    found = transcript(exchange(path="/v1/messages", body=sent, model="m"), 0.0)
    assert (found.turns, found.model, found.problem.startswith(problem)) == ((), "m", True)


@pytest.mark.parametrize(
    "messages", [5, [5], [{}], [{"content": 5}], [{"role": "user", "content": [5, {}, {"type": "text"}]}]], ids=repr
)
def test_any_body_is_shown_as_far_as_it_makes_sense(messages: Any) -> None:
    sent = orjson.dumps({"messages": messages, "tools": [5], "system": 5})
    assert orjson.dumps(transcript(exchange(path="/v1/messages", body=sent), 0.0))


def test_a_long_text_is_cut_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mockgw.control.transcripts.LONGEST", 5)
    [turn] = of_turns("Hello there").turns
    assert turn.parts == (Part("typed", "Hello", left_out=6),)


def test_an_answer_that_cannot_be_read_has_no_parts() -> None:
    found: Answered = read(pipeline("rules: [{reply: Hi, fault: html_error_page}]")).answer
    assert (found.parts, found.whole) == ((), False)
    spoilt = read(pipeline("rules: [{reply: one two three, fault: malformed_sse}]"), stream=True).answer
    assert spoilt.parts


def test_nothing_has_come_of_an_answer_that_has_not_begun() -> None:
    gateway = pipeline("rules: [{reply: Hi, delay: 2s}]")
    opened = ask(gateway)
    assert transcript(opened.exchange, 1.0).answer.parts == ()
    gateway.settle(opened, Player(None, gateway.clock).delivery)  # type: ignore[arg-type]  # nothing is played
    assert Delivery().ending == ""
