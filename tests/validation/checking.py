"""Checking: what a strict check says of a request."""

from typing import Any

from mockgw.protocol.dialects import DIALECTS
from mockgw.protocol.errors import ApiError
from mockgw.validation import strict
from mockgw.validation.subject import Known, Subject
from tests.support import body

NOW = "2026-10-21"
BEFORE = "2023-06-01"
LOOK = {"name": "look", "input_schema": {"type": "object"}}


def subject(
    request: Any = None, *, dialect: str = "anthropic", counting: bool = False, seed: int = 0, **headers: str
) -> Subject:
    """A request to be checked; header names with `_` for `-`."""
    sent = {"anthropic-version": BEFORE} | {name.replace("_", "-"): value for name, value in headers.items()}
    return Subject(body() if request is None else request, sent, DIALECTS[dialect], counting, Known(seed))


def told(request: Any = None, **about: Any) -> str:
    """What is wrong with it; nothing if it passes."""
    try:
        strict.check(subject(request, **about))
    except ApiError as error:
        return error.message
    return ""


def block(type: str, **fields: Any) -> dict[str, Any]:
    return {"type": type, **fields}


def call(id: str = "call_1", **fields: Any) -> dict[str, Any]:
    return block("tool_use", id=id, name="look", input={}, **fields)


def result(id: str = "call_1", **fields: Any) -> dict[str, Any]:
    return block("tool_result", tool_use_id=id, **fields)


def text(text: str = "Hello", **fields: Any) -> dict[str, Any]:
    return block("text", text=text, **fields)


def message(role: str, content: Any = "Hello", **fields: Any) -> dict[str, Any]:
    return {"role": role, "content": content, **fields}
