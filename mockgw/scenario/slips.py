"""Slips: what pydantic refuses, in the words of those who write scenarios."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from mockgw.delivery.faults import GROUPS, name_of
from mockgw.delivery.faults import NAMES as FAULTS
from mockgw.delivery.pacing import Fixed, Lognormal, Uniform
from mockgw.delivery.places import At
from mockgw.errors import Problem
from mockgw.notation import read_duration, shown
from mockgw.scenario.document import Document, Path
from mockgw.scenario.kinds import BLOCKS
from mockgw.scenario.patterns import AS_IN
from mockgw.suggest import did_you_mean

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
    "providers": "{bedrock: {state: down}}",
    "defaults": "{pace: fast}",
    "gateway": "{dialect: anthropic}",
    "at": "{fraction: 0.5}",
    "pace": "{ttft: 400ms, tps: 60}",
    "header": "{user-agent: {contains: curl}}",
    "body": "{messages.-1.role: user}",
    "expect": "{at_least: 1, at_most: 3}",
}
# What others call a fault.
FAULTS_BY_OTHER_NAMES = {
    "abort": "connection_reset_by_peer",
    "close": "empty_response",
    "cut": "truncate",
    "delay": "latency",
    "down": "empty_response",
    "drop": "drop_event",
    "duplicate": "duplicate_event",
    "error": "error_event",
    "fin": "empty_response",
    "hang": "timeout",
    "html": "html_error_page",
    "limit": "limit_data",
    "malformed": "malformed_sse",
    "reorder": "reorder_events",
    "reset": "connection_reset_by_peer",
    "reset_peer": "connection_reset_by_peer",
    "rst": "connection_reset_by_peer",
    "slice": "slicer",
    "throttle": "bandwidth",
}
# What blocks look like here, for those who write them as on the wire.
EXAMPLES = {
    "text": "text: Hello.",
    "thinking": "thinking: Hm.",
    "tool_use": "tool_use: {name: Bash, input: {command: ls}}",
}


def problems(error: ValidationError, source: Document) -> Iterator[Problem]:
    """Each thing that is wrong with a document's value, with its place in the file."""
    return (_problem(details, source) for details in _mendable(error.errors()))


def _mendable(errors: list[ErrorDetails]) -> Iterable[ErrorDetails]:
    """All but the other keys of a block that is written as on the wire: they are mended with its type."""
    as_on_the_wire = [details["loc"] for details in errors if _is_wire_type(details)]
    for details in errors:
        if details["loc"] not in as_on_the_wire or details["type"] != "unknown_key" or _is_wire_type(details):
            yield details


def _is_wire_type(details: ErrorDetails) -> bool:
    if details["type"] != "unknown_key" or details.get("ctx", {}).get("name") != "type":
        return False
    kind = details["input"]["type"]
    return isinstance(kind, str) and (kind in BLOCKS or "tool" in kind)


def _problem(details: ErrorDetails, source: Document) -> Problem:
    context = details.get("ctx", {})
    path = _path_in(source.value, (*details["loc"], *context.get("inside", ())))
    code = getattr(context.get("error"), "code", CODES.get(details["type"], "wrong-value"))
    if name := context.get("name"):
        return source.key_problem(_of_key(details, name), (*path, name), code)
    of_key = details["loc"][-1:] == ("[key]",)
    return (source.key_problem if of_key else source.problem)(_message(details, context, path), path, code)


def _of_key(details: ErrorDetails, name: str) -> str:
    if name in At.model_fields and details["type"] == "unknown_key" and "fault" in details["loc"]:
        return f"{name!r} belongs under 'at', as in at: {{{name}: {shown(details['input'][name])}}}"
    if not _is_wire_type(details):
        return details["msg"]
    kind = details["input"]["type"]
    example = EXAMPLES.get(kind, f"block: {{type: {kind}, …}}")
    return f"a block has its type as its key, as in {example}; one that is written as on the wire stands in 'block'"


