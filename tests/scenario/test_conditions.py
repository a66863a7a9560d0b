from typing import Annotated, Any

import pytest
from pydantic import BeforeValidator, TypeAdapter, ValidationError

from mockgw.notation import Text
from mockgw.scenario.alike import CASE_ONLY
from mockgw.scenario.conditions import ClockCondition, Condition, read_condition, values_of

TEXT: TypeAdapter[Condition[str]] = TypeAdapter(Annotated[Condition[Text], BeforeValidator(read_condition)])
JSON: TypeAdapter[Condition[Any]] = TypeAdapter(Annotated[Condition[Any], BeforeValidator(read_condition)])
CLOCK: TypeAdapter[ClockCondition] = TypeAdapter(Annotated[ClockCondition, BeforeValidator(read_condition)])


def holds(adapter: TypeAdapter[Any], condition: object, value: object) -> bool:
    """Whether it holds; its distances must agree."""
    read: Condition[Any] = adapter.validate_python(condition)
    held = read.holds(values_of(value))
    assert held is (not list(read.distances(values_of(value))))
    return held


def reasons(adapter: TypeAdapter[Any], condition: object, value: object) -> list[str]:
    return [check.text for check in adapter.validate_python(condition).checks(values_of(value)) if not check.held]


@pytest.mark.parametrize(
    ("condition", "value", "expected"),
    [
        pytest.param("a b", "a b", True, id="value"),
        pytest.param("a b", " a\n\tb ", True, id="white-space"),
        pytest.param("a", "A", False, id="case-counts"),
        pytest.param("a", "a b", False, id="whole-text"),
        pytest.param("a.c", "abc", False, id="no-regex"),
        pytest.param(404, "404", True, id="number-as-text"),
        pytest.param(["x", "a"], "a", True, id="list-is-any"),
        pytest.param(["x", {"contains": "b"}], "abc", True, id="list-of-conditions"),
        pytest.param(["x", "y"], "a", False, id="list-none"),
        pytest.param({"equals": "a"}, "a", True, id="equals"),
        pytest.param({"equals": ["x", "a"]}, "a", True, id="equals-list"),
        pytest.param({"in": ["x", "a"]}, "a", True, id="in"),
        pytest.param({"in": "a"}, "a", True, id="in-one"),
        pytest.param({"in": ["x"]}, "a", False, id="not-in"),
        pytest.param({"contains": "b  c"}, "ab\nc", True, id="contains"),
        pytest.param({"contains": ["x", "b"]}, "abc", True, id="contains-list"),
        pytest.param({"contains": 40}, "404", True, id="contains-number"),
        pytest.param({"contains": "x"}, "abc", False, id="contains-not"),
        pytest.param({"starts_with": "a"}, " abc", True, id="starts"),
        pytest.param({"starts_with": ["x", "b"]}, "abc", False, id="starts-not"),
        pytest.param({"ends_with": "c"}, "abc\n", True, id="ends"),
        pytest.param({"ends_with": ["b", "c"]}, "abc", True, id="ends-list"),
        pytest.param({"matches": "b.d"}, "a b\nd", True, id="matches-collapsed"),
        pytest.param({"matches": "^b"}, "abc", False, id="matches-not"),
        pytest.param({"matches": ["^b", "c$"]}, "abc", True, id="matches-list"),
        pytest.param({"matches": "(?i)ABC"}, "abc", True, id="matches-flag"),
        pytest.param({"present": True}, "", True, id="present-empty"),
        pytest.param({"present": True}, None, False, id="present-not"),
        pytest.param({"present": False}, None, True, id="absent"),
        pytest.param({"present": False}, "a", False, id="absent-not"),
        pytest.param({"not": "a"}, "a", False, id="not-value"),
        pytest.param({"not": ["a", "b"]}, "b", False, id="not-list"),
        pytest.param({"not": {"contains": "x"}}, "abc", True, id="not-condition"),
        pytest.param({"not": "a"}, None, True, id="not-nothing"),
        pytest.param({"contains": "a", "not": {"contains": "b"}}, "ac", True, id="operators-all"),
        pytest.param({"contains": "a", "ends_with": "x"}, "ac", False, id="operators-one-fails"),
        pytest.param({"all": [{"contains": "a"}, {"contains": "c"}]}, "abc", True, id="all"),
        pytest.param({"all": [{"contains": "a"}, "x"]}, "abc", False, id="all-not"),
        pytest.param({"any": ["x", {"contains": "c"}]}, "abc", True, id="any"),
        pytest.param({"any": ["x", "y"]}, "abc", False, id="any-not"),
        pytest.param({"none": ["x", {"contains": "y"}]}, "abc", True, id="none"),
        pytest.param({"none": ["x", {"contains": "c"}]}, "abc", False, id="none-not"),
        pytest.param({"gt": 1}, "2", True, id="text-that-is-a-number"),
        pytest.param({"gt": 1}, "two", False, id="text-that-is-none"),
        pytest.param({"gt": "much"}, "2", False, id="wanted-is-none"),
        pytest.param("a", None, False, id="nothing"),
        pytest.param("a", ("x", "a"), True, id="one-of-several-values"),
        pytest.param({}, None, True, id="no-operators"),
    ],
)
def test_operators_on_text(condition: object, value: object, expected: bool) -> None:
    assert holds(TEXT, condition, value) is expected


