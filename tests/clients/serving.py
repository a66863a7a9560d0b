"""Serving: the real command line as a process of its own, in a network of its own where that is wanted."""

import functools
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.clients.waiting import wait_until

# A network namespace has only a loopback of its own, and that is down at first.
ISOLATED = ["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
FOREIGN = ("MOCKGW_", "ANTHROPIC_", "CLAUDE")  # settings of the person's own that must not leak into a test


@functools.cache
def can_isolate() -> bool:
    """Whether this user may make network namespaces (on Linux: root)."""
    if not all(shutil.which(tool) for tool in ("unshare", "nsenter", "ip")):
        return False
    return subprocess.run([*ISOLATED, "true"], check=False, capture_output=True).returncode == 0


def clean_environment(home: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    return {**kept, "HOME": str(home), **more}


@dataclass(frozen=True, slots=True)
class Server:
    """A running `mockgw serve`; `enter` stands before a command that has to run in the same network."""

    process: subprocess.Popen[bytes]
    output: Path
    enter: tuple[str, ...]

    @property
    def printed(self) -> str:
        return self.output.read_text(encoding="utf-8")

    @property
    def url(self) -> str:
        found = re.search(r"http://127\.0\.0\.1:\d+", self.printed)
        assert found, f"no URL in the banner:\n{self.printed}"
        return found.group()

    @property
    def ready(self) -> bool:
        assert self.process.poll() is None, f"the server ended with {self.process.returncode}:\n{self.printed}"
        return "Ready." in self.printed.splitlines() or self.printed.startswith('{"event":"ready"')

    def verdict(self) -> Any:
        """What is to be said against its clients."""
        asked = [*self.enter, "curl", "--silent", "--fail", f"{self.url}/_mockgw/verdict"]
        return json.loads(subprocess.run(asked, check=True, capture_output=True, timeout=20).stdout)["findings"]

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            assert self.process.wait(timeout=10) == 0, f"not a clean end on SIGTERM:\n{self.printed}"
        finally:
            self.process.kill()
            self.process.wait()


def start(arguments: Sequence[str], *, folder: Path, isolated: bool = False) -> Server:
    """Start on any free port and return once it is ready; its output goes to a file in the folder."""
    output = folder / f"server-{len(list(folder.glob('server-*')))}.log"
    command = [sys.executable, "-m", "mockgw", "serve", "--port", "0", *arguments]
    environment = clean_environment(folder, PYTHONUNBUFFERED="1")
    with output.open("wb") as sink:
        process = subprocess.Popen(
            [*(ISOLATED if isolated else []), *command], stdout=sink, stderr=sink, cwd=folder, env=environment
        )
    enter = ("nsenter", f"--target={process.pid}", "--net", "--") if isolated else ()
    server = Server(process, output, enter)
    wait_until(lambda: server.ready, seconds=20, otherwise=lambda: f"never ready:\n{server.printed}")
    return server
