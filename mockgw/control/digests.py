"""Digests: what happens, told every so often; of more than anybody can follow, the newest."""

import asyncio
from collections import OrderedDict, deque
from typing import TYPE_CHECKING

import orjson

from mockgw.control.entries import entry, fits
from mockgw.control.questions import Wanted
from mockgw.journal import Exchange

if TYPE_CHECKING:
    from mockgw.control.feed import Happening

MOST_EXCHANGES = 200  # in one digest
MOST_OTHERS = 200


class Digest:
    """Somebody who wants to hear of everything that came since the last time at once.

    It costs a request next to nothing, and waits for whoever is slow: nothing but the newest is kept meanwhile.
    """

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._exchanges: OrderedDict[int, Exchange] = OrderedDict()
        self._others: deque[Happening] = deque(maxlen=MOST_OTHERS)
        self._left_out = 0
        self._woken = asyncio.Event()
        self.dropped = asyncio.Event()  # never: it has bounds

    def take(self, exchange: Exchange) -> None:
        """An exchange has begun, or ended."""
        self._exchanges[exchange.number] = exchange
        if len(self._exchanges) > MOST_EXCHANGES:
            _, oldest = self._exchanges.popitem(last=False)
            self._left_out += fits(oldest, self._wanted)
        self._woken.set()

    def hear(self, happening: "Happening") -> None:
        """Anything else has happened."""
        self._others.append(happening)
        self._woken.set()

    async def next(self) -> bytes:
        """What came since the last time, when something has, as server-sent events."""
        frames = b""
        while not frames:
            await self._woken.wait()
            self._woken.clear()
            frames = self._taken()
        return frames

    def _taken(self) -> bytes:
        exchanges, others, left_out = list(self._exchanges.values()), list(self._others), self._left_out
        self._exchanges.clear()
        self._others.clear()
        self._left_out = 0
        frames = [b"event: %b\ndata: %b\n\n" % (one.kind.encode(), one.data) for one in others]
        wanted = [entry(exchange) for exchange in exchanges if fits(exchange, self._wanted)]
        if wanted or left_out:
            told = orjson.dumps({"exchanges": wanted, "left_out": left_out})
            frames.append(b"event: exchanges\ndata: %b\n\n" % told)
        return b"".join(frames)
