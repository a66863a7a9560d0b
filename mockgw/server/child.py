"""Child: a server beside a command, for as long as the command runs."""

import contextlib
import os
import select
import threading
import time
import traceback
from collections.abc import Callable
from typing import NoReturn

POLL = 0.05  # seconds, where the system does not tell when a process has ended
STANDARD = 2  # the last of the numbers of standard input, output and error
LAST = 1.0  # seconds that a server has to end by itself when its command has ended


class Tether:
    """Ends this process when another has ended: at once, or as `end` says and at once after a while."""

    def __init__(self, pid: int, cut: Callable[[], object] = lambda: os._exit(0)) -> None:
        self.end = self._cut = cut
        threading.Thread(target=self._follow, args=(pid,), daemon=True).start()

    def _follow(self, pid: int) -> None:
        until_gone(pid)
        self.end()
        time.sleep(LAST)
        self._cut()


def hold_standard() -> None:
    """Where standard streams are closed, take their numbers, so that no file or socket of ours is mistaken for one.

    Nothing is inherited: a command finds them closed as they were.
    """
    taken = os.open(os.devnull, os.O_RDWR)
    if taken <= STANDARD:
        hold_standard()
    else:
        os.close(taken)


def spawn(serve: Callable[[Tether], object]) -> None:
    """Run `serve` in a process of its own, which ends when this one does, and return at once.

    It is no child of this process, which may become a program that waits for all of its children, and it has left the
    terminal, whose Ctrl-C is meant for the program.
    """
    command = os.getpid()
    if between := os.fork():
        with contextlib.suppress(ChildProcessError):  # where SIGCHLD is ignored, children go by themselves
            os.waitpid(between, 0)
    else:  # pragma: no cover - no test can fork itself
        _leave(serve, command)


def _leave(serve: Callable[[Tether], object], command: int) -> NoReturn:  # pragma: no cover - as above
    try:
        os.setsid()
        if not os.fork():
            _silence()
            serve(Tether(command))
    except BaseException:  # whatever it is, this process must not go on as if it were the other
        traceback.print_exc()
    finally:
        os._exit(0)


def _silence() -> None:  # pragma: no cover - as above
    """Input and output are the command's. Standard error stays, for a traceback would be a bug."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)


def until_gone(pid: int) -> None:
    """Return when a process has ended."""
    try:
        ended = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    except (AttributeError, OSError):  # not Linux; or a kernel, or a sandbox, that does not have it
        _ask_until_gone(pid)
        return
    select.select([ended], [], [])
    os.close(ended)


def _ask_until_gone(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        while True:
            with contextlib.suppress(PermissionError):  # it runs, as somebody else
                os.kill(pid, 0)
            time.sleep(POLL)
