from typing import Any

import pytest

from mockgw.engine.generate.document import Document
from mockgw.engine.generate.negation import denied
from mockgw.engine.generate.subschemas import Unmet


def ways(schema: Any, **more: Any) -> list[list[Any]]:
    """What has to hold instead, in each of the ways."""
    document = Document({"not": schema} | more)
    return [[part.schema for part in way] for way in denied(document.root.below("not"), document)]


WHOLE = "mockgw:schema#/not"


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (False, [[]]),
        ({"const": 1}, [[]]),
        ({"not": {"const": 1}, "title": "silent"}, [[{"const": 1}]]),
        ({"type": "number"}, [[{"type": ["object", "array", "string", "boolean", "null"]}]]),
        ({"type": ["object", "null"]}, [[{"type": ["array", "string", "number", "integer", "boolean"]}]]),
        ({"anyOf": [True, False]}, [[{"not": {"$ref": f"{WHOLE}/anyOf/{n}"}} for n in (0, 1)]]),
        ({"required": ["a", "b"]}, [[{"properties": {"a": False}}], [{"properties": {"b": False}}]]),
        ({"required": [], "type": "object"}, [[]]),
        (
            {"properties": {"a": {"const": 1}}},
            [[], [{"properties": {"a": {"not": {"$ref": f"{WHOLE}/properties/a"}}}, "required": ["a"]}]],
        ),
        ({"$ref": "#/$defs/a"}, [[{"minimum": 3}]]),
    ],
)
def test_a_schema_is_broken_in_every_way_there_is(schema: Any, expected: Any) -> None:
    assert ways(schema, **{"$defs": {"a": {"not": {"minimum": 3}}}}) == expected


@pytest.mark.parametrize("schema", [True, {}, {"description": "all"}])
def test_what_allows_everything_cannot_be_broken(schema: Any) -> None:
    with pytest.raises(Unmet, match="/not allows every value"):
        ways(schema)


def test_a_reference_to_itself_ends() -> None:
    assert ways({"$ref": "#/not"}) == [[]]
