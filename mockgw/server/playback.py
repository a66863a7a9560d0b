"""Playback: an answer on its ASGI connection, until it ends, the client leaves or the server stops."""

import asyncio
from collections.abc import Sequence
from typing import Any

from starlette.types import Receive, Scope, Send

from mockgw.clock import Clock
from mockgw.delivery.actions import Action, Delivery, Hang, Wait
from mockgw.delivery.player import Player
from mockgw.server import sockets


class AsgiSink:
    """Sends what is played to an ASGI server."""

    def __init__(self, send: Send) -> None:
        self._send = send

    async def head(self, status: int, headers: dict[str, str]) -> None:
        raw = [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers.items()]
        await self._send({"type": "http.response.start", "status": status, "headers": raw})

    async def body(self, data: bytes, *, more: bool) -> None:
        await self._send({"type": "http.response.body", "body": data, "more_body": more})


class Playbacks:
    """All answers that are under way; `stop` ends them."""

    def __init__(self, clock: Clock, time_scale: float) -> None:
        self._clock = clock
        self._time_scale = time_scale
        self._running: set[asyncio.Task[Any]] = set()

    async def play(self, actions: Sequence[Action], scope: Scope, receive: Receive, send: Send) -> Delivery:
        """Play an answer; the delivery says what really left."""
        player = Player(AsgiSink(send), self._clock, time_scale=self._time_scale)
        if not any(isinstance(action, Wait | Hang) for action in actions):
            return await player.play(actions)
        return await self._watched(player, actions, scope, receive)

    def stop(self) -> None:
        for task in self._running:
            task.cancel()

    async def _watched(self, player: Player, actions: Sequence[Action], scope: Scope, receive: Receive) -> Delivery:
        playing = asyncio.ensure_future(player.play(actions))
        leaving = asyncio.ensure_future(_left(receive))
        self._running.add(playing)
        await asyncio.wait({playing, leaving}, return_when=asyncio.FIRST_COMPLETED)
        self._running.discard(playing)
        left = leaving.done() and not playing.done()
        await _cancel(playing, leaving)
        if not player.delivery.ending:
            player.delivery.ending = "left" if left else "stopped"
            sockets.close(scope)
            await _left(receive)  # the server hears that the connection is gone before it asks for the rest
        return player.delivery


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _cancel(*tasks: asyncio.Future[Any]) -> None:
    for task in tasks:
        task.cancel()
    for result in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(result, Exception):
            raise result
