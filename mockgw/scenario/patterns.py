"""Patterns: what a rule asks of a request; it matches when there is no difference."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from mockgw.later import Elsewhere, Later
from mockgw.notation import Boolean, Integer, Text, Written
from mockgw.scenario.checks import Check, either
from mockgw.scenario.compiled import Test, compiled
from mockgw.scenario.conditions import ClockCondition, Condition, read_condition, untextual, values_of
from mockgw.scenario.context import Context, model_identity
from mockgw.scenario.operators import FAR, Values
from mockgw.scenario.readers import NAMED_READERS, READERS
from mockgw.scenario.results import ToolResultCondition
from mockgw.suggest import SYNONYMS
from mockgw.values import found, lazy, light

ATTACHMENT = Elsewhere("mockgw.scenario.attached", "AttachmentCondition")
Json = Annotated[Any, Field()]
Model = Annotated[Text, AfterValidator(model_identity)]
Agent = Literal["main", "sub", "side"]
TextCondition = Annotated[Later[Condition[Text]], BeforeValidator(read_condition)]
CountCondition = Annotated[
    Later[Condition[Integer]], *untextual("a number", "1, or {gte: 1}"), BeforeValidator(read_condition)
]
BooleanCondition = Annotated[
    Later[Condition[Boolean]], *untextual("true or false", "true"), BeforeValidator(read_condition)
]
JsonCondition = Annotated[Later[Condition[Json]], BeforeValidator(read_condition)]
WEIGHTS = {"prompt": 8.0, "tool_result": 4.0}  # what rules are about; all else is about the circumstances
# Where an operator stands that was written without a key.
AS_IN = {
    **{field.alias or name: "prompt: {{{}: hello}}" for name, field in Condition.model_fields.items()},
    **dict.fromkeys(("gt", "gte", "lt", "lte"), "step: {{{}: 1}}"),
    "present": "tool_result: {{{}: true}}",
}


class Match(Written):
    """What a request must be; all keys must hold."""

    prompt: TextCondition | None = None
    """What was typed last: without reminders and tool results."""
    step: CountCondition | None = None
    """Assistant messages since the last typed prompt, from 0."""
    turn: CountCondition | None = None
    """Assistant messages in the whole transcript, from 0."""
    nth_prompt: CountCondition | None = None
    """How many prompts were typed, from 1."""
    nth_request: CountCondition | None = None
    """Which request of the session this is, from 1; side calls are not counted."""
    attempt: CountCondition | None = None
    """Which try of one call this is, from 1."""
    tool_result: Annotated[Later[ToolResultCondition], BeforeValidator(read_condition)] | None = None
    """A tool result in the last user message: `name`, `is_error`, operators on its text; `present: false` for none."""
    attachment: Annotated[Any, ATTACHMENT, BeforeValidator(read_condition)] = None
    """A document or an image that came with the last typed prompt or since: what it is, operators on its text."""
    system: TextCondition | None = None
    """The system prompt."""
    reminders: TextCondition | None = None
    """A `<system-reminder>` or a system message in mid-conversation."""
    tools: TextCondition | None = None
    """The name of a tool that is offered."""
    beta: TextCondition | None = None
    """A flag of the header `anthropic-beta`."""
    model: Annotated[Later[Condition[Model]], BeforeValidator(read_condition)] | None = None
    """The model, in any spelling."""
    stream: BooleanCondition | None = None
    """Whether the answer is to be streamed."""
    structured: BooleanCondition | None = None
    """Whether JSON is asked for (`output_config.format`)."""
    thinking: TextCondition | None = None
    """The type of the request's `thinking`."""
    effort: TextCondition | None = None
    """The effort asked for (`output_config.effort`)."""
    header: dict[str, TextCondition] | None = None
    """Headers by name."""
    body: dict[str, JsonCondition] | None = None
    """Values of the body by path, such as `messages.-1.role`; `*` is any item of a list."""
    key: TextCondition | None = None
    """The API key."""
    session: TextCondition | None = None
    """The session's name."""
    agent: Annotated[Later[Condition[Agent]], BeforeValidator(read_condition)] | None = None
    """`main`, `sub` for a sub-agent, `side` for an agent's errand such as a title."""
    clock: (
        Annotated[Later[ClockCondition], *untextual("a time", "{gte: 1m}"), BeforeValidator(read_condition)] | None
    ) = None
    """Time since the session began."""
    all_: "list[Match] | None" = Field(default=None, alias="all", min_length=1)
    """All of these match."""
    any_: "list[Match] | None" = Field(default=None, alias="any", min_length=1)
    """At least one of these matches."""
    none_: "list[Match] | None" = Field(default=None, alias="none", min_length=1)
    """None of these matches."""

    @classmethod
    def _elsewhere(cls, key: str, value: Mapping[str, Any]) -> str:
        operator = next((name for name in (key, *SYNONYMS.get(key, ())) if name in AS_IN), None)
        if operator is None or key == "not":  # which is 'none' here
            return ""
        return f"{key!r} is an operator; it belongs under a key, as in {AS_IN[operator].format(operator)}"

    def patterns(self) -> "tuple[AnyPattern, ...]":
        return tuple(self._patterns())

    def _patterns(self) -> "Iterator[AnyPattern]":
        for name in filter(self.model_fields_set.__contains__, type(self).model_fields):
            match getattr(self, name):
                case dict(conditions):
                    for key, condition in conditions.items():
                        yield Pattern(f"{name}.{key}", NAMED_READERS[name](key), condition)
                case list(matches):
                    alternatives = tuple(match.patterns() for match in matches)
                    yield Combination(name.rstrip("_"), alternatives)
                case condition:
                    yield Pattern(name, READERS[name], condition)

    def names_side_calls(self) -> bool:
        """Whether this was written with side calls in mind: they meet no other rule."""
        if self.agent is not None or self.structured is not None:
            return True
        inner = [*(self.all_ or []), *(self.any_ or [])]
        return any(match.names_side_calls() for match in inner)


