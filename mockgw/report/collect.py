"""Collect: what is known of every session at the end, those that were reset on the way too."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mockgw.journal import Exchange
from mockgw.pipeline import Pipeline
from mockgw.report.tally import Tally, tally, total
from mockgw.sessions import DEFAULT
from mockgw.verify.expectations import Expectation, Rules, Unused, expectations, unused
from mockgw.verify.findings import Finding
from mockgw.verify.in_use import rules_in_use
from mockgw.verify.unmatched import Unmatched, unmatched
from mockgw.verify.verdict import verdict

# More than a server keeps that runs for days: what is to be judged at the end should be known at the end.
KEPT = 100_000
KEPT_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class SessionReport:
    """What a session came to. A session that was reset is told of once for each time that it began.

    `evicted` counts the exchanges that the journal no longer has; `began` is the time of day of the first that it has.
    """

    name: str
    tally: Tally
    evicted: int = 0
    began: datetime | None = None
    unmatched: tuple[Unmatched, ...] = ()
    expectations: tuple[Expectation, ...] = ()
    unused: tuple[Unused, ...] = ()
    findings: tuple[Finding, ...] = ()
    part: int = 1

    @property
    def title(self) -> str:
        """The name, and which time it was if it was reset."""
        return self.name if self.part == 1 else f"{self.name} ({self.part})"


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that has ended: what it was and, as a shell has it, its exit code (128 + n for signal n)."""

    command: tuple[str, ...]
    exit_code: int


@dataclass(frozen=True, slots=True)
class Report:
    """All that happened; `unused` are the rules that answered in no session at all."""

    sessions: tuple[SessionReport, ...]
    tally: Tally
    evicted: int
    unused: tuple[Unused, ...]
    ran: Ran | None = None


class Collector:
    """Looks on from the start of a pipeline until the report is asked for."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        self._over: list[SessionReport] = []
        pipeline.journal.keep_more(KEPT, KEPT_BYTES)
        pipeline.journal.keepers.append(self._keep)

    def report(self, ran: Ran | None = None) -> Report:
        """The report on everything until now. When nothing came at all, the usual scenario is held to what it says."""
        open_ones = [self._of_session(*one) for one in self._pipeline.journal.by_session()]
        sessions = _numbered([*self._over, *open_ones]) or (self._of_nothing(),)
        whole = total([one.tally for one in sessions])
        return Report(sessions, whole, sum(one.evicted for one in sessions), tuple(_never_used(sessions, whole)), ran)

    def _keep(self, name: str, exchanges: Sequence[Exchange], evicted: int) -> None:
        """The journal is about to forget these."""
        self._over.append(self._of_session(name, exchanges, evicted))

    def _of_session(self, name: str, exchanges: Sequence[Exchange], evicted: int) -> SessionReport:
        rules = self._rules(name, exchanges)
        return SessionReport(
            name=name,
            tally=tally(exchanges, rules, evicted),
            evicted=evicted,
            began=exchanges[0].received if exchanges else None,
            unmatched=unmatched(exchanges),
            expectations=expectations(rules, exchanges, evicted),
            unused=unused(rules, exchanges, evicted),
            findings=verdict(exchanges, evicted=evicted),
        )

    def _of_nothing(self) -> SessionReport:
        rules = rules_in_use(None, self._pipeline.library, (), or_usual=True)
        return SessionReport(DEFAULT, Tally(), expectations=expectations(rules, ()), unused=unused(rules, ()))

    def _rules(self, name: str, exchanges: Sequence[Exchange]) -> Rules:
        session = self._pipeline.sessions.find(name, self._pipeline.clock.now())
        return rules_in_use(session, self._pipeline.library, exchanges)


def _numbered(sessions: Sequence[SessionReport]) -> tuple[SessionReport, ...]:
    """Those of one name are counted."""
    seen: Counter[str] = Counter()
    found = []
    for one in sessions:
        seen[one.name] += 1
        found.append(replace(one, part=seen[one.name]))
    return tuple(found)


def _never_used(sessions: Sequence[SessionReport], whole: Tally) -> Iterator[Unused]:
    answered = {one.key for one in whole.rules}
    every = {(one.scenario, one.rule): one for session in sessions for one in session.unused}
    certain = not any(session.evicted for session in sessions)
    return (replace(one, certain=certain) for key, one in every.items() if key not in answered)
