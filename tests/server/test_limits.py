import pytest

from mockgw.server.limits import raise_open_files
from mockgw.server.runner import Server
from tests.support import live

resource = pytest.importorskip("resource", reason="Windows has no limit of open files")
ENDLESS = resource.RLIM_INFINITY


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> dict[int, tuple[int, int]]:
    """The limits of a process, as (soft, hard)."""
    limits = {resource.RLIMIT_NOFILE: (256, 4096)}
    monkeypatch.setattr(resource, "getrlimit", limits.__getitem__)
    monkeypatch.setattr(resource, "setrlimit", limits.__setitem__)
    return limits


@pytest.mark.parametrize(
    ("soft", "hard", "raised"),
    [
        pytest.param(256, 4096, 1000, id="enough is granted"),
        pytest.param(256, 512, 512, id="less is granted"),
        pytest.param(256, ENDLESS, 1000, id="anything is granted"),
        pytest.param(2048, 4096, 2048, id="more is there already"),
        pytest.param(ENDLESS, ENDLESS, ENDLESS, id="there is no limit"),
    ],
)
def test_the_limit_is_raised_as_far_as_it_may_be(
    system: dict[int, tuple[int, int]], soft: int, hard: int, raised: int
) -> None:
    system[resource.RLIMIT_NOFILE] = (soft, hard)

    raise_open_files(1000)

    assert system[resource.RLIMIT_NOFILE] == (raised, hard)


def test_a_limit_that_may_not_be_raised_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(limit: int, values: tuple[int, int]) -> None:
        raise ValueError("not allowed to raise maximum limit")

    monkeypatch.setattr(resource, "getrlimit", lambda limit: (256, 4096))
    monkeypatch.setattr(resource, "setrlimit", refuse)

    raise_open_files()


def test_a_server_in_the_foreground_raises_it_and_one_in_a_thread_does_not(
    system: dict[int, tuple[int, int]],
) -> None:
    with Server(live("Hello")):
        assert system[resource.RLIMIT_NOFILE] == (256, 4096)
    server = Server(live("Hello"))
    server.abandon()
    server.run()
    assert system[resource.RLIMIT_NOFILE] == (4096, 4096)
