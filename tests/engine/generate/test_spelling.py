from typing import Any

import pytest

from mockgw.engine.generate.spelling import modern
from mockgw.engine.generate.subschemas import Refusal

TEXT = {"type": "string"}


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ({"$schema": "http://json-schema.org/draft-04/schema#", "id": "http://localhost/x", **TEXT}, TEXT),
        ({"minimum": 3, "exclusiveMinimum": True}, {"minimum": 3, "exclusiveMinimum": 3}),
        ({"maximum": 3, "exclusiveMaximum": False}, {"maximum": 3}),
        ({"exclusiveMaximum": 3}, {"exclusiveMaximum": 3}),
        ({"exclusiveMinimum": True}, {}),
        ({"items": [TEXT], "additionalItems": False}, {"prefixItems": [TEXT], "items": False}),
        ({"items": []}, {}),
        ({"items": TEXT, "additionalItems": False}, {"items": TEXT}),
        ({"dependencies": {"a": ["b"]}}, {"dependentRequired": {"a": ["b"]}}),
        ({"dependencies": {"a": {"items": [TEXT]}}}, {"dependentSchemas": {"a": {"prefixItems": [TEXT]}}}),
        ({"dependencies": "x"}, {}),
        ({"$recursiveAnchor": True, "not": {"$recursiveRef": "#"}}, {"not": {"$ref": "#"}}),
        ({"$dynamicAnchor": "node", "not": {"$dynamicRef": "#node"}}, {"$anchor": "node", "not": {"$ref": "#node"}}),
        ({"definitions": {"a": {"$id": "#a", **TEXT}}}, {"definitions": {"a": {"$anchor": "a", **TEXT}}}),
        ({"$id": "http://localhost/x#", "$ref": "http://localhost/x#/$defs/a"}, {"$ref": "#/$defs/a"}),
        ({"$ref": "#a", "$dynamicRef": "#b", "allOf": [True]}, {"$ref": "#a", "allOf": [True, {"$ref": "#b"}]}),
        ({"$ref": "other.json"}, {"$ref": "other.json"}),
        ({"properties": {"id": TEXT, "$schema": TEXT}}, {"properties": {"id": TEXT, "$schema": TEXT}}),
        ({"const": {"items": []}, "enum": [{"id": 1}]}, {"const": {"items": []}, "enum": [{"id": 1}]}),
        ({"anyOf": "x", "properties": []}, {"anyOf": "x", "properties": []}),
        (True, True),
    ],
)
def test_older_spellings_are_read(older: Any, newer: Any) -> None:
    assert modern(older) == newer


def test_a_misspelled_type_is_told() -> None:
    with pytest.raises(Refusal) as caught:
        modern({"properties": {"a": {"anyOf": [True, {"type": ["null", "strng"]}]}}})

    assert str(caught.value) == "/properties/a/anyOf/1/type is no type: 'strng'; did you mean 'string'?"
