"""Follow: the exchanges of a server as they end, each once, whatever becomes of the connection."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NoReturn

from mockgw.cli.remote import Event, Gone, Query, Refused, Remote

RECALLED = 1_000  # exchanges that may have ended while nobody listened
KNOWN = 10 * RECALLED
PAUSE = 0.5  # seconds before the next try to reach a server that has gone

Entry = Mapping[str, Any]


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
        self._known: dict[tuple[str, str], None] = {}

    def recall(self, most: int) -> None:
        """Show the newest of those that have ended and were not shown. Refused where there is no such session."""
        found = self._remote.journal({**self._wanted, "limit": max(most, RECALLED)})
        ended = sorted((entry for entry in found["exchanges"] if entry["ended"]), key=_end)
        new = [entry for entry in ended if self._is_new(entry)]
        self._show(new[len(new) - min(most, len(new)) :])

    def follow(self, most: int, sleep: Callable[[float], None]) -> NoReturn:
        """Go on until somebody interrupts. Gone if there is no server to begin with."""
        connected = waiting = False
        while True:
            try:
                with self._remote.events(self._wanted) as events:
                    if waiting:
                        self._tell(f"mockgw: {self._remote.url} is back")
                    self._catch_up(RECALLED if connected else most, expected=connected)
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

    def _catch_up(self, most: int, *, expected: bool) -> None:
        """A session that nobody has used may still begin."""
        try:
            self.recall(most)
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
        key = (entry["time"], entry["request_id"])
        if key in self._known:
            return False
        self._known[key] = None
        if len(self._known) > KNOWN:
            del self._known[next(iter(self._known))]
        return True


def _end(entry: Entry) -> float:
    return float(datetime.fromisoformat(entry["time"]).timestamp() + entry["duration"])
