from collections.abc import Mapping

import pytest

from mockgw.lint.logic.formulas import FROM_0, FROM_1
from mockgw.lint.logic.lists import unreached
from mockgw.lint.logic.spans import Span, between, compared
from tests.support import scenario

SECOND = {"step": between(1, 2)}
LATER = {"step": compared("gte", 1, whole=True)}


def numbers(answer: str, counts: Mapping[str, Span], times: int | None = None) -> list[tuple[str, tuple[int, ...]]]:
    node = scenario(answer).rules[0].node
    return [
        (found.kind, found.numbers) for found in unreached(node, {"step": FROM_0, "attempt": FROM_1, **counts}, times)
    ]


@pytest.mark.parametrize(
    ("answer", "counts", "expected"),
    [
        pytest.param("reply: a", SECOND, [], id="no-list"),
        pytest.param("steps: [a, b, c]", {}, [], id="all"),
        pytest.param("steps: [a, b, c]", SECOND, [("steps", (1, 3))], id="one"),
        pytest.param("steps: [a]", SECOND, [], id="repeated"),
        pytest.param("{steps: [a, b], then: next_rule}", LATER, [("steps", (1,))], id="ending"),
        pytest.param("steps: [{text: a, times: 2}, b]", LATER, [], id="times"),
        pytest.param("{steps: [a, b, c], then: loop}", {"step": between(4, 5)}, [("steps", (1, 3))], id="loop"),
        pytest.param("{steps: [a, b, c], then: loop}", LATER, [], id="loop-without-end"),
        pytest.param("choose: [a, {steps: [a, b]}]", LATER, [("steps", (1,))], id="in-choose"),
        pytest.param("steps: [a, {steps: [a, b]}]", {}, [("steps", (1,))], id="steps-in-steps"),
        pytest.param("attempts: [a, {attempts: [a, b]}]", {}, [("attempts", (1,))], id="attempts-in-attempts"),
        pytest.param("steps: [{steps: [a, b]}, {attempts: [a, b]}]", {}, [("steps", (2,))], id="attempts-in-steps"),
    ],
)
def test_answers_at_counts_that_never_are(answer: str, counts: dict[str, Span], expected: object) -> None:
    assert numbers(answer, counts) == expected


def test_a_rule_that_stops_reaches_so_many_replies() -> None:
    assert numbers("replies: [a, {text: b, times: 2}, c, d]", {}, times=3) == [("replies", (3, 4))]
    assert numbers("replies: [a, b]", {}) == []


def test_where_the_first_of_them_stands() -> None:
    node = scenario("steps: [a, b, c]").rules[0].node

    assert [found.first for found in unreached(node, LATER, None)] == [("steps", 0)]
