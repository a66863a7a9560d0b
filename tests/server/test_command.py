import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest

from mockgw.server.command import attend

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")

# A program that attends a command, and prints what came of it.
ATTEND = """
import os, sys
from contextlib import nullcontext
from mockgw.server.command import attend
print("ended", attend([sys.executable, "-c", sys.argv[1]], os.environ, nullcontext), flush=True)
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


@pytest.mark.parametrize(("script", "code"), [("exit 0", 0), ("exit 3", 3), ("kill -TERM $$", -signal.SIGTERM)])
def test_it_gives_how_the_command_ended(script: str, code: int) -> None:
    assert attend(["sh", "-c", script], os.environ, nullcontext) == code


def test_what_is_beside_it_is_there_until_it_ends(tmp_path: Path) -> None:
    stages: list[str] = []

    @contextmanager
    def beside() -> Iterator[None]:
        stages.append("begun")
        (tmp_path / "go").touch()
        yield
        stages.append("ended")

    wait = f"until test -e '{tmp_path}/go'; do :; done"
    assert (attend(["sh", "-c", wait], os.environ, beside), stages) == (0, ["begun", "ended"])


def test_signals_are_as_they_were_afterwards() -> None:
    def now() -> tuple[object, object]:
        return signal.getsignal(signal.SIGCHLD), signal.pthread_sigmask(signal.SIG_BLOCK, ())

    before = now()
    attend(["true"], os.environ, nullcontext)
    assert now() == before


@pytest.mark.parametrize("command", ["no-such-command", "/"])
def test_what_cannot_be_run_is_an_error_of_the_system(command: str) -> None:
    with pytest.raises(OSError, match=command):
        attend([command], os.environ, nullcontext)


def test_it_has_the_environment_that_it_is_given(capfd: pytest.CaptureFixture[str]) -> None:
    attend(["sh", "-c", "echo $ONE"], {"ONE": "1"}, nullcontext)
    assert capfd.readouterr().out == "1\n"


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
    command = [sys.executable, "-c", ATTEND, script]
    done = subprocess.run(command, stdout=subprocess.PIPE, encoding="utf-8", start_new_session=True, check=True)
    assert done.stdout == "ready\ngot SIGUSR1\n[('SIGUSR1', 1)]\nended 4\n"


ENDS = {"a signal": (signal.SIGTERM, -signal.SIGTERM), "one that nobody can have otherwise": (signal.SIGKILL, -9)}


@pytest.mark.parametrize(("number", "code"), ENDS.values(), ids=ENDS)
def test_one_can_end_as_what_a_signal_has_ended(number: signal.Signals, code: int) -> None:
    script = f"from mockgw.server.command import end_by; end_by({int(number)}); print('still here')"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (code, b"")
