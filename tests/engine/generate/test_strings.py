from typing import Any

import pytest

from mockgw.engine.generate.spots import Spot
from tests.engine.generate.making import all_made


@pytest.mark.parametrize(
    ("schema", "least", "most"),
    [
        ({"maxLength": 0}, 0, 0),
        ({"maxLength": 3}, 0, 3),
        ({"maxLength": 20}, 5, 20),
        ({"minLength": 150, "maxLength": 151}, 150, 151),
        ({"minLength": 1000}, 1000, 1200),
        ({"pattern": "b", "minLength": 30}, 30, 200),
        ({"pattern": "b$", "minLength": 30, "maxLength": 31}, 30, 31),
        ({"format": "email", "maxLength": 6}, 6, 6),
        ({"format": "uri", "minLength": 60}, 60, 60),
        ({"format": "hostname", "maxLength": 1}, 1, 1),
        ({"allOf": [{"pattern": "^a"}, {"pattern": "^aa?$"}]}, 1, 2),
    ],
)
def test_text_has_its_length(schema: Any, least: int, most: int) -> None:
    assert all(least <= len(text) <= most for text in all_made({"type": "string"} | schema))


def test_long_text_is_cut_between_words() -> None:
    texts = all_made({"type": "string", "maxLength": 30})

    assert all(not text.endswith((" ", ",")) for text in texts)


@pytest.mark.parametrize(
    ("name", "schema", "ending"),
    [
        ("email", {"pattern": "@example"}, ("example.com", "example.net", "example.org")),
        ("email", {"format": "uuid"}, tuple("0123456789abcdef")),
        ("email", {"pattern": "^x{3}$"}, "xxx"),
        ("email", {"format": "unheard-of"}, ("com", "net", "org")),
    ],
)
def test_a_name_gives_way_to_formats_and_patterns(name: str, schema: Any, ending: Any) -> None:
    assert all(text.endswith(ending) for text in all_made({"type": "string"} | schema, spot=Spot(name)))
