"""Clients: the tables of clients.md, written from clients.yaml (`make docs`)."""

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from docs.tables import MARKED

HERE = Path(__file__).parent
PAGE = HERE / "clients.md"
DATA = HERE / "clients.yaml"
PYPROJECT = HERE.parent / "pyproject.toml"
MANIFEST = HERE.parent / "tests" / "clients" / "package.json"
NAMES = {"python": "Python SDK", "typescript": "TypeScript SDK", "claude": "Claude Code"}
Cell = str | list[str]  # what comes of a fault, or what may


@dataclass(frozen=True, slots=True)
class Row:
    """A fault as people write it, and what each client makes of it, by the way in which it asks."""

    fault: Any
    cells: dict[str, dict[str, Cell]]

    @property
    def options(self) -> dict[str, Any]:
        """The fault as a mapping."""
        return {"type": self.fault} if isinstance(self.fault, str) else self.fault

    @property
    def name(self) -> str:
        """The fault in one line."""
        return yaml.safe_dump(self.fault, default_flow_style=True, sort_keys=False, width=1000).split("\n")[0]


@cache
def rows() -> list[Row]:
    """All that is written down."""
    return [Row(one.pop("fault"), one) for one in yaml.safe_load(DATA.read_text(encoding="utf-8"))]


def filled(page: str) -> str:
    """The page with every marked table written anew."""
    return MARKED.sub(lambda found: found[1] + "\n".join(TABLES[found[2]]()) + "\n" + found[3], page)


def streamed() -> Iterator[str]:
    return _table("stream", rows())


def event_by_event() -> Iterator[str]:
    """Only where it is not as in the table of `stream`."""
    return _table("iterate", [row for row in rows() if not row.cells["iterate"].items() <= row.cells["stream"].items()])


def in_one_piece() -> Iterator[str]:
    return _table("create", [row for row in rows() if "create" in row.cells])


def pinned() -> Iterator[str]:
    """The versions of the clients that the tests drive."""
    packages = json.loads(MANIFEST.read_text(encoding="utf-8"))["dependencies"]
    [python] = re.findall(r"anthropic==(\S+)", " ".join(_pinned_for_tests()))
    yield from ("| client | package | version |", "|---|---|---|")
    yield f"| {NAMES['python']} | `anthropic` | {python} |"
    for name, package in {"typescript": "@anthropic-ai/sdk", "claude": "@anthropic-ai/claude-code"}.items():
        yield f"| {NAMES[name]} | `{package}` | {packages[package]} |"


def _pinned_for_tests() -> list[str]:
    listed: list[str] = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["dependency-groups"]["dev"]
    return listed


def _table(way: str, some: list[Row]) -> Iterator[str]:
    clients = [client for client in NAMES if client in some[0].cells[way]]
    yield f"| fault | {' | '.join(NAMES[client] for client in clients)} |"
    yield "|---" * (len(clients) + 1) + "|"
    for row in some:
        yield f"| `{row.name}` | {' | '.join(_text(row.cells[way][client]) for client in clients)} |"


def _text(cell: Cell) -> str:
    return cell if isinstance(cell, str) else ", or ".join(cell)


TABLES = {"streamed": streamed, "event_by_event": event_by_event, "in_one_piece": in_one_piece, "pinned": pinned}


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
