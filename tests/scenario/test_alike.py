from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockgw.scenario.alike import CASE_ONLY, LONGEST, NEAR, STEP, hint, nearness
from mockgw.scenario.operators import FAR, SEARCHED, TESTS


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


@pytest.mark.parametrize(
    ("name", "value", "operand", "distance"),
    [
        pytest.param("equals", 3, 4, STEP, id="one-apart"),
        pytest.param("equals", 3, 5, 2 * STEP, id="two-apart"),
        pytest.param("gt", 3, 3, STEP, id="not-above"),
        pytest.param("gte", 3, 900, FAR, id="far"),
        pytest.param("equals", 3, "3", NEAR, id="other-kind"),
        pytest.param("equals", [1], [2], FAR, id="lists"),
    ],
)
def test_how_near_numbers_are(name: str, value: Any, operand: Any, distance: float) -> None:
    assert nearness(name, [operand], (value,)) == distance


def test_texts_alike_are_near() -> None:
    assert nearness("equals", ["deploy"], ("deploys", "x")) < nearness("equals", ["deploy"], ("delay",)) < FAR


@pytest.mark.parametrize(
    ("name", "operand", "value", "expected"),
    [
        pytest.param("equals", "hello", "Hello", "write {matches: '(?i)^hello$'}", id="case"),
        pytest.param("starts_with", "hello", "Hello you", "write {matches: '(?i)^hello'}", id="case-start"),
        pytest.param("ends_with", "you", "Hello You", "write {matches: '(?i)you$'}", id="case-end"),
        pytest.param("contains", "a+b", "A+B", "write {matches: '(?i)…'}", id="case-special"),
        pytest.param("equals", "x" * (LONGEST + 1), "X" * (LONGEST + 1), "write {matches: '(?i)…'}", id="case-long"),
        pytest.param("matches", "^hel", "Hello", "begin it with (?i)", id="case-expression"),
        pytest.param("equals", "deploy", "deploy it", "only its beginning; write {contains: 'deploy'}", id="beginning"),
        pytest.param("in_", "deploy", "go deploy", "only its end; write {contains: 'deploy'}", id="end"),
        pytest.param("equals", "deploy", "go deploy it", "only a part of it; write {contains: 'deploy'}", id="part"),
        pytest.param("ends_with", "deploy", "deploy it", "stands elsewhere in it; write {contains: 'd", id="elsewhere"),
        pytest.param("equals", "y" * 50, "y" * 60, "write {contains: …}", id="long-operand"),
        pytest.param("contains", r"order \d+", "order 66", r"write {matches: 'order \d+'}", id="expression"),
        pytest.param("equals", "(hi|hello)", "hi", "write {matches: '(hi|hello)'}", id="alternatives"),
        pytest.param("equals", "deploy *", "deploy it", "write {starts_with: 'deploy '}", id="wildcard"),
        pytest.param("equals", "*deploy", "go deploy", "write {ends_with: 'deploy'}", id="wildcard-before"),
        pytest.param("equals", "*deploy*", "go deploy it", "write {contains: 'deploy'}", id="wildcards"),
        pytest.param("equals", "go*it", "go deploy it", "write {matches: 'go.*it'}", id="wildcard-inside"),
        pytest.param("equals", r"a(b\d", "a(b5", "", id="expression-that-is-none"),
        pytest.param("matches", "f(x) ?", "so: f(x) ?", "( ) ? are special in an expression", id="plain-text"),
        pytest.param("matches", "^order$", "my order", "^ and $ want it at the beginning and the end", id="ends"),
        pytest.param("matches", "(?i)^ORDER", "my order", "^ and $ want it", id="ends-behind-options"),
        pytest.param("matches", "a\nb", "a b", "write a blank, or \\s+", id="white-space"),
        pytest.param("matches", "order [0-9]", "order six", "", id="not-found"),
        pytest.param("equals", "deploy", "What a day", "", id="unlike"),
        pytest.param("gt", "a", "b", "", id="no-number"),
        pytest.param("equals", "5", 5, "it is a number, no text; take the quotes off", id="number"),
        pytest.param("equals", "true", True, "it is true or false, no text; take the quotes off", id="boolean"),
        pytest.param("equals", "null", None, "it is null, no text; take the quotes off", id="null"),
        pytest.param("equals", 5, "5", "it is text; quote it", id="text"),
        pytest.param("equals", 5, 6, "", id="numbers"),
        pytest.param("equals", {"a": [1, 2]}, {"a": [1, 3]}, "at a.1 it has 3 where 2 is expected", id="deep"),
        pytest.param("equals", {"a": 1}, {}, "it has no 'a'", id="key-missing"),
        pytest.param("equals", {"b": {}}, {"b": {"a": 1}}, "at b it has 'a' too", id="key-too-many"),
        pytest.param("equals", [1], [1, 2], "it has 2 items where 1 are expected", id="items"),
        pytest.param("equals", [1], {"a": 1}, "", id="list-and-mapping"),
        pytest.param("gt", [1], [2], "", id="compared-lists"),
    ],
)
def test_what_would_mend_a_condition(name: str, operand: Any, value: Any, expected: str) -> None:
    found = hint(name, [operand], (value,))
    assert expected in found
    assert bool(expected) is bool(found)


def test_of_several_the_nearest_is_named() -> None:
    assert hint("in_", ["build", "deplyo"], ("deploy", "x")).startswith("nearest is 'deplyo': after 'depl'")


TEXTS = st.text("aAb *.\\(^$'\u2019\u200b", max_size=6)


@given(st.sampled_from(sorted(TESTS.keys() - {"matches"})), TEXTS | st.integers(0, 9), TEXTS | st.integers(0, 9))
def test_whatever_is_compared_has_a_distance_and_words(name: str, value: Any, operand: Any) -> None:
    assert 0 < nearness(name, [operand], (value,)) <= FAR or TESTS[name](value, operand)
    assert hint(name, [operand], (value,)).isprintable()
