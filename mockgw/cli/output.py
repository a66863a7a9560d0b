"""Output: what commands print. Whoever closed stdout or stderr does not want to hear, and the command goes on."""

import os
import sys
from typing import TextIO


def say(text: str) -> None:
    """A line on stdout, at once."""
    _print(text, sys.stdout)


def offer(text: str) -> bool:
    """A line on stdout, as `say`; whether somebody took it."""
    return _print(text, sys.stdout)


def tell(text: str) -> None:
    """A line on stderr: what is not the command's result."""
    _print(text, sys.stderr)


def _print(text: str, stream: TextIO | None) -> bool:
    if stream is None:  # it was closed before we began
        return False
    try:
        stream.write(f"{text}\n")  # in one piece: where Python is told not to buffer, print would write twice
        stream.flush()
    except OSError:
        # What is still buffered goes nowhere, so that the end of the process finds nothing to complain of.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        return False
    return True
