"""Servers: what is compared, each a process on a CPU that the load does not use."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from cases import SMALL, Case

HERE = Path(__file__).parent
START = 60.0  # seconds that a server may take until it answers
POLL = 0.002  # seconds between looks whether it does
HEADERS = {"content-type": "application/json", "x-api-key": "bench"}


@dataclass(frozen=True, slots=True)
class Program:
    """What can be started: its name in the table, and its command line for a port."""

    name: str
    command: Callable[[int], Sequence[object]]


@dataclass(frozen=True, slots=True)
class Server:
    """A running program."""

    name: str
    process: subprocess.Popen[bytes]
    port: int

    def cpu_seconds(self) -> float:
        """The CPU time of the whole process so far; where the system does not tell it, time as such."""
        if sys.platform != "linux":
            return time.perf_counter()
        return time.clock_gettime(~self.process.pid << 3 | 2)  # the clock of another process: clock_getcpuclockid(3)

    def memory_bytes(self) -> int:
        """What of it is in memory."""
        if sys.platform == "linux":
            return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        command = ["ps", "-o", "rss=", "-p", str(self.process.pid)]
        return int(subprocess.run(command, check=True, capture_output=True).stdout) * 1024

    def answer(self, case: Case) -> bytes:
        """The body of one answer."""
        status, body = asked(self.port, case, patience=60)
        if status != 200:
            sys.exit(f"{self.name}: {case.title}: {status}: {body.decode(errors='replace')}")
        return body


def mockgw(scenario: Path, time_scale: float) -> Program:
    """As people use it: matching, usage, journal and log at their defaults."""
    start = [sys.executable, "-m", "mockgw", "serve", scenario, "--time-scale", time_scale]
    return Program("mockgw", lambda port: [*start, "--port", port])


def bare(folder: Path, time_scale: float) -> Program:
    return Program("bare", lambda port: [sys.executable, HERE / "bare.py", port, folder, time_scale])


@contextmanager
def running(program: Program, *, pinned: bool = True) -> Iterator[Server]:
    """Start a program, wait until it answers, and end it."""
    port = free_port()
    command = [str(part) for part in program.command(port)]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MOCKGW_")}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=sys.stderr, env=environment)
    try:
        if pinned:
            pin(process.pid, first=True)
        _await(process, port)
        yield Server(program.name, process, port)
    finally:
        process.terminate()
        process.wait()


@contextmanager
def all_running(programs: Sequence[Program]) -> Iterator[list[Server]]:
    with ExitStack() as stack:
        yield [stack.enter_context(running(program)) for program in programs]


@contextmanager
def looked_at(server: Server) -> Iterator[None]:
    """Somebody has the console open: its page reads the feed of events, as often as here."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    connection.request("GET", "/_mockgw/events?every=250ms")
    feed = connection.getresponse()
    reader = Thread(target=_read, args=(feed,))
    reader.start()
    try:
        yield
        if not reader.is_alive():
            sys.exit(f"{server.name}: the feed of events ended while it was read")
    finally:
        assert connection.sock
        connection.sock.shutdown(socket.SHUT_RDWR)
        reader.join()
        connection.close()


def _read(feed: http.client.HTTPResponse) -> None:
    with suppress(OSError, http.client.HTTPException):
        while feed.read1():
            pass


def asked(port: int, case: Case, patience: float) -> tuple[int, bytes]:
    """Status and body of one answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=patience)
    try:
        connection.request("POST", case.path, case.body(), HEADERS)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def pin(pid: int, *, first: bool) -> None:
    """Keep a process on the first or the last CPU, where the system can and there are two."""
    if hasattr(os, "sched_setaffinity"):
        cpus = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(pid, {cpus[0 if first else -1]})


def _await(process: subprocess.Popen[bytes], port: int) -> None:
    """Wait for the first 200."""
    deadline = time.perf_counter() + START
    while process.poll() is None and time.perf_counter() < deadline:
        try:
            if asked(port, SMALL, START)[0] == 200:
                return
        except (OSError, http.client.HTTPException):
            time.sleep(POLL)
    sys.exit(f"never answered: {' '.join(map(str, process.args))}")  # type: ignore[arg-type]
