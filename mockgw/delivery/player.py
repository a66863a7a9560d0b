"""Player: plays actions on a sink, each at its moment. The only code that sleeps."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

from mockgw.clock import Clock
from mockgw.delivery.actions import Action, Chunk, Delivery, Finish, Hang, Head, Wait


class Sink(Protocol):
    """Where an answer goes: an HTTP connection, or a list in a test."""

    async def head(self, status: int, headers: dict[str, str]) -> None: ...

    async def body(self, data: bytes, *, more: bool) -> None:
        """Send bytes; `more=False` ends the body."""
        ...


class Player:
    """Plays one answer. Deadlines count from the start, so lateness never adds up; one instant is one send.

    `before_last` is called before the bytes leave that end the answer: a client may act on them at once.
    """

    def __init__(
        self, sink: Sink, clock: Clock, *, time_scale: float = 1.0, before_last: Callable[[], None] = lambda: None
    ) -> None:
        self._sink = sink
        self._clock = clock
        self._scale = time_scale
        self._before_last = before_last
        self._due: list[Chunk] = []
        self.delivery = Delivery(started=clock.now())
        self._deadline = self.delivery.started

    async def play(self, actions: Sequence[Action]) -> Delivery:
        """Play to the end, or until cancelled; `delivery` says how far it came."""
        try:
            for action in actions:
                await self._step(action)
            self.delivery.ending = "whole"
        finally:
            self.delivery.ended = self._clock.now()
        return self.delivery

    async def _step(self, action: Action) -> None:
        match action:
            case Head(status, headers):
                await self._sink.head(status, headers)
            case Chunk():
                self._due.append(action)
            case Wait(seconds):
                await self._wait(seconds * self._scale)
            case Finish():
                self._before_last()
                await self._send(more=False)
            case _:
                await self._hang(action)

    async def _wait(self, seconds: float) -> None:
        self._deadline += seconds
        if self._deadline > self._clock.now():  # else what is due leaves with what is overdue, in one send
            await self._send(more=True)
            await self._clock.sleep_until(self._deadline)

    async def _hang(self, hang: Hang) -> None:
        # Not scaled: what hangs, hangs at any scale, and its pings keep their distance.
        await self._send(more=True)
        deadline = self._clock.now()
        while hang.chunk is not None:
            deadline += hang.every
            await self._clock.sleep_until(deadline)
            self._due.append(hang.chunk)
            await self._send(more=True)
        await asyncio.Event().wait()

    async def _send(self, *, more: bool) -> None:
        chunks, self._due = self._due, []
        data = b"".join([chunk.data for chunk in chunks])
        if not data and more:
            return
        moment = self._clock.now()
        await self._sink.body(data, more=more)
        # Counted when they have left: a sink that fails or is cancelled has sent nothing of this.
        if data and self.delivery.first_byte is None:
            self.delivery.first_byte = moment
        self.delivery.size_bytes += len(data)
        self.delivery.events += sum(chunk.event is not None and chunk.event["type"] != "ping" for chunk in chunks)
