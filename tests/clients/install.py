"""Install: the real clients, each pinned and in an environment of its own (`make clients`)."""

import shutil
import subprocess
import sys
import tarfile
import venv
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # started as a script, from any folder

from docs import others
from tests.clients import environments, other
from tests.clients.environments import Environment

# --ignore-scripts: the binary is started directly; no lock file: it would record where each package came from.
NPM_INSTALL = ["npm", "install", "--ignore-scripts", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"]

AT_ONCE = 3  # one waits for the network while others unpack


def say(line: str) -> None:
    sys.stdout.write(f"clients: {line}\n")
    sys.stdout.flush()


def run_twice(command: list[str], folder: Path) -> None:
    """Run, and once more if it failed: registries have bad moments."""
    if subprocess.run(command, cwd=folder, check=False).returncode:
        say(f"failed, trying once more: {' '.join(command)}")
        subprocess.run(command, cwd=folder, check=True)


def make_python(environment: Environment) -> None:
    """The pip of this Python does it for all: to give each environment its own would take longer than some clients."""
    venv.create(environment.folder, with_pip=False, clear=True)
    pip = [sys.executable, "-m", "pip", "--python", str(environment.python), "install"]
    run_twice([*pip, "-qq", "--disable-pip-version-check", *environment.pins.split()], environment.folder)


def make_suite(environment: Environment) -> None:
    """And the source of the SDK beside it, with its tests."""
    make_python(environment)
    sdk = environment.sdist.name.replace("-", "==")
    pip = [sys.executable, "-m", "pip", "download", "-qq", "--disable-pip-version-check"]
    run_twice([*pip, "--no-deps", "--no-binary", "anthropic", "--dest", ".", sdk], environment.folder)
    with tarfile.open(environment.folder / f"{environment.sdist.name}.tar.gz") as archive:
        archive.extractall(environment.folder, filter="data")


def make_node(environment: Environment) -> None:
    """From the pins, or from a manifest that has them."""
    if missing := [tool for tool in ("node", "npm") if not shutil.which(tool)]:
        raise SystemExit(f"clients: {' and '.join(missing)} not found; install Node.js (Debian: apt-get install npm)")
    shutil.rmtree(environment.folder, ignore_errors=True)
    environment.folder.mkdir(parents=True)
    if environment.manifest:
        shutil.copy(environment.manifest, environment.folder)
    run_twice([*NPM_INSTALL, *([] if environment.manifest else environment.pins.split())], environment.folder)


def make_claude(environment: Environment) -> None:
    make_node(environment)
    subprocess.run([str(environment.claude), "--version"], check=True, stdout=subprocess.DEVNULL)


def provide(environment: Environment, make: Callable[[Environment], None]) -> None:
    if environment.ready:
        return say(f"{environment.name}: already there")
    say(f"{environment.name}: installing {environment.pins}")
    make(environment)
    environment.stamp.write_text(environment.pins, encoding="utf-8")
    return say(f"{environment.name}: ready in {environment.folder}")


def everything() -> dict[Environment, Callable[[Environment], None]]:
    """What to install, and how; what takes longest comes first."""
    apart = {other.environment(one): make_node if one.client == "ai" else make_python for one in others.others()}
    return {
        environments.node(): make_claude,
        **apart,
        environments.python_suite(): make_suite,
        environments.old_python(): make_python,
        environments.browser(): make_python,
        environments.vitest(): make_node,
        environments.axe(): make_node,
    }


if __name__ == "__main__":
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for done in [pool.submit(provide, *one) for one in everything().items()]:
            done.result()
