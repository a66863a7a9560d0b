"""Sockets: uvicorn's protocols, handing the transport to the app so that an answer can be cut."""

import asyncio
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

TRANSPORT = "mockgw.transport"


class Protocol(HttpToolsProtocol):
    """uvicorn copies `app_state` into the scope of each request on this connection."""

    def __init__(self, *arguments: Any, refuse: Callable[[str, bytes], bytes], **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._refuse = refuse
        self._received = b""

    def data_received(self, data: bytes) -> None:
        self._received = data
        super().data_received(data)

    def send_400_response(self, msg: str) -> None:
        """What is no HTTP is refused as everything else is."""
        self.transport.write(self._refuse(msg, self._received))
        self.transport.close()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn's own narrowing
        self.app_state = {**self.app_state, TRANSPORT: transport}
        super().connection_made(transport)


def close(scope: Any) -> None:
    """End the connection of a request whose answer will not be finished; what was sent still arrives."""
    if (transport := _transport(scope)) is not None:
        transport.close()


def is_closing(scope: Any) -> bool:
    """Whether the connection of a request is ending: before its answer is complete only its client does that."""
    transport = _transport(scope)
    return transport is not None and transport.is_closing()


def _transport(scope: Any) -> asyncio.Transport | None:
    transport: asyncio.Transport | None = scope.get("state", {}).get(TRANSPORT)
    return transport
