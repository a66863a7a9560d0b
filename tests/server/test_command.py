"""Each attends in a process of its own, that has no other threads: a signal would be theirs too."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")

BEGIN = """
import os, signal, sys
from contextlib import contextmanager, nullcontext
from mockgw.server.command import attend
"""
# A program that attends a command, and prints what came of it.
ATTEND = f"""{BEGIN}
print("ended", attend([sys.executable, "-c", sys.argv[1]], os.environ, nullcontext), flush=True)
"""
BESIDE = f"""{BEGIN}
@contextmanager
def beside():
    print("begun", flush=True)
    with open(sys.argv[1], "w"):
        pass
    yield
    print("ended", flush=True)
script = f"cat '{{sys.argv[1]}}'; echo $ONE"
attend(["sh", "-c", script], {{"ONE": "1", "PATH": os.environ["PATH"]}}, beside)
"""
SIGNALS = f"""{BEGIN}
def now():
    return signal.getsignal(signal.SIGCHLD), signal.pthread_sigmask(signal.SIG_BLOCK, ())
before = now()
attend(["sh", "-c", f"kill -INT {{os.getpid()}}"], os.environ, nullcontext)
assert now() == before
"""
ERROR = f"""{BEGIN}
try:
    attend([sys.argv[1]], os.environ, nullcontext)
except OSError as error:
    print(error.filename)
"""
# A command that counts what it is sent, and ends with SIGTERM.
COUNT = """
import collections, signal, sys
counts = collections.Counter()
def take(number, frame):
    counts[signal.Signals(number).name] += 1
    print("got", signal.Signals(number).name, flush=True)
def leave(number, frame):
    print(sorted(counts.items()), flush=True)
    sys.exit(4)
for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2):
    signal.signal(number, take)
signal.signal(signal.SIGTERM, leave)
print("ready", flush=True)
while True:
    signal.pause()
"""


def printed(program: str, *arguments: str) -> str:
    """What a program prints that runs to its end in a session of its own."""
    command = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(
        command, stdout=subprocess.PIPE, encoding="utf-8", start_new_session=True, check=True, timeout=60
    )
    return done.stdout


ENDS = {"well": ("0", 0), "with a code": ("exit(3)", 3), "by a signal": ("import os; os.kill(os.getpid(), 15)", -15)}


@pytest.mark.parametrize(("script", "code"), ENDS.values(), ids=ENDS)
def test_it_gives_how_the_command_ended(script: str, code: int) -> None:
    assert printed(ATTEND, script) == f"ended {code}\n"


def test_what_is_beside_it_is_there_until_it_ends(tmp_path: Path) -> None:
    file = tmp_path / "pipe"
    os.mkfifo(file)  # the command can only end once it was opened beside it
    assert printed(BESIDE, str(file)) == "begun\n1\nended\n"


def test_signals_are_as_they_were_afterwards() -> None:
    assert printed(SIGNALS) == ""


@pytest.mark.parametrize("command", ["no-such-command", "/"])
def test_what_cannot_be_run_is_an_error_of_the_system(command: str) -> None:
    assert printed(ERROR, command) == f"{command}\n"


def test_what_somebody_sends_is_handed_on_once() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", ATTEND, COUNT], stdout=subprocess.PIPE, encoding="utf-8", start_new_session=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        names = ["SIGHUP", "SIGINT", "SIGQUIT", "SIGUSR1", "SIGUSR2"]
        for name in names:
            process.send_signal(signal.Signals[name])
            assert process.stdout.readline() == f"got {name}\n"
        process.send_signal(signal.SIGTERM)
        assert process.stdout.read() == f"{[(name, 1) for name in names]}\nended 4\n"


def test_what_the_command_sends_to_its_whole_group_does_not_come_back() -> None:
    script = f"import os, signal\n{COUNT}".replace(
        "while True:", "os.kill(0, signal.SIGUSR1)\nos.kill(os.getpid(), signal.SIGTERM)\nwhile True:"
    )
    assert printed(ATTEND, script) == "ready\ngot SIGUSR1\n[('SIGUSR1', 1)]\nended 4\n"


LAST = {"a signal": (signal.SIGTERM, -signal.SIGTERM), "one that nobody can have otherwise": (signal.SIGKILL, -9)}


@pytest.mark.parametrize(("number", "code"), LAST.values(), ids=LAST)
def test_one_can_end_as_what_a_signal_has_ended(number: signal.Signals, code: int) -> None:
    script = f"from mockgw.server.command import end_by; end_by({int(number)}); print('still here')"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (code, b"")
