"""A server elsewhere is asked; whatever answers instead of it is told in one line."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from mockgw.cli import remote as module
from mockgw.cli.remote import Gone, Refused, Remote
from mockgw.cli.where import Where
from mockgw.errors import MockgwError
from mockgw.server.listening import bind
from mockgw.server.runner import Server
from tests.support import exchanged, live, port_of

STREAM = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n\r\n"


def at(port: int, token: str = "") -> Remote:
    return Remote(Where("127.0.0.1", port), token)


@contextmanager
def answering(answer: bytes) -> Iterator[int]:
    """A port whose first visitor gets these bytes."""
    with bind("127.0.0.1", 0) as listening:
        answers = threading.Thread(target=_send, args=(listening, answer))
        answers.start()
        yield listening.getsockname()[1]
        answers.join()


def _send(listening: socket.socket, answer: bytes) -> None:
    connection, _ = listening.accept()
    with connection:
        connection.recv(10_000)
        connection.sendall(answer)


def events(remote: Remote) -> list[tuple[str, object] | None]:
    """What comes until the server goes."""
    found: list[tuple[str, object] | None] = []
    with pytest.raises(Gone, match=r" has gone$"), remote.events({}) as happening:
        found.extend((event.kind, event.data) if event else None for event in happening)
    return found


def test_a_journal_is_read() -> None:
    with Server(live("Hello")) as server:
        exchanged(server.url, b"GET /nowhere HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n")
        found = at(port_of(server.url)).journal({"status": "404", "limit": 5})
    assert [one["path"] for one in found["exchanges"]] == ["/nowhere"]


def test_events_and_comments_are_read_until_the_end() -> None:
    sent = b'retry: 5\n\n: still here\n\nid: 1\nevent: a\ndata: {"b": 1}\n\nevent: c\ndata: {}\n\nevent: cut'
    with answering(STREAM + sent) as port:
        assert events(at(port)) == [None, ("a", {"b": 1}), ("c", {})]


def test_a_stream_that_breaks_has_an_end_too() -> None:
    chunked = STREAM.replace(b"\r\n\r\n", b"\r\ntransfer-encoding: chunked\r\n\r\n")
    with answering(chunked + b"14\r\nevent: a\ndata: {}\n\n\r\nff\r\nevent") as port:
        assert events(at(port)) == [("a", {})]


def test_a_server_that_is_silent_has_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SILENCE", 0.05)
    with bind("127.0.0.1", 0) as listening, pytest.raises(Gone, match=r"it took more than 0\.05 s$"):
        at(listening.getsockname()[1]).journal({})


def test_where_nobody_listens_is_told() -> None:
    with bind("127.0.0.1", 0) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(Gone, match=f"^no answer at http://127.0.0.1:{port}: Connection refused$"):
        at(port).journal({})


OTHERS = {
    "another program": b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 2\r\n\r\nHi",
    "no JSON": b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\nHi",
    "another error": b'HTTP/1.1 404 No\r\ncontent-type: application/json\r\ncontent-length: 12\r\n\r\n{"error":"?"}',
    "no HTTP": b"SSH-2.0-OpenSSH\r\n",
}


@pytest.mark.parametrize("answer", OTHERS.values(), ids=OTHERS)
def test_what_is_no_mockgw_is_told(answer: bytes) -> None:
    with answering(answer) as port, pytest.raises(MockgwError, match=r" is not mockgw$"):
        at(port).journal({})


def test_a_token_is_sent_and_asked_for() -> None:
    with Server(live("Hello", token="s3cret")) as server:
        port = port_of(server.url)
        assert at(port, "s3cret").journal({})["count"] == 0
        for token, found in (("", "none was given"), ("other", "another one was given")):
            with pytest.raises(
                Refused, match=rf"wants its token, and {found}; give it by --token or MOCKGW_TOKEN: "
            ) as told:
                at(port, token).journal({})
            assert told.value.kind == "token"


def test_nothing_that_a_stranger_says_moves_the_cursor() -> None:
    error = b'{"error":{"kind":"?","message":"\\u001b[2J\\u202egone"}}'
    head = b"HTTP/1.1 404 No\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(error)
    with answering(head + error) as port, pytest.raises(Refused) as told:
        at(port).journal({})
    assert str(told.value).isprintable()


def test_what_a_server_says_is_handed_on() -> None:
    with (
        Server(live("Hello")) as server,
        pytest.raises(Refused, match=r"unknown key 'statsu'; did you mean 'status'\?"),
    ):
        at(port_of(server.url)).journal({"statsu": "4xx"})
