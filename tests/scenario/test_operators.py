import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockgw.scenario.operators import CASE_ONLY, FAR, PHRASES, SEARCHED, TESTS, nearness, same

JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.sampled_from([0.5, 1.0])
    | st.sampled_from(["", "a", "a ", "b"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("xy"), inner, max_size=2),
    max_leaves=4,
)


@given(JSON_VALUES, JSON_VALUES)
def test_sameness_is_symmetric_and_reflexive(one: object, other: object) -> None:
    assert same(one, one)
    assert same(one, other) is same(other, one)


def test_every_operator_has_a_phrase() -> None:
    assert set(TESTS) == set(PHRASES)


@pytest.mark.parametrize(
    ("name", "values", "distance"),
    [
        pytest.param("equals", ("A",), CASE_ONLY, id="case"),
        pytest.param("equals", ("b",), FAR, id="nothing-alike"),
        pytest.param("equals", (), FAR, id="nothing"),
        pytest.param("equals", (5,), FAR, id="no-text"),
        pytest.param("matches", ("XAX",), CASE_ONLY, id="regex-case"),
        pytest.param("contains", ("x" * SEARCHED + "A",), CASE_ONLY, id="far-behind"),
        pytest.param("matches", ("x" * SEARCHED + "A",), FAR, id="expressions-are-sought-near-the-beginning"),
    ],
)
def test_how_near_a_value_is(name: str, values: tuple[object, ...], distance: float) -> None:
    assert nearness(name, ["a"], values) == distance


def test_texts_alike_are_near() -> None:
    assert nearness("equals", ["deploy"], ("deploys", "x")) < nearness("equals", ["deploy"], ("delay",)) < FAR
