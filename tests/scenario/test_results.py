from typing import Annotated, Any

import pytest
from pydantic import BeforeValidator, TypeAdapter

from mockgw.protocol.conversation import ToolResult
from mockgw.scenario.conditions import read_condition
from mockgw.scenario.results import NO_CALL, ToolResultCondition

RESULT: TypeAdapter[ToolResultCondition] = TypeAdapter(Annotated[ToolResultCondition, BeforeValidator(read_condition)])
RESULTS = (
    ToolResult(name="Read", text="one  file", is_error=False),
    ToolResult(name="Bash", text="exit 1", is_error=True),
    ToolResult(name=None, text="", is_error=False),
)


def holds(condition: object, results: tuple[ToolResult, ...]) -> bool:
    """Whether it holds; its distances must agree."""
    read = RESULT.validate_python(condition)
    held = read.holds(results)
    assert held is (not list(read.distances(results)))
    return held


def reasons(condition: object, results: tuple[ToolResult, ...]) -> list[str]:
    return [check.text for check in RESULT.validate_python(condition).checks(results) if not check.held]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        pytest.param("one file", True, id="text"),
        pytest.param(["x", "exit 1"], True, id="texts"),
        pytest.param({"name": "Read"}, True, id="name"),
        pytest.param({"name": ["Edit", "Bash"]}, True, id="names"),
        pytest.param({"name": {"matches": "^Ba"}}, True, id="name-condition"),
        pytest.param({"name": "Edit"}, False, id="other-name"),
        pytest.param({"is_error": True}, True, id="error"),
        pytest.param({"name": "Read", "is_error": True}, False, id="both-of-one-result"),
        pytest.param({"name": "Bash", "is_error": True, "contains": "exit"}, True, id="all-of-one-result"),
        pytest.param({"name": "Read", "contains": "exit"}, False, id="text-of-another"),
        pytest.param({"not": {"contains": "e"}}, True, id="not"),
        pytest.param({"none": [{"name": "Read"}, {"is_error": True}]}, True, id="none"),
        pytest.param({"all": [{"name": "Bash"}, {"contains": "1"}]}, True, id="all"),
        pytest.param({"any": [{"name": "Edit"}, {"contains": "9"}]}, False, id="any"),
        pytest.param({"present": True}, True, id="present"),
        pytest.param({"present": False}, False, id="absent"),
        pytest.param({"name": "Edit", "present": False}, True, id="no-such-result"),
        pytest.param({"name": "Read", "present": False}, False, id="such-a-result"),
    ],
)
def test_one_tool_result_must_fit(condition: object, expected: bool) -> None:
    assert holds(condition, RESULTS) is expected


def test_without_tool_results_only_absence_holds() -> None:
    assert holds({"present": False}, ())
    assert not holds({"present": True}, ())
    assert not holds({"not": {"contains": "x"}}, ())
    assert reasons("x", ()) == ["expected a tool result, found none in the last user message"]
    assert reasons({"present": False}, RESULTS) == ["expected no such tool result, found one"]


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        pytest.param({"name": "Edit"}, "expected the name exactly 'Edit', found 'Read'", id="name"),
        pytest.param({"is_error": True}, "expected is_error true, found false", id="is-error"),
        pytest.param({"contains": "x"}, "expected text that contains 'x', found 'one file'", id="text"),
        pytest.param(
            {"not": {"name": "Read", "is_error": False}},
            "expected anything but the name exactly 'Read' and is_error false, found 'one file'",
            id="not",
        ),
    ],
)
def test_a_difference_of_a_tool_result_says_which_of_its_parts(condition: object, reason: str) -> None:
    assert reasons(condition, RESULTS[:1]) == [reason]


def test_the_result_that_fits_best_is_told_of() -> None:
    assert reasons({"name": "Bahs", "contains": "exit"}, RESULTS) == [
        "expected the name exactly 'Bahs', found 'Bash' (after 'Ba' it has 'sh' where 'hs' is expected)"
    ]


def test_a_result_whose_call_is_unknown_says_so() -> None:
    assert reasons({"name": "Read"}, RESULTS[2:]) == [f"expected the name exactly 'Read', found nothing ({NO_CALL})"]


@pytest.mark.parametrize(
    ("condition", "groups"),
    [
        pytest.param({"is_error": True, "matches": "(?P<n>[0-9]+)"}, {"n": "1"}, id="text"),
        pytest.param({"name": {"matches": "^(?P<a>B.)"}}, {"a": "Ba"}, id="name"),
    ],
)
def test_groups_are_those_of_what_matched(condition: Any, groups: dict[str, str]) -> None:
    assert RESULT.validate_python(condition).groups(RESULTS) == groups


def test_without_a_result_there_are_no_groups() -> None:
    assert RESULT.validate_python({"present": False}).groups(()) == {}
