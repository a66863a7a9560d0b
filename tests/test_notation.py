"""Notation: the scalars that people write, and what is said when they cannot be read."""

from typing import Annotated, Any

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from mockgw.notation import (
    Boolean,
    Count,
    Duration,
    DurationOrTemplate,
    Integer,
    IntegerOrTemplate,
    Number,
    Share,
    Text,
    Written,
    is_template,
    listed,
    shown,
)


def _read(kind: Any, value: object) -> object:
    return TypeAdapter[object](kind).validate_python(value)


class AsWritten(float):
    """A number that remembers how it was written."""

    text = "1.10"


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (Text, "no", "no"),
        (Text, 404, "404"),
        (Text, AsWritten(1.1), "1.10"),
        (Text, 0.5, "0.5"),
        (Number, 2, 2.0),
        (Number, 0.5, 0.5),
        (Integer, 7, 7),
        (Boolean, True, True),
        (Count, 1, 1),
        (Share, 0, 0.0),
        (Share, 1, 1.0),
        (Duration, "250ms", 0.25),
        (Duration, "2s", 2.0),
        (Duration, "1.5s", 1.5),
        (Duration, "1m", 60.0),
        (Duration, "5h", 18000.0),
        (Duration, "7d", 604800.0),
        (Duration, "2s\n", 2.0),
        (Duration, 0, 0.0),
        (Duration, 0.5, 0.5),
        (IntegerOrTemplate, "{{ step }}", "{{ step }}"),
        (IntegerOrTemplate, 429, 429),
        (DurationOrTemplate, "{% if step %}1{% endif %}", "{% if step %}1{% endif %}"),
        (DurationOrTemplate, "2s", 2.0),
    ],
)
def test_what_is_written_is_read(kind: Any, value: object, expected: object) -> None:
    found = _read(kind, value)
    assert (found, type(found)) == (expected, type(expected))


DURATION_WANTED = "expected a duration such as 250ms, 2s, 1m, 5h, 7d or a number of seconds, found "


@pytest.mark.parametrize(
    ("kind", "value", "problem"),
    [
        (Text, True, "expected text, found true; quote it: 'true'"),
        (Text, None, "expected text, found null; quote it: 'null'"),
        (Text, ["a"], "expected text, found a list"),
        (Text, {}, "expected text, found an empty mapping"),
        (Number, True, "expected a number, found true"),
        (Number, "2", "expected a number, found '2'"),
        (Integer, 1.0, "expected a whole number, found 1.0"),
        (Integer, False, "expected a whole number, found false"),
        (Boolean, 1, "expected true or false, found 1"),
        (Boolean, "yes", "expected true or false, found 'yes'; write true"),
        (Boolean, "off", "expected true or false, found 'off'; write false"),
        (Boolean, "maybe", "expected true or false, found 'maybe'"),
        (Count, 0, "expected at least 1, found 0"),
        (Share, 1.01, "expected a share from 0 to 1, found 1.01"),
        (Share, -0.5, "expected a share from 0 to 1, found -0.5"),
        (Duration, "2", DURATION_WANTED + "'2'"),
        (Duration, "2 s", DURATION_WANTED + "'2 s'"),
        (Duration, "2w", DURATION_WANTED + "'2w'"),
        (Duration, "-2s", DURATION_WANTED + "'-2s'"),
        (Duration, "٣s", DURATION_WANTED + "'٣s'"),
        (Duration, -1, DURATION_WANTED + "-1"),
        (Duration, True, DURATION_WANTED + "true"),
        (Duration, None, DURATION_WANTED + "null"),
        (Duration, float("inf"), DURATION_WANTED + "inf"),
        (Duration, float("nan"), DURATION_WANTED + "nan"),
        (Duration, 10**400, DURATION_WANTED),
        (Duration, "9" * 400 + "d", DURATION_WANTED),
        (IntegerOrTemplate, "step", "expected a whole number, found 'step'"),
        (DurationOrTemplate, "step", DURATION_WANTED + "'step'"),
    ],
)
def test_what_cannot_be_read_says_what_was_expected(kind: Any, value: object, problem: str) -> None:
    with pytest.raises(ValidationError) as caught:
        _read(kind, value)
    assert problem in str(caught.value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "null"),
        (True, "true"),
        (3, "3"),
        ("a", "'a'"),
        ([], "a list"),
        ((), "a list"),
        ({}, "an empty mapping"),
        ({"a": 1, "b": 2}, "a mapping with 'a', 'b'"),
        (r"\d+", r"'\d+'"),
        ("a\nb", r"'a\nb'"),
        ("x" * 100, "'" + "x" * 75 + "…'"),
    ],
)
def test_a_value_is_shown_as_its_writer_knows_it(value: object, expected: str) -> None:
    assert shown(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("{{ a }}", True), ("a {% if b %}", True), ("{# c #}", True), ("{a}", False), ("", False), (3, False)],
)
def test_a_template_is_known_by_its_signs(value: object, expected: bool) -> None:
    assert is_template(value) is expected


@pytest.mark.parametrize(("value", "expected"), [("a", ["a"]), (["a"], ["a"]), (("a",), ("a",)), ({}, [{}])])
def test_one_value_is_a_list_of_it(value: object, expected: object) -> None:
    assert listed(value) == expected


class Example(Written):
    """What a test writes."""

    name: Text = ""
    duration: Annotated[Duration | None, Field(alias="for")] = None


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ({"nmae": "a"}, "unknown key 'nmae'; did you mean 'name'?"),
        ({"x": "a"}, "unknown key 'x'; expected name, for"),
        ({"duration": "1s"}, "unknown key 'duration'; did you mean 'for'?"),
    ],
)
def test_an_unknown_key_is_an_error_that_helps(written: dict[str, object], problem: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Example.model_validate(written)
    assert problem in str(caught.value)


def test_all_unknown_keys_are_told_and_what_is_wrong_with_the_known_ones() -> None:
    with pytest.raises(ValidationError) as caught:
        Example.model_validate({"nmae": "a", "fro": "b", "for": "soon"})
    assert [(details["type"], details["loc"]) for details in caught.value.errors()] == [
        ("unknown_key", ()),
        ("unknown_key", ()),
        ("value_error", ("for",)),
    ]


def test_what_is_written_does_not_change() -> None:
    example = Example.model_validate({"for": "2s"})
    assert example.duration == 2.0
    with pytest.raises(ValidationError, match="frozen"):
        example.name = "b"  # type: ignore[misc]  # it is what must fail


@pytest.mark.parametrize("value", [["a"], "a", 3])
def test_something_else_than_a_mapping_is_refused(value: object) -> None:
    with pytest.raises(ValidationError, match="valid dictionary"):
        Example.model_validate(value)
