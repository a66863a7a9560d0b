"""Feed: what happens, as it happens, to whoever listens; each listener has bounds, and a slow one is let go."""

import asyncio
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import count
from typing import Any

import orjson

from mockgw.control.activities import Activity
from mockgw.control.digests import Digest
from mockgw.control.entries import entry, fits
from mockgw.control.questions import Wanted
from mockgw.journal import Exchange
from mockgw.pipeline import Pipeline
from mockgw.reload import News, Refused, Reloader
from mockgw.sessions import Event
from mockgw.values import light

KEPT = 1_000  # events, for a listener that comes back
WAITING = 1_000  # events that a listener may be behind
LINGER = 60.0  # seconds after the last listener has left, for which events are kept

KINDS = (
    "exchange.begun", "exchange.ended", "fault.struck", "session.begun", "session.ended", "session.reset",
    "files.reloaded", "files.refused", "activity", "lost",
)  # fmt: skip


@light
class Happening:
    """One event: its id, its kind, and its data as JSON; and the exchange that it is about, if it is about one."""

    id: str
    kind: str
    data: bytes
    exchange: Exchange | None = None

    def frame(self) -> bytes:
        """As server-sent events have it."""
        return b"id: %b\nevent: %b\ndata: %b\n\n" % (self.id.encode(), self.kind.encode(), self.data)


class Listener:
    """Somebody who listens; of exchanges he hears if they are `wanted`.

    He is `dropped` when he was too slow, and hears no more.
    """

    def __init__(self, before: Iterable[Happening], wanted: Wanted | None = None) -> None:
        self._wanted = wanted
        self._waiting = deque(filter(self._is_wanted, before))
        self._woken = asyncio.Event()
        self.dropped = asyncio.Event()

    def hear(self, happening: Happening) -> None:
        if not self._is_wanted(happening):
            return
        if len(self._waiting) >= WAITING:
            self.dropped.set()
            self._waiting.clear()
        if not self.dropped.is_set():
            self._waiting.append(happening)
            self._woken.set()

    def _is_wanted(self, happening: Happening) -> bool:
        return happening.exchange is None or self._wanted is None or fits(happening.exchange, self._wanted)

    async def next(self) -> bytes:
        """What waits for him, when something does, as server-sent events."""
        while not self._waiting:
            self._woken.clear()
            await self._woken.wait()
        waiting = [happening.frame() for happening in self._waiting]
        self._waiting.clear()
        return b"".join(waiting)


class Feed:
    """What happens in a pipeline and to its files. It costs requests nothing while nobody listens.

    Events are told one by one while there are listeners, and for a while after: those of a digest are not kept.
    """

    def __init__(self, pipeline: Pipeline, reloader: Reloader | None) -> None:
        self._pipeline = pipeline
        self._reloader = reloader
        self._run = f"{int(pipeline.clock.wall().timestamp() * 1000):x}"
        self._numbers = count(1)
        self._last = 0
        self._kept: deque[Happening] = deque(maxlen=KEPT)
        self._listeners: list[Listener] = []
        self._digests: list[Digest] = []
        self._attached = False
        self._telling = False
        self._left = 0.0

    def listen(self, last_id: str = "", wanted: Wanted | None = None) -> Listener:
        """Somebody begins to listen; to whom has heard the event `last_id`, what came since is told first."""
        self._attach()
        self._telling = True
        listener = Listener(self._since(last_id), wanted)
        self._listeners.append(listener)
        return listener

    def follow(self, wanted: Wanted) -> Digest:
        """Somebody begins to listen who wants to hear every so often."""
        self._attach()
        digest = Digest(wanted)
        self._digests.append(digest)
        return digest

    def leave(self, listener: Listener | Digest) -> None:
        if isinstance(listener, Digest):
            self._digests.remove(listener)
        else:
            self._listeners.remove(listener)
            self._left = self._pipeline.clock.now()

    @property
    def is_attached(self) -> bool:
        """Whether it hears of anything."""
        return self._attached

    def _since(self, last_id: str) -> Iterator[Happening]:
        """What came after an event; that something was lost, if it may be so."""
        if not last_id:
            return
        run, _, number = last_id.partition("-")
        known = run == self._run and number.isdecimal() and self._last - len(self._kept) <= int(number) <= self._last
        if not known:
            told = {"message": "events since the one with this id are not known any more", "last_event_id": last_id}
            yield Happening(self._id(self._last), "lost", orjson.dumps(told))
            return
        yield from (one for one in self._kept if int(one.id.partition("-")[2]) > int(number))

    def _attach(self) -> None:
        if self._attached:
            return
        self._attached = True
        self._kept.clear()
        self._pipeline.journal.watchers.append(self._of_exchange)
        self._pipeline.sessions.watchers.append(self._of_session)
        if self._reloader is not None:
            self._reloader.watchers.append(self._of_files)

    def _is_told(self) -> bool:
        """Whether somebody hears of each event, or may come back for it."""
        if self._telling and not self._listeners and self._pipeline.clock.now() - self._left > LINGER:
            self._telling = False
            self._last = next(self._numbers)  # whoever comes back has missed something, for all we know
            self._kept.clear()
        if not self._telling and not self._digests:
            self._detach()
        return self._telling

    def _detach(self) -> None:
        self._attached = False
        journal, sessions = self._pipeline.journal, self._pipeline.sessions  # they may just be telling: new lists
        journal.watchers = [watch for watch in journal.watchers if watch != self._of_exchange]
        sessions.watchers = [watch for watch in sessions.watchers if watch != self._of_session]
        if self._reloader is not None:
            self._reloader.watchers = [watch for watch in self._reloader.watchers if watch != self._of_files]

    def of_activity(self, activity: Activity) -> None:
        """Something was done by the control API."""
        if self._attached:
            self._tell("activity", asdict(activity))

    def _of_exchange(self, exchange: Exchange) -> None:
        for digest in self._digests:
            digest.take(exchange)
        if not self._is_told():
            return
        shown = entry(exchange)
        self._tell("exchange.ended" if exchange.has_ended else "exchange.begun", shown, exchange)
        if not exchange.has_ended and (exchange.faults or exchange.chaos):
            names = ("number", "request_id", "session", "rule", "faults", "chaos")
            self._tell("fault.struck", {name: shown[name] for name in names}, exchange)

    def _of_session(self, event: Event, name: str) -> None:
        self._tell(f"session.{event}", {"session": name})

    def _of_files(self, news: News) -> None:
        if isinstance(news, Refused):
            self._tell("files.refused", {"time": news.at, "loaded": news.loaded, "problems": news.problems})
            return
        changes = [{"file": str(change.file), "change": change.kind} for change in news.changes]
        told = {"changes": changes, "scenarios": news.scenarios, "chosen": news.chosen}
        self._tell("files.reloaded", {"time": news.at, **told})

    def _tell(self, kind: str, data: dict[str, Any], exchange: Exchange | None = None) -> None:
        self._last = next(self._numbers)
        happening = Happening(self._id(self._last), kind, orjson.dumps(data), exchange)
        self._kept.append(happening)
        for listener in self._listeners:
            listener.hear(happening)
        for digest in () if exchange else self._digests:
            digest.hear(happening)

    def _id(self, number: int) -> str:
        return f"{self._run}-{number}"
