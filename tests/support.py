"""Support: what tests in several folders need."""

from pathlib import Path
from typing import Any

import orjson

from mockgw.clock import VirtualClock
from mockgw.delivery.actions import Chunk, Delivery, Head
from mockgw.pipeline import Incoming, Opened, Pipeline
from mockgw.scenario.library import Library
from mockgw.scenario.loader import parse
from mockgw.scenario.model import Scenario
from mockgw.settings import Settings


def scenario(text: str, name: str = "test") -> Scenario:
    """The scenario that a text is."""
    return parse(text, Path(f"{name}.yaml"))


def pipeline(text: str, **settings: Any) -> Pipeline:
    """A pipeline that answers by one scenario, on a clock that only moves when it is moved."""
    loaded = scenario(text)
    return Pipeline(Library({loaded.name: loaded}, loaded.name), Settings(**settings), VirtualClock())


def body(prompt: str = "Hello", **more: Any) -> dict[str, Any]:
    """The smallest request, and what a test adds to it; None takes a key away."""
    usual = {"model": "claude-sonnet-4-5", "max_tokens": 1000, "messages": [{"role": "user", "content": prompt}]}
    return {key: value for key, value in (usual | more).items() if value is not None}


def ask(gateway: Pipeline, request: dict[str, Any] | None = None, **headers: str) -> Opened:
    """A request that is decided but not yet delivered; header names with `_` for `-`."""
    sent = {"x-api-key": "test", "content-type": "application/json"}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    return gateway.messages(Incoming("POST", "/v1/messages", sent, body=orjson.dumps(request or body())))


def answer(gateway: Pipeline, request: dict[str, Any] | None = None, **headers: str) -> dict[str, Any]:
    """The JSON of an answer that is delivered whole."""
    opened = ask(gateway, request, **headers)
    gateway.settle(opened, Delivery(ending="whole"))
    return parsed(opened)


def text(gateway: Pipeline, request: dict[str, Any] | None = None, **headers: str) -> str:
    """The text of an answer that is delivered whole; the message of an error."""
    received = answer(gateway, request, **headers)
    if "error" in received:
        return str(received["error"]["message"])
    return "".join(block.get("text", "") for block in received["content"])


def sent_bytes(opened: Opened) -> bytes:
    """The bytes of an answer's body, as planned."""
    return b"".join(action.data for action in opened.exchange.actions if isinstance(action, Chunk))


def parsed(opened: Opened) -> dict[str, Any]:
    """A planned body that is one JSON object."""
    result: dict[str, Any] = orjson.loads(sent_bytes(opened))
    return result


def head(opened: Opened) -> Head:
    """The status and headers of an answer, as planned."""
    return next(action for action in opened.exchange.actions if isinstance(action, Head))
