"""Reload: changed files are picked up while the server runs, the whole set at once or not at all."""

import asyncio
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Literal, TypeVar

import orjson

from mockgw.clock import time_of_day
from mockgw.errors import MockgwError, Problem, ScenarioError
from mockgw.lint.check import open_checked
from mockgw.lint.report import error_lines, problem_line
from mockgw.pipeline import Pipeline
from mockgw.scenario.library import SUFFIXES, Library, located
from mockgw.values import light
from mockgw.wording import counted

# Files are looked at, not watched: that works on bind mounts and network folders too, costs less than the system's
# events do (0.1 % of a core against 0.3 %), and knows neither their limits nor folders that are made anew.
PAUSE = 0.5  # seconds between two looks
STILL = 0.1  # seconds without a change, after which a file counts as written: editors write in several steps

NAMED = 10  # changes that people read in one line

Look = Mapping[Path, tuple[int, ...]]
Result = TypeVar("Result")


@light
class Change:
    """What became of a file, as far as its meaning goes."""

    file: Path
    kind: Literal["new", "changed", "deleted"]


@light
class Reloaded:
    """Another set answers from now on."""

    at: datetime
    changes: tuple[Change, ...]
    warnings: tuple[Problem, ...]  # of the files that are new or changed
    scenarios: tuple[str, ...]
    chosen: str

    @property
    def complaint(self) -> str:
        return "\n".join(map(problem_line, self.warnings))

    @property
    def text_line(self) -> str:
        changes = ", ".join(f"{change.file.name} ({change.kind})" for change in self.changes[:NAMED])
        more = f" and {len(self.changes) - NAMED} more" if len(self.changes) > NAMED else ""
        count = counted(len(self.scenarios), "scenario")
        return f"{time_of_day(self.at)}  reloaded{f' {changes}{more}' if changes else ', no scenario changed'}; {count}"

    @property
    def json_line(self) -> str:
        changes = [{"file": str(change.file), "change": change.kind} for change in self.changes]
        told = {"changes": changes, "scenarios": self.scenarios, "chosen": self.chosen}
        return orjson.dumps({"event": "reload", "time": self.at.isoformat(), **told}).decode()


@light
class Refused:
    """The files cannot be used as they are now, and the set that was loaded before answers on."""

    at: datetime
    loaded: datetime
    problems: tuple[str, ...]
    found: tuple[Problem, ...] = ()  # of the files, if it is they
    text_line = ""  # people read the complaint

    @property
    def complaint(self) -> str:
        kept = f"mockgw: not reloaded; the scenarios that were loaded at {time_of_day(self.loaded)} go on answering"
        return "\n".join([*self.problems, kept])

    @property
    def json_line(self) -> str:
        told = {"loaded": self.loaded.isoformat(), "problems": self.problems}
        return orjson.dumps({"event": "reload_failed", "time": self.at.isoformat(), **told}).decode()


News = Reloaded | Refused


class Reloader:
    """Keeps a pipeline's scenarios as the files are. `seen` is a look at them from before they were loaded.

    `loaded` is when the set that answers was taken up, `refused` why a newer one was not. `watchers` hear of both, as
    `tell` does.
    """

    def __init__(
        self, pipeline: Pipeline, paths: Sequence[Path], scenario: str | None, seen: Look, tell: Callable[[News], None]
    ) -> None:
        self._pipeline = pipeline
        self._clock = pipeline.clock
        self._paths = paths
        self._scenario = scenario
        self._seen = seen
        self._tell = tell
        self.loaded = pipeline.clock.wall()
        self.refused: Refused | None = None
        self.watchers: list[Callable[[News], None]] = []
        self._alone = asyncio.Lock()
        self._thread = threading.Thread()

    @property
    def busy(self) -> bool:
        """Whether a thread still works for it, perhaps without end: a file may be a pipe."""
        return self._thread.is_alive()

    async def follow(self) -> None:
        """Reload whenever files have changed, for ever."""
        while True:
            await self._wait(PAUSE)
            if await self._look() != self._seen:
                await self.reload()

    async def reload(self) -> News:
        """Take the files as they are once nobody writes to them; what runs goes on with the scenarios it has."""
        async with self._alone:
            self._seen = await self._still()
            try:
                library, checked = await self._aside(partial(open_checked, self._paths, self._scenario))
            except MockgwError as error:
                return self._keep(error)
            return self._swap(library, checked.warnings)

    def _keep(self, error: MockgwError) -> News:
        found = error.problems if isinstance(error, ScenarioError) else ()
        self.refused = Refused(self._clock.wall(), self.loaded, error_lines(error), found)
        return self._spread(self.refused)

    def _swap(self, library: Library, warnings: Sequence[Problem]) -> News:
        changes = tuple(_changes(self._pipeline.library, library))
        changed = {change.file for change in changes}
        self._pipeline.library = library
        self.loaded, self.refused = self._clock.wall(), None
        told = tuple(warning for warning in warnings if warning.path in changed)
        return self._spread(Reloaded(self.loaded, changes, told, tuple(library.scenarios), library.chosen))

    def _spread(self, news: News) -> News:
        for hear in (self._tell, *self.watchers):
            hear(news)
        return news

    async def _still(self) -> Look:
        """The files, when they have been the same for a moment."""
        before = await self._look()
        while True:
            await self._wait(STILL)
            now = await self._look()
            if now == before:
                return now
            before = now

    async def _look(self) -> Look:
        return await self._aside(partial(look, self._paths))  # a network folder may take its time

    async def _aside(self, work: Callable[[], Result]) -> Result:
        """Work in a thread that nobody waits for when the server ends, as somebody does for those of `to_thread`."""
        result: Future[Result] = Future()
        result.set_running_or_notify_cancel()  # from now on it cannot be cancelled, only left alone
        self._thread = threading.Thread(target=_fulfil, args=(result, work), daemon=True)
        self._thread.start()
        return await asyncio.wrap_future(result)

    async def _wait(self, seconds: float) -> None:
        await self._clock.sleep_until(self._clock.now() + seconds)


def _fulfil(result: Future[Result], work: Callable[[], Result]) -> None:
    try:
        result.set_result(work())
    except Exception as error:
        result.set_exception(error)


def look(paths: Sequence[Path]) -> Look:
    """What tells whether the files that paths name have changed; every one that is there now."""
    return {file: _stamp(file) for path in located(paths) for file in _named(path)}


def _named(path: Path) -> list[Path]:
    try:
        return [file for file in path.iterdir() if file.suffix in SUFFIXES and not file.name.startswith(".")]
    except OSError:  # it is a file, or nothing at all, or a folder that may not be read
        return [path]


def _stamp(file: Path) -> tuple[int, ...]:
    """Of where a link leads to. The time of the last change tells of new rights, and of files with an older date."""
    try:
        found = file.stat()
    except OSError:
        return ()
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino


def _changes(before: Library, after: Library) -> Iterator[Change]:
    old, new = _versions(before), _versions(after)
    for file in sorted(old.keys() | new.keys()):
        if file not in old:
            yield Change(file, "new")
        elif file not in new:
            yield Change(file, "deleted")
        elif old[file] != new[file]:
            yield Change(file, "changed")


def _versions(library: Library) -> dict[Path, str]:
    return {scenario.document.path: scenario.version for scenario in library.scenarios.values()}
