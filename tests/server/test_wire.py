"""Every fault on a real socket: the exact bytes that arrive, and how the connection ends."""

import json
import socket
from collections.abc import Iterator
from itertools import product

import pytest

from mockgw.server.runner import Server
from tests.server.wire.wire import CASES, OPEN, drained, golden, pipeline, posted, received, request, written
from tests.support import body, live, port_of

EXPECTED = golden()


@pytest.fixture(scope="module", params=product(("httptools", "h11"), ("asyncio", "uvloop")), ids="-".join)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    http, loop = request.param
    with Server(pipeline(), http=http, loop=loop) as running:
        yield running


def _like_golden(text: str) -> str:
    """h11 spells the names of headers of its own another way, and puts them elsewhere."""
    head, blank, rest = text.partition("  \\r\\n\n")
    status, *headers = head.splitlines(keepends=True)
    return "".join([status, *sorted(line.lower() for line in headers)]) + blank + rest if headers else text


@pytest.mark.parametrize("name", CASES)
def test_what_arrives_is_exact_to_the_byte(server: Server, name: str) -> None:
    server.pipeline.reset()
    expected = EXPECTED[name]
    size = _size(expected) if expected.endswith(f"<{OPEN}>\n") else None
    found = written(*received(server.url, request(name), size))
    assert _like_golden(found) == _like_golden(expected)


def _size(text: str) -> int:
    lines = [line.removeprefix("  ") for line in text.splitlines()[:-1]]
    return len("".join(lines).encode().decode("unicode_escape").encode("latin-1"))


def test_every_case_is_written_down_and_no_other() -> None:
    assert list(EXPECTED) == list(CASES)


def _asked(connection: socket.socket, name: str, last: bytes) -> bytes:
    """One answer on a connection that stays."""
    connection.sendall(request(name))
    data = b""
    while not data.endswith(last):
        piece = connection.recv(65536)
        assert piece, f"the connection ended after {data!r}"
        data += piece
    return data


@pytest.mark.parametrize("name", ["slicer", "latency", "timeout-that-ends", "crlf", "drop-event", "truncate"])
def test_the_next_request_on_the_connection_is_whole(server: Server, name: str) -> None:
    server.pipeline.reset()
    with socket.create_connection(("127.0.0.1", port_of(server.url)), timeout=10) as connection:
        first = _asked(connection, name, b"\r\n0\r\n\r\n")
        second = _asked(connection, "no-fault", b"\r\n0\r\n\r\n")
    assert b"x-mockgw-fault: " in first
    assert b'"type":"message_stop"' in second
    assert b"x-mockgw-fault" not in second


def test_other_streams_stay_whole(server: Server) -> None:
    server.pipeline.reset()
    with socket.create_connection(("127.0.0.1", port_of(server.url)), timeout=10) as other:
        other.sendall(request("stall-that-ends"))
        assert received(server.url, request("reset-in-the-middle"))[1] == "RST"
        data = b""
        while not data.endswith(b"\r\n0\r\n\r\n"):
            data += other.recv(65536)
    assert b'"type":"message_stop"' in data


def test_what_was_sent_before_a_reset_arrives_however_slowly_it_is_read() -> None:
    fault = {"type": "connection_reset_by_peer", "at": {"bytes": 900_000}}
    with (
        Server(live(json.dumps({"text": "x" * 1_000_000, "fault": fault}))) as server,
        socket.create_connection(("127.0.0.1", port_of(server.url)), timeout=10) as connection,
    ):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32_768)
        connection.sendall(posted(body(max_tokens=10_000_000)))
        data, end = drained(connection)
    assert (len(data.partition(b"\r\n\r\n")[2]), end) == (900_000, "RST")
