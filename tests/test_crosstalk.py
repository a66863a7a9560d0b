"""Many tests at once on one server: nobody hears what is said to another."""

import asyncio
from collections.abc import Iterator
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import anthropic
import pytest

from mockgw.testing import Gateway, serve

FOLDER = Path(__file__).parent.parent / "benchmarks"


@pytest.fixture
def soak(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(FOLDER))
    return import_module("soak_sessions")


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with serve(time_scale=0) as gateway:
        yield gateway


def test_many_tests_at_once_do_not_hear_each_other(soak: Any) -> None:
    assert soak.on_one_server(workers=8, tests=50) == []


def test_a_server_each_is_as_good(soak: Any) -> None:
    assert soak.on_one_each(workers=2, tests=5) == []


def test_it_would_be_noticed(soak: Any, gateway: Gateway) -> None:
    class Shared(Gateway):
        """A gateway whose sessions are one."""

        def session(self, name: str, **own: Any) -> Gateway:
            return super().session("shared")

    shared = Shared(gateway._host, "all", gateway._own)
    with soak.client(gateway) as sdk:
        for name in ("test-1", "test-2"):
            shared.session(name).reply("mine", id=f"before {name}")
        shared.session("x").replies("another: 1", times=1)
        assert "another: 1" in soak.one_test(shared, sdk, "test-1")
    assert "left: sessions ['all', 'test']" in soak.leftovers(gateway)


@pytest.mark.parametrize("stream", [False, True])
def test_parallel_calls_get_each_reply_of_a_list_once(soak: Any, gateway: Gateway, stream: bool) -> None:
    async def talk() -> list[str]:
        async with anthropic.AsyncAnthropic(base_url=gateway.url, api_key="mock", max_retries=0) as sdk:
            return await asyncio.gather(*(told(sdk, number) for number in range(6)))

    async def told(sdk: anthropic.AsyncAnthropic, number: int) -> str:
        question = soak.QUESTION | {"messages": [{"role": "user", "content": f"number {number}"}]}
        try:
            if not stream:
                return str((await sdk.messages.create(**question)).content[0].text)
            async with sdk.messages.stream(**question) as answer:
                return str(await answer.get_final_text())
        except anthropic.BadRequestError:
            return "used up"

    gateway.replies("a", "b", "c", then="error", pace={"tps": 50})
    assert sorted(asyncio.run(talk())) == ["a", "b", "c", "used up", "used up", "used up"]


def test_a_retry_never_takes_the_next_reply(soak: Any, gateway: Gateway) -> None:
    gateway.replies("a", "b", "c", then="error")
    said = []
    with soak.client(gateway) as sdk:
        for number in range(3):
            gateway.fault("connection_reset_by_peer", times=1)
            gateway.fault("html_error_page", times=1)
            messages = [{"role": "user", "content": f"number {number}"}]
            said.append(soak.persistently(partial(soak.created, sdk, messages=messages)))
    assert said == ["a", "b", "c"]
    assert [request.attempt for request in gateway.requests] == [1, 2, 3] * 3
