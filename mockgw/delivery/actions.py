"""Actions: what to put on the wire, one after the other; an answer is a list of them."""

from dataclasses import dataclass
from typing import Any

from mockgw.protocol.events import Event


@dataclass(frozen=True, slots=True)
class Head:
    """The status line and the headers."""

    status: int
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Wait:
    """Let so many seconds pass, counted from the moment the action before was due."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Chunk:
    """Bytes of the body, and the event that they are the frame of."""

    data: bytes
    event: Event | None = None


@dataclass(frozen=True, slots=True)
class Finish:
    """The body ends as HTTP wants it."""


@dataclass(frozen=True, slots=True)
class Hang:
    """Nothing more is sent until the client leaves, but for `chunk`, every so many seconds."""

    chunk: Chunk | None = None
    every: float = 0.0


Action = Head | Wait | Chunk | Finish | Hang


@dataclass(slots=True)
class Delivery:
    """What really left, and how it ended: `whole` (as planned), `left` (the client went), `stopped` (we did).

    `events` are counted as places in an answer are: without pings.
    """

    started: float = 0.0
    ended: float = 0.0
    first_byte: float | None = None
    size_bytes: int = 0
    events: int = 0
    ending: str = ""

    @property
    def whole(self) -> bool:
        return self.ending == "whole"

    def summary(self) -> dict[str, Any]:
        """The delivery as plain data, times in seconds since the request."""
        return {
            "ending": self.ending,
            "size_bytes": self.size_bytes,
            "events": self.events,
            "first_byte": None if self.first_byte is None else round(self.first_byte - self.started, 6),
            "duration": round(self.ended - self.started, 6),
        }
