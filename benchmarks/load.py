"""Load: sends one request again and again, or once on so many connections, and checks every answer. Run by run.py.

It waits on plain sockets, so that it is several times quicker than a server that has to think.
"""

import argparse
import contextlib
import gc
import json
import re
import selectors
import socket
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PATIENCE = 60.0  # seconds of silence after which a run has failed
AT_ONCE = 256 * 1024  # bytes that are read at a time
DELTA = b'"text_delta"'
LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
LAST_CHUNK = b"\r\n0\r\n\r\n"
LAST_EVENT = b'event: message_stop\ndata: {"type":"message_stop"}\n\n'


class WrongAnswer(Exception):
    """An answer that a benchmark must not count."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a right answer is. One with deltas is a stream."""

    size_bytes: int | None
    deltas: int

    @property
    def ending(self) -> bytes:
        return LAST_EVENT if self.deltas else b"}"

    def check(self, received: bytes | bytearray) -> None:
        head, _, rest = received.partition(b"\r\n\r\n")
        body = rest if LENGTH.search(head) else unchunked(rest)
        size = None if self.size_bytes is None else len(body)
        found = (bytes(head[9:12]), size, body.count(DELTA), bytes(body[-len(self.ending) :]))
        expected = (b"200", self.size_bytes, self.deltas, self.ending)
        if found != expected:
            raise WrongAnswer(f"expected status, size, deltas, end {expected}, found {found}: {received[:1000]!r}")


def unchunked(data: bytes | bytearray) -> bytes:
    """A chunked body, put together."""
    parts: list[bytes | bytearray] = []
    start = 0
    while size := int(data[start : (line_end := data.index(b"\r\n", start))], 16):
        start = line_end + 2 + size + 2
        parts.append(data[line_end + 2 : start - 2])
    return b"".join(parts)


def is_whole(received: bytearray) -> bool:
    """Whether an answer has come to its end; one is under way at a time."""
    head_end = received.find(b"\r\n\r\n")
    if head_end < 0:
        return False
    length = LENGTH.search(received, 0, head_end)
    return len(received) >= head_end + 4 + int(length[1]) if length else received.endswith(LAST_CHUNK)


class Connection:
    """One keep-alive connection, with one request under way at a time."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = bytearray()
        self.stamps: list[float] = []
        self._searched = 0

    def ask(self, request: bytes) -> None:
        self.received = bytearray()
        self.socket.sendall(request)

    def receive(self) -> None:
        data = self.socket.recv(AT_ONCE)
        if not data:
            raise WrongAnswer(f"the connection ended early, after {bytes(self.received[:1000])!r}")
        self.received += data

    def note_deltas(self) -> None:
        """Write down when the deltas came that have just been read."""
        now = time.perf_counter()
        while (found := self.received.find(DELTA, self._searched)) >= 0:
            self.stamps.append(now)
            self._searched = found + len(DELTA)


class Load:
    """So many connections to one server, each with a request under way."""

    def __init__(self, port: int, request: bytes, expected: Expected) -> None:
        self._port = port
        self._request = request
        self._expected = expected
        self._waiting = selectors.DefaultSelector()
        self.answers = 0

    def throughput(self, connections: int, seconds: float) -> dict[str, Any]:
        """Ask on all connections until the time is over."""
        for _ in range(connections):
            self._open()
        began = time.perf_counter()
        under_way = connections
        while under_way:
            for connection in self._ready(PATIENCE):
                connection.receive()
                if not self._answered(connection):
                    continue
                if time.perf_counter() - began < seconds:
                    connection.ask(self._request)
                else:
                    self._close(connection)
                    under_way -= 1
        return {"answers": self.answers, "seconds": time.perf_counter() - began}

    def paced(self, streams: int, ramp: float, step: float) -> dict[str, Any]:
        """Open the streams in turn, each a single time, and say how late their last deltas came."""
        began = time.perf_counter()
        opened: list[Connection] = []
        while self.answers < streams:
            while len(opened) < streams and time.perf_counter() - began >= ramp * len(opened) / streams:
                opened.append(self._open())
            due = began + ramp * len(opened) / streams
            opening = len(opened) < streams
            patience = max(0.0, due - time.perf_counter()) if opening else PATIENCE
            for connection in self._ready(patience, strict=not opening):
                connection.receive()
                connection.note_deltas()
                if self._answered(connection):
                    self._close(connection)
        drifts = sorted(drift(connection.stamps, step) for connection in opened)
        return {"answers": self.answers, "seconds": time.perf_counter() - began, "drift_ms": summary(drifts)}

    def _open(self) -> Connection:
        connection = Connection(self._port)
        self._waiting.register(connection.socket, selectors.EVENT_READ, connection)
        connection.ask(self._request)
        return connection

    def _ready(self, patience: float, *, strict: bool = True) -> Iterator[Connection]:
        """The connections on which something has come."""
        ready = self._waiting.select(patience)
        if strict and not ready:
            raise TimeoutError(f"nothing has come for {patience:.0f} s")
        return (key.data for key, _ in ready)

    def _answered(self, connection: Connection) -> bool:
        """Whether the answer is whole; a wrong one ends the run."""
        if not is_whole(connection.received):
            return False
        self._expected.check(connection.received)
        self.answers += 1
        return True

    def _close(self, connection: Connection) -> None:
        self._waiting.unregister(connection.socket)
        connection.socket.close()


def drift(stamps: list[float], step: float) -> float:
    """How much longer a stream took from its first delta to its last than it should have, in seconds."""
    return stamps[-1] - stamps[0] - (len(stamps) - 1) * step


def summary(drifts: list[float]) -> dict[str, float]:
    """Milliseconds."""
    percentiles = statistics.quantiles(drifts, n=100, method="inclusive") if len(drifts) > 1 else drifts * 99
    return {"p50": percentiles[49] * 1000, "p99": percentiles[98] * 1000, "max": drifts[-1] * 1000}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("request", type=Path, help="a file with the whole request")
    parser.add_argument("--size", type=int, help="bytes of the body of a right answer; any when absent")
    parser.add_argument("--deltas", type=int, default=0, help="deltas of a right answer")
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--streams", type=int, help="paced streams at once, instead of the connections")
    parser.add_argument("--ramp", type=float, default=1.0, help="seconds in which they are opened, one after the other")
    parser.add_argument("--step", type=float, default=0.0, help="seconds between their deltas")
    return parser.parse_args()


def raise_open_files() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def main() -> None:
    flags = arguments()
    raise_open_files()
    gc.disable()
    load = Load(flags.port, flags.request.read_bytes(), Expected(flags.size, flags.deltas))
    try:
        if flags.streams:
            print(json.dumps(load.paced(flags.streams, flags.ramp, flags.step)))
        else:
            print(json.dumps(load.throughput(flags.connections, flags.seconds)))
    except (WrongAnswer, OSError, ValueError) as problem:
        sys.exit(f"{flags.request.name}: {type(problem).__name__}: {problem}")


if __name__ == "__main__":
    main()
