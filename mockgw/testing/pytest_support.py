"""pytest support: what the plugin does once a test wants a gateway."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest

import mockgw
from mockgw.chance import digest
from mockgw.errors import MockgwError, SettingsError
from mockgw.pipeline import Pipeline
from mockgw.scenario.library import Library
from mockgw.sessions import Own
from mockgw.settings import Settings
from mockgw.testing import complaints
from mockgw.testing.gateway import Find, Gateway, opened
from mockgw.testing.hosts import with_port
from mockgw.testing.marks import PLACE, Marked, found, marked
from mockgw.testing.options import OF_SESSION, check
from mockgw.testing.requests import Request
from mockgw.testing.serving import nothing

PACKAGE = Path(mockgw.__file__).parent
LONGEST = 60  # of a test's name in the name of its session
SECTION = "mockgw"


class Provider:
    """The server of a test process, on a free port."""

    def __init__(self) -> None:
        self._host = with_port(Pipeline(nothing(), Settings(port=0)))
        self._libraries: dict[Any, Library] = {}

    @property
    def url(self) -> str:
        """Where it listens; requests belong to the session in the URL of a gateway."""
        return self._host.url

    def session(self, name: str, *paths: str | Path, **own: Any) -> Gateway:
        """A gateway that lasts until the end of the run, for fixtures of a module or of the whole run."""
        check("session()", own, OF_SESSION)
        return Gateway(self._host, name, Own(opened(paths) if paths else None, **own))

    def gateway(self, name: str, mark: Marked, find: Find) -> Gateway:
        """A gateway for one test; `find` tells where paths lead."""
        paths = tuple(map(find, mark.paths))
        library = self._library(paths, mark.scenario) if paths else None
        return Gateway(self._host, name, Own(library, mark.seed, mark.dialect, mark.time_scale), find)

    def stop(self) -> None:
        self._host.stop()

    def strays(self) -> list[Request]:
        """What was refused in sessions that nobody has in his hand, each once."""
        return self._host.call(self._taken)

    def _taken(self) -> list[Request]:
        pipeline, known = self._host.pipeline, self._host.known
        lost = [one for one in pipeline.journal if one.session not in known]
        for session in {one.session for one in lost}:
            pipeline.reset(session)
        return [Request(one) for one in lost if one.refusal]

    def _library(self, paths: tuple[Path, ...], scenario: str | None) -> Library:
        """The files of many tests are the same: they are read once."""
        key = paths, scenario
        if key not in self._libraries:
            self._libraries[key] = opened(paths, scenario)
        return self._libraries[key]


class Watch:
    """What one test's gateway has to say, each thing once."""

    def __init__(self, gateway: Gateway, mark: Marked, provider: Provider) -> None:
        self.gateway = gateway
        self._provider = provider
        self._mark = mark
        self._told: set[str] = set()

    def complain(self) -> None:
        """Fail if requests got no answer; a strict test, if rules were not used or expectations not met."""
        __tracebackhide__ = True
        texts = [self._refused(), complaints.strict(self.gateway) if self._mark.strict else ""]
        if text := "\n\n".join(filter(None, texts)):
            pytest.fail(text, pytrace=False)

    def complain_late(self) -> None:
        """As `complain`, of what came after the test."""
        __tracebackhide__ = True
        if text := self._refused():
            pytest.fail(text, pytrace=False)

    def sections(self) -> list[tuple[str, str]]:
        """For the report of a test that failed."""
        strays = self._provider.strays()
        texts = [self._refused(), self._came(), complaints.of_strays(strays) if strays else ""]
        return [(SECTION, text) for text in texts if text]

    def shorten(self, raised: pytest.ExceptionInfo[BaseException]) -> None:
        """A mistake of the test is shown where the test made it, not where mockgw found it."""
        from mockgw.verify.wanted import NotVerifiable

        theirs = [
            one for one in _entries(raised.tb) if not Path(one.tb_frame.f_code.co_filename).is_relative_to(PACKAGE)
        ]
        if theirs and isinstance(raised.value, MockgwError | NotVerifiable):
            theirs[-1].tb_next = None

    def _came(self) -> str:
        """What came, unless all of it was refused and is told already."""
        ids = {one.id for one in self.gateway.exchanges}
        return complaints.of_all(self.gateway) if not ids or ids - self._told else ""

    def _refused(self) -> str:
        if self._mark.allow_unmatched:
            return ""
        requests = complaints.refused(self.gateway, self._told)
        self._told.update(one.id for one in requests)
        if not requests:
            return ""
        return "\n\n".join(filter(None, [complaints.of_refused(requests), complaints.of_unanswered(self.gateway)]))


@contextmanager
def watched(item: pytest.Item, provider: Provider, mark: str) -> Iterator[Watch]:
    """A gateway for a test, and the environment that leads to it, both until its end."""
    watch = _watch(item, provider, mark)
    provider.strays()  # of tests before this one
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.delenv("ANTHROPIC_AUTH_TOKEN", raising=False)  # one key is enough; SDKs complain of two
            for name, value in watch.gateway.env.items():
                patch.setenv(name, value)
            yield watch
        watch.complain_late()
    finally:
        watch.gateway.end()


def _entries(entry: TracebackType | None) -> Iterator[TracebackType]:
    while entry is not None:
        yield entry
        entry = entry.tb_next


def _watch(item: pytest.Item, provider: Provider, mark: str) -> Watch:
    __tracebackhide__ = True
    try:
        return _opened(item, provider, mark)
    except MockgwError as error:
        problem = str(error)
    pytest.fail(problem, pytrace=False)


def _opened(item: pytest.Item, provider: Provider, mark: str) -> Watch:
    said = marked((one.args, one.kwargs) for one in item.iter_markers(mark))
    if said.scenario is not None and not said.paths:
        raise SettingsError(f"{PLACE}: 'scenario' says which of several files answers; name them too")
    folders = list(dict.fromkeys([item.path.parent, item.config.rootpath]))
    return Watch(provider.gateway(_name(item), said, lambda path: found(path, folders)), said, provider)


def _name(item: pytest.Item) -> str:
    """A name for the session: the same in every run, so that what is drawn by chance is too."""
    readable = re.sub(r"[^A-Za-z0-9_.-]+", "-", item.name)[:LONGEST].strip("-")
    return f"{readable}-{digest(item.nodeid)[:8]}"