@pytest.mark.parametrize(
    ("condition", "value", "expected"),
    [
        pytest.param({"gt": 1}, 2, True, id="gt"),
        pytest.param({"gt": 2}, 2, False, id="gt-equal"),
        pytest.param({"gt": [5, 1]}, 2, True, id="gt-list"),
        pytest.param({"gte": 2}, 2.0, True, id="gte"),
        pytest.param({"gte": 2.5}, 2, False, id="gte-below"),
        pytest.param({"lt": 3}, 2, True, id="lt"),
        pytest.param({"lt": 2}, 2, False, id="lt-equal"),
        pytest.param({"lte": 2}, 2, True, id="lte"),
        pytest.param({"lte": 1}, 2, False, id="lte-above"),
        pytest.param({"gt": 0}, True, False, id="true-is-no-number"),
        pytest.param({"gt": True}, 2, False, id="nor-wanted"),
        pytest.param({"gt": 1}, "2", False, id="nor-is-text"),
        pytest.param({"lt": "3"}, 2, False, id="nor-wanted-text"),
        pytest.param({"gt": None}, 2, False, id="nor-null"),
        pytest.param({"equals": True}, 1, False, id="true-is-not-1"),
        pytest.param({"equals": 1}, True, False, id="1-is-not-true"),
        pytest.param(1.0, 1, True, id="1.0-is-1"),
        pytest.param("1", 1, False, id="text-is-no-number"),
        pytest.param({"equals": [[1, True]]}, [1, True], True, id="list"),
        pytest.param({"equals": {"a": [1]}}, {"a": [True]}, False, id="deep"),
        pytest.param({"contains": "a"}, 5, False, id="contains-in-number"),
        pytest.param({"matches": "5"}, 5, False, id="matches-in-number"),
    ],
)
def test_operators_on_json(condition: object, value: object, expected: bool) -> None:
    assert holds(JSON, condition, value) is expected


@pytest.mark.parametrize("condition", [{"equals": None}, {"equals": [None, 1]}])
def test_null_is_a_value(condition: object) -> None:
    assert holds(JSON, condition, (None,))
    assert not holds(JSON, condition, ())


@pytest.mark.parametrize(
    ("condition", "now", "expected"),
    [
        pytest.param({"gte": "10s", "lt": "40s"}, 10.0, True, id="from"),
        pytest.param({"gte": "10s", "lt": "40s"}, 40.0, False, id="until"),
        pytest.param({"every": "1m", "lt": "10s"}, 65.0, True, id="wrapped"),
        pytest.param({"every": "1m", "lt": "10s"}, 30.0, False, id="wrapped-not"),
        pytest.param({"every": "1m", "not": {"lt": "10s"}}, 65.0, False, id="wrapped-inside"),
        pytest.param({"every": "1m", "any": [{"lt": 1}, {"gt": 50}]}, 115.0, True, id="wrapped-list"),
        pytest.param({"every": "1m"}, 5.0, True, id="every-alone"),
        pytest.param("2s", 2.0, True, id="value"),
    ],
)
def test_the_clock(condition: object, now: float, expected: bool) -> None:
    assert holds(CLOCK, condition, now) is expected


@pytest.mark.parametrize(
    ("adapter", "condition"),
    [
        pytest.param(TEXT, [], id="no-value"),
        pytest.param(TEXT, {"contains": []}, id="no-operand"),
        pytest.param(TEXT, {"any": []}, id="no-condition"),
        pytest.param(TEXT, {"matches": "("}, id="regex"),
        pytest.param(TEXT, {"contians": "x"}, id="unknown"),
        pytest.param(CLOCK, {"every": 0, "lt": 1}, id="every-0"),
    ],
)
def test_a_condition_that_could_never_hold_is_refused(adapter: TypeAdapter[Any], condition: object) -> None:
    with pytest.raises(ValidationError):
        adapter.validate_python(condition)


