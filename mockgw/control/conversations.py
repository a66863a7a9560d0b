"""Conversations: which exchanges belong together - a run of Claude Code, or all that begins with the same message."""

from typing import Any

import orjson

from mockgw.chance import digest, summed
from mockgw.engine.state import fingerprint
from mockgw.journal import Exchange

LENGTH = 12
AGENT_SESSION = "x-claude-code-session-id"


def conversation_of(exchange: Exchange) -> str:
    """What a conversation is called, found out when somebody asks; empty for what has no messages."""
    if exchange.conversation is None:
        exchange.conversation = _named(exchange)
    return exchange.conversation


def _named(exchange: Exchange) -> str:
    if not exchange.path.startswith("/v1/messages"):
        return ""
    if run := exchange.headers.get(AGENT_SESSION):
        return _short(exchange.session, run)
    body = _body(exchange.body)
    first = next((one for one in body.get("messages") or () if isinstance(one, dict)), None)
    return _short(exchange.session, _user(body), _begins(first)) if first else ""


def _short(*parts: str) -> str:
    return digest(*parts)[:LENGTH]


def _body(data: bytes) -> dict[str, Any]:
    try:
        body = orjson.loads(data)
    except orjson.JSONDecodeError:
        return {}
    return body if isinstance(body, dict) and isinstance(body.get("messages", []), list) else {}


def _user(body: dict[str, Any]) -> str:
    metadata = body.get("metadata")
    return str(metadata.get("user_id")) if isinstance(metadata, dict) else ""


def _begins(message: dict[str, Any]) -> str:
    """What tells a first message from others, however it is spelled."""
    try:
        return fingerprint([message])
    except (KeyError, TypeError):  # it was refused
        return summed(orjson.dumps(message))
