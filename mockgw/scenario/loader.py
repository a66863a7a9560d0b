"""Loader: a YAML file as a scenario, or the one line that says what is wrong with it and where."""

from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path as File
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from mockgw.errors import ScenarioError
from mockgw.notation import shown
from mockgw.scenario import document
from mockgw.scenario.document import Document, Path
from mockgw.scenario.model import Scenario, ScenarioForm, rules_of
from mockgw.suggest import did_you_mean

# Words of the language that this version does not carry out yet.
NOT_YET = ("chaos", "expect")


def load(path: File) -> Scenario:
    """The scenario in a file, or ScenarioError."""
    return build(document.read(path))


def parse(text: str | bytes, path: File) -> Scenario:
    """The scenario in a text; `path` gives it its name."""
    return build(document.parse(text, path))


def build(source: Document) -> Scenario:
    try:
        form = ScenarioForm.model_validate(_written(source.value))
    except ValidationError as error:
        raise _first_problem(error, source) from None
    return Scenario(
        name=source.path.stem,
        description=form.description,
        rules=rules_of(form, source),
        dialect=form.gateway.dialect,
        version=blake2b(repr(source.value).encode(), digest_size=6).hexdigest(),
        document=source,
    )


def _written(value: Any) -> Any:
    """A file that is only a text is its answer; keys for editors and for people are left out."""
    if isinstance(value, list):
        return {"content": value}
    if not isinstance(value, dict):
        return {"text": value}
    ignored = ("version", "$schema")
    return {key: part for key, part in value.items() if key not in ignored and not key.startswith("x-")}


def _first_problem(error: ValidationError, source: Document) -> ScenarioError:
    """The problem that stands first in the file, and at how many more places there are some."""
    problems = sorted(
        (_problem(details, source) for details in error.errors()), key=lambda p: (p.line or 0, p.column or 0)
    )
    more = len({(problem.line, problem.column) for problem in problems}) - 1
    if not more:
        return problems[0]
    first = problems[0]
    return ScenarioError(f"{first.message} (and {more} more)", first.path, first.line, first.column)


def _problem(details: ErrorDetails, source: Document) -> ScenarioError:
    context = details.get("ctx", {})
    path = _path_in(source.value, (*details["loc"], *context.get("inside", ())))
    if name := context.get("name"):
        message = f"{name!r} is not supported by this version of mockgw" if name in NOT_YET else details["msg"]
        return source.key_error(message, (*path, name))
    of_key = details["loc"][-1:] == ("[key]",)
    return (source.key_error if of_key else source.error)(_message(details, context), path)


def _path_in(value: Any, location: tuple[int | str, ...]) -> Path:
    """Where in the file pydantic means: its names for the members of unions are no keys of ours."""
    path: Path = ()
    for step in location:
        if _is_inside(value, step):
            value, path = value[step], (*path, step)
    return path


def _is_inside(value: Any, step: int | str) -> bool:
    if isinstance(value, list):
        return isinstance(step, int) and step < len(value)
    return isinstance(value, dict) and step in value


def _message(details: ErrorDetails, context: Mapping[str, Any]) -> str:
    found = details["input"]
    match details["type"]:
        case "value_error":
            return str(context["error"])
        case "same_id":
            return details["msg"]
        case "missing":
            return f"{str(details['loc'][-1])!r} is missing"
        case "union_tag_invalid":
            expected = context["expected_tags"].replace("'", "").split(", ")
            return f"unknown {context['tag']!r}; expected {', '.join(expected)}{did_you_mean(context['tag'], expected)}"
        case "union_tag_not_found":
            return f"needs a 'type', found {shown(found)}"
        case "literal_error":
            return f"expected {context['expected'].replace('True', 'true')}, found {shown(found)}"
        case "dict_type" | "model_type" | "model_attributes_type" | "dict_attributes_type":
            return f"expected a mapping, found {shown(found)}"
        case "list_type" | "tuple_type":
            return f"expected a list, found {shown(found)}"
        case "too_short":
            return "expected at least one item, found an empty list"
    return f"{details['msg'][:1].lower()}{details['msg'][1:]}, found {shown(found)}"
