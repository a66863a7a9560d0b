from random import Random
from typing import Any

import pytest

from mockgw.engine.generate.document import Document
from mockgw.engine.generate.search import Search
from mockgw.engine.generate.spots import Spot
from mockgw.engine.generate.subschemas import Exhausted
from tests.engine.generate.making import all_made


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        pytest.param({"type": "string"}, str, id="string"),
        pytest.param({"type": "integer"}, int, id="integer"),
        pytest.param({"type": "number"}, float, id="number"),
        pytest.param({"type": "boolean"}, bool, id="boolean"),
        pytest.param({"type": "null"}, type(None), id="null"),
        pytest.param({"type": ["null", "string"]}, str, id="nullable"),
        pytest.param({"anyOf": [{"type": "null"}, {"type": "string"}]}, str, id="union-with-null"),
        pytest.param({"type": "array", "items": {"type": "string"}}, list, id="array"),
        pytest.param({"properties": {"a": {"type": "null"}}}, dict, id="properties-alone"),
        pytest.param({}, str, id="anything"),
        pytest.param(True, str, id="true"),
        pytest.param({"not": {"type": ["string", "object", "array", "number"]}}, bool, id="what-is-left"),
        pytest.param({"minimum": 5, "maximum": 4, "type": ["number", "array"]}, list, id="the-type-that-can-be"),
    ],
)
def test_a_value_has_the_type_that_its_schema_allows(schema: Any, kind: type) -> None:
    assert {type(value) for value in all_made(schema)} == {kind}


@pytest.mark.parametrize(
    ("schema", "values"),
    [
        ({"enum": [1, 2, 3]}, {1, 2, 3}),
        ({"enum": [1, "a", None], "type": ["string", "null"]}, {"a", None}),
        ({"const": 4, "minimum": 3}, {4}),
        ({"type": "boolean", "not": {"const": True}}, {False}),
        (
            {"type": "integer", "minimum": 0, "maximum": 16, "oneOf": [{"multipleOf": 3}, {"minimum": 16}]},
            {0, 3, 6, 9, 12, 15, 16},
        ),
        ({"anyOf": [{"type": "integer", "minimum": 2, "maximum": 1}, {"const": 8}]}, {8}),
    ],
)
def test_exactly_these_values(schema: Any, values: set[Any]) -> None:
    assert set(all_made(schema)) <= values
    assert len(set(all_made(schema))) > len(values) / 3


def test_conditions_agree_with_each_other() -> None:
    kinds = [{"if": {"properties": {"kind": {"const": n}}}, "then": {"required": [f"of {n}"]}} for n in range(8)]
    schema = {"type": "object", "properties": {"kind": {"enum": list(range(8))}}, "required": ["kind"], "allOf": kinds}

    assert all(f"of {value['kind']}" in value for value in all_made(schema))


def test_a_condition_on_what_cannot_be_is_taken_as_met() -> None:
    schema = {"type": "integer", "minimum": 1, "maximum": 2, "if": {"type": "integer"}, "then": {"const": 2}}

    assert set(all_made(schema)) == {2}


def test_recursion_ends() -> None:
    person = {
        "type": "object",
        "properties": {"name": {"type": "string"}, "friends": {"type": "array", "items": {"$ref": "#/$defs/person"}}},
        "required": ["friends"],
    }

    assert all(
        value["friends"] == [] and value["name"]
        for value in all_made({"$ref": "#/$defs/person", "$defs": {"person": person}})
    )


def test_the_steps_are_counted() -> None:
    search = Search(Document(True), Random(1))

    search.spend("/a", 12_000)
    with pytest.raises(Exhausted, match="/b needs too many values"):
        search.spend("/b")


def test_the_depth_is_limited() -> None:
    document = Document(True)

    with pytest.raises(Exhausted, match="nested deeper than 60 levels"):
        Search(document, Random(1)).make((document.root,), Spot(depth=61))
