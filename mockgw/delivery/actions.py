"""Actions: what to put on the wire, one after the other; an answer is a list of them."""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from mockgw.protocol.events import Event
from mockgw.values import light

MOST_SENDS = 5_000  # of one answer


@light
class Head:
    """The status line and the headers."""

    status: int
    headers: dict[str, str]


@light
class Wait:
    """Let so many seconds pass, counted from the moment the action before was due."""

    seconds: float


@light
class Chunk:
    """Bytes of the body, and the event that they are the frame of."""

    data: bytes
    event: Event | None = None


@light
class Piece(Chunk):
    """Bytes of a frame that goes on in the next chunk."""


@light
class Flush:
    """What is due leaves now, in a send of its own."""


@light
class Finish:
    """The body ends as HTTP wants it; a connection that closes then is held open for so many seconds more."""

    hold: float = 0.0


@light
class Hang:
    """Nothing more is sent until the client leaves, but for `chunk`, every so many seconds."""

    chunk: Chunk | None = None
    every: float = 0.0


@light
class Raw:
    """Bytes that go past HTTP's framing; after them the answer can only be closed."""

    data: bytes


@light
class Close:
    """The connection ends (FIN), however much is missing."""


@light
class Reset:
    """The connection breaks (RST) when all that was sent has arrived."""


Action = Head | Wait | Chunk | Flush | Finish | Hang | Raw | Close | Reset


def needs_socket(action: Action) -> bool:
    """Whether HTTP has no word for it."""
    return isinstance(action, Raw | Close | Reset) or (isinstance(action, Finish) and action.hold > 0)


@dataclass(slots=True)
class Delivery:
    """What really left, and how it ended.

    `whole`, or as a fault wanted it: `closed`, `reset`. Or earlier: `left` (the client went), `stopped` (we did).

    `events` are counted as places in an answer are: without pings. `sends` are pairs, of the first `MOST_SENDS` sends:
    when, and how many bytes had left then. `scale` is what its waits were multiplied by.
    """

    started: float = 0.0
    ended: float = 0.0
    first_byte: float | None = None
    size_bytes: int = 0
    events: int = 0
    ending: str = ""
    sends: "array[float] | None" = field(default=None, compare=False, repr=False)
    scale: float = field(default=1.0, compare=False, repr=False)

    def count(self, chunks: Iterable[Chunk]) -> None:
        """Chunks have left."""
        for chunk in chunks:
            self.size_bytes += len(chunk.data)
            self.events += chunk.event is not None and chunk.event["type"] != "ping"

    def sent(self, moment: float) -> None:
        """What is counted so far has left."""
        if self.sends is None:
            self.sends = array("d")
        if len(self.sends) < 2 * MOST_SENDS:
            self.sends.extend((moment, self.size_bytes))

    @property
    def as_planned(self) -> bool:
        return self.ending in ("whole", "closed", "reset")

    def summary(self, since: float) -> dict[str, Any]:
        """The delivery as plain data, times in seconds since the request, which came at `since`."""
        return {
            "ending": self.ending,
            "size_bytes": self.size_bytes,
            "events": self.events,
            "first_byte": None if self.first_byte is None else round(self.first_byte - since, 6),
            "duration": round(max(0.0, self.ended - since), 6),
        }
