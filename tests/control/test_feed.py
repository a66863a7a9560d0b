"""The feed: what happens is told in its order, to those who come back too, and nobody can hold it up."""

import asyncio
from pathlib import Path
from typing import Any

import orjson
import pytest

from mockgw.clock import VirtualClock
from mockgw.control import feed as module
from mockgw.control.feed import Feed, Happening, Listener
from mockgw.control.questions import Wanted
from mockgw.delivery.actions import Delivery
from mockgw.lint.check import open_checked
from mockgw.pipeline import Pipeline
from mockgw.reload import Reloader, look
from mockgw.settings import Settings
from tests.support import answer, ask, body, pipeline

RULES = "rules: [{match: {prompt: Hello}, reply: Hi}, {fallback: true, reply: Any, fault: truncate}]"


@pytest.fixture
def gateway() -> Pipeline:
    return pipeline(RULES)


@pytest.fixture
def feed(gateway: Pipeline) -> Feed:
    return Feed(gateway, None)


def heard(listener: Listener) -> list[Happening]:
    """All that waits for him."""
    found = list(listener._waiting)
    listener._waiting.clear()
    return found


def kinds(listener: Listener) -> list[str]:
    return [happening.kind for happening in heard(listener)]


def data(happening: Happening) -> Any:
    return orjson.loads(happening.data)


def test_while_nobody_listens_nothing_is_done(gateway: Pipeline, feed: Feed) -> None:
    assert (gateway.journal.watchers, gateway.sessions.watchers) == ([], [])
    feed.listen()
    assert (len(gateway.journal.watchers), len(gateway.sessions.watchers)) == (1, 1)


def test_exchanges_and_sessions_are_told_as_they_begin_and_end(gateway: Pipeline, feed: Feed) -> None:
    listener = feed.listen()
    answer(gateway)
    gateway.settle(ask(gateway, body("Other"), x_mockgw_session="a"), Delivery(ending="whole"))
    gateway.reset("a")
    found = heard(listener)
    assert [one.kind for one in found] == [
        "session.begun", "exchange.begun", "exchange.ended",
        "session.begun", "exchange.begun", "fault.struck", "exchange.ended", "session.reset",
    ]  # fmt: skip
    assert (data(found[0]), data(found[1])["ended"], data(found[2])["ended"]) == ({"session": "default"}, False, True)
    assert (data(found[5])["faults"], data(found[5])["session"]) == (["truncate"], "a")


def test_who_wants_some_exchanges_hears_of_no_others(gateway: Pipeline, feed: Feed) -> None:
    listener = feed.listen(wanted=Wanted(session="a", text="OTHER"))
    for session, prompt in (("a", "Hello"), ("b", "Other"), ("a", "Other")):
        gateway.settle(ask(gateway, body(prompt), x_mockgw_session=session), Delivery(ending="whole"))
    found = heard(listener)
    assert [one.kind for one in found] == [
        "session.begun", "session.begun", "exchange.begun", "fault.struck", "exchange.ended"
    ]  # fmt: skip
    assert {data(one)["session"] for one in found[2:]} == {"a"}
    assert kinds(feed.listen(found[0].id, Wanted(faulted=False))) == [
        "exchange.begun",
        "exchange.ended",
        "session.begun",
    ]


def test_a_session_that_nobody_uses_ends(gateway: Pipeline, feed: Feed) -> None:
    answer(gateway)
    listener = feed.listen()
    assert isinstance(gateway.clock, VirtualClock)
    gateway.clock.advance(gateway.settings.session_age + 1)
    gateway.sessions.all(gateway.clock.now())
    assert kinds(listener) == ["session.ended"]


def test_files_are_told_of(tmp_path: Path) -> None:
    file = tmp_path / "served.yaml"
    file.write_text("reply: Before", encoding="utf-8")
    seen = look([file])
    served = Pipeline(open_checked([file])[0], Settings(), VirtualClock())
    reloader = Reloader(served, [file], None, seen, lambda news: None)
    listener = Feed(served, reloader).listen()
    for written in ("reply: After", "repli: Wrong"):
        file.write_text(written, encoding="utf-8")
        asyncio.run(reloader.reload())
    reloaded, refused = heard(listener)
    assert (reloaded.kind, data(reloaded)["changes"]) == ("files.reloaded", [{"file": str(file), "change": "changed"}])
    assert (refused.kind, "unknown key 'repli'" in data(refused)["problems"][0]) == ("files.refused", True)


def test_who_comes_back_is_told_what_he_missed(gateway: Pipeline, feed: Feed) -> None:
    listener = feed.listen()
    answer(gateway)
    last = heard(listener)[-1].id
    feed.leave(listener)
    answer(gateway)
    assert kinds(feed.listen(last)) == ["exchange.begun", "exchange.ended"]
    assert kinds(feed.listen()) == []


@pytest.mark.parametrize("last", ["nonsense", "0-5", "-", "1a226cbf889-99999999", "\u00b2-\u00b2"])
def test_who_comes_back_too_late_is_told_that_something_is_lost(gateway: Pipeline, feed: Feed, last: str) -> None:
    feed.listen()
    answer(gateway)
    assert kinds(feed.listen(last)) == ["lost"]


def test_what_is_kept_for_those_who_come_back_is_bounded(gateway: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT", 3)
    feed = Feed(gateway, None)
    listener = feed.listen()
    for _ in range(3):
        answer(gateway)
    first, *others = heard(listener)
    assert kinds(feed.listen(first.id)) == ["lost"]
    assert kinds(feed.listen(others[-2].id)) == ["exchange.ended"]


def test_when_the_last_has_left_for_a_while_nothing_is_done_any_more(gateway: Pipeline, feed: Feed) -> None:
    listener = feed.listen()
    answer(gateway)
    last = heard(listener)[-1].id
    feed.leave(listener)
    assert isinstance(gateway.clock, VirtualClock)
    gateway.clock.advance(module.LINGER + 1)
    watched: list[int] = []
    gateway.journal.watchers.append(lambda exchange: watched.append(exchange.number))
    answer(gateway)
    assert not feed.is_attached
    assert (len(gateway.journal.watchers), gateway.sessions.watchers) == (1, [])
    assert watched == [2, 2]
    assert kinds(feed.listen(last)) == ["lost"]


def test_who_is_too_slow_is_dropped_and_others_hear_on(
    gateway: Pipeline, feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WAITING", 4)
    slow = feed.listen()
    answer(gateway)
    other = feed.listen()
    answer(gateway)
    assert slow.dropped.is_set()
    assert not other.dropped.is_set()
    assert (kinds(slow), kinds(other)) == ([], ["exchange.begun", "exchange.ended"])


def test_an_event_is_a_frame(gateway: Pipeline, feed: Feed) -> None:
    listener = feed.listen()
    ask(gateway, x_mockgw_session="line")
    first = heard(listener)[0]
    assert first.frame() == f'id: {first.id}\nevent: session.begun\ndata: {{"session":"line"}}\n\n'.encode()
