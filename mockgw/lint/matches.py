"""Matches: conditions that can be read and yet look for what no request has."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mockgw.errors import Problem
from mockgw.lint.tools import TOOLS
from mockgw.scenario.chaos import Chaos
from mockgw.scenario.document import Path
from mockgw.scenario.model import Rule, Scenario

INDEX = re.compile(r"\[['\"]?(?P<step>-?\w+|\*)['\"]?\]")  # a step of a path, as other languages write it
ALTERNATIVES = ("all", "any", "none")


def doubtful(scenario: Scenario) -> Iterator[Problem]:
    """Paths as other languages write them, and names of tools where a result is asked for."""
    document = scenario.document
    for place in places(scenario):
        for path, match in _matches(document.at(place), place):
            for key in match.get("body", ()):
                if (meant := _meant(key)) != key:
                    told = f"a request has nothing at {key!r}; write {meant}"
                    yield document.warning(told, (*path, "body", key), "doubtful-match")
            if isinstance(name := match.get("tool_result"), str) and name in TOOLS:
                told = f"a result that is the text {name!r} is asked for; for that tool's write {{name: {name}}}"
                yield document.warning(told, (*path, "tool_result"), "doubtful-match")


def places(scenario: Scenario) -> Iterator[Path]:
    """Where a match is written: of a rule, and of what strikes at random."""
    matching: tuple[Rule | Chaos, ...] = (*scenario.rules, *scenario.chaos)
    return ((*one.path, "match") for one in matching if one.patterns)


def _matches(match: Mapping[str, Any], path: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """A match, and those in it."""
    yield path, match
    for key in ALTERNATIVES:
        for index, inner in enumerate(match.get(key, ())):
            yield from _matches(inner, (*path, key, index))


def _meant(path: str) -> str:
    """A path of the body with dots between its steps, and no root."""
    return INDEX.sub(r".\g<step>", path.removeprefix("$")).removeprefix(".")
