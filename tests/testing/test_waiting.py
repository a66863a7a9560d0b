import asyncio
import threading

import pytest

from mockgw.testing import contains, serve
from tests.testing.gateways import ask, in_process


def test_what_has_come_already_counts() -> None:
    with in_process() as gw:
        gw.reply("Hi.")
        ask(gw, "a")
        assert [one.prompt for one in gw.wait(prompt="a")] == ["a"]
        assert gw.wait(count=0, prompt="b") == []


def test_what_comes_meanwhile_counts() -> None:
    with in_process() as gw:
        gw.reply("Hi.")
        asking = threading.Thread(target=lambda: [ask(gw, prompt) for prompt in ("one", "two", "three")])
        asking.start()
        found = gw.wait(prompt=contains("t"), count=2, timeout=30)
        asking.join()
        assert [one.prompt for one in found] == ["two", "three"]


def test_other_sessions_and_other_requests_do_not_count() -> None:
    with in_process() as gw:
        other = gw.session("other")
        other.reply("Hi.")
        ask(other, "a")
        with pytest.raises(AssertionError, match=r"waited 0.01 s: expected at least 1 request .* 'a'; none came"):
            gw.wait(prompt="a", timeout=0.01)


def test_a_coroutine_that_waits_for_itself_is_told_how_to() -> None:
    async def talk() -> None:
        with in_process() as gw:
            gw.wait(timeout=0.01)

    with pytest.raises(AssertionError, match=r"none came\. The event loop .* 'await mockgw\.wait_async\(…\)'$"):
        asyncio.run(talk())


def test_a_coroutine_waits_while_its_loop_asks() -> None:
    async def talk() -> int:
        with serve() as gw:
            gw.reply("Hi.")
            asking = asyncio.create_task(asyncio.to_thread(ask, gw, "a"))
            found = await gw.wait_async(prompt="a", timeout=30)
            await asking
            return len(found)

    assert asyncio.run(talk()) == 1


def test_nobody_is_kept_after_the_wait() -> None:
    with in_process() as gw:
        with pytest.raises(AssertionError):
            gw.wait(timeout=0.01)
        assert gw.inside(lambda session: gw._host.pipeline.journal.watchers) == []
