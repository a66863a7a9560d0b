"""Servers: what is compared, each a process on a CPU that the load does not use."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
START = 30.0  # seconds that a server may take to say that it is ready


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    name: str
    process: subprocess.Popen[bytes]
    port: int

    def cpu_seconds(self) -> float:
        """The CPU time of the whole process so far; where the system does not tell it, time as such."""
        if sys.platform != "linux":
            return time.perf_counter()
        return time.clock_gettime(~self.process.pid << 3 | 2)  # the clock of another process: clock_getcpuclockid(3)


def mockgw(time_scale: float) -> list[str]:
    """The command line as people use it: matching, usage, journal and log at their defaults."""
    command = [sys.executable, "-m", "mockgw", "serve", str(HERE / "bench.yaml")]
    return [*command, "--port", "0", "--time-scale", str(time_scale)]


def bare(folder: Path, time_scale: float) -> list[str]:
    return [sys.executable, str(HERE / "bare.py"), str(folder), str(time_scale)]


@contextmanager
def running(name: str, command: Sequence[str], folder: Path) -> Iterator[Server]:
    """Start a server and end it; its output goes to a file in the folder."""
    output = folder / f"{name}.log"
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MOCKGW_")}
    with output.open("wb") as sink:
        process = subprocess.Popen(command, stdout=sink, stderr=sink, env=environment)
    try:
        pin(process.pid, first=True)
        yield Server(name, process, _port(process, output))
    finally:
        process.terminate()
        process.wait()


def pin(pid: int, *, first: bool) -> None:
    """Keep a process on the first or the last CPU, where the system can and there are two."""
    if hasattr(os, "sched_setaffinity"):
        cpus = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(pid, {cpus[0 if first else -1]})


def _port(process: subprocess.Popen[bytes], output: Path) -> int:
    deadline = time.perf_counter() + START
    while process.poll() is None and time.perf_counter() < deadline:
        printed = output.read_text(encoding="utf-8")
        if "\nReady." in printed and (found := re.search(r"http://127\.0\.0\.1:(\d+)", printed)):
            return int(found[1])
        time.sleep(0.02)
    sys.exit(f"never ready: {' '.join(map(str, process.args))}\n{output.read_text(encoding='utf-8')}")  # type: ignore[arg-type]
