"""Each exchange is shown once, whatever becomes of the connection."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import orjson
import pytest

from mockgw.cli.follow import Entry, Follower
from mockgw.cli.remote import Event, Gone, Query, Refused, Remote
from mockgw.cli.where import Where


def entry(second: int, name: str = "req", *, ended: bool = True, duration: float = 0.0) -> Entry:
    return {"time": f"2026-01-01T00:00:{second:02}+00:00", "request_id": name, "ended": ended, "duration": duration}


def begun(told: Entry) -> Event:
    return Event("exchange.begun", orjson.dumps(told))


def ended(told: Entry) -> Event:
    return Event("exchange.ended", orjson.dumps(told))


class Over(Exception):
    """The story is at its end."""


class Story(Remote):
    """A server as its follower meets it: for each connection what the journal has, and what happens then."""

    def __init__(self, *chapters: Any) -> None:
        super().__init__(Where("127.0.0.1", 1), "")
        self._chapters = iter(chapters)
        self._journal: Any = []
        self.asked: list[Query] = []

    def journal(self, query: Query) -> dict[str, Any]:
        self.asked.append(query)
        if isinstance(self._journal, Exception):
            raise self._journal
        return {"exchanges": self._journal}

    @contextmanager
    def events(self, query: Query) -> Iterator[Iterator[Event | None]]:
        chapter = next(self._chapters, Over())
        if isinstance(chapter, Exception):
            raise chapter
        self._journal, happening = chapter
        yield self._told(happening)

    def _told(self, happening: Sequence[Event | None]) -> Iterator[Event | None]:
        yield from happening
        raise Gone("http://here has gone")


class Heard:
    """What a follower of a story showed, heard and told."""

    def __init__(self, *chapters: Any, most: int = 20) -> None:
        self.shown: list[int] = []
        self.heard: list[str | None] = []
        self.told: list[str] = []
        self.waits = 0
        self.story = Story(*chapters)
        follower = Follower(self.story, {"session": "a"}, self._show, self._hear, self.told.append)
        with pytest.raises(Over):
            follower.follow(most, self._sleep)

    def _show(self, entries: Sequence[Entry]) -> None:
        self.shown.extend(int(one["time"][17:19]) for one in entries)

    def _hear(self, event: Event | None) -> None:
        self.heard.append(event.kind if event else None)

    def _sleep(self, seconds: float) -> None:
        self.waits += 1


def test_what_was_comes_first_and_then_what_happens() -> None:
    heard = Heard(([entry(1), entry(2)], [begun(entry(3, ended=False)), ended(entry(3)), None]))
    assert heard.shown == [1, 2, 3]
    assert heard.heard == ["exchange.begun", None]
    assert heard.story.asked == [{"session": "a", "limit": 100}]


def test_what_ends_between_listening_and_asking_is_shown_once() -> None:
    assert Heard(([entry(1), entry(2)], [ended(entry(2)), ended(entry(3))])).shown == [1, 2, 3]


def test_what_has_not_ended_is_shown_when_it_has() -> None:
    assert Heard(([entry(1, ended=False), entry(2)], [ended(entry(1))])).shown == [2, 1]


def test_they_are_in_the_order_of_their_ends() -> None:
    assert Heard(([entry(1, duration=5.0), entry(2)], [])).shown == [2, 1]


@pytest.mark.parametrize(("most", "shown"), [(0, [4]), (2, [2, 3, 4]), (20, [1, 2, 3, 4])])
def test_it_begins_with_as_many_as_are_wanted(most: int, shown: list[int]) -> None:
    assert Heard(([entry(1), entry(2), entry(3)], [ended(entry(4))]), most=most).shown == shown


def test_what_came_while_the_connection_was_lost_is_shown_and_nothing_twice() -> None:
    first, then = [entry(1), entry(2)], [entry(1), entry(2), entry(3), entry(4)]
    heard = Heard((first, [ended(entry(3))]), (then, [ended(entry(5))]), most=1)
    assert heard.shown == [2, 3, 4, 5]
    assert heard.told[:2] == [
        "mockgw: http://here has gone; waiting for it to come back",
        "mockgw: http://127.0.0.1:1 is back",
    ]


def test_what_was_before_all_that_is_not_news_but_what_went_on_is() -> None:
    first = [entry(5, "open", ended=False), entry(6)]
    then = [entry(1), entry(2), entry(5, "open", duration=9.0), entry(6), entry(7)]
    heard = Heard((first, []), (then, []))
    assert heard.shown == [6, 7, 5]
    assert [query["limit"] for query in heard.story.asked] == [100, 1000]


def test_more_than_usual_can_be_asked_for() -> None:
    assert Heard(([], []), most=5_000).story.asked[0]["limit"] == 5_000


def test_a_server_that_starts_anew_has_the_same_ids_and_other_times() -> None:
    assert Heard(([entry(1)], []), ([entry(9)], [])).shown == [1, 9]


def test_a_long_wait_is_told_once() -> None:
    heard = Heard(([], []), Gone("no answer"), Gone("no answer"), ([], []))
    assert [line.split("; ")[-1] for line in heard.told] == [
        "waiting for it to come back", "mockgw: http://127.0.0.1:1 is back", "waiting for it to come back"
    ]  # fmt: skip
    assert heard.waits == 4


def test_without_a_server_there_is_nothing_to_follow() -> None:
    with pytest.raises(Gone, match=r"^no answer$"):
        Heard(Gone("no answer"))


def test_a_session_that_is_not_there_yet_is_waited_for() -> None:
    unknown = Refused("there is no session 'a'", "unknown")
    heard = Heard((unknown, [ended(entry(1))]), (unknown, []))
    assert (heard.shown, heard.told[0]) == ([1], "mockgw: there is no session 'a'; waiting for it to begin")
    assert len([line for line in heard.told if "no session" in line]) == 1


def test_what_is_refused_for_good_is_told() -> None:
    with pytest.raises(Refused, match=r"^no token$"):
        Heard((Refused("no token", "token"), []))


def test_what_is_known_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mockgw.cli.follow.KNOWN", 2)
    happening = [ended(entry(second)) for second in (1, 2, 3, 3, 1)]
    assert Heard(([], happening)).shown == [1, 2, 3, 1]
