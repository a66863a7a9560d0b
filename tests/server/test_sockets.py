import asyncio
import socket
from typing import Any

import pytest

from mockgw.server import sockets
from mockgw.server.runner import Server
from tests.server.wire.wire import posted
from tests.support import body, exchanged, live, port_of


class Transport(asyncio.Transport):
    """A transport that only knows whether it was closed."""

    closed = False

    def close(self) -> None:
        self.closed = True


def test_the_connection_of_a_request_can_be_closed() -> None:
    transport = Transport()
    sockets.close({"state": {sockets.TRANSPORT: transport}})
    assert transport.closed


def test_a_scope_without_a_connection_has_none_to_close() -> None:
    scope: dict[str, Any] = {"type": "http"}
    sockets.close(scope)
    assert scope == {"type": "http"}


def test_what_is_no_http_is_refused_and_kept() -> None:
    pipeline = live("Hello")
    with Server(pipeline) as server:
        received = exchanged(server.url, b"hello\r\n\r\n")
    head, _, data = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\n")
    assert f"content-length: {len(data)}".encode() in head
    assert [(exchange.status, exchange.refusal) for exchange in pipeline.journal] == [(400, "http")]


@pytest.mark.parametrize(
    ("line", "status", "kind"),
    [
        (b"FOO /v1/messages?beta=true HTTP/1.1", 405, "method"),
        (b"FOO /v1/models/claude/x HTTP/1.1", 405, "method"),
        (b"brew /nowhere HTTP/1.0", 404, "not_found"),
        (b"POST /v1/messages HTTP/1.1\r\nbad header", 400, "http"),
        (b"FOO v1 HTTP/1.1", 400, "http"),
    ],
    ids=["known-path", "path-with-a-name", "unknown-path", "bad-header", "no-path"],
)
def test_a_method_that_the_parser_does_not_know_is_told_as_any_other(line: bytes, status: int, kind: str) -> None:
    pipeline = live("Hello")
    with Server(pipeline) as server:
        received = exchanged(server.url, line + b"\r\nhost: x\r\n\r\n")
    assert received.startswith(b"HTTP/1.1 %d " % status)
    assert f"x-mockgw-error: {kind}".encode() in received
    assert [(exchange.status, exchange.refusal) for exchange in pipeline.journal] == [(status, kind)]


def _impatient(text: str) -> Server:
    """A server that closes idle connections soon."""
    server = Server(live(text))
    server._uvicorn.config.timeout_keep_alive = 0.05  # type: ignore[assignment]  # uvicorn only hands it to a timer
    return server


def test_an_idle_connection_is_closed_after_a_while() -> None:
    with _impatient("Hello") as server:
        received = exchanged(server.url, posted(body()) + posted(body()))
    assert received.count(b"HTTP/1.1 200 OK") == 2


def test_a_connection_is_not_idle_while_its_answer_is_on_the_way() -> None:
    with _impatient("{reply: Hello to you all, fault: {type: stall, for: 300ms}}") as server:
        received = exchanged(server.url, posted(body(stream=True)))
    assert received.endswith(b"0\r\n\r\n")


def test_a_connection_is_not_idle_before_its_request_is_whole() -> None:
    request = posted(body("x" * 100))
    with _impatient("Hello") as server, socket.create_connection(("127.0.0.1", port_of(server.url)), 10) as connection:
        connection.sendall(posted(body()) + request[:-50])
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 OK")
        connection.settimeout(0.2)
        with pytest.raises(TimeoutError):
            connection.recv(65536)
        connection.settimeout(10)
        connection.sendall(request[-50:])
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 OK")
