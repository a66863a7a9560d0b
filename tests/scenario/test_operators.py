from hypothesis import given
from hypothesis import strategies as st

from mockgw.scenario.operators import PHRASES, TESTS, same

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
