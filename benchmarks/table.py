"""Table: what was measured, beside what was hoped for; as lines of Markdown."""

import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

OURS = "mockgw"
TITLES = {"mockgw": "mockgw", "bare": "bare uvicorn", "aimock": "aimock"}
WIDTHS = {"": 47, "mockgw": 9, "bare": 12, "aimock": 9, "ratio": 10, "goal": 37}
MET = {True: "yes", False: "no", None: "-"}
UNITS: dict[str, Callable[[float], str]] = {
    "/s": lambda figure: f"{figure:,.0f}/s",
    "ms": lambda figure: f"{figure:,.1f} ms" if abs(figure) < 10 else f"{figure:,.0f} ms",
    "MB": lambda figure: f"{figure / 1e6:,.1f} MB",
    "kB": lambda figure: f"{figure / 1e3:,.1f} kB",
    "%": lambda figure: f"{figure:.0%}",
    "x": lambda figure: f"{figure:.2f} x",
}

Round = dict[str, float]  # a server's name, and its figure


class Goal(Protocol):
    """Something that is hoped for."""

    def met(self, row: "Row") -> bool | None:
        """Whether it is; None if what it takes was not measured."""

    def words(self, row: "Row") -> str:
        """How it reads in the table."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: a figure of each server, round by round."""

    case: str
    title: str
    unit: str
    rounds: Sequence[Round]
    goals: tuple[Goal, ...] = ()

    def figure(self, server: str = OURS) -> float:
        """The median of the rounds."""
        return statistics.median(one[server] for one in self.rounds)

    def has(self, server: str) -> bool:
        return all(server in one for one in self.rounds)

    def ratios(self, server: str) -> list[float]:
        """Our figure over a server's, within each round, from the lowest to the highest."""
        return sorted(one[OURS] / one[server] for one in self.rounds)

    def ratio(self, server: str) -> float:
        return statistics.median(self.ratios(server))

    def difference(self, server: str) -> float:
        """How much more ours is, within a round."""
        return statistics.median(one[OURS] - one[server] for one in self.rounds)

    def plain(self) -> dict[str, Any]:
        """All of it as JSON has it."""
        beside = [server for server in self.rounds[0] if server != OURS]
        return {
            "case": self.case,
            "title": self.title,
            "unit": self.unit,
            "figures": {server: self.figure(server) for server in self.rounds[0]},
            "ratios": {server: self.ratios(server) for server in beside},
            "goals": {goal.words(self): goal.met(self) for goal in self.goals},
            "rounds": self.rounds,
        }


@dataclass(frozen=True, slots=True)
class AtLeast:
    """So many times as much as another server, or more."""

    times: float
    server: str

    def met(self, row: Row) -> bool | None:
        return row.ratio(self.server) >= self.times if row.has(self.server) else None

    def words(self, row: Row) -> str:
        return f"≥ {self.times:g} x {TITLES[self.server]}"


@dataclass(frozen=True, slots=True)
class AtMost:
    """So many times as much as another server, or less."""

    times: float
    server: str

    def met(self, row: Row) -> bool | None:
        return row.ratio(self.server) <= self.times if row.has(self.server) else None

    def words(self, row: Row) -> str:
        return f"≤ {self.times:g} x {TITLES[self.server]}"


@dataclass(frozen=True, slots=True)
class LittleMore:
    """As much as another server and so much more, or less."""

    more: float
    server: str

    def met(self, row: Row) -> bool | None:
        return row.difference(self.server) <= self.more if row.has(self.server) else None

    def words(self, row: Row) -> str:
        return f"≤ {TITLES[self.server]} + {UNITS[row.unit](self.more)}"


@dataclass(frozen=True, slots=True)
class Below:
    """Less than a limit."""

    limit: float

    def met(self, row: Row) -> bool | None:
        return row.figure() < self.limit

    def words(self, row: Row) -> str:
        return f"< {UNITS[row.unit](self.limit)}"


def header(servers: Sequence[str]) -> Iterator[str]:
    """The first two lines."""
    beside = [server for server in servers if server != OURS]
    yield _line(
        servers, "", [TITLES[server] for server in servers], [f"/ {TITLES[one]}" for one in beside], "goal", "met"
    )
    columns = 1 + len(servers) + len(beside) + 2
    yield "|" + "|".join(["---", *["--:"] * (columns - 3), "---", "---"]) + "|"


def line(row: Row, servers: Sequence[str]) -> str:
    """A row; what was not measured is left free."""
    show = UNITS[row.unit]
    figures = [show(row.figure(server)) if row.has(server) else "" for server in servers]
    ratios = [f"{row.ratio(one):.2f} x" if row.has(one) else "" for one in servers if one != OURS]
    goals = ", ".join(goal.words(row) for goal in row.goals)
    met = ", ".join(MET[goal.met(row)] for goal in row.goals)
    return _line(servers, row.title, figures, ratios, goals, met)


def _line(servers: Sequence[str], title: str, figures: list[str], ratios: list[str], goal: str, met: str) -> str:
    padded = [f"{text:>{WIDTHS[server]}}" for server, text in zip(servers, figures, strict=True)]
    beside = [f"{text:>{len(TITLES[one]) + 2}}" for one, text in zip(servers[1:], ratios, strict=True)]
    cells = [f"{title:<{WIDTHS['']}}", *padded, *beside, f"{goal:<{WIDTHS['goal']}}", met]
    return f"| {' | '.join(cells)} |"
