"""Server-sent events: an event as the bytes of its frame, and frames as events."""

from typing import Any

import orjson

from mockgw.protocol.events import Event

PING_FRAME = b'event: ping\ndata: {"type": "ping"}\n\n'


def encode(event: Event) -> bytes:
    """`event: <type>`, one line of JSON, a blank line. A ping is the only one with spaces in its JSON (recordings)."""
    if event["type"] == "ping":
        return PING_FRAME
    return b"event: %b\ndata: %b\n\n" % (event["type"].encode(), orjson.dumps(event))


def decode(data: bytes) -> list[Event]:
    """The events of whole frames; comments and an unfinished last frame are skipped, as every client does."""
    frames = data.replace(b"\r\n", b"\n").split(b"\n\n")[:-1]
    return [event for frame in frames if (event := _event(frame)) is not None]


def _event(frame: bytes) -> Any:
    lines = [line.removeprefix(b"data:") for line in frame.split(b"\n") if line.startswith(b"data:")]
    return orjson.loads(b"\n".join(lines)) if lines else None
