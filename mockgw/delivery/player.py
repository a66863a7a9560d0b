"""Player: plays actions on a sink, each at its moment. The only code that sleeps."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

from mockgw.clock import Clock
from mockgw.delivery.actions import Action, Chunk, Close, Delivery, Finish, Flush, Hang, Head, Raw, Reset, Wait


class Sink(Protocol):
    """Where an answer goes: an HTTP connection, or a list in a test."""

    async def head(self, status: int, headers: dict[str, str]) -> None: ...

    async def body(self, data: bytes, *, more: bool) -> None:
        """Send bytes; `more=False` ends the body."""
        ...

    async def hold(self) -> None:
        """End the body; the connection stays open for now."""
        ...

    async def raw(self, data: bytes) -> None:
        """Send bytes as they are, past HTTP's framing."""
        ...

    async def close(self) -> None:
        """End the connection when all has left."""
        ...

    async def reset(self) -> None:
        """Break the connection when all has arrived."""
        ...


class Player:
    """Plays one answer. Deadlines count from the start, so lateness never adds up; one instant is one send.

    `before_last` is called before the bytes leave that end the answer: a client may act on them at once. `delivery` is
    filled in as they leave.
    """

    def __init__(
        self,
        sink: Sink,
        clock: Clock,
        *,
        time_scale: float = 1.0,
        before_last: Callable[[], None] = lambda: None,
        delivery: Delivery | None = None,
    ) -> None:
        self._sink = sink
        self._clock = clock
        self._scale = time_scale
        self._before_last = before_last
        self._due: list[Chunk] = []
        self._ending = False
        self.delivery = delivery or Delivery()
        self.delivery.started, self.delivery.scale = clock.now(), time_scale
        self._deadline = self.delivery.started

    async def play(self, actions: Sequence[Action]) -> Delivery:
        """Play to the end, or until cancelled; `delivery` says how far it came."""
        try:
            for action in actions:
                match action:
                    case Chunk():
                        self._due.append(action)
                    case Wait(seconds):
                        self._deadline += seconds * self._scale
                        if self._deadline > self._clock.now():  # else what is due leaves with what is overdue
                            await self._send(more=True)
                            await self._clock.sleep_until(self._deadline)
                    case _:
                        await self._step(action)
            self.delivery.ending = self.delivery.ending or "whole"
        finally:
            self.delivery.ended = self._clock.now()
        return self.delivery

    async def _step(self, action: Action) -> None:
        match action:
            case Head(status, headers):
                await self._sink.head(status, headers)
            case Flush():
                await self._send(more=True)
                await asyncio.sleep(0)  # else an event loop may put it into one packet with the next
            case Finish(hold):
                await self._finish(hold)
            case Raw(data):
                await self._raw(data)
            case Close() | Reset():
                await self._end(action)
            case Hang():
                await self._hang(action)

    def _last(self) -> None:
        """The client may take what leaves now for the end."""
        if not self._ending:
            self._ending = True
            self._before_last()

    async def _raw(self, data: bytes) -> None:
        self._last()
        await self._send(more=True)
        await self._sink.raw(data)
        self.delivery.size_bytes += len(data)
        self.delivery.sent(self._clock.now())

    async def _finish(self, hold: float) -> None:
        self._last()
        if not hold:
            await self._send(more=False)
            return
        await self._send(more=True)
        await self._sink.hold()
        await self._clock.sleep_until(self._deadline + hold * self._scale)
        await self._sink.close()

    async def _end(self, end: Close | Reset) -> None:
        self._last()
        await self._send(more=True)
        if isinstance(end, Close):
            await self._sink.close()
            self.delivery.ending = "closed"
        else:
            await self._sink.reset()
            self.delivery.ending = "reset"

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
        """What is due leaves, all at once."""
        chunks, self._due = self._due, []
        if not chunks and more:
            return
        data = chunks[0].data if len(chunks) == 1 else b"".join([chunk.data for chunk in chunks])
        moment = self._clock.now()
        await self._sink.body(data, more=more)
        # Counted when they have left: a sink that fails or is cancelled has sent nothing of this.
        if data and self.delivery.first_byte is None:
            self.delivery.first_byte = moment
        self.delivery.count(chunks)
        self.delivery.sent(moment)
