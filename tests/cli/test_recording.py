import asyncio
import io
import json
import sys
from pathlib import Path

import click
import httpx2
import pytest

from mockgw.cli.recording import Printed, observers, text_lines
from mockgw.cli.screen import Screen
from mockgw.journal import Exchange
from mockgw.log import text_line
from tests.cli.commands import KEY, Run, Start, loaded_by, started
from tests.cli.screens import shown
from tests.support import answer, body, pipeline
from tests.test_log import exchange


def test_each_exchange_is_appended(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_text("{}\n")
    serving = start(MOCKGW_JOURNAL=str(path))
    serving.ask("Hello there")
    assert serving.stop()[0] == 0
    earlier, line = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    assert earlier == {}
    assert (line["status"], line["ending"], line["request"]["body"]["messages"][0]["content"]) == (
        200, "whole", "Hello there"
    )  # fmt: skip


def test_a_journal_that_cannot_be_written_is_told_before_anything_starts(run: Run, tmp_path: Path) -> None:
    done = run("serve", "--journal", tmp_path / "none" / "journal.jsonl", "--port", "0")
    assert (done.returncode, done.stdout) == (3, "")
    assert "cannot be written: No such file or directory" in done.stderr


def test_a_folder_is_no_journal(tmp_path: Path) -> None:
    done = started("serve", "--journal", tmp_path, "--port", "0")
    assert done.returncode == 2


def test_files_are_closed_with_the_command(tmp_path: Path) -> None:
    gateway, files = pipeline("Hello"), {"journal": tmp_path / "journal.jsonl", "log": tmp_path / "requests.log"}
    with click.Context(click.Command("run")):
        gateway.observers.extend(observers(**files))
        answer(gateway)
    answer(gateway)
    assert [len(file.read_text(encoding="utf-8").splitlines()) for file in files.values()] == [1, 1]


def test_without_a_file_nothing_is_recorded() -> None:
    with click.Context(click.Command("serve")):
        assert observers(journal=None) == []


def test_a_log_has_a_line_for_people(tmp_path: Path) -> None:
    gateway = pipeline("Hello")
    with click.Context(click.Command("run")):
        gateway.observers.extend(observers(journal=None, log=tmp_path / "requests.log"))
        answer(gateway)
    [line] = (tmp_path / "requests.log").read_text(encoding="utf-8").splitlines()
    assert "  text, end_turn  200  " in line


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk that is always full")
def test_a_log_on_a_full_disk_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    gateway = pipeline("Hello")
    with click.Context(click.Command("run")):
        gateway.observers.extend(observers(journal=None, log=Path("/dev/full")))
        for _ in range(2):
            answer(gateway)
    ends = "the log /dev/full ends here: No space left on device; requests are answered as before"
    assert capsys.readouterr().err == f"mockgw: {ends}\n"


def _named(exchange: Exchange) -> str:
    return exchange.rule


def test_lines_that_end_in_one_turn_are_printed_together_in_their_order(capsys: pytest.CaptureFixture[str]) -> None:
    gateway, log = pipeline("rules: [{id: one, match: {prompt: a}, reply: A}, {id: two, reply: B}]"), Printed(_named)
    gateway.observers.append(log)

    async def turns() -> list[str]:
        for prompt in ("a", "b", "a"):
            answer(gateway, body(prompt))
        at_once = capsys.readouterr().out
        await asyncio.sleep(0)
        return [at_once, capsys.readouterr().out]

    assert asyncio.run(turns()) == ["", "one\ntwo\none\n"]


def test_what_is_told_between_requests_keeps_its_turn(capsys: pytest.CaptureFixture[str]) -> None:
    gateway, log = pipeline("Hello"), Printed(_named)
    gateway.observers.append(log)

    async def told() -> None:
        answer(gateway)
        log.in_turn(print, "news")
        answer(gateway)

    asyncio.run(told())
    log.flush()
    assert capsys.readouterr().out == "rule-1\nnews\nrule-1\n"


class _Terminal(io.StringIO):
    """As much of one as is asked for."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environment", "painted"),
    [
        ({}, True),
        ({"NO_COLOR": "1"}, False),
        ({"NO_COLOR": ""}, True),
        ({"TERM": "dumb"}, False),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
    ],
    ids=str,
)
def test_a_terminal_has_columns_and_colours_unless_none_are_wanted(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], painted: bool
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "stdout", _Terminal())
    line = text_lines()
    assert isinstance(getattr(line, "__self__", None), Screen)
    assert ("\x1b[32m200" in line(exchange())) is painted


def test_what_is_no_terminal_has_plain_lines_unless_colours_are_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert text_lines() is text_line
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert text_lines() is not text_line
    monkeypatch.setattr(sys, "stdout", None)
    assert text_lines() is text_line


def test_a_program_does_not_wait_for_what_paints() -> None:
    assert loaded_by("from mockgw.cli.recording import text_lines; text_lines()", "mockgw.cli.screen") == "[]"


def test_a_person_at_a_terminal_sees_columns_and_colours(tmp_path: Path) -> None:
    with shown("serve", "--port", "0", "hello") as screen:
        url = screen.wait_for(r"http://[0-9.:]+\d")[0]
        screen.wait_for(r"^Ready\.$")
        httpx2.post(f"{url}/v1/messages", json=body("Hi"), headers=KEY, trust_env=False)
        line = screen.wait_for(r"^\x1b\[2m\d\d:\d\d:\d\d\x1b\[0m  \x1b\[32m200\x1b\[0m .* text, end_turn.*$")
    assert "  claude-sonnet-4-5  hello/rule-1  " in line[0]
