"""docs/examples/vitest as a person copies it: with a setup that starts mockgw, and without one under `mockgw run`."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.clients import environments
from tests.clients.conftest import require, require_environment
from tests.clients.environments import PROJECT
from tests.clients.serving import ISOLATED, can_isolate, clean_environment

pytestmark = pytest.mark.node
Run = Callable[[str], "subprocess.CompletedProcess[str]"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the example, with what `npm install` puts there."""
    require(shutil.which("npm"), "Node.js is not installed")
    require_environment(environments.vitest())
    copied = tmp_path / "vitest"
    shutil.copytree(PROJECT / "docs" / "examples" / "vitest", copied)
    (copied / "node_modules").symlink_to(environments.vitest().folder / "node_modules")
    return copied


@pytest.fixture
def run(folder: Path, tmp_path: Path) -> Run:
    """Run a command there, offline where the system lets us."""

    def running(command: str) -> "subprocess.CompletedProcess[str]":
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        return subprocess.run(
            [*(ISOLATED if can_isolate() else []), "sh", "-c", command],
            cwd=folder,
            env=clean_environment(tmp_path, PATH=path, NO_COLOR="1", CI="true"),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return running


def test_its_tests_pass(run: Run) -> None:
    done = run("npm test")

    assert (done.returncode, "Tests  5 passed (5)" in done.stdout) == (0, True), done.stdout + done.stderr


def test_they_pass_under_run_without_a_setup(run: Run, folder: Path) -> None:
    (folder / "vitest.config.js").unlink()

    done = run("mockgw run scenarios -- npx vitest run")

    assert (done.returncode, "Tests  5 passed (5)" in done.stdout) == (0, True), done.stdout + done.stderr


def test_they_fail_with_another_answer(run: Run, folder: Path) -> None:
    scenario = folder / "scenarios" / "weather.yaml"
    scenario.write_text(scenario.read_text(encoding="utf-8").replace("it snows", "it rains"), encoding="utf-8")

    done = run("npm test")

    assert (done.returncode, "1 failed | 4 passed" in done.stdout) == (1, True), done.stdout + done.stderr


def test_a_broken_scenario_is_told_instead_of_a_test(run: Run, folder: Path) -> None:
    (folder / "scenarios" / "weather.yaml").write_text("repl: Hello", encoding="utf-8")

    done = run("npm test")

    assert done.returncode == 1
    assert "unknown key 'repl'" in done.stderr
    assert "mockgw ended with exit code 4 before it was ready" in done.stderr
