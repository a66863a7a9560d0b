"""Advice: what a request has instead of what a condition wants, where a look at the rest of it tells."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mockgw.protocol import conversation, models
from mockgw.protocol.conversation import ToolResult
from mockgw.scenario.alike import STEP
from mockgw.scenario.conditions import Condition, values_of
from mockgw.scenario.context import SIDE, SUB, Context, collapse
from mockgw.scenario.operators import FAR, Values
from mockgw.suggest import did_you_mean
from mockgw.wording import counted, shortened

Wants = Condition[Any]
MOST_NAMES = 8
NAMES = 80  # characters of them
DENIALS = {"not_", "none_", "present"}
TYPED = "but 'prompt' is only what was typed last"


def advice(key: str, condition: Wants, values: Values, context: Context) -> str:
    """What helps with a condition of this key that does not hold; nothing where nothing more is to be said."""
    name, _, rest = key.partition(".")
    if name in NAMED:
        return "" if values or _denies(condition) else NAMED[name](rest, context)
    if name in TEXTS:
        return "" if _denies(condition) else _elsewhere(name, condition, context)
    if name in COUNTS:
        return COUNTS[name] if min(condition.distances(values), default=FAR) <= STEP else ""
    return ADVICE[name](condition, context) if name in ADVICE else ""


def _denies(condition: Wants) -> bool:
    return bool(condition.model_fields_set & DENIALS)


def _elsewhere(key: str, condition: Wants, context: Context) -> str:
    """Where in the request the text stands that was not found under its key."""
    if key == "tool_result" and (told := _of_tool_result(condition, context)):
        return told
    others = (place for place in _places(context) if place[0] != key)
    where, other = next(((where, other) for other, where, texts in others if _fits(key, condition, texts)), ("", ""))
    if not where:
        return _nothing(key, context)
    told = TYPED if key == "prompt" else f"but {key!r} is {TEXTS[key]}"
    return f"{where} fits, {told}" + (f"; ask for it under {other!r}" if other else "")


def _fits(key: str, condition: Wants, texts: tuple[str, ...]) -> bool:
    """Whether texts from elsewhere would do."""
    return condition.holds(tuple(ToolResult(None, text, False) for text in texts) if key == "tool_result" else texts)


def _places(context: Context) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Keys that have texts, what these are called, and the texts."""
    yield "reminders", "a reminder", context.reminders
    yield "tool_result", "a tool result", tuple(collapse(result.text) for result in context.tool_results)
    yield "prompt", "the prompt", values_of(context.prompt)
    yield "", "an earlier prompt", tuple(_earlier(context))
    yield "system", "the system prompt", values_of(context.system)


def _earlier(context: Context) -> Iterator[str]:
    for message in context.request.messages[: max(0, context.conversation.position)]:
        if message["role"] == "user":
            yield collapse(conversation.typed(message["content"]))


def _nothing(key: str, context: Context) -> str:
    match key:
        case "prompt" if context.prompt is None:
            return "nothing was typed: its user messages are reminders and tool results"
        case "system" if context.system is None:
            return "the request has no system prompt"
        case "tool_result" if not context.tool_results:
            return _results(context)
    return ""


def _of_tool_result(condition: Wants, context: Context) -> str:
    """What is said of results before their texts are sought elsewhere."""
    if condition.model_fields_set & {"name", "is_error"}:
        return "" if context.tool_results else _results(context)
    named = next((result.name for result in context.tool_results if result.name in _wanted(condition)), "")
    return f"that is the name of its tool; write {{name: {named}}}" if named else ""


def _results(context: Context) -> str:
    """Where there are tool results, if not in the last user message."""
    blocks = (block for message in context.request.messages if isinstance(message["content"], list)
              for block in message["content"])  # fmt: skip
    if any(block.get("type") == "tool_result" for block in blocks):
        return "an earlier message has one, but only those of the last user message count"
    return "the transcript has none at all"


def _header(name: str, context: Context) -> str:
    meant = did_you_mean(name.lower(), context.headers)
    return f"the request has no such header{meant}"


