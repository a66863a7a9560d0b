"""Sockets: uvicorn's protocols, handing the transport to the app so that an answer can be cut."""

import asyncio
import contextlib
import socket
import struct
import traceback
from collections.abc import Callable
from typing import Any, Literal

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from mockgw.opened import Opened
from mockgw.protocol.requests import MAX_BODY_BYTES
from mockgw.server.shortcut import Shortcut

try:
    import fcntl
    import termios
except ImportError:  # pragma: no cover - Windows does not say what a client has not taken yet
    fcntl = None  # type: ignore[assignment]

TRANSPORT = "mockgw.transport"
OPENED = "mockgw.opened"
LINGER_NOT = struct.pack("ii", 1, 0)  # on, for no time: what is closed then is reset
GLANCE = 0.001  # seconds between two looks whether the client has all


class HandsOver:
    """Puts the transport into what uvicorn copies into the scope of each request, and refuses what is no HTTP."""

    app_state: dict[str, Any]
    transport: asyncio.Transport

    def __init__(
        self, *arguments: Any, refuse: Callable[[str, bytes], bytes], shortcut: Shortcut, **named: Any
    ) -> None:
        super().__init__(*arguments, **named)
        self._refuse = refuse
        self._shortcut = shortcut
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
    """A connection that a fast parser reads. A request that may take the shortcut is held until it is whole."""

    _held: list[bytes] | None = None
    _held_bytes = 0
    _prefix = ""
    _heard = 0.0

    def data_received(self, data: bytes) -> None:
        self._received, self._heard = data, self.loop.time()
        HttpToolsProtocol.data_received(self, data)

    def on_headers_complete(self) -> None:
        prefix = None
        if self._is_idle() and not self.expect_100_continue:
            prefix = self._shortcut.leads(self.parser.get_method(), self.url)
        if prefix is None:
            super().on_headers_complete()
        else:
            self._prefix, self._held, self._held_bytes = prefix, [], 0

    def on_body(self, body: bytes) -> None:
        if self._held is None:
            super().on_body(body)
            return
        self._held.append(body)
        self._held_bytes += len(body)
        if self._held_bytes > MAX_BODY_BYTES:  # to be read the ASGI way, and refused
            self._go_round()

    def on_message_complete(self) -> None:
        if self._held is None:
            super().on_message_complete()
            return
        try:
            self._answer(b"".join(self._held))
        except Exception:  # a bug of ours, which the parser would take for one of the client's
            traceback.print_exc()
            self.transport.close()

    def on_response_complete(self) -> None:
        """As uvicorn has it, but that a timer which runs is left alone: to set one anew costs as much as an answer."""
        if self.pipeline or self.timeout_keep_alive_task is None:
            super().on_response_complete()
        else:
            self.server_state.total_requests += 1
            self.flow.resume_reading()

    def _unset_keepalive_if_required(self) -> None:
        """It looks for itself whether it is still wanted."""

    def timeout_keep_alive_handler(self) -> None:
        rest = self._heard + self.timeout_keep_alive - self.loop.time()
        if rest <= 0 and self._is_idle():
            super().timeout_keep_alive_handler()
        else:
            self.timeout_keep_alive_task = self.loop.call_later(
                rest if rest > 0 else self.timeout_keep_alive, self.timeout_keep_alive_handler
            )

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self.timeout_keep_alive_task is not None:
            self.timeout_keep_alive_task.cancel()

    def _is_idle(self) -> bool:
        return self._held is None and (self.cycle is None or self.cycle.response_complete)

    def _go_round(self) -> None:
        """The ASGI way, with what was held."""
        held, self._held = self._held or [], None
        super().on_headers_complete()
        for body in held:
            super().on_body(body)

    def _answer(self, body: bytes) -> None:
        self._held = None
        opened = self._shortcut.decide(self.headers, body, self._prefix)
        keep_alive = self.parser.should_keep_alive() and self.parser.get_http_version() != "1.0"
        if self._shortcut.send(opened, self.transport, self.server_state.default_headers, keep_alive=keep_alive):
            if not keep_alive:
                self.transport.close()
            self.on_response_complete()
            return
        self.scope["state"][OPENED] = opened
        super().on_headers_complete()
        super().on_message_complete()


def protocol(name: Literal["httptools", "h11"]) -> type[HandsOver]:
    """What reads connections."""
    if name == "httptools":
        return HttptoolsConnection
    from mockgw.server.h11_sockets import H11Connection  # slow to import, and not what usually reads

    return H11Connection


def opened_in(scope: Any) -> Opened | None:
    """What was decided already of a request that came by the shortcut."""
    opened: Opened | None = scope.get("state", {}).get(OPENED)
    return opened


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
    with contextlib.suppress(OSError, ValueError):  # it is gone
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
    transport.abort()


def _unacknowledged(connection: socket.socket) -> int:
    """Bytes that the system has taken and the client's has not."""
    if fcntl is None:  # pragma: no cover - as above
        return 0
    try:
        [waiting] = struct.unpack("i", fcntl.ioctl(connection.fileno(), termios.TIOCOUTQ, b"\0" * 4))
    except (OSError, ValueError):  # it is gone, or the system does not tell
        return 0
    return int(waiting)
