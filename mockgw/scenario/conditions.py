"""Conditions: what a value must be. `holds` decides; `difference` tells, of the same value, why it does not."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Generic, Self, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field

from mockgw.later import Later, OfOneKind
from mockgw.notation import Boolean, Duration, JsonSchema, OneOrList, Period, Text, Written, listed, shown
from mockgw.protocol.conversation import ToolResult
from mockgw.scenario.checks import Check, Difference, Needle, shown_all
from mockgw.scenario.context import collapse
from mockgw.scenario.operators import CASE_ONLY, FAR, PHRASES, TESTS, Values, nearness

T = TypeVar("T")
Several = Annotated[list[T], BeforeValidator(listed), Field(min_length=1), OneOrList()]


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


class RegexError(ValueError):
    """Text that is no regular expression."""

    code = "bad-regex"


def check_regex(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise RegexError(f"{shown(pattern)} is not a regular expression: {error}") from None
    except (RecursionError, OverflowError):
        raise RegexError(f"{shown(pattern)} is not a regular expression: too large, or nested too deeply") from None
    return pattern


Regex = Annotated[Text, AfterValidator(check_regex)]


class Condition(Written, OfOneKind, Generic[T]):
    """A value, a list of which one must fit, or operators that must all hold, each with a value or a list."""

    _nullable: ClassVar[Collection[str]] = ("equals", "not", "in", "gt", "gte", "lt", "lte")

    equals: Several[T] = Field(default_factory=list)
    """The whole value is this; case counts."""
    not_: Annotated[Self | None, BeforeValidator(read_condition)] = Field(default=None, alias="not")
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

    @classmethod
    def _in_short(cls, options: Mapping[str, JsonSchema]) -> list[JsonSchema]:
        *one, several = options["equals"]["anyOf"]
        scalars = [schema for schema in one if schema.get("type") != "object"]  # mappings are operators
        return [*scalars, several | {"items": {"$ref": options["not"]["$ref"]}}]

    def holds(self, values: Values) -> bool:
        return all(self._operator_holds(name, values) for name in self.model_fields_set)

    def differences(self, values: Values) -> Iterator[Difference]:
        """One for each operator that does not hold."""
        for name in self._operators():
            if not self._operator_holds(name, values):
                yield self._difference(name, values)

    def checks(self, values: Values) -> Iterator[Check]:
        """How each operator fared."""
        for name in self._operators():
            distance = None if self._operator_holds(name, values) else self._distance(name, values)
            yield replace(self._check(name, values, distance), parts=self._parts(name, values))

    def check(self, values: Values) -> Check:
        """How all of it fared."""
        parts = tuple(self.checks(values))
        if len(parts) == 1:
            return parts[0]
        return Check(self.holds(values), self.wanted(), shown_all(self._seen(values), self._needles()), parts=parts)

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
        distance = self._distance(name, values)
        return Difference(self._check(name, values, distance).text, distance)

    def _check(self, name: str, values: Values, distance: float | None) -> Check:
        """How one operator fared; without a distance it holds."""
        held = distance is None
        telling = tuple(value for value in values if self._operator_holds(name, (value,)) is held) or values
        hint = "upper and lower case differ" if distance == CASE_ONLY else ""
        return Check(held, self._wanted(name), self._found(name, telling), hint)

    def _found(self, name: str, values: Values) -> str:
        return shown_all(self._seen(values), self._needles_of(name))

    def _parts(self, name: str, values: Values) -> tuple[Check, ...]:
        return tuple(inner.check(values) for inner in self._conditions(name))

    def _needles(self) -> Iterator[Needle]:
        return (needle for name in self._operators() for needle in self._needles_of(name))

    def _needles_of(self, name: str) -> Iterator[Needle]:
        """What to look for in a text to see how an operator fared."""
        for inner in self._conditions(name):
            yield from inner._needles()
        if name in TESTS:
            yield from ((name, wanted) for wanted in getattr(self, name))

    def _conditions(self, name: str) -> list[Self]:
        """The conditions that an operator holds."""
        match name:
            case "not_" if self.not_ is not None:
                return [self.not_]
            case "all_" | "any_" | "none_":
                return list(getattr(self, name))
        return []

    def _distance(self, name: str, values: Values) -> float:
        match name:
            case "any_" | "all_":
                apart = [max((d.distance for d in inner.differences(values)), default=0.0) for inner in self._inner()]
                return min(apart) if name == "any_" else max(apart)
            case "present" | "not_" | "none_":
                return FAR
        return nearness(name, getattr(self, name), self._seen(values))

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

    name: Annotated[Later[Condition[Text]], BeforeValidator(read_condition)] | None = None
    """The tool's name."""
    is_error: Boolean | None = None
    """Whether the tool failed."""

    def holds(self, values: Values) -> bool:
        return any(self._fits(result) for result in values) is not (self.present is False)

    def differences(self, values: Values) -> Iterator[Difference]:
        if self.holds(values):
            return
        if special := self._special(values):
            yield Difference(special.text)
        else:
            yield from min((list(super(ToolResultCondition, self).differences((one,))) for one in values), key=len)

    def checks(self, values: Values) -> Iterator[Check]:
        if special := self._special(values):
            yield special
        else:
            near = min(values, key=lambda one: len(list(super(ToolResultCondition, self).differences((one,)))))
            yield from super().checks((near,))

    def _special(self, values: Values) -> Check | None:
        """When no one result has to be looked at."""
        if self.present is False:
            held = self.holds(values)
            return Check(held, "no such tool result", "none" if held else "one")
        return None if values else Check(False, "a tool result", "none in the last user message")

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

    def _found(self, name: str, values: Values) -> str:
        result: ToolResult = values[0]
        match name:
            case "name":
                return shown_all(values_of(result.name), ())
            case "is_error":
                return shown(result.is_error)
        return super()._found(name, values)

    def _distance(self, name: str, values: Values) -> float:
        if name == "name" and self.name is not None:
            return next(self.name.differences(values_of(values[0].name))).distance
        return FAR if name == "is_error" else super()._distance(name, values)

    def _wanted(self, name: str) -> str:
        if name == "name" and self.name is not None:
            return f"the name {self.name.wanted()}"
        return f"is_error {shown(self.is_error)}" if name == "is_error" else super()._wanted(name)


class ClockCondition(Condition[Duration]):
    """Time since the session began."""

    every: Period | None = None
    """The time wraps round: `every: 1m` makes it the seconds of each minute."""

    def holds(self, values: Values) -> bool:
        return super().holds(self._wrapped(values))

    def differences(self, values: Values) -> Iterator[Difference]:
        return super().differences(self._wrapped(values))

    def checks(self, values: Values) -> Iterator[Check]:
        return super().checks(self._wrapped(values))

    def _wrapped(self, values: Values) -> Values:
        return tuple(value % self.every for value in values) if self.every else values

    def _operator_holds(self, name: str, values: Values) -> bool:
        return name == "every" or super()._operator_holds(name, values)

    def wanted(self) -> str:
        return super().wanted() + (f" of every {self.every:g} s" if self.every else "")

    def _operators(self) -> Iterator[str]:
        return (name for name in super()._operators() if name != "every")
