"""Suggestion: a rule, in YAML, that matches a request for which there is none."""

import json
from collections.abc import Iterator
from typing import Any

from mockgw.scenario.context import MAIN, Context

LONGEST = 60  # of a prompt that is asked for as a whole


def suggestion(context: Context) -> str:
    """Lines for the `rules` of a scenario."""
    return f"- match: {{{', '.join(_conditions(context))}}}\n  reply: Hello."


def _conditions(context: Context) -> Iterator[str]:
    yield f"prompt: {_prompt(context.prompt)}"
    if context.conversation.step:
        yield f"step: {context.conversation.step}"
    if context.agent != MAIN:
        yield f"agent: {context.agent}"


def match_of(context: Context) -> dict[str, Any]:
    """The same as data: what a request must be to be answered as this one."""
    more = {"step": context.conversation.step, "agent": context.agent if context.agent != MAIN else ""}
    return {"prompt": _asked(context.prompt), **{key: value for key, value in more.items() if value}}


def _asked(prompt: str | None) -> Any:
    if prompt is None:
        return {"present": False}
    beginning = _beginning(prompt)
    return str(prompt) if beginning is None else {"starts_with": beginning}


def _beginning(prompt: str) -> str | None:
    """How a prompt begins that is too long to be asked for as a whole."""
    return None if len(prompt) <= LONGEST else prompt[:LONGEST].rpartition(" ")[0] or str(prompt[:LONGEST])


def _prompt(prompt: str | None) -> str:
    if prompt is None:
        return "{present: false}"
    beginning = _beginning(prompt)
    return _quoted(prompt) if beginning is None else f"{{starts_with: {_quoted(beginning)}}}"


def _quoted(text: str) -> str:
    """Text as YAML reads it back, whatever is in it."""
    quoted = json.dumps(str(text), ensure_ascii=False)
    return "".join(char if char.isprintable() else f"\\U{ord(char):08x}" for char in quoted)
