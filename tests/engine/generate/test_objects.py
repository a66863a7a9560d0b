from typing import Any

import pytest

from mockgw.engine.generate.spots import Spot
from mockgw.engine.generate.subschemas import Unmet
from tests.engine.generate.making import all_made, made

NULL = {"type": "null"}


def named(schema: Any, *, spot: Spot | None = None) -> list[list[str]]:
    """The names that come, in their order, without repetition."""
    return [
        list(names) for names in sorted({tuple(value) for value in all_made({"type": "object"} | schema, spot=spot)})
    ]


@pytest.mark.parametrize(
    ("schema", "names"),
    [
        ({}, []),
        ({"properties": {"b": True, "a": NULL}}, ["b", "a"]),
        ({"properties": {"b": NULL, "a": False}}, ["b"]),
        ({"properties": {"b": NULL, "a": NULL}, "required": ["c", "a"]}, ["b", "a", "c"]),
        ({"properties": {"b": NULL, "a": NULL}, "required": ["a"], "maxProperties": 1}, ["a"]),
        ({"properties": {"a": NULL, "b": False}, "dependentRequired": {"a": ["b"]}}, []),
        ({"properties": {"a": NULL}, "required": ["a"], "dependentRequired": {"a": ["b"], "b": ["a"]}}, ["a", "b"]),
        (
            {
                "properties": {"a": NULL, "b": NULL},
                "allOf": [{"properties": {"a": True}, "additionalProperties": False}],
            },
            ["a"],
        ),
        ({"properties": {"abc": NULL, "x": NULL}, "propertyNames": {"maxLength": 1}}, ["x"]),
        ({"properties": {"a": NULL, "n": {"type": "object", "properties": {"up": {"$ref": "#"}}}}}, ["a"]),
        ({"additionalProperties": {"$ref": "#"}}, []),
        ({"additionalProperties": True}, []),
        ({"properties": {"a": NULL}, "patternProperties": {"^a": False}}, []),
    ],
)
def test_which_properties_there_are(schema: Any, names: list[str]) -> None:
    assert named(schema) == [names]


def test_without_room_there_is_only_what_has_to_be() -> None:
    schema = {"properties": {"a": NULL, "b": NULL, "c": NULL}, "required": ["b"]}

    assert named(schema, spot=Spot(room=0)) == [["b"]]
    assert named(schema | {"minProperties": 2}, spot=Spot(room=0)) == [["a", "b"]]


@pytest.mark.parametrize(
    "schema",
    [
        {"additionalProperties": {"type": "integer"}},
        {"patternProperties": {"^x_": {"type": "integer"}}, "additionalProperties": False},
        {"patternProperties": {"^x_\\d$": {"type": "integer"}, "^\\cJ": NULL}, "additionalProperties": False},
        {"propertyNames": {"pattern": "^[A-Z]{3}$"}, "additionalProperties": {"type": "integer"}},
        {"unevaluatedProperties": {"type": "integer"}, "minProperties": 2},
    ],
)
def test_what_has_no_names_gets_some(schema: Any) -> None:
    values = all_made({"type": "object"} | schema)

    assert all(value and all(type(number) is int for number in value.values()) for value in values)


def test_properties_are_added_up_to_the_least_number() -> None:
    assert all(len(value) == 5 for value in all_made({"type": "object", "properties": {"a": True}, "minProperties": 5}))


def test_what_is_added_brings_what_depends_on_it() -> None:
    schema = {"patternProperties": {"^x$": NULL}, "dependentRequired": {"x": ["y"]}, "minProperties": 2}

    assert all("y" in value for value in all_made({"type": "object"} | schema) if "x" in value)


def test_a_pattern_is_held_by_declared_properties_too() -> None:
    schema = {"type": "object", "properties": {"x_a": {"minimum": 3}}, "patternProperties": {"^x_": {"const": 4}}}

    assert all_made(schema) == [{"x_a": 4}] * 20


def test_the_name_of_a_property_reaches_its_items() -> None:
    schema = {"type": "object", "properties": {"emails": {"type": "array", "items": {"type": "string"}}}}

    assert all("@" in email for value in all_made(schema) for email in value["emails"])


def test_names_that_cannot_be_are_told() -> None:
    with pytest.raises(Unmet, match="/propertyNames allows no value"):
        made({"type": "object", "propertyNames": False, "minProperties": 1})
