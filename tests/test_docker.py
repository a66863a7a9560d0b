"""The image and its composition, as far as they can be tried where there is no Docker."""

import json
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import yaml

from mockgw.cli.serve import serve
from mockgw.scenario.library import open_library
from mockgw.server.runner import Server
from mockgw.settings import DEFAULT_PORT, Settings
from tests.support import live

ROOT = Path(__file__).parent.parent
Instruction = tuple[str, str]
on_posix = pytest.mark.skipif(sys.platform == "win32", reason="containers have a POSIX shell")


def dockerfile() -> list[Instruction]:
    """Each instruction with what follows it, comments gone and continued lines joined."""
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    text = "\n".join(line for line in lines if not line.startswith("#"))
    parts = (line.split(None, 1) for line in text.replace("\\\n", "").splitlines() if line)
    return [(name, rest.strip()) for name, rest in parts]


def last_stage() -> list[Instruction]:
    instructions = dockerfile()
    start = max(index for index, (name, _) in enumerate(instructions) if name == "FROM")
    return instructions[start:]


def only(name: str) -> str:
    """What follows an instruction that the last stage has once."""
    [rest] = [rest for found, rest in last_stage() if found == name]
    return rest


def environment() -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in shlex.split(only("ENV")))


def copied() -> list[str]:
    """What is copied from the checkout."""
    sources = [shlex.split(rest)[:-1] for name, rest in dockerfile() if name == "COPY" and "--from" not in rest]
    return [source for some in sources for source in some]


def service(name: str = "mockgw") -> dict[str, Any]:
    composed: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    return dict(composed["services"][name])


def image_health_check() -> list[str]:
    command: list[str] = json.loads(only("HEALTHCHECK").partition("CMD ")[2])
    return command


def composed_health_check() -> list[str]:
    kind, *command = service()["healthcheck"]["test"]
    assert kind == "CMD"
    return [str(word) for word in command]


def run(command: Sequence[str], **variables: str) -> int:
    return ran(command, **variables).returncode


def ran(command: Sequence[str], **variables: str) -> "subprocess.CompletedProcess[bytes]":
    """A command that finds this Python as `python`, and nothing of the caller's environment."""
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    env: Mapping[str, str] = {"PATH": path, **variables}
    return subprocess.run(command, env=env, check=False, capture_output=True, timeout=60)


def test_all_instructions_are_known() -> None:
    known = {"FROM", "WORKDIR", "COPY", "RUN", "USER", "ENV", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK", "CMD"}

    assert {name for name, _ in dockerfile()} == known


def test_both_stages_are_the_same_python() -> None:
    images = [rest.split()[0] for name, rest in dockerfile() if name == "FROM"]

    assert len(images) == 2
    assert len(set(images)) == 1


def test_what_is_copied_exists_and_is_not_ignored() -> None:
    let_through = [
        line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if "!" in line
    ]

    assert all((ROOT / source).exists() for source in copied())
    assert copied() == let_through


def test_what_the_wheel_is_built_from_is_copied() -> None:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project, hatch = pyproject["project"], pyproject["tool"]["hatch"]
    wheel = hatch["build"]["targets"]["wheel"]
    needed = {
        "pyproject.toml",
        project["readme"],
        *project["license-files"],
        *wheel["packages"],
        *wheel["force-include"],
    }

    assert needed == set(copied())


@pytest.mark.parametrize("command", [rest for name, rest in dockerfile() if name == "RUN"])
def test_commands_of_the_build_are_valid_shell(command: str) -> None:
    assert run(["/bin/sh", "-n", "-c", command]) == 0


def test_the_server_does_not_run_as_root() -> None:
    names = [name for name, _ in last_stage()]
    user, group = only("USER").split(":")

    assert int(user) > 0
    assert int(group) > 0
    assert names.index("USER") < names.index("CMD")


def test_signals_reach_the_server() -> None:
    assert only("STOPSIGNAL") == "SIGTERM"
    assert json.loads(only("CMD"))[0] == service()["command"][0] == "mockgw"


def test_the_last_stage_builds_nothing() -> None:
    assert [rest for name, rest in last_stage() if name in ("RUN", "COPY")] == ["--from=build /opt/mockgw /opt/mockgw"]


def test_nothing_is_written_in_a_read_only_container() -> None:
    assert service()["read_only"] is True
    assert environment()["PYTHONDONTWRITEBYTECODE"] == "1"


def test_the_environment_is_what_serve_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment().items():
        monkeypatch.setenv(name, value)
    program, command, *arguments = json.loads(only("CMD"))

    settings = serve.make_context(command, arguments).params

    assert program == "mockgw"
    assert (settings["host"], settings["port"]) == ("0.0.0.0", DEFAULT_PORT)
    assert {name for name in environment() if name.startswith("MOCKGW_")} == {"MOCKGW_HOST", "MOCKGW_PORT"}


def test_image_and_composition_publish_the_usual_port() -> None:
    [published] = service()["ports"]

    assert only("EXPOSE") == environment()["MOCKGW_PORT"] == str(Settings().port)
    assert published == f"{Settings().host}:{DEFAULT_PORT}:{DEFAULT_PORT}"


def test_the_composition_serves_the_mounted_folder() -> None:
    [mount] = service()["volumes"]
    source, target, mode = mount.split(":")

    assert mode == "ro"
    assert service()["command"] == [*json.loads(only("CMD")), target]
    assert PurePosixPath(target).is_absolute()
    assert open_library([ROOT / source]).chosen == "default"


def test_the_composition_builds_this_image() -> None:
    assert service()["build"] == "."
    assert service()["init"] is True


def test_a_demo_starts_when_the_server_is_healthy() -> None:
    demo = service("demo")

    assert demo["profiles"] == ["demo"]
    assert demo["depends_on"] == {"mockgw": {"condition": "service_healthy"}}
    assert demo["environment"]["ANTHROPIC_BASE_URL"] == f"http://mockgw:{DEFAULT_PORT}"
    assert demo["image"] == service()["image"]


@on_posix
def test_what_the_demo_runs_asks_once() -> None:
    with Server(live("Here I am.")) as server:
        asked = ran(service("demo")["command"], ANTHROPIC_BASE_URL=server.url, ANTHROPIC_AUTH_TOKEN="mock")

    assert (asked.returncode, asked.stdout, asked.stderr) == (0, b"Here I am.\n", b"")


@on_posix
@pytest.mark.parametrize("check", [image_health_check(), composed_health_check()], ids=["image", "composition"])
def test_the_health_check_knows_a_running_server_from_a_stopped_one(check: list[str]) -> None:
    host = environment()["MOCKGW_HOST"]
    with Server(live("Hello!")) as server:
        port = server.url.rpartition(":")[2]
        while_running = run(check, MOCKGW_HOST=host, MOCKGW_PORT=port)
    after_stop = run(check, MOCKGW_HOST=host, MOCKGW_PORT=port)

    assert while_running == 0
    assert after_stop == 1
