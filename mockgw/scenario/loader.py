"""Loader: a YAML file as a scenario, or every problem in it and where."""

from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path as File
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from mockgw.errors import Problem, ScenarioError
from mockgw.scenario import chaos, document, slips
from mockgw.scenario.document import Document
from mockgw.scenario.kinds import LISTS
from mockgw.scenario.model import Scenario, ScenarioForm, rules_of

if TYPE_CHECKING:
    from mockgw.scenario.gateway.terms import Terms


def load(path: File) -> Scenario:
    """The scenario in a file, or ScenarioError."""
    return build(document.read(path))


def parse(text: str | bytes, path: File) -> Scenario:
    """The scenario in a text; `path` gives it its name."""
    return build(document.parse(text, path))


def build(source: Document) -> Scenario:
    """The scenario that a document is, or ScenarioError with every problem in it."""
    form, problems = _read(source)
    if form is None or any(problem.severity == "error" for problem in problems):
        raise ScenarioError.of(in_order(problems))
    return Scenario(
        name=source.path.stem,
        description=form.description,
        rules=rules_of(form, source),
        dialect=form.gateway.dialect if form.gateway else None,
        version=blake2b(repr(source.value).encode(), digest_size=6).hexdigest(),
        chaos=chaos.of_scenario(form.chaos, source),
        document=source,
        terms=_terms(form, source),
    )


def _terms(form: ScenarioForm, source: Document) -> "Terms | None":
    if form.gateway is None:
        return None
    from mockgw.scenario.gateway import terms  # few scenarios have one, and it takes its time

    return terms.terms(form.gateway, source.value["gateway"])


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """As they stand in the file, and one for each place: what is wrong in two ways is mended once."""
    by_place: dict[tuple[int, int], Problem] = {}
    for problem in problems:
        by_place.setdefault((problem.line or 0, problem.column or 0), problem)
    return [by_place[place] for place in sorted(by_place)]


def _read(source: Document) -> tuple[ScenarioForm | None, list[Problem]]:
    try:
        return ScenarioForm.model_validate(_written(source)), list(source.problems)
    except ValidationError as error:
        return None, [*source.problems, *slips.problems(error, source)]


def _written(source: Document) -> Any:
    """A file that is only a text is its answer; keys for editors and for people are left out."""
    value = source.value
    if isinstance(value, list):
        _refuse_other_lists(source)
        return {"content": value}
    if not isinstance(value, dict):
        return {"text": value}
    ignored = ("version", "$schema")
    return {key: part for key, part in value.items() if key not in ignored and not key.startswith("x-")}


def _refuse_other_lists(source: Document) -> None:
    """A list without a key above it is the blocks of one message: people mean others too."""
    keys = {key for item in source.value if isinstance(item, dict) for key in item}
    if "match" in keys:
        raise source.error("this list holds rules; put 'rules:' above it", code="misplaced-key")
    if keys & {"reply", "content", "error", *LISTS}:
        told = "a list is the blocks of one message; put 'replies:' or 'steps:' above a list of answers"
        raise source.error(told, code="misplaced-key")
