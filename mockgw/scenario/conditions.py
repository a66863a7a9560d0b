"""Conditions: what a value must be. `holds` decides; `checks` tell, of the same value, why it does not."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Generic, Self, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, GetJsonSchemaHandler
from pydantic_core import CoreSchema

from mockgw.later import OfOneKind
from mockgw.notation import Boolean, Duration, JsonSchema, OneOrList, Period, Text, Written, listed, shown
from mockgw.scenario.checks import Check, Needle, brief, either, shown_all
from mockgw.scenario.context import collapse
from mockgw.scenario.kinds import misplaced
from mockgw.scenario.operators import FAR, PHRASES, TESTS, Values

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

    def distances(self, values: Values) -> Iterator[float]:
        """How far off (0 to 1) the value is for each operator that does not hold."""
        return (self._distance(name, values) for name in self._operators() if not self._operator_holds(name, values))

    def checks(self, values: Values) -> Iterator[Check]:
        """How each operator fared."""
        for name in self._operators():
            held = self._operator_holds(name, values)
            check = Check(held, self._wanted(name), self._found(name, self._telling(name, values, held=held)))
            yield replace(check, hint="" if held else self._hint(name, values), parts=self._parts(name, values))

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

    def _telling(self, name: str, values: Values, *, held: bool) -> Values:
        """Those values that an operator holds of, or those that it does not hold of."""
        return tuple(value for value in values if self._operator_holds(name, (value,)) is held) or values

    def hint(self, values: Values) -> str:
        """What would mend a condition that does not hold, if something is nearly right."""
        failed = (name for name in self._operators() if not self._operator_holds(name, values))
        return next(filter(None, (self._hint(name, values) for name in failed)), "")

    def _hint(self, name: str, values: Values) -> str:
        from mockgw.scenario import alike  # only a miss needs it

        if name in TESTS:
            return alike.hint(name, getattr(self, name), self._seen(values))
        parts = self._conditions(name) if name in ("any_", "all_") else []
        missed = [inner for inner in parts if not inner.holds(values)]
        for inner in sorted(missed, key=lambda inner: max(inner.distances(values))):
            if hint := inner.hint(values):
                return hint if len(missed) == 1 else f"nearest is {inner.wanted()}: {hint}"
        return ""

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
                apart = [max(inner.distances(values), default=0.0) for inner in getattr(self, name)]
                return min(apart) if name == "any_" else max(apart)
            case "present" | "not_" | "none_":
                return FAR
        from mockgw.scenario import alike  # only a miss needs it

        return alike.nearness(name, getattr(self, name), self._seen(values))

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
                return either([inner.wanted() for inner in operand])
            case "none_":
                return f"anything but {either([inner.wanted() for inner in operand])}"
        return f"{PHRASES[name]} {either(list(map(brief, operand)))}"


TEXTUAL = ("contains", "starts_with", "ends_with", "matches")


class _WithoutTextual:
    """Says to editors what `untextual` refuses."""

    def __get_pydantic_json_schema__(self, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchema:
        return handler(core_schema) | {"properties": dict.fromkeys(TEXTUAL, False)}


def untextual(what: str, instead: str) -> tuple[AfterValidator, _WithoutTextual]:
    """Of a condition on what is no text: it has no operators for text."""

    def check(condition: Condition[Any]) -> Condition[Any]:
        for name in (name for name in TEXTUAL if name in condition.model_fields_set):
            raise misplaced(name, f"is for text, and this is {what}; write {instead}")
        return condition

    return AfterValidator(check), _WithoutTextual()


class ClockCondition(Condition[Duration]):
    """Time since the session began."""

    every: Period | None = None
    """The time wraps round: `every: 1m` makes it the seconds of each minute."""

    def holds(self, values: Values) -> bool:
        return super().holds(self._wrapped(values))

    def distances(self, values: Values) -> Iterator[float]:
        return super().distances(self._wrapped(values))

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
