"""Operators: what a condition can ask of one value, in words too."""

import re
from collections.abc import Callable, Hashable
from typing import Any

from mockgw.protocol.conversation import ToolResult
from mockgw.scenario.context import collapse

FAR = 1.0
SEARCHED = 20_000  # characters of a text in which an expression is looked for without case: a slow search
Values = tuple[Any, ...]
NEVER_FOUND = ()  # the identity of what is not looked up

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def same(one: Any, other: Any) -> bool:
    """Equality as JSON has it: true is not 1, 1 is 1.0, the white space of text is collapsed."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, str) and isinstance(other, str):
        return one == other or collapse(one) == collapse(other)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    return bool(one == other)


def identity(value: Any) -> Hashable:
    """What `same` values have in common, to look them up by; tool results have their text.

    Lists and mappings have none that is found: they are compared part by part.
    """
    if isinstance(value, str):
        return collapse(value)
    if isinstance(value, bool):
        return bool, value
    if isinstance(value, ToolResult):
        return collapse(value.text)
    return NEVER_FOUND if isinstance(value, list | dict) else value


def _on_text(test: Callable[[str, str], bool]) -> Callable[[Any, Any], bool]:
    return lambda value, wanted: isinstance(value, str) and test(collapse(value), collapse(wanted))


def _on_numbers(test: Callable[[float, float], bool]) -> Callable[[Any, Any], bool]:
    def compare(value: Any, wanted: Any) -> bool:
        if isinstance(value, str) is not isinstance(wanted, str):
            return False
        one, other = number_of(value), number_of(wanted)
        return one is not None and other is not None and test(one, other)

    return compare


def number_of(value: Any) -> float | None:
    """The number that a value is, or that a text spells: headers have no others."""
    if isinstance(value, str):
        return float(value) if _NUMBER.fullmatch(value) else None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _found(value: Any, pattern: Any) -> bool:
    return isinstance(value, str) and re.search(pattern, collapse(value)) is not None


TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "equals": same,
    "in_": same,
    "contains": _on_text(lambda value, wanted: wanted in value),
    "starts_with": _on_text(lambda value, wanted: value.startswith(wanted)),
    "ends_with": _on_text(lambda value, wanted: value.endswith(wanted)),
    "matches": _found,
    "gt": _on_numbers(lambda value, wanted: value > wanted),
    "gte": _on_numbers(lambda value, wanted: value >= wanted),
    "lt": _on_numbers(lambda value, wanted: value < wanted),
    "lte": _on_numbers(lambda value, wanted: value <= wanted),
}
PHRASES = {
    "equals": "exactly",
    "in_": "one of",
    "contains": "text that contains",
    "starts_with": "text that starts with",
    "ends_with": "text that ends with",
    "matches": "text that matches",
    "gt": "more than",
    "gte": "at least",
    "lt": "less than",
    "lte": "at most",
}
