"""Peers: a server of others that is measured too, if it was installed (`make peers`; it needs Node.js)."""

import json
import math
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cases import PACED, SMALL, STEP, STREAM, Case
from servers import Program

FOLDER = Path(__file__).parent.parent / ".peers"
AIMOCK = "@copilotkit/aimock@1.43.0"
STARTED = Path("node_modules/@copilotkit/aimock/dist/cli.js")
# No lock file: it would record where each package came from.
INSTALL = ["npm", "install", "--ignore-scripts", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"]


def aimock(installed: Path, scratch: Path, texts: dict[str, str], time_scale: float) -> Program | None:
    """The most used mock of this kind, if it is there, with the same three answers, and without its log."""
    started = installed / STARTED
    if not started.is_file() or not shutil.which("node"):
        return None
    fixture = scratch / "aimock.json"
    fixture.write_text(json.dumps({"fixtures": list(fixtures(texts, time_scale))}), encoding="utf-8")
    return Program("aimock", lambda port: ["node", started, "-p", port, "-f", fixture, "--log-level", "silent"])


def fixtures(texts: dict[str, str], time_scale: float) -> Iterator[dict[str, Any]]:
    """What it answers to each prompt: one text, cut into as many deltas as a case wants."""
    yield _fixture(SMALL, texts)
    yield _fixture(STREAM, texts)
    yield _fixture(PACED, texts) | {"latency": STEP * 1000 * time_scale}


def _fixture(case: Case, texts: dict[str, str]) -> dict[str, Any]:
    text, size = cut(texts[case.name], case.deltas or 1)
    return {"match": {"userMessage": case.prompt}, "response": {"content": text}, "chunkSize": size}


def cut(text: str, deltas: int) -> tuple[str, int]:
    """A text that makes exactly so many deltas when all are of this length; it may begin again at its end."""
    size = math.ceil(len(text) / deltas)
    return (text * 2)[: size * deltas], size


def main() -> None:
    if missing := [tool for tool in ("node", "npm") if not shutil.which(tool)]:
        sys.exit(f"peers: {' and '.join(missing)} not found; install Node.js (Debian: apt-get install npm)")
    FOLDER.mkdir(exist_ok=True)
    subprocess.run([*INSTALL, "--prefix", str(FOLDER), AIMOCK], check=True)
    print(f"peers: {AIMOCK} is in {FOLDER}")


if __name__ == "__main__":
    main()
