from typing import Any

import pytest

from tests.support import body
from tests.validation.checking import LOOK, block, call, message, result, told

EXECUTION = {"type": "code_execution_20260521", "name": "code_execution"}
SEARCH = {"type": "tool_search_tool_bm25", "name": "tool_search_tool_bm25"}
REFERRED = [
    message("user"),
    message("assistant", [call()]),
    message("user", [result(content=[block("tool_reference", tool_name="look")])]),
]
OPEN = "output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false"


@pytest.mark.parametrize(
    "fields",
    [
        {"tools": [LOOK, LOOK | {"name": "find"}, {"type": "computer_toolset_20260801"}]},
        {"tools": [LOOK | {"defer_loading": True}, SEARCH]},
        {"tools": [LOOK], "messages": REFERRED},
        {"tools": []},
        {"tools": [LOOK], "tool_choice": {"type": "none"}},
        {"tools": [EXECUTION], "container": "container_01"},
        {"stop_sequences": ["a b"]},
    ],
)
def test_offers_that_pass(fields: dict[str, Any]) -> None:
    assert told(body(**fields)) == ""


SCHEMAS: list[Any] = [
    {"type": "object", "properties": {"a": {"type": ["string", "null"]}}, "$defs": {"b": True}},
    {"type": "object", "$schema": "https://json-schema.org/draft/2020-12/schema", "required": ["a"]},
    {"type": "object", "$ref": "https://example.com/unknown.json"},
]


@pytest.mark.parametrize("schema", SCHEMAS)
def test_schemas_that_pass(schema: Any) -> None:
    assert told(body(tools=[{"name": "look", "input_schema": schema}])) == ""


WRONG = [{"properties": []}, {"required": "a"}, {"properties": {"a": {"type": "text"}}}, {"minProperties": -1}]


@pytest.mark.parametrize("part", WRONG)
def test_a_schema_that_is_none_is_refused(part: dict[str, Any]) -> None:
    found = told(body(tools=[LOOK, {"name": "find", "input_schema": {"type": "object", **part}}]))
    assert found.startswith("tools.1.custom.input_schema: JSON schema is invalid.")


CLOSED = {"type": "object", "additionalProperties": False}
INSIDE = [
    {**CLOSED, "properties": {"a": {"type": "object"}}},
    {"anyOf": [CLOSED, {"type": "object"}]},
    {"type": "array", "items": {"type": "object"}},
    {**CLOSED, "$defs": {"a": {"type": "object"}}},
]


@pytest.mark.parametrize("schema", INSIDE)
def test_every_object_of_a_format_is_closed(schema: dict[str, Any]) -> None:
    form = {"type": "json_schema", "schema": schema}
    assert told(body(model="claude-opus-5", output_config={"format": form})) == OPEN


def test_a_closed_format_passes() -> None:
    inner = {"type": {"type": "string"}, "a": CLOSED, "b": {"anyOf": [CLOSED, True]}}
    form = {"type": "json_schema", "schema": {**CLOSED, "properties": inner}}
    assert told(body(model="claude-opus-5", output_config={"format": form})) == ""
