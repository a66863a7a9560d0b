"""Explaining: why a request is answered as it is, or would be."""

from collections.abc import Mapping
from typing import Any

import orjson

from mockgw.protocol.requests import Incoming
from mockgw.testing.answers import Data
from mockgw.testing.hosts import Host
from mockgw.testing.requests import Request

PATH = "/v1/messages"
LEAST: Data = {"model": "claude-opus-5-5", "max_tokens": 1000}  # what a body needs besides, if a test does not say it
SENT = {"content-type": "application/json", "x-api-key": "mock"}


def explain(host: Host, session: str, asked: "Data | str | Request", headers: Mapping[str, str]) -> str:
    """What `mockgw explain` prints."""
    from mockgw.cli.explanation import text

    sent = {**SENT, **{name.lower(): value for name, value in headers.items()}}
    incoming = _incoming(asked, session, sent)
    explanation = host.call(lambda: host.pipeline.explain(incoming))
    return text(explanation, _called(asked))


def _incoming(asked: "Data | str | Request", session: str, sent: Mapping[str, str]) -> Incoming:
    if isinstance(asked, Request):
        return Incoming("POST", asked.path, {**asked.headers, **SENT}, body=asked.exchange.body, prefix=session)
    return Incoming("POST", PATH, sent, body=orjson.dumps(_body(asked)), prefix=session)


def _body(asked: Data | str) -> Any:
    body = {"messages": [{"role": "user", "content": asked}]} if isinstance(asked, str) else asked
    return {**LEAST, **body}


def _called(asked: "Data | str | Request") -> str:
    if isinstance(asked, Request):
        return asked.id
    return "a prompt" if isinstance(asked, str) else "a body"
