"""The folders in docs/examples, as a person copies them; that for vitest is tried in tests/clients."""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from mockgw.cli.serve import serve
from mockgw.lint.check import open_checked
from mockgw.settings import DEFAULT_PORT
from tests.cli.commands import environment
from tests.clients import serving

PROJECT = Path(__file__).parent.parent
EXAMPLES = PROJECT / "docs" / "examples"
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="they are for a POSIX shell")


@pytest.fixture
def folder(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    copied: Path = shutil.copytree(EXAMPLES / request.param, tmp_path / request.param)
    return copied


def ran(command: list[str], folder: Path, more: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
    path = f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin"
    variables = environment({"PATH": path, "HOME": str(folder.parent), **more})
    return subprocess.run(
        command, cwd=folder, env=variables, check=False, capture_output=True, encoding="utf-8", timeout=60
    )


@pytest.mark.parametrize("name", sorted(path.name for path in EXAMPLES.iterdir()))
def test_nothing_can_be_said_against_its_scenarios(name: str) -> None:
    _, report = open_checked([EXAMPLES / name / "scenarios"])

    assert report.problems == ()
    assert (EXAMPLES / name / "README.md").is_file()


@pytest.mark.skipif(not shutil.which("curl"), reason="there is no curl here")
@pytest.mark.parametrize("folder", ["curl"], indirect=True)
def test_the_shell_script_tests_what_it_says(folder: Path) -> None:
    done = ran(["./test.sh"], folder, {})

    assert (done.returncode, done.stdout.count("ok: "), done.stderr) == (0, 4, ""), done.stdout


@pytest.mark.skipif(not shutil.which("curl"), reason="there is no curl here")
@pytest.mark.parametrize("folder", ["curl"], indirect=True)
@pytest.mark.parametrize(
    ("scenario", "told"),
    [("reply: Good night.", "not ok: ./ask.sh Hello: exit code 0"), ("repl: Hello", "unknown key 'repl'")],
    ids=["another answer", "a broken scenario"],
)
def test_the_shell_script_fails_when_it_has_to(folder: Path, scenario: str, told: str) -> None:
    (folder / "scenarios" / "greeting.yaml").write_text(scenario, encoding="utf-8")

    done = ran(["./test.sh"], folder, {})

    assert (done.returncode, told in done.stdout) == (1, True), done.stdout + done.stderr


def services() -> dict[str, Any]:
    composed = yaml.safe_load((EXAMPLES / "compose" / "compose.yaml").read_text(encoding="utf-8"))
    assert composed.keys() == {"services"}
    return dict(composed["services"])


def test_the_composition_serves_what_it_mounts() -> None:
    gateway = services()["mockgw"]
    program, command, target = gateway["command"]
    [volume] = gateway["volumes"]

    assert (program, serve.make_context(command, [target]).params["paths"]) == ("mockgw", (Path("/scenarios"),))
    assert volume == "./scenarios:/scenarios:ro"
    assert gateway["environment"].keys() <= {parameter.envvar for parameter in serve.params if parameter.envvar}
    assert "ports" not in gateway  # the tests are in its network


def test_the_tests_wait_until_it_is_healthy() -> None:
    gateway, tests = services()["mockgw"], services()["tests"]

    assert gateway["healthcheck"]["test"] == ["CMD", "mockgw", "healthcheck"]
    assert tests["depends_on"] == {"mockgw": {"condition": "service_healthy"}}
    assert tests["environment"]["ANTHROPIC_BASE_URL"] == f"http://mockgw:{DEFAULT_PORT}"


@pytest.mark.parametrize("folder", ["compose"], indirect=True)
def test_the_tests_of_the_composition_pass_beside_it(folder: Path) -> None:
    tests = services()["tests"]
    server = serving.start(
        ["scenarios", "--time-scale", services()["mockgw"]["environment"]["MOCKGW_TIME_SCALE"]], folder=folder
    )
    try:
        port = server.url.rpartition(":")[2]
        variables = {**tests["environment"], "ANTHROPIC_BASE_URL": server.url, "MOCKGW_PORT": port, "NO_PROXY": "*"}
        healthy = ran(services()["mockgw"]["healthcheck"]["test"][1:], folder, variables)
        done = ran(tests["command"], folder, variables)
    finally:
        server.stop()

    assert healthy.returncode == 0
    assert (done.returncode, "4 passed" in done.stdout) == (0, True), done.stdout + done.stderr


def test_its_image_has_all_that_its_tests_need() -> None:
    lines = (EXAMPLES / "compose" / "Dockerfile").read_text(encoding="utf-8").splitlines()
    copied = {word for line in lines if line.startswith("COPY ") for word in line.split()[1:-1]}

    assert copied == {"requirements.txt", "app.py", "test_app.py"}
    assert all((EXAMPLES / "compose" / name).is_file() for name in copied)
