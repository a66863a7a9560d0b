import asyncio
import threading
from collections.abc import Iterator

import pytest

from mockgw.scenario.model import Scenario
from mockgw.testing.hosts import GatewayEnded, Host, with_port, without_port
from tests.support import live


@pytest.fixture(params=[with_port, without_port])
def host(request: pytest.FixtureRequest) -> Iterator[Host]:
    made: Host = request.param(live("Hi."))
    yield made
    made.stop()


def test_what_is_called_happens_on_the_hosts_thread(host: Host) -> None:
    assert host.call(threading.current_thread) is not threading.current_thread()
    assert host.call(lambda: host.call(threading.current_thread)) is host.call(threading.current_thread)


def test_an_error_comes_back(host: Host) -> None:
    with pytest.raises(ZeroDivisionError):
        host.call(lambda: 1 // 0)


def test_what_takes_time_is_waited_for(host: Host) -> None:
    async def work() -> str:
        await asyncio.sleep(0)
        return "done"

    assert host.result(host.submit(work())) == "done"


def test_a_host_that_has_ended_says_so(host: Host) -> None:
    host.stop()
    with pytest.raises(GatewayEnded, match="this gateway has ended"):
        host.call(lambda: None)
    host.stop()


def test_what_can_never_be_answered_is_not_waited_for(host: Host) -> None:
    forever = host.submit(asyncio.Event().wait())
    host.stop()
    with pytest.raises(GatewayEnded):
        host.result(forever)


def test_the_pipeline_is_its_own(host: Host) -> None:
    scenario = host.call(lambda: host.pipeline.library.choose(None, None))
    assert isinstance(scenario, Scenario)
