"""Commands: the command line in this process and in processes of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from tests.support import body

KEY = {"x-api-key": "sk-secret-0123456789"}
FOREIGN = ("MOCKGW_", "ANTHROPIC_", "CLAUDE", "COVERAGE_", "COV_")


def environment(more: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)} | dict(more)


@dataclass(frozen=True, slots=True)
class Done:
    """A command that ended by itself."""

    returncode: object
    stdout: str
    stderr: str


Run = Callable[..., Done]


def started(*arguments: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own, ended by itself."""
    command = [sys.executable, "-m", "mockgw", *map(str, arguments)]
    return subprocess.run(
        command, env=environment(more), check=False, capture_output=True, encoding="utf-8", timeout=60
    )


@dataclass(frozen=True, slots=True)
class Serving:
    """A running `mockgw serve`, and what it printed until it was ready."""

    process: subprocess.Popen[str]
    banner: str
    url: str

    def line(self) -> str:
        """The next line on stdout."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().rstrip("\n")

    def ask(self, prompt: str = "Hello", more: Mapping[str, Any] | None = None, **fields: Any) -> httpx2.Response:
        url = f"{self.url}/v1/messages"
        return httpx2.post(url, json=body(prompt, **fields), headers={**KEY, **(more or {})}, trust_env=False)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, str, str]:
        """Exit code, and the rest of stdout and stderr."""
        self.process.send_signal(number)
        output, errors = self.process.communicate(timeout=10)
        return self.process.returncode, output, errors


Start = Callable[..., Serving]


def until_ready(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line == "Ready.\n" or '"message":"Ready."' in line:
            return "".join(lines)
    raise AssertionError(process.communicate()[1])


def loaded_by(code: str, *names: str) -> str:
    """Which of these modules a piece of code has imported."""
    question = f"{code}\nimport sys; print([name for name in {names!r} if name in sys.modules])"
    return subprocess.run([sys.executable, "-c", question], check=True, capture_output=True, text=True).stdout.strip()
