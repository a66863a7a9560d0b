"""Soak test: many clients, all kinds of answers and faults, for a while. Every broken answer has to be in the log.

Clients check each answer: it is whole and right, or broken in a way that the line of its request names. Meanwhile the
server's memory, sockets and tasks are watched; at the end nothing may be left of any client.
"""

import argparse
import asyncio
import json
import os
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

import yaml
from soak_book import LOOKS, Book
from soak_client import Blocks, Client

HERE = Path(__file__).parent
SCENARIO = HERE / "soak.yaml"
WARMING = 0.1  # of the time, in which memory may grow: caches and pools are filled then
SAMPLES = 0.1  # of the samples of memory at the beginning and at the end are compared
LEFTOVERS = 5.0  # seconds that the server has to notice that all clients are gone
ENDING = 3.0  # seconds that it has to end
SHOWN = 10  # problems, of the same kind or not


@dataclass
class Server:
    """The server under test, seen from outside; it counts its tasks itself."""

    process: asyncio.subprocess.Process
    port: int
    book: Book
    tasks: int = 0
    memory: list[int] = field(default_factory=list)

    def memory_bytes(self) -> int:
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def sockets(self) -> int:
        return sum(_target(path).startswith("socket:") for path in Path(f"/proc/{self.process.pid}/fd").iterdir())

    async def listen(self) -> None:
        """Read what it prints until it ends."""
        assert self.process.stdout
        async for printed in self.process.stdout:
            line = json.loads(printed)
            match line["event"]:
                case "tasks":
                    self.tasks = line["tasks"]
                case "request":
                    self.book.log(line)


def _target(path: Path) -> str:
    try:
        return str(path.readlink())
    except OSError:  # closed meanwhile
        return ""


async def started(flags: argparse.Namespace, errors: TextIO) -> Server:
    command = [HERE / "soak_server.py", SCENARIO, flags.kept, flags.seed]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MOCKGW_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, *map(str, command), stdout=asyncio.subprocess.PIPE, stderr=errors, env=environment
    )
    assert process.stdout
    ready = await process.stdout.readline()
    if not ready:
        errors.seek(0)
        sys.exit(f"the server did not start\n{errors.read()}")
    return Server(process, int(json.loads(ready)["url"].rpartition(":")[2]), Book())


def texts() -> dict[str, Blocks]:
    """The blocks of the whole answer of every rule that has a fixed one."""
    rules = yaml.safe_load(SCENARIO.read_text(encoding="utf-8"))["rules"]
    return {rule["id"]: [*_blocks(rule.get("content", [rule]))] for rule in rules}


