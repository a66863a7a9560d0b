"""Refused: what Claude Code makes of each refusal in docs/validation.yaml, when its requests are made to be so.

`python -m tests.clients.refused` asks it anew, and writes down where it does not just say what it is told.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from docs.validation import ABSENT, DATA, TOLD, USUAL, Row, rows
from tests.clients import environments, serving
from tests.clients.claude import Claude, Run
from tests.clients.serving import Server, can_isolate

SCENARIO = "{reply: I went on., gateway: {dialect: anthropic, validate: strict}}"
LONGEST = 100_000  # of what the environment of a process takes in one piece
GOES_ON, OWN_WORDS, CANNOT = "goes on", "in its own words", "cannot be made to"
AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Asker:
    """Claude Code and a strict gateway; each row has a session of its own."""

    server: Server
    journal: Path
    folder: Path

    def outcome(self, row: Row, session: str) -> str:
        """What comes of a row, as docs/validation.yaml has it."""
        extra = json.dumps({name: value for name, value in row.body.items() if name in row.written and name != "model"})
        if ABSENT in (*row.written.values(), *row.headers.values()) or len(extra) > LONGEST:
            return CANNOT
        run = self._ask(row, session, extra)
        if row.says not in self._told(session):
            return CANNOT
        if not run.result["is_error"]:
            return GOES_ON
        return TOLD if row.says in run.text else OWN_WORDS

    def _ask(self, row: Row, session: str, extra: str) -> Run:
        home, folder = self.folder / session / "home", self.folder / session / "work"
        for one in (home, folder):
            one.mkdir(parents=True)
        sent = {"x-mockgw-session": session, **row.headers}
        betas = sent.pop("anthropic-beta", "")
        return Claude(environments.node().claude, home, folder).ask(
            self.server,
            "hello",
            *("--model", _model(row)),
            CLAUDE_CODE_EXTRA_BODY=extra,
            CLAUDE_CODE_MAX_RETRIES="0",
            ANTHROPIC_CUSTOM_HEADERS="\n".join(f"{name}: {text}" for name, text in sent.items()),
            **({"ANTHROPIC_BETAS": betas} if betas else {}),
        )

    def _told(self, session: str) -> list[str]:
        lines = map(json.loads, self.journal.read_text(encoding="utf-8").splitlines())
        return [line["message"] for line in lines if line["session"] == session]


def _model(row: Row) -> str:
    model = row.written.get("model")
    return model if isinstance(model, str) and model else str(USUAL["model"])


def serve(folder: Path) -> Asker:
    """A gateway for all rows, offline where that can be."""
    journal, scenario = folder / "journal.jsonl", folder / "strict.yaml"
    scenario.write_text(SCENARIO, encoding="utf-8")
    return Asker(
        serving.start([str(scenario), "--journal", str(journal)], folder=folder, isolated=can_isolate()),
        journal,
        folder,
    )


def sample(every: int) -> list[Row]:
    """Some of those that it can be made to send."""
    return [row for row in rows() if row.claude != CANNOT][::every]


def written(outcomes: Sequence[str]) -> Iterator[str]:
    """The file with new outcomes; a row without one is told word for word."""
    left = iter(outcomes)
    for chunk in _chunks(DATA.read_text(encoding="utf-8").splitlines()):
        kept = [line for line in chunk if not line.startswith("  claude: ")]
        if not kept[0].startswith("- "):
            yield from kept
            continue
        outcome = next(left)
        yield from _marked(kept, "" if outcome == TOLD else outcome)


def _chunks(lines: Sequence[str]) -> Iterator[list[str]]:
    """A row with all its lines, or a line that belongs to none."""
    chunk: list[str] = []
    for line in lines:
        if chunk and chunk[0].startswith("- ") and line.startswith("  "):
            chunk.append(line)
            continue
        if chunk:
            yield chunk
        chunk = [line]
    yield chunk


def _marked(row: list[str], outcome: str) -> Iterator[str]:
    plain = row[0].partition(", claude: ")[0] + ("}" if ", claude: " in row[0] else "")
    if row[0].startswith("- {"):
        yield f"{plain[:-1]}, claude: {outcome}}}" if outcome else plain
        return
    yield from row
    if outcome:
        yield f"  claude: {outcome}"


def main() -> None:
    with TemporaryDirectory() as folder:
        asker = serve(Path(folder))
        try:
            with ThreadPoolExecutor(AT_ONCE) as pool:
                outcomes = list(pool.map(asker.outcome, rows(), [f"row-{number}" for number in range(len(rows()))]))
        finally:
            asker.server.stop()
    DATA.write_text("\n".join(written(outcomes)) + "\n", encoding="utf-8")
    sys.stdout.write(
        "\n".join(f"{outcome:20}{row.says[:90]}" for row, outcome in zip(rows(), outcomes, strict=True)) + "\n"
    )


if __name__ == "__main__":
    main()