def _body(path: str, context: Context) -> str:
    """Where a path leaves the body."""
    value: Any = context.request.body
    steps = path.split(".")
    index = 0
    while inside := _inside(value, steps[index]):
        value, index = inside[0], index + 1
    return f"{'.'.join(steps[:index]) or 'the body'} {_has(value, steps[index])}"


def _inside(value: Any, step: str) -> tuple[Any, ...]:
    """What a step leads to; of any item, the first."""
    match value:
        case dict() if step in value:
            return (value[step],)
        case [first, *_] if step == "*":
            return (first,)
        case list() if step.lstrip("-").isdigit() and -len(value) <= int(step) < len(value):
            return (value[int(step)],)
    return ()


def _has(value: Any, step: str) -> str:
    """What is there instead of a step of a path."""
    match value:
        case {}:
            names = shortened(", ".join(list(map(str, value))[:MOST_NAMES]), NAMES) or "nothing"
            return f"has no {step!r}{did_you_mean(step, map(str, value)) or f'; it has {names}'}"
        case list():
            number = (
                "" if step == "*" or step.lstrip("-").isdigit() else "; write a number, -1 for the last, or * for any"
            )
            return f"is a list of {counted(len(value), 'item')}, from 0{number}"
    return f"is no mapping or list that could have {step!r}"


def _wanted(condition: Wants) -> list[Any]:
    """The values that would do, as far as they are named."""
    parts = [value for part in condition.any_ or [] for value in _wanted(part)]
    return [*condition.equals, *condition.in_, *parts]


def _session(condition: Wants, context: Context) -> str:
    wanted = _wanted(condition)
    if not wanted:
        return ""
    return f"a request names it by its URL, …/s/{wanted[0]}, or by the header x-mockgw-session: {wanted[0]}"


def _model(condition: Wants, context: Context) -> str:
    known = [*context.model, *(model.id for model in models.CATALOGUE)]
    unknown = (name for name in _wanted(condition) if models.find(name) is None)
    return next((f"{name!r} is no known model{meant}" for name in unknown if (meant := did_you_mean(name, known))), "")


def _agent(condition: Wants, context: Context) -> str:
    match _wanted(condition):
        case [one, *_] if one == SUB:
            return "a sub-agent is told by the header x-claude-code-agent-id"
        case [one, *_] if one == SIDE:
            return "a side call is one by Claude Code without tools that asks for JSON by output_config.format"
    return ""


def _stream(condition: Wants, context: Context) -> str:
    return 'the request says "stream": true' if context.request.stream else 'the request does not say "stream": true'


def _absent(what: str, present: Callable[[Context], Any]) -> Callable[[Wants, Context], str]:
    return lambda condition, context: "" if present(context) or _denies(condition) else f"the request has no {what}"


TEXTS = {
    "prompt": "only what was typed last",
    "system": "only the system prompt",
    "reminders": "only reminders",
    "tool_result": "only those of the last user message",
}
NAMED: Mapping[str, Callable[[str, Context], str]] = {"header": _header, "body": _body}
COUNTS = {  # said of what is one off
    "step": "a step is an answer since the prompt was typed: 0 with the prompt, 1 with the first tool results",
    "turn": "a turn is an answer in the whole transcript: 0 at its beginning",
    "nth_prompt": "prompts are counted from 1",
    "nth_request": "the requests of a session are counted from 1",
    "attempt": "tries are counted from 1; one is a retry when the call before it broke or failed",
}
ADVICE: Mapping[str, Callable[[Wants, Context], str]] = {
    "clock": lambda condition, context: "in seconds since the session began",
    "model": _model,
    "session": _session,
    "agent": _agent,
    "stream": _stream,
    "tools": _absent("tools", lambda context: context.tools),
    "beta": _absent("header anthropic-beta", lambda context: context.beta),
    "structured": _absent("output_config.format", lambda context: context.structured),
    "thinking": _absent("'thinking'", lambda context: context.thinking),
    "effort": _absent("output_config.effort", lambda context: context.effort),
}
