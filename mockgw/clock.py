"""Clock: the system's, and a virtual one that tests move."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Protocol


class Clock(Protocol):
    """Where time comes from: everything else gets a reading passed in."""

    def now(self) -> float:
        """Seconds on a clock that never goes back; only differences mean anything."""
        ...

    def wall(self) -> datetime:
        """The date and time of day, in UTC."""
        ...

    async def sleep_until(self, deadline: float) -> None:
        """Return when `now()` has reached the deadline."""
        ...


def time_of_day(moment: datetime) -> str:
    """A moment as the people here see it on their clocks."""
    return _shown(int(moment.timestamp()))


@lru_cache(maxsize=1)  # many requests come in one second
def _shown(second: int) -> str:
    return datetime.fromtimestamp(second).astimezone().strftime("%H:%M:%S")


class SystemClock:
    """The machine's own time."""

    def now(self) -> float:
        return time.monotonic()  # noqa: TID251 - this is the place it comes from

    def wall(self) -> datetime:
        return datetime.now(UTC)

    async def sleep_until(self, deadline: float) -> None:
        await asyncio.sleep(max(0.0, deadline - self.now()))


class VirtualClock:
    """Time that passes only when somebody waits for it or moves it."""

    def __init__(self, wall: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> None:
        self._start = wall
        self._now = 0.0

    def now(self) -> float:
        return self._now

    def wall(self) -> datetime:
        return self._start + timedelta(seconds=self._now)

    def advance(self, seconds: float) -> None:
        self._now += seconds

    async def sleep_until(self, deadline: float) -> None:
        self._now = max(self._now, deadline)
        await asyncio.sleep(0)
