"""Others: the tables of clients-others.md, written from clients-others.yaml (`make docs`)."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from docs.tables import MARKED

HERE = Path(__file__).parent
PAGE = HERE / "clients-others.md"
DATA = HERE / "clients-others.yaml"


@dataclass(frozen=True, slots=True)
class Other:
    """A client: its pins, the lines that lead it here, and what it makes of each kind of trouble."""

    client: str
    name: str
    pins: str
    line: str
    environment: str
    rate_limited: str
    overloaded: str
    out_of_credits: str
    no_match: str
    truncate: str
    error_event: str


@cache
def others() -> list[Other]:
    """All that is written down."""
    return [Other(**one) for one in yaml.safe_load(DATA.read_text(encoding="utf-8"))]


def filled(page: str) -> str:
    """The page with every marked table written anew."""
    return MARKED.sub(lambda found: found[1] + "\n".join(TABLES[found[2]]()) + "\n" + found[3], page)


def led() -> Iterator[str]:
    yield from ("| client | in one line | under `mockgw run --api-key` |", "|---|---|---|")
    yield from (f"| {one.name} | `{one.line}` | `{one.environment}` |" for one in others())


def pinned() -> Iterator[str]:
    yield from ("| client | versions |", "|---|---|")
    yield from (f"| {one.name} | {', '.join(f'`{pin}`' for pin in one.pins.split())} |" for one in others())


def refused() -> Iterator[str]:
    yield from ("| client | 429, then an answer | always 529 | 402 | no rule matches |", "|---|---|---|---|---|")
    for one in others():
        yield f"| {one.name} | {one.rate_limited} | {one.overloaded} | {one.out_of_credits} | {one.no_match} |"


def broken() -> Iterator[str]:
    yield from ("| client | `truncate` | `error_event` |", "|---|---|---|")
    yield from (f"| {one.name} | {one.truncate} | {one.error_event} |" for one in others())


TABLES = {"led": led, "pinned": pinned, "refused": refused, "broken": broken}


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
