from typing import Any

import pytest

from mockgw.scenario.checks import Check, either, excerpt, shown_all

LONG = f"{'a' * 100} the Weather in Paris {'b' * 100}"


def test_a_check_says_what_was_expected_and_found() -> None:
    assert Check(True, "exactly 1", "1").text == "expected exactly 1, found 1"
    assert Check(False, "exactly 'a'", "'A'", "upper and lower case differ").text == (
        "expected exactly 'a', found 'A' (upper and lower case differ)"
    )


@pytest.mark.parametrize(
    ("values", "text"),
    [
        pytest.param((), "nothing", id="nothing"),
        pytest.param((None, True, 1.5, "a\nb", [1]), r"null and true and 1.5 and 'a\nb' and [1]", id="kinds"),
        pytest.param(tuple("abcdefg"), "'a' and 'b' and 'c' and 'd' and 'e' and 2 more", id="many"),
        pytest.param(("a", "b", "a"), "'a' and 'b'", id="twice"),
        pytest.param(({"a": "x" * 99},), '{"a": "' + "x" * 65 + "…", id="long-mapping"),
        pytest.param(("x" * 200,), f"'{'x' * 72}…'", id="long"),
    ],
)
def test_values_are_shown_in_short(values: tuple[Any, ...], text: str) -> None:
    assert shown_all(values, ()) == text


@pytest.mark.parametrize(
    ("operator", "wanted", "shown"),
    [
        pytest.param("contains", "the weather", "aaa the Weather in Paris bb", id="other-case"),
        pytest.param("contains", "some sleet in PARIS", "Weather in Paris bb", id="a-word-of-it"),
        pytest.param("matches", "p(a|o)ris", "Weather in Paris bb", id="regex"),
        pytest.param("equals", f"{'a' * 100} the sun", "aaa the Weather", id="where-it-differs"),
        pytest.param("ends_with", "c", "b" * 72, id="end"),
        pytest.param("starts_with", "c", "a" * 72, id="beginning"),
        pytest.param("contains", "sun", "a" * 72, id="not-there"),
        pytest.param("equals", 5, "a" * 72, id="no-text"),
    ],
)
def test_a_long_text_is_shortened_around_what_matters(operator: str, wanted: object, shown: str) -> None:
    found = excerpt(LONG, [(operator, wanted)])

    assert shown in found
    assert len(found) <= 74


def test_of_many_alternatives_the_first_are_told() -> None:
    assert either(["a", "b"]) == "a or b"
    assert either(list("abcdefg")) == "a or b or c or d or e or 2 more"


def test_a_short_text_is_shown_as_it_is() -> None:
    assert excerpt("abc", [("contains", "c")]) == "abc"
