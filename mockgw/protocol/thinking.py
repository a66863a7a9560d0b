"""Thinking: what of it a request asks for, by itself or by the ways of its model, and what it is shown."""

from collections.abc import Collection
from typing import Literal

from mockgw.protocol.models import find
from mockgw.protocol.requests import MessagesRequest

# The types with which a model may think.
ON = ("adaptive", "between_tools", "enabled")
INTERLEAVED = "interleaved-thinking-2025-05-14"
Shown = Literal["whole", "omitted", "nothing"]


def type_of(request: MessagesRequest) -> str:
    """The type that a request names, or that its model uses when it names none."""
    named = (request.thinking or {}).get("type")
    if isinstance(named, str):
        return named
    model = find(request.model)
    return "adaptive" if model is not None and model.abilities.thinks else "disabled"


def shown_as_written(request: MessagesRequest) -> Shown:
    """What a request is shown of the thinking that a scenario has for it: all, unless it wants its text left out."""
    return "omitted" if (request.thinking or {}).get("display") == "omitted" else "whole"


def shown_as_asked(request: MessagesRequest, *, between_calls: bool, betas: Collection[str]) -> Shown:
    """What the model that it asks for would show, before its first tool call or between two."""
    type = type_of(request)
    if not _thinks(type, between_calls=between_calls, betas=betas):
        return "nothing"
    display = "summarized" if type == "between_tools" else _display(request)
    return "omitted" if display == "omitted" or (display == "updates" and not between_calls) else "whole"


def _display(request: MessagesRequest) -> str:
    named = (request.thinking or {}).get("display")
    if named is not None:
        return str(named)
    model = find(request.model)
    return model.abilities.display if model is not None else "summarized"


def _thinks(type: str, *, between_calls: bool, betas: Collection[str]) -> bool:
    """https://platform.claude.com/docs/en/build-with-claude/thinking: when a model thinks, by the type of thinking."""
    if type == "between_tools":
        return between_calls
    return type == "adaptive" or (type == "enabled" and (not between_calls or INTERLEAVED in betas))
