"""Clock: the time as one session has it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from mockgw.endpoints.working import work
from mockgw.errors import MockgwError
from mockgw.notation import read_duration
from mockgw.pipeline import Pipeline
from mockgw.sessions import Session

Inside = Callable[[Callable[[Session], Any]], Any]


class SessionClock:
    """The clock of a session. It goes with the system's, and can be set ahead; no other session sees that."""

    def __init__(self, inside: Inside, pipeline: Pipeline) -> None:
        self._inside, self._pipeline = inside, pipeline

    def advance(self, duration: Any) -> None:
        """Set it ahead: by `2h`, a number of seconds or a timedelta. Rules, templates and armed faults see it.

        What is due then of message batches is answered.
        """
        seconds = seconds_of(duration)

        def ahead(session: Session) -> None:
            session.advanced += seconds
            work(self._pipeline, session)

        self._inside(ahead)

    @property
    def seconds(self) -> float:
        """Seconds since the session began, as `match: {clock: …}` sees them."""
        return float(self._inside(lambda session: session.clock(self._pipeline.clock.now())))

    @property
    def now(self) -> datetime:
        """The time of day, as `{{ now }}` sees it, in UTC."""
        found: datetime = self._inside(lambda session: session.wall(self._pipeline.clock.wall()))
        return found


def seconds_of(duration: Any) -> float:
    """Seconds, from a number of them, `2h` or a timedelta. MockgwError if it is none."""
    try:
        return read_duration(duration.total_seconds() if isinstance(duration, timedelta) else duration)
    except ValueError as error:
        raise MockgwError(str(error)) from None
