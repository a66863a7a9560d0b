"""Calls: which exchanges are tries of one call, and what each of them was told."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cached_property

from mockgw.chance import digest, summed
from mockgw.delivery.told import Heard, Told
from mockgw.journal import Exchange
from mockgw.protocol.errors import retriable
from mockgw.values import light

Key = tuple[str, ...]
NOTHING = Told(head=True)
MENDED = ("anthropic-beta", "anthropic-version")


@dataclass(frozen=True)
class Try:
    """One try of a call."""

    exchange: Exchange

    @property
    def id(self) -> str:
        return self.exchange.request_id

    @property
    def started(self) -> float:
        return self.exchange.started

    @property
    def ended(self) -> float:
        return self.exchange.delivery.ended

    @property
    def is_over(self) -> bool:
        return self.exchange.has_ended

    @property
    def told(self) -> Told:
        return self.exchange.told or NOTHING

    @property
    def status(self) -> int:
        """The status that the client saw; 0 when the connection broke before it did."""
        return self.exchange.status if self.told.head else 0

    @property
    def failed(self) -> bool:
        """An error came, or nothing at all."""
        return self.is_over and (self.status >= 400 or self._unheard)

    @property
    def _unheard(self) -> bool:
        return self.status == 0 and self.exchange.delivery.ending in ("closed", "reset")

    @property
    def to_be_retried(self) -> bool:
        """Whether an official SDK would try again by itself: `x-should-retry` counts, then the status."""
        if not self.failed or self.told.should_retry == "false":
            return False
        return self._unheard or self.told.should_retry == "true" or retriable(self.status)

    @cached_property
    def wait(self) -> float | None:
        """How many seconds the answer asked to wait, of the headers that an SDK reads; None if it did not."""
        milliseconds, after = self.told.retry_after_ms, self.told.retry_after
        try:
            return float(milliseconds) / 1000 if milliseconds else float(after) if after else None
        except ValueError:
            return self._until(after)

    def _until(self, date: str) -> float | None:
        try:
            moment = parsedate_to_datetime(date)
        except ValueError:
            return None
        return max(0.0, (_in_utc(moment) - self._end_of_day).total_seconds())

    @property
    def _end_of_day(self) -> datetime:
        """The time of day when it ended."""
        return self.exchange.received + timedelta(seconds=self.ended - self.started)

    @property
    def broken(self) -> Heard | None:
        """What came of a stream that broke before its end, unless it was the client that left."""
        heard = self.told.heard
        left = self.exchange.delivery.ending == "left" and not self.exchange.faults
        return None if heard is None or heard.whole or left else heard

    @property
    def what(self) -> str:
        """What it came to, in a word or two: `a 429`, `a broken connection`."""
        return f"a {self.status}" if self.status else "a broken connection"


@light
class Call:
    """The tries of one call, in the order in which they came."""

    tries: tuple[Try, ...]

    @property
    def pairs(self) -> list[tuple[Try, Try]]:
        """Each try and its retry, where that came after the end of the former."""
        pairs = zip(self.tries, self.tries[1:], strict=False)
        return [(one, again) for one, again in pairs if one.is_over and again.started >= one.ended]

    @property
    def last(self) -> Try:
        return self.tries[-1]


def between(one: Try, again: Try) -> float:
    """The seconds from one try to the next: those of the session, whose clock may have been moved."""
    return max(again.started - one.started, again.exchange.clock - one.exchange.clock)


def pause(one: Try, again: Try) -> float:
    """The seconds between the end of a try and its retry."""
    return between(one, again) - (one.ended - one.started)


def calls(exchanges: Iterable[Exchange]) -> list[Call]:
    """The calls of a journal.

    The pipeline knows which requests are tries of one call once rules were asked; of what was refused before, or by
    mockgw itself, the same request of the same session is taken for the next try.
    """
    found: list[list[Try]] = []
    open_calls: dict[Key, list[Try]] = {}
    for exchange in sorted(exchanges, key=lambda one: one.started):
        one, key = Try(exchange), _key(exchange)
        if key not in open_calls or _begins_anew(exchange, open_calls[key][-1]):
            open_calls[key] = []
            found.append(open_calls[key])
        open_calls[key].append(one)
    return [Call(tuple(tries)) for tries in found]


def _key(exchange: Exchange) -> Key:
    if exchange.batch:
        return "batch", exchange.batch
    if exchange.call and not exchange.refusal:
        return "call", exchange.call
    return "same", exchange.session, digest(exchange.method, exchange.path, exchange.key), summed(exchange.body)


def _begins_anew(exchange: Exchange, last: Try) -> bool:
    """Whether it is no further try: a session that is over may be followed by one that has the same ids."""
    return not last.failed if exchange.refusal or not exchange.call else exchange.attempt == 1


def same_request(one: Exchange, other: Exchange) -> bool:
    """Whether nothing was mended between two tries: neither the body nor the key, nor what the API goes by beside it.

    After a 400 Claude Code leaves out flags of `anthropic-beta`, one after the other (seen on the wire, 2.1.330).
    """
    headers = all(one.headers.get(name) == other.headers.get(name) for name in MENDED)
    return one.key == other.key and one.body == other.body and headers


def _in_utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def in_words(seconds: float) -> str:
    """`0.4 s`, `12 s`: as exactly as anybody wants to know."""
    text = f"{seconds:.2f}".rstrip("0").rstrip(".") if seconds < 10 else f"{seconds:.0f}"
    return f"{text} s"
