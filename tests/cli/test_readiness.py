import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx2
import pytest

from mockgw.cli.readiness import PortFile, announcing
from mockgw.errors import SettingsError
from tests.cli.commands import Run, Start, environment


@pytest.fixture
def first_line(tmp_path: Path) -> Iterator[Any]:
    """Start a server, and read the first line that it prints: process and line."""
    (tmp_path / "hello.yaml").write_text("reply: Hello", encoding="utf-8")
    with ExitStack() as stack:

        def starting(*flags: str, **more: str) -> tuple[subprocess.Popen[str], str]:
            command = [sys.executable, "-m", "mockgw", "serve", str(tmp_path / "hello.yaml"), "--port", "0", *flags]
            pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
            process = stack.enter_context(subprocess.Popen(command, env=environment(more), **pipes))
            stack.callback(process.kill)
            assert process.stdout
            return process, process.stdout.readline()

        yield starting


def status(url: str) -> int:
    return httpx2.get(url, trust_env=False).status_code


@pytest.mark.parametrize(
    ("flags", "more"),
    [
        (["--ready-json"], {}),
        ([], {"MOCKGW_READY_JSON": "1"}),
        (["--ready-json", "--quiet"], {}),
        (["--ready-json", "--log-format", "json"], {}),
    ],
    ids=["flag", "environment", "quiet", "json log"],
)
def test_a_program_reads_one_line_of_json(first_line: Any, flags: list[str], more: dict[str, str]) -> None:
    process, line = first_line(*flags, **more)

    ready = json.loads(line)

    assert ready == {
        "event": "ready",
        "url": f"http://127.0.0.1:{ready['port']}",
        "port": ready["port"],
        "pid": process.pid,
    }
    assert status(ready["url"]) == 200
    process.terminate()
    output, errors = process.communicate(timeout=10)
    assert (process.returncode, errors, len(output.splitlines())) == (0, "", "--quiet" not in flags)


@pytest.mark.parametrize("how", ["flag", "environment"])
def test_the_port_stands_in_a_file_as_long_as_it_answers(start: Start, tmp_path: Path, how: str) -> None:
    file = tmp_path / "port"
    serving = start("--port-file", file) if how == "flag" else start(MOCKGW_PORT_FILE=str(file))

    assert file.read_text() == f"{serving.url.rpartition(':')[2]}\n"
    assert status(f"http://127.0.0.1:{int(file.read_text())}") == 200
    assert serving.stop()[0::2] == (0, "")
    assert list(tmp_path.iterdir()) == []


def test_who_waits_for_the_file_can_ask_at_once(first_line: Any, tmp_path: Path) -> None:
    file = tmp_path / "port"
    process, line = first_line("--port-file", str(file), "--ready-json")

    assert json.loads(line)["port"] == int(file.read_text())  # the file comes first
    process.kill()
    assert process.wait(timeout=10) != 0
    assert file.exists()  # nobody was left to remove it


def test_a_file_of_an_earlier_server_is_gone_before_the_next_is_ready(tmp_path: Path) -> None:
    file = tmp_path / "port"
    file.write_text("6625\n")

    with announcing(str, file) as announce:
        assert not file.exists()
        announce("http://127.0.0.1:1")
        assert file.read_text() == "1\n"
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_another_server_has_taken_over_is_left_to_it(tmp_path: Path) -> None:
    file = tmp_path / "port"

    with announcing(str, file) as announce:
        announce("http://[::1]:1")
        file.write_text("2\n")

    assert file.read_text() == "2\n"


def test_without_a_file_there_is_the_greeting_alone(capsys: pytest.CaptureFixture[str]) -> None:
    with announcing(lambda url: f"Hello from {url}", None) as announce:
        announce("http://127.0.0.1:1")

    assert capsys.readouterr().out == "Hello from http://127.0.0.1:1\n"


def test_a_folder_that_goes_away_meanwhile_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    port_file = PortFile(folder / "port")
    shutil.rmtree(folder)

    with pytest.raises(SettingsError, match="cannot be written: No such file"):
        port_file.write(1)
    port_file.close()


def test_a_file_of_value_is_not_overwritten(run: Run, tmp_path: Path) -> None:
    scenario = tmp_path / "hello.yaml"
    scenario.write_text("reply: Hello", encoding="utf-8")

    done = run("serve", scenario, "--port", "0", "--port-file", scenario)

    told = f"mockgw: --port-file {scenario}: there is a file that holds no port; it is not overwritten\n"
    assert (done.returncode, done.stdout, done.stderr) == (3, "", told)
    assert scenario.read_text(encoding="utf-8") == "reply: Hello"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
def test_a_pipe_is_not_waited_for(run: Run, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    done = run("serve", "--port", "0", "--port-file", tmp_path / "pipe")

    assert (done.returncode, "holds no port" in done.stderr) == (3, True)


@pytest.mark.parametrize(
    ("name", "code", "told"),
    [("none/port", 3, "cannot be written: No such file or directory"), (".", 2, "is a directory")],
    ids=["no folder", "a folder"],
)
def test_a_file_that_cannot_be_written_is_told_before_anything_starts(
    run: Run, tmp_path: Path, name: str, code: int, told: str
) -> None:
    done = run("serve", "--port", "0", "--port-file", tmp_path / name)

    assert (done.returncode, done.stdout) == (code, "")
    assert told in done.stderr


def test_a_port_in_use_leaves_the_file_of_its_server_alone(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "port"
    file.write_text("1\n")

    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = run("serve", "--port", str(taken.getsockname()[1]), "--port-file", file)

    assert (done.returncode, file.read_text()) == (5, "1\n")
