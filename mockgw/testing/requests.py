"""Requests: what clients asked, to be read by a test."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

import orjson

from mockgw.journal import Exchange
from mockgw.protocol import conversation
from mockgw.protocol.messages import Usage


@dataclass(frozen=True)
class Request:
    """One request and what became of it, as it was when it was read.

    `headers` have names in lower case, and no secrets. `rule` is the id of the rule that answered, `attempt` which try
    of one call it was, from 1. `refusal` says why mockgw itself refused it (`no_match` …), as its header
    `x-mockgw-error` does; `message` is that of an error. `ending` is how the answer left: `whole`, `closed` or `reset`
    by a fault, `left` by the client; empty while it is under way.
    """

    exchange: Exchange = field(repr=False)

    @property
    def id(self) -> str:
        """Its request id, as the client was told."""
        return self.exchange.request_id

    @property
    def method(self) -> str:
        return self.exchange.method

    @property
    def path(self) -> str:
        return self.exchange.path

    @property
    def headers(self) -> Mapping[str, str]:
        return self.exchange.headers

    @cached_property
    def body(self) -> Any:
        """Its JSON; None if it is none."""
        try:
            return orjson.loads(self.exchange.body)
        except orjson.JSONDecodeError:
            return None

    @property
    def prompt(self) -> str | None:
        """What was typed last, as `match` sees it; None if nothing was, or if it cannot be read."""
        try:
            return conversation.read(self.messages).prompt
        except (AttributeError, KeyError, TypeError):  # a body that was refused
            return None

    @property
    def messages(self) -> list[dict[str, Any]]:
        messages = self._said("messages")
        return messages if isinstance(messages, list) else []

    @property
    def system(self) -> str:
        """The text of its system prompt."""
        return "\n".join(conversation.texts(self._said("system") or ""))

    @property
    def tools(self) -> list[str]:
        """The names of the tools that it offers."""
        tools = self._said("tools")
        return (
            [str(tool.get("name", "")) for tool in tools if isinstance(tool, dict)] if isinstance(tools, list) else []
        )

    @property
    def model(self) -> str:
        return self.exchange.model

    @property
    def stream(self) -> bool:
        return self.exchange.stream

    @property
    def session(self) -> str:
        return self.exchange.session

    @property
    def scenario(self) -> str:
        return self.exchange.scenario

    @property
    def rule(self) -> str:
        return self.exchange.rule

    @property
    def attempt(self) -> int:
        return self.exchange.attempt

    @property
    def status(self) -> int:
        return self.exchange.status

    @property
    def answer(self) -> str:
        """What it was answered, in a few words: `text, end_turn`, or the type of an error."""
        return self.exchange.answer

    @property
    def message(self) -> str:
        return self.exchange.message

    @property
    def refusal(self) -> str:
        return self.exchange.refusal

    @property
    def faults(self) -> tuple[str, ...]:
        return self.exchange.faults

    @property
    def usage(self) -> Usage | None:
        """The token counts of the answer; None of an error."""
        return self.exchange.usage

    @property
    def received(self) -> datetime:
        """The time of day when it came, in UTC."""
        return self.exchange.received

    @property
    def ending(self) -> str:
        return self.exchange.delivery.ending

    @property
    def duration(self) -> float | None:
        """Seconds from the request until its answer had left; None while it is under way."""
        delivery = self.exchange.delivery
        return delivery.ended - delivery.started if delivery.ending else None

    def _said(self, key: str) -> Any:
        return self.body.get(key) if isinstance(self.body, dict) else None

    def __repr__(self) -> str:
        answered = f"{self.status} by {self.rule or self.refusal or self.answer or 'mockgw'}"
        return f"<{self.method} {self.path} {self.prompt!r}: {answered}>"
