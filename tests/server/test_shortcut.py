"""Shortcut: what goes round ASGI arrives as what goes through it."""

import json
import re
import socket
from collections.abc import Iterator

import pytest

from mockgw.journal import Exchange
from mockgw.pipeline import Pipeline
from mockgw.server.runner import Server
from tests.server.wire.wire import DATE, posted
from tests.support import body, exchanged, live, port_of

LAST = b"connection: close\r\n"


@pytest.fixture(params=["httptools", "h11"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """With the shortcut and without."""
    with Server(live("{reply: Hello to you all}"), http=request.param) as running:
        yield running


def _sent(request: bytes, *lines: bytes, version: bytes = b"1.1") -> bytes:
    head, _, data = request.partition(b"\r\n\r\n")
    return b"\r\n".join([head.replace(b"HTTP/1.1", b"HTTP/" + version), *(line.rstrip() for line in lines), b"", data])


def _lowered(received: bytes) -> bytes:
    head, _, data = DATE.sub(b"", received).partition(b"\r\n\r\n")
    return b"\r\n".join([*sorted(head.lower().splitlines()), b"", data])


@pytest.mark.parametrize("stream", [True, False], ids=["streamed", "whole"])
def test_both_ways_give_the_same_bytes(stream: bool) -> None:
    received = []
    for http in ("httptools", "h11"):
        with Server(live("{reply: Hello to you all}"), http=http) as server:
            received.append(exchanged(server.url, _sent(posted(body(stream=stream)), LAST)))
    assert _lowered(received[0]) == _lowered(received[1])
    assert b"Hello" in received[0]


def test_a_connection_is_closed_when_the_client_wants_it(server: Server) -> None:
    received = exchanged(server.url, _sent(posted(body()), LAST))
    assert received.startswith(b"HTTP/1.1 200 ")
    assert b"connection: close" in received.lower()


def test_an_old_client_has_its_connection_closed(server: Server) -> None:
    received = exchanged(server.url, _sent(posted(body()), version=b"1.0"))
    assert b"connection: close" in received.lower()


def test_requests_in_a_row_are_answered_in_a_row(server: Server) -> None:
    prompts = [posted(body(f"number {number}")) for number in range(5)]
    received = exchanged(server.url, b"".join([*prompts, _sent(posted(body("last")), LAST)]))
    assert len(re.findall(b"HTTP/1.1 200 ", received)) == 6
    assert [exchange.delivery.ending for exchange in server.pipeline.journal] == ["whole"] * 6


@pytest.mark.parametrize("first", ["{reply: Hello, delay: 20ms}", "{reply: Hello, pace: {tps: 1000}}"])
def test_a_request_waits_for_the_answer_before_it(first: str) -> None:
    rules = f"rules: [{{match: {{prompt: slow}}, {first[1:-1]}}}, {{reply: at once}}]"
    with Server(live(rules)) as server:
        received = exchanged(server.url, posted(body("slow")) + _sent(posted(body("quick")), LAST))
    assert 0 < received.index(b'"Hello"') < received.index(b'"at once"')


def test_a_body_may_come_in_pieces(server: Server) -> None:
    request = _sent(posted(body("x" * 100_000)), LAST)
    with socket.create_connection(("127.0.0.1", port_of(server.url)), timeout=10) as connection:
        for start in range(0, len(request), 10_000):
            connection.sendall(request[start : start + 10_000])
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    assert b"Hello to you all" in received


def test_a_client_that_asks_first_is_told_to_go_on(server: Server) -> None:
    head, _, data = _sent(posted(body()), LAST, b"expect: 100-continue").partition(b"\r\n\r\n")
    with socket.create_connection(("127.0.0.1", port_of(server.url)), timeout=10) as connection:
        connection.sendall(head + b"\r\n\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 100 ")
        connection.sendall(data)
        assert b"Hello to you all" in b"".join(iter(lambda: connection.recv(65536), b""))


def test_a_body_that_is_too_large_is_refused(server: Server) -> None:
    request = _sent(posted(body("x" * (33 * 1024 * 1024))), LAST)
    assert exchanged(server.url, request).startswith(b"HTTP/1.1 413 ")


def test_a_client_that_leaves_before_its_request_is_whole_leaves_nothing(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", port_of(server.url)), timeout=10) as connection:
        connection.sendall(posted(body("x" * 1000))[:500])
    assert exchanged(server.url, _sent(posted(body()), LAST)).startswith(b"HTTP/1.1 200 ")
    assert len(server.pipeline.journal) == 1


def test_a_page_is_told_that_it_may_read_the_answer(server: Server) -> None:
    received = exchanged(server.url, _sent(posted(body()), LAST, b"origin: http://localhost:3000"))
    assert b"access-control-allow-origin: http://localhost:3000" in received.lower()


def test_an_answer_that_is_large_arrives_whole(server: Server) -> None:
    text = json.dumps({"reply": "x" * 200_000})
    with Server(live(text)) as large:
        received = exchanged(large.url, _sent(posted(body(max_tokens=1_000_000)), LAST))
    assert b"x" * 200_000 in received


def test_a_mistake_of_ours_ends_the_connection_and_is_loud(capfd: pytest.CaptureFixture[str]) -> None:
    def observe(exchange: Exchange) -> None:
        raise RuntimeError("the observer's own mistake")

    pipeline: Pipeline = live("{reply: Hello}")
    pipeline.observers.append(observe)
    with Server(pipeline) as server:
        assert exchanged(server.url, posted(body())).startswith(b"HTTP/1.1 200 ")
    assert "the observer's own mistake" in capfd.readouterr().err
