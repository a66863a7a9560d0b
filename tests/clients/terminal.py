"""Terminal: a program on a screen that a test can type on and read."""

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.clients.waiting import wait_until


@dataclass(frozen=True, slots=True)
class Terminal:
    """One tmux server under a name of its own, so that no other is ever touched."""

    name: str
    environment: Mapping[str, str]

    def tmux(self, *arguments: str, enter: Sequence[str] = (), folder: Path | None = None) -> str:
        command = [*enter, "tmux", "-u", "-L", self.name, "-f", "/dev/null", *arguments]
        return subprocess.run(
            command, env=self.environment, cwd=folder, check=True, capture_output=True, text=True, timeout=20
        ).stdout

    def open(self, program: Sequence[str], *, folder: Path, enter: Sequence[str] = ()) -> None:
        self.tmux("new-session", "-d", "-x", "140", "-y", "60", *program, enter=enter, folder=folder)

    def type(self, text: str) -> None:
        """Type a line, wait until the program shows it, and press Enter."""
        self.tmux("send-keys", "-l", text)
        self.wait_for(text)
        self.press("Enter")

    def press(self, *keys: str) -> None:
        self.tmux("send-keys", *keys)

    def screen(self) -> str:
        return self.tmux("capture-pane", "-p")

    def wait_for(self, text: str, *, seconds: float = 20) -> str:
        """Wait for a text on the screen and return the whole screen."""
        wait_until(
            lambda: text in self.screen(), seconds=seconds, otherwise=lambda: f"no {text!r} on:\n{self.screen()}"
        )
        return self.screen()

    def dismiss(self, dialog: str) -> None:
        """Wait for a dialog and press Enter until it has gone: it may not listen yet when it appears."""
        self.wait_for(dialog)
        wait_until(lambda: self.gone(dialog), seconds=10, otherwise=lambda: f"still there:\n{self.screen()}")

    def gone(self, dialog: str) -> bool:
        if dialog not in self.screen():
            return True
        self.press("Enter")
        return False

    def close(self) -> None:
        subprocess.run(["tmux", "-L", self.name, "kill-server"], env=self.environment, check=False, capture_output=True)
