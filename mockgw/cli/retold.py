"""Retold: what a server told of exchanges and files, as it was there."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mockgw.delivery.actions import Delivery
from mockgw.errors import MockgwError
from mockgw.journal import Exchange
from mockgw.protocol.messages import Usage

if TYPE_CHECKING:
    from mockgw.cli.remote import Event
    from mockgw.reload import News

DOLLAR = 10**12  # picodollars
SAME = (
    "request_id", "session", "method", "path", "model", "scenario", "rule", "call", "attempt", "batch", "stream",
    "answer", "chaos", "refusal", "message", "validation", "provider",
)  # fmt: skip
TOKENS = ("input_tokens", "output_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")


def exchange_of(entry: Mapping[str, Any]) -> Exchange:
    """An exchange as far as its entry in a journal tells; it began at 0. MockgwError if it is told in another way."""
    try:
        return _exchange(entry)
    except (KeyError, TypeError, ValueError, ArithmeticError):
        raise MockgwError(
            "what this server tells of a request cannot be read: it is another version of mockgw"
        ) from None


def _exchange(entry: Mapping[str, Any]) -> Exchange:
    tokens = {name: entry[name] for name in TOKENS}
    return Exchange(
        **{name: entry[name] for name in SAME},
        status=int(entry["status"]),
        headers={},
        body=b"",
        received=datetime.fromisoformat(entry["time"]),
        started=0.0,
        faults=tuple(entry["faults"]),
        tried=tuple(entry["tried"]),
        usage=None if tokens["input_tokens"] is None else Usage(**tokens),
        cost=None if entry["cost"] is None else int(Decimal(entry["cost"]) * DOLLAR),
        delivery=Delivery(ended=float(entry["duration"]), ending=entry["ending"]),
    )


def news_of(event: "Event") -> "News | None":
    """What became of files, if it is that."""
    told = event.data
    if event.kind not in ("files.reloaded", "files.refused"):
        return None
    from mockgw.reload import Change, Refused, Reloaded  # slow, and files change seldom

    at = datetime.fromisoformat(told["time"])
    if event.kind == "files.refused":
        return Refused(at, datetime.fromisoformat(told["loaded"]), tuple(told["problems"]))
    changes = tuple(Change(Path(one["file"]), one["change"]) for one in told["changes"])
    return Reloaded(at, changes, (), tuple(told["scenarios"]), told["chosen"])