def told(details: ErrorDetails) -> str:
    """One thing that is wrong with what stands in no file: in a flag or a header."""
    context = details.get("ctx", {})
    key = next((step for step in reversed(details["loc"]) if isinstance(step, str)), "")
    message = _of_key(details, context["name"]) if "name" in context else _message(details, context, details["loc"])
    return message if not key or repr(key) in message else f"{key!r}: {message}"


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
        case "value_error" if isinstance(found, bool) and _is_of_match(path):
            return f"{str(context['error']).partition(';')[0]}; write {key}: {{present: {shown(found)}}}"
        case "value_error":
            return f"{context['error']}{_as_python_has_it(found) if _is_of_regex(context) else ''}"
        case "same_id":
            return details["msg"]
        case "missing":
            return f"{str(details['loc'][-1])!r} is missing"
        case "union_tag_invalid":
            return _unknown_fault(context["tag"]) if _is_of_fault(path) else _unknown_type(key, context)
        case "union_tag_not_found":
            return f"needs a 'type': {_types(path, found)}"
        case "literal_error":
            return (
                f"expected {context['expected'].replace('True', 'true')}, found {shown(found)}{_hint(context, found)}"
            )
        case "dict_type" | "model_type" | "model_attributes_type" | "dict_attributes_type":
            return f"{_mapping(path)}, found {shown(found)}{_as_place(found) if key == 'at' else ''}"
        case "list_type" | "tuple_type":
            hint = "; begin each item with '- '" if isinstance(found, Mapping | str) else ""
            return f"expected a list, found {shown(found)}{hint}"
        case "too_short":
            return "expected at least one item, found an empty list"
    return f"{details['msg'][:1].lower()}{details['msg'][1:]}, found {shown(found)}"


def _is_of_match(path: Path) -> bool:
    """Whether this is the whole of what a match asks of one thing."""
    return "match" in path and isinstance(path[-1], str) and path[-1] not in AS_IN


def _as_place(found: Any) -> str:
    """How the place of a fault is written that somebody wrote in short."""
    written = str(found)
    if re.fullmatch(r"\d{1,2}%|100%", written):
        return f"; write {{fraction: {float(written[:-1]) / 100:g}}}"
    if isinstance(found, int) and found > 0 and not isinstance(found, bool):
        return f"; write {{event: {found}}}"
    if isinstance(found, float) and 0 <= found <= 1:
        return f"; write {{fraction: {found:g}}}"
    return f"; write {{after: {found}}}" if _is_duration(found) else ""


def _is_duration(found: Any) -> bool:
    try:
        return isinstance(found, str) and read_duration(found) >= 0
    except ValueError:
        return False


def _is_of_regex(context: Mapping[str, Any]) -> bool:
    return getattr(context["error"], "code", "") == "bad-regex"


def _as_python_has_it(pattern: str) -> str:
    """What to do about expressions of other languages."""
    if re.search(r"\(\?<\w", pattern):
        return "; Python writes a named group as (?P<name>…)"
    return "; any text is .*" if pattern.startswith("*") else ""


def _hint(context: Mapping[str, Any], found: Any) -> str:
    """Which of the words that are expected was probably meant."""
    expected = re.findall("'([^']*)'", context["expected"])
    return did_you_mean(found, expected) if isinstance(found, str) else ""


def _is_of_fault(path: Path) -> bool:
    return next((step for step in reversed(path) if isinstance(step, str)), "") == "fault"


def fault_meant(name: str, known: Collection[str]) -> str:
    """The end of a message about an unknown fault: the one that others call so, or is called nearly so; or nothing."""
    with_value = any(one.startswith(f"{name}:") for one in known)
    meant = "" if with_value else FAULTS_BY_OTHER_NAMES.get(name.casefold(), "")
    return f"; did you mean {meant!r}?" if meant else did_you_mean(name, known)


def _unknown_fault(name: str) -> str:
    """There are too many to name them all, if one is near."""
    return f"unknown fault {name!r}{fault_meant(name, FAULTS) or f'; there are {_all_faults()}'}"


def _all_faults() -> str:
    """Every fault, in the groups of the manual."""
    return "; ".join(f"{group}: {', '.join(map(name_of, faults))}" for group, faults in GROUPS.items())


def _unknown_type(key: str, context: Mapping[str, Any]) -> str:
    """Of a delay, or the state of a provider."""
    expected = context["expected_tags"].replace("'", "").split(", ")
    what = "state" if key == "state" else "delay type"
    return f"unknown {what} {context['tag']!r}; expected {', '.join(expected)}{did_you_mean(context['tag'], expected)}"


def _types(path: Path, found: Mapping[str, Any]) -> str:
    """What a mapping without a type may be."""
    if _is_of_fault(path):
        meant = next((key for key in found if key in FAULTS), "stall")
        return f"the name of a fault, as in {{type: {meant}, …}}"
    if "state" in path:
        return "the name of a state, as in {type: down, for: 30s}"
    *others, last = (get_args(kind.model_fields["type"].annotation)[0] for kind in (Fixed, Uniform, Lognormal))
    return f"{', '.join(others)} or {last}, as in {{type: {last}, …}}"


def _mapping(path: Path) -> str:
    key = str(path[-1]) if path else ""
    return f"{key!r} takes a mapping such as {MAPPINGS[key]}" if key in MAPPINGS else "expected a mapping"
