"""Messages: what the model answers, as values, and their JSON in the wire's key order."""

from dataclasses import field
from typing import Any

from mockgw.values import light

Json = dict[str, Any]

# What the API says of every request that asks for nothing special (recordings).
USUAL_SERVICE: Json = {"service_tier": "standard", "inference_geo": "not_available"}


@light
class Text:
    """A piece of the answer's text; `citations` are None where the API says nothing of them."""

    text: str
    citations: list[Json] | None = None


@light
class Thinking:
    """Extended thinking; the text is empty when its display is `omitted`, the signature never."""

    thinking: str
    signature: str


@light
class RedactedThinking:
    """Thinking that only the API can read."""

    data: str


@light
class ToolUse:
    """A call of one of the client's tools."""

    id: str
    name: str
    input: Json


@light
class OtherBlock:
    """Any other content block, as it is written on the wire."""

    value: Json


Block = Text | Thinking | RedactedThinking | ToolUse | OtherBlock


@light
class Usage:
    """Tokens, as the API counts them; `other` holds fields that only a script sets."""

    input_tokens: int
    output_tokens: int
    cache_creation_input_tokens: int = 0
    cache_read_input_tokens: int = 0
    ephemeral_5m_input_tokens: int = 0
    ephemeral_1h_input_tokens: int = 0
    other: Json = field(default_factory=dict)


@light
class Message:
    """A whole answer of the model. `container` is that of executed code, `context_management` what was edited."""

    id: str
    model: str
    content: tuple[Block, ...]
    stop_reason: str
    stop_sequence: str | None
    usage: Usage
    stop_details: Json | None = None
    container: Json | None = None
    context_management: Json | None = None


def to_json(message: Message) -> Json:
    """The body of a non-streamed answer."""
    return around([block_json(block) for block in message.content], message)


def around(content: Any, message: Message) -> Json:
    """What stands around a content. Key order: recordings of February 2026, `stop_details` since July 2026."""
    managed = message.context_management
    return {
        "model": message.model,
        "id": message.id,
        "type": "message",
        "role": "assistant",
        "content": content,
        **({} if message.container is None else {"container": message.container}),
        "stop_reason": message.stop_reason,
        "stop_sequence": message.stop_sequence,
        "stop_details": message.stop_details,
        "usage": usage_json(message.usage),
        **({} if managed is None else {"context_management": managed}),
    }


def block_json(block: Block) -> Json:
    match block:
        case Text(text, None):
            return {"type": "text", "text": text}
        case Text(text, citations):
            return {"citations": citations, "type": "text", "text": text}
        case Thinking(thinking, signature):
            return {"type": "thinking", "thinking": thinking, "signature": signature}
        case RedactedThinking(data):
            return {"type": "redacted_thinking", "data": data}
        case ToolUse(id, name, input):
            return {"type": "tool_use", "id": id, "name": name, "input": input, "caller": {"type": "direct"}}
    return dict(block.value)


def usage_json(usage: Usage) -> Json:
    return {
        "input_tokens": usage.input_tokens,
        "cache_creation_input_tokens": usage.cache_creation_input_tokens,
        "cache_read_input_tokens": usage.cache_read_input_tokens,
        "cache_creation": {
            "ephemeral_5m_input_tokens": usage.ephemeral_5m_input_tokens,
            "ephemeral_1h_input_tokens": usage.ephemeral_1h_input_tokens,
        },
        "output_tokens": usage.output_tokens,
        **(USUAL_SERVICE | usage.other if usage.other else USUAL_SERVICE),
    }


def from_json(body: Json) -> Message:
    """The inverse of `to_json`; fields that older answers do not have may be missing."""
    return Message(
        id=body["id"],
        model=body["model"],
        content=tuple(block_from_json(block) for block in body["content"]),
        stop_reason=body["stop_reason"],
        stop_sequence=body["stop_sequence"],
        stop_details=body.get("stop_details"),
        container=body.get("container"),
        context_management=body.get("context_management"),
        usage=usage_from_json(body["usage"]),
    )


def block_from_json(block: Json) -> Block:
    match block:
        case {"type": "text", "text": text, **rest} if not rest:
            return Text(text)
        case {"type": "text", "text": str(text), "citations": list(citations), **rest} if not rest:
            return Text(text, citations)
        case {"type": "thinking", "thinking": thinking, "signature": signature, **rest} if not rest:
            return Thinking(thinking, signature)
        case {"type": "redacted_thinking", "data": data, **rest} if not rest:
            return RedactedThinking(data)
        case {"type": "tool_use", "id": id, "name": name, "input": input, "caller": {"type": "direct"}, **rest} if (
            not rest
        ):
            return ToolUse(id, name, input)
    return OtherBlock(block)


def usage_from_json(usage: Json) -> Usage:
    known = ("input_tokens", "output_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
    counts = {key: usage[key] for key in known if key in usage} | usage.get("cache_creation", {})
    other = {key: value for key, value in usage.items() if key not in (*known, "cache_creation")}
    return Usage(**counts, other={key: value for key, value in other.items() if USUAL_SERVICE.get(key) != value})
