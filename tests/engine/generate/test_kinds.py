from typing import Any

import pytest

from mockgw.engine.generate.kinds import kinds
from mockgw.engine.generate.spots import Plain
from mockgw.engine.generate.subschemas import Subschema, Unmet


def of(*facts: Any) -> list[str]:
    return kinds(Plain(tuple(map(Subschema, facts))))


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ([{"type": "string"}], ["string"]),
        ([{"type": ["null", "integer", "string"]}], ["integer", "string", "null"]),
        ([{"type": "number"}], ["number"]),
        ([{"type": ["number", "string"]}, {"type": "integer"}], ["integer"]),
        ([{"type": "integer"}, {"type": "number"}], ["integer"]),
        ([{"type": ["number", "integer"]}], ["number"]),
        ([{"properties": {}}, {"type": ["array", "object"]}], ["array", "object"]),
    ],
)
def test_only_what_all_facts_allow(facts: list[Any], expected: list[str]) -> None:
    assert of(*facts) == expected


@pytest.mark.parametrize(
    ("fact", "first"),
    [({}, "string"), ({"items": True}, "array"), ({"required": ["a"]}, "object"), ({"maximum": 1}, "number")],
)
def test_keywords_suggest_a_type(fact: Any, first: str) -> None:
    assert of(fact)[0] == first
    assert of(fact)[-1] == "null"


def test_types_without_anything_in_common_are_told() -> None:
    with pytest.raises(Unmet, match="allows no type: string or null and boolean have none in common"):
        of({"type": ["string", "null"]}, {"type": "boolean"})
