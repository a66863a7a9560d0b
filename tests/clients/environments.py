"""Environments: where the real clients are installed, and at which versions."""

import json
import os
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]
MANIFEST = HERE / "package.json"
PLAYWRIGHT = "playwright==1.65.2"  # it drives the system's own Chromium
AXE = "axe-core@4.14.1"  # it looks at a page as those do who cannot see it
# What the Python SDK's own tests need beside the SDK that mockgw's tests have.
PYTHON_SUITE = (
    "pytest==9.2.0 pytest-asyncio==1.5.0 pytest-xdist==3.8.0 respx==0.23.1 time-machine==3.6.0 dirty-equals==0.11 "
    "importlib-metadata==10.2.0 rich==15.0.0 hypothesis==6.170.17 inline-snapshot==0.36.1 griffe==2.4.1 "
    "http-snapshot[httpx]==0.1.9 packaging==26.4 opentelemetry-sdk==1.45.2 aiohttp==3.14.5 mcp==2.3.0"
)
OLD_PYTHON_SDK = "anthropic==0.125.0"  # the last line before 1.0: other error classes, httpx instead of httpx2


@dataclass(frozen=True, slots=True)
class Environment:
    """One folder with one set of pinned clients; its stamp holds the pins that it was made from."""

    name: str
    folder: Path
    pins: str
    manifest: Path | None = None  # of npm, instead of the pins

    @property
    def stamp(self) -> Path:
        return self.folder / ".stamp"

    @property
    def ready(self) -> bool:
        return self.stamp.is_file() and self.stamp.read_text(encoding="utf-8") == self.pins

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    @property
    def sdist(self) -> Path:
        """The source of the SDK, with its tests."""
        return self.folder / f"anthropic-{version('anthropic')}"

    @property
    def packages(self) -> Path:
        return self.folder / "node_modules" / "@anthropic-ai"

    @property
    def claude(self) -> Path:
        """The native binary: npm need not run the package's install script, so its launcher may not be there."""
        return min(self.packages.glob("claude-code-*/claude"), key=lambda path: len(path.parts[-2]))


def root() -> Path:
    return Path(os.environ.get("MOCKGW_CLIENTS") or PROJECT / ".clients").absolute()


def old_python() -> Environment:
    return Environment("the Python SDK from before 1.0", root() / "python-old", OLD_PYTHON_SDK)


def python_suite() -> Environment:
    """With the tests of the Python SDK themselves, which are in its sdist alone."""
    sdk = f"anthropic[aiohttp,mcp]=={version('anthropic')}"
    return Environment("the Python SDK's own tests", root() / "python-suite", f"{sdk} {PYTHON_SUITE}")


def browser() -> Environment:
    return Environment("Playwright", root() / "browser", PLAYWRIGHT)


def axe() -> Environment:
    return Environment("axe", root() / "axe", AXE)


def other(client: str, name: str, pins: str) -> Environment:
    """Where a client of docs/clients-others.yaml is."""
    return Environment(name, root() / client, pins)


def node() -> Environment:
    return _of_manifest("Claude Code and the TypeScript SDK", "node", MANIFEST)


def vitest() -> Environment:
    """For docs/examples/vitest."""
    return _of_manifest("vitest", "vitest", PROJECT / "docs" / "examples" / "vitest" / "package.json")


def _of_manifest(name: str, folder: str, manifest: Path) -> Environment:
    found = json.loads(manifest.read_text(encoding="utf-8"))
    pins = {**found.get("dependencies", {}), **found.get("devDependencies", {})}
    return Environment(name, root() / folder, json.dumps(pins, sort_keys=True), manifest)