@lazy
class Pattern:
    """One condition on one thing that a request has."""

    key: str
    read: Callable[[Context], Any]
    condition: Condition[Any]

    @found
    def _test(self) -> Test:
        return compiled(self.condition)

    def values(self, context: Context) -> Values:
        """What the request has of it."""
        known = context.values
        if self.key not in known:
            known[self.key] = values_of(self.read(context))
        return known[self.key]

    def holds(self, context: Context) -> bool:
        return self._test(self.values(context))

    def distances(self, context: Context) -> list[float]:
        """How far off each of its operators is that does not hold; 1 is far, and as much as the key weighs."""
        weight = WEIGHTS.get(self.key, 1.0)
        return [weight * distance for distance in self.condition.distances(self.values(context))]

    def checks(self, context: Context) -> list[Check]:
        """How each of its operators fared."""
        checks = [replace(check, key=self.key) for check in self.condition.checks(self.values(context))]
        missed = next((index for index, check in enumerate(checks) if not check.held), None)
        if missed is not None:
            from mockgw.scenario.advice import advice  # only a miss needs it

            more = advice(self.key, self.condition, self.values(context), context)
            own = "" if self.key == "model" else checks[missed].hint  # models that are alike are others all the same
            hints = "; ".join(filter(None, (own, more)))
            checks[missed] = replace(checks[missed], hint=hints)
        return checks

    def differences(self, context: Context) -> list[str]:
        """Why it does not hold; nothing when it does."""
        return [f"{self.key}: {check.text}" for check in self.checks(context) if not check.held]

    def groups(self, context: Context) -> dict[str, str]:
        return self.condition.groups(self.values(context))


@light
class Combination:
    """`all`, `any` or `none` of several matches."""

    key: str
    alternatives: "tuple[tuple[AnyPattern, ...], ...]"

    def holds(self, context: Context) -> bool:
        held = [all(pattern.holds(context) for pattern in patterns) for patterns in self.alternatives]
        return {"all": all(held), "any": any(held), "none": not any(held)}[self.key]

    def distances(self, context: Context) -> list[float]:
        """How far off it is: of `any`, the nearest of them."""
        if self.holds(context):
            return []
        if self.key == "none":
            return [FAR]
        apart = [[d for pattern in patterns for d in pattern.distances(context)] for patterns in self.alternatives]
        return min(apart, key=sum) if self.key == "any" else [distance for found in apart for distance in found]

    def differences(self, context: Context) -> list[str]:
        """Why it does not hold; nothing when it does."""
        if self.holds(context):
            return []
        if self.key == "none":
            return [self._held(context)]
        reasons = [[d for pattern in patterns for d in pattern.differences(context)] for patterns in self.alternatives]
        if self.key == "all":
            return [difference for found in reasons for difference in found]
        return [f"any: {either([' and '.join(found) for found in reasons])}"]

    def checks(self, context: Context) -> list[Check]:
        parts = tuple(_check(patterns, context) for patterns in self.alternatives)
        fitting = " and ".join(str(number) for number, part in enumerate(parts, 1) if part.held) or "none"
        return [Check(self.holds(context), WANTED[self.key], fitting, key=self.key, parts=parts)]

    def _held(self, context: Context) -> str:
        """Of `none`, the first of them that matches."""
        held = [all(pattern.holds(context) for pattern in patterns) for patterns in self.alternatives].index(True)
        checks = [check for pattern in self.alternatives[held] for check in pattern.checks(context)]
        told = " and ".join(f"{check.key} is {check.wanted}" for check in checks)
        return f"none: its match number {held + 1} holds{f', as {told}' if told else ''}"

    def groups(self, context: Context) -> dict[str, str]:
        found: dict[str, str] = {}
        for pattern in (p for patterns in self.alternatives for p in patterns if self.key != "none"):
            if pattern.holds(context):
                found |= pattern.groups(context)
        return found


AnyPattern = Pattern | Combination
WANTED = {"all": "all of these to match", "any": "one of these to match", "none": "none of these to match"}


def _check(patterns: tuple[AnyPattern, ...], context: Context) -> Check:
    """How one of several matches fared."""
    parts = tuple(check for pattern in patterns for check in pattern.checks(context))
    if len(parts) == 1:
        return parts[0]
    held = all(part.held for part in parts)
    found = "no difference" if held else "a difference"
    return Check(held, "all of these to hold", found, key="match", parts=parts)
