"""Check: every problem of every file, and the library if there is no error among them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from mockgw.engine import template
from mockgw.errors import Problem, ScenarioError
from mockgw.lint import answers, expectations, faults, loops, matches, providers, reach, regexes
from mockgw.scenario.library import Library, Loaded, chosen, load_files
from mockgw.scenario.model import Scenario
from mockgw.values import light

MOST_PROBLEMS = 100  # of one file: with more, something else is wrong

LintRule = Callable[[Scenario], Iterable[Problem]]


def templates(scenario: Scenario) -> Iterable[Problem]:
    """Templates that cannot be read, and names in them that do not exist."""
    return template.problems(scenario.document)


def names(scenario: Scenario) -> Iterable[Problem]:
    """Names in templates that can be used, and what they cannot have."""
    if any(template.texts(scenario.document)):
        from mockgw.lint.names import unknown  # it takes Jinja2, which is slow to import

        yield from unknown(scenario)


def doubts(scenario: Scenario) -> Iterable[Problem]:
    """What is doubtful in the YAML itself."""
    return scenario.document.problems


RULES: tuple[LintRule, ...] = (
    doubts,
    templates,
    names,
    regexes.doubtful,
    matches.doubtful,
    expectations.doubtful,
    faults.impossible,
    answers.doubtful,
    reach.unreachable,
    loops.endless,
    providers.doubtful,
)


@light
class Checked:
    """What was looked at, and all that was found: by file in the order of their naming, then by line."""

    loaded: Loaded
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.severity == "error"]

    @property
    def warnings(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.severity == "warning"]


def check(paths: Sequence[Path]) -> Checked:
    """Files and folders; the shipped scenarios when none are named. SettingsError for a path that is not there."""
    loaded = load_files(paths)
    found = dict.fromkeys(loaded.problems)  # a file that is named twice has each of them once
    found |= dict.fromkeys(problem for one in loaded.scenarios.values() for problem in problems(one))
    return Checked(loaded, tuple(problem for file in dict.fromkeys(loaded.files) for problem in _first(found, file)))


def _first(found: Iterable[Problem], file: Path) -> list[Problem]:
    """Those of one file, by line; not more than people read."""
    of_file = sorted((one for one in found if one.path == file), key=lambda one: (one.line or 0, one.column or 0))
    if len(of_file) <= MOST_PROBLEMS + 1:
        return of_file
    kept, others = of_file[:MOST_PROBLEMS], of_file[MOST_PROBLEMS:]
    worst = min(others, key=lambda one: one.severity)
    return [*kept, replace(worst, message=f"{len(others):,} more from here on; mend those above first")]


def problems(scenario: Scenario) -> list[Problem]:
    """What is wrong with a scenario that could be loaded."""
    return [problem for rule in RULES for problem in rule(scenario)]


def open_checked(
    paths: Sequence[Path], scenario: str | None = None, said: str = "--scenario"
) -> tuple[Library, Checked]:
    """The library that files make, and what was found in them. ScenarioError when there are errors.

    `said` is what named the scenario.
    """
    checked = check(paths)
    if checked.errors:
        raise ScenarioError.of(checked.errors)
    return chosen(checked.loaded, paths, scenario, said), checked
