"""Transcripts: a request and its answer as a person reads them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson

from mockgw.control.conversations import conversation_of
from mockgw.control.details import Answered, Part, ToolShown, Transcript, Turn
from mockgw.control.timelines import course, is_stream
from mockgw.journal import Exchange
from mockgw.protocol import conversation, sse

LONGEST = 200_000  # characters of one part
LONGEST_DESCRIPTION = 200
Json = Mapping[str, Any]


def transcript(exchange: Exchange, now: float) -> Transcript:
    """What was asked and answered, part by part."""
    body, problem = _body(exchange)
    messages = [message for message in _list(body.get("messages")) if isinstance(message, dict)]
    names = {block["id"]: str(block.get("name")) for block in _calls(messages)}
    return Transcript(
        request_id=exchange.request_id,
        conversation=conversation_of(exchange),
        model=str(body.get("model") or exchange.model),
        stream=body.get("stream") is True,
        system=tuple(_plain("text", text) for text in _texts(body.get("system"))),
        tools=tuple(_tool(tool) for tool in _list(body.get("tools")) if isinstance(tool, dict)),
        turns=tuple(Turn(str(message.get("role")), tuple(_parts(message, names))) for message in messages),
        answer=answered(exchange, now),
        problem=problem,
    )


def answered(exchange: Exchange, now: float) -> Answered:
    """What has left of the answer, put together again."""
    found = course(exchange, now)
    head = found.answer.head
    message, whole = _told(found.data) if is_stream(found.answer) else _read(found.data)
    return Answered(
        status=head.status if head else 0,
        whole=whole,
        parts=tuple(_of_answer(_list(message.get("content")))),
        stop_reason=str(message.get("stop_reason") or ""),
        usage=message.get("usage") or {},
        error=message.get("error"),
    )


def planned(exchange: Exchange) -> dict[str, Any]:
    """The message or error that was planned, as far as it can be read, as it stands on the wire."""
    answer = course(exchange, exchange.started).answer
    return (_told(answer.data) if is_stream(answer) else _read(answer.data))[0]


def _body(exchange: Exchange) -> tuple[dict[str, Any], str]:
    if not exchange.body:
        return {}, ""
    try:
        body = orjson.loads(exchange.body)
    except orjson.JSONDecodeError as error:
        return {}, f"the body is no JSON: {error}"
    return (body, "") if isinstance(body, dict) else ({}, "the body is no JSON object")


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _texts(content: Any) -> list[str]:
    """The texts of a content, whatever it is."""
    if isinstance(content, str):
        return [content]
    return conversation.texts([part for part in _list(content) if isinstance(part, dict)])


def _calls(messages: Iterable[Json]) -> Iterator[Json]:
    for message in messages:
        for block in _list(message.get("content")):
            if isinstance(block, dict) and block.get("type") == "tool_use" and isinstance(block.get("id"), str):
                yield block


def _tool(tool: Json) -> ToolShown:
    return ToolShown(str(tool.get("name")), str(tool.get("description") or "")[:LONGEST_DESCRIPTION])


def _parts(message: Json, names: Mapping[str, str]) -> Iterator[Part]:
    """The parts of a message that the client sent."""
    role, content = message.get("role"), message.get("content")
    blocks = [{"type": "text", "text": content}] if isinstance(content, str) else _list(content)
    for block in (block for block in blocks if isinstance(block, dict)):
        if block.get("type") != "text" or not isinstance(block.get("text"), str):
            yield _block(block, names)
        elif role == "user":
            yield from _said(block["text"])
        else:
            yield _plain("reminder" if role == "system" else "text", block["text"])


def _said(text: str) -> Iterator[Part]:
    """What a person typed, and what the client has put round it."""
    for name, piece in conversation.pieces(text):
        if not name and piece.strip():
            yield _plain("typed", piece.strip())
        elif name:
            yield _plain("reminder", piece.strip()) if name == conversation.REMINDER else _plain("note", piece, name)


def _block(block: Json, names: Mapping[str, str]) -> Part:
    """A block that is no text."""
    match block.get("type"):
        case "thinking":
            return _plain("thinking", str(block.get("thinking") or ""))
        case "redacted_thinking":
            return Part("thinking")
        case "tool_use":
            return Part("tool_use", name=str(block.get("name")), id=str(block.get("id")), input=block.get("input"))
        case "tool_result":
            return _result(block, names)
        case "image" | "document" as kind:
            source = block.get("source") if isinstance(block.get("source"), dict) else {}
            named = block.get("title") or (source or {}).get("media_type") or (source or {}).get("type") or ""
            return Part("image" if kind == "image" else "document", name=str(named))
    return Part("other", name=str(block.get("type") or ""), input=block)


def _result(block: Json, names: Mapping[str, str]) -> Part:
    id, text = str(block.get("tool_use_id")), "\n".join(_texts(block.get("content")))
    return _plain("tool_result", text, names.get(id, ""), id, is_error=block.get("is_error") is True)


def _of_answer(blocks: Sequence[Any]) -> Iterator[Part]:
    for block in (block for block in blocks if isinstance(block, dict)):
        yield _plain("text", str(block.get("text"))) if block.get("type") == "text" else _block(block, {})


def _plain(kind: Any, text: str, name: str = "", id: str = "", *, is_error: bool = False) -> Part:
    shown = text[:LONGEST]
    return Part(kind, shown, name, id, is_error=is_error, left_out=len(text) - len(shown))


def _read(data: bytes) -> tuple[dict[str, Any], bool]:
    """The message or the error of a body, if it can be read."""
    try:
        body = orjson.loads(data)
    except orjson.JSONDecodeError:
        return {}, False
    return (body, True) if isinstance(body, dict) else ({}, False)


def _told(data: bytes) -> tuple[dict[str, Any], bool]:
    """The message that the events add up to, as far as they came; whether it came to its end."""
    message: dict[str, Any] = {}
    blocks: dict[int, dict[str, Any]] = {}
    inputs: dict[int, str] = {}
    whole = False
    for event in _events(data):
        match event:
            case {"type": "message_start", "message": dict(started)}:
                message = {**started}
            case {"type": "content_block_start", "index": int(index), "content_block": dict(block)}:
                blocks[index] = {**block}
            case {"type": "content_block_delta", "index": int(index), "delta": dict(delta)} if index in blocks:
                _add(blocks[index], delta, inputs, index)
            case {"type": "message_delta", "delta": dict(delta)}:
                message |= delta | {"usage": {**(message.get("usage") or {}), **(event.get("usage") or {})}}
            case {"type": "message_stop"}:
                whole = True
            case {"type": "error", "error": dict(error)}:
                message["error"] = error
    for index, text in inputs.items():
        blocks[index]["input"] = _input(text)
    return {**message, "content": list(blocks.values())}, whole


def _add(block: dict[str, Any], delta: Json, inputs: dict[int, str], index: int) -> None:
    for key in ("text", "thinking"):
        if isinstance(delta.get(key), str):
            block[key] = str(block.get(key) or "") + delta[key]
    if "citation" in delta:
        block["citations"] = [*(block.get("citations") or ()), delta["citation"]]
    if isinstance(delta.get("partial_json"), str):
        inputs[index] = inputs.get(index, "") + delta["partial_json"]


def _input(text: str) -> Any:
    """The input of a call; of one that was cut, what came of it."""
    try:
        return orjson.loads(text) if text else {}
    except orjson.JSONDecodeError:
        return text


def _events(data: bytes) -> Iterator[dict[str, Any]]:
    """The events of whole frames that can be read."""
    for frame in data.replace(b"\r\n", b"\n").split(b"\n\n")[:-1]:
        try:
            yield from sse.decode(frame + b"\n\n")
        except orjson.JSONDecodeError:
            continue
