"""Events: the stream of a message, and the message of a stream."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import httpx2
import orjson
import pytest
from anthropic import Anthropic
from hypothesis import given, settings

from mockgw.protocol.events import Deltas, Event, block_text, collapse, stream
from mockgw.protocol.messages import (
    Block,
    Message,
    OtherBlock,
    RedactedThinking,
    Text,
    Thinking,
    ToolUse,
    Usage,
    to_json,
)
from mockgw.protocol.sse import decode, encode
from tests.protocol.answers import CALLS, CITED, COMPACTED, OWN_BLOCKS, RESULTS, message, streamed

Streamed = tuple[Message, Sequence[Deltas | None]]

CITATION = {"type": "char_location", "cited_text": "x"}


@given(streamed())
def test_a_collapsed_stream_is_the_message_again(answer: Streamed) -> None:
    assert collapse(stream(*answer)) == answer[0]


@given(streamed())
def test_the_bytes_of_a_stream_tell_the_message(answer: Streamed) -> None:
    assert collapse(decode(b"".join(encode(event) for event in stream(*answer)))) == answer[0]


@given(streamed(CALLS))
def test_parallel_calls_collapse_to_their_own_inputs(answer: Streamed) -> None:
    assert collapse(stream(*answer)).content == answer[0].content


@settings(max_examples=25)
@given(streamed(OWN_BLOCKS | CITED | RESULTS))
def test_the_official_sdk_reads_the_same_from_a_stream_as_from_json(answer: Streamed) -> None:
    told, whole = _told(answer, context_management=None)  # which only a beta has
    with _client(told, "text/event-stream") as client, client.messages.stream(**ASKED) as events:
        from_stream = events.get_final_message()
    with _client(whole, "application/json") as client:
        from_json = client.messages.create(**ASKED)
    assert from_stream.model_dump() == from_json.model_dump()


@settings(max_examples=25)
@given(streamed(OWN_BLOCKS | CITED | RESULTS | COMPACTED))
def test_so_it_does_with_its_betas(answer: Streamed) -> None:
    told, whole = _told(answer)
    with _client(told, "text/event-stream") as client, client.beta.messages.stream(**ASKED) as events:
        from_stream = events.get_final_message()
    with _client(whole, "application/json") as client:
        from_json = client.beta.messages.create(**ASKED)
    assert from_stream.model_dump() == from_json.model_dump()


def _told(answer: Streamed, **more: Any) -> tuple[bytes, bytes]:
    """A message as a stream, and as JSON."""
    message = replace(answer[0], **more)
    return b"".join(encode(event) for event in stream(message, answer[1])), orjson.dumps(to_json(message))


ASKED: dict[str, Any] = {"model": "claude", "max_tokens": 9, "messages": [{"role": "user", "content": "Hi"}]}


def _client(body: bytes, content_type: str) -> Anthropic:
    def answer(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, headers={"content-type": content_type}, content=body)

    return Anthropic(api_key="k", http_client=httpx2.Client(transport=httpx2.MockTransport(answer)))


START = {"type": "content_block_start", "index": 0}
STOP = {"type": "content_block_stop", "index": 0}


def _deltas(*deltas: Event) -> list[Event]:
    return [{"type": "content_block_delta", "index": 0, "delta": delta} for delta in deltas]


@pytest.mark.parametrize(
    ("block", "pieces", "opening", "deltas"),
    [
        pytest.param(
            Text("Hi."),
            None,
            {"type": "text", "text": ""},
            [{"type": "text_delta", "text": "Hi."}],
            id="text-in-one-piece",
        ),
        pytest.param(Text(""), None, {"type": "text", "text": ""}, [], id="no-text"),
        pytest.param(
            Thinking("Hm.", "sig"),
            ["H", "m."],
            {"type": "thinking", "thinking": "", "signature": ""},
            [
                {"type": "thinking_delta", "thinking": "H"},
                {"type": "thinking_delta", "thinking": "m."},
                {"type": "signature_delta", "signature": "sig"},
            ],
            id="thinking-ends-with-its-signature",
        ),
        pytest.param(
            Thinking("", "sig"),
            None,
            {"type": "thinking", "thinking": "", "signature": ""},
            [{"type": "signature_delta", "signature": "sig"}],
            id="omitted-thinking-is-its-signature",
        ),
        pytest.param(
            RedactedThinking("eA=="), None, {"type": "redacted_thinking", "data": "eA=="}, [], id="redacted-comes-whole"
        ),
        pytest.param(
            ToolUse("toolu_1", "Read", {"path": "a"}),
            ['{"pa', 'th": "a"}'],
            {"type": "tool_use", "id": "toolu_1", "name": "Read", "input": {}, "caller": {"type": "direct"}},
            [
                {"type": "input_json_delta", "partial_json": ""},
                {"type": "input_json_delta", "partial_json": '{"pa'},
                {"type": "input_json_delta", "partial_json": 'th": "a"}'},
            ],
            id="call-begins-with-an-empty-piece",
        ),
        pytest.param(
            ToolUse("toolu_1", "Now", {}),
            None,
            {"type": "tool_use", "id": "toolu_1", "name": "Now", "input": {}, "caller": {"type": "direct"}},
            [{"type": "input_json_delta", "partial_json": ""}],
            id="call-without-arguments",
        ),
        pytest.param(
            OtherBlock({"type": "server_tool_use", "id": "s", "name": "web_search", "input": {"query": "a"}}),
            None,
            {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}},
            [
                {"type": "input_json_delta", "partial_json": ""},
                {"type": "input_json_delta", "partial_json": '{"query": "a"}'},
            ],
            id="call-on-the-server",
        ),
        pytest.param(
            Text("a", [CITATION]),
            None,
            {"citations": [], "type": "text", "text": ""},
            [{"type": "citations_delta", "citation": CITATION}, {"type": "text_delta", "text": "a"}],
            id="citations-before-their-text",
        ),
        pytest.param(
            OtherBlock({"type": "compaction", "content": "So far.", "encrypted_content": "x"}),
            None,
            {"type": "compaction", "content": None, "encrypted_content": None},
            [{"type": "compaction_delta", "content": "So far.", "encrypted_content": "x"}],
            id="compaction-in-one-piece",
        ),
        pytest.param(
            OtherBlock({"type": "container_upload", "file_id": "f"}),
            None,
            {"type": "container_upload", "file_id": "f"},
            [],
            id="any-other-comes-whole",
        ),
    ],
)
def test_the_events_of_each_block(block: Block, pieces: Deltas | None, opening: Event, deltas: list[Event]) -> None:
    start, ping, *rest = stream(message(block), [pieces])[1:-2]
    assert (start, ping) == (START | {"content_block": opening}, {"type": "ping"})
    assert rest == [*_deltas(*deltas), STOP]


def test_one_ping_follows_the_first_block_start_alone() -> None:
    kinds = [event["type"] for event in stream(message(RedactedThinking("a"), Text("")))]
    blocks = ["content_block_start", "ping", "content_block_stop", "content_block_start", "content_block_stop"]
    assert kinds == ["message_start", *blocks, "message_delta", "message_stop"]


def test_an_answer_without_content_has_no_block_and_no_ping() -> None:
    events = stream(message())
    assert [event["type"] for event in events] == ["message_start", "message_delta", "message_stop"]
    assert collapse(events) == message()


def test_message_start_shows_an_answer_that_has_just_begun() -> None:
    start = stream(message(Text("Hi."), stop_reason="stop_sequence", stop_sequence="."))[0]["message"]
    assert (start["content"], start["stop_reason"], start["stop_sequence"], start["stop_details"]) == ([],) + 3 * (
        None,
    )
    assert (start["usage"]["input_tokens"], start["usage"]["output_tokens"]) == (12, 1)


def test_message_start_counts_no_more_than_there_will_be() -> None:
    start = stream(message(usage=Usage(12, 0)))[0]["message"]
    assert start["usage"]["output_tokens"] == 0


def test_message_delta_has_the_cumulative_usage() -> None:
    usage = stream(message(usage=Usage(1, 2, 3, 4, 3, 0)))[-2]["usage"]
    assert orjson.dumps(usage) == (
        b'{"input_tokens":1,"cache_creation_input_tokens":3,"cache_read_input_tokens":4,"output_tokens":2}'
    )


def test_message_delta_tells_of_what_was_searched_run_and_edited() -> None:
    searched = Usage(1, 2, other={"server_tool_use": {"web_search_requests": 1, "web_fetch_requests": 0}})
    container: dict[str, Any] = {"id": "container_1"}
    managed: dict[str, Any] = {"applied_edits": []}
    start, delta, _ = stream(message(usage=searched, container=container, context_management=managed))

    assert (delta["delta"]["container"], delta["context_management"]) == (container, managed)
    assert delta["usage"]["server_tool_use"] == {"web_search_requests": 1, "web_fetch_requests": 0}
    assert start["message"].keys().isdisjoint({"container", "context_management"})
    assert "server_tool_use" not in start["message"]["usage"]


def test_message_start_alone_tells_how_it_is_served() -> None:
    start, delta, _ = stream(message(usage=Usage(1, 2, other={"speed": "fast"})))

    assert start["message"]["usage"]["speed"] == "fast"
    assert "speed" not in delta["usage"]


def test_interleaved_blocks_are_put_back_in_their_places() -> None:
    one, two = ToolUse("a", "A", {"x": 1}), ToolUse("b", "B", {"y": 2})
    begin, *middle, delta, stop = stream(message(one, two))
    first = [event for event in middle if event.get("index") == 0]
    second = [event for event in middle if event.get("index") == 1]
    mixed = [event for pair in zip(second, first, strict=True) for event in pair]
    assert collapse([begin, *mixed, delta, stop]) == message(one, two)


def test_a_stream_of_an_older_api_is_read_too() -> None:
    events = stream(message(Text("Hi.")))
    events[-2] = events[-2] | {"usage": {"output_tokens": 7}}
    assert collapse(events) == message(Text("Hi."))


def test_deltas_that_are_not_known_are_passed_over() -> None:
    events = stream(message(Text("Hi.")))
    events[3:3] = _deltas({"type": "of_tomorrow"})
    assert collapse(events) == message(Text("Hi."))


@pytest.mark.parametrize(
    ("block", "text"),
    [
        pytest.param(ToolUse("1", "a", {"ä": [1, 2]}), '{"ä": [1, 2]}', id="arguments-are-spaced"),
        pytest.param(ToolUse("1", "a", {}), "", id="no-arguments"),
        pytest.param(OtherBlock({"type": "text", "text": "a", "citations": None}), "", id="whole-in-its-start"),
        pytest.param(OtherBlock({"type": "my_tool_use", "input": {"a": 1}}), "", id="not-a-call-of-the-api"),
    ],
)
def test_the_text_that_deltas_add_up_to(block: Block, text: str) -> None:
    assert block_text(block) == text
