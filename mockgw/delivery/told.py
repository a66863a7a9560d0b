"""Told: what a client heard of an answer that is no whole message, kept small."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from mockgw.chance import summed
from mockgw.delivery.actions import Action, Chunk, Delivery, Head

KEPT = 200  # characters of a text that are shown; the rest is known by its digest
LAST = "message_stop"


@dataclass(frozen=True, slots=True)
class Part:
    """The text of a stream that ended before its last event: how it begins, and what tells the whole of it.

    `complete` when only the end of the message is missing, and nothing of its content.
    """

    begins: str
    digest: str
    complete: bool


@dataclass(frozen=True, slots=True)
class Told:
    """Whether a head came, what it said about trying again (empty: nothing), and the part of a stream that came."""

    head: bool
    retry_after: str = ""
    retry_after_ms: str = ""
    should_retry: str = ""
    part: Part | None = None


def told(actions: Sequence[Action], delivery: Delivery, *, stream: bool) -> Told:
    """What a client heard of an answer, of which so much was delivered."""
    head = next((action for action in actions if isinstance(action, Head)), None)
    if head is None:
        return Told(head=False)
    said = {name.lower(): value for name, value in head.headers.items()}
    part = _part(actions, delivery.size_bytes) if stream and head.status == 200 else None
    return Told(True, said.get("retry-after", ""), said.get("retry-after-ms", ""), said.get("x-should-retry", ""), part)


def digest_of(text: str) -> str:
    """What tells a text from others, whatever its white space."""
    return summed(" ".join(text.split()).encode(errors="surrogatepass"))


def _part(actions: Sequence[Action], size_bytes: int) -> Part | None:
    """None when the stream came to its end."""
    data = b"".join([action.data for action in actions if isinstance(action, Chunk)])[:size_bytes]
    events = list(_events(data))
    if any(event.get("type") == LAST for event in events):
        return None
    text = "".join(_texts(events))
    return Part(text[:KEPT], digest_of(text), any(event.get("type") == "message_delta" for event in events))


def _events(data: bytes) -> Iterator[dict[str, Any]]:
    """The events that a client can read in what came."""
    for line in re.findall(rb"^data: ?(.*?)\r?\n", data, re.MULTILINE):
        try:
            event = orjson.loads(line)
        except orjson.JSONDecodeError:
            continue
        if isinstance(event, dict):
            yield event


def _texts(events: Sequence[dict[str, Any]]) -> Iterator[str]:
    for event in events:
        match event:
            case {"type": "content_block_delta", "delta": {"type": "text_delta", "text": str(text)}}:
                yield text
