"""Load: asks one server as fast as it answers, or so many paced streams at once; checks every answer. Run by run.py."""

import argparse
import asyncio
import contextlib
import json
import re
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from cases import CASES, STEP, Case

CONCURRENCY = 32
RAMP = 1.0  # seconds in which paced streams are opened, one after the other
PATIENCE = 60.0  # seconds beyond its time after which a run has failed
DELTA = b'"text_delta"'
LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
LAST_CHUNK = b"\r\n0\r\n\r\n"


class WrongAnswer(Exception):
    """An answer that a benchmark must not count."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a right answer is."""

    size_bytes: int
    deltas: int
    ending: bytes

    @classmethod
    def of(cls, case: Case, size_bytes: int) -> "Expected":
        ending = b'event: message_stop\ndata: {"type":"message_stop"}\n\n' if case.stream else b"}"
        return cls(size_bytes, case.deltas, ending)

    def check(self, received: bytes) -> None:
        head, _, rest = received.partition(b"\r\n\r\n")
        body = rest if LENGTH.search(head) else unchunked(rest)
        found = (head[9:12], len(body), body.count(DELTA), body[-len(self.ending) :])
        expected = (b"200", self.size_bytes, self.deltas, self.ending)
        if found != expected:
            raise WrongAnswer(f"expected status, size, deltas, end {expected}, found {found}: {received[:1000]!r}")


def unchunked(data: bytes) -> bytes:
    """A chunked body, put together."""
    parts: list[bytes] = []
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


@dataclass(slots=True)
class Stream:
    """When a request was sent, and when each delta of its answer came."""

    asked: float
    stamps: list[float] = field(default_factory=list)
    searched: int = 0

    def note(self, received: bytearray, now: float) -> None:
        while (found := received.find(DELTA, self.searched)) >= 0:
            self.stamps.append(now)
            self.searched = found + len(DELTA)

    def drifts(self, step: float) -> list[float]:
        """How late each delta came, against a schedule that counts from the request."""
        return [stamp - self.asked - number * step for number, stamp in enumerate(self.stamps)]


class Connection(asyncio.Protocol):
    """One keep-alive connection: asks, checks the answer, and asks again as long as `again` says so."""

    def __init__(self, request: bytes, expected: Expected, again: Callable[[], bool], *, timed: bool = False) -> None:
        self._loop = asyncio.get_running_loop()
        self._request = request
        self._expected = expected
        self._again = again
        self._timed = timed
        self._received = bytearray()
        self.answers = 0
        self.ended: asyncio.Future[None] = self._loop.create_future()
        self.stream = Stream(0.0)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's own class is none by inheritance
        self._ask()

    def data_received(self, data: bytes) -> None:
        self._received += data
        if self._timed:
            self.stream.note(self._received, time.perf_counter())
        if is_whole(self._received):
            self._answered()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.ended.done():
            self.ended.set_exception(WrongAnswer(f"the connection ended early, after {bytes(self._received)[:1000]!r}"))

    def _ask(self) -> None:
        self._received.clear()
        self.stream = Stream(time.perf_counter())  # uvloop's own clock counts milliseconds
        self._transport.write(self._request)

    def _answered(self) -> None:
        try:
            self._expected.check(bytes(self._received))
        except (WrongAnswer, ValueError) as problem:
            self._end(problem)
            return
        self.answers += 1
        if self._again():
            self._ask()
        else:
            self._end(None)

    def _end(self, problem: Exception | None) -> None:
        if self.ended.done():
            return  # the run was given up
        if problem:
            self.ended.set_exception(problem)
        else:
            self.ended.set_result(None)
        self._transport.close()


async def throughput(port: int, case: Case, expected: Expected, seconds: float) -> dict[str, Any]:
    """Ask on all connections until the time is over."""
    loop = asyncio.get_running_loop()
    started = loop.time()
    request = case.request()

    def connection() -> Connection:
        return Connection(request, expected, lambda: loop.time() - started < seconds)

    opened = [(await loop.create_connection(connection, "127.0.0.1", port))[1] for _ in range(CONCURRENCY)]
    await _all(opened, seconds)
    return {"answers": sum(connection.answers for connection in opened), "seconds": loop.time() - started}


async def paced(port: int, case: Case, expected: Expected, streams: int, time_scale: float) -> dict[str, Any]:
    """Open the streams in turn, each a single time, and say how late their deltas came."""
    loop = asyncio.get_running_loop()
    started = loop.time()
    request = case.request()
    opened: list[Connection] = []
    for number in range(streams):
        await asyncio.sleep(started + RAMP * time_scale * number / streams - loop.time())
        made = await loop.create_connection(
            lambda: Connection(request, expected, lambda: False, timed=True), "127.0.0.1", port
        )
        opened.append(made[1])
    await _all(opened, case.deltas * STEP * time_scale)
    late = sorted(drift for connection in opened for drift in connection.stream.drifts(STEP * time_scale))
    return {"answers": len(opened), "seconds": loop.time() - started, "drift_ms": _summary(late)}


async def _all(connections: list[Connection], seconds: float) -> None:
    await asyncio.wait_for(asyncio.gather(*(one.ended for one in connections)), seconds + PATIENCE)


def _summary(late: list[float]) -> dict[str, float]:
    percentiles = statistics.quantiles(late, n=100, method="inclusive")
    return {"p50": percentiles[49] * 1000, "p99": percentiles[98] * 1000, "max": late[-1] * 1000}


def _run(work: Any) -> Any:
    with contextlib.suppress(ImportError):  # faster where there is one
        import uvloop

        return uvloop.run(work)
    return asyncio.run(work)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("case", choices=CASES)
    parser.add_argument("port", type=int)
    parser.add_argument("size_bytes", type=int, help="of the body of a right answer")
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--streams", type=int, default=1)
    parser.add_argument("--time-scale", type=float, default=1.0)
    flags = parser.parse_args()
    case = CASES[flags.case]
    expected = Expected.of(case, flags.size_bytes)
    if case.paced:
        work = paced(flags.port, case, expected, flags.streams, flags.time_scale)
    else:
        work = throughput(flags.port, case, expected, flags.seconds)
    try:
        print(json.dumps(_run(work)))
    except (WrongAnswer, OSError, TimeoutError) as problem:
        sys.exit(f"{case.title}: {type(problem).__name__}: {problem}")


if __name__ == "__main__":
    main()
