"""What happens, told every so often."""

import asyncio
from typing import Any

import orjson
import pytest

from mockgw.clock import VirtualClock
from mockgw.control import feed as feed_module
from mockgw.control.digests import Digest
from mockgw.control.feed import Feed
from mockgw.control.questions import Following
from mockgw.delivery.actions import Delivery
from mockgw.pipeline import Pipeline
from tests.support import answer, ask, body, pipeline

RULES = "rules: [{match: {prompt: Hello}, reply: Hi}, {fallback: true, reply: Any, fault: truncate}]"


@pytest.fixture
def gateway() -> Pipeline:
    return pipeline(RULES)


@pytest.fixture
def feed(gateway: Pipeline) -> Feed:
    return Feed(gateway, None)


def told(digest: Digest) -> list[tuple[str, Any]]:
    """The events of one digest."""
    frames = asyncio.run(asyncio.wait_for(digest.next(), 5)).decode().split("\n\n")[:-1]
    pairs = (frame.removeprefix("event: ").split("\ndata: ") for frame in frames)
    return [(kind, orjson.loads(data)) for kind, data in pairs]


def prompts(found: list[tuple[str, Any]]) -> list[Any]:
    return [one["number"] for kind, data in found if kind == "exchanges" for one in data["exchanges"]]


def test_what_came_meanwhile_is_told_together(gateway: Pipeline, feed: Feed) -> None:
    digest = feed.follow(Following())
    answer(gateway)
    opened = ask(gateway)
    (begun, session), (kind, data) = told(digest)
    assert (begun, session, kind, data["left_out"]) == ("session.begun", {"session": "default"}, "exchanges", 0)
    assert [(one["number"], one["ended"]) for one in data["exchanges"]] == [(1, True), (2, False)]
    gateway.settle(opened, Delivery(ending="whole"))
    [(_, data)] = told(digest)
    assert [(one["number"], one["ended"]) for one in data["exchanges"]] == [(2, True)]


def test_only_what_is_wanted_is_told(gateway: Pipeline, feed: Feed) -> None:
    digest = feed.follow(Following(faulted=True))
    answer(gateway)
    ask(gateway, body("Other"))
    [_, (_, data)] = told(digest)
    assert [one["faults"] for one in data["exchanges"]] == [["truncate"]]


def test_of_too_many_the_newest_are_told_and_the_others_counted(
    gateway: Pipeline, feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mockgw.control.digests.MOST_EXCHANGES", 2)
    digest = feed.follow(Following())
    for _ in range(5):
        answer(gateway)
    found = told(digest)
    assert (prompts(found), found[-1][1]["left_out"]) == ([4, 5], 3)


def test_nothing_is_written_for_a_request_while_only_digests_are_wanted(gateway: Pipeline, feed: Feed) -> None:
    assert isinstance(gateway.clock, VirtualClock)
    gateway.clock.advance(feed_module.LINGER + 1)
    digest = feed.follow(Following())
    answer(gateway)
    assert [one.kind for one in feed._kept] == ["session.begun"]
    feed.leave(digest)
    answer(gateway)
    assert not feed.is_attached


def test_who_comes_back_after_digests_has_lost_something(gateway: Pipeline, feed: Feed) -> None:
    assert isinstance(gateway.clock, VirtualClock)
    listener = feed.listen()
    answer(gateway)
    last = listener._waiting[-1].id
    feed.leave(listener)
    gateway.clock.advance(feed_module.LINGER + 1)
    feed.follow(Following())
    answer(gateway)
    assert [one.kind for one in feed.listen(last)._waiting] == ["lost"]
