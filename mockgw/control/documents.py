"""Documents: what comes in the scenario language while a server runs, as data or as YAML, checked as files are."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path as File
from typing import Any

from mockgw.errors import Problem, ScenarioError
from mockgw.lint.check import problems
from mockgw.notation import shown
from mockgw.scenario import document, loader
from mockgw.scenario.chaos import HEADER, KINDS, NONE, Chaos, NoChaos, of_header
from mockgw.scenario.composer import MAX_VALUES, Path, Place
from mockgw.scenario.document import MAX_BYTES, Document
from mockgw.scenario.hints import MAX_DEPTH
from mockgw.scenario.model import Rule, Scenario
from mockgw.values import light

BESIDE_RULES = ("rules", "defaults", "description", "version", "$schema")
INT64 = range(-(2**63), 2**64)  # what JSON encoders take, signed or not
ANY_REPLY = {"text": "-"}
_FILE_NAME = re.compile(r"[^\n{}:]*\.ya?ml\s*")
_WORD = re.compile(r"[\w$-]+")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


@light
class Accepted:
    """What can be used, and what is doubtful in it."""

    scenario: Scenario
    warnings: tuple[Problem, ...]


def rules_of(value: Any, name: str) -> tuple[Rule, ...]:
    """One rule, a list of rules, `{rules: […]}`, or YAML text of one of them. ScenarioError names every problem.

    `name` is what errors and explanations call it.
    """
    return accepted_rules(value, name).scenario.rules


def accepted_rules(value: Any, name: str) -> Accepted:
    """As `rules_of`, with what is doubtful."""
    return _accepted(_source(value, name), _as_rules)


def scenario_of(value: Any, name: str) -> Scenario:
    """A whole scenario: what a file holds, as data or as YAML text. ScenarioError names every problem."""
    return accepted_scenario(value, name).scenario


def accepted_scenario(value: Any, name: str) -> Accepted:
    """As `scenario_of`, with what is doubtful."""
    found = _accepted(_source(value, name), lambda source: source)
    return replace(found, scenario=replace(found.scenario, name=name))


def chaos_of(value: Any) -> Chaos:
    """What strikes: what the header x-mockgw-fault takes, or an entry of `chaos`, as data or as YAML text.

    `truncate`, `error:429`, `delay:2s`, `{type: truncate, at: {event: 5}}`, `{error: 429, rate: 0.5, match: {…}}`.
    ScenarioError names every problem.
    """
    if isinstance(value, str) and not _is_mapping(value):
        return _named(value)
    return _accepted(_source(value, "fault"), _as_chaos).scenario.chaos[0]


def _is_mapping(text: str) -> bool:
    return text.lstrip().startswith(("{", "[")) or ": " in text or "\n" in text.strip()


def _named(text: str) -> Chaos:
    try:
        found = of_header(text)
    except NoChaos as problem:
        raise ScenarioError(str(problem), "fault", code="wrong-value") from None
    if found is None:
        raise ScenarioError(f"{NONE!r} is for the header {HEADER} of one request", "fault", code="wrong-value")
    return found


def _accepted(source: Document, prepare: Callable[[Document], Document]) -> Accepted:
    """What a document is; every problem is told with its place in what was given."""
    prepared = source
    try:
        prepared = prepare(source)
        scenario = loader.build(prepared)
        found = loader.in_order(problems(scenario))
        if errors := [problem for problem in found if problem.severity == "error"]:
            raise ScenarioError.of(errors)
    except ScenarioError as error:
        raise ScenarioError.of([told(problem, prepared) for problem in error.problems]) from None
    return Accepted(scenario, tuple(told(problem, prepared) for problem in found))


def _source(value: Any, name: str) -> Document:
    if not isinstance(value, str):
        return given(value, name)
    if _FILE_NAME.fullmatch(value):
        told = f"expected the scenario itself, found what looks like the name of a file: {shown(value.strip())}"
        raise ScenarioError(told, name, code="wrong-value")
    return document.parse(value, File(name))


def _as_rules(source: Document) -> Document:
    value = source.value
    if isinstance(value, list):
        return _moved(source, {"rules": value}, ("rules",))
    if not isinstance(value, dict):
        told = f"expected a rule, a list of rules or a mapping with 'rules', found {shown(value)}"
        raise source.error(told, code="wrong-value")
    if "rules" not in value:
        return _moved(source, {"rules": [value]}, ("rules", 0))
    for key in (key for key in value if key not in BESIDE_RULES and not key.startswith("x-")):
        told = f"{key!r} cannot stand beside rules that are put in front of a scenario's own: it belongs to a scenario"
        raise ScenarioError.of([source.key_problem(told, (key,), "misplaced-key")])
    return source


def _as_chaos(source: Document) -> Document:
    """As an entry of a scenario's chaos; a fault may stand alone."""
    value = source.value
    if isinstance(value, dict) and ("type" not in value or any(kind in value for kind in KINDS)):
        return _moved(source, {**ANY_REPLY, "chaos": [value]}, ("chaos", 0))
    return _moved(source, {**ANY_REPLY, "chaos": [{"fault": value}]}, ("chaos", 0, "fault"))


