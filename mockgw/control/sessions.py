"""Sessions: what can be done with them - their scenario, overrides, faults and clock."""

from itertools import count
from typing import Any

from mockgw.control import choices, documents, forms, shapes, views
from mockgw.control.base import Base
from mockgw.control.errors import ControlError, unknown, unusable
from mockgw.endpoints.working import work
from mockgw.engine.timing import Timing
from mockgw.errors import Problem, ScenarioError
from mockgw.pipeline import Pipeline
from mockgw.scenario.chaos import KINDS
from mockgw.scenario.model import Scenario
from mockgw.sessions import Session

MOST_ADVANCED = 1e9  # seconds; beyond it dates end
MOST_OVERRIDES = 10_000  # rules in front of a session
MOST_ARMED = 1_000


class SessionControl(Base):
    """A method for each operation on sessions. What they take is data, as `forms` and the scenario language have it."""

    def __init__(self, pipeline: Pipeline) -> None:
        super().__init__(pipeline)
        self._numbers = count(1)

    def sessions(self) -> shapes.Sessions:
        found = self.pipeline.sessions.all(self._now)
        return shapes.Sessions(tuple(views.session(session, self.pipeline) for session in found))

    def session(self, name: str) -> shapes.SessionShown:
        return views.session(self._session(name), self.pipeline)

    def create_session(self, value: Any = None) -> shapes.SessionShown:
        """A session of this name, or of a new one, with a scenario of its own if `value` has one: `NewSession`."""
        form = forms.read(forms.NewSession, value)
        name = form.name or self._new_name()
        if self.pipeline.sessions.find(name, self._now) is not None:
            raise ControlError(f"there is a session {name!r} already; reset it, or choose another name", "exists")
        chosen = None if form.scenario is None else self._choice(form.scenario)
        session = self.pipeline.sessions.of(name, self._now)
        if chosen is not None:
            session.choice = chosen[0]
        return views.session(session, self.pipeline)

    def delete_session(self, name: str) -> shapes.Done:
        """Forget everything of a session; the next request of this name begins it anew."""
        self.pipeline.reset(self._session(name).name)
        return shapes.Done("deleted")

    def choose(self, session: str, value: Any) -> shapes.Choice:
        """What answers in a session: `{name}` of a loaded scenario, `{yaml}`, or the scenario itself as data."""
        found = self._session(session)
        found.choice, warnings = self._choice(value, found)
        shown = views.choice(found, self.pipeline, warnings)
        assert shown is not None
        return shown

    def unchoose(self, session: str) -> shapes.Done:
        """Let requests say again which scenario answers."""
        found = self._session(session)
        had, found.choice = found.choice is not None, None
        return shapes.Done("unchosen", int(had))

    def _choice(self, value: Any, session: Session | None = None) -> tuple[str | Scenario, tuple[Problem, ...]]:
        return choices.chosen(value, lambda name: self._loaded(name, session))

    def _new_name(self) -> str:
        names = (f"session-{number}" for number in self._numbers)
        return next(name for name in names if self.pipeline.sessions.find(name, self._now) is None)

    # Overrides

    def overrides(self, session: str) -> shapes.Overrides:
        return shapes.Overrides(tuple(views.overrides(self._session(session), self.pipeline)))

    def override(self, session: str, value: Any) -> shapes.Overrides:
        """Put rules in front: one, a list, `{rules}` or `{yaml}`."""
        found = self._session(session)
        try:
            accepted = documents.accepted_rules(choices.content(value), "override")
        except ScenarioError as error:
            raise unusable(error) from None
        if len(found.overrides) + len(accepted.scenario.rules) > MOST_OVERRIDES:
            raise ControlError(f"a session has at most {MOST_OVERRIDES:,} overrides; withdraw some", "full")
        put = tuple(rule.id for rule in found.override(accepted.scenario.rules))
        shown = tuple(views.overrides(found, self.pipeline))
        return shapes.Overrides(shown, put, views.troubles(accepted.warnings))

    def withdraw(self, session: str, id: str | None = None) -> shapes.Done:
        """Take an override away, or all."""
        found = self._session(session)
        ids = [rule.id for rule in found.overrides]
        if id is None:
            found.withdraw_all()
            return shapes.Done("withdrawn", len(ids))
        if not found.withdraw(id):
            raise unknown("override", id, ids)
        return shapes.Done("withdrawn")

    # Faults

    def faults(self, session: str) -> shapes.ArmedFaults:
        return shapes.ArmedFaults(tuple(views.faults(self._session(session), self._now)))

    def arm(self, session: str, value: Any) -> shapes.ArmedFault:
        """Let something strike: what the header x-mockgw-fault takes, or `Arming`, with `times` and `for`."""
        found = self._session(session)
        limits = {key: value[key] for key in ("times", "for") if key in value} if isinstance(value, dict) else {}
        what = {key: part for key, part in value.items() if key not in limits} if limits else value
        form = forms.read(forms.Arming, {"delay": 0, **limits} if not _is_arming(value) else value)
        try:
            chaos = documents.chaos_of(what)
        except ScenarioError as error:
            raise unusable(error) from None
        if len(found.armed(self._now)) >= MOST_ARMED:
            raise ControlError(f"a session has at most {MOST_ARMED:,} armed faults; disarm some", "full")
        armed = found.arm(chaos, self._now, form.times, form.for_)
        return next(shown for shown in views.faults(found, self._now) if shown.id == armed.id)

    def disarm(self, session: str, id: str | None = None) -> shapes.Done:
        """Take away what strikes: one thing, or all."""
        found = self._session(session)
        ids = [armed.id for armed in found.armed(self._now)]
        if not found.disarm(id) and id is not None:
            raise unknown("armed fault", id, ids)
        return shapes.Done("disarmed", 1 if id is not None else len(ids))

    # Timing

    def timing(self, session: str) -> shapes.TimingShown:
        return views.timing(self._session(session))

    def time(self, session: str, value: Any) -> shapes.TimingShown:
        """Slow a session's answers down, or hasten them: `Timing`, instead of what was said before."""
        found, form = self._session(session), forms.read(forms.Timing, value)
        found.timing = Timing(form.delay or 0.0, form.pace, form.time_scale)
        return views.timing(found)

    def untime(self, session: str) -> shapes.Done:
        """Let answers come as their rules say."""
        found = self._session(session)
        had, found.timing = found.timing is not None, None
        return shapes.Done("untimed", int(had))

    # The clock

    def clock(self, session: str) -> shapes.ClockShown:
        return views.clock(self._session(session), self.pipeline)

    def advance(self, session: str, value: Any) -> shapes.ClockShown:
        """Move a session's clock ahead, and have answered what is due then of its batches: `Advance`."""
        found, form = self._session(session), forms.read(forms.Advance, value)
        if found.advanced + form.amount > MOST_ADVANCED:
            raise ControlError(f"the clock would be more than {MOST_ADVANCED:,.0f} seconds ahead: dates end there")
        found.advanced += form.amount
        work(self.pipeline, found)
        return views.clock(found, self.pipeline)


def _is_arming(value: Any) -> bool:
    """Whether it is the mapping with an error, a fault or a delay in it, not a fault that stands alone."""
    return isinstance(value, dict) and ("type" not in value or any(kind in value for kind in KINDS))
