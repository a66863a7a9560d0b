"""SDKs: each as its version and the parts of the API that it has types for, freshly installed or as they are pinned."""

import json
import shutil
import subprocess
import sys
import venv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.clients import environments
from tests.clients.drift import typescript
from tests.clients.drift.parts import AREAS

HERE = Path(__file__).parent
NEWEST = "newest"
INSTALLED = "installed"
PYTHON, TYPESCRIPT = "anthropic", "@anthropic-ai/sdk"
NPM = ["npm", "install", "--ignore-scripts", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"]


class Missing(Exception):
    """An SDK that is not there, and cannot be had."""


@dataclass(frozen=True, slots=True)
class Sdk:
    """One SDK in one version, with the parts of each area."""

    name: str
    version: str
    parts: dict[str, set[str]]


@cache
def python(version: str) -> Sdk:
    """The one for Python: a version, `newest` or `installed`."""
    interpreter = sys.executable if version == INSTALLED else str(_python_environment(version))
    asked = json.dumps({area: [known.python, known.leaves] for area, known in AREAS.items()})
    ran = subprocess.run([interpreter, str(HERE / "python.py")], input=asked, capture_output=True, text=True)
    if ran.returncode:
        raise Missing(f"the types of {PYTHON} cannot be read: {_last(ran.stderr)}")
    told = json.loads(ran.stdout)
    return Sdk("python", told["version"], {area: set(parts) for area, parts in told["parts"].items()})


def typescript_sdk(version: str) -> Sdk:
    """The one for TypeScript, of which the declarations are enough."""
    folder = environments.node().folder if version == INSTALLED else _node_environment(version)
    package = folder / "node_modules" / TYPESCRIPT
    if not (package / "package.json").is_file():
        raise Missing(f"{TYPESCRIPT} is not installed; run `make clients`")
    found = json.loads((package / "package.json").read_text(encoding="utf-8"))["version"]
    return Sdk("typescript", found, typescript.told(package))


def _python_environment(version: str) -> Path:
    folder = environments.root() / "drift-python"
    if not (folder / "bin" / "python").exists():
        venv.create(folder, with_pip=False)
    wanted = PYTHON if version == NEWEST else f"{PYTHON}=={version}"
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python"), "install"]
    _install([*pip, "-qq", "--disable-pip-version-check", "--upgrade", wanted], folder, wanted)
    return folder / "bin" / "python"


def _node_environment(version: str) -> Path:
    if not shutil.which("npm"):
        raise Missing("npm not found; install Node.js, or leave the SDK for TypeScript out with --only python")
    folder = environments.root() / "drift-node"
    folder.mkdir(parents=True, exist_ok=True)
    wanted = f"{TYPESCRIPT}@{'latest' if version == NEWEST else version}"
    _install([*NPM, wanted], folder, wanted)
    return folder


def _install(command: Sequence[str], folder: Path, wanted: str) -> None:
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if ran.returncode:
        raise Missing(f"{wanted} cannot be installed: {_last(ran.stderr)}")


def _last(text: str) -> str:
    """The last line that says something."""
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "no reason was given")
