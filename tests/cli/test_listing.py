import json
from pathlib import Path

import pytest

from mockgw.cli.listing import listing
from mockgw.scenario.library import shipped
from tests.cli.commands import Run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two scenarios, and two files with errors between them."""
    for name, text in {
        "a": "{description: The first, reply: A}",
        "bad": "rules: [{match: {promt: x}, reply: B}]",
        "broken": "reply: '{{ promt }}'",
        "longer": "rules: [{match: {prompt: x}, reply: C}, {reply: D}]",
    }.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def test_the_shipped_scenarios_are_listed_with_what_to_do_next(run: Run) -> None:
    done = run("list")

    lines = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split()[0] for line in lines[:-3]] == sorted(path.stem for path in shipped().glob("*.yaml"))
    assert "hello              The smallest scenario there is" in lines
    assert lines[-3:] == [
        "",
        "Use one: mockgw serve --scenario NAME, or as the model claude-mock/NAME",
        f"Copy one: mockgw init --from NAME; they are in {shipped()}",
    ]


def test_ones_own_are_listed_with_the_command_that_serves_them(run: Run, folder: Path) -> None:
    done = run("list", folder / "a.yaml", folder / "longer.yaml")

    assert done.stdout.splitlines() == [
        "a       The first",
        "longer",
        "",
        f"Use one: mockgw serve {folder}/a.yaml {folder}/longer.yaml --scenario NAME, or as the model claude-mock/NAME",
    ]


def test_a_path_with_a_blank_can_be_pasted(run: Run, tmp_path: Path) -> None:
    (tmp_path / "my own.yaml").write_text("reply: Hello", encoding="utf-8")

    assert f"mockgw serve '{tmp_path}/my own.yaml' --scenario NAME" in run("list", tmp_path / "my own.yaml").stdout


def test_broken_files_are_told_as_lint_tells_them_and_the_others_listed(run: Run, folder: Path) -> None:
    done, linted = run("list", folder), run("lint", folder)

    told = [line for line in linted.stdout.splitlines() if " error: " in line]
    assert done.returncode == 1
    assert done.stderr.splitlines() == told
    assert len(told) == 2
    assert {line.split(" ")[0] for line in done.stdout.splitlines()} >= {"a", "longer"}


def test_json_is_for_programs(run: Run, folder: Path) -> None:
    listed = json.loads(run("list", folder / "a.yaml", folder / "longer.yaml", "--format", "json").stdout)

    assert listed == [
        {"name": "a", "description": "The first", "rules": 1, "file": str(folder / "a.yaml")},
        {"name": "longer", "description": "", "rules": 2, "file": str(folder / "longer.yaml")},
    ]


def test_when_no_file_can_be_used_nothing_is_listed(run: Run, folder: Path) -> None:
    done = run("list", folder / "bad.yaml", "--format", "json")

    assert (done.returncode, done.stdout) == (1, "[]\n")


def test_text_without_a_scenario_gives_no_advice(run: Run, folder: Path) -> None:
    done = run("list", folder / "bad.yaml")

    assert (done.returncode, done.stdout) == (1, "There is no scenario that can be used.\n")


def test_a_missing_path_is_one_line(run: Run) -> None:
    done = run("list", "nowhere")

    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == "mockgw: nowhere: there is no such file or folder\n"


def test_help_explains_every_flag(run: Run) -> None:
    shown = " ".join(run("list", "--help").stdout.split())

    for parameter in listing.params[1:]:
        assert str(getattr(parameter, "help", None)) in shown
    assert "mockgw list scenarios" in shown
