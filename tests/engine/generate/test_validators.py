from typing import Any

import pytest

from mockgw.engine.generate.document import Document
from mockgw.engine.generate.subschemas import Exhausted, Unmet
from mockgw.engine.generate.validators import Validators, weigh

SCHEMA = {
    "type": "object",
    "properties": {"a": {"$ref": "#/$defs/text"}, "b": {"type": "array", "prefixItems": [{"type": "null"}]}},
    "patternProperties": {"^x": {"type": "integer"}},
    "$defs": {"text": {"type": "string", "format": "date"}},
}


@pytest.mark.parametrize(
    ("value", "fits"),
    [({"a": "2026-01-01"}, True), ({"a": "soon"}, False), ({"b": [1]}, False), ({"x": "1"}, False), (5, False)],
)
def test_a_value_fits_or_not(value: Any, fits: bool) -> None:
    document = Document(SCHEMA)

    assert Validators(document).fits(value, (document.root,)) is fits


def test_parts_are_checked_in_their_document() -> None:
    document = Document(SCHEMA)
    part = document.root.below("properties", "a")

    assert Validators(document).fits("2026-01-01", (part, part.instead({"not": {"const": "x"}})))
    assert not Validators(document).fits("2026-01-01", (part.instead({"not": part.whole}),))


def test_the_fault_of_a_whole_value_has_its_place() -> None:
    validators = Validators(Document(SCHEMA))

    validators.confirm({"a": "2026-01-01"})
    with pytest.raises(Unmet) as caught:
        validators.confirm({"x": "one"})
    assert str(caught.value) == '/patternProperties/^x/type cannot be met: "one" is not of type "integer"'


def twice(levels: int, keyword: str) -> Document:
    """Each level has the next one two times."""
    parts = {f"a{n}": {keyword: {"x": {"allOf": [{"$ref": f"#/$defs/a{n + 1}"}] * 2}}} for n in range(levels)}
    return Document({"$ref": "#/$defs/a0", "$defs": parts | {f"a{levels}": True}})


@pytest.mark.parametrize("keyword", ["properties", "patternProperties"])
def test_what_would_take_too_long_is_not_checked(keyword: str) -> None:
    value: Any = {}
    for _ in range(20):
        value = {"x": value}

    weigh(twice(5, keyword), twice(5, keyword).root, value)
    with pytest.raises(Exhausted, match="takes too long to check"):
        weigh(twice(20, keyword), twice(20, keyword).root, value)


def test_a_long_array_is_no_burden() -> None:
    document = Document({"items": {"anyOf": [{"type": "string"}, {"type": "integer"}]}, "if": {"$ref": "#"}})

    weigh(document, document.root, list(range(1000)))
