"""Errors: one clear message and an exit code each."""

from pathlib import Path

import pytest

from mockgw.errors import MockgwError, PortInUseError, Problem, ScenarioError, SettingsError


@pytest.mark.parametrize(
    ("kind", "code"), [(MockgwError, 1), (SettingsError, 3), (ScenarioError, 4), (PortInUseError, 5)]
)
def test_each_kind_has_an_exit_code_of_its_own(kind: type[MockgwError], code: int) -> None:
    assert issubclass(kind, MockgwError)
    assert kind.exit_code == code


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        pytest.param((), "hello.yaml: wrong", id="file"),
        pytest.param((6,), "hello.yaml:6: wrong", id="line"),
        pytest.param((6, 3), "hello.yaml:6:3: wrong", id="column"),
    ],
)
def test_a_scenario_s_error_says_where(place: tuple[int, ...], shown: str) -> None:
    error = ScenarioError("wrong", "hello.yaml", *place)
    assert str(error) == shown
    [problem] = error.problems
    found = (problem.message, problem.path, problem.line, problem.column)
    assert found == ("wrong", Path("hello.yaml"), *(*place, None, None)[:2])


def problem(line: int, path: str = "a.yaml") -> Problem:
    return Problem(f"wrong in {line}", Path(path), line, 1)


@pytest.mark.parametrize(
    ("others", "shown"),
    [
        pytest.param([problem(2)], "(and 1 more: line 2)", id="one"),
        pytest.param([problem(2), problem(2), problem(5)], "(and 3 more: lines 2 and 5)", id="three"),
        pytest.param([problem(n) for n in range(2, 9)], "(and 7 more: lines 2, 3, 4, 5, 6 …)", id="many"),
        pytest.param([problem(2), problem(2, "b.yaml")], "(and 2 more: in a.yaml, b.yaml)", id="files"),
    ],
)
def test_one_error_for_several_problems_tells_where_the_others_are(others: list[Problem], shown: str) -> None:
    error = ScenarioError.of([problem(1), *others])

    assert str(error) == f"a.yaml:1:1: wrong in 1 {shown}"
    assert error.problems == (problem(1), *others)
