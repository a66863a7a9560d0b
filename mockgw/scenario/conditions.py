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
Several = Annotated[list[T], BeforeValidator(listed), Field(min_length=1)]

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")

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
    all_: list[Annotated[Self, BeforeValidator(read_condition)]] | None = Field(default=None, alias="all", min_length=1)
    """All of these conditions hold."""
    any_: list[Annotated[Self, BeforeValidator(read_condition)]] | None = Field(default=None, alias="any", min_length=1)
    """At least one of these conditions holds."""
    none_: list[Annotated[Self, BeforeValidator(read_condition)]] | None = Field(
        default=None, alias="none", min_length=1
    )
    """None of these conditions holds."""

    def holds(self, values: Values) -> bool:
        return all(self._operator_holds(name, values) for name in self.model_fields_set)

    def differences(self, values: Values) -> Iterator[Difference]:
        """One for each operator that does not hold."""
        for name in self._operators():
            if not self._operator_holds(name, values):
                yield self._difference(name, values)

    def wanted(self) -> str:
        """The condition in words."""
        return " and ".join(self._wanted(name) for name in self._operators()) or "anything"

    def _operators(self) -> Iterator[str]:
        return (name for name in type(self).model_fields if name in self.model_fields_set)

    def groups(self, values: Values) -> dict[str, str]:
        """The named groups of the regular expressions that were found."""
        found: dict[str, str] = {}
        for pattern, value in ((p, v) for p in self.matches for v in self._seen(values) if isinstance(v, str)):
            if match := re.search(pattern, collapse(value)):
                found |= {name: text for name, text in match.groupdict().items() if text is not None}
        for inner in self._inner():
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
        seen = self._seen(values)
        found = " and ".join(shown(value) for value in seen[:5]) or "nothing"
        distance = self._distance(name, values)
        hint = " (upper and lower case differ)" if distance == CASE_ONLY else ""
        return Difference(f"expected {self._wanted(name)}, found {found}{hint}", distance)

    def _distance(self, name: str, values: Values) -> float:
        match name:
            case "any_" | "all_":
                apart = [max((d.distance for d in inner.differences(values)), default=0.0) for inner in self._inner()]
                return min(apart) if name == "any_" else max(apart)
            case "present" | "not_" | "none_":
                return FAR
        return _nearness(name, getattr(self, name), self._seen(values))

    def _inner(self) -> list[Self]:
        return [*(self.all_ or []), *(self.any_ or [])]

    def _wanted(self, name: str) -> str:
        operand = getattr(self, name)
        match name:
            case "present":
                return "a value" if operand else "no value"
            case "not_":
                return f"anything but {operand.wanted()}"
            case "all_":
                return " and ".join(inner.wanted() for inner in operand)
            case "any_":
                return " or ".join(inner.wanted() for inner in operand)
            case "none_":
                return f"anything but {' or '.join(inner.wanted() for inner in operand)}"
        return f"{PHRASES[name]} {' or '.join(map(shown, operand))}"


class ToolResultCondition(Condition[Text]):
    """One tool result in the last user message: operators look at its text."""

    name: Annotated[Condition[Text], BeforeValidator(read_condition)] | None = None
    """The tool's name."""
    is_error: Boolean | None = None
    """Whether the tool failed."""

    def holds(self, values: Values) -> bool:
        return any(self._fits(result) for result in values) is not (self.present is False)

    def differences(self, values: Values) -> Iterator[Difference]:
        if self.holds(values):
            return
        if self.present is False:
            yield Difference("expected no such tool result, found one")
        elif not values:
            yield Difference("expected a tool result, found none in the last user message")
        else:
            yield from min((list(super(ToolResultCondition, self).differences((one,))) for one in values), key=len)

    def groups(self, values: Values) -> dict[str, str]:
        found: dict[str, str] = {}
        for result in (result for result in values if self._fits(result)):
            found |= super().groups((result,))
            found |= self.name.groups(values_of(result.name)) if self.name is not None else {}
        return found

    def _fits(self, result: ToolResult) -> bool:
        return all(self._operator_holds(name, (result,)) for name in self.model_fields_set - {"present"})

    def _seen(self, values: Values) -> Values:
        return tuple(collapse(result.text) for result in values)

    def _operator_holds(self, name: str, values: Values) -> bool:
        result: ToolResult = values[0]
        if name == "name" and self.name is not None:
            return self.name.holds(values_of(result.name))
        if name == "is_error":
            return result.is_error is self.is_error
        return super()._operator_holds(name, values)

    def _difference(self, name: str, values: Values) -> Difference:
        result: ToolResult = values[0]
        if name == "name" and self.name is not None:
            inner = next(self.name.differences(values_of(result.name)))
            return Difference(f"name: {inner.text}", inner.distance)
        if name == "is_error":
            return Difference(f"expected {self._wanted(name)}, found {shown(result.is_error)}")
        return super()._difference(name, values)

    def _wanted(self, name: str) -> str:
        if name == "name" and self.name is not None:
            return f"the name {self.name.wanted()}"
        return f"is_error {shown(self.is_error)}" if name == "is_error" else super()._wanted(name)


class ClockCondition(Condition[Duration]):
    """Time since the session began."""

    every: Annotated[Duration, Field(gt=0)] | None = None
    """The time wraps round: `every: 1m` makes it the seconds of each minute."""

    def holds(self, values: Values) -> bool:
        return super().holds(self._wrapped(values))

    def differences(self, values: Values) -> Iterator[Difference]:
        return super().differences(self._wrapped(values))

    def _wrapped(self, values: Values) -> Values:
        return tuple(value % self.every for value in values) if self.every else values

    def _operator_holds(self, name: str, values: Values) -> bool:
        return name == "every" or super()._operator_holds(name, values)

    def wanted(self) -> str:
        return super().wanted() + (f" of every {self.every:g} s" if self.every else "")

    def _operators(self) -> Iterator[str]:
        return (name for name in super()._operators() if name != "every")


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
        if isinstance(value, str) is not isinstance(wanted, str):
            return False
        one, other = _number(value), _number(wanted)
        return one is not None and other is not None and test(one, other)

    return compare


def _number(value: Any) -> float | None:
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


def _nearness(name: str, operand: list[Any], values: Values) -> float:
    """How far the nearest pair is apart."""
    pairs = [(value, wanted) for value in values for wanted in operand if isinstance(value, str)]
    pairs = [(value, wanted) for value, wanted in pairs if isinstance(wanted, str)]
    if any(_differs_in_case(name, *pair) for pair in pairs):
        return CASE_ONLY
    return min((1 - _likeness(*pair) for pair in pairs), default=FAR)


def _differs_in_case(name: str, value: str, wanted: str) -> bool:
    if name == "matches":
        return re.search(wanted, collapse(value), re.IGNORECASE) is not None
    return TESTS[name](value.casefold(), wanted.casefold())


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one[:200].casefold(), other[:200].casefold()).ratio()
