"""Readers: what each key of a match looks at in a request."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from mockgw.scenario.context import Context

ANY_ITEM = "*"  # in a path


def _header(name: str) -> Callable[[Context], Any]:
    return lambda context: context.headers.get(name.lower())


def _body(path: str) -> Callable[[Context], Any]:
    steps = path.split(".")
    return lambda context: _at_path(context.request.body, steps)


def _at_path(value: Any, steps: list[str]) -> tuple[Any, ...]:
    """All values at a path, so that null is one too; () when there is none."""
    found: tuple[Any, ...] = (value,)
    for step in steps:
        found = tuple(inner for outer in found for inner in _inside(outer, step))
    return found


def _inside(value: Any, step: str) -> Iterable[Any]:
    if isinstance(value, dict) and step in value:
        return (value[step],)
    if isinstance(value, list):
        if step == ANY_ITEM:
            return value
        if step.lstrip("-").isdigit() and -len(value) <= int(step) < len(value):
            return (value[int(step)],)
    return ()


NAMED_READERS: Mapping[str, Callable[[str], Callable[[Context], Any]]] = {"header": _header, "body": _body}
READERS: Mapping[str, Callable[[Context], Any]] = {
    "prompt": lambda context: context.prompt,
    "step": lambda context: context.conversation.step,
    "turn": lambda context: context.conversation.turn,
    "nth_prompt": lambda context: context.conversation.nth_prompt,
    "nth_request": lambda context: context.nth_request,
    "attempt": lambda context: context.attempt,
    "tool_result": lambda context: context.tool_results,
    "attachment": lambda context: context.attachments,
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
