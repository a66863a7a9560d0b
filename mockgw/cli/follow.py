"""Follow: the exchanges of a server as they end, each once, whatever becomes of the connection."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, NoReturn

from mockgw.cli.remote import Event, Gone, Query, Refused, Remote

FIRST = 100  # exchanges that are asked for to begin with, so that those among them which go on are known
RECALLED = 1_000  # that may have ended while nobody listened
KNOWN = 10 * RECALLED
PAUSE = 0.5  # seconds before the next try to reach a server that has gone

Entry = Mapping[str, Any]
Key = tuple[str, str]


class Follower:
    """Hands exchanges to `show` and all else that happens to `hear`, which is given None when nothing happens.

    It listens before it asks for what has been, so nothing is lost between the two; what it has heard of twice it shows
    once.
    """

    def __init__(
        self,
        remote: Remote,
        wanted: Query,
        show: Callable[[Sequence[Entry]], None],
        hear: Callable[[Event | None], None],
        tell: Callable[[str], object],
    ) -> None:
        self._remote = remote
        self._wanted = wanted
        self._show = show
        self._hear = hear
        self._tell = tell
        self._known: dict[Key, None] = {}
        self._open: set[Key] = set()  # of those before `_since`, what had not ended
        self._since = ""

    def begin(self, most: int) -> None:
        """Show the newest that have ended. Refused where there is no such session."""
        found = self._recalled(max(most, FIRST))
        self._since = max((entry["time"] for entry in found), default="")
        self._open = {_key(entry) for entry in found if not entry["ended"]}
        ended = [entry for entry in found if entry["ended"] and self._is_new(entry)]
        self._show(ended[len(ended) - min(most, len(ended)) :])

    def _go_on(self) -> None:
        """Show what has ended while nobody listened; not what was before all that."""
        found = [one for one in self._recalled(RECALLED) if one["time"] > self._since or _key(one) in self._open]
        self._show([entry for entry in found if entry["ended"] and self._is_new(entry)])

    def _recalled(self, most: int) -> list[Entry]:
        """The newest exchanges, in the order of their ends."""
        return sorted(self._remote.journal({**self._wanted, "limit": most})["exchanges"], key=_end)

    def follow(self, most: int, sleep: Callable[[float], None]) -> NoReturn:
        """Go on until somebody interrupts. Gone if there is no server to begin with."""
        connected = waiting = False
        while True:
            try:
                with self._remote.events(self._wanted) as events:
                    if waiting:
                        self._tell(f"mockgw: {self._remote.url} is back")
                    self._catch_up(self._go_on if connected else partial(self.begin, most), expected=connected)
                    connected, waiting = True, False
                    for event in events:
                        self._take(event)
            except Gone as gone:
                if not connected:
                    raise
                if not waiting:
                    self._tell(f"mockgw: {gone}; waiting for it to come back")
                waiting = True
                sleep(PAUSE)

    def _catch_up(self, recall: Callable[[], None], *, expected: bool) -> None:
        """A session that nobody has used may still begin."""
        try:
            recall()
        except Refused as refused:
            if refused.kind != "unknown":
                raise
            if not expected:
                self._tell(f"mockgw: {refused}; waiting for it to begin")

    def _take(self, event: Event | None) -> None:
        if event is None or event.kind != "exchange.ended":
            self._hear(event)
        elif self._is_new(event.data):
            self._show([event.data])

    def _is_new(self, entry: Entry) -> bool:
        """Whether it was not heard of; ids may be the same again when a server starts again, times are not."""
        key = _key(entry)
        if key in self._known:
            return False
        self._known[key] = None
        if len(self._known) > KNOWN:
            del self._known[next(iter(self._known))]
        return True


def _key(entry: Entry) -> Key:
    return entry["time"], entry["request_id"]


def _end(entry: Entry) -> float:
    return float(datetime.fromisoformat(entry["time"]).timestamp() + entry["duration"])
