"""Offers: what must be true of tools, of the choice among them and of schemas."""

from collections.abc import Iterator
from typing import Any

from jsonschema_rs import Draft202012Validator, ValidationError

from mockgw.protocol.rules import Refusal, shown
from mockgw.validation.subject import Subject, blocks

INSIDE_OBJECT = ("properties", "$defs", "definitions")
INSIDE_LIST = ("anyOf", "allOf", "oneOf", "prefixItems")
INSIDE = ("items", "not")


def check(subject: Subject) -> None:
    """Names, choice, schemas, deferral and references; stop sequences and containers too, which are told with them."""
    _check_names(subject.tools)
    for index, tool in enumerate(subject.tools):
        _check_schema(index, tool)
    if subject.tools and all(tool.get("defer_loading") for tool in subject.tools):
        raise Refusal("all_deferred", "tools")
    _check_choice(subject)
    _check_references(subject)
    _check_format(subject)
    if any(not text.strip() for text in subject.body.get("stop_sequences") or ()):
        raise Refusal("stop_blank", "stop_sequences")


def check_container(subject: Subject) -> None:
    """A container is only for code execution."""
    executes = any(str(tool.get("type")).startswith("code_execution") for tool in subject.tools)
    if subject.body.get("container") and not executes:
        raise Refusal("container", "container")


def _check_names(tools: list[dict[str, Any]]) -> None:
    names = [tool["name"] for tool in tools if "name" in tool]
    if len(set(names)) < len(names):
        raise Refusal("same_tool", "tools")


def _check_schema(index: int, tool: dict[str, Any]) -> None:
    schema = tool.get("input_schema")
    if schema is not None and not _is_schema(schema):
        raise Refusal("tool_schema", "tools", index, "input_schema", index=index)


def _is_schema(schema: Any) -> bool:
    """Whether it is a JSON Schema; references are not followed, and nothing is fetched."""
    try:
        META.validate(schema)
    except (ValidationError, ValueError):
        return False
    return True


META = Draft202012Validator({"$ref": "https://json-schema.org/draft/2020-12/schema"})


def _check_choice(subject: Subject) -> None:
    choice = subject.body.get("tool_choice")
    if choice is None:
        return
    if not subject.tools:
        raise Refusal("choice_alone", "tool_choice")
    name = choice.get("name")
    if name is not None and all(tool.get("name") != name for tool in subject.tools):
        raise Refusal("choice_unknown", "tool_choice", "name", name=shown(name))


def _check_references(subject: Subject) -> None:
    names = {tool.get("name") for tool in subject.tools}
    for index, message in enumerate(subject.messages):
        for number, block in enumerate(blocks(message)):
            for name in _referred(block):
                if name not in names:
                    raise Refusal("tool_reference", "messages", index, "content", number, name=shown(name))


def _referred(block: dict[str, Any]) -> Iterator[str]:
    """The tools that a result of the client's own tool search names."""
    content = block.get("content") if block["type"] == "tool_result" else None
    for part in content if isinstance(content, list) else ():
        if part["type"] == "tool_reference":
            yield part["tool_name"]


def _check_format(subject: Subject) -> None:
    form = (subject.body.get("output_config") or {}).get("format")
    if form and any(_is_open(schema) for schema in _schemas(form["schema"])):
        raise Refusal("format_schema", "output_config", "format", "schema")


def _is_open(schema: dict[str, Any]) -> bool:
    return schema.get("type") == "object" and schema.get("additionalProperties") is not False


def _schemas(schema: Any) -> Iterator[dict[str, Any]]:
    """A schema and all those inside it."""
    if not isinstance(schema, dict):
        return
    yield schema
    inside = [schema.get(key) for key in INSIDE]
    inside += [one for key in INSIDE_LIST if isinstance(schema.get(key), list) for one in schema[key]]
    inside += [one for key in INSIDE_OBJECT if isinstance(schema.get(key), dict) for one in schema[key].values()]
    for one in inside:
        yield from _schemas(one)
