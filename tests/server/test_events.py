"""The feed over HTTP: frames as they come, a comment when nothing happens, and an end for those who are too slow."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import closing

import httpx2
import pytest

from mockgw.control import feed as feed_module
from mockgw.server import events as module
from mockgw.server.runner import Server
from tests.clients.waiting import wait_until
from tests.support import body, live, port_of

RULES = "rules: [{match: {prompt: Hello}, reply: Hi}]"


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(live(RULES)) as server:
        yield server


def asked(server: Server) -> None:
    headers = {"x-api-key": "k"}
    httpx2.post(f"{server.url}/v1/messages", json=body(), headers=headers, trust_env=False).raise_for_status()


def frame(lines: Iterator[str]) -> dict[str, str]:
    """The next frame that is an event."""
    found: dict[str, str] = {}
    for line in lines:
        if not line and "event" in found:
            return found
        key, _, value = line.partition(": ")
        found[key] = value
    raise AssertionError("the feed has ended")


def test_events_come_as_they_happen_and_those_that_were_missed_later(server: Server) -> None:
    url = f"{server.url}/_mockgw/events"
    with httpx2.Client(trust_env=False) as client:
        with client.stream("GET", url) as answer:
            assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
            lines = answer.iter_lines()
            assert next(lines) == "retry: 1000"
            asked(server)
            kinds = [frame(lines)["event"] for _ in range(2)]
            last = frame(lines)
            assert [*kinds, last["event"]] == ["session.begun", "exchange.begun", "exchange.ended"]
        asked(server)
        with client.stream("GET", url, headers={"last-event-id": last["id"]}) as answer:
            assert frame(answer.iter_lines())["event"] == "exchange.begun"


def test_exchanges_are_chosen_as_in_the_journal(server: Server) -> None:
    url = f"{server.url}/_mockgw/events?session=default&status=4xx&unmatched"
    with httpx2.Client(trust_env=False) as client, client.stream("GET", url) as answer:
        lines = answer.iter_lines()
        next(lines)
        asked(server)
        client.post(f"{server.url}/v1/messages", json=body("Other"), headers={"x-api-key": "k"})
        told = [frame(lines) for _ in range(3)]
    assert [one["event"] for one in told] == ["session.begun", "exchange.begun", "exchange.ended"]
    assert '"refusal":"no_match"' in told[2]["data"]


def test_a_choice_that_cannot_be_read_is_refused(server: Server) -> None:
    refused = httpx2.get(f"{server.url}/_mockgw/events?statsu=4xx", trust_env=False)
    assert (refused.status_code, "did you mean 'status'?" in refused.json()["error"]["message"]) == (400, True)


def test_a_comment_shows_that_the_connection_lives(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "QUIET", 0.01)
    with httpx2.stream("GET", f"{server.url}/_mockgw/events", trust_env=False) as answer:
        assert ": still here" in answer.iter_lines()


def test_who_leaves_is_forgotten(server: Server) -> None:
    with httpx2.stream("GET", f"{server.url}/_mockgw/events", trust_env=False) as answer:
        lines = answer.iter_lines()  # what nobody holds is closed
        next(lines)
        assert len(server.control.feed._listeners) == 1
    wait_until(lambda: not server.control.feed._listeners, seconds=10, otherwise=lambda: "the listener stays")


def test_a_feed_ends_with_the_server() -> None:
    with closing(httpx2.Client(trust_env=False)) as client:
        with Server(live(RULES)) as server:
            answer = client.send(client.build_request("GET", f"{server.url}/_mockgw/events"), stream=True)
            lines = answer.iter_lines()
            next(lines)
        with pytest.raises(httpx2.TransportError):
            list(lines)


def test_who_takes_nothing_is_dropped_and_holds_up_nobody(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_module, "WAITING", 10)
    with socket.socket() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        slow.connect(("127.0.0.1", port_of(server.url)))
        slow.sendall(b"GET /_mockgw/events HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")
        wait_until(lambda: server.control.feed._listeners, seconds=10, otherwise=lambda: "nobody listens")
        flood(server)
        wait_until(lambda: not server.control.feed._listeners, seconds=10, otherwise=lambda: "the slow one stays")
    asked(server)


def flood(server: Server) -> None:
    """More events than all the buffers on the way hold."""
    feed = server.control.feed
    loop = server._uvicorn._loop
    assert loop is not None

    async def tell() -> None:
        for _ in range(5_000):
            if not feed._listeners:
                return
            feed._tell("session.begun", {"session": "x" * 10_000})
            await asyncio.sleep(0)

    asyncio.run_coroutine_threadsafe(tell(), loop).result(timeout=30)
