from random import Random
from typing import Any

import pytest

from mockgw.engine import generate
from mockgw.protocol.errors import ApiError


def value(schema: Any, seed: int = 1) -> Any:
    return generate.value(schema, Random(seed))


def test_words_and_sentences_are_counted() -> None:
    assert len(generate.words(80, Random(1)).split()) == 80
    assert generate.sentences(3, Random(1)).count(".") == 3


def test_the_seed_makes_the_text() -> None:
    assert generate.words(5, Random(1)) == generate.words(5, Random(1)) != generate.words(5, Random(2))


def test_what_is_unique_is_so_in_one_answer_alone() -> None:
    made = [generate.seeded(Random(1)).unique.random_int(1, 1) for _ in range(3)]

    assert made == [1, 1, 1]


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        pytest.param({"type": "string"}, str, id="string"),
        pytest.param({"type": "integer"}, int, id="integer"),
        pytest.param({"type": "number"}, float, id="number"),
        pytest.param({"type": "boolean"}, bool, id="boolean"),
        pytest.param({"type": "null"}, type(None), id="null"),
        pytest.param({"type": ["null", "string"]}, str, id="nullable"),
        pytest.param({"type": ["null"]}, type(None), id="only-null"),
        pytest.param({"type": "array", "items": {"type": "string"}}, list, id="array"),
        pytest.param({"type": "object"}, dict, id="object"),
        pytest.param({"properties": {"a": {"type": "null"}}}, dict, id="properties-alone"),
    ],
)
def test_every_plain_type(schema: Any, kind: type) -> None:
    assert type(value(schema)) is kind


def test_an_object_has_all_its_properties() -> None:
    schema = {
        "type": "object",
        "properties": {
            "title": {"type": "string"},
            "note": {"type": "string"},
            "inner": {"type": "object", "properties": {"kind": {"enum": ["a", "b"]}, "fixed": {"const": 5}}},
            "odd": True,
        },
    }
    made = value(schema)

    assert set(made) == {"title", "note", "inner"}
    assert len(made["title"].split()) == 4
    assert made["note"].endswith(".")
    assert made["inner"]["kind"] in ("a", "b")
    assert made["inner"]["fixed"] == 5


@pytest.mark.parametrize(
    ("bounds", "least", "most"),
    [
        pytest.param({}, 0, 100, id="none"),
        pytest.param({"minimum": 7, "maximum": 9}, 7, 9, id="both"),
        pytest.param({"minimum": 1000}, 1000, 1100, id="minimum"),
        pytest.param({"maximum": -5}, -105, -5, id="maximum-below-0"),
        pytest.param({"minimum": 0.5, "maximum": 1.5}, 1, 1, id="fractions"),
        pytest.param({"minimum": 5, "maximum": 1}, 5, 5, id="impossible"),
        pytest.param({"minimum": "x", "maximum": None}, 0, 100, id="no-numbers"),
        pytest.param({"minimum": 2**60}, 0, 100, id="not-exact"),
    ],
)
def test_integers_keep_their_bounds(bounds: Any, least: int, most: int) -> None:
    made = [value({"type": "integer", **bounds}, seed) for seed in range(20)]

    assert all(least <= number <= most for number in made)


@pytest.mark.parametrize(
    ("least", "most"), [(0.001, 0.004), (-2, -1), (7, 7), (0.5, 1e6)], ids=["tiny", "below-0", "one", "wide"]
)
def test_numbers_keep_their_bounds(least: float, most: float) -> None:
    made = [value({"type": "number", "minimum": least, "maximum": most}, seed) for seed in range(20)]

    assert all(least <= number <= most for number in made)


@pytest.mark.parametrize(
    ("schema", "length"),
    [
        ({"items": {"type": "null"}}, 1),
        ({"items": {"type": "null"}, "minItems": 3}, 3),
        ({"items": {"type": "null"}, "minItems": 0}, 0),
        ({"items": {"type": "null"}, "minItems": 10**9}, 1),
        ({"items": {"type": "null"}, "minItems": "x"}, 1),
        ({}, 0),
    ],
)
def test_arrays_are_short(schema: Any, length: int) -> None:
    assert len(value({"type": "array", **schema})) == length


@pytest.mark.parametrize(
    ("schema", "place"),
    [
        pytest.param({}, "its top", id="empty"),
        pytest.param({"enum": []}, "its top", id="no-choice"),
        pytest.param({"type": "date"}, "its top", id="no-type"),
        pytest.param({"type": []}, "its top", id="no-types"),
        pytest.param({"type": "object", "properties": {"a": {"anyOf": []}}}, "a", id="inside"),
        pytest.param({"properties": {"a": {"type": "array", "items": {"properties": {"b": {}}}}}}, "a[].b", id="deep"),
    ],
)
def test_what_goes_beyond_is_refused_by_its_place(schema: Any, place: str) -> None:
    with pytest.raises(ApiError) as caught:
        value(schema)

    expected = f"cannot generate an answer: the schema at {place} has neither a plain type, an enum nor a const"
    error = caught.value
    assert (error.status, error.kind, error.should_retry, error.message) == (400, "generate", False, expected)
