"""List: the scenarios that there are, and how to use one."""

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import orjson

from mockgw.cli import options
from mockgw.cli.output import say, tell
from mockgw.lint.report import problem_line
from mockgw.scenario.library import shipped
from mockgw.scenario.model import Scenario


@click.command("list")
@options.paths
@options.format()
def listing(paths: tuple[Path, ...], format: str) -> int:
    """Show the scenarios of the files and folders PATH, or those that come with mockgw.

    What is wrong with a file is told on stderr, in the words of `mockgw lint`; the others are shown all the same.

    \b
    mockgw list                        what comes with mockgw
    mockgw list scenarios              your own
    mockgw list --format json | jq .   [{name, description, rules, file}]

    \b
    Exit codes:
      0  all is well
      1  there are files with errors
      2  a flag is wrong
      3  a path is not there
    """
    from mockgw.lint.check import check  # the engine's imports are slow, and --help needs none

    checked = check(paths)
    for problem in checked.errors:
        tell(problem_line(problem))
    scenarios = list(checked.loaded.scenarios.values())
    say(_json(scenarios) if format == "json" else _text(scenarios, paths))
    return int(bool(checked.errors))


def _json(scenarios: Sequence[Scenario]) -> str:
    return orjson.dumps(list(map(_as_json, scenarios))).decode()


def _as_json(scenario: Scenario) -> dict[str, Any]:
    file = str(scenario.document.path)
    return {"name": scenario.name, "description": scenario.description, "rules": len(scenario.rules), "file": file}


def _text(scenarios: Sequence[Scenario], paths: Sequence[Path]) -> str:
    if not scenarios:
        return "There is no scenario that can be used."
    width = max(len(one.name) for one in scenarios)
    lines = [f"{one.name:<{width}}  {one.description}".rstrip() for one in scenarios]
    return "\n".join([*lines, "", *_advice(paths)])


def _advice(paths: Sequence[Path]) -> list[str]:
    """How to use one; and how to make one of mockgw's own yours."""
    serve = shlex.join(["mockgw", "serve", *map(str, paths)])
    use = f"Use one: {serve} --scenario NAME, or as the model claude-mock/NAME"
    return [use] if paths else [use, f"Copy one: mockgw init --from NAME; they are in {shipped()}"]
