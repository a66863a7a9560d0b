"""Lint: what is wrong with scenarios, told before any request comes."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from textwrap import fill

import click

from mockgw.cli import options
from mockgw.cli.output import say
from mockgw.errors import Problem
from mockgw.lint.report import CODES, FORMATS, WARNINGS, Report, pictured

WIDTH = max(map(len, CODES))
TABLE = "\n".join(
    fill(
        f"{code:<{WIDTH}}  {meaning}{' (warning)' if code in WARNINGS else ''}",
        width=78,
        initial_indent="  ",
        subsequent_indent=" " * (WIDTH + 4),
    )
    for code, meaning in CODES.items()
)


@click.command(epilog=f"\b\nCodes:\n{TABLE}")
@options.paths
@click.option("--strict", is_flag=True, help="Warnings make the command fail too.")
@click.option(
    "--ignore",
    type=click.Choice(list(WARNINGS)),
    metavar="CODE",
    multiple=True,
    help="Leave out the warnings with this code; may be repeated. Errors cannot be left out.",
)
@options.format(*FORMATS, told="For people, programs or GitHub.")
def lint(paths: tuple[Path, ...], ignore: tuple[str, ...], format: str, *, strict: bool) -> int:
    """Check scenarios: the files and folders PATH, or those that come with mockgw.

    Every problem of every file is told at once, in the same words as by `mockgw serve`:

    \b
    weather.yaml:2:5: error: unknown key 'mach'; did you mean 'match'? [unknown-key]

    An error keeps mockgw from serving the file; a warning is about what most likely is not meant.

    \b
    mockgw lint weather.yaml tests/scenarios   files, and folders' .yaml and .yml
    mockgw lint --strict --ignore tool-input   warnings fail too, but for these
    mockgw lint --format json | jq .problems   {problems: [{file, line, column,
                                                code, severity, message}],
                                                files, errors, warnings}
    mockgw lint --format github scenarios      annotations in GitHub's workflows

    \b
    Exit codes:
      0  nothing is wrong, or there are only warnings
      1  there are errors, or, with --strict, warnings
      2  a flag is wrong
      3  a path is not there
    """
    from mockgw.lint.check import check  # the engine's imports are slow, and --help needs none

    checked = check(paths)
    report = Report(_without(checked.problems, ignore), len(checked.loaded.files), shipped=not paths)
    say(_shown(report, format))
    return int(any(strict or problem.severity == "error" for problem in report.problems))


def _without(problems: Sequence[Problem], ignored: Sequence[str]) -> list[Problem]:
    return [problem for problem in problems if problem.code not in ignored or problem.severity == "error"]


def _shown(report: Report, format: str) -> str:
    if format == "text" and sys.stdout is not None and sys.stdout.isatty():
        return pictured(report, coloured=not os.environ.get("NO_COLOR"))
    return FORMATS[format](report)
