"""Asking: calls of the endpoints beside messages, without a socket and on a clock that is moved."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson

from mockgw.clock import VirtualClock
from mockgw.control.control import Control
from mockgw.delivery.actions import Delivery
from mockgw.journal import Exchange
from mockgw.opened import Opened
from mockgw.pipeline import Pipeline
from mockgw.protocol.requests import Incoming
from tests.support import body, head, pipeline, sent_bytes

KEY = {"x-api-key": "test", "content-type": "application/json", "host": "here"}

Endpoint = Callable[..., Opened]


@dataclass(frozen=True)
class Answer:
    """What a call came to."""

    exchange: Exchange
    headers: dict[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        return orjson.loads(self.content)

    @property
    def refusal(self) -> tuple[int, str]:
        return self.exchange.status, self.exchange.message


@dataclass(frozen=True)
class Client:
    """Somebody who calls a gateway."""

    gateway: Pipeline

    def call(
        self,
        endpoint: Endpoint,
        *ids: str,
        sends: Any = None,
        query: dict[str, str] | None = None,
        session: str = "",
        **headers: str,
    ) -> Answer:
        """One call; what is sent is data, which becomes JSON, or bytes. Header names with `_` for `-`."""
        content = sends if isinstance(sends, bytes) else orjson.dumps(sends) if sends is not None else b""
        sent = KEY | {name.replace("_", "-"): value for name, value in headers.items()}
        opened = endpoint(
            self.gateway, Incoming("-", "/v1/x", sent, query=query or {}, body=content, prefix=session), *ids
        )
        answer = Answer(opened.exchange, head(opened).headers, sent_bytes(opened))
        self.gateway.settle(opened, Delivery(ending="whole"))
        return answer

    def ask(self, endpoint: Endpoint, *ids: str, **sent: Any) -> Any:
        """The JSON of an answer."""
        return self.call(endpoint, *ids, **sent).json

    def refused(self, endpoint: Endpoint, *ids: str, **sent: Any) -> tuple[int, str]:
        """The status and the message of an answer."""
        return self.call(endpoint, *ids, **sent).refusal

    def wait(self, seconds: float) -> None:
        assert isinstance(self.gateway.clock, VirtualClock)
        self.gateway.clock.advance(seconds)

    def advance(self, seconds: float, session: str = "default") -> None:
        """Move a session's clock by the control API."""
        Control(self.gateway).advance(session, {"seconds": seconds})

    @property
    def answered(self) -> list[str]:
        """What the messages that were answered so far had to say."""
        return [one.answer for one in self.gateway.journal if one.path == "/v1/messages"]


def client(text: str = "reply: Hello", **settings: Any) -> Client:
    return Client(pipeline(text, **({"dialect": "anthropic"} | settings)))


def batch_of(*prompts: str, **more: Any) -> dict[str, Any]:
    """The body of a new batch."""
    return {"requests": [{"custom_id": f"id-{n}", "params": body(text, **more)} for n, text in enumerate(prompts)]}
