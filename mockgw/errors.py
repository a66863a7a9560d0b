"""Errors: what a person who configures mockgw did wrong.

    MockgwError
    ├── SettingsError    a flag, an environment variable, a file that is not there
    ├── PortInUseError   somebody else listens there
    └── ScenarioError    scenario files, with each Problem's line and column

What a *client* did wrong, or must see, is `mockgw.protocol.errors.ApiError`.
Anything else is a bug of ours and stays loud.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

MOST_LINES = 5  # that a message names


class MockgwError(Exception):
    """One clear message for the person at the terminal, and the exit code that goes with it."""

    exit_code = 1


class SettingsError(MockgwError):
    """A flag or an environment variable that cannot be used, or a path that is not there."""

    exit_code = 3


class PortInUseError(MockgwError):
    """The address cannot be listened on."""

    exit_code = 5


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a scenario, or likely so, and where: line and column count from 1.

    What was given as data has no lines; `at` is the way to it, such as `rules[0].match.prompt`.
    """

    message: str
    path: Path
    line: int | None = None
    column: int | None = None
    code: str = "yaml"
    severity: Literal["error", "warning"] = "error"
    at: str = ""

    @property
    def place(self) -> str:
        """`file:line:column`, as far as it is known."""
        if self.at:
            return self.at
        return ":".join(str(part) for part in (self.path, self.line, self.column) if part is not None)

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


class ScenarioError(MockgwError):
    """Scenarios that cannot be used: `file:line:column: what is wrong`, and how many problems more there are."""

    exit_code = 4

    def __init__(
        self,
        message: str,
        path: Path | str,
        line: int | None = None,
        column: int | None = None,
        *,
        code: str = "yaml",
        others: Sequence[Problem] = (),
        at: str = "",
    ) -> None:
        first = Problem(message, Path(path), line, column, code, at=at)
        self.problems = (first, *others)
        super().__init__(f"{first}{_and_more(first, others)}")

    @classmethod
    def of(cls, problems: Sequence[Problem]) -> Self:
        """One error for several problems, the first of them in front."""
        first, *others = problems
        return cls(first.message, first.path, first.line, first.column, code=first.code, others=others, at=first.at)


def _and_more(first: Problem, others: Sequence[Problem]) -> str:
    if not others:
        return ""
    if first.at:
        more = " …" if len(others) > MOST_LINES else ""
        return f" (and {len(others)} more: {', '.join(other.place for other in others[:MOST_LINES])}{more})"
    files = dict.fromkeys(str(other.path) for other in others)
    where = _lines(others) if list(files) == [str(first.path)] else f"in {', '.join(files)}"
    return f" (and {len(others)} more: {where})"


def _lines(problems: Sequence[Problem]) -> str:
    """`line 5`, `lines 5, 7 and 9`; the first few of many."""
    *several, last = dict.fromkeys(str(problem.line) for problem in problems)
    if len(several) >= MOST_LINES:
        return f"lines {', '.join(several[:MOST_LINES])} …"
    return f"lines {', '.join(several)} and {last}" if several else f"line {last}"
