"""Waiting: until another process has done its part, or a deadline."""

import time
from collections.abc import Callable

PAUSE = 0.05


def wait_until(happened: Callable[[], object], *, seconds: float, otherwise: Callable[[], str]) -> None:
    """Return as soon as `happened()` is true; after the deadline fail with what `otherwise()` says."""
    for _ in range(int(seconds / PAUSE)):
        if happened():
            return
        time.sleep(PAUSE)
    raise AssertionError(otherwise())
