"""Subject: a request that is checked."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from mockgw.protocol import models
from mockgw.protocol.dialects import Dialect
from mockgw.protocol.headers import betas
from mockgw.protocol.models import Model
from mockgw.scenario.model import Scenario
from mockgw.values import found, lazy, light

OLD_VERSION, NEW_VERSION = "2023-06-01", "2026-10-21"
SAMPLING, PROVIDER, CITING, COUNTING = "sampling", "provider", "citing", "counting"
DATE = re.compile(r"-\d{4}-?\d{2}-?\d{2}$")


@light
class Known:
    """What is known beside a request: the seed that makes the run's signatures, the models that its gateway has beside
    those of the catalogue, the scenario that answers it, whether that made a tool call without thinking, and whether
    there is a file with an id."""

    seed: int = 0
    own: frozenset[str] = frozenset()
    scenario: Scenario | None = None
    thoughtless: Callable[[str], bool] = lambda call: False
    has_file: Callable[[str], bool] = bool


NOTHING = Known()


@lazy
class Subject:
    """A body that is JSON, with the headers and the dialect that it is read by, and what is known beside it.

    `counting` is whether it came to `count_tokens`.
    """

    body: Any
    headers: Mapping[str, str]
    dialect: Dialect
    counting: bool = False
    known: Known = NOTHING

    @found
    def version(self) -> str:
        """The version that it asks for; the old one if it does not say."""
        return self.headers.get("anthropic-version", "").strip() or OLD_VERSION

    @property
    def betas(self) -> tuple[str, ...]:
        return betas(self.headers)

    @property
    def is_gateway(self) -> bool:
        """Whether it speaks to a gateway, which has parameters of its own and names models in its own way."""
        return self.dialect.name != "anthropic"

    @found
    def features(self) -> frozenset[str]:
        """What may stand in the body beyond what every request may: betas without their dates, and our own names."""
        named = {DATE.sub("", beta) for beta in self.betas}
        if self.is_gateway or self.version == OLD_VERSION:
            named |= {SAMPLING, CITING}
        if self.is_gateway:
            named.add(PROVIDER)
        if self.counting:
            named.add(COUNTING)
        return frozenset(named)

    @property
    def messages(self) -> list[dict[str, Any]]:
        messages: list[dict[str, Any]] = self.body["messages"]
        return messages

    @property
    def tools(self) -> list[dict[str, Any]]:
        tools: list[dict[str, Any]] = self.body.get("tools", [])
        return tools

    @property
    def thinking(self) -> str | None:
        """The type of thinking that it asks for."""
        kind: str | None = self.body.get("thinking", {}).get("type")
        return kind

    @found
    def model(self) -> Model | None:
        """The model of the catalogue; None for a scenario's, which can do whatever any model can."""
        return models.find(self.body["model"])


def blocks(message: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The content of a message as blocks: a text is one block."""
    content = message["content"]
    return [{"type": "text", "text": content}] if isinstance(content, str) else content
