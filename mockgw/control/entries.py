"""Entries: exchanges of the journal, chosen and shown."""

from datetime import datetime
from typing import Any

import orjson

from mockgw.control import reports
from mockgw.control.conversations import conversation_of, prompt_of
from mockgw.control.questions import SHOWN, Listing, Wanted
from mockgw.control.views import last_number
from mockgw.journal import Exchange, Journal
from mockgw.protocol.requests import Incoming


def listed(journal: Journal, listing: Listing) -> reports.Exchanges:
    """A summary of each."""
    found = fitting(journal, listing)
    shown = tuple(entry(exchange) for exchange in found[-(listing.limit or SHOWN) :])
    return reports.Exchanges(shown, len(found), journal.evicted(listing.session), last_number(journal))


def lines(journal: Journal, listing: Listing, began: datetime) -> bytes:
    """The whole of each, as a file of the journal has them; `began` tells one run from the next."""
    found = fitting(journal, listing)[-(listing.limit or 0) :]
    return b"".join(exchange.line(began.isoformat()) for exchange in found)


def entry(exchange: Exchange) -> dict[str, Any]:
    """An exchange without its request; `number` counts those of this run, `ended` is whether its answer has left."""
    more = {"number": exchange.number, "ended": exchange.has_ended, "conversation": conversation_of(exchange)}
    return {**more, "prompt": prompt_of(exchange), **exchange.summary()}


def whole(exchange: Exchange) -> dict[str, Any]:
    """An exchange with its request: a body as JSON if it is some, else as text."""
    record = {**entry(exchange), **exchange.record()}
    try:
        orjson.dumps(record)
    except orjson.JSONEncodeError:  # nested too deeply
        record["request"]["body"] = exchange.body.decode(errors="replace")
    return record


def incoming(exchange: Exchange, session: str | None = None) -> Incoming:
    """An exchange's request as it came, but for its keys, with what rules saw then; in another session if named."""
    prefix = session or exchange.session
    then = {"nth_request": exchange.nth_request, "clock": exchange.clock, "attempt": exchange.attempt}
    known = then if exchange.call else {}  # no rule was asked
    return Incoming(exchange.method, exchange.path, exchange.headers, body=exchange.body, prefix=prefix, then=known)


def fitting(journal: Journal, wanted: Wanted) -> list[Exchange]:
    """Those that are wanted, the oldest first."""
    return [exchange for exchange in journal.of(wanted.session) if fits(exchange, wanted)]


def fits(exchange: Exchange, wanted: Wanted) -> bool:
    """Whether it is one of those that are wanted."""
    return (
        wanted.session in (None, exchange.session)
        and (wanted.since is None or exchange.number > wanted.since)
        and (wanted.before is None or exchange.number < wanted.before)
        and (wanted.status is None or _has_status(exchange, wanted.status))
        and wanted.scenario in (None, exchange.scenario)
        and wanted.rule in (None, exchange.rule)
        and wanted.model in (None, exchange.model)
        and wanted.call in (None, exchange.call)
        and wanted.refusal in (None, exchange.refusal)
        and wanted.errors in (None, exchange.went_wrong)
        and wanted.unmatched in (None, exchange.refusal == "no_match")
        and wanted.faulted in (None, bool(exchange.faults or exchange.chaos))
        and (wanted.conversation is None or conversation_of(exchange) == wanted.conversation)
        and (wanted.text is None or _holds(exchange, wanted.text.casefold()))
    )


def _has_status(exchange: Exchange, status: str) -> bool:
    return str(exchange.status) == status or f"{exchange.status // 100}xx" == status


def _holds(exchange: Exchange, text: str) -> bool:
    if text in exchange.path.casefold() or text in exchange.message.casefold():
        return True
    if text.isascii() and exchange.body.isascii():  # bodies are large and many
        return text.encode() in exchange.body.lower()
    return text in exchange.body.decode(errors="replace").casefold()


def encoded(body: Any) -> bytes:
    """A body as a client would send it."""
    return orjson.dumps(body)
