"""Recording: each exchange on stdout or in files, for commands that answer requests."""

import asyncio
import os
import sys
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click

from mockgw.cli.options import option
from mockgw.cli.output import say, tell
from mockgw.journal import Exchange
from mockgw.lines import JournalFile, LineFile
from mockgw.log import text_line

FILE = click.Path(path_type=Path, dir_okay=False)
T = TypeVar("T")
Observer = Callable[[Exchange], None]


def journal(command: Any) -> Any:
    """The flag `--journal`; hand its value to `observers`."""
    told = "Append each exchange to this file, a line of JSON each; mockgw explain reads it."
    return option("--journal", type=FILE, metavar="FILE", help=told)(command)


def log(command: Any) -> Any:
    """The flag `--log`, for commands whose output is not their own; hand its value to `observers`."""
    return click.option("--log", type=FILE, metavar="FILE", help="Append a line for each request to this file.")(
        command
    )


def observers(*, journal: Path | None, log: Path | None = None) -> list[Observer]:
    """What writes into these files until the command ends, for a pipeline. SettingsError when one cannot be written."""
    keep = click.get_current_context().with_resource
    found: list[Observer] = []
    if journal is not None:
        found.append(keep(closing(JournalFile(journal, tell))))
    if log is not None:
        found.append(partial(_append, keep(closing(LineFile(log, "log", tell)))))
    return found


def text_lines() -> Callable[[Exchange], str]:
    """What makes the line of each exchange on stdout: in columns and colours if a person sees it, else plain."""
    forced = bool(os.environ.get("FORCE_COLOR"))
    if sys.stdout is None or not (forced or sys.stdout.isatty()):
        return text_line
    from mockgw.cli.screen import Screen, width_of  # a program needs none

    plainly = os.environ.get("NO_COLOR") or (os.environ.get("TERM") == "dumb" and not forced)
    return Screen(partial(width_of, sys.stdout), coloured=not plainly).line


class Printed:
    """Prints a line for each exchange, those of one turn of the event loop together: in one write, and sooner done."""

    def __init__(self, line: Callable[[Exchange], str]) -> None:
        self._line = line
        self._ended: list[Exchange] = []

    def __call__(self, exchange: Exchange) -> None:
        if not self._ended:
            asyncio.get_running_loop().call_soon(self.flush)
        self._ended.append(exchange)

    def in_turn(self, tell: Callable[[T], object], news: T) -> None:
        """Tell something else, behind all that has ended before."""
        self.flush()
        tell(news)

    def flush(self) -> None:
        """Print what is still to be printed."""
        if self._ended:
            ended, self._ended = self._ended, []
            say("\n".join(map(self._line, ended)))


def _append(file: LineFile, exchange: Exchange) -> None:
    file.append(f"{text_line(exchange)}\n".encode(errors="backslashreplace"))
