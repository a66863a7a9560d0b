import asyncio
import json
from pathlib import Path

import click
import pytest

from mockgw.cli.recording import Printed, observers
from mockgw.journal import Exchange
from tests.cli.commands import Run, Start, started
from tests.support import answer, body, pipeline


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
