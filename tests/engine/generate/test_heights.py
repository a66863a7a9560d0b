from math import inf
from typing import Any

import pytest

from mockgw.engine.generate.document import Document
from mockgw.engine.generate.heights import Heights

ROOT = {"$ref": "#"}


def need(part: Any, **more: Any) -> dict[str, Any]:
    """An object that cannot be without its property."""
    return {"type": "object", "properties": {"a": part}, "required": ["a", "unsaid"], **more}


@pytest.mark.parametrize(
    ("schema", "height"),
    [
        (True, 0),
        ({"type": "string"}, 0),
        (need(need(True)), 2),
        (need(ROOT), inf),
        (need({"anyOf": [ROOT, {"type": "null"}]}), 1),
        (need({"oneOf": [ROOT, need(True)]}), 2),
        (need(True, allOf=[need(ROOT)]), inf),
        (need(ROOT) | {"type": ["object", "null"]}, 0),
        (need(ROOT) | {"enum": [5]}, 0),
        ({"type": "array", "items": ROOT}, 0),
        ({"type": "array", "items": ROOT, "minItems": 1}, inf),
        ({"type": "array", "prefixItems": [need(True)], "items": ROOT, "minItems": 1}, 2),
        ({"type": "array", "contains": ROOT}, inf),
        ({"type": "array", "contains": ROOT, "minContains": 0}, 0),
    ],
)
def test_the_height_is_that_of_the_least_value(schema: Any, height: float) -> None:
    document = Document(schema)

    assert Heights(document).of(document.root) == height


def test_a_part_that_is_made_has_the_height_of_what_it_is_made_of() -> None:
    document = Document(need(ROOT))

    assert Heights(document).of(document.root.instead({"allOf": [ROOT]})) == inf
