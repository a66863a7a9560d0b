"""Control: everything that can be asked of a running server, a method each; none of them waits but `wait` and `reload`.

Values come and go as plain data: what `forms` reads, what `shapes` shows. ControlError says why something cannot be
done. All of it has to be called where the server's loop runs.
"""

import asyncio
from collections.abc import Mapping
from itertools import count
from typing import TYPE_CHECKING, Any

from mockgw import __version__
from mockgw.control import documents, entries, forms, shapes, views
from mockgw.control.errors import ControlError, unknown, unusable
from mockgw.errors import Problem, ScenarioError
from mockgw.pipeline import Pipeline
from mockgw.protocol.headers import JSON
from mockgw.protocol.requests import Incoming
from mockgw.reload import Refused, Reloaded, Reloader
from mockgw.scenario.chaos import KINDS
from mockgw.scenario.model import Scenario
from mockgw.sessions import DEFAULT, Session

if TYPE_CHECKING:
    from mockgw.control.feed import Feed

RELOAD_PATIENCE = 10.0  # seconds; a file may be a pipe
MOST_ADVANCED = 1e9  # seconds; beyond it dates end
OWN = "own"  # what a session's own scenario is called
USUAL_HEADERS: Mapping[str, str] = {"content-type": JSON, "x-api-key": "mock"}
PATH = "/v1/messages"


