"""pytest plugin: the fixture `mockgw`, a session of a gateway for each test.

It is loaded by every pytest run of whoever has mockgw installed: so it imports nothing until a test wants it.
"""

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mockgw.testing.gateway import Gateway
    from mockgw.testing.pytest_support import Provider, Watch

FIXTURE = MARK = "mockgw"
WATCH: "pytest.StashKey[Watch]" = pytest.StashKey()
HELP = (
    "mockgw(*paths, scenario=None, seed=None, time_scale=None, dialect=None, strict=False, allow_unmatched=False): "
    "answer this test's requests from these scenarios; paths are looked for beside the test, then in the rootdir"
)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", HELP)


def pytest_itemcollected(item: pytest.Item) -> None:
    """A marker asks for the fixture; whoever has it has it first, so that no client is made before."""
    names = getattr(item, "fixturenames", None)
    if names is not None and (FIXTURE in names or item.get_closest_marker(MARK)):
        names[:] = [FIXTURE, *(name for name in names if name != FIXTURE)]


@pytest.fixture(scope="session")
def mockgw_server() -> "Iterator[Provider]":
    """The gateway of this test process; `session("name")` is one that lasts longer than a test."""
    from mockgw.testing.pytest_support import Provider

    provider = Provider()
    yield provider
    provider.stop()


@pytest.fixture
def mockgw(request: pytest.FixtureRequest, mockgw_server: "Provider") -> "Iterator[Gateway]":
    """A gateway of this test's own, to which the environment leads SDKs and child processes.

    A request that no rule answers fails the test, whatever the application makes of it.
    """
    from mockgw.testing.pytest_support import watched

    with watched(request.node, mockgw_server, MARK) as watch:
        request.node.stash[WATCH] = watch
        yield watch.gateway


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """A test that was content fails if its gateway is not."""
    result = yield
    if (watch := item.stash.get(WATCH, None)) is not None:
        watch.complain()
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """A test that fails anyway has what its gateway says in its report."""
    watch = item.stash.get(WATCH, None)
    if watch is not None and call.excinfo is not None and not item.config.option.fulltrace:
        watch.shorten(call.excinfo)
    report = yield
    if (
        watch is not None and report.failed and report.when != "teardown"
    ):  # then it is gone, and has said what it had to
        report.sections.extend(watch.sections())
    return report
