from random import Random
from typing import Any

import pytest

from mockgw.engine.generate.branches import Branches
from mockgw.engine.generate.document import Document
from mockgw.engine.generate.spots import Plain, Spot
from mockgw.engine.generate.subschemas import Subschema, Unmet


def taken(schema: Any, *, guess: bool = True, spot: Spot | None = None) -> list[set[str]]:
    """The places that have to hold, for each way there is."""
    document = Document(schema)
    branches = Branches(document, Random(1), lambda pointer, steps=1: None)
    found = branches.of((document.root,), spot or Spot(), lambda plain, condition: guess)
    return [_places(plain) for plain in found]


def _places(plain: Plain) -> set[str]:
    return {"not " * fact.made + fact.pointer for fact in plain.facts if fact.pointer}


@pytest.mark.parametrize(
    ("schema", "ways"),
    [
        ({"type": "null"}, [set()]),
        (
            {"allOf": [{"minimum": 1}, True, {"$ref": "#/$defs/a"}], "$defs": {"a": {}}},
            [{"/allOf/0", "/allOf/2", "/$defs/a"}],
        ),
        ({"anyOf": [{"type": "null"}, {"const": 1}]}, [{"/anyOf/1"}, {"/anyOf/0"}]),
        ({"anyOf": [False, {"const": 1}]}, [{"/anyOf/1"}]),
        ({"oneOf": [{"const": 1}]}, [{"/oneOf/0"}]),
        ({"dependentSchemas": {"a": {"const": 1}}}, [{"/dependentSchemas/a"}, set()]),
    ],
)
def test_every_way_is_gone(schema: Any, ways: list[set[str]]) -> None:
    assert taken(schema) == ways


@pytest.mark.parametrize("guess", [True, False])
def test_the_way_of_a_condition_is_guessed(guess: bool) -> None:
    schema = {"if": {"const": 1}, "then": {"const": 2}, "else": {"const": 3}}
    met, unmet = {"/if", "/then"}, {"/else"}

    assert taken(schema, guess=guess) == ([met, unmet] if guess else [unmet, met])


def test_what_ends_comes_first() -> None:
    schema = {"anyOf": [{"properties": {"a": {"$ref": "#"}}, "required": ["a"]}, {"type": "null"}]}

    assert taken(schema, spot=Spot(open=frozenset({""})))[0] == {"/anyOf/1"}


def test_where_all_go_on_the_shorter_comes_first() -> None:
    once = {"type": "object", "properties": {"a": {"$ref": "#/$defs/end"}, "b": {"$ref": "#"}}, "required": ["a"]}
    twice = {"type": "object", "properties": {"a": once}, "required": ["a"]}
    schema = {"anyOf": [twice, once], "$defs": {"end": {}}}

    assert taken(schema, spot=Spot(open=frozenset({""})))[0] == {"/anyOf/1"}


def test_dead_ends_are_told_by_their_common_place() -> None:
    with pytest.raises(Unmet) as caught:
        taken({"allOf": [{"oneOf": [False, False, {"allOf": [False]}]}]})

    assert caught.value.pointer == "/allOf/0"
    assert "has no branch that can be met; the first: /allOf/0/oneOf/" in str(caught.value)


def test_a_loop_without_an_end_is_told() -> None:
    with pytest.raises(Unmet, match="/allOf/0/\\$ref leads back to its top without an end"):
        taken({"allOf": [{"$ref": "#"}]})


def test_a_loop_with_a_way_out_is_fine() -> None:
    assert taken({"anyOf": [{"$ref": "#"}, {"const": 1}]})


def test_recurring_is_to_refer_to_what_is_being_made() -> None:
    document = Document({"items": {"$ref": "#"}})
    branches = Branches(document, Random(1), lambda pointer, steps=1: None)

    assert branches.recurring(document.root, Spot(open=frozenset({""})))
    assert not branches.recurring(Subschema({}, "/x"), Spot())
