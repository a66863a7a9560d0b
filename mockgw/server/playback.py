"""Playback: an answer on its ASGI connection, until it ends, the client leaves or the server stops."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from starlette.types import Receive, Scope, Send

from mockgw.clock import Clock
from mockgw.delivery.actions import Action, Delivery, Finish, Hang, Wait, needs_socket
from mockgw.delivery.player import Player
from mockgw.server import sockets
from mockgw.server.shortcut import BUFFERED_BYTES
from mockgw.values import light

LAST_CHUNK = b"0\r\n\r\n"

Result = TypeVar("Result")


class ClientLeft(Exception):
    """The client went before it had taken all that was sent."""


@light
class Connection:
    """The three things that an ASGI server gives to an app."""

    scope: Scope
    receive: Receive
    send: Send


class AsgiSink:
    """Sends what is played to an ASGI server."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._chunked = False

    async def head(self, status: int, headers: dict[str, str]) -> None:
        self._chunked = "content-length" not in headers
        raw = [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers.items()]
        await self._connection.send({"type": "http.response.start", "status": status, "headers": raw})

    async def body(self, data: bytes, *, more: bool) -> None:
        if len(data) > BUFFERED_BYTES:
            await self._taken(data)
            data = b""
        if self._chunked and more and self._has_room():
            # The frames of a stream are small and many, and uvicorn looks at each as if it were the first.
            self._write(b"%x\r\n%b\r\n" % (len(data), data))
        else:
            await self._body(data, more=more)

    def _has_room(self) -> bool:
        """Whether what is written now need not wait for the client."""
        transport = sockets.transport_of(self._connection.scope)
        return transport is not None and transport.get_write_buffer_size() < BUFFERED_BYTES

    async def hold(self) -> None:
        if self._chunked:
            self._write(LAST_CHUNK)

    async def raw(self, data: bytes) -> None:
        self._write(data)

    async def close(self) -> None:
        self._transport.close()

    async def reset(self) -> None:
        await sockets.reset(self._transport)

    def _write(self, data: bytes) -> None:
        if self._transport.is_closing():  # uvloop would raise
            raise ClientLeft
        self._transport.write(data)

    @property
    def _transport(self) -> asyncio.Transport:
        transport = sockets.transport_of(self._connection.scope)
        assert transport is not None  # else no fault that needs it was let through
        return transport

    async def _taken(self, data: bytes) -> None:
        """Send more than the server buffers, and wait until the client has taken it. ClientLeft if it will not."""
        await self._body(data, more=True)
        await self._body(b"", more=True)
        if sockets.is_closing(self._connection.scope):
            raise ClientLeft

    async def _body(self, data: bytes, *, more: bool) -> None:
        await self._connection.send({"type": "http.response.body", "body": data, "more_body": more})


class Playbacks:
    """All answers that are under way, and all other work for clients; `stop` ends them."""

    def __init__(self, clock: Clock, time_scale: float) -> None:
        self._clock = clock
        self._time_scale = time_scale
        self._running: set[asyncio.Future[Any]] = set()

    async def play(
        self,
        actions: Sequence[Action],
        connection: Connection,
        before_last: Callable[[], None],
        time_scale: float | None = None,
        delivery: Delivery | None = None,
    ) -> Delivery:
        """Play an answer; the delivery says what really left. `before_last` and `delivery` as the player has them.

        `time_scale` is the session's, if it has one of its own.
        """
        scale = self._time_scale if time_scale is None else time_scale
        sink = AsgiSink(connection)
        player = Player(sink, self._clock, time_scale=scale, before_last=before_last, delivery=delivery)
        try:
            if any(map(_takes_time, actions)):
                return await self._watched(player, actions, connection)
            return await player.play(actions)
        except ClientLeft:
            player.delivery.ending = "left"
            await left(connection.receive)
            return player.delivery

    async def work(self, work: Awaitable[Result], connection: Connection) -> Result | None:
        """The result of what may take its time; None when the client leaves before. CancelledError from `stop`."""
        working = asyncio.ensure_future(work)
        leaving = asyncio.ensure_future(left(connection.receive))
        self._running.add(working)
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        self._running.discard(working)
        done = working.done()
        await _cancel(leaving, *(() if done else (working,)))
        return working.result() if done else None

    def stop(self) -> None:
        """End what is under way."""
        for task in self._running:
            task.cancel()

    async def _watched(self, player: Player, actions: Sequence[Action], connection: Connection) -> Delivery:
        playing = asyncio.ensure_future(player.play(actions))
        leaving = asyncio.ensure_future(left(connection.receive))
        self._running.add(playing)
        await asyncio.wait({playing, leaving}, return_when=asyncio.FIRST_COMPLETED)
        self._running.discard(playing)
        has_left = leaving.done() and not playing.done()
        await _cancel(playing, leaving)
        if not player.delivery.ending:
            player.delivery.ending = "left" if has_left else "stopped"
            sockets.close(connection.scope)
        if player.delivery.ending != "whole" or _is_held(actions):
            await left(connection.receive)  # the server hears that the connection is gone before it asks for the rest
        return player.delivery


def _takes_time(action: Action) -> bool:
    """Whether the client may leave before it is done."""
    return isinstance(action, Wait | Hang) or needs_socket(action)


def _is_held(actions: Sequence[Action]) -> bool:
    """Whether the server, not uvicorn, closes the connection of a whole answer."""
    return any(isinstance(action, Finish) and action.hold for action in actions)


async def left(receive: Receive) -> None:
    """Return when the client has left."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _cancel(*tasks: asyncio.Future[Any]) -> None:
    for task in tasks:
        task.cancel()
    for result in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(result, Exception):
            raise result
