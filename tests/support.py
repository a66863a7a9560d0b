"""Support: what tests in several folders need."""

import socket
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from mockgw.clock import VirtualClock
from mockgw.delivery.actions import Chunk, Delivery, Head
from mockgw.journal import Exchange
from mockgw.opened import Opened
from mockgw.pipeline import Pipeline
from mockgw.protocol import conversation, requests
from mockgw.protocol.requests import Incoming
from mockgw.scenario.context import Context, agent_of
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
    received = parsed(opened)
    gateway.settle(opened, Delivery(ending="whole"))
    return received


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


def exchange(name: str = "req", **more: Any) -> Exchange:
    """One that a journal may keep."""
    usual = {"method": "POST", "path": "/", "headers": {}, "body": b"", "session": "default"}
    return Exchange(request_id=name, received=datetime(2026, 1, 1, tzinfo=UTC), started=0.0, **usual | more)


def turns(*contents: Any) -> list[dict[str, Any]]:
    """Messages of user and assistant in turn, the user first."""
    return [{"role": ("user", "assistant")[index % 2], "content": content} for index, content in enumerate(contents)]


def context(request: dict[str, Any] | None = None, headers: Mapping[str, str] | None = None, **known: Any) -> Context:
    """A request as a rule sees it, header names in lower case."""
    read = requests.parse(orjson.dumps(request or body()))
    received = headers or {}
    usual = {"session": "default", "key": "test", "agent": agent_of(read, received)}
    return Context(request=read, headers=received, conversation=conversation.read(read.messages), **(usual | known))


def lost(gateway: Pipeline, request: dict[str, Any] | None = None, **headers: str) -> dict[str, Any]:
    """The JSON of an answer that the client did not wait for."""
    opened = ask(gateway, request, **headers)
    planned = parsed(opened)
    gateway.settle(opened, Delivery(ending="left"))
    return planned


def live(text: str, **settings: Any) -> Pipeline:
    """A pipeline for a real server: on the system's clock, and on any free port."""
    loaded = scenario(text)
    return Pipeline(Library({loaded.name: loaded}, loaded.name), Settings(port=0, **settings))


def port_of(url: str) -> int:
    """The port in the URL of a server."""
    return int(url.rpartition(":")[2])


def exchanged(url: str, request: bytes) -> bytes:
    """All that a server sends on a connection of its own until it closes it."""
    with socket.create_connection(("127.0.0.1", port_of(url)), timeout=10) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65536), b""))
