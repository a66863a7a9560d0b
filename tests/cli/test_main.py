import re
import subprocess
import sys
from typing import NoReturn

import click
import pytest

from mockgw import __version__
from mockgw.cli import cli
from tests.cli.commands import Run, loaded_by, started


def test_without_a_command_it_says_what_there_is(run: Run) -> None:
    done = run()
    assert done.returncode == 2
    assert done.stderr.startswith("Usage: mockgw ")
    assert re.search(r"^  serve +Answer at a URL as scenarios say\.$", done.stderr, re.MULTILINE)


@pytest.mark.parametrize("word", ["my.yaml", "my.yml", "."])
def test_a_file_without_a_command_is_told_the_command(run: Run, word: str) -> None:
    done = run(word)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"mockgw: No such command '{word}'; did you mean 'mockgw serve {word}'? (")


def test_a_misspelled_command_is_told_the_one_that_was_meant(run: Run) -> None:
    assert run("srve").stderr.startswith("mockgw: No such command 'srve'; did you mean 'serve'? (")


@pytest.mark.parametrize("word", ["zzz", "x" * 5000], ids=["unknown", "long"])
def test_a_word_that_is_no_file_is_no_command(run: Run, word: str) -> None:
    done = run(word)
    assert done.stderr.startswith(f"mockgw: No such command '{word}'")
    assert "mockgw serve x" not in done.stderr


def test_the_version_is_told() -> None:
    assert started("--version").stdout == f"mockgw, version {__version__}\n"


def test_importing_the_package_costs_nothing() -> None:
    assert loaded_by("import mockgw", "pydantic", "starlette", "uvicorn", "faker", "click", "yaml", "orjson") == "[]"


def test_help_does_not_wait_for_the_server() -> None:
    assert loaded_by("import mockgw.cli", "starlette", "uvicorn", "faker") == "[]"


def test_a_server_has_imported_what_its_requests_need() -> None:
    code = """
import mockgw.server.runner
from mockgw.lint.check import open_checked
from mockgw.scenario.library import shipped
open_checked([shipped() / "hello.yaml"])
"""
    assert loaded_by(code, "jinja2", "faker", "jsonschema_rs", "starlette.routing", "h11", "http.client") == "[]"


def test_of_what_people_can_write_only_what_they_use_is_built() -> None:
    code = """
from pathlib import Path
from mockgw.cli import serve
from mockgw.notation import Written
from mockgw.scenario import loader

def below(model):
    return [inner for child in model.__subclasses__() for inner in (child, *below(child))]

loader.parse("rules: [{match: {prompt: a}, text: b}]", Path("a.yaml"))
built = {model.__name__.partition("[")[0] for model in below(Written) if model.__pydantic_complete__}
print(sorted(built - {"Fixed", "Answer"}))  # these two are built with their modules
"""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "['Condition', 'Match', 'RuleForm', 'ScenarioForm']\n"


def test_a_process_ends_without_a_traceback() -> None:
    done = started("serve", "nope.yaml")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == "mockgw: nope.yaml: there is no such file or folder\n"


def test_a_stop_before_the_start_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(context: click.Context) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "invoke", interrupted)
    done = run("serve")
    assert (done.returncode, done.stderr.split()) == (130, ["mockgw:", "stopped"])


def test_a_process_without_stdout_still_tells_its_problem() -> None:
    command = [sys.executable, "-m", "mockgw", "serve", "nope.yaml"]
    done = subprocess.run(["sh", "-c", 'exec "$@" >&-', "sh", *command], check=False, stderr=subprocess.PIPE, text=True)
    assert (done.returncode, done.stderr) == (3, "mockgw: nope.yaml: there is no such file or folder\n")
