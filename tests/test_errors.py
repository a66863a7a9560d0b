"""Errors: one clear message and an exit code each."""

from pathlib import Path

import pytest

from mockgw.errors import MockgwError, PortInUseError, ScenarioError, SettingsError


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
    assert (error.message, error.path, (error.line, error.column)) == (
        "wrong",
        Path("hello.yaml"),
        (*place, None, None)[:2],
    )
