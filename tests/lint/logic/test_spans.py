import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockgw.lint.logic.spans import NOTHING, Span, between, compared, union

OPERATORS = {
    "equals": lambda one, other: one == other,
    "gt": lambda one, other: one > other,
    "gte": lambda one, other: one >= other,
    "lt": lambda one, other: one < other,
    "lte": lambda one, other: one <= other,
}
comparisons = st.tuples(st.sampled_from(sorted(OPERATORS)), st.integers(-2, 4))
spans = st.lists(comparisons, max_size=3).map(lambda found: union(compared(*one, whole=True) for one in found))


def holds(span: Span, number: float) -> bool:
    return compared("equals", number, whole=float(number).is_integer()).within(span)


@given(comparisons, st.integers(-4, 6))
def test_a_comparison_holds_for_its_numbers(comparison: tuple[str, int], number: int) -> None:
    expected = OPERATORS[comparison[0]](number, comparison[1])

    assert holds(compared(*comparison, whole=True), number) is expected


@given(spans, spans, st.integers(-4, 6))
def test_spans_are_sets(one: Span, other: Span, number: int) -> None:
    first, second = holds(one, number), holds(other, number)

    assert holds(one | other, number) is (first or second)
    assert holds(one & other, number) is (first and second)
    assert holds(one - other, number) is (first and not second)
    assert holds(~one, number) is not first
    assert one.within(other) is not bool(one - other)


def test_of_whole_numbers_there_is_none_between_two() -> None:
    assert not compared("gt", 2, whole=True) & compared("lt", 3, whole=True)
    assert compared("gt", 2, whole=False) & compared("lt", 3, whole=False)


@pytest.mark.parametrize(
    ("span", "point"),
    [
        pytest.param(compared("equals", 3, whole=True), True, id="whole"),
        pytest.param(compared("equals", 3, whole=False), True, id="any"),
        pytest.param(between(3, 5), False, id="two"),
        pytest.param(~NOTHING, False, id="all"),
        pytest.param(NOTHING, False, id="none"),
    ],
)
def test_a_point_is_one_number(span: Span, point: bool) -> None:
    assert span.is_point is point


def test_where_a_span_starts_and_ends() -> None:
    assert (between(2, 5).least, between(2, 5).most) == (2, 5)
    assert between(2, 2) == NOTHING
    assert compared("gt", float("inf"), whole=False) == NOTHING
