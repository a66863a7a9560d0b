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
from tests.clients import driver, environments, serving
from tests.clients.claude import Claude, Run
from tests.clients.driver import Driver, Reply
from tests.clients.serving import Server
from tests.support import ask, body, pipeline

PIECES = ["It is ", "sunny ", "until ", "noon."]
WHOLE = "".join(PIECES)

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
FIRST_WORDS = re.compile(r"(?<!authenticate)\. |; | — | fetching ")

ALWAYS = "; always struck: "
Verdict = tuple[str, int]


def scenario() -> str:
    """The rules for all rows: a fault that strikes once, and one that always does."""
    return json.dumps({"rules": [rule for row in rows() for rule in _rules(row)]})


def _rules(row: Row) -> list[dict[str, Any]]:
    fault = {"type": row.fault} if isinstance(row.fault, str) else row.fault
    always = {"prompt": f"always {row.name}"}
    where = always | ({"stream": True} if _of_streams_only(row) else {})
    return [
        {"match": {"prompt": f"once {row.name}"}, "text": PIECES, "fault": fault | {"max_hits": 1}},
        {"match": where, "text": PIECES, "fault": fault},
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
        return strict | ({"timeout": TIMEOUT} if is_silent(row) else {})

    def _verdict(self, reply: Reply) -> Verdict:
        parts = [received(reply), failure(reply.error)]
        tries = reply.retries + 1
        return (", then ".join(filter(None, parts)) or "nothing") + (f" on try {tries}" if tries > 1 else ""), tries


def is_silent(row: Row) -> bool:
    return row.name.removeprefix("{type: ").partition(",")[0] in SILENT


def received(reply: Reply) -> str:
    """What an application has in hands: the message or, without one, the pieces that it has seen."""
    if reply.value is None:
        return quoted("".join(reply.deltas))
    if not isinstance(reply.value, dict):
        return "a string instead of a message"
    if not reply.value.get("content"):
        return "a message without content"
    text = "".join(block["text"] for block in reply.value["content"])
    return quoted(text) + ("" if reply.value["stop_reason"] else " without a stop reason")


def failure(error: dict[str, Any]) -> str:
    """The exception, with its module if it is not the SDK's own."""
    if not error:
        return ""
    name, module = error["classes"][0], error["module"]
    if name in ("APIUserAbortError", "DOMException"):
        return "waits"
    return f"`{name}`" if module in ("", "anthropic", "builtins") else f"`{module}.{name}`"


def quoted(text: str) -> str:
    return "whole" if text == WHOLE else text and f"“{text.strip()}”"


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
        settings = headers | CLAUDE_RETRIES | (CLAUDE_TIMEOUTS if is_silent(row) else {})
        run = self.claude.ask(self.server, prompt, **settings)
        streams = self._streams(session(prompt))
        tries = f" on try {len(streams)}" if len(streams) > 1 else ""
        return printed(run) + tries + ("" if streams[-1] else ", without `stream`"), len(streams)

    def _streams(self, name: str) -> list[bool]:
        """Of each request in a session, whether it asked for a stream."""
        lines = map(json.loads, self.journal.read_text(encoding="utf-8").splitlines())
        return [line["stream"] for line in lines if line["session"] == name]


def printed(run: Run) -> str:
    """What the client says at its end; of an error the first words."""
    if not run.result["is_error"]:
        return quoted(run.text) + ("" if run.result["stop_reason"] else " without a stop reason")
    assert run.exit_code == 1
    return f"`{FIRST_WORDS.split(run.text)[0]}`"


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
