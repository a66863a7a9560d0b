"""`--report` and `--fail-on` of `mockgw run` and `mockgw serve`, as they are started."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, chdir, closing
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from mockgw.cli.reporting import Reporting, Target, TargetType
from tests.cli.commands import Run, Start, environment, started
from tests.cli.test_run import ASK, Running, Starter, line
from tests.report.stories import bad_day, good_day
from tests.support import answer, pipeline

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
linux = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="there is no /proc here")

SCENARIO = """
rules:
  - {id: hi, match: {prompt: Hi}, reply: Hello there, expect: 1}
  - {id: busy, match: {prompt: Busy}, attempts: [{error: {status: 429, retry_after: 0.01s}}, At last.]}
"""
TESTS = """
import anthropic
import pytest

@pytest.mark.parametrize(("prompt", "answer"), [("Hi", "Hello there"), ("Busy", "At last.")])
def test_it_answers(prompt, answer):
    messages = [{"role": "user", "content": prompt}]
    with anthropic.Anthropic() as client:
        found = client.messages.create(model="claude-opus-5-5", max_tokens=9, messages=messages)
    assert found.content[0].text == answer

def test_it_does_without():
    messages = [{"role": "user", "content": "What?"}]
    with anthropic.Anthropic() as client, pytest.raises(anthropic.BadRequestError):
        client.messages.create(model="claude-opus-5-5", max_tokens=9, messages=messages)
