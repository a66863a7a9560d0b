"""Install: the real clients, each pinned and in an environment of its own (`make clients`)."""

import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # started as a script, from any folder

from tests.clients import environments
from tests.clients.environments import Environment

# --ignore-scripts: the binary is started directly; no lock file: it would record where each package came from.
NPM_INSTALL = ["npm", "install", "--ignore-scripts", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"]


def say(line: str) -> None:
    sys.stdout.write(f"clients: {line}\n")
    sys.stdout.flush()


def run_twice(command: list[str], folder: Path) -> None:
    """Run, and once more if it failed: registries have bad moments."""
    if subprocess.run(command, cwd=folder, check=False).returncode:
        say(f"failed, trying once more: {' '.join(command)}")
        subprocess.run(command, cwd=folder, check=True)


def make_old_python(environment: Environment) -> None:
    venv.create(environment.folder, with_pip=True, clear=True)
    pip = [str(environment.python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run_twice([*pip, environment.pins], environment.folder)


def make_node(environment: Environment) -> None:
    if missing := [tool for tool in ("node", "npm") if not shutil.which(tool)]:
        raise SystemExit(f"clients: {' and '.join(missing)} not found; install Node.js (Debian: apt-get install npm)")
    shutil.rmtree(environment.folder, ignore_errors=True)
    environment.folder.mkdir(parents=True)
    shutil.copy(environments.MANIFEST, environment.folder)
    run_twice(NPM_INSTALL, environment.folder)
    subprocess.run([str(environment.claude), "--version"], check=True, stdout=subprocess.DEVNULL)


def provide(environment: Environment, make: Callable[[Environment], None]) -> None:
    if environment.ready:
        return say(f"{environment.name}: already there")
    say(f"{environment.name}: installing {environment.pins}")
    make(environment)
    environment.stamp.write_text(environment.pins, encoding="utf-8")
    return say(f"{environment.name}: ready in {environment.folder}")


if __name__ == "__main__":
    provide(environments.old_python(), make_old_python)
    provide(environments.node(), make_node)
