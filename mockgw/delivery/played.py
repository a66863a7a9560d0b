"""Played: an answer as it was planned - its head, its bytes, and when each piece of them was due - kept small."""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import replace

from mockgw.delivery.actions import Action, Chunk, Close, Finish, Hang, Head, Raw, Reset, Wait
from mockgw.delivery.encoded import Steady
from mockgw.delivery.plan import AtOnce, Joined
from mockgw.values import light

ABOUT = 1_000  # bytes that a head and what holds all together take
ROOMY = 2_500  # bytes: what orjson writes takes 4 kB at least, a copy of it what it needs
ENDS = {Finish: "finish", Close: "close", Reset: "reset", Hang: "hang"}


@light
class Part:
    """Bytes of an answer. `pieces` are pairs: when one is due, in seconds from the first at a time scale of 1, and how
    many bytes there are up to its end; there are none if all is due at once. `due` is how long it takes."""

    data: bytes
    pieces: Sequence[float] = ()
    due: float = 0.0
    shared: bool = False


@light
class Played:
    """An answer that is over, or under way: `end` is how it ends. What answers share is kept once."""

    head: Head | None
    parts: tuple[Part, ...]
    end: str = "finish"

    @property
    def data(self) -> bytes:
        """All of its bytes."""
        return b"".join([part.data for part in self.parts])

    @property
    def pieces(self) -> list[float]:
        """Those of all parts, in one."""
        found: list[float] = []
        due, size = 0.0, 0
        for part in self.parts:
            for place in range(0, len(part.pieces), 2):
                found += (due + part.pieces[place], size + part.pieces[place + 1])
            due, size = due + part.due, size + len(part.data)
        return found

    @property
    def due(self) -> float:
        """When it ends, in seconds from the start at a time scale of 1."""
        return sum(part.due for part in self.parts)

    @property
    def size_bytes(self) -> int:
        """About what it takes to keep it."""
        return ABOUT + sum(len(part.data) + 8 * len(part.pieces) for part in self.parts if not part.shared)


def played(actions: Sequence[Action]) -> Played:
    """What actions come to."""
    if isinstance(actions, AtOnce):
        data = actions.data
        return Played(actions.head, (Part(data if len(data) > ROOMY else b"%b" % data),))
    head, end = None, ""
    parts = []
    for run in _runs(actions):
        if isinstance(run, Steady):
            run.kept = run.kept or replace(_part(run), shared=True)
            parts.append(run.kept)
            continue
        parts.append(_part(run))
        head = next((action for action in run if isinstance(action, Head)), head)
        end = next((ENDS[type(action)] for action in run if type(action) in ENDS), end)
    return Played(head, tuple(parts), end)


def _runs(actions: Sequence[Action]) -> Iterator[Sequence[Action]]:
    if isinstance(actions, Joined):
        for part in actions.parts:
            yield from _runs(part)
    else:
        yield actions


def _part(actions: Sequence[Action]) -> Part:
    due, size = 0.0, 0
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
    return Part(b"".join(parts), pieces, due)
