"""Command: a child process in the foreground, to which signals are handed on, and a server beside it until it ends."""

import os
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress

# What somebody may send to this process and mean for the command. It shares our process group, so that a shell's job
# control, and what a terminal sends to all of the foreground (Ctrl-C, Ctrl-Z, its size), gets to it by itself.
HANDED_ON = (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)
TYPED = (signal.SIGINT, signal.SIGQUIT)
WATCHED = {*HANDED_ON, signal.SIGCHLD}
IGNORED_BY_PYTHON = (signal.SIGPIPE, signal.SIGXFSZ)  # the command would inherit that

Beside = Callable[[], AbstractContextManager[object]]


def attend(command: Sequence[str], environment: Mapping[str, str], beside: Beside) -> int:
    """Run a command until it ends; its exit code, or -n when signal n has ended it. OSError when it cannot be run.

    `beside` is entered once the command runs, and left when it has ended.
    """
    with _waiting_signals() as mask:
        pid = os.posix_spawnp(command[0], list(command), environment, setsigmask=mask, setsigdef=IGNORED_BY_PYTHON)
        with beside():
            return os.waitstatus_to_exitcode(_end_of(pid))


@contextmanager
def _waiting_signals() -> Iterator[set[int]]:
    """Signals wait to be taken, in this thread and those that it starts; gives the mask that there was."""
    of_children = signal.signal(signal.SIGCHLD, lambda number, frame: None)  # ignored ones would not wait
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
    try:
        yield mask
    finally:
        while signal.sigpending() & (WATCHED - mask):
            signal.sigwait(WATCHED)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        signal.signal(signal.SIGCHLD, of_children)


def _end_of(pid: int) -> int:
    """The wait status of a child; until then signals are handed on."""
    while True:
        number, heard = _next_signal(pid)
        if number == signal.SIGCHLD:
            ended, status = os.waitpid(pid, os.WNOHANG | os.WUNTRACED)
            if ended and not os.WIFSTOPPED(status):
                return status
            if ended and _in_foreground():  # the shell waits for us, and would not see it
                os.kill(os.getpid(), signal.SIGSTOP)
        elif not heard:
            with suppress(ProcessLookupError):
                os.kill(pid, number)


def _next_signal(pid: int) -> tuple[int, bool]:
    """A signal, and whether the command has it already: from the terminal, or because it has sent it itself."""
    if not hasattr(signal, "sigwaitinfo"):  # pragma: no cover - macOS
        number = signal.sigwait(WATCHED)
        return number, number in TYPED and _in_foreground()
    found = signal.sigwaitinfo(WATCHED)
    by_the_system = found.si_code > 0
    return found.si_signo, found.si_pid == pid if not by_the_system else found.si_signo in TYPED


def _in_foreground() -> bool:
    """Whether there is a terminal at which somebody types to us."""
    with suppress(OSError), open("/dev/tty", "rb") as terminal:
        return os.tcgetpgrp(terminal.fileno()) == os.getpgrp()
    return False


def end_by(number: int) -> None:
    """End as what a signal has ended: a shell that runs a script stops at Ctrl-C only then.

    It returns where that cannot be, as in the first process of a container.
    """
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # the command has left its own
    with suppress(OSError):  # there are signals that cannot be had otherwise
        signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
