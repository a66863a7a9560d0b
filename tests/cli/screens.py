"""Screens: a terminal for a command in a process of its own, and what stands on it."""

import fcntl
import os
import re
import select
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.cli.commands import environment

ROWS = 24


@dataclass(slots=True)
class Shown:
    """A command whose stdout, and stderr if nothing else is said, is a terminal."""

    process: subprocess.Popen[bytes]
    end: int
    text: str = ""
    seen: int = field(default=0)

    def wait_for(self, pattern: str, *, seconds: float = 20) -> re.Match[str]:
        """The next match on the screen, read as it is printed; each text is found once."""
        while not (found := re.compile(pattern, re.MULTILINE).search(self.text, self.seen)):
            assert select.select([self.end], [], [], seconds)[0], f"no {pattern!r} in:\n{self.text}"
            self._read(pattern)
        self.seen = found.end()
        return found

    def _read(self, pattern: str) -> None:
        try:
            read = os.read(self.end, 65_536)
        except OSError:  # the command has ended
            read = b""
        assert read, f"ended without {pattern!r}:\n{self.text}"
        self.text += read.decode(errors="replace").replace("\r\n", "\n")


@contextmanager
def shown(*arguments: str | Path, enter: Sequence[str] = (), columns: int = 110, **more: str) -> Iterator[Shown]:
    """A command of mockgw on a terminal of its own; `enter` stands before it."""
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, columns, 0, 0))
    command = [*enter, sys.executable, "-m", "mockgw", *map(str, arguments)]
    variables = environment({"TERM": "xterm-256color", **more})
    try:
        with subprocess.Popen(
            command, stdin=theirs, stdout=theirs, stderr=theirs, env=variables, start_new_session=True
        ) as process:
            os.close(theirs)
            try:
                yield Shown(process, ours)
            finally:
                process.kill()
    finally:
        os.close(ours)
