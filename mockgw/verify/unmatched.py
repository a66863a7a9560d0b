"""Unmatched: what no scenario answered, and why."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from mockgw.journal import Exchange
from mockgw.values import light

BY_THE_API = "refused"  # as the API itself does it: no miss of the scenario


@light
class Unmatched:
    """A request that mockgw refused for want of an answer; `kind` as in the header `x-mockgw-error`.

    Of a `no_match` the message names the nearest rule and everything in which the request differs from it.
    """

    id: str
    kind: str
    status: int
    message: str
    scenario: str

    def data(self) -> dict[str, Any]:
        return asdict(self)


def unmatched(exchanges: Iterable[Exchange]) -> tuple[Unmatched, ...]:
    """Every request that was answered with an `x-mockgw-error`, as they stand in the journal."""
    return tuple(
        Unmatched(one.request_id, one.refusal, one.status, one.message, one.scenario)
        for one in exchanges
        if one.refusal not in ("", BY_THE_API)
    )
