"""Sessions: a client that asks a pipeline as the tests tell it, each answer played to its end in virtual time."""

import asyncio
from typing import Any

from mockgw.clock import VirtualClock
from mockgw.delivery.player import Player
from mockgw.journal import Exchange
from mockgw.pipeline import Pipeline
from tests.delivery.streams import Recorder
from tests.support import ask, body, pipeline


class Client:
    """Asks one scenario, and waits as it is told."""

    def __init__(self, text: str, **settings: Any) -> None:
        self.gateway: Pipeline = pipeline(text, **settings)
        assert isinstance(self.gateway.clock, VirtualClock)
        self.clock = self.gateway.clock

    def ask(self, request: dict[str, Any] | str = "Hello", *, after: float = 0.0, **headers: str) -> Exchange:
        """The exchange of a request that is sent so many seconds after the last answer ended."""
        self.clock.advance(after)
        sent = body(request) if isinstance(request, str) else request
        opened = ask(self.gateway, sent, **headers)
        player = Player(Recorder(self.clock), self.clock, before_last=lambda: self.gateway.conclude(opened))
        self.gateway.settle(opened, asyncio.run(player.play(opened.exchange.actions)))
        return opened.exchange

    def leave(self, request: dict[str, Any] | str = "Hello", *, after: float = 0.0) -> Exchange:
        """The exchange of a request whose client leaves before a byte comes."""
        self.clock.advance(after)
        opened = ask(self.gateway, body(request) if isinstance(request, str) else request)
        now = self.clock.now()
        delivery = Player(Recorder(self.clock), self.clock).delivery
        delivery.ended, delivery.ending = now, "left"
        self.gateway.settle(opened, delivery)
        return opened.exchange

    @property
    def exchanges(self) -> list[Exchange]:
        return list(self.gateway.journal)
