"""Driver: an SDK in a process of its own that takes commands and gives replies, one JSON line each."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.clients import environments
from tests.clients.serving import clean_environment

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Reply:
    """What a call came to: a value or an error, the pieces of text before it, how often it was tried again."""

    deltas: list[str]
    value: Any = None
    error: dict[str, Any] = field(default_factory=dict)
    retries: int = 0

    @property
    def result(self) -> Any:
        assert not self.error, self.error
        return self.value

    @property
    def finished(self) -> bool:
        """Whether a message came whole; one that stops in the middle has no stop reason."""
        return bool(self.value and self.value["stop_reason"])


@dataclass(frozen=True, slots=True)
class Driver:
    """One SDK as a running program."""

    process: subprocess.Popen[str]

    def call(self, name: str, *, options: dict[str, Any], arguments: dict[str, Any]) -> Reply:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps({"call": name, "options": options, "arguments": arguments}) + "\n")
        self.process.stdin.flush()
        return Reply(**json.loads(self.process.stdout.readline()))

    def stop(self) -> None:
        """It ends by itself when its input does."""
        self.process.communicate(timeout=10)


def start(command: Sequence[str], *, home: Path, **variables: str) -> Driver:
    pipe = subprocess.PIPE
    return Driver(
        subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=clean_environment(home, **variables))
    )


def python(interpreter: str) -> list[str]:
    """A warning of pydantic's about an unexpected field is an error."""
    return [interpreter, "-W", "error::UserWarning", str(HERE / "sdk.py")]


def typescript() -> list[str]:
    return ["node", str(HERE / "sdk.mjs"), str(environments.node().folder)]
