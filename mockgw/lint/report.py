"""Report: problems as lines for people, as JSON, and as annotations of GitHub's checks; and what each code means."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from mockgw.errors import MockgwError, Problem, ScenarioError
from mockgw.values import light
from mockgw.wording import counted

# What keeps a file from being used. The same code is never a warning.
ERRORS: Mapping[str, str] = {
    "bad-regex": "text that is no regular expression of Python's",
    "bad-template": "a template that cannot be read, or that no request can render",
    "duplicate-id": "two rules with one id",
    "duplicate-key": "a key that stands twice in one mapping",
    "empty-value": "a key or an item without a value",
    "impossible-answer": "an answer that cannot be made for any request that the rule takes",
    "impossible-fault": "a fault that cannot happen to the answer it stands beside",
    "misplaced-key": "a key that is known, but not here",
    "missing-key": "a key without which the others mean nothing",
    "same-name": "two files that would be the same scenario",
    "unknown-group": "a template that uses a group which no regular expression of its rule has",
    "unknown-key": "a key that does not exist",
    "unknown-name": "a name in a template that does not exist",
    "unknown-type": "a type of fault or delay that does not exist",
    "unreachable-rule": "a rule that no request gets to",
    "unreadable": "a file that cannot be read, or is too large",
    "wrong-value": "a value of another kind than its key takes",
    "yaml": "text that is not YAML, or YAML that scenarios do not take",
}
# What most likely is not meant.
WARNINGS: Mapping[str, str] = {
    "cut-text": "text that ends where YAML sees a comment",
    "doubtful-answer": "an answer that a client will hardly understand",
    "doubtful-expect": "more answers of a rule are expected than it gives",
    "doubtful-match": "a condition that looks for what no request has",
    "doubtful-provider": "a model that no provider has, or a state that none gets to",
    "doubtful-regex": "a regular expression that hardly finds what is meant, or flags everything",
    "endless-tool-call": "a tool call or a pause that is repeated for ever, since nothing follows it",
    "shadowed-rule": "a rule of which a part is answered by rules before it",
    "tool-input": "a call of one of Claude Code's own tools with arguments that it refuses",
    "unreachable-answer": "an answer in a list that never comes",
}
CODES: Mapping[str, str] = dict(sorted({**ERRORS, **WARNINGS}.items()))

BOLD, RED, YELLOW, PLAIN = "\x1b[1m", "\x1b[31m", "\x1b[33m", "\x1b[0m"
COLOURS = {"error": RED, "warning": YELLOW}
WIDEST = 100  # characters of a line of the file that are shown
BEFORE = 60  # of them at most before the place


@light
class Report:
    """What was found in so many files."""

    problems: Sequence[Problem]
    files: int
    shipped: bool = False  # nothing was named, so these are the scenarios that come with mockgw

    def count(self, severity: str) -> int:
        return sum(problem.severity == severity for problem in self.problems)

    @property
    def summary(self) -> str:
        """The last line."""
        files = counted(self.files, "file") + (" of mockgw's own" if self.shipped else "")
        counts = [counted(self.count(kind), kind) for kind in ("error", "warning") if self.count(kind)]
        advice = "; name files or folders to check yours" if self.shipped else ""
        return f"{files}: {', '.join(counts) or 'nothing to complain about'}{advice}"


def problem_line(problem: Problem) -> str:
    """One problem in one line: `file:line:column: error: what is wrong [code]`."""
    return _printable(f"{problem.place}: {problem.severity}: {problem.message} [{problem.code}]")


def error_lines(error: MockgwError) -> tuple[str, ...]:
    """What a command ends with that somebody's mistake has kept from its work."""
    if isinstance(error, ScenarioError):
        return tuple(map(problem_line, error.problems))
    return (f"mockgw: {error}",)


def text(report: Report) -> str:
    """A line for each problem, and the summary."""
    return "\n".join([*map(problem_line, report.problems), report.summary])


def pictured(report: Report, *, coloured: bool) -> str:
    """As `text`, with a look at the place of each problem: for people at a terminal."""
    sources: dict[Path, list[str]] = {}
    told = [part for problem in report.problems for part in _pictured(problem, sources)]
    shown = "\n".join([*told, f"{BOLD}{report.summary}{PLAIN}"])
    return shown if coloured else _without_colour(shown)


def json(report: Report) -> str:
    """One object: `problems`, and how many `files`, `errors` and `warnings` there are."""
    counts = {"files": report.files, "errors": report.count("error"), "warnings": report.count("warning")}
    return orjson.dumps({"problems": list(map(_as_json, report.problems)), **counts}).decode()


def github(report: Report) -> str:
    """Workflow commands, which GitHub shows beside the lines of a change; and the summary."""
    return "\n".join([*map(_command, report.problems), report.summary])


FORMATS: Mapping[str, Callable[[Report], str]] = {"text": text, "json": json, "github": github}


def _printable(text: str) -> str:
    """Nothing in a file's name or keys can move the cursor or begin a line."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


def _pictured(problem: Problem, sources: dict[Path, list[str]]) -> list[str]:
    colour = COLOURS[problem.severity]
    place, kind, told = (_printable(part) for part in (problem.place, problem.severity, problem.message))
    head = f"{BOLD}{place}:{PLAIN} {colour}{kind}:{PLAIN} {told} [{_printable(problem.code)}]"
    return [head, *(f"    {part}" for part in _picture(problem, sources))]


def _picture(problem: Problem, sources: dict[Path, list[str]]) -> list[str]:
    """The line of the file and a caret below the place; nothing when it cannot be shown."""
    if problem.line is None or problem.column is None:
        return []
    if problem.path not in sources:
        sources[problem.path] = _lines(problem.path)
    lines = sources[problem.path]
    if problem.line > len(lines) or not lines[problem.line - 1].strip():
        return []
    return _around(lines[problem.line - 1], problem.column - 1)


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError:
        return []


def _around(line: str, column: int) -> list[str]:
    """As much of a line as fits, and where the column is."""
    start = max(0, column - BEFORE) if len(line) > WIDEST else 0
    seen = "".join(sign if sign.isprintable() else " " for sign in line[start : start + WIDEST])
    return [seen.rstrip(), " " * (column - start) + "^"]


def _without_colour(text: str) -> str:
    for code in (BOLD, RED, YELLOW, PLAIN):
        text = text.replace(code, "")
    return text


def _as_json(problem: Problem) -> dict[str, Any]:
    names = ("line", "column", "code", "severity", "message")
    return {"file": str(problem.path), **{name: getattr(problem, name) for name in names}}


def _command(problem: Problem) -> str:
    where = {"file": problem.path, "line": problem.line, "col": problem.column, "title": problem.code}
    properties = ",".join(f"{name}={_property(value)}" for name, value in where.items() if value is not None)
    return f"::{problem.severity} {properties}::{_data(problem.message)}"


def _data(value: object) -> str:
    """Escaped as GitHub's runner wants it."""
    return str(value).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: object) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")
