import asyncio
from typing import Any

import pytest

from mockgw.server import sockets
from mockgw.server.runner import Server
from tests.support import exchanged, live


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
