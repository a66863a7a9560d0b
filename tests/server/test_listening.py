import errno
import socket

import pytest

from mockgw.errors import PortInUseError
from mockgw.server import listening


def test_a_port_in_use_is_told() -> None:
    taken = listening.bind("127.0.0.1", 0)
    with (
        taken,
        pytest.raises(PortInUseError, match=r"cannot listen on 127\.0\.0\.1:\d+: .*; another program .*--port 0 "),
    ):
        listening.bind("127.0.0.1", taken.getsockname()[1])


@pytest.mark.parametrize("host", ["256.0.0.1", "no such host", "a" * 300, "\u2603" * 70])
def test_a_host_that_is_none_is_told(host: str) -> None:
    with pytest.raises(PortInUseError, match=r"--host .*: this is no address of this machine"):
        listening.bind(host, 0)


def test_an_address_of_another_machine_cannot_be_listened_on() -> None:
    with pytest.raises(
        PortInUseError, match=r"cannot listen on 192\.0\.2\.1:0: .*; this machine has no such address; "
    ):
        listening.bind("192.0.2.1", 0)


def test_every_other_reason_is_told_as_it_is() -> None:
    assert set(listening.HINTS) == {errno.EADDRINUSE, errno.EADDRNOTAVAIL, errno.EACCES}
    denied = listening.not_listening("127.0.0.1", 1, PermissionError(errno.EACCES, "Permission denied"))
    assert str(denied).startswith(
        "cannot listen on 127.0.0.1:1: Permission denied; ports below 1024 need special rights"
    )
    assert str(listening.not_listening("::1", 0, OSError("odd"))) == "cannot listen on ::1:0: odd"


@pytest.mark.parametrize(
    ("host", "shown"), [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("::1", "[::1]"), ("::", "[::1]")]
)
def test_the_url_can_be_opened(host: str, shown: str) -> None:
    if ":" in host and not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    with listening.bind(host, 0) as taken:
        assert listening.url_of(taken) == f"http://{shown}:{taken.getsockname()[1]}"