"""
FINE = "mockgw: everything was as expected"
UNMET = "mockgw: failed: 1 expectation that was not met"
# What a shell does: it gives the terminal to what it runs, and goes on with it when it has stopped.
SHELL = """
import fcntl, os, signal, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, setpgroup=0, setsigdef=[signal.SIGTTOU])
os.tcsetpgrp(0, pid)
_, status = os.waitpid(pid, os.WUNTRACED)
print("stopped", os.WIFSTOPPED(status), flush=True)
os.killpg(pid, signal.SIGCONT)
print("code", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""
COUNT = """
import os, signal, sys
count = 0
def take(number, frame):
    global count
    count += 1
    print("interrupted", flush=True)
def leave(number, frame):
    print("interrupts", count, flush=True)
    sys.exit(7)
signal.signal(signal.SIGINT, take)
signal.signal(signal.SIGTERM, leave)
print(os.environ["MOCKGW_URL"], flush=True)
while True:
    signal.pause()
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "some.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    return path


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Starter]:
    with ExitStack() as stack:
        yield Starter(tmp_path, stack)


def asked(*arguments: str | Path, prompt: str = "Hi", **more: str) -> "subprocess.CompletedProcess[str]":
    return started("run", *arguments, "--", sys.executable, "-c", ASK, prompt, **more)


def test_the_report_comes_last_and_on_stderr(file: Path) -> None:
    done = asked(file, "--report", "text")
    assert (done.returncode, done.stdout) == (0, "Hello there\n")
    assert done.stderr.splitlines()[1:] == [
        "       1  some/hi (some.yaml:3)", "  statuses: 200 (1)", "  no answer by some/busy (some.yaml:4)", FINE
    ]  # fmt: skip


def test_a_command_that_did_not_notice_fails(file: Path) -> None:
    done = asked(file, "--report", "text", prompt="What?")
    assert done.returncode == 6
    assert "matches this request. Nearest is hi (some.yaml:3)" in done.stderr
    assert done.stderr.splitlines()[-1] == (
        "mockgw: failed: 1 request that no scenario answered and 1 expectation that was not met (exit code 6)"
    )


def test_a_real_test_run_is_reported_on_for_ci(file: Path, tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(TESTS, encoding="utf-8")
    report = tmp_path / "reports" / "gateway.xml"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)]
    done = started("run", file, "--report", f"junit={report}", "--report", "text", "--", *command)
    assert (done.returncode, "3 passed" in done.stdout) == (6, True), done.stdout + done.stderr
    [failure] = ET.parse(report).findall(".//failure")
    assert "matches this request. Nearest is hi (some.yaml:3), which differs in prompt" in failure.attrib["message"]
    assert re.match(r"mockgw: 4 requests in 1 session; 1 of them a retry; \d+ input tokens and", done.stderr)


FORMS = ("text", "json", "junit", "html")


def test_every_form_can_go_to_a_file_of_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    targets = [Target(form, tmp_path / "reports" / form) for form in FORMS]
    assert Reporting(targets, None).give(good_day().collector) == 0
    found = {target.form: (tmp_path / "reports" / target.form).read_text(encoding="utf-8") for target in targets}
    assert found["text"].endswith(FINE)
    assert json.loads(found["json"])["outcome"] == "passed"
    assert ET.fromstring(found["junit"]).tag == "testsuites"
    assert found["html"].startswith("<!doctype html>")
    assert capsys.readouterr() == ("", "")


def test_without_a_file_each_form_has_its_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    type = TargetType()
    with chdir(tmp_path):
        assert Reporting([type.convert(form, None, None) for form in FORMS], ()).give(bad_day().collector) == 0
    assert {file.name for file in tmp_path.iterdir()} == {
        "mockgw-report.json", "mockgw-report.xml", "mockgw-report.html"
    }  # fmt: skip
    assert capsys.readouterr().err.splitlines()[-1].startswith("mockgw: passed, with 1 request that no scenario")


def test_a_form_can_go_to_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    reporting = Reporting([TargetType().convert("text=-", None, None)], None)
    reporting.prepare()
    reporting.give(good_day().collector)
    out, err = capsys.readouterr()
    assert (out.splitlines()[-1], err) == (FINE, "")


def test_what_is_to_be_told_is_gathered_from_the_beginning(capsys: pytest.CaptureFixture[str]) -> None:
    gateway, reporting = pipeline("Hello"), Reporting([], ())
    collector = reporting.begin(gateway)
    answer(gateway)
    assert (reporting.wanted, Reporting([], None).wanted, reporting.give(collector)) == (True, False, 0)
    assert capsys.readouterr().err.startswith("mockgw: 1 request in 1 session;")


@pytest.mark.parametrize(("fail_on", "code"), [(None, 6), ((), 0), (("warnings",), 6), (("no-requests",), 0)])
def test_what_counts_can_be_chosen(fail_on: tuple[str, ...] | None, code: int) -> None:
    assert Reporting([], fail_on).give(bad_day().collector) == code


def test_a_report_that_cannot_be_written_after_all_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "reports" / "page.html"
    reporting = Reporting([Target("html", file)], None)
    reporting.prepare()
    shutil.rmtree(file.parent)
    file.parent.touch()
    codes = [reporting.give(story.collector) for story in (good_day(), bad_day())]
    assert codes == [3, 6]
    assert capsys.readouterr().err == f"mockgw: the report {file} cannot be written: File exists\n" * 2


def test_a_folder_that_is_gone_at_the_end_is_made_again_and_an_older_report_is_gone_at_once(tmp_path: Path) -> None:
    file = tmp_path / "reports" / "page.txt"
    reporting = Reporting([Target("text", file)], None)
    file.parent.mkdir()
    file.write_text("old", encoding="utf-8")
    reporting.prepare()
    assert file.read_text(encoding="utf-8") == ""
    shutil.rmtree(file.parent)
    assert reporting.give(good_day().collector) == 0
    assert file.read_text(encoding="utf-8").endswith(FINE)


ENDS = {
    "an exit code": (("sh", "-c", "exit 3"), 3, 3),
    "a signal": (("sh", "-c", "kill -TERM $$"), -signal.SIGTERM, 143),
    "a signal that Python ignores": (("sh", "-c", "kill -PIPE $$"), -signal.SIGPIPE, 141),
}


@pytest.mark.parametrize(("command", "code", "shown"), ENDS.values(), ids=ENDS)
def test_it_ends_as_the_command_ends(file: Path, command: tuple[str, ...], code: int, shown: int) -> None:
    done = started("run", file, "--report", "text", "--", *command)
    assert (done.returncode, done.stdout) == (code, "")
    assert f"{UNMET}; beside no request at all (the command itself ended with {shown})" in done.stderr


def test_the_environment_can_ask_for_it_and_what_the_command_runs_is_not_asked(file: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    flags = {"MOCKGW_REPORT": f"json={report}", "MOCKGW_FAIL_ON": "no-requests"}
    done = started("run", file, "--", sys.executable, "-m", "mockgw", "run", file, "--", "true", **flags)
    assert (done.returncode, done.stderr) == (6, "")
    found = json.loads(report.read_text(encoding="utf-8"))
    assert (found["fail_on"], found["summary"]) == (
        ["no-requests"], "failed: no request at all; beside 1 expectation that was not met"
    )  # fmt: skip


def test_requests_are_kept_in_files_as_without_it(file: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    asked(file, "--report", "text", "--log", log)
    assert "some/hi" in log.read_text(encoding="utf-8")


@linux
def test_the_command_inherits_nothing_but_its_environment(file: Path) -> None:
    # glibc's posix_spawn leaves two signals of its own ignored, 32 and 33: here, and perhaps in who started the tests.
    signals = "grep '^Sig[BI]' /proc/self/status | sed -E 's/[01][08]0000000$/000000000/'"
    looks = f"ls /proc/self/fd; {signals}; ps -o comm= --ppid $$; ulimit -n"
    direct = subprocess.run(["sh", "-c", looks], env=environment({}), capture_output=True, text=True, check=False)
    assert started("run", file, "--fail-on", "none", "--", "sh", "-c", looks).stdout == direct.stdout


def test_a_command_that_cannot_be_run_is_told(file: Path, tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("echo no", encoding="utf-8")
    cases: list[tuple[str | Path, int, str]] = [("no-such-command", 127, "there is no such command")]
    cases += [(tmp_path / "plain", 126, "Permission denied")]
    for command, code, reason in cases:
        done = started("run", file, "--report", "text", "--", command)
        assert (done.returncode, done.stdout) == (code, "")
        assert (done.stderr.startswith(f"mockgw: {command}: "), done.stderr.endswith(f"{reason}\n")) == (True, True)


def test_closed_streams_do_not_matter(file: Path) -> None:
    command = [sys.executable, "-m", "mockgw", "run", str(file), "--report", "text", "--fail-on", "none", "--", "true"]
    done = subprocess.run(["sh", "-c", 'exec "$@" <&- 2>&-', "sh", *command], env=environment({}), check=False)
    assert done.returncode == 0


MISTAKES = {
    "an unknown form": (["--report", "xml"], "'xml': expected text, json, junit or html, or one with its file, as in"),
    "nearly a form": (["--report", "jsn=x"], "did you mean 'json'?"),
    "no file": (["--report", "json="], "'json=' names no file"),
    "one file for two": (["--report", "json=x", "--report", "html=x"], "two reports would go to x; give each a file"),
    "two on stderr": (["--report", "text", "--report", "text"], "two reports would go to stderr"),
    "an unknown kind": (["--fail-on", "unmet,unuse"], "'unuse': expected unmatched, unmet, verdict, warnings, unused"),
    "no kind": (["--fail-on", ","], "',': expected unmatched"),
    "none and others": (["--fail-on", "none,unmet"], "'none' stands alone"),
}


@pytest.mark.parametrize("command", [("run", "--", "true"), ("serve",)], ids=["run", "serve"])
@pytest.mark.parametrize(("flags", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_one_line(run: Run, command: tuple[str, ...], flags: list[str], message: str) -> None:
    done = run(command[0], *flags, *command[1:])
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert message in done.stderr


@pytest.mark.parametrize("command", [("run", "--", "true"), ("serve",)], ids=["run", "serve"])
def test_a_file_that_cannot_be_written_is_told_first(run: Run, file: Path, command: tuple[str, ...]) -> None:
    done = run(command[0], file, "--report", f"html={file}/page.html", "--port", "0", *command[1:])
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == f"mockgw: the report {file}/page.html cannot be written: File exists\n"


def test_a_server_tells_when_it_is_stopped(start: Start, file: Path, tmp_path: Path) -> None:
    serving = start(file, "--report", f"json={tmp_path / 'report.json'}", "--report", "text")
    serving.ask("Hi")
    code, _, errors = serving.stop()
    assert (code, errors.splitlines()[-1]) == (0, FINE)
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert (report["command"], report["total"]["requests"]) == (None, 1)


def test_a_server_of_which_more_was_expected_ends_so(start: Start, file: Path) -> None:
    code, _, errors = start(file, "--report", "text").stop(signal.SIGINT)
    assert (code, errors.splitlines()[-1]) == (6, f"{UNMET}; beside no request at all (exit code 6)")


def test_without_the_flags_nothing_of_it_is_imported(file: Path) -> None:
    done = asked(file, PYTHONPROFILEIMPORTTIME="1")
    imported = set(re.findall(r"^import time: .*\| +(\S+)$", done.stderr, re.MULTILINE))
    assert "mockgw.server.child" in imported
    assert {
        name for name in imported if name.startswith(("mockgw.report", "mockgw.verify", "mockgw.server.command"))
    } == set()


# At a terminal


def printed(keyboard: int) -> str:
    """All that is printed until the terminal is closed."""
    found = b""
    try:
        while data := os.read(keyboard, 4096):
            found += data
    except OSError:  # so Linux tells that nobody has it open
        pass
    return found.decode()


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    keyboard, screen = os.openpty()
    with closing(os.fdopen(keyboard, "rb", closefd=True)):
        yield keyboard, screen


@linux
def test_ctrl_c_reaches_the_command_once_and_the_report_still_comes(
    begin: Starter, file: Path, terminal: tuple[int, int]
) -> None:
    keyboard, screen = terminal
    running = begin(file, "--report", "text", script=COUNT, terminal=screen)
    os.close(screen)
    running = Running(running.process, line(keyboard), running.mark)
    os.write(keyboard, b"\x03")
    assert line(keyboard).endswith("interrupted")
    running.process.send_signal(signal.SIGTERM)
    assert line(keyboard) == "interrupts 1"
    assert f"{UNMET}; beside no request at all (the command itself ended with 7)" in printed(keyboard)
    assert running.process.wait(timeout=10) == 7
    running.leaves_nothing()


@linux
def test_a_command_that_ctrl_c_ends_is_reported_on(begin: Starter, file: Path, terminal: tuple[int, int]) -> None:
    keyboard, screen = terminal
    script = "import os, signal; signal.signal(signal.SIGINT, signal.SIG_DFL); print(os.environ['MOCKGW_URL']); input()"
    running = begin(file, "--report", "text", script=script, terminal=screen)
    os.close(screen)
    line(keyboard)
    os.write(keyboard, b"\x03")
    assert "(the command itself ended with 130)" in printed(keyboard)
    assert running.process.wait(timeout=10) == -signal.SIGINT


STOPS = {
    "Ctrl-Z": ("print(1, flush=True); input(); print('on', flush=True)", b"\x1a", b"\n"),
    "itself alone": ("import os; print(1, flush=True); os.kill(os.getpid(), 19); print('on', flush=True)", b"", b""),
}


@linux
@pytest.mark.parametrize(("script", "typed", "then"), STOPS.values(), ids=STOPS)
def test_what_stops_the_command_stops_all_of_it_until_it_goes_on(
    file: Path, terminal: tuple[int, int], script: str, typed: bytes, then: bytes
) -> None:
    keyboard, screen = terminal
    mockgw = [sys.executable, "-m", "mockgw", "run", str(file), "--fail-on", "unmet", "--"]
    command = [sys.executable, "-c", SHELL, *mockgw, sys.executable, "-c", script]
    streams = dict.fromkeys(("stdin", "stdout", "stderr"), screen)
    with subprocess.Popen(command, env=environment({}), start_new_session=True, **streams) as shell:  # type: ignore[call-overload]  # the streams
        os.close(screen)
        assert line(keyboard) == "1"
        os.write(keyboard, typed)
        assert line(keyboard).endswith("stopped True")
        os.write(keyboard, then)
        found = printed(keyboard)
        assert re.search(rf"on\r\n(.*\r\n)*{UNMET}.*\r\ncode 6\r\n$", found), found
        assert shell.wait(timeout=10) == 0


@linux
def test_a_closed_terminal_ends_everything(begin: Starter, file: Path) -> None:
    keyboard, screen = os.openpty()
    script = "import os, signal; print(os.environ['MOCKGW_URL'], flush=True); signal.pause()"
    running = begin(file, "--report", "text", script=script, terminal=screen)
    os.close(screen)
    running = Running(running.process, line(keyboard), running.mark)
    os.close(keyboard)
    assert running.process.wait(timeout=10) == -signal.SIGHUP
    running.leaves_nothing()


@linux
def test_a_command_that_is_over_leaves_nothing(begin: Starter, file: Path) -> None:
    running = begin(file, "--fail-on", "none")
    running.process.communicate(b"\n")
    assert running.process.returncode == 0
    running.leaves_nothing()
