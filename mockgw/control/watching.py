"""Watching: what the journal says about clients, asked of one session or of all, and the wait for what is to come."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from mockgw.control.questions import Awaited
from mockgw.control.reports import Waited
from mockgw.control.views import last_number
from mockgw.journal import Exchange, Journal
from mockgw.pipeline import Pipeline
from mockgw.scenario.model import Rule
from mockgw.scenario.patterns import AnyPattern
from mockgw.sessions import DEFAULT
from mockgw.verify.asked import context_of
from mockgw.verify.in_use import rules_in_use
from mockgw.verify.verification import lacking, named
from mockgw.wording import counted


class Wait:
    """Counts requests as they come, until there are enough."""

    def __init__(self, journal: Journal, awaited: Awaited) -> None:
        self._journal = journal
        self._awaited = awaited
        self._patterns = awaited.match.patterns()
        self._seen: set[int] = set()
        self._matching: list[str] = []
        self._last = 0
        self._new: list[Exchange] = []
        self._woken = asyncio.Event()

    async def until(self, seconds: float) -> Waited:
        """What has come when there are enough, or when the time is over."""
        with self._heard():
            try:
                async with asyncio.timeout(seconds):
                    await self._enough()
            except TimeoutError:
                pass
        return self.result()

    async def _enough(self) -> None:
        while True:
            self._woken.clear()
            self._take()
            if len(self._matching) >= self._awaited.count:
                return
            await self._woken.wait()

    @contextmanager
    def _heard(self) -> Iterator[None]:
        self._new.extend(self._journal.of(self._awaited.session))
        self._journal.watchers = [*self._journal.watchers, self._hear]
        try:
            yield
        finally:
            self._take()
            self._journal.watchers = [watch for watch in self._journal.watchers if watch != self._hear]

    def _hear(self, exchange: Exchange) -> None:
        """An answer that is about to leave waits for this: the rest is done later."""
        if self._awaited.session in (None, exchange.session):
            self._new.append(exchange)
            self._woken.set()

    def _take(self) -> None:
        """Look at what is new; each counts once."""
        new, self._new = self._new, []
        for exchange in new:
            if exchange.number not in self._seen and self._counts(exchange):
                self._seen.add(exchange.number)
                self._matching.append(exchange.request_id)

    def _counts(self, exchange: Exchange) -> bool:
        if exchange.number <= self._awaited.since or (self._awaited.ended and not exchange.has_ended):
            return False
        return _fits(exchange, self._patterns)

    def result(self) -> Waited:
        count, wanted = len(self._matching), self._awaited.count
        evicted = self._journal.evicted(self._awaited.session)
        came = count >= wanted
        reason = f"{counted(count, 'request')} came" + (f": {named(self._matching)}" if count else "")
        if not came:
            but = f"; {lacking(evicted)}, and they could have been among them" if evicted else ""
            reason += f"; {counted(wanted, 'request')} {'was' if wanted == 1 else 'were'} wanted{but}"
        return Waited(came, count, wanted, tuple(self._matching), reason, evicted, last_number(self._journal))


def _fits(exchange: Exchange, patterns: Sequence[AnyPattern]) -> bool:
    """Whether it asked for a message, and is what is wanted."""
    context = context_of(exchange)
    return context is not None and all(pattern.holds(context) for pattern in patterns)


def rules_of(pipeline: Pipeline, session: str | None) -> dict[str, Sequence[Rule]]:
    """The rules that requests of a session, or of all, had to do with; of one without requests, the usual ones."""
    names = [session] if session is not None else _sessions(pipeline) or [DEFAULT]
    found: dict[str, dict[tuple[str, str], Rule]] = {}
    for name in names:
        one, exchanges = pipeline.sessions.find(name, pipeline.clock.now()), pipeline.journal.of(name)
        for scenario, rules in rules_in_use(one, pipeline.library, exchanges, or_usual=True).items():
            found.setdefault(scenario, {}).update({(rule.id, rule.place): rule for rule in rules})
    return {name: tuple(rules.values()) for name, rules in found.items()}


def _sessions(pipeline: Pipeline) -> list[str]:
    """Those that there are, and those that the journal still knows."""
    known = [one.name for one in pipeline.sessions.all(pipeline.clock.now())]
    return list(dict.fromkeys([*known, *(exchange.session for exchange in pipeline.journal)]))
