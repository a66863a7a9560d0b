"""Conversations: which exchanges belong together, and what was typed in each.

Together belongs a run of Claude Code, or all that begins with the same message.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from mockgw.chance import digest, summed
from mockgw.engine.state import fingerprint
from mockgw.journal import Exchange
from mockgw.protocol.conversation import typed
from mockgw.wording import shortened

LENGTH = 12
LONGEST = 120  # characters of a prompt
MOST_READ = 2_000
AGENT_SESSION = "x-claude-code-session-id"


def conversation_of(exchange: Exchange) -> str:
    """What a conversation is called, found out when somebody asks; empty for what has no messages."""
    if exchange.conversation is None:
        _read(exchange)
    return exchange.conversation or ""


def prompt_of(exchange: Exchange) -> str:
    """What a person typed last, in one line and cut short, found out when somebody asks; empty if nothing was."""
    if exchange.conversation is None:
        _read(exchange)
    return exchange.prompt


def _read(exchange: Exchange) -> None:
    """Bodies are large: both are found out at once."""
    body = _body(exchange.body) if exchange.path.startswith("/v1/messages") else {}
    messages = [one for one in body.get("messages") or () if isinstance(one, dict)]
    exchange.prompt = _prompt(messages)
    if run := exchange.headers.get(AGENT_SESSION) if exchange.path.startswith("/v1/messages") else None:
        exchange.conversation = _short(exchange.session, run)
    else:
        exchange.conversation = _short(exchange.session, _user(body), _begins(messages[0])) if messages else ""


def _prompt(messages: Sequence[Mapping[str, Any]]) -> str:
    for message in reversed(messages):
        if message.get("role") == "user" and (text := typed(_content(message.get("content")))):
            return shortened(" ".join(text[:MOST_READ].split()), LONGEST)
    return ""


def _content(content: Any) -> str | list[Mapping[str, Any]]:
    if isinstance(content, str):
        return content
    return [part for part in content if isinstance(part, dict)] if isinstance(content, list) else ""


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
