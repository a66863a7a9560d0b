"""Conditions: what a value must be. `holds` decides; `difference` tells, of the same value, why it does not."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Annotated, Any, Generic, Self, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field

from mockgw.notation import Boolean, Duration, Text, Written, listed, read_text, shown
from mockgw.protocol.conversation import ToolResult
from mockgw.scenario.context import collapse

T = TypeVar("T")
Values = tuple[Any, ...]
Several = Annotated[list[T], BeforeValidator(listed)]

FAR = 1.0
CASE_ONLY = 0.05


@dataclass(frozen=True, slots=True)
class Difference:
    """Why a condition does not hold: in words, and how far off (0 to 1) to find the nearest rule."""

    text: str
    distance: float = FAR


def values_of(value: Any) -> Values:
    """What a condition looks at: nothing, one value, or several of which one must fit."""
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)


def read_condition(value: Any) -> Any:
    """A value stands for `equals`, a list for `any`."""
    if isinstance(value, dict | Written):
        return value
    return {"any": value} if isinstance(value, list) else {"equals": value}


def check_regex(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} is not a regular expression: {error}") from None
    return pattern


Regex = Annotated[str, BeforeValidator(read_text), AfterValidator(check_regex)]


class Condition(Written, Generic[T]):
    """Operators that must all hold, each with a value or a list of values of which one must fit."""

    equals: Several[T] = Field(default_factory=list)
    """The whole value is this; case counts."""
    not_: Annotated[Self, BeforeValidator(read_condition)] | None = Field(default=None, alias="not")
    """This condition must not hold."""
    in_: Several[T] = Field(default_factory=list, alias="in")
    """The whole value is one of these."""
    contains: Several[Text] = Field(default_factory=list)
    """This text is in it."""
    starts_with: Several[Text] = Field(default_factory=list)
    """It starts with this text."""
    ends_with: Several[Text] = Field(default_factory=list)
    """It ends with this text."""
    matches: Several[Regex] = Field(default_factory=list)
    """This Python regular expression is found in it."""
    present: Boolean | None = None
    """Whether there is a value at all."""
    gt: Several[T] = Field(default_factory=list)
    """It is above this."""
    gte: Several[T] = Field(default_factory=list)
    """It is this or above."""
    lt: Several[T] = Field(default_factory=list)
    """It is below this."""
    lte: Several[T] = Field(default_factory=list)
    """It is this or below."""
    all_: list[Annotated[Self, BeforeValidator(read_condition)]] | None = Field(default=None, alias="all")
    """All of these conditions hold."""
    any_: list[Annotated[Self, BeforeValidator(read_condition)]] | None = Field(default=None, alias="any")
    """At least one of these conditions holds."""
    none_: list[Annotated[Self, BeforeValidator(read_condition)]] | None = Field(default=None, alias="none")
    """None of these conditions holds."""

    def holds(self, values: Values) -> bool:
        return all(self._operator_holds(name, values) for name in self.model_fields_set)

    def differences(self, values: Values) -> Iterator[Difference]:
        """One for each operator that does not hold."""
        for name in type(self).model_fields:
            if name in self.model_fields_set and not self._operator_holds(name, values):
                yield self._difference(name, values)

    def groups(self, values: Values) -> dict[str, str]:
        """The named groups of the regular expressions that were found."""
        found: dict[str, str] = {}
        for pattern, value in ((p, v) for p in self.matches for v in self._seen(values) if isinstance(v, str)):
            if match := re.search(pattern, collapse(value)):
                found |= {name: text for name, text in match.groupdict().items() if text is not None}
        for inner in [*(self.all_ or []), *(self.any_ or [])]:
            found |= inner.groups(values)
        return found

    def _seen(self, values: Values) -> Values:
        """The values as the operators look at them."""
        return values

    def _operator_holds(self, name: str, values: Values) -> bool:
        operand = getattr(self, name)
        match name:
            case "present":
                return bool(values) is operand
            case "not_":
                return not operand.holds(values)
            case "all_":
                return all(inner.holds(values) for inner in operand)
            case "any_":
                return any(inner.holds(values) for inner in operand)
            case "none_":
                return not any(inner.holds(values) for inner in operand)
        test = TESTS[name]
        return any(test(value, wanted) for value in self._seen(values) for wanted in operand)

    def _difference(self, name: str, values: Values) -> Difference:
        operand = getattr(self, name)
        if name in TESTS:
            values = self._seen(values)
        found = " and ".join(shown(value) for value in values[:5]) if values else "nothing"
        if name in TESTS:
            distance, hint = _nearness(operand, values)
            return Difference(f"expected {PHRASES[name]} {_alternatives(operand)}, found {found}{hint}", distance)
        if name == "present":
            return Difference(f"expected {'a value' if operand else 'none'}, found {found}")
        if name == "any_":
            return self._nearest_of_any(values)
        return Difference(f"expected {PHRASES[name]} of its conditions to hold, found {found}")

    def _nearest_of_any(self, values: Values) -> Difference:
        reasons = [reason for inner in self.any_ or [] for reason in inner.differences(values)]
        text = " or ".join(dict.fromkeys(reason.text for reason in reasons))
        return Difference(text or "expected one of an empty list", min((r.distance for r in reasons), default=FAR))


class ToolResultCondition(Condition[Text]):
    """One tool result in the last user message: operators look at its text."""

    name: Annotated[Condition[Text], BeforeValidator(read_condition)] | None = None
    """The tool's name."""
    is_error: Boolean | None = None
    """Whether the tool failed."""

    def holds(self, values: Values) -> bool:
        if self.present is False:
            return not values
        return any(super(ToolResultCondition, self).holds((result,)) for result in values)

    def differences(self, values: Values) -> Iterator[Difference]:
        if self.holds(values):
            return
        if not values:
            yield Difference("expected a tool result, found none in the last user message")
        elif self.present is False:
            yield Difference("expected no tool result, found one")
        else:
            yield from min((list(super(ToolResultCondition, self).differences((one,))) for one in values), key=len)

    def groups(self, values: Values) -> dict[str, str]:
        return super().groups(tuple(result for result in values if self.holds((result,))))

    def _seen(self, values: Values) -> Values:
        return tuple(collapse(result.text) for result in values)

    def _operator_holds(self, name: str, values: Values) -> bool:
        if name == "name" and self.name is not None:
            return all(self.name.holds(values_of(result.name)) for result in values)
        if name == "is_error":
            return all(result.is_error is self.is_error for result in values)
        return super()._operator_holds(name, values)

    def _difference(self, name: str, values: Values) -> Difference:
        result: ToolResult = values[0]
        if name == "name" and self.name is not None:
            inner = next(self.name.differences(values_of(result.name)))
            return Difference(f"name: {inner.text}", inner.distance)
        if name == "is_error":
            return Difference(f"expected is_error {shown(self.is_error)}, found {shown(result.is_error)}")
        return super()._difference(name, values)


