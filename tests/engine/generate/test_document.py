from typing import Any

import pytest

from mockgw.engine.generate.document import Document
from mockgw.engine.generate.subschemas import Subschema, Unmet

LEAF = {"type": "string"}
SCHEMA = {
    "$defs": {"a b": LEAF, "list": {"prefixItems": [LEAF, {"$anchor": "here", "const": 1}]}},
    "x-parts": [{"deep": {"not": {"$ref": "#"}}}],
}


@pytest.mark.parametrize(
    ("reference", "pointer"),
    [
        ("#", ""),
        ("#/$defs/a%20b", "/$defs/a b"),
        ("#/$defs/list/prefixItems/0", "/$defs/list/prefixItems/0"),
        ("#here", "/$defs/list/prefixItems/1"),
        ("#/x-parts/0/deep", "/x-parts/0/deep"),
    ],
)
def test_a_reference_leads_to_its_place(reference: str, pointer: str) -> None:
    document = Document(SCHEMA | {"$ref": reference})

    assert document.target(document.root).pointer == pointer


@pytest.mark.parametrize(
    "reference", ["#nobody", "#/$defs/c", "#/$defs/list/prefixItems/7", "#/x-parts", "#/$defs/a%20b/type/x"]
)
def test_a_reference_to_nowhere_is_told(reference: str) -> None:
    with pytest.raises(Unmet, match="leads nowhere"):
        Document(SCHEMA | {"$ref": reference})


def test_what_lies_outside_of_the_known_places_is_followed_too() -> None:
    assert "/x-parts/0/deep/not" in Document(SCHEMA | {"$ref": "#/x-parts/0/deep"}).parts


def test_what_is_known_is_not_noted_again() -> None:
    document = Document({"$ref": "#/$defs", "$defs": {"not": LEAF}})

    assert list(document.parts) == ["", "/$defs/not", "/$defs"]


def test_what_is_referred_to_is_checked_too() -> None:
    with pytest.raises(Unmet) as caught:
        Document({"$ref": "#/properties", "properties": {"type": {"type": "string"}}})

    assert caught.value.pointer == "/properties/type"


def test_the_references_of_a_part_are_those_of_its_whole_text() -> None:
    document = Document({"items": {"anyOf": [{"$ref": "#"}, {"not": {"$ref": "#/$defs/a"}}]}, "$defs": {"a": {}}})

    assert document.references(document.root) == {"", "/$defs/a"}
    assert document.references(Subschema({"$ref": "#/$defs/a"}, made=True)) == {"/$defs/a"}


@pytest.mark.parametrize(
    "schema", [{"required": "a"}, {"properties": {"a": 5}}, {"patternProperties": {"[": True}}, "x"]
)
def test_what_is_no_schema_is_told(schema: Any) -> None:
    with pytest.raises(Unmet, match="invalid"):
        Document(schema)
