"""Loader: a YAML file as a scenario, or the one line that says what is wrong with it and where."""

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from pathlib import Path as File
from typing import Any, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from mockgw.delivery.faults import AnyFault
from mockgw.delivery.pacing import Fixed, Lognormal, Uniform
from mockgw.errors import Problem, ScenarioError
from mockgw.notation import shown
from mockgw.scenario import document
from mockgw.scenario.document import Document, Path
from mockgw.scenario.model import Scenario, ScenarioForm, rules_of
from mockgw.scenario.replies import LISTS
from mockgw.suggest import did_you_mean

# Words of the language that this version does not carry out yet.
NOT_YET = ("chaos", "expect")
# The codes of problems that pydantic tells apart.
CODES = {
    "unknown_key": "unknown-key",
    "missing": "missing-key",
    "misplaced": "misplaced-key",
    "null": "empty-value",
    "same_id": "duplicate-id",
    "union_tag_invalid": "unknown-type",
    "union_tag_not_found": "missing-key",
}
MAPPINGS = {
    "match": "{prompt: {contains: hello}}",
    "tool_use": "{name: Bash, input: {command: ls}}",
    "input": "{command: ls}",
    "generate": "{words: 20}",
    "usage": "{output_tokens: 20}",
    "headers": "{x-team: blue}",
    "defaults": "{pace: fast}",
    "gateway": "{dialect: anthropic}",
}


def load(path: File) -> Scenario:
    """The scenario in a file, or ScenarioError."""
    return build(document.read(path))


def parse(text: str | bytes, path: File) -> Scenario:
    """The scenario in a text; `path` gives it its name."""
    return build(document.parse(text, path))


def build(source: Document) -> Scenario:
    """The scenario that a document is, or ScenarioError with every problem in it."""
    form, problems = _read(source)
    if form is None or problems:
        raise ScenarioError.of(in_order(problems))
    return Scenario(
        name=source.path.stem,
        description=form.description,
        rules=rules_of(form, source),
        dialect=form.gateway.dialect,
        version=blake2b(repr(source.value).encode(), digest_size=6).hexdigest(),
        document=source,
    )


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
        return None, [*source.problems, *(_problem(details, source) for details in error.errors())]


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


def _problem(details: ErrorDetails, source: Document) -> Problem:
    context = details.get("ctx", {})
    path = _path_in(source.value, (*details["loc"], *context.get("inside", ())))
    code = getattr(context.get("error"), "code", CODES.get(details["type"], "wrong-value"))
    if name := context.get("name"):
        unsupported = name in NOT_YET
        message = f"{name!r} is not supported by this version of mockgw" if unsupported else details["msg"]
        return source.key_problem(message, (*path, name), code)
    of_key = details["loc"][-1:] == ("[key]",)
    return (source.key_problem if of_key else source.problem)(_message(details, context, path), path, code)


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


def _message(details: ErrorDetails, context: Mapping[str, Any], path: Path) -> str:
    found = details["input"]
    key = next((step for step in reversed(path) if isinstance(step, str)), "")
    match details["type"]:
        case "value_error":
            return str(context["error"])
        case "same_id":
            return details["msg"]
        case "missing":
            return f"{str(details['loc'][-1])!r} is missing"
        case "union_tag_invalid":
            expected = context["expected_tags"].replace("'", "").split(", ")
            hint = did_you_mean(context["tag"], expected)
            return f"unknown {_kind(key)} {context['tag']!r}; expected {', '.join(expected)}{hint}"
        case "union_tag_not_found":
            return f"needs a 'type': {_types(key)}"
        case "literal_error":
            return f"expected {context['expected'].replace('True', 'true')}, found {shown(found)}"
        case "dict_type" | "model_type" | "model_attributes_type" | "dict_attributes_type":
            return f"{_mapping(path)}, found {shown(found)}"
        case "list_type" | "tuple_type":
            hint = "; begin each item with '- '" if isinstance(found, Mapping) else ""
            return f"expected a list, found {shown(found)}{hint}"
        case "too_short":
            return "expected at least one item, found an empty list"
    return f"{details['msg'][:1].lower()}{details['msg'][1:]}, found {shown(found)}"


def _kind(key: str) -> str:
    return "fault" if key == "fault" else "delay type"


def _types(key: str) -> str:
    """The types of what stands under a key."""
    kinds = get_args(AnyFault) if key == "fault" else (Fixed, Uniform, Lognormal)
    *others, last = (get_args(kind.model_fields["type"].annotation)[0] for kind in kinds)
    return f"{', '.join(others)} or {last}"


def _mapping(path: Path) -> str:
    key = str(path[-1]) if path else ""
    return f"{key!r} takes a mapping such as {MAPPINGS[key]}" if key in MAPPINGS else "expected a mapping"
