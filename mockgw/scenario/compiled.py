"""Compiled: a condition as one plain test, made when it is first asked; it agrees with `Condition.holds`."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from mockgw.scenario.conditions import ClockCondition, Condition, values_of
from mockgw.scenario.context import collapse
from mockgw.scenario.operators import NEVER_FOUND, TESTS, Values, identity, same
from mockgw.scenario.parts import PartCondition

Test = Callable[[Values], bool]
ValueTest = Callable[[Any], bool]

# What looks for a text, or an expression, in text whose white space is collapsed.
FINDERS: dict[str, Callable[[str], Callable[[str], object]]] = {
    "contains": lambda wanted: lambda text: wanted in text,
    "starts_with": lambda wanted: lambda text: text.startswith(wanted),
    "ends_with": lambda wanted: lambda text: text.endswith(wanted),
    "matches": lambda wanted: re.compile(wanted).search,
}


def compiled(condition: Condition[Any]) -> Test:
    """Whether the condition holds for the values that a request has."""
    apart = {"every"}
    if isinstance(condition, PartCondition):
        apart.add("present")  # it says of all parts what the rest says of one
    tests = [_operator(condition, name) for name in sorted(condition.model_fields_set - apart)]
    holds = tests[0] if len(tests) == 1 else _all(tests)
    match condition:
        case PartCondition(present=present):
            return _of_any_result(holds, present is not False)
        case ClockCondition(every=float(period)):
            return lambda values: holds(tuple(value % period for value in values))
    return holds


def _operator(condition: Condition[Any], name: str) -> Test:
    operand = getattr(condition, name)
    if isinstance(condition, PartCondition) and name in condition.aspects():
        return _aspect(name, operand)
    match name:
        case "present":
            return lambda values: bool(values) is operand
        case "not_":
            return _none([compiled(operand)])
        case "all_":
            return _all([compiled(inner) for inner in operand])
        case "any_":
            return _any(_alternatives(operand))
        case "none_":
            return _none(_alternatives(operand))
    return _some(condition, _value_test(name, operand))


def _aspect(name: str, operand: Any) -> Test:
    """What a part of the request has besides its text."""
    if not isinstance(operand, Condition):
        return lambda parts: getattr(parts[0], name) is operand
    holds = compiled(operand)
    return lambda parts: holds(values_of(getattr(parts[0], name)))


def _alternatives(conditions: Sequence[Condition[Any]]) -> list[Test]:
    """A test for each; but values are looked up together, however many they are."""
    literals = [value for one in conditions if one.model_fields_set == {"equals"} for value in one.equals]
    others = [compiled(one) for one in conditions if one.model_fields_set != {"equals"}]
    return [_some(conditions[0], _equal(literals)), *others] if literals else others


def _value_test(name: str, operand: list[Any]) -> ValueTest:
    """Whether one value fits one of those that an operator has."""
    if name in ("equals", "in_"):
        return _equal(operand)
    if name in FINDERS:
        return _on_text([FINDERS[name](wanted if name == "matches" else collapse(wanted)) for wanted in operand])
    test = TESTS[name]
    return lambda value: any(test(value, wanted) for wanted in operand)


def _equal(operand: list[Any]) -> ValueTest:
    known = frozenset(map(identity, operand)) - {NEVER_FOUND}
    others = [wanted for wanted in operand if isinstance(wanted, list | dict)]
    if not others:
        return lambda value: identity(value) in known
    return lambda value: identity(value) in known or any(same(value, wanted) for wanted in others)


def _on_text(finders: list[Callable[[str], object]]) -> ValueTest:
    def holds(value: Any) -> bool:
        if not isinstance(value, str):
            return False
        text = collapse(value)
        for find in finders:  # noqa: SIM110 - `any` takes twice as long for one of them
            if find(text):
                return True
        return False

    return holds


def _some(condition: Condition[Any], test: ValueTest) -> Test:
    """One of the values fits; of a part of the request, its text."""
    if isinstance(condition, PartCondition):
        return lambda results: test(collapse(results[0].text))

    def holds(values: Values) -> bool:
        for value in values:  # noqa: SIM110 - likewise
            if test(value):
                return True
        return False

    return holds


def _of_any_result(fits: Test, expected: bool) -> Test:
    return lambda results: any(fits((result,)) for result in results) is expected


def _all(tests: Iterable[Test]) -> Test:
    return lambda values: all(test(values) for test in tests)


def _any(tests: Sequence[Test]) -> Test:
    return tests[0] if len(tests) == 1 else lambda values: any(test(values) for test in tests)


def _none(tests: Sequence[Test]) -> Test:
    return lambda values: not any(test(values) for test in tests)
