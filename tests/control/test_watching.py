"""The wait for requests: it sees what was there and what comes, each once, and leaves nothing behind."""

import asyncio
from typing import Any

import pytest

from mockgw.control.control import Control
from mockgw.control.reports import Waited
from mockgw.journal import Journal
from tests.support import answer, ask, body, pipeline

RULES = "rules: [{match: {prompt: Hello}, reply: Hi}, {fallback: true, reply: Any}]"


@pytest.fixture
def control() -> Control:
    return Control(pipeline(RULES))


def waited(control: Control, value: Any, *prompts: str, session: str = "default") -> Waited:
    """What comes of a wait, when these are asked one after another while it waits."""

    async def both() -> Waited:
        waiting = asyncio.ensure_future(control.wait({"timeout": 30, **value}))
        for prompt in prompts:
            await asyncio.sleep(0)
            answer(control.pipeline, body(prompt), x_mockgw_session=session)
        return await waiting

    found = asyncio.run(both())
    assert control.pipeline.journal.watchers == []
    return found


def test_what_was_there_already_counts(control: Control) -> None:
    answer(control.pipeline)
    found = waited(control, {})
    assert (found.came, found.count, found.last) == (True, 1, 1)


def test_it_ends_with_the_request_that_makes_them_enough(control: Control) -> None:
    found = waited(control, {"match": {"prompt": "Hello"}, "count": 2}, "Hello", "Other", "Hello")
    assert (found.came, found.count, found.wanted) == (True, 2, 2)
    assert found.reason == f"2 requests came: {found.matching[0]} and {found.matching[1]}"


def test_each_counts_once_though_it_is_heard_of_twice(control: Control) -> None:
    found = waited(control, {"count": 2, "timeout": 0.05}, "Hello")
    assert (found.came, found.count) == (False, 1)
    assert found.reason == f"1 request came: {found.matching[0]}; 2 requests were wanted"


def test_only_a_session_or_what_came_later_may_count(control: Control) -> None:
    answer(control.pipeline)
    assert waited(control, {"since": 1, "timeout": 0}).count == 0
    assert waited(control, {"since": 1}, "Hello").count == 1
    assert waited(control, {"session": "a", "timeout": 0.05}, "Hello").count == 0
    assert waited(control, {"session": "a"}, "Hello", session="a").count == 1


def test_it_can_wait_until_answers_have_left(control: Control) -> None:
    opened = ask(control.pipeline)
    assert waited(control, {"timeout": 0}).came
    assert not waited(control, {"ended": True, "timeout": 0}).came
    answer(control.pipeline)
    assert waited(control, {"ended": True, "timeout": 0}).matching != (opened.exchange.request_id,)


def test_what_is_no_request_for_a_message_does_not_count(control: Control) -> None:
    answer(control.pipeline, {"model": "m"})
    assert waited(control, {"timeout": 0}).count == 0


def test_what_was_evicted_may_have_been_among_them(control: Control) -> None:
    control.pipeline.journal = Journal(kept=1)
    for prompt in ("Hello", "Other"):
        answer(control.pipeline, body(prompt))
    found = waited(control, {"match": {"prompt": "Hello"}, "timeout": 0})
    assert (found.came, found.evicted) == (False, 1)
    assert "1 older exchange has been evicted from the journal, and they could have been among them" in found.reason


def test_several_can_wait_at_once(control: Control) -> None:
    async def several() -> list[Waited]:
        waits = [asyncio.ensure_future(control.wait({"count": count})) for count in (1, 2, 3)]
        for _ in range(3):
            await asyncio.sleep(0)
            answer(control.pipeline)
        return await asyncio.gather(*waits)

    assert [found.came for found in asyncio.run(several())] == [True] * 3
    assert control.pipeline.journal.watchers == []
