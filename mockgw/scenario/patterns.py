"""Patterns: what a rule asks of a request; it matches when there is no difference."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from mockgw.notation import Boolean, Integer, Text, Written
from mockgw.scenario.conditions import (
    ClockCondition,
    Condition,
    Difference,
    ToolResultCondition,
    read_condition,
    values_of,
)
from mockgw.scenario.context import Context, model_identity

Json = Annotated[Any, Field()]
Model = Annotated[Text, AfterValidator(model_identity)]
Agent = Literal["main", "sub", "side"]
TextCondition = Annotated[Condition[Text], BeforeValidator(read_condition)]
CountCondition = Annotated[Condition[Integer], BeforeValidator(read_condition)]
BooleanCondition = Annotated[Condition[Boolean], BeforeValidator(read_condition)]
JsonCondition = Annotated[Condition[Json], BeforeValidator(read_condition)]


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
    tool_result: Annotated[ToolResultCondition, BeforeValidator(read_condition)] | None = None
    """A tool result in the last user message: `name`, `is_error`, operators on its text; `present: false` for none."""
    system: TextCondition | None = None
    """The system prompt."""
    reminders: TextCondition | None = None
    """A `<system-reminder>` or a system message in mid-conversation."""
    tools: TextCondition | None = None
    """The name of a tool that is offered."""
    beta: TextCondition | None = None
    """A flag of the header `anthropic-beta`."""
    model: Annotated[Condition[Model], BeforeValidator(read_condition)] | None = None
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
    """Values of the body by path, such as `messages.-1.role`."""
    key: TextCondition | None = None
    """The API key."""
    session: TextCondition | None = None
    """The session's name."""
    agent: Annotated[Condition[Agent], BeforeValidator(read_condition)] | None = None
    """`main`, `sub` for a sub-agent, `side` for an agent's errand such as a title."""
    clock: Annotated[ClockCondition, BeforeValidator(read_condition)] | None = None
    """Time since the session began."""
    all_: "list[Match] | None" = Field(default=None, alias="all", min_length=1)
    """All of these match."""
    any_: "list[Match] | None" = Field(default=None, alias="any", min_length=1)
    """At least one of these matches."""
    none_: "list[Match] | None" = Field(default=None, alias="none", min_length=1)
    """None of these matches."""

    def patterns(self) -> "tuple[AnyPattern, ...]":
        return tuple(self._patterns())

    def _patterns(self) -> "Iterator[AnyPattern]":
        for name in (name for name in type(self).model_fields if getattr(self, name) is not None):
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


@dataclass(frozen=True, slots=True)
class Pattern:
    """One condition on one thing that a request has."""

    key: str
    read: Callable[[Context], Any]
    condition: Condition[Any]

    def holds(self, context: Context) -> bool:
        return self.condition.holds(values_of(self.read(context)))

    def differences(self, context: Context) -> list[Difference]:
        """Why it does not hold; none when it does."""
        values = values_of(self.read(context))
        return [Difference(f"{self.key}: {one.text}", one.distance) for one in self.condition.differences(values)]

    def groups(self, context: Context) -> dict[str, str]:
        return self.condition.groups(values_of(self.read(context)))


@dataclass(frozen=True, slots=True)
class Combination:
    """`all`, `any` or `none` of several matches."""

    key: str
    alternatives: "tuple[tuple[AnyPattern, ...], ...]"

    def holds(self, context: Context) -> bool:
        held = [all(pattern.holds(context) for pattern in patterns) for patterns in self.alternatives]
        return {"all": all(held), "any": any(held), "none": not any(held)}[self.key]

    def differences(self, context: Context) -> list[Difference]:
        if self.holds(context):
            return []
        if self.key == "none":
            return [Difference(f"none: its match number {self._first_held(context) + 1} holds")]
        reasons = [[d for pattern in patterns for d in pattern.differences(context)] for patterns in self.alternatives]
        if self.key == "all":
            return [difference for found in reasons for difference in found]
        texts = " or ".join(" and ".join(d.text for d in found) for found in reasons)
        return [Difference(f"any: {texts}", min(sum(d.distance for d in found) for found in reasons))]

    def _first_held(self, context: Context) -> int:
        held = (all(pattern.holds(context) for pattern in patterns) for patterns in self.alternatives)
        return list(held).index(True)

    def groups(self, context: Context) -> dict[str, str]:
        found: dict[str, str] = {}
        for pattern in (p for patterns in self.alternatives for p in patterns if self.key != "none"):
            if pattern.holds(context):
                found |= pattern.groups(context)
        return found


AnyPattern = Pattern | Combination


def _header(name: str) -> Callable[[Context], Any]:
    return lambda context: context.headers.get(name.lower())


def _body(path: str) -> Callable[[Context], Any]:
    steps = path.split(".")
    return lambda context: _at_path(context.request.body, steps)


def _at_path(value: Any, steps: list[str]) -> Any:
    """The value at a path, as a tuple of one so that null is a value; () when there is none."""
    for step in steps:
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.lstrip("-").isdigit() and -len(value) <= int(step) < len(value):
            value = value[int(step)]
        else:
            return ()
    return (value,)


NAMED_READERS: Mapping[str, Callable[[str], Callable[[Context], Any]]] = {"header": _header, "body": _body}
READERS: Mapping[str, Callable[[Context], Any]] = {
    "prompt": lambda context: context.prompt,
    "step": lambda context: context.conversation.step,
    "turn": lambda context: context.conversation.turn,
    "nth_prompt": lambda context: context.conversation.nth_prompt,
    "nth_request": lambda context: context.nth_request,
    "attempt": lambda context: context.attempt,
    "tool_result": lambda context: context.conversation.tool_results,
    "system": lambda context: context.system,
    "reminders": lambda context: context.reminders,
    "tools": lambda context: context.tools,
    "beta": lambda context: context.beta,
    "model": lambda context: context.model,
    "stream": lambda context: context.request.stream,
    "structured": lambda context: context.structured,
    "thinking": lambda context: context.thinking,
    "effort": lambda context: context.effort,
    "key": lambda context: context.key,
    "session": lambda context: context.session,
    "agent": lambda context: context.agent,
    "clock": lambda context: context.clock,
}
