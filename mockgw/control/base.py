"""Base: the pipeline that is controlled, and what is found in it by its name."""

from mockgw.control.errors import unknown
from mockgw.journal import Exchange
from mockgw.pipeline import Pipeline
from mockgw.scenario.model import Scenario
from mockgw.sessions import DEFAULT, Session

LAST = "last"


class Base:
    """A pipeline, whose sessions and scenarios are asked for by name; ControlError for an unknown one."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline

    @property
    def _now(self) -> float:
        return self.pipeline.clock.now()

    def _loaded(self, name: str, session: Session | None = None) -> Scenario:
        """A scenario of the server, or of a session that has its own."""
        library = session.library(self.pipeline.library) if session else self.pipeline.library
        scenarios = library.scenarios
        if name not in scenarios:
            raise unknown("scenario", name, sorted(scenarios))
        return scenarios[name]

    def _session(self, name: str) -> Session:
        """One that there is; the default one always is."""
        found = self.pipeline.sessions.find(name, self._now)
        if found is not None:
            return found
        if name == DEFAULT:
            return self.pipeline.sessions.of(DEFAULT, self._now)
        names = [session.name for session in self.pipeline.sessions.all(self._now)]
        advice = "; it begins with its first request, or with POST /_mockgw/sessions"
        raise unknown("session", name, names, advice)

    def _exchange(self, request_id: str) -> Exchange:
        """One that the journal still has, by its id; the newest is the `last`."""
        found = self.pipeline.journal.last if request_id == LAST else self.pipeline.journal.find(request_id)
        if found is not None:
            return found
        newest = [exchange.request_id for exchange in self.pipeline.journal][-3:]
        evicted = self.pipeline.journal.evicted()
        advice = f"; {evicted} older ones have been evicted" if evicted else ""
        raise unknown("exchange", request_id, newest, advice)

    def _heard_of(self, session: str | None) -> str | None:
        """A session that there is or was; what is said of one that never was would be no answer."""
        journal = self.pipeline.journal
        if session is not None and not journal.evicted(session) and not journal.of(session):
            self._session(session)
        return session
