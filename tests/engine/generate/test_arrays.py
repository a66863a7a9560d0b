from typing import Any

import pytest

from mockgw.engine.generate.spots import Spot
from tests.engine.generate.making import all_made

NULLS = {"type": "array", "items": {"type": "null"}}


@pytest.mark.parametrize(
    ("schema", "lengths"),
    [
        (NULLS, {1, 2, 3}),
        (NULLS | {"minItems": 5}, {5}),
        (NULLS | {"maxItems": 1}, {1}),
        (NULLS | {"maxItems": 0}, {0}),
        ({"type": "array"}, {1, 2, 3}),
        ({"type": "array", "items": False}, {0}),
        ({"type": "array", "prefixItems": [True, True], "items": False}, {2}),
        ({"type": "array", "prefixItems": [True, False]}, {1}),
        ({"type": "array", "contains": {"const": 1}, "minContains": 4}, {4}),
        ({"type": "array", "items": {"enum": [1, 2]}, "uniqueItems": True, "maxItems": 5}, {1, 2}),
    ],
)
def test_arrays_are_short(schema: Any, lengths: set[int]) -> None:
    assert {len(value) for value in all_made(schema)} == lengths


def test_without_room_there_is_only_what_has_to_be() -> None:
    assert all_made(NULLS | {"minItems": 2}, spot=Spot(room=0)) == [[None, None]] * 20


def test_what_is_contained_comes_after_the_prefix() -> None:
    schema = {"type": "array", "prefixItems": [{"type": "null"}], "contains": {"const": 7}, "minContains": 2}

    assert all_made(schema) == [[None, 7, 7]] * 20


def test_what_is_contained_is_in_the_prefix_if_there_is_no_other_place() -> None:
    schema = {"type": "array", "prefixItems": [{"type": "integer"}, True], "items": False, "contains": {"const": 7}}

    assert all(7 in value for value in all_made(schema))


def test_one_item_can_be_all_that_is_contained() -> None:
    contained = [{"contains": {"type": "integer"}}, {"contains": {"minimum": 5}}, {"contains": {"maximum": 5}}]

    assert all_made({"type": "array", "maxItems": 1, "items": {"type": "integer"}, "allOf": contained}) == [[5]] * 20


def test_no_more_is_contained_than_may_be() -> None:
    schema = {"type": "array", "minItems": 4, "items": {"enum": [1, 2]}, "contains": {"const": 1}, "maxContains": 2}

    assert all(1 <= value.count(1) <= 2 for value in all_made(schema))


def test_different_items_are_different_as_json() -> None:
    schema = {"type": "array", "items": {"enum": [1, 1.0, True, "1", [1]]}, "uniqueItems": True, "minItems": 4}

    assert all(len({repr(item) for item in value}) == 4 for value in all_made(schema))
