"""Played: an answer as it was planned - its head, its bytes, and when each piece of them was due - kept small."""

from array import array
from collections.abc import Sequence

from mockgw.delivery.actions import Action, Chunk, Close, Finish, Hang, Head, Raw, Reset, Wait
from mockgw.delivery.plan import AtOnce
from mockgw.values import light

ABOUT = 1_000  # bytes that a head and what holds all together take
ROOMY = 2_500  # bytes: what orjson writes takes 4 kB at least, a copy of it what it needs
ENDS = {Finish: "finish", Close: "close", Reset: "reset", Hang: "hang"}


@light
class Played:
    """An answer that is over, or under way.

    `pieces` are pairs: when a piece of the data is due, in seconds from the start at a time scale of 1, and the bytes
    up to its end. There are none if all is due at once. `end` is how it ends, `due` when.
    """

    head: Head | None
    data: bytes
    pieces: Sequence[float] = ()
    end: str = "finish"
    due: float = 0.0

    @property
    def size_bytes(self) -> int:
        """About what it takes to keep it."""
        return ABOUT + len(self.data) + 8 * len(self.pieces)


def played(actions: Sequence[Action]) -> Played:
    """What actions come to."""
    if isinstance(actions, AtOnce):
        data = actions.data
        return Played(actions.head, data if len(data) > ROOMY else b"%b" % data)
    head, end, due, size = None, "", 0.0, 0
    parts: list[bytes] = []
    pieces = array("d")
    for action in actions:
        match action:
            case Chunk(data) | Raw(data):
                size += len(data)
                parts.append(data)
                pieces.extend((due, size))
            case Wait(seconds):
                due += seconds
            case Head():
                head = action
            case Finish() | Close() | Reset() | Hang():
                end = ENDS[type(action)]
    return Played(head, b"".join(parts), pieces, end, due)
