"""Salvage: of a body that is not as it should be, what can be read."""

from collections.abc import Callable
from typing import Any

from mockgw.protocol.errors import ApiError
from mockgw.protocol.parameters import ROLES
from mockgw.protocol.requests import MessagesRequest

MOST_REPAIRS = 100
MODEL, MAX_TOKENS = "unknown", 4096


def readable(body: Any, read: Callable[[Any], MessagesRequest]) -> MessagesRequest:
    """The request that a body comes to without all that `read` refuses; what it needs and has not is made up."""
    body = _begun(body)
    for _ in range(MOST_REPAIRS):
        try:
            return read(body)
        except ApiError as error:
            _take_out(body, error.param.split("."))
    known = {"model": body.get("model", MODEL), "max_tokens": body.get("max_tokens", MAX_TOKENS)}
    return read(_begun({name: value for name, value in known.items() if type(value) in (str, int)}))


def _begun(body: Any) -> dict[str, Any]:
    """The body as an object with what every request has; messages of unknown roles are left out."""
    given: dict[str, Any] = body if isinstance(body, dict) else {}
    messages = given.get("messages")
    kept = [one for one in messages if isinstance(one, dict) and _has_role(one)] if isinstance(messages, list) else []
    usual = {"model": MODEL, "max_tokens": MAX_TOKENS}
    return {**usual, **given, "messages": kept or [{"role": "user", "content": ""}]}


def _has_role(message: dict[str, Any]) -> bool:
    role = message.get("role")
    return isinstance(role, str) and role in ROLES


def _take_out(body: dict[str, Any], path: list[str]) -> None:
    """Take out what stands at the end of a path, or what holds it if nothing does: then it is lacking there."""
    holder: Any = body
    step, *rest = path
    while rest and _has(holder[_key(holder, step)], rest[0]):
        holder = holder[_key(holder, step)]
        step, *rest = rest
    del holder[_key(holder, step)]
    body |= {name: value for name, value in _begun(body).items() if name in ("model", "max_tokens", "messages")}


def _key(holder: Any, step: str) -> Any:
    return int(step) if isinstance(holder, list) else step


def _has(holder: Any, step: str) -> bool:
    if isinstance(holder, dict):
        return step in holder
    return isinstance(holder, list) and step.isdecimal() and int(step) < len(holder)
