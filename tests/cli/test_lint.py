import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from mockgw.lint.report import CODES, ERRORS, WARNINGS
from tests.cli.commands import Run, environment

BROKEN = Path(__file__).parents[1] / "lint" / "broken"
# What `mockgw lint .` says in that folder. Read it as a stranger would: can each file be mended by its message?
EXPECTED = BROKEN / "lint.txt"
LINE = re.compile(r"(?P<file>[^:]+)(:\d+:\d+)?: (?P<severity>error|warning): .+ \[(?P<code>[a-z-]+)\]")

TYPO = "unknown key 'replly'; did you mean 'reply'?"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a file for each severity, to be worked in."""
    monkeypatch.chdir(tmp_path)
    files = {"good": "reply: a\n", "odd": "reply: a\nstop_reason: endturn\n", "typo": "replly: a\n"}
    for name, text in files.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def test_each_broken_file_is_told_as_expected(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(BROKEN)
    done = run("lint", ".")
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout == EXPECTED.read_text(encoding="utf-8")


def test_every_broken_file_is_told_and_every_code_is_shown() -> None:
    lines = [LINE.fullmatch(line) for line in EXPECTED.read_text(encoding="utf-8").splitlines()[:-1]]
    assert all(lines)
    found = [line.groupdict() for line in lines if line]
    files = {path.name for path in BROKEN.iterdir() if path != EXPECTED}
    assert files - {line["file"] for line in found} == {"same-name.yaml"}
    assert {line["code"] for line in found} | {"unreadable"} == CODES.keys()
    assert all(line["code"] in (ERRORS if line["severity"] == "error" else WARNINGS) for line in found)


@pytest.mark.parametrize(
    ("arguments", "code", "last"),
    [
        (("good.yaml",), 0, "1 file: nothing to complain about"),
        (("good.yaml", "odd.yaml"), 0, "2 files: 1 warning"),
        (("odd.yaml", "--strict"), 1, "1 file: 1 warning"),
        (("odd.yaml", "--strict", "--ignore", "doubtful-answer"), 0, "1 file: nothing to complain about"),
        ((".",), 1, "3 files: 1 error, 1 warning"),
        ((), 0, " files of mockgw's own: nothing to complain about; name files or folders to check yours"),
    ],
    ids=["good", "warning", "strict", "ignored", "folder", "shipped"],
)
def test_the_exit_code_says_whether_something_is_wrong(
    run: Run, folder: Path, arguments: tuple[str, ...], code: int, last: str
) -> None:
    done = run("lint", *arguments)
    assert (done.returncode, done.stderr) == (code, "")
    assert done.stdout.splitlines()[-1].endswith(last)


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("nope.yaml",), 3, "mockgw: nope.yaml: there is no such file or folder"),
        (("--ignore", "unknown-key"), 2, "mockgw: Invalid value for '--ignore'"),
        (("--format", "xml"), 2, "mockgw: Invalid value for '--format'"),
        (("--fix",), 2, "mockgw: No such option '--fix'"),
    ],
    ids=["path", "code", "format", "flag"],
)
def test_a_wrong_call_is_one_line(run: Run, arguments: tuple[str, ...], code: int, message: str) -> None:
    done = run("lint", *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith(message)


def test_problems_come_in_the_format_that_is_asked_for(run: Run, folder: Path) -> None:
    assert run("lint", "typo.yaml").stdout == f"typo.yaml:1:1: error: {TYPO} [unknown-key]\n1 file: 1 error\n"
    found = json.loads(run("lint", "typo.yaml", "--format", "json").stdout)
    assert (found["errors"], found["problems"][0]["message"]) == (1, TYPO)
    lines = run("lint", "typo.yaml", "--format", "github").stdout.splitlines()
    assert lines[0] == f"::error file=typo.yaml,line=1,col=1,title=unknown-key::{TYPO}"


@pytest.mark.parametrize(("more", "colour"), [({}, True), ({"NO_COLOR": "1"}, False)], ids=["colour", "no-colour"])
def test_a_terminal_gets_a_picture(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, more: dict[str, str], colour: bool
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(os, "isatty", lambda _: True)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    shown = run("lint", "typo.yaml", **more).stdout
    assert "    replly: a\n    ^\n" in shown
    assert ("\x1b[31m" in shown) is colour


def test_the_environment_which_other_commands_have_too_changes_nothing(run: Run, folder: Path) -> None:
    usual = run("lint", "typo.yaml")
    assert run("lint", "typo.yaml", MOCKGW_FORMAT="json", MOCKGW_STRICT="1", MOCKGW_IGNORE="none") == usual


def test_serving_tells_the_same(run: Run, folder: Path) -> None:
    done = run("serve", ".")
    assert (done.returncode, done.stdout) == (4, "")
    assert f"typo.yaml:1:1: error: {TYPO} [unknown-key]\n" in done.stderr


def test_help_explains_flags_exit_codes_and_problem_codes(run: Run) -> None:
    shown = " ".join(run("lint", "--help").stdout.split())
    for words in ("--strict", "--ignore", "--format", "Exit codes: 0", "weather.yaml:2:5: error:"):
        assert words in shown
    for code, meaning in CODES.items():
        assert f"{code} {meaning}" in shown


WORST = {
    "ten-megabytes": ("reply: " + "word " * 2_000_000, "nothing to complain about"),
    "seventeen-megabytes": ("reply: " + "a" * 17_000_000, "is larger than 16 MB"),
    "many-rules": ("rules:\n" + "  - {match: {prompt: a}, reply: b}\n" * 200_000, "more than 100,000 values"),
    "open-brackets": ("a: " + "[" * 2_000_000, "nested deeper than 64 levels"),
    "open-quote": ('reply: "' + "a" * 10_000_000, "is never closed"),
    "deep-template": ("reply: '{{ " + "(" * 50_000 + " }}'", "nested too deeply"),
    "endless-template": ("reply: '" + "{{ promt }}" * 500_000 + "'", "more than 2,000 times"),
    "deep-regex": (
        "rules: [{match: {prompt: {matches: '" + "(" * 50_000 + "'}}, reply: a}]",
        "too large, or nested too deeply",
    ),
    "many-slips": ("rules:\n" + "  - {mach: a, replyy: b}\n" * 10_000, "19,900 more"),
    "many-keys": ("".join(f"key{number}: 1\n" for number in range(40_000)), "unknown key 'key0'"),
    "one-key": ("a: 1\n" * 40_000, "stands here a second time"),
    "alias-bomb": (
        "x-0: &a0 [a]\n" + "".join(f"x-{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 30)),
        "aliases expand to more than 100,000 values",
    ),
}


@pytest.mark.parametrize(("text", "message"), WORST.values(), ids=WORST)
def test_the_worst_files_end_in_a_message(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "worst.yaml").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "mockgw", "lint", str(tmp_path / "worst.yaml")]
    done = subprocess.run(command, env=environment({}), check=False, capture_output=True, text=True, timeout=60)
    assert message in done.stdout
    assert done.stderr == ""
