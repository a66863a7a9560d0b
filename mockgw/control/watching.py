"""Watching: what the journal says about clients, asked of one session or of all, and the wait for what is to come."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from mockgw.control.forms import Awaited
from mockgw.control.reports import Waited
from mockgw.control.views import last_number
from mockgw.journal import Exchange, Journal
from mockgw.pipeline import Pipeline
from mockgw.scenario.library import Library
from mockgw.scenario.model import Rule, Scenario
from mockgw.scenario.patterns import AnyPattern
from mockgw.sessions import DEFAULT, Session
from mockgw.verify.asked import context_of
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


def rules_in_use(pipeline: Pipeline, session: str | None) -> dict[str, Sequence[Rule]]:
    """The rules that requests had to do with, or would have had if there had been any, and those in front of them."""
    found: dict[str, dict[tuple[str, str], Rule]] = {}
    exchanges: dict[str, list[Exchange]] = {one.name: [] for one in _sessions(pipeline, session)}
    for exchange in pipeline.journal.of(session):
        exchanges.setdefault(exchange.session, []).append(exchange)
    for name, of_session in (exchanges or {DEFAULT: []}).items():
        for scenario, rule in _of_session(name, of_session, pipeline):
            found.setdefault(scenario, {}).setdefault((rule.id, rule.place), rule)
    return {name: tuple(rules.values()) for name, rules in found.items()}


def _sessions(pipeline: Pipeline, session: str | None) -> list[Session]:
    return [one for one in pipeline.sessions.all(pipeline.clock.now()) if session in (None, one.name)]


def _of_session(name: str, exchanges: Sequence[Exchange], pipeline: Pipeline) -> Iterator[tuple[str, Rule]]:
    """Rules and the scenarios that they answer in; a session that has ended has no rules of its own any more."""
    session = pipeline.sessions.find(name, pipeline.clock.now())
    used = dict.fromkeys(exchange.scenario for exchange in exchanges if exchange.scenario)
    used = used or {_usual(session, pipeline): None}
    for rule in session.overrides if session else ():
        where = [exchange.scenario for exchange in exchanges if exchange.rule == rule.id] or list(used)[:1]
        yield from ((scenario, rule) for scenario in dict.fromkeys(where))
    for scenario in used:
        yield from ((scenario, rule) for rule in _rules(scenario, session, pipeline))


def _usual(session: Session | None, pipeline: Pipeline) -> str:
    """What answers a request that names no scenario."""
    choice = session.choice if session else None
    return choice.name if isinstance(choice, Scenario) else choice or _library(session, pipeline).chosen


def _library(session: Session | None, pipeline: Pipeline) -> Library:
    return session.library(pipeline.library) if session else pipeline.library


def _rules(name: str, session: Session | None, pipeline: Pipeline) -> Sequence[Rule]:
    if session and isinstance(session.choice, Scenario) and session.choice.name == name:
        return session.choice.rules
    loaded = _library(session, pipeline).scenarios.get(name)
    return loaded.rules if loaded else ()