def _moved(source: Document, value: Any, to: Path) -> Document:
    """The same document inside of another; places are those of what was given."""

    def inside(places: Mapping[Path, Place]) -> dict[Path, Place]:
        return {(*to, *path): place for path, place in places.items()}

    above = {to[:length]: source.places[()] for length in range(len(to))}
    places, key_places = above | inside(source.places), inside(source.key_places)
    moved = replace(source, value=value, places=places, key_places=key_places)
    return replace(moved, above=len(to)) if isinstance(moved, Given) else moved


@light
class Given(Document):
    """A document that is data: its lines are but the numbers of its values. `above` of each path was not given."""

    above: int = 0

    def spot(self, path: Path) -> str:
        way = way_to(path[self.above :])
        return f"{self.path}{way if way.startswith('[') else f' {way}'}".strip()

    def where(self, path: Path) -> str:
        return way_to(path[self.above :])


def told(problem: Problem, source: Document) -> Problem:
    """A problem with the way to its value instead of a line, if it has none."""
    if not isinstance(source, Given) or problem.line is None:
        return problem
    path = next(path for path, place in source.places.items() if place[0] == problem.line)
    return replace(problem, line=None, column=None, at=way_to(path[source.above :]))


def way_to(path: Path) -> str:
    """`rules[0].match.prompt`, `headers["a b"]`."""
    return "".join(map(_step, path)).removeprefix(".")


def _step(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    return f".{step}" if _WORD.fullmatch(step) else f'["{step}"]'


def given(value: Any, name: str) -> Given:
    """Data as JSON has it, within the bounds of files; ScenarioError when it is no such thing."""
    walk = _Walk(name)
    plain = walk.taken(value, ())
    return Given(File(name), plain, walk.places)


class _Walk:
    """Takes data as JSON has it, within the bounds of files, and numbers every value."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._bytes = 0
        self.places: dict[Path, Place] = {}

    def taken(self, value: Any, path: Path) -> Any:
        self.places[path] = len(self.places) + 1, 1
        if len(self.places) > MAX_VALUES:
            raise self._error(f"holds more than {MAX_VALUES:,} values", ())
        if len(path) > MAX_DEPTH:
            raise self._error(f"nested deeper than {MAX_DEPTH} levels", path[:3])
        match value:
            case dict():
                return {self._text(key, path): self.taken(part, (*path, key)) for key, part in value.items()}
            case list() | tuple():
                return [self.taken(part, (*path, index)) for index, part in enumerate(value)]
        return self._scalar(value, path)

    def _scalar(self, value: Any, path: Path) -> Any:
        match value:
            case None | bool():
                return value
            case str():
                return self._text(value, path)
            case int() if int(value) in INT64:  # of a subclass a range would be searched one by one
                return value
            case float() if math.isfinite(value):
                return value
            case int() | float():
                raise self._error(f"this number is too large, or none: {shown(value)}", path)
        raise self._error(f"expected what JSON has, found {type(value).__name__}", path)

    def _text(self, value: Any, path: Path) -> str:
        if not isinstance(value, str):
            raise self._error(f"a key must be text, found {shown(value)}", path)
        if _LONE_SURROGATE.search(value):
            raise self._error("this text is no Unicode: half of a surrogate pair stands in it", path)
        self._bytes += len(value)
        if self._bytes > MAX_BYTES:
            raise self._error(f"is larger than {MAX_BYTES // 1024**2} MB", ())
        return value

    def _error(self, message: str, path: Path) -> ScenarioError:
        return ScenarioError(message, self._name, code="wrong-value", at=way_to(path))
