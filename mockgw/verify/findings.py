"""Findings: what rules about clients look at, and what they find."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Literal

from mockgw.journal import Exchange
from mockgw.values import light
from mockgw.verify.asked import Asked, asked
from mockgw.verify.calls import Call, calls

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Evidence:
    """The exchanges of a journal, `now` as a reading of their clock, and how many of them are not known any more."""

    exchanges: Sequence[Exchange]
    now: float
    evicted: int = 0

    @cached_property
    def calls(self) -> list[Call]:
        """The calls, in the order in which they began."""
        return calls(self.exchanges)

    @cached_property
    def asked(self) -> list[Asked]:
        """What asked for a message, in the order in which it came."""
        return list(asked(sorted(self.exchanges, key=lambda exchange: exchange.started)))


@light
class Found:
    """What a rule found: a sentence with the numbers, and the ids of the requests that show it."""

    text: str
    requests: tuple[str, ...]


@light
class Finding:
    """What a client did, by the name of the rule that says that it should not."""

    rule: str
    severity: Severity
    text: str
    requests: tuple[str, ...]

    def data(self) -> dict[str, Any]:
        return asdict(self)


Findings = Iterator[Found]
