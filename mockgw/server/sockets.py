"""Sockets: uvicorn's protocols, handing the transport to the app so that an answer can be cut."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

try:
    import fcntl
    import termios
except ImportError:  # pragma: no cover - Windows does not say what a client has not taken yet
    fcntl = None  # type: ignore[assignment]

TRANSPORT = "mockgw.transport"
LINGER_NOT = struct.pack("ii", 1, 0)  # on, for no time: what is closed then is reset
GLANCE = 0.001  # seconds between two looks whether the client has all


class HandsOver:
    """Puts the transport into what uvicorn copies into the scope of each request, and refuses what is no HTTP."""

    app_state: dict[str, Any]
    transport: asyncio.Transport

    def __init__(self, *arguments: Any, refuse: Callable[[str, bytes], bytes], **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._refuse = refuse
        self._received = b""

    def data_received(self, data: bytes) -> None:
        self._received = data
        super().data_received(data)  # type: ignore[misc]  # of the protocol that this is mixed into

    def send_400_response(self, msg: str) -> None:
        """What is no HTTP is refused as everything else is."""
        self.transport.write(self._refuse(msg, self._received))
        self.transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.app_state = {**self.app_state, TRANSPORT: transport}
        super().connection_made(transport)  # type: ignore[misc]  # as above


class HttptoolsConnection(HandsOver, HttpToolsProtocol):
    """A connection that a fast parser reads."""


class H11Connection(HandsOver, H11Protocol):
    """A connection that is read in Python alone."""


PROTOCOLS: dict[str, type[HandsOver]] = {"httptools": HttptoolsConnection, "h11": H11Connection}


def transport_of(scope: Any) -> asyncio.Transport | None:
    """The connection of a request; None where a server does not hand it over."""
    transport: asyncio.Transport | None = scope.get("state", {}).get(TRANSPORT)
    return transport


def close(scope: Any) -> None:
    """End the connection of a request whose answer will not be finished; what was sent still arrives."""
    if (transport := transport_of(scope)) is not None:
        transport.close()


def is_closing(scope: Any) -> bool:
    """Whether the connection of a request is ending: before its answer is complete only its client does that."""
    transport = transport_of(scope)
    return transport is not None and transport.is_closing()


async def reset(transport: asyncio.Transport) -> None:
    """Break a connection (RST). Not before its client has all that was sent: a reset throws away what is on the way."""
    connection = transport.get_extra_info("socket")
    while not transport.is_closing() and (transport.get_write_buffer_size() or _unacknowledged(connection)):
        await asyncio.sleep(GLANCE)
    with contextlib.suppress(OSError):  # it is gone
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
    transport.abort()


def _unacknowledged(connection: socket.socket) -> int:
    """Bytes that the system has taken and the client's has not."""
    if fcntl is None:  # pragma: no cover - as above
        return 0
    try:
        [waiting] = struct.unpack("i", fcntl.ioctl(connection.fileno(), termios.TIOCOUTQ, b"\0" * 4))
    except OSError:  # it is gone, or the system does not tell
        return 0
    return int(waiting)