class ClockCondition(Condition[Duration]):
    """Time since the session began."""

    every: Duration | None = None
    """The time wraps round: `every: 1m` makes it the seconds of each minute."""

    def _seen(self, values: Values) -> Values:
        return tuple(value % self.every for value in values) if self.every else values

    def _operator_holds(self, name: str, values: Values) -> bool:
        return name == "every" or super()._operator_holds(name, values)


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


def _on_text(test: Callable[[str, str], bool]) -> Callable[[Any, Any], bool]:
    return lambda value, wanted: isinstance(value, str) and test(collapse(value), collapse(wanted))


def _on_numbers(test: Callable[[float, float], bool]) -> Callable[[Any, Any], bool]:
    def compare(value: Any, wanted: Any) -> bool:
        return not isinstance(value, bool) and isinstance(value, int | float) and test(value, wanted)

    return compare


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
    "not_": "the opposite",
    "all_": "all",
    "none_": "none",
}


def _alternatives(operand: list[Any]) -> str:
    return " or ".join(shown(value) for value in operand)


def _nearness(operand: list[Any], values: Values) -> tuple[float, str]:
    """How far the nearest pair is apart, and a word on it when only its case differs."""
    pairs = [(v, w) for v in values for w in operand if isinstance(v, str) and isinstance(w, str)]
    if any(wanted.casefold() in value.casefold() and wanted not in value for value, wanted in pairs):
        return CASE_ONLY, " (upper and lower case differ)"
    return min((1 - _likeness(*pair) for pair in pairs), default=FAR), ""


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one[:200].casefold(), other[:200].casefold()).ratio()
