"""Mending: a refused request as it could have been sent, so that rules can be asked about it."""

from dataclasses import replace
from typing import Any

import orjson

from mockgw.protocol.headers import JSON, OURS, OWN
from mockgw.protocol.requests import Incoming

CREDENTIALS = ("authorization", "x-api-key")
USUAL = {"model": "claude-opus-5-5", "max_tokens": 1000}


def mended(incoming: Incoming) -> tuple[Incoming, tuple[str, ...]]:
    """The request with what it lacks, and in words what that is; nothing if it lacks none of this."""
    sent, body = incoming.headers, _object(incoming.body)
    unknown = [name for name in sent if name.startswith(OURS) and name.removeprefix(OURS) not in OWN]
    headers = {name: value for name, value in sent.items() if name not in unknown}
    lacking = [f"without the header {name}" for name in unknown]
    if not any(sent.get(name, "").strip() for name in CREDENTIALS):
        lacking.append("with a key")
        headers["x-api-key"] = "mock"
    if "json" not in sent.get("content-type", JSON).lower():
        lacking.append(f"with content-type: {JSON}")
        headers["content-type"] = JSON
    usual = {name: value for name, value in USUAL.items() if body is not None and name not in body}
    lacking += [f"with {name}: {value}" for name, value in usual.items()]
    data = orjson.dumps({**(body or {}), **usual}) if usual else incoming.body
    return replace(incoming, headers=headers, body=data), tuple(lacking)


def _object(data: bytes) -> dict[str, Any] | None:
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict) else None
