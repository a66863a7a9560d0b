import os
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from mockgw.server import child
from mockgw.server.child import Tether, hold_standard, spawn, until_gone

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")


@pytest.fixture
def other() -> Iterator["subprocess.Popen[bytes]"]:
    """A process that stays until it is killed."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        yield process
        process.kill()


@pytest.fixture(params=["told by the system", "asked for"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "asked for":
        monkeypatch.delattr(os, "pidfd_open", raising=False)


@pytest.mark.usefixtures("way")
def test_the_end_of_a_process_is_noticed(other: "subprocess.Popen[bytes]") -> None:
    noticing = threading.Thread(target=until_gone, args=(other.pid,), daemon=True)
    noticing.start()
    noticing.join(0.1)
    assert noticing.is_alive()
    other.kill()
    other.wait()
    noticing.join(10)
    assert not noticing.is_alive()


@pytest.mark.usefixtures("way")
def test_a_process_that_has_gone_is_not_waited_for(other: "subprocess.Popen[bytes]") -> None:
    other.kill()
    other.wait()
    until_gone(other.pid)


def test_a_tether_asks_for_the_end_and_then_insists(
    other: "subprocess.Popen[bytes]", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "LAST", 0.01)
    ended: list[str] = []
    cut = threading.Event()
    tether = Tether(other.pid, cut.set)
    tether.end = lambda: ended.append("asked")
    assert not cut.wait(0.1)
    other.kill()
    other.wait()
    assert cut.wait(10)
    assert ended == ["asked"]


def test_the_number_of_a_closed_stream_is_not_for_others() -> None:
    kept = os.dup(0)
    os.close(0)
    try:
        hold_standard()
        assert not os.get_inheritable(0)
    finally:
        os.dup2(kept, 0)
        os.close(kept)


def test_what_is_between_is_not_left_as_a_child(monkeypatch: pytest.MonkeyPatch) -> None:
    between = os.posix_spawnp("true", ["true"], os.environ)
    monkeypatch.setattr(os, "fork", lambda: between)
    spawn(lambda tether: None)
    with pytest.raises(ChildProcessError):
        os.waitpid(between, 0)
    spawn(lambda tether: None)  # nor does it matter when the system has taken it
