"""Suggestion: a rule, in YAML, that matches a request for which there is none."""

import json
from collections.abc import Iterator

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


def _prompt(prompt: str | None) -> str:
    if prompt is None:
        return "{present: false}"
    if len(prompt) <= LONGEST:
        return _quoted(prompt)
    beginning = prompt[:LONGEST].rpartition(" ")[0] or prompt[:LONGEST]
    return f"{{starts_with: {_quoted(beginning)}}}"


def _quoted(text: str) -> str:
    """Text as YAML reads it back, whatever is in it."""
    quoted = json.dumps(str(text), ensure_ascii=False)
    return "".join(char if char.isprintable() else f"\\U{ord(char):08x}" for char in quoted)
