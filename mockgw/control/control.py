"""Control: everything that can be asked of a running server, a method each; only `wait`, `reload` and `problems` take
their time.

Values come and go as plain data: what `forms` reads, what `shapes` shows. ControlError says why something cannot be
done. All of it has to be called where the server's loop runs.
"""

import asyncio
from typing import TYPE_CHECKING, Any

from mockgw import __version__
from mockgw.control import forms, loaded, questions, reports, shapes, views
from mockgw.control.activities import Activities
from mockgw.control.errors import ControlError, unknown
from mockgw.control.exchanges import ExchangeControl
from mockgw.control.gateways import GatewayControl
from mockgw.control.records import RecordControl
from mockgw.control.sessions import SessionControl
from mockgw.pipeline import Pipeline
from mockgw.reload import Refused, Reloaded, Reloader

if TYPE_CHECKING:
    from mockgw.control.feed import Feed

RELOAD_PATIENCE = 10.0  # seconds; a file may be a pipe


class Control(SessionControl, GatewayControl, RecordControl, ExchangeControl):
    """A running server in somebody's hands. `reloader` is what keeps its files, if it has any."""

    def __init__(self, pipeline: Pipeline, reloader: Reloader | None = None) -> None:
        super().__init__(pipeline)
        self._reloader = reloader
        self.activities = Activities()
        self._feed: Feed | None = None

    @property
    def feed(self) -> "Feed":
        """What happens, as it happens."""
        if self._feed is None:
            from mockgw.control.feed import Feed  # few listen

            self._feed = Feed(self.pipeline, self._reloader)
            self.activities.watchers.append(self._feed.of_activity)
        return self._feed

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
        names = ("host", "seed", "time_scale", "dialect", "cors", "chaos", "session_age", "hosts")
        settings = self.pipeline.settings
        return shapes.Config(**{name: getattr(settings, name) for name in names}, token_required=bool(settings.token))

    async def reload(self) -> shapes.Reloading:
        """Take the files as they are now; ControlError if they cannot be used, and the older set answers on."""
        if self._reloader is None:
            raise ControlError(
                "this server does not look at its files again: there is nothing to reload", "unavailable"
            )
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

    def scenarios(self) -> loaded.Scenarios:
        found = self.pipeline.library.scenarios.values()
        return loaded.Scenarios(tuple(views.in_list(scenario, self.pipeline) for scenario in found))

    def scenario(self, name: str) -> loaded.ScenarioShown:
        return views.scenario(self._loaded(name), self.pipeline)

    def rule(self, scenario: str, id: str) -> loaded.RuleText:
        """A rule of a loaded scenario as it is written."""
        found = self._loaded(scenario)
        rules = {rule.id: rule for rule in found.rules}
        if id not in rules:
            raise unknown("rule", id, list(rules))
        return loaded.RuleText(id, rules[id].place, views.rule_text(rules[id], found))

    async def problems(self, scenario: str) -> loaded.ScenarioProblems:
        """What lint says of a loaded scenario; a large one takes it a while."""
        from mockgw.lint.check import problems  # few ask for it

        found = self._loaded(scenario)
        told = await asyncio.to_thread(problems, found)
        return loaded.ScenarioProblems(found.name, str(found.document.path), views.troubles(told))

    def activity(self, query: Any = None) -> reports.Doings:
        """What was done by the control API: `Doing`."""
        form = forms.read(questions.Doing, query, "the query")
        found = tuple(self.activities.of(form.session, form.since))
        return reports.Doings(found, self.activities.last)