@pytest.mark.parametrize(
    ("condition", "value", "reason"),
    [
        pytest.param("a", "b", "expected exactly 'a', found 'b'", id="equals"),
        pytest.param(
            ["a", {"contains": "c"}], "b", "expected exactly 'a' or text that contains 'c', found 'b'", id="any"
        ),
        pytest.param({"in": ["a", 1]}, None, "expected one of 'a' or '1', found nothing", id="in"),
        pytest.param({"present": True}, None, "expected a value, found nothing", id="present"),
        pytest.param({"present": False}, "b", "expected no value, found 'b'", id="absent"),
        pytest.param(
            {"not": {"contains": "b"}}, "b", "expected anything but text that contains 'b', found 'b'", id="not"
        ),
        pytest.param({"not": {}}, "b", "expected anything but anything, found 'b'", id="not-anything"),
        pytest.param(
            {"none": ["a", "b"]}, "b", "expected anything but exactly 'a' or exactly 'b', found 'b'", id="none"
        ),
        pytest.param({"all": ["a", "b"]}, "b", "expected exactly 'a' and exactly 'b', found 'b'", id="all"),
        pytest.param({"gt": 3}, "2", "expected more than '3', found '2'", id="gt"),
        pytest.param(
            "a",
            "A",
            "expected exactly 'a', found 'A' "
            "(upper and lower case differ; write {matches: '(?i)^a$'} if they are no matter)",
            id="case",
        ),
        pytest.param(
            {"matches": "^a"},
            "A",
            "expected text that matches '^a', found 'A' "
            "(upper and lower case differ; begin it with (?i) if they are no matter)",
            id="regex",
        ),
        pytest.param("a", "A b", "expected exactly 'a', found 'A b'", id="more-than-case"),
        pytest.param("a", ("b", "c"), "expected exactly 'a', found 'b' and 'c'", id="several"),
    ],
)
def test_a_difference_says_what_was_expected_and_found(condition: object, value: object, reason: str) -> None:
    assert reasons(TEXT, condition, value) == [reason]


def test_a_difference_of_the_clock_names_the_wrapped_time() -> None:
    assert reasons(CLOCK, {"every": "1m", "lt": 5}, 70.0) == ["expected less than 5.0, found 10.0"]
    assert reasons(CLOCK, {"not": {"every": "1m", "lt": 30}}, 70.0) == [
        "expected anything but less than 30.0 of every 60 s, found 70.0"
    ]


def test_the_nearer_condition_has_the_smaller_distance() -> None:
    def distance(condition: object) -> float:
        return next(TEXT.validate_python(condition).distances(("deploy the app",)))

    assert distance("Deploy the app") == CASE_ONLY
    assert distance("deploy the apps") < distance("something else") <= distance({"present": False}) == 1.0
    assert distance({"all": [{"contains": "app"}, "Deploy the app"]}) == CASE_ONLY


@pytest.mark.parametrize(
    ("adapter", "condition", "value", "groups"),
    [
        pytest.param(TEXT, {"matches": r"code (?P<code>\d+)"}, "a code\n7", {"code": "7"}, id="named"),
        pytest.param(TEXT, {"matches": "(?P<a>x)|(?P<b>y)"}, "y", {"b": "y"}, id="unset-is-absent"),
        pytest.param(TEXT, {"any": ["x", {"matches": "(?P<a>.)"}]}, "y", {"a": "y"}, id="inside-any"),
        pytest.param(TEXT, {"all": [{"matches": "(?P<a>.)"}]}, "y", {"a": "y"}, id="inside-all"),
        pytest.param(TEXT, {"not": {"matches": "(?P<a>z)"}}, "y", {}, id="inside-not"),
        pytest.param(JSON, {"matches": "(?P<a>.)"}, 5, {}, id="no-text"),
        pytest.param(TEXT, {"matches": ["(?P<a>x)", "(?P<b>y)"]}, "y", {"b": "y"}, id="one-of-several"),
    ],
)
def test_groups_are_those_of_what_matched(
    adapter: TypeAdapter[Any], condition: object, value: object, groups: dict[str, str]
) -> None:
    assert adapter.validate_python(condition).groups(values_of(value)) == groups


@pytest.mark.parametrize(
    ("condition", "hint"),
    [
        pytest.param("deplyo the app", "after 'depl' it has 'oy' where 'yo' is expected", id="value"),
        pytest.param(
            ["build", "deploy an app"],
            "nearest is exactly 'deploy an app': after 'deploy ' it has 'the' where 'an' is expected",
            id="nearest-of-a-list",
        ),
        pytest.param(
            {"all": [{"contains": "app"}, "deploy"]},
            "that is only its beginning; write {contains: 'deploy'} or starts_with",
            id="what-fails-of-all",
        ),
        pytest.param(["build", "test"], "", id="nothing-near"),
        pytest.param({"not": {"contains": "app"}}, "", id="denial"),
        pytest.param({"contains": "app"}, "", id="it-holds"),
    ],
)
def test_a_condition_that_fails_narrowly_says_what_would_mend_it(condition: object, hint: str) -> None:
    assert TEXT.validate_python(condition).hint(("deploy the app",)) == hint


def test_of_very_many_alternatives_the_first_are_told() -> None:
    assert reasons(TEXT, list("bcdefgh"), "a") == [
        "expected exactly 'b' or exactly 'c' or exactly 'd' or exactly 'e' or exactly 'f' or 2 more, found 'a'"
    ]