class Control:
    """A running server in somebody's hands. `reloader` is what keeps its files, if it has any."""

    def __init__(self, pipeline: Pipeline, reloader: Reloader | None = None) -> None:
        self.pipeline = pipeline
        self._reloader = reloader
        self._began = pipeline.clock.wall()
        self._numbers = count(1)
        self._feed: Feed | None = None

    @property
    def feed(self) -> "Feed":
        """What happens, as it happens."""
        if self._feed is None:
            from mockgw.control.feed import Feed  # few listen

            self._feed = Feed(self.pipeline, self._reloader)
        return self._feed

    # The server

    def health(self) -> shapes.Health:
        return shapes.Health("ok", __version__)

    def ready(self) -> shapes.Ready:
        library = self.pipeline.library
        return shapes.Ready("ready", self.files(), len(library.scenarios), library.chosen)

    def files(self) -> shapes.Files:
        """The state of the loaded files."""
        if self._reloader is None:
            return shapes.Files("none", self._began)
        refused = self._reloader.refused
        return shapes.Files(
            "stale" if refused else "loaded", self._reloader.loaded, refused.problems if refused else ()
        )

    def version(self) -> shapes.Version:
        return shapes.Version("mockgw", __version__)

    def config(self) -> shapes.Config:
        names = ("host", "port", "seed", "time_scale", "dialect", "cors", "chaos", "session_age", "hosts")
        settings = self.pipeline.settings
        return shapes.Config(**{name: getattr(settings, name) for name in names}, token_required=bool(settings.token))

    async def reload(self) -> shapes.Reloading:
        """Take the files as they are now; ControlError if they cannot be used, and the older set answers on."""
        if self._reloader is None:
            raise ControlError("this server was started without files: there is nothing to reload", "unavailable")
        try:
            news = await asyncio.wait_for(self._reloader.reload(), RELOAD_PATIENCE)
        except TimeoutError:
            told = f"the files could not be read within {RELOAD_PATIENCE:g} s; the older set answers on"
            raise ControlError(told, "timeout") from None
        return self._reloading(news)

    def _reloading(self, news: Reloaded | Refused) -> shapes.Reloading:
        if isinstance(news, Refused):
            raise ControlError(news.complaint, "files", news.found)
        changes = tuple(shapes.FileChange(str(change.file), change.kind) for change in news.changes)
        return shapes.Reloading(self.files(), changes)

    def reset(self, session: str | None = None) -> shapes.Done:
        """Forget everything of one session, or of all; a session that is reset is as if it were new."""
        if session is None:
            ended = len(self.pipeline.sessions.all(self._now))
            self.pipeline.reset()
            return shapes.Done("reset", ended)
        name = self._session(session).name
        self.pipeline.reset(name)
        self.pipeline.sessions.of(name, self._now)
        return shapes.Done("reset")

    # Scenarios

    def scenarios(self) -> shapes.Scenarios:
        loaded = self.pipeline.library.scenarios.values()
        return shapes.Scenarios(tuple(views.in_list(scenario, self.pipeline) for scenario in loaded))

    def scenario(self, name: str) -> shapes.ScenarioShown:
        return views.scenario(self._loaded(name), self.pipeline)

    def _loaded(self, name: str) -> Scenario:
        scenarios = self.pipeline.library.scenarios
        if name not in scenarios:
            raise unknown("scenario", name, sorted(scenarios))
        return scenarios[name]

    # Sessions

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
        found.choice, warnings = self._choice(value)
        shown = views.choice(found, self.pipeline, warnings)
        assert shown is not None
        return shown

    def unchoose(self, session: str) -> shapes.Done:
        """Let requests say again which scenario answers."""
        found = self._session(session)
        had, found.choice = found.choice is not None, None
        return shapes.Done("unchosen", int(had))

    def _choice(self, value: Any) -> tuple[str | Scenario, tuple[Problem, ...]]:
        name = _alone(value, "name") or value
        if isinstance(name, str):
            return self._loaded(name).name, ()
        try:
            accepted = documents.accepted_scenario(_alone(value, "yaml") or value, OWN)
        except ScenarioError as error:
            raise unusable(error) from None
        return accepted.scenario, accepted.warnings

    def _new_name(self) -> str:
        names = (f"session-{number}" for number in self._numbers)
        return next(name for name in names if self.pipeline.sessions.find(name, self._now) is None)

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

    # Overrides

    def overrides(self, session: str) -> shapes.Overrides:
        return shapes.Overrides(tuple(views.overrides(self._session(session), self.pipeline)))

    def override(self, session: str, value: Any) -> shapes.Overrides:
        """Put rules in front: one, a list, `{rules}` or `{yaml}`."""
        found = self._session(session)
        try:
            accepted = documents.accepted_rules(_alone(value, "yaml") or value, "override")
        except ScenarioError as error:
            raise unusable(error) from None
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
        armed = found.arm(chaos, self._now, form.times, form.for_)
        return next(shown for shown in views.faults(found, self._now) if shown.id == armed.id)

    def disarm(self, session: str, id: str | None = None) -> shapes.Done:
        """Take away what strikes: one thing, or all."""
        found = self._session(session)
        ids = [armed.id for armed in found.armed(self._now)]
        if not found.disarm(id) and id is not None:
            raise unknown("armed fault", id, ids)
        return shapes.Done("disarmed", 1 if id is not None else len(ids))

    # The clock

    def clock(self, session: str) -> shapes.ClockShown:
        return views.clock(self._session(session), self.pipeline)

    def advance(self, session: str, value: Any) -> shapes.ClockShown:
        """Move a session's clock ahead: `Advance`."""
        found, form = self._session(session), forms.read(forms.Advance, value)
        if found.advanced + form.amount > MOST_ADVANCED:
            raise ControlError(f"the clock would be more than {MOST_ADVANCED:,.0f} seconds ahead: dates end there")
        found.advanced += form.amount
        return views.clock(found, self.pipeline)

    # The journal

    def journal(self, query: Any = None) -> shapes.Exchanges:
        """The exchanges that `Listing` asks for, a summary each."""
        return entries.listed(self.pipeline.journal, forms.read(forms.Listing, query, "the query"))

    def journal_lines(self, query: Any = None) -> bytes:
        """As `journal`, with the requests themselves: lines of JSON, as `mockgw explain` reads them."""
        return entries.lines(self.pipeline.journal, forms.read(forms.Listing, query, "the query"), self._began)

    def count(self, query: Any = None) -> shapes.Counted:
        """How many exchanges `Wanted` names."""
        wanted = forms.read(forms.Wanted, query, "the query")
        found = entries.fitting(self.pipeline.journal, wanted)
        return shapes.Counted(len(found), self.pipeline.journal.evicted(wanted.session))

    def exchange(self, request_id: str) -> dict[str, Any]:
        """An exchange with its request."""
        found = self.pipeline.journal.find(request_id)
        if found is None:
            newest = [exchange.request_id for exchange in self.pipeline.journal][-3:]
            evicted = self.pipeline.journal.evicted()
            advice = f"; {evicted} older ones have been evicted" if evicted else ""
            raise unknown("exchange", request_id, newest, advice)
        return entries.whole(found)

    def clear(self, query: Any = None) -> shapes.Done:
        """Forget the exchanges of one session or of all, and nothing else."""
        session = forms.read(forms.OfSession, query, "the query").session
        gone = len(self.pipeline.journal.of(session))
        self.pipeline.journal.reset(session)
        return shapes.Done("cleared", gone)

    def explain(self, value: Any) -> dict[str, Any]:
        """What a request is answered and why, as `mockgw explain --format json`: `Question`. Nothing is counted."""
        form = forms.read(forms.Question, value)
        explanation = self.pipeline.explain(self._incoming(form), form.attempt)
        return explanation.data()

    def _incoming(self, form: forms.Question) -> Incoming:
        if form.request_id is not None:
            return self._kept(form.request_id, form.session)
        body = form.request.encode(errors="replace") if isinstance(form.request, str) else entries.encoded(form.request)
        headers = {name.lower(): text for name, text in (form.headers or USUAL_HEADERS).items()}
        return Incoming("POST", PATH, headers, body=body, prefix=form.session or "")

    def _kept(self, request_id: str, session: str | None) -> Incoming:
        self.exchange(request_id)
        kept = self.pipeline.journal.find(request_id)
        assert kept is not None
        return Incoming(kept.method, kept.path, kept.headers, body=kept.body, prefix=session or kept.session)

    @property
    def _now(self) -> float:
        return self.pipeline.clock.now()


def _alone(value: Any, key: str) -> str | None:
    """The text of a mapping that has only this key."""
    match value:
        case {**one} if one.keys() == {key} and isinstance(one[key], str):
            return str(one[key])
    return None


def _is_arming(value: Any) -> bool:
    """Whether it is the mapping with an error, a fault or a delay in it, not a fault that stands alone."""
    return isinstance(value, dict) and ("type" not in value or any(kind in value for kind in KINDS))
