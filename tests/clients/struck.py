"""Struck: what the clients make of each fault in docs/clients.yaml, in the words of the tables.

`python -m tests.clients.struck` asks them anew and writes down what they made of it.
"""

import json
import re
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from docs.clients import DATA, Cell, Row, rows
from tests.clients import driver, environments, serving, verdicts
from tests.clients.claude import Claude
from tests.clients.driver import Driver, Reply
from tests.clients.serving import Server
from tests.clients.verdicts import PIECES
from tests.clients.waiting import wait_until
from tests.support import ask, body, pipeline

# So that nobody waits for minutes. The SDKs wait for ten, and try twice more; Claude Code tries ten times more.
RETRIES = 1
TIMEOUT = 1.0
PATIENCE = 4.0  # seconds after which a client counts as one that waits for ever: more than two timeouts and a pause
CLAUDE_RETRIES = {"CLAUDE_CODE_MAX_RETRIES": str(RETRIES)}
CLAUDE_TIMEOUTS = {"API_TIMEOUT_MS": "2000", "CLAUDE_BYTE_STREAM_IDLE_TIMEOUT_MS": "10000"}  # the least it takes
SILENT = ("timeout", "stall")

WAYS = {
    "stream": ("python", "typescript", "claude"),
    "iterate": ("python", "typescript"),
    "create": ("python", "typescript"),
}
ABOUT = """\
# What the clients make of each fault, asked by `stream`, event by event (`iterate`), and in one piece (`create`).
# The tests hold it to the clients, and `python -m tests.clients.struck` writes it anew: a new row is its fault alone.

"""
ALWAYS = "; always struck: "
Verdict = tuple[str, int]


def scenario() -> str:
    """The rules for all rows: a fault that strikes once, and one that always does."""
    return json.dumps({"rules": [rule for row in rows() for rule in _rules(row)]})


def _rules(row: Row) -> list[dict[str, Any]]:
    always = {"prompt": f"always {row.name}"}
    where = always | ({"stream": True} if _of_streams_only(row) else {})
    return [
        {"match": {"prompt": f"once {row.name}"}, "text": PIECES, "fault": row.options | {"max_hits": 1}},
        {"match": where, "text": PIECES, "fault": row.options},
        *([{"match": always, "text": PIECES}] if where != always else []),
    ]


def _of_streams_only(row: Row) -> bool:
    gateway = pipeline(json.dumps({"text": PIECES, "fault": row.fault}))
    return ask(gateway, body(stream=False)).exchange.status == 400


def serve(folder: Path, *, isolated: bool = False) -> tuple[Server, Path]:
    """A server that strikes, and its journal."""
    written, journal = folder / "struck.yaml", folder / "journal.jsonl"
    written.write_text(scenario(), encoding="utf-8")
    return serving.start([str(written), "--journal", str(journal)], folder=folder, isolated=isolated), journal


def session(*words: str) -> str:
    return re.sub(r"\W+", "-", " ".join(words))


def cell(struck: Callable[[str], Verdict]) -> str:
    """What is made of a fault that strikes once and, if it was asked again, of one that always strikes."""
    once, tries = struck("once")
    always = struck("always")[0] if tries > 1 else once
    return once if once == always else once + ALWAYS + always


def holds(known: Cell | None, found: str | None) -> bool:
    """Whether a cell is true. Of a list each is true at times: which one is a race within the client."""
    return set((found or "").split(ALWAYS)) <= set(known) if isinstance(known, list) else known == found


