"""Waiting: until so many requests have come, without looking again and again."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future

from mockgw.journal import Exchange
from mockgw.scenario.patterns import AnyPattern
from mockgw.testing.answers import Data
from mockgw.testing.hosts import Host
from mockgw.testing.requests import Request
from mockgw.verify import wanted
from mockgw.verify.asked import context_of
from mockgw.verify.verification import verify


def wait(host: Host, session: str, match: Data, count: int, timeout: float) -> list[Request]:
    """The requests of a session that match, as soon as there are so many; AssertionError when they do not come."""
    __tracebackhide__ = True
    verification = wanted.read({**({"match": match} if match else {}), "times": {"at_least": count}})
    patterns = verification.match.patterns()
    watch = _Watch(lambda one: one.session == session and _fits(patterns, one), count)
    journal = host.pipeline.journal
    host.call(lambda: watch.begin(journal.of(session), journal.watchers))
    try:
        return [Request(exchange) for exchange in watch.enough.result(timeout)]
    except TimeoutError:
        exchanges, evicted = host.call(lambda: (journal.of(session), journal.evicted(session)))
        reason = verify(verification, exchanges, evicted).reason
        raise AssertionError(f"waited {timeout:g} s: {reason}{_hint()}") from None
    finally:
        host.call(lambda: watch.end(journal.watchers))


def _hint() -> str:
    """A coroutine that waits so keeps what it waits for from being sent."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return ""
    return ". The event loop that runs here sent nothing meanwhile: in a coroutine it is 'await mockgw.wait_async(…)'"


def _fits(patterns: tuple[AnyPattern, ...], exchange: Exchange) -> bool:
    context = context_of(exchange)
    return context is not None and all(pattern.holds(context) for pattern in patterns)


class _Watch:
    """Looks at every exchange once, when it begins."""

    def __init__(self, fits: Callable[[Exchange], bool], count: int) -> None:
        self._fits, self._count = fits, count
        self._found: list[Exchange] = []
        self.enough: Future[list[Exchange]] = Future()

    def begin(self, earlier: list[Exchange], watchers: list[Callable[[Exchange], None]]) -> None:
        watchers.append(self)
        self._found = [one for one in earlier if self._fits(one)]
        self._tell()

    def end(self, watchers: list[Callable[[Exchange], None]]) -> None:
        watchers.remove(self)

    def __call__(self, exchange: Exchange) -> None:
        if not exchange.has_ended and self._fits(exchange):
            self._found.append(exchange)
            self._tell()

    def _tell(self) -> None:
        if len(self._found) >= self._count and not self.enough.done():
            self.enough.set_result(list(self._found))
