"""Output: what commands print. Whoever closed stdout or stderr does not want to hear, and the command goes on."""

import os
import sys
from typing import TextIO


def say(text: str, *, at_once: bool = True) -> None:
    """A line on stdout; one that need not be there at once waits for the next that must, or for `flush`."""
    _print(f"{text}\n", sys.stdout, at_once=at_once)


def flush() -> None:
    """All that was said is on stdout."""
    _print("", sys.stdout)


def tell(text: str) -> None:
    """A line on stderr: what is not the command's result."""
    _print(f"{text}\n", sys.stderr)


def _print(text: str, stream: TextIO, *, at_once: bool = True) -> None:
    try:
        stream.write(text)  # in one piece: where Python is told not to buffer, print would write twice
        if at_once:
            stream.flush()
    except OSError:
        # What is still buffered goes nowhere, so that the end of the process finds nothing to complain of.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
