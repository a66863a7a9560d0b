"""The answer in time: planned against real, and where faults struck."""

import asyncio
from typing import Any

import orjson
import pytest

from mockgw.clock import VirtualClock
from mockgw.control import timelines
from mockgw.control.details import AnswerShown, Timeline
from mockgw.delivery.actions import Delivery
from mockgw.delivery.player import Player
from mockgw.journal import Exchange
from mockgw.pipeline import Pipeline
from tests.delivery.streams import Recorder
from tests.support import ask, body, pipeline, sent_bytes

PACED = "rules: [{reply: one two three, delay: 1s, pace: {interval: 2s}}]"


def exchanged(text: str, *, time_scale: float = 1.0, sends: int | None = None, **request: Any) -> Exchange:
    """An exchange whose answer was played, or as many sends of it as the client took."""
    gateway = pipeline(text)
    opened = ask(gateway, body(**{"stream": True, **request}))
    player = Player(Recorder(clock(gateway), sends), gateway.clock, time_scale=time_scale)
    try:
        asyncio.run(player.play(opened.exchange.actions))
    except Exception:  # the client is gone
        player.delivery.ending = "left"
    gateway.settle(opened, player.delivery)
    return opened.exchange


def clock(gateway: Pipeline) -> VirtualClock:
    assert isinstance(gateway.clock, VirtualClock)
    return gateway.clock


def timeline(exchange: Exchange, now: float = 0.0) -> Timeline:
    return timelines.timeline(exchange, now)


def answer(exchange: Exchange, now: float = 0.0) -> AnswerShown:
    return timelines.answer(exchange, now)


def shown(found: Timeline, *kinds: str) -> list[tuple[str, str, float | None, float | None]]:
    return [(one.kind, one.name or one.text, one.planned, one.real) for one in found.points if one.kind in kinds]


def test_every_event_stands_at_its_moment_planned_and_real() -> None:
    found = timeline(exchanged("rules: [{reply: one two, delay: 1s, pace: {ttft: 1s, interval: 2s}}]"))
    deltas = [(one.text, one.planned, one.real) for one in found.points if one.name == "content_block_delta"]
    assert deltas == [("one", 2.0, 2.0), (" two", 4.0, 4.0)]
    assert shown(found, "head", "end") == [("head", "200", 1.0, 1.0), ("end", "whole", 4.0, 4.0)]
    assert (found.first_byte, found.duration, found.planned_duration) == (1.0, 4.0, 4.0)


def test_planned_times_have_the_time_scale_in_them() -> None:
    found = timeline(exchanged(PACED, time_scale=0.5))
    assert (found.time_scale, found.planned_duration, found.duration) == (0.5, 2.5, 2.5)


def test_what_has_not_left_has_no_real_time() -> None:
    found = timeline(exchanged(PACED, sends=1))
    assert [one.real for one in found.points if one.text in ("one", " two", " three")] == [1.0, None, None]
    assert shown(found, "end")[0][1:] == ("left", 5.0, 3.0)


def test_an_answer_without_waits_has_its_events_at_one_instant() -> None:
    gateway = pipeline("reply: one two")
    opened = ask(gateway, body(stream=True))
    size = len(sent_bytes(opened))
    gateway.settle(opened, Delivery(0.0, 0.0, 0.0, size, 9, "whole"))
    found = timeline(opened.exchange)
    assert [one.name for one in found.points if one.kind in ("event", "ping")] == [
        "message_start", "content_block_start", "ping", "content_block_delta", "content_block_delta",
        "content_block_stop", "message_delta", "message_stop",
    ]  # fmt: skip
    assert {one.real for one in found.points} == {0.0}
    assert sum(one.size_bytes for one in found.points) == size


@pytest.mark.parametrize(
    ("fault", "mark", "after"),
    [
        ("{type: truncate, at: {event: 4}}", ("truncate", 3.0, 3.0), "end"),
        ("{type: stall, at: {event: 4}, for: 3s}", ("stall", 3.0, 3.0), "event"),
        ("{type: connection_reset_by_peer, at: {event: 3}}", ("connection_reset_by_peer", 1.0, 1.0), "end"),
    ],
    ids=["truncate", "stall", "reset"],
)
def test_where_a_fault_has_struck_is_marked(fault: str, mark: tuple[Any, ...], after: str) -> None:
    found = timeline(exchanged(f"rules: [{{reply: one two, delay: 1s, pace: {{interval: 2s}}, fault: {fault}}}]"))
    [place] = [index for index, one in enumerate(found.points) if one.kind == "fault"]
    assert shown(found, "fault") == [("fault", *mark)]
    assert found.points[place + 1].kind == after


def test_an_event_that_a_fault_has_cut_is_shown_in_pieces() -> None:
    found = timeline(exchanged("rules: [{reply: one two, fault: {type: slicer, average_size: 50, delay: 1s}}]"))
    pieces = [one for one in found.points if one.kind == "bytes"]
    assert [(one.name, one.size_bytes, one.real) for one in pieces[:2]] == [("message_start", 50, 0.0), ("", 50, 1.0)]


def test_a_body_is_one_piece() -> None:
    found = timeline(exchanged("rules: [{reply: one two, delay: 1s}]", stream=False))
    assert [one.kind for one in found.points] == ["head", "bytes", "end"]
    assert not found.stream


def test_an_answer_under_way_is_shown_as_far_as_it_has_come() -> None:
    gateway = pipeline(PACED)
    opened = ask(gateway, body(stream=True))
    opened.exchange.under_way = Delivery()
    player = Player(Recorder(clock(gateway), 1), gateway.clock, delivery=opened.exchange.under_way)
    with pytest.raises(ConnectionError):
        asyncio.run(player.play(opened.exchange.actions))
    found = timeline(opened.exchange)
    assert (found.ended, found.ending, found.duration, found.planned_duration) == (False, "", None, 5.0)
    assert [one.real for one in found.points if one.text in ("one", " two")] == [1.0, None]
    assert "one" in answer(opened.exchange).body


def test_signs_of_life_of_what_hangs_are_pings_that_nobody_planned() -> None:
    exchange = exchanged("rules: [{reply: one, fault: {type: stall, at: {event: 3}, pings: true}}]", sends=3)
    found = timeline(exchange)
    assert found.planned_duration is None
    assert [(one.planned, one.real) for one in found.points if one.kind == "ping" and one.planned is None] == [
        (None, 5.0),
        (None, 10.0),
    ]


def test_points_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mockgw.control.timelines.MOST_POINTS", 3)
    found = timeline(exchanged(PACED))
    assert (len(found.points), found.left_out) == (3, 8)


def test_the_answer_is_what_has_left() -> None:
    exchange = exchanged(PACED, sends=1)
    found = answer(exchange)
    assert (found.status, found.ending, found.left_out) == (200, "left", 0)
    assert found.headers["content-type"].startswith("text/event-stream")
    assert '"text":"one"' in found.body
    assert " two" not in found.body
    assert found.planned_bytes > found.size_bytes == len(found.body)


def test_a_long_body_is_cut_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mockgw.control.timelines.MOST_BYTES", 100)
    found = answer(exchanged("rules: [{reply: one two, delay: 1s}]", stream=False))
    assert (len(found.body), found.left_out) == (100, found.size_bytes - 100)


def test_an_answer_that_nobody_got_has_no_head() -> None:
    found = answer(exchanged("rules: [{reply: one, fault: empty_response}]"))
    assert (found.status, found.body, found.ending) == (0, "", "closed")
    assert orjson.dumps(found)
