import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from mockgw.cli import healthcheck
from mockgw.server.listening import bind
from mockgw.server.runner import Server
from tests.cli.commands import Run, loaded_by
from tests.support import live, port_of


@contextmanager
def answering(answer: bytes) -> Iterator[int]:
    """A port whose first visitor gets these bytes."""
    with bind("127.0.0.1", 0) as listening:
        answers = threading.Thread(target=lambda: _send(listening, answer))
        answers.start()
        yield listening.getsockname()[1]
        answers.join()


def _send(listening: socket.socket, answer: bytes) -> None:
    connection, _ = listening.accept()
    with connection:
        connection.recv(1000)
        connection.sendall(answer)


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "localhost"])
def test_a_server_that_answers_is_well(run: Run, host: str) -> None:
    with Server(live("Hello")) as server:
        done = run("healthcheck", MOCKGW_HOST=host, MOCKGW_PORT=str(port_of(server.url)))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


OTHERS = {
    "another program": b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nHello!",
    "no HTTP": b"SSH-2.0-OpenSSH\r\n",
    "nothing": b"",
}


@pytest.mark.parametrize("answer", OTHERS.values(), ids=OTHERS)
def test_what_is_no_mockgw_is_told(run: Run, answer: bytes) -> None:
    with answering(answer) as port:
        done = run("healthcheck", "--port", str(port))
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)


def test_where_nobody_listens_is_told(run: Run) -> None:
    with bind("127.0.0.1", 0) as listening:
        port = listening.getsockname()[1]
    done = run("healthcheck", "--port", str(port))
    assert (done.returncode, done.stderr) == (1, f"mockgw: no answer at http://127.0.0.1:{port}: Connection refused\n")


def test_a_server_that_is_not_ready_is_not_waited_for(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(healthcheck, "PATIENCE", 0.05)
    with bind("127.0.0.1", 0) as listening:
        done = run("healthcheck", "--port", str(listening.getsockname()[1]))
    assert (done.returncode, done.stderr.split(": ")[-1]) == (1, "it took more than 0.05 s\n")


@pytest.mark.parametrize("host", ["a" * 70, "a b", ""], ids=["long", "a blank", "empty"])
def test_a_host_that_is_none_is_told(run: Run, host: str) -> None:
    done = run("healthcheck", "--host", host, "--port", "1")
    assert (done.returncode, done.stderr) == (1, f"mockgw: no answer at http://{host}:1: there is no such host\n")


def test_it_is_quick() -> None:
    assert loaded_by("import mockgw.cli.healthcheck", "pydantic", "uvicorn", "mockgw.scenario.library") == "[]"
