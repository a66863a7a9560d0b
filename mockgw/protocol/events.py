"""Events: a message as the stream that tells it, and a stream as the message it tells."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import orjson

from mockgw.protocol.messages import (
    Block,
    Json,
    Message,
    OtherBlock,
    Text,
    Thinking,
    ToolUse,
    around,
    block_json,
    from_json,
    usage_json,
)

Event = dict[str, Any]
Deltas = Sequence[str]

# The blocks, beside our own, whose input comes in deltas.
SERVER_CALLS = frozenset({"server_tool_use", "mcp_tool_use", "tool_use"})
# What of a compaction comes in its one delta.
COMPACTED = frozenset({"content", "encrypted_content"})

# The only event with spaces inside its JSON (recordings in the SDKs' test suites); see sse.encode.
PING: Event = {"type": "ping"}
MESSAGE_STOP: Event = {"type": "message_stop"}

# message_start already counts a token or so: 1, 2, 8 … were recorded.
FIRST_OUTPUT_TOKENS = 1
# What the last usage leaves out, since it stands in message_start: its form is the cumulative one of the current API.
TOLD_AT_THE_START = ("cache_creation", "service_tier", "inference_geo", "speed")


def stream(message: Message, deltas: Sequence[Deltas | None] = ()) -> list[Event]:
    """The events of a whole answer, in the order of the API: a ping follows the first `content_block_start`.

    `deltas[i]` are the pieces of block i (they must add up to its text, or to its input's JSON); one piece when absent.
    """
    events = [start(message)]
    for index, block in enumerate(message.content):
        events.extend(block_events(index, block, deltas[index] if index < len(deltas) else None))
    return [*events, *end(message)]


def start(message: Message) -> Event:
    """What a stream begins with."""
    body = around([], message if message.container is message.context_management is None else _begun(message))
    body["stop_reason"] = body["stop_sequence"] = body["stop_details"] = None
    body["usage"]["output_tokens"] = min(FIRST_OUTPUT_TOKENS, message.usage.output_tokens)
    body["usage"].pop("server_tool_use", None)  # nothing was searched yet
    return {"type": "message_start", "message": body}


def _begun(message: Message) -> Message:
    """Without what is told at the end."""
    return replace(message, container=None, context_management=None)


def end(message: Message) -> tuple[Event, Event]:
    """What a stream ends with."""
    usage = _final_usage(usage_json(message.usage))
    event = {"type": "message_delta", "delta": _stop(message), "usage": usage}
    if message.context_management is not None:
        event["context_management"] = message.context_management
    return event, MESSAGE_STOP


def _stop(message: Message) -> Json:
    return {
        "stop_reason": message.stop_reason,
        "stop_sequence": message.stop_sequence,
        "stop_details": message.stop_details,
        **({} if message.container is None else {"container": message.container}),
    }


def _final_usage(usage: Json) -> Json:
    return {key: value for key, value in usage.items() if key not in TOLD_AT_THE_START}


def input_json(value: Json) -> str:
    """A tool's input as the model writes it: a space after colons and commas. Empty for no arguments."""
    return json.dumps(value, ensure_ascii=False) if value else ""


def block_text(block: Block) -> str:
    """What the deltas of a block add up to; empty where a block comes whole in its start."""
    match block:
        case Text(text):
            return text
        case Thinking(thinking):
            return thinking
        case ToolUse(input=value):
            return input_json(value)
        case OtherBlock({"type": str(kind), "input": dict(value)}) if kind in SERVER_CALLS:
            return input_json(value)
    return ""


def block_events(index: int, block: Block, deltas: Deltas | None) -> Iterator[Event]:
    """A block from its start to its stop; the ping is the first one's."""
    yield block_start(index, block)
    if index == 0:
        yield PING
    pieces = deltas if deltas is not None else [text] if (text := block_text(block)) else []
    for delta in _deltas(block, pieces):
        yield {"type": "content_block_delta", "index": index, "delta": delta}
    yield {"type": "content_block_stop", "index": index}


def block_start(index: int, block: Block) -> Event:
    return {"type": "content_block_start", "index": index, "content_block": _opening(block)}


def _opening(block: Block) -> Json:
    """The block as its start shows it: empty where deltas follow."""
    match block:
        case Text(citations=None):
            return {"type": "text", "text": ""}
        case Text():
            return {"citations": [], "type": "text", "text": ""}
        case Thinking():
            return {"type": "thinking", "thinking": "", "signature": ""}
        case ToolUse():
            return block_json(block) | {"input": {}}
        case OtherBlock({"type": str(kind), "input": dict()}) if kind in SERVER_CALLS:
            return block_json(block) | {"input": {}}
        case OtherBlock({"type": "compaction"}):
            return block_json(block) | dict.fromkeys(COMPACTED & block.value.keys())
    return block_json(block)


def _deltas(block: Block, pieces: Deltas) -> Iterator[Json]:
    match block:
        case Text(citations=citations):
            yield from ({"type": "citations_delta", "citation": citation} for citation in citations or ())
            yield from ({"type": "text_delta", "text": piece} for piece in pieces)
        case Thinking(signature=signature):
            yield from ({"type": "thinking_delta", "thinking": piece} for piece in pieces)
            yield {"type": "signature_delta", "signature": signature}
        case ToolUse():
            yield from _input_deltas(pieces)
        case OtherBlock({"type": str(kind), "input": dict()}) if kind in SERVER_CALLS:
            yield from _input_deltas(pieces)
        case OtherBlock({"type": "compaction"}):
            yield {"type": "compaction_delta", **{key: block.value[key] for key in block.value if key in COMPACTED}}


def _input_deltas(pieces: Deltas) -> Iterator[Json]:
    yield {"type": "input_json_delta", "partial_json": ""}
    yield from ({"type": "input_json_delta", "partial_json": piece} for piece in pieces)


def collapse(events: Iterable[Event]) -> Message:
    """The message that a whole stream tells: the inverse of `stream`."""
    body: Json = {}
    blocks: dict[int, Json] = {}
    for event in events:
        match event["type"]:
            case "message_start":
                body = event["message"] | {"usage": dict(event["message"]["usage"])}
            case "content_block_start":
                blocks[event["index"]] = dict(event["content_block"])
            case "content_block_delta":
                _add(blocks[event["index"]], event["delta"])
            case "content_block_stop":
                _close(blocks[event["index"]])
            case "message_delta":
                body |= event["delta"] | {"context_management": event.get("context_management")}
                body["usage"] |= event["usage"]
    return from_json(body | {"content": [blocks[index] for index in sorted(blocks)]})


def _add(block: Json, delta: Json) -> None:
    match delta:
        case {"type": "text_delta", "text": text}:
            block["text"] += text
        case {"type": "thinking_delta", "thinking": thinking}:
            block["thinking"] += thinking
        case {"type": "signature_delta", "signature": signature}:
            block["signature"] = signature
        case {"type": "citations_delta", "citation": citation}:
            block["citations"] = [*block.get("citations", []), citation]
        case {"type": "input_json_delta", "partial_json": piece}:
            block["partial_json"] = block.get("partial_json", "") + piece
        case {"type": "compaction_delta", **compacted}:
            block |= compacted


def _close(block: Json) -> None:
    if written := block.pop("partial_json", ""):
        block["input"] = orjson.loads(written)
