"""Events: the feed as server-sent events, until the client leaves, is too slow, or the server stops."""

import asyncio
from collections.abc import Mapping

from mockgw.control.digests import Digest
from mockgw.control.feed import Feed, Listener
from mockgw.control.questions import Following
from mockgw.server import sockets
from mockgw.server.playback import Connection

QUIET = 15.0  # seconds without an event, after which a comment shows that the connection lives
RETRY = b"retry: 1000\n\n"  # milliseconds, after which a browser comes back
COMMENT = b": still here\n\n"
HEADERS = {"content-type": "text/event-stream; charset=utf-8", "x-accel-buffering": "no"}


class Events:
    """One client of the feed."""

    def __init__(self, feed: Feed, wanted: Following, connection: Connection, headers: Mapping[str, str]) -> None:
        self._feed = feed
        self._wanted = wanted
        self._connection = connection
        self._headers = {**headers, **HEADERS}

    async def send(self, last_id: str) -> None:
        """Tell what happens until the client is too slow; one that does not take it is let go."""
        every = self._wanted.every
        listener = self._feed.listen(last_id, self._wanted) if every is None else self._feed.follow(self._wanted)
        sending = asyncio.ensure_future(self._send(listener))
        dropping = asyncio.ensure_future(listener.dropped.wait())
        try:
            await asyncio.wait({sending, dropping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._feed.leave(listener)
            for task in (sending, dropping):
                task.cancel()
            await asyncio.gather(sending, dropping, return_exceptions=True)

    async def _send(self, listener: Listener | Digest) -> None:
        raw = [(name.encode(), value.encode()) for name, value in self._headers.items()]
        await self._connection.send({"type": "http.response.start", "status": 200, "headers": raw})
        await self._body(RETRY)
        while True:
            await self._body(await self._next(listener))
            if self._wanted.every:
                await asyncio.sleep(self._wanted.every)

    async def _next(self, listener: Listener | Digest) -> bytes:
        try:
            return await asyncio.wait_for(listener.next(), QUIET)
        except TimeoutError:
            return COMMENT

    async def _body(self, data: bytes) -> None:
        await self._connection.send({"type": "http.response.body", "body": data, "more_body": True})


def let_go(connection: Connection) -> None:
    """End a feed at once: whoever is slow would take as long for what is left."""
    transport = sockets.transport_of(connection.scope)
    if transport is not None:
        transport.abort()
