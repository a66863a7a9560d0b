"""Player: plays actions on a sink, each at its moment. The only code that sleeps."""

import asyncio
from collections.abc import Sequence
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
    """Plays one answer. Deadlines count from the start, so lateness never adds up; one instant is one send."""

    def __init__(self, sink: Sink, clock: Clock, *, time_scale: float = 1.0) -> None:
        self._sink = sink
        self._clock = clock
        self._scale = time_scale
        self._due: list[bytes] = []
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
            case Chunk(data, event):
                self._due.append(data)
                self.delivery.events += event is not None
            case Wait(seconds):
                await self._wait(seconds * self._scale)
            case Finish():
                await self._send(more=False)
            case Hang(chunk, every):
                await self._hang(chunk, every)

    async def _wait(self, seconds: float) -> None:
        if seconds <= 0:
            return
        await self._send(more=True)
        self._deadline += seconds
        await self._clock.sleep_until(self._deadline)

    async def _hang(self, chunk: Chunk | None, every: float) -> None:
        # Not scaled: what hangs, hangs at any scale, and its pings keep their distance.
        await self._send(more=True)
        while chunk is not None:
            await asyncio.sleep(every)
            self._due.append(chunk.data)
            await self._send(more=True)
        await asyncio.Event().wait()

    async def _send(self, *, more: bool) -> None:
        data = b"".join(self._due)
        self._due.clear()
        if not data and more:
            return
        if data and self.delivery.first_byte is None:
            self.delivery.first_byte = self._clock.now()
        self.delivery.size_bytes += len(data)
        await self._sink.body(data, more=more)
