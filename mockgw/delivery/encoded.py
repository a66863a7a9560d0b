"""Encoded: the content of an answer as bytes, made once for all the answers that have it."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import orjson

from mockgw.chance import Chance
from mockgw.delivery.actions import Action, Chunk
from mockgw.delivery.pacing import Pace, paced, steady
from mockgw.protocol import sse, tokens
from mockgw.protocol.events import PING, Deltas, Event, block_events, block_start, block_text
from mockgw.protocol.messages import Block, block_json
from mockgw.values import found

if TYPE_CHECKING:
    from mockgw.delivery.played import Part


class Steady(tuple[Action, ...]):
    """Actions that many answers share; what they come to is `kept` once one of these answers was (`played.py`)."""

    kept: "Part | None" = None


class Encoded:
    """Blocks, the deltas that a script wrote for them, and their pace.

    Its frames and waits are shared by all streams that show them: thousands may be open.
    """

    def __init__(self, content: Sequence[Block], exact: Sequence[Deltas | None], pace: Pace) -> None:
        self.content = tuple(content)
        self.exact = tuple(exact)
        self.pace = pace
        self.instant = pace.instant

    @found
    def json(self) -> bytes:
        """The blocks as they stand in a body that is not streamed."""
        return orjson.dumps([block_json(block) for block in self.content])

    @found
    def frames(self) -> tuple[Chunk, ...]:
        """The frames of the blocks, from the start of the first to the stop of the last."""
        return tuple(map(frame, self._events()))

    @found
    def joined(self) -> bytes:
        """All frames, for streams in which nothing comes between them."""
        return b"".join([chunk.data for chunk in self.frames])

    @found
    def events(self) -> int:
        """How many events they are, without pings."""
        return sum(chunk.event is not PING for chunk in self.frames)

    @found
    def steady(self) -> Steady:
        """The frames and the waits between them, where chance has no say."""
        return Steady(steady(self.frames, self.pace))

    def actions(self, chance: Chance) -> Sequence[Action]:
        """The frames and the waits between them, as chance wants them this time."""
        return paced(self.frames, self.pace, chance.rng("pace")) if self.pace.drawn else self.steady

    def _events(self) -> Iterator[Event]:
        deltas = pieces(self.content, self.exact, self.pace.chunk)
        for index, block in enumerate(self.content):
            yield from block_events(index, block, deltas[index])


class Renamed(Encoded):
    """The same content with other ids of its tool calls: only the frames that show them are its own."""

    def __init__(self, like: Encoded, content: Sequence[Block]) -> None:
        super().__init__(content, like.exact, like.pace)
        self._like = like

    @found
    def frames(self) -> tuple[Chunk, ...]:
        return tuple(self._renamed(chunk) for chunk in self._like.frames)

    def _renamed(self, chunk: Chunk) -> Chunk:
        event = chunk.event
        if event is None or event["type"] != "content_block_start":
            return chunk
        index = event["index"]
        block = self.content[index]
        return chunk if block is self._like.content[index] else frame(block_start(index, block))


def frame(event: Event) -> Chunk:
    """The bytes of an event."""
    return Chunk(sse.encode(event), event)


def pieces(content: Sequence[Block], exact: Sequence[Deltas | None], chunk: int) -> list[Deltas]:
    """The deltas of each block: those a script wrote, else `chunk` tokens each."""
    return [
        written if written is not None else tokens.pieces(block_text(block), chunk)
        for block, written in zip(content, exact, strict=True)
    ]
