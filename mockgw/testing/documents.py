"""Documents: what was given in Python, checked as a file is; its place is the line that gave it."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path as File
from types import FrameType

from mockgw.errors import Problem, ScenarioError
from mockgw.scenario import loader
from mockgw.scenario.chaos import Chaos
from mockgw.scenario.document import Document, Path
from mockgw.scenario.model import Rule, Scenario
from mockgw.testing.answers import Data
from mockgw.values import light

HERE = os.path.dirname(os.path.abspath(__file__))
ANY_REPLY = {"text": ""}


@light
class Line:
    """A line of Python."""

    file: str
    number: int


def calling_line() -> Line:
    """The line outside of this package that called it."""
    frame: FrameType = sys._getframe(1)
    while (outer := frame.f_back) is not None and os.path.dirname(frame.f_code.co_filename) == HERE:
        frame = outer
    return Line(_short(frame.f_code.co_filename), frame.f_lineno)


def _short(file: str) -> str:
    """As seen from where the program runs, if that is above it."""
    return os.path.relpath(file) if file.startswith(os.path.join(os.getcwd(), "")) else file


@light
class Given(Document):
    """Data that a line of Python gave; problems say where in it they are. `above` of each path was not given."""

    above: int = 0

    def problem(self, message: str, path: Path, code: str) -> Problem:
        return Document.problem(self, f"{message}{self._at(path)}", path, code)

    def key_problem(self, message: str, path: Path, code: str) -> Problem:
        return Document.problem(self, f"{message}{self._at(path[:-1])}", path, code)

    def _at(self, path: Path) -> str:
        way = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path[self.above :])
        return f" (in {way.removeprefix('.')})" if way else ""


def rule_of(data: Mapping[str, object], line: Line) -> Rule:
    """A rule, or ScenarioError with every problem in it."""
    [rule] = _checked({"rules": [dict(data)]}, line, above=2).rules
    return rule


def chaos_of(data: Data, line: Line) -> Chaos:
    """What may strike, or ScenarioError with every problem in it."""
    [chaos] = _checked({**ANY_REPLY, "chaos": [data]}, line, above=2).chaos
    return chaos


def _checked(value: Data, line: Line, above: int) -> Scenario:
    from mockgw.lint.check import problems  # it takes a while to import

    scenario = loader.build(Given(File(line.file), value, {(): (line.number, 1)}, above=above))
    errors = [problem for problem in problems(scenario) if problem.severity == "error"]
    if errors:
        raise ScenarioError.of(errors)
    return scenario
