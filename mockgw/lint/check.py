"""Check: every problem of every file, and the library if there is no error among them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mockgw.engine import template
from mockgw.errors import Problem, ScenarioError
from mockgw.scenario.library import Library, Loaded, chosen, load_files
from mockgw.scenario.model import Scenario

Rule = Callable[[Scenario], Iterable[Problem]]


def templates(scenario: Scenario) -> Iterable[Problem]:
    """Templates that cannot be read, and names in them that do not exist."""
    return template.problems(scenario.document)


RULES: tuple[Rule, ...] = (templates,)


@dataclass(frozen=True, slots=True)
class Report:
    """What was looked at, and all that was found: by file in the order of their naming, then by line."""

    loaded: Loaded
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.severity == "error"]

    @property
    def warnings(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.severity == "warning"]


def check(paths: Sequence[Path]) -> Report:
    """Files and folders; the shipped scenarios when none are named. SettingsError for a path that is not there."""
    loaded = load_files(paths)
    found = [*loaded.problems, *(problem for one in loaded.scenarios.values() for problem in problems(one))]
    order = {file: index for index, file in enumerate(loaded.files)}
    return Report(loaded, tuple(sorted(found, key=lambda p: (order.get(p.path, 0), p.line or 0, p.column or 0))))


def problems(scenario: Scenario) -> list[Problem]:
    """What is wrong with a scenario that could be loaded."""
    return [problem for rule in RULES for problem in rule(scenario)]


def open_checked(paths: Sequence[Path], scenario: str | None = None) -> tuple[Library, Report]:
    """The library that files make, and what was found in them. ScenarioError when there are errors."""
    report = check(paths)
    if report.errors:
        raise ScenarioError.of(report.errors)
    return chosen(report.loaded, paths, scenario), report
