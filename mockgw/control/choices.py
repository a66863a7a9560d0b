"""Choices: which scenario is to answer - a loaded one, by its name, or one that is given, as data or as YAML."""

from collections.abc import Callable
from typing import Any

from mockgw.control import documents
from mockgw.control.errors import ControlError, unusable
from mockgw.errors import Problem, ScenarioError
from mockgw.notation import shown
from mockgw.scenario.model import Scenario

OWN = "own"  # what a scenario is called that was given


def chosen(value: Any, loaded: Callable[[str], Scenario]) -> tuple[str | Scenario, tuple[Problem, ...]]:
    """The name of a loaded scenario, or the one that was given and what is doubtful in it; ControlError for neither."""
    name = alone(value, "name") or value
    if isinstance(name, str):
        return loaded(name).name, ()
    try:
        accepted = documents.accepted_scenario(content(value), OWN)
    except ScenarioError as error:
        raise unusable(error) from None
    return accepted.scenario, accepted.warnings


def alone(value: Any, key: str) -> str | None:
    """The text of a mapping that has only this key."""
    match value:
        case {**one} if one.keys() == {key} and isinstance(one[key], str):
            return str(one[key])
    return None


def content(value: Any) -> Any:
    """The text of a mapping with nothing but `yaml`, else the value itself."""
    if (text := alone(value, "yaml")) is not None:
        return text
    if isinstance(value, dict) and "yaml" in value:
        raise ControlError(f"'yaml' is a text, and stands alone; found {shown(value)}")
    return value