def _blocks(blocks: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for block in blocks:
        yield from ((kind, "".join(block[kind])) for kind in ("thinking", "text") if kind in block)


class Soak:
    """One run: clients ask until the time is over, while the server is watched."""

    def __init__(self, server: Server, flags: argparse.Namespace) -> None:
        self._server = server
        self._flags = flags
        self._began = time.perf_counter()

    @property
    def elapsed(self) -> float:
        return time.perf_counter() - self._began

    async def run(self) -> None:
        known, flags, book = texts(), self._flags, self._server.book
        clients = [Client(self._server.port, f"{flags.seed}-{number}", known) for number in range(flags.clients)]
        watching = [asyncio.create_task(self._sample()), asyncio.create_task(self._report())]
        try:
            await asyncio.gather(*(client.run(book.see, self._over, flags.think) for client in clients))
        finally:
            for task in watching:
                task.cancel()
        print(self._progress(), flush=True)

    def _over(self) -> bool:
        return self.elapsed >= self._flags.seconds or self._server.process.returncode is not None

    async def _sample(self) -> None:
        """Note the memory as soon as the journal is full and the server warm."""
        while True:
            if self._server.book.lines >= self._flags.kept and self.elapsed >= WARMING * self._flags.seconds:
                self._server.memory.append(self._server.memory_bytes())
            await asyncio.sleep(min(1.0, self._flags.seconds / 100))

    async def _report(self) -> None:
        while True:
            await asyncio.sleep(self._flags.every)
            print(self._progress(), flush=True)

    def _progress(self) -> str:
        server, book = self._server, self._server.book
        strikes = ", ".join(f"{name} {count:,}" for name, count in sorted(book.strikes.items()))
        return (
            f"{self.elapsed:6.0f} s  {book.requests:,} requests ({book.requests / self.elapsed:,.0f}/s)  "
            f"{server.memory_bytes() / 1e6:.1f} MB  {server.sockets()} sockets  {server.tasks} tasks  "
            f"{len(book.problems)} problems  {strikes}"
        )


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was to hold, and whether it does."""

    holds: bool
    words: str

    def __str__(self) -> str:
        return f"{'ok' if self.holds else 'FAILED':<8}{self.words}"


async def soak(flags: argparse.Namespace, errors: TextIO) -> list[Finding]:
    server = await started(flags, errors)
    listening = asyncio.create_task(server.listen())
    try:
        await _until(lambda: server.tasks > 0, LEFTOVERS)
        before = (server.sockets(), server.tasks)
        await Soak(server, flags).run()
        await _until(lambda: (server.sockets(), server.tasks) == before and not server.book.open, LEFTOVERS)
        after = (server.sockets(), server.tasks)
        ended = await _ended(server)
    finally:
        if server.process.returncode is None:
            server.process.kill()
    await listening
    server.book.close()
    return [*_of_answers(server.book), _of_memory(server, flags), *_of_leftovers(before, after), ended]


async def _until(true: Any, patience: float) -> None:
    deadline = time.perf_counter() + patience
    while not true() and time.perf_counter() < deadline:
        await asyncio.sleep(0.05)


async def _ended(server: Server) -> Finding:
    began = time.perf_counter()
    server.process.send_signal(signal.SIGTERM)
    try:
        code = await asyncio.wait_for(server.process.wait(), ENDING)
    except TimeoutError:
        return Finding(False, f"the server has not ended {ENDING:.0f} s after SIGTERM")
    return Finding(
        code == 0, f"the server ended {time.perf_counter() - began:.1f} s after SIGTERM, with exit code {code}"
    )


def _of_answers(book: Book) -> Iterator[Finding]:
    for found in book.problems[:SHOWN]:
        yield Finding(False, found)
    kinds = ", ".join(f"{kind} {count:,}" for kind, count in book.kinds.most_common())
    words = f"{book.requests:,} answers were whole, or broken as the log says: {kinds}"
    yield Finding(not book.problems and book.requests > 0, words)
    missing = LOOKS.keys() - book.strikes
    yield Finding(not missing or book.requests < 10_000, f"faults that never struck: {', '.join(missing) or 'none'}")


def _of_memory(server: Server, flags: argparse.Namespace) -> Finding:
    if not server.memory:
        return Finding(False, f"the journal was never full: {server.book.lines:,} requests, not {flags.kept:,}")
    few = max(1, int(len(server.memory) * SAMPLES))
    first, last = statistics.median(server.memory[:few]), statistics.median(server.memory[-few:])
    grown = last / first - 1
    words = f"memory grew by {grown:.1%} from {first / 1e6:.1f} MB when the journal was full; {flags.growth:.0%} may be"
    return Finding(grown <= flags.growth, words)


def _of_leftovers(before: tuple[int, int], after: tuple[int, int]) -> Iterator[Finding]:
    for number, name in enumerate(("sockets", "tasks")):
        yield Finding(after[number] == before[number], f"{name}: {before[number]} at first, {after[number]} at the end")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--seconds", type=float, default=600.0, help="how long clients ask")
    parser.add_argument("--clients", type=int, default=200, help="how many there are")
    parser.add_argument("--think", type=float, default=1.0, help="seconds, at most, between two requests of one")
    parser.add_argument("--kept", type=int, default=10_000, help="exchanges that the server's journal keeps")
    parser.add_argument("--growth", type=float, default=0.05, help="how much memory may grow once it is full")
    parser.add_argument("--seed", type=int, default=0, help="what clients ask for, and what strikes them")
    parser.add_argument("--every", type=float, default=5.0, help="seconds between two lines of progress")
    return parser.parse_args()


def main() -> None:
    flags = arguments()
    if sys.platform != "linux":
        sys.exit("the soak test looks into /proc, which only Linux has")
    with tempfile.TemporaryFile("w+", encoding="utf-8") as errors:
        findings = asyncio.run(soak(flags, errors))
        errors.seek(0)
        complaints = errors.read()
    findings.append(Finding(not complaints, f"complaints of the server: {complaints or 'none'}"))
    print(*findings, sep="\n")
    sys.exit(not all(finding.holds for finding in findings))


if __name__ == "__main__":
    main()
