import asyncio
import gc
import signal
import socket
from collections.abc import Iterator

import httpx2
import pytest

from mockgw.server.runner import Server
from tests.support import body, live, port_of


def test_a_server_says_when_it_is_ready_and_where() -> None:
    said: list[str] = []
    with Server(live("Hello"), on_ready=said.append) as server:
        assert said == [server.url]
        assert httpx2.get(server.url, trust_env=False).status_code == 200


def test_a_companion_runs_while_the_server_does() -> None:
    stages: list[str] = []

    async def accompany() -> None:
        stages.append("begun")
        try:
            await asyncio.Event().wait()
        finally:
            stages.append("ended")

    with Server(live("Hello"), companions=[accompany]) as server:
        assert httpx2.get(server.url, trust_env=False).status_code == 200
        assert stages == ["begun"]
    assert stages == ["begun", "ended"]


def test_a_companion_that_fails_is_loud_and_the_server_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    async def fail() -> None:
        raise ZeroDivisionError

    with Server(live("Hello"), companions=[fail]) as server:
        assert httpx2.get(server.url, trust_env=False).status_code == 200
        assert "ZeroDivisionError" in caplog.text


def test_two_servers_live_side_by_side() -> None:
    with Server(live("Hello")) as one, Server(live("Bye")) as other:
        assert one.url != other.url
        answers = [httpx2.post(f"{s.url}/v1/messages", json=body(), headers={"x-api-key": "k"}) for s in (one, other)]
    assert [answer.json()["content"][0]["text"] for answer in answers] == ["Hello", "Bye"]


def test_a_server_that_was_never_started_can_be_stopped() -> None:
    server = Server(live("Hello"))
    server.stop()
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port_of(server.url)), timeout=1)


def test_a_server_that_is_abandoned_ends_before_it_is_stopped() -> None:
    with Server(live("Hello")) as server:
        assert httpx2.get(server.url, trust_env=False).status_code == 200
        server.abandon()
        assert server._thread is not None
        server._thread.join(10)
        assert not server._thread.is_alive()
        server.abandon()  # which is nothing to be said twice


def test_a_server_that_is_abandoned_early_never_serves() -> None:
    server = Server(live("Hello"))
    server.abandon()
    server.run()
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port_of(server.url)), timeout=1)


UNFINISHED = {
    "half a head": b"POST /v1/messages HTTP/1.1\r\nhost",
    "half a body": b"POST /v1/messages HTTP/1.1\r\nx-api-key: k\r\ncontent-length: 100\r\n\r\n{",
    "an idle connection": b"HEAD / HTTP/1.1\r\n\r\n",
}


@pytest.mark.parametrize("request_bytes", UNFINISHED.values(), ids=UNFINISHED)
def test_a_client_that_dawdles_does_not_keep_the_server(request_bytes: bytes) -> None:
    server = Server(live("Hello")).start()
    with socket.create_connection(("127.0.0.1", port_of(server.url)), timeout=10) as connection:
        connection.sendall(request_bytes)
        server.stop()
        connection.settimeout(5)
        assert all(b"HTTP/1.1 200" in part for part in ended(connection))


def ended(connection: socket.socket) -> Iterator[bytes]:
    """What comes until the connection ends, one way or the other."""
    try:
        yield from iter(lambda: connection.recv(65536), b"")
    except ConnectionResetError:
        return


def test_a_client_that_takes_nothing_does_not_keep_the_server(capfd: pytest.CaptureFixture[str]) -> None:
    server = Server(live("{error: {status: 400, body: '" + "x" * 12_000_000 + "'}}")).start()
    with socket.create_connection(("127.0.0.1", port_of(server.url)), timeout=10) as connection:
        data = b'{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"Hi"}]}'
        head = b"POST /v1/messages HTTP/1.1\r\nx-api-key: k\r\ncontent-length: %d\r\n\r\n" % len(data)
        connection.sendall(head + data)
        connection.recv(10)
        server.stop()
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_a_server_in_the_foreground_stops_by_a_signal(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    Server(live("Hello"), on_ready=lambda url: signal.raise_signal(number)).run()
    gc.unfreeze()
    assert signal.getsignal(number) is before
