"""Values: whether a value that fits one test always, or never, fits another."""

import re
from functools import lru_cache
from typing import Any

from mockgw.lint.logic.formulas import Atom
from mockgw.lint.logic.spans import Span, compared
from mockgw.scenario.operators import TESTS, number_of

TEXTUAL = ("contains", "starts_with", "ends_with", "matches")
PATIENCE = 1_000_000  # steps that a regular expression may take by the worst estimate


def fits(known: Any, asked: Atom) -> bool | None:
    """Whether a value that is known fits, None if that cannot be said."""
    match asked.operator:
        case "equals":
            return TESTS["equals"](known, asked.written)
        case "number":
            return _fits_number(known, *asked.operand)
        case "matches":
            return _is_found(known, asked.operand) if isinstance(known, str) else False
        case "present":
            return True
    return TESTS[asked.operator](known, asked.operand)


def _fits_number(known: Any, of_text: bool, span: Span) -> bool | None:
    number = number_of(known)
    if number is None or isinstance(known, str) is not of_text:
        return False
    inside = compared("equals", number, whole=False).within(span)
    return inside if not of_text else (None if inside else False)  # ' 5' is equal to '5', and no number


@lru_cache(maxsize=4096)
def _is_found(text: str, pattern: str) -> bool | None:
    return re.search(pattern, text) is not None if _is_quick(text, pattern) else None


def _is_quick(text: str, pattern: str) -> bool:
    """Whether a search surely ends soon: repeats within repeats may take for ever."""
    repeats, options = sum(map(pattern.count, "*+{")), pattern.count("?")
    if re.search(r"\)[*+{]", pattern) or repeats + options > 12:
        return False
    steps: int = len(text) ** (repeats + 1) << options
    return steps <= PATIENCE


def covers(weak: Atom, strong: Atom) -> bool:
    """Whether each value that fits `strong` fits `weak`: both ask of one key."""
    if weak.operator == "present" or weak == strong:
        return True
    match strong.operator:
        case "equals":
            return fits(strong.written, weak) is True
        case "number":
            return weak.operator == "number" and _is_number_within(strong, weak)
        case "contains" | "starts_with" | "ends_with":
            inside = weak.operator in ("contains", strong.operator)
            return inside and TESTS[weak.operator](strong.operand, weak.operand)
    return False


def _is_number_within(strong: Atom, weak: Atom) -> bool:
    numbers: Span = strong.operand[1]
    return bool(strong.operand[0] is weak.operand[0] and numbers.within(weak.operand[1]))


def disjoint(one: Atom, other: Atom) -> bool:
    """Whether no value fits both."""
    for first, second in ((one, other), (other, one)):
        if first.operator == "equals":
            return fits(first.written, second) is False
        if first.operator == "number" and second.operator in TEXTUAL:
            return not first.operand[0]
    match one.operator, other.operator:
        case "number", "number":
            return one.operand[0] is not other.operand[0] or not one.operand[1] & other.operand[1]
        case ("starts_with", "starts_with") | ("ends_with", "ends_with"):
            return not (covers(one, other) or covers(other, one))
    return False
