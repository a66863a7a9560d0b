"""Told: what a client heard of an answer that went wrong, or of a try after one that did, kept small."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from mockgw.chance import summed
from mockgw.delivery.actions import Action, Chunk, Delivery, Head
from mockgw.values import light

KEPT = 200  # characters of a text that are shown; the rest is known by its digest
ENDS = ("message_stop", "message")  # the last event of a stream, and a whole body


@light
class Heard:
    """The text that came: how it begins, and what tells the whole of it; `whole` if the message came to its end."""

    begins: str
    digest: str
    whole: bool


@light
class Told:
    """Whether a head came, what it said about trying again (empty: nothing), and what came of a message."""

    head: bool
    retry_after: str = ""
    retry_after_ms: str = ""
    should_retry: str = ""
    heard: Heard | None = None


def told(actions: Sequence[Action], delivery: Delivery, *, stream: bool) -> Told:
    """What a client heard of an answer, of which so much was delivered."""
    head = next((action for action in actions if isinstance(action, Head)), None)
    if head is None:
        return Told(head=False)
    said = {name.lower(): value for name, value in head.headers.items()}
    heard = _heard(actions, delivery.size_bytes, stream=stream) if head.status == 200 else None
    return Told(
        True, said.get("retry-after", ""), said.get("retry-after-ms", ""), said.get("x-should-retry", ""), heard
    )


def digest_of(text: str) -> str:
    """What tells a text from others, whatever its white space."""
    return summed(" ".join(text.split()).encode(errors="surrogatepass"))


def _heard(actions: Sequence[Action], size_bytes: int, *, stream: bool) -> Heard | None:
    """None for a body of which nothing can be read."""
    data = b"".join([action.data for action in actions if isinstance(action, Chunk)])[:size_bytes]
    events = list(_events(data)) if stream else list(_as_event(data))
    if not stream and not events:
        return None
    text = "".join(_texts(events))
    return Heard(text[:KEPT], digest_of(text), any(event.get("type") in ENDS for event in events))


def _events(data: bytes) -> Iterator[dict[str, Any]]:
    """The events that a client can read in what came."""
    for line in re.findall(rb"^data: ?(.*?)\r?\n", data, re.MULTILINE):
        try:
            event = orjson.loads(line)
        except orjson.JSONDecodeError:
            continue
        if isinstance(event, dict):
            yield event


def _as_event(data: bytes) -> Iterator[dict[str, Any]]:
    """A body that is not streamed, if it can be read."""
    try:
        body = orjson.loads(data)
    except orjson.JSONDecodeError:
        return
    if isinstance(body, dict):
        yield body


def _texts(events: Sequence[dict[str, Any]]) -> Iterator[str]:
    for event in events:
        match event:
            case {"type": "content_block_delta", "delta": {"type": "text_delta", "text": str(text)}}:
                yield text
            case {"type": "message", "content": list(blocks)}:
                yield from (block["text"] for block in blocks if block.get("type") == "text")
