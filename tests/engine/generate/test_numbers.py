from random import Random
from typing import Any

import pytest

from mockgw.engine.generate import numbers
from mockgw.engine.generate.spots import Plain
from mockgw.engine.generate.subschemas import Subschema


def draws(*facts: Any, name: str = "", whole: bool = False) -> list[float]:
    plain = Plain(tuple(map(Subschema, facts)))
    return [numbers.draw(plain, name, Random(seed), whole=whole) for seed in range(20)]


@pytest.mark.parametrize(
    ("bounds", "least", "most"),
    [
        pytest.param({}, 0, 100, id="none"),
        pytest.param({"minimum": 7, "maximum": 9}, 7, 9, id="both"),
        pytest.param({"exclusiveMinimum": 7, "exclusiveMaximum": 9}, 8, 8, id="exclusive"),
        pytest.param({"minimum": 1000}, 1000, 1100, id="minimum"),
        pytest.param({"maximum": -5}, -105, -5, id="maximum-below-0"),
        pytest.param({"minimum": 0.5, "maximum": 1.5}, 1, 1, id="fractions"),
        pytest.param({"minimum": 2**60}, 2**60, 2**60 + 1000, id="long"),
        pytest.param({"minimum": -(10**6), "maximum": 10**6}, -(10**6), 10**6, id="wide"),
        pytest.param({"minimum": 5, "multipleOf": 1000}, 1000, 10**6, id="multiples-far-off"),
        pytest.param({"maximum": -5, "multipleOf": 1000}, -(10**6), -1000, id="multiples-far-below"),
    ],
)
def test_whole_numbers_keep_their_bounds(bounds: Any, least: int, most: int) -> None:
    made = draws(bounds, whole=True)

    assert all(type(number) is int and least <= number <= most for number in made)


@pytest.mark.parametrize(
    ("least", "most"),
    [(0.001, 0.004), (-2, -1), (7, 7), (0.5, 1e6), (1e-11, 2e-11), (1e300, 1e301), (0.1, 0.1)],
)
def test_numbers_keep_their_bounds(least: float, most: float) -> None:
    assert all(least <= number <= most for number in draws({"minimum": least}, {"maximum": most}))


def test_a_number_is_a_float_unless_its_name_counts() -> None:
    assert {type(number) for number in draws({})} == {float}
    assert {type(number) for number in draws({}, name="count")} == {int}


def test_a_name_gives_way_to_bounds() -> None:
    assert all(0 < number < 1 for number in draws({"exclusiveMinimum": 0, "exclusiveMaximum": 1}, name="count"))
    assert all(500 <= number <= 700 for number in draws({"minimum": 500, "maximum": 700}, name="age", whole=True))
    assert all(-90 <= number <= -50 for number in draws({"maximum": -50}, name="latitude"))


def test_several_multiples_are_one() -> None:
    assert set(draws({"multipleOf": 2.5}, {"multipleOf": 4, "maximum": 50})) <= {0, 20, 40}


def test_multiples_survive_the_division_of_floats() -> None:
    made = draws({"type": "number", "multipleOf": 0.01, "minimum": 0, "maximum": 20})

    assert all((number / 0.01) % 1 == 0 for number in made)


def test_a_multiple_that_floats_deny_is_better_than_none() -> None:
    assert set(draws({"multipleOf": 0.1, "minimum": 0.3, "maximum": 0.3})) == {0.3}


def test_what_is_denied_is_not_drawn() -> None:
    facts = [{"minimum": 1, "maximum": 3, "not": {"enum": [1, 2]}}, {"not": {"const": 9}}, {"not": False}]

    assert set(draws(*facts, whole=True)) == {3}


def test_beyond_64_bits_numbers_are_floats() -> None:
    assert {type(number) for number in draws({"minimum": 1e30}, whole=True)} == {float}


def test_tiny_multiples_are_drawn_too() -> None:
    assert all(0 <= number <= 100 for number in draws({"multipleOf": 1e-30}))
