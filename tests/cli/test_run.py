"""`mockgw run`: the command is what was started, and nothing outlives it."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import httpx2
import pytest

from mockgw.cli.recording import observers
from mockgw.cli.run import _serve
from mockgw.cli.run import run as run_command
from mockgw.lint.check import open_checked
from mockgw.server.child import Tether
from mockgw.server.listening import bind, url_of
from mockgw.settings import Settings
from tests.cli.commands import KEY, Run, environment, started
from tests.clients.waiting import wait_until
from tests.support import body, port_of

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
linux = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="there is no /proc here")

ASK = """
import json, os, sys, urllib.error, urllib.request
body = {"model": "m", "max_tokens": 99, "messages": [{"role": "user", "content": sys.argv[1]}]}
url = os.environ["ANTHROPIC_BASE_URL"] + "/v1/messages"
headers = {"authorization": "Bearer key", "content-type": "application/json"}
try:
    answer = urllib.request.urlopen(urllib.request.Request(url, json.dumps(body).encode(), headers))
    print(json.load(answer)["content"][0]["text"])
except urllib.error.HTTPError as error:
    print(error.read().decode())
"""
ASK_BY_SDK = """
import anthropic, sys
client = anthropic.Anthropic(max_retries=0)
message = client.messages.create(model="m", max_tokens=99, messages=[{"role": "user", "content": sys.argv[1]}])
print(message.content[0].text)
"""
STAY = "import os; print(os.environ['MOCKGW_URL'], flush=True); input()"
LISTEN = """
import os, signal, urllib.request
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])  # one that comes early is kept for the wait
print(os.environ["MOCKGW_URL"], flush=True)
for count in (1, 2):
    signal.sigwait([signal.SIGINT])
    print("asked", count, urllib.request.urlopen(os.environ["MOCKGW_URL"]).status, flush=True)
"""
STALLING: dict[str, Any] = {"json": body("Wait", stream=True), "headers": KEY, "trust_env": False, "timeout": 60}
TAKE_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""


@pytest.fixture
def greeting(tmp_path: Path) -> Path:
    path = tmp_path / "greeting.yaml"
    path.write_text(
        "rules: [{match: {prompt: Wait}, reply: Hi to you all, fault: stall}, {reply: Hello there}]", encoding="utf-8"
    )
    return path


@dataclass(frozen=True, slots=True)
class Running:
    """A `mockgw run` whose command has printed the address."""

    process: "subprocess.Popen[bytes]"
    url: str
    mark: str

    def relatives(self) -> set[int]:
        """Everything that runs with its environment: the command, what the command started, the server."""
        return {int(path.parent.name) for path in Path("/proc").glob("[0-9]*/environ") if self.mark in _read(path)}

    def server(self) -> int:
        [pid] = self.relatives() - {self.process.pid}
        return pid

    def left(self) -> str:
        """What there is still: nothing, if all is well."""
        found = [f"process {pid}" for pid in self.relatives()]
        with suppress(OSError), socket.create_connection(("127.0.0.1", port_of(self.url)), timeout=1):
            found.append(self.url)
        return ", ".join(found)

    def leaves_nothing(self) -> None:
        wait_until(lambda: not self.left(), seconds=10, otherwise=self.left)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:  # it has ended, or is somebody else's
        return ""


class Starter:
    """Starts `mockgw run` beside the test, and ends what a failed test leaves."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._mark = f"TEST_MARK={folder}"
        self._stack = stack

    def __call__(self, *arguments: str | Path, script: str = STAY, terminal: int | None = None) -> Running:
        command = [sys.executable, "-m", "mockgw", "run", *map(str, arguments), "--", sys.executable, "-c", script]
        streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        if terminal is not None:
            command = [sys.executable, "-c", TAKE_TERMINAL, *command]
            streams = dict.fromkeys(("stdin", "stdout", "stderr"), terminal)
        more = dict([self._mark.split("=", 1)])
        process = subprocess.Popen(command, env=environment(more), start_new_session=terminal is not None, **streams)  # type: ignore[call-overload]  # the streams
        self._stack.callback(self._end, process)
        return Running(
            process, "" if process.stdout is None else process.stdout.readline().decode().strip(), self._mark
        )

    def _end(self, process: "subprocess.Popen[bytes]") -> None:
        process.kill()
        process.communicate()
        for pid in Running(process, "", self._mark).relatives():
            os.kill(pid, signal.SIGKILL)


