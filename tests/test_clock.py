"""Clock: the system's goes by itself, the virtual one when it is moved."""

import asyncio
from datetime import UTC, datetime, timedelta

from mockgw.clock import SystemClock, VirtualClock, time_of_day


def test_the_system_s_clock_never_goes_back() -> None:
    clock = SystemClock()
    assert clock.now() <= clock.now()


def test_the_system_s_date_is_in_utc() -> None:
    assert abs(SystemClock().wall() - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_deadline_that_has_passed_is_no_wait() -> None:
    clock = SystemClock()
    asyncio.run(asyncio.wait_for(clock.sleep_until(clock.now() - 3600), timeout=10))


def test_a_deadline_is_kept() -> None:
    clock = SystemClock()
    deadline = clock.now() + 0.001
    asyncio.run(clock.sleep_until(deadline))
    assert clock.now() >= deadline - 0.001


def test_a_time_of_day_is_that_of_the_place() -> None:
    local = datetime(2026, 1, 2, 3, 4, 5).astimezone()
    assert time_of_day(local.astimezone(UTC)) == "03:04:05"


def test_virtual_time_passes_for_those_who_wait() -> None:
    clock = VirtualClock()
    asyncio.run(clock.sleep_until(3600))
    assert clock.now() == 3600


def test_virtual_time_never_goes_back() -> None:
    clock = VirtualClock()
    clock.advance(10)
    asyncio.run(clock.sleep_until(5))
    assert clock.now() == 10


def test_the_virtual_date_moves_with_the_time() -> None:
    clock = VirtualClock(datetime(2026, 2, 28, tzinfo=UTC))
    clock.advance(86400)
    assert clock.wall() == datetime(2026, 3, 1, tzinfo=UTC)