@dataclass(frozen=True, slots=True)
class Sdk:
    """An SDK, with the server that strikes it."""

    name: str
    driver: Driver
    server: Server

    def cell(self, row: Row, way: str) -> str | None:
        """None for a fault that cannot strike an answer of this kind."""
        found = cell(lambda prompt: self._verdict(self._call(row, way, f"{prompt} {row.name}")))
        return None if found == "`BadRequestError`" else found

    def _call(self, row: Row, way: str, prompt: str) -> Reply:
        headers = {"x-mockgw-session": session(self.name, way, prompt)}
        options = {"base_url": self.server.url, "max_retries": RETRIES, "default_headers": headers}
        asked = {"model": "claude-opus-5-5", "max_tokens": 1000, "messages": [{"role": "user", "content": prompt}]}
        return self.driver.call(way, options=options | self._patience(row), arguments=asked)

    def _patience(self, row: Row) -> dict[str, Any]:
        strict = {"_strict_response_validation": False} if self.name == "python" else {"patience": PATIENCE}
        return strict | ({"timeout": TIMEOUT} if row.options["type"] in SILENT else {})

    def _verdict(self, reply: Reply) -> Verdict:
        tries = reply.retries + 1
        return verdicts.of_sdk(reply) + verdicts.on_try(tries), tries


@dataclass(frozen=True, slots=True)
class Agent:
    """Claude Code, with the server that strikes it and the server's journal."""

    claude: Claude
    server: Server
    journal: Path

    def cell(self, row: Row, way: str) -> str:
        return cell(lambda prompt: self._verdict(row, f"{prompt} {row.name}"))

    def _verdict(self, row: Row, prompt: str) -> Verdict:
        headers = {"ANTHROPIC_CUSTOM_HEADERS": f"x-mockgw-session: {session(prompt)}"}
        settings = headers | CLAUDE_RETRIES | (CLAUDE_TIMEOUTS if row.options["type"] in SILENT else {})
        run = self.claude.ask(self.server, prompt, **settings)
        streams = self._streams(session(prompt), 1 + len(run.retries))
        tries = len(streams)
        return verdicts.of_claude(run) + verdicts.on_try(tries) + ("" if streams[-1] else ", without `stream`"), tries

    def _streams(self, name: str, least: int) -> list[bool]:
        """Of each request in a session, whether it asked for a stream; there are so many at least."""

        def found() -> list[bool]:
            lines = map(json.loads, self.journal.read_text(encoding="utf-8").splitlines())
            return [line["stream"] for line in lines if line["session"] == name]

        wait_until(lambda: len(found()) >= least, seconds=5, otherwise=lambda: f"the journal lacks some of {name}")
        return found()


class Asked(Protocol):
    def cell(self, row: Row, way: str) -> str | None: ...


def entry(row: Row, clients: Mapping[str, Asked]) -> str:
    """A row as it stands in the file."""
    lines = [f"- fault: {row.name}"]
    for way, names in WAYS.items():
        cells = {name: _kept(row.cells.get(way, {}).get(name), clients[name].cell(row, way)) for name in names}
        known = [f"    {name}: {json.dumps(cell, ensure_ascii=False)}" for name, cell in cells.items() if cell]
        lines += [f"  {way}:", *known] if known else []
    return "\n".join(lines) + "\n"


def _kept(known: Cell | None, found: str | None) -> Cell | None:
    return known if holds(known, found) else found


def main() -> None:
    """Ask them all, one after the other; it takes some minutes."""
    with TemporaryDirectory() as scratch, ExitStack() as stack:
        clients = _started(Path(scratch), stack)
        DATA.write_text(ABOUT + "\n".join(entry(row, clients) for row in rows()), encoding="utf-8")


def _started(folder: Path, stack: ExitStack) -> dict[str, Asked]:
    for name in ("open", "closed", "home", "work"):
        (folder / name).mkdir()
    server, _ = serve(folder / "open")
    offline, journal = serve(folder / "closed", isolated=serving.can_isolate())
    python = driver.start(driver.python(sys.executable), home=folder)
    typescript = driver.start(driver.typescript(), home=folder)
    for started in (server, offline, python, typescript):
        stack.callback(started.stop)
    claude = Claude(environments.node().claude, folder / "home", folder / "work")
    return {
        "python": Sdk("python", python, server),
        "typescript": Sdk("typescript", typescript, server),
        "claude": Agent(claude, offline, journal),
    }


if __name__ == "__main__":
    main()