@pytest.fixture(autouse=True)
def heard_hangups() -> Iterator[None]:
    """Under nohup SIGHUP is ignored, and what is started would inherit that; a handler it does not inherit."""
    before = signal.getsignal(signal.SIGHUP)
    if before == signal.SIG_IGN:
        signal.signal(signal.SIGHUP, lambda number, frame: None)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Starter]:
    with ExitStack() as stack:
        yield Starter(tmp_path, stack)


def asked(*flags: str | Path, prompt: str = "Hi", by: str = ASK, **more: str) -> "subprocess.CompletedProcess[str]":
    return started("run", *flags, "--", sys.executable, "-c", by, prompt, **more)


def test_bytes_pass_through(greeting: Path) -> None:
    command = [sys.executable, "-m", "mockgw", "run", str(greeting), "--", "sh", "-c", "cat; echo done >&2"]
    done = subprocess.run(command, input=bytes(range(256)) * 999, env=environment({}), capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (bytes(range(256)) * 999, b"done\n")


ENDS = {
    "an exit code": (("sh", "-c", "exit 3"), 3),
    "a signal": (("sh", "-c", "kill -TERM $$"), -signal.SIGTERM),
    "a signal that Python ignores": (("sh", "-c", "kill -PIPE $$"), -signal.SIGPIPE),
}


@pytest.mark.parametrize(("command", "code"), ENDS.values(), ids=ENDS)
def test_it_ends_as_the_command_ends(greeting: Path, command: tuple[str, ...], code: int) -> None:
    done = started("run", greeting, "--", *command)
    assert (done.returncode, done.stdout, done.stderr) == (code, "", "")


def test_an_sdk_is_led_to_it_past_any_proxy(greeting: Path) -> None:
    own = {"HTTP_PROXY": "http://127.0.0.1:9", "ANTHROPIC_API_KEY": "real", "ANTHROPIC_BASE_URL": "http://x"}
    done = asked(greeting, by=ASK_BY_SDK, **own)
    assert (done.returncode, done.stdout, done.stderr) == (0, "Hello there\n", "")


def test_an_api_key_leads_an_sdk_to_it_too(greeting: Path) -> None:
    done = asked(
        "--api-key", greeting, by=f"{ASK_BY_SDK}\nassert client.api_key == 'mock'", ANTHROPIC_AUTH_TOKEN="real"
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "Hello there\n", "")


def test_the_shipped_scenarios_and_the_flags_of_serve_are_there(tmp_path: Path) -> None:
    refused = asked("--dialect", "anthropic", "--time-scale", "0", "--seed", "3", "--scenario", "rate-limited")
    assert '"type":"rate_limit_error"' in refused.stdout


def test_several_run_at_once(begin: Starter, greeting: Path) -> None:
    one, other = begin(greeting), begin(greeting)
    assert one.url != other.url
    assert [httpx2.get(running.url, trust_env=False).status_code for running in (one, other)] == [200, 200]


@linux
def test_the_command_inherits_nothing_but_its_environment(greeting: Path) -> None:
    looks = "ls /proc/self/fd; grep '^Sig[BI]' /proc/self/status; ps -o comm= --ppid $$"
    direct = subprocess.run(["sh", "-c", looks], env=environment({}), capture_output=True, text=True, check=False)
    assert started("run", greeting, "--", "sh", "-c", looks).stdout == direct.stdout


@linux
def test_closed_streams_are_closed_for_the_command_and_do_not_matter(greeting: Path) -> None:
    """A socket could be taken for one of them, as it may have its number."""
    looks = "import os, urllib.request; urllib.request.urlopen(os.environ['MOCKGW_URL']); os.fstat(0)"
    command = [sys.executable, "-m", "mockgw", "run", str(greeting), "--", sys.executable, "-c", looks]
    shell = ["sh", "-c", 'exec "$@" <&-', "sh", *command]
    done = subprocess.run(shell, env=environment({}), capture_output=True, text=True, check=False)
    assert done.stderr.splitlines()[-1] == "OSError: [Errno 9] Bad file descriptor"


def test_a_command_that_waits_for_all_its_children_has_none(greeting: Path) -> None:
    done = started("run", greeting, "--", sys.executable, "-c", "import os; os.wait()")
    assert "ChildProcessError" in done.stderr


def test_requests_are_kept_in_files(greeting: Path, tmp_path: Path) -> None:
    log, journal = tmp_path / "log", tmp_path / "journal"
    for file in (log, journal):
        file.write_text("{}\n", encoding="utf-8")
    assert asked(greeting, "--log", log, MOCKGW_JOURNAL=str(journal)).stdout == "Hello there\n"
    earlier, line = log.read_text(encoding="utf-8").splitlines()
    _, record = map(json.loads, journal.read_text(encoding="utf-8").splitlines())
    assert earlier == "{}"
    assert "greeting/rule-2  text, end_turn  200" in line
    assert record["request"]["body"]["messages"][0]["content"] == "Hi"


@linux
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_that_ends_the_command_leaves_nothing(begin: Starter, greeting: Path, number: signal.Signals) -> None:
    running = begin(greeting)
    with httpx2.stream("POST", f"{running.url}/v1/messages", **STALLING) as answer:
        next(answer.iter_bytes())
        running.process.send_signal(number)
        assert running.process.wait(timeout=10) == -number
        running.leaves_nothing()


@linux
def test_a_command_that_is_over_at_once_leaves_nothing(begin: Starter, greeting: Path) -> None:
    running = begin(greeting, script=STAY.replace("input()", "os._exit(7)"))
    assert running.process.wait(timeout=10) == 7
    running.leaves_nothing()


@linux
def test_what_the_command_leaves_behind_does_not_keep_it(begin: Starter, greeting: Path) -> None:
    running = begin(
        greeting, script=f"import subprocess; subprocess.Popen(['sleep', '60'], stdout=subprocess.DEVNULL); {STAY}"
    )
    server = next(pid for pid in running.relatives() if "mockgw" in _read(Path(f"/proc/{pid}/cmdline")))
    running.process.communicate(b"\n")
    wait_until(lambda: server not in running.relatives(), seconds=10, otherwise=running.left)
    [sleeping] = running.relatives()
    os.kill(sleeping, signal.SIGKILL)
    running.leaves_nothing()


@linux
def test_without_its_server_a_command_goes_on(begin: Starter, greeting: Path) -> None:
    running = begin(greeting)
    assert httpx2.post(f"{running.url}/v1/messages", json=body(), headers=KEY, trust_env=False).status_code == 200
    os.kill(running.server(), signal.SIGKILL)
    wait_until(lambda: running.relatives() == {running.process.pid}, seconds=10, otherwise=running.left)
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(running.url, trust_env=False)
    running.process.communicate(b"\n")
    assert running.process.returncode == 0
    running.leaves_nothing()


def line(terminal: int) -> str:
    """What a program writes on a terminal, up to the end of a line."""
    return b"".join(iter(lambda: os.read(terminal, 1), b"\n")).decode().strip()


@linux
def test_ctrl_c_is_for_the_command_which_can_still_ask(begin: Starter, greeting: Path) -> None:
    keyboard, terminal = os.openpty()
    running = begin(greeting, script=LISTEN, terminal=terminal)
    running = Running(running.process, line(keyboard), running.mark)
    for count in (1, 2):
        os.write(keyboard, b"\x03")
        assert line(keyboard).endswith(f"asked {count} 200")
    assert running.process.wait(timeout=10) == 0
    running.leaves_nothing()
    os.close(keyboard)
    os.close(terminal)


@linux
def test_a_closed_terminal_ends_everything(begin: Starter, greeting: Path) -> None:
    keyboard, terminal = os.openpty()
    running = begin(greeting, terminal=terminal)
    os.close(terminal)
    running = Running(running.process, line(keyboard), running.mark)
    os.close(keyboard)
    assert running.process.wait(timeout=10) == -signal.SIGHUP
    running.leaves_nothing()


def test_a_broken_scenario_stops_it_before_the_command(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("repl: Hi", encoding="utf-8")
    done = started("run", tmp_path / "bad.yaml", "--", "touch", tmp_path / "touched")
    assert (done.returncode, done.stdout) == (4, "")
    assert "bad.yaml:1:1" in done.stderr
    assert not (tmp_path / "touched").exists()


@pytest.fixture
def no_child(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A test's own process cannot be forked; another one stands for the child."""
    monkeypatch.setattr(os, "fork", lambda: os.posix_spawnp("true", ["true"], os.environ))
    before = {number: signal.getsignal(number) for number in (signal.SIGPIPE, signal.SIGXFSZ)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("no_child")
def test_a_command_that_cannot_be_run_is_told(run: Run, greeting: Path, tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("echo no", encoding="utf-8")
    script = tmp_path / "script"
    script.write_text("#!/nowhere/at/all\n", encoding="utf-8")
    script.chmod(0o755)
    cases = [("no-such-command", 127, "there is no such command"), (tmp_path, 126, "Permission denied")]
    cases += [(tmp_path / "plain", 126, "Permission denied"), (script, 126, "No such file or directory")]
    for command, code, reason in cases:
        done = run("run", greeting, "--", command)
        assert (done.returncode, done.stdout) == (code, "")
        assert done.stderr.startswith(f"mockgw: {command}: ")
        assert done.stderr.endswith(f"{reason}\n")


MISTAKES = {
    "no command": ((), 2, "There is no command to run: the command stands behind --, as in "),
    "no dashes": (("pytest", "-x"), 2, "There is no command to run"),
    "nothing behind the dashes": (("--",), 2, "There is no command to run"),
    "an empty word behind the dashes": (("--", "", "x"), 2, "There is no command to run"),
    "an unknown flag": (("--prot", "1", "--", "true"), 2, "No such option"),
    "a missing file": (("nope.yaml", "--", "true"), 3, "nope.yaml: there is no such file or folder"),
    "a log that cannot be written": (("--log", "/nowhere/log", "--", "true"), 3, "the log /nowhere/log cannot be"),
    "a journal that cannot be written": (("--journal", "/nowhere/j", "--", "true"), 3, "the journal /nowhere/j cannot"),
}


@pytest.mark.parametrize(("arguments", "code", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_one_line(run: Run, arguments: tuple[str, ...], code: int, message: str) -> None:
    done = run("run", *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith(f"mockgw: {message}")
    assert done.stderr.count("\n") == 1


def test_with_errors_in_a_scenario_nothing_is_run(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("{repl: a, delai: 1s}", encoding="utf-8")
    done = run("run", tmp_path / "bad.yaml", "--", "true")
    *problems, last = done.stderr.splitlines()
    assert (done.returncode, len(problems), last) == (4, 2, "mockgw: the command was not run")


@pytest.mark.parametrize("command", ["run", "serve"])
def test_help_lists_the_exit_codes(run: Run, command: str) -> None:
    assert re.search(r"^ +4 +there are errors in scenarios$", run(command, "--help").stdout, re.MULTILINE)


def test_a_port_in_use_is_told(run: Run, greeting: Path) -> None:
    with bind("127.0.0.1", 0) as taken:
        done = run("run", greeting, "--port", str(taken.getsockname()[1]), "--", "true")
    assert (done.returncode, done.stderr.count("\n")) == (5, 1)


def test_where_nothing_can_be_forked_it_says_what_to_do(
    run: Run, greeting: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "fork")
    done = run("run", greeting, "--", "true")
    assert (done.returncode, "`mockgw serve`" in done.stderr) == (3, True)


def test_help_shows_where_the_command_stands(run: Run) -> None:
    assert "Usage: mockgw run [OPTIONS] [PATH]... -- COMMAND...\n" in run("run", "--help").stdout


def test_the_environment_decides_on_no_port() -> None:
    assert [flag.envvar for flag in run_command.params if flag.name == "port"] == [None]


def test_the_server_writes_what_it_was_doing_before_it_ends(greeting: Path, tmp_path: Path) -> None:
    library, _ = open_checked([greeting])
    listening, log = bind("127.0.0.1", 0), tmp_path / "log"
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as command:
        tether = Tether(command.pid, cut=lambda: None)
        asking = threading.Thread(target=ask_and_kill, args=(url_of(listening), command))
        asking.start()
        with click.Context(run_command):
            _serve(library, Settings(), observers(journal=None, log=log), listening, tether)
    asking.join()
    answered, stalled = log.read_text(encoding="utf-8").splitlines()
    assert "text, end_turn  200" in answered
    assert "; fault: stall (stopped)  200" in stalled


def ask_and_kill(url: str, command: "subprocess.Popen[bytes]") -> None:
    """A whole answer, and one that the end of the command finds under way."""
    httpx2.post(f"{url}/v1/messages", json=body(), headers=KEY, trust_env=False)
    with suppress(httpx2.HTTPError), httpx2.stream("POST", f"{url}/v1/messages", **STALLING) as answer:
        for _ in answer.iter_bytes():
            command.kill()
