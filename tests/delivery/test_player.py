"""Player: each action at its moment, on a clock that only waits move."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockgw.clock import VirtualClock
from mockgw.delivery.actions import Action, Chunk, Close, Delivery, Finish, Flush, Hang, Raw, Reset, Wait
from mockgw.delivery.pacing import Pace
from mockgw.delivery.player import Player
from mockgw.protocol.events import PING
from mockgw.protocol.sse import PING_FRAME
from tests.delivery.streams import FINISH, HEAD, NAMES, Recorder, planned, played, sent

A, B, C = (Chunk(letter, {"type": "any"}) for letter in (b"a", b"b", b"c"))


def _notes(*actions: Action, time_scale: float = 1.0) -> list[tuple[float, Any]]:
    return asyncio.run(played(actions, time_scale=time_scale))[0]


def test_what_is_due_at_one_moment_is_one_send() -> None:
    assert _notes(HEAD, A, B, Wait(1), C, A, FINISH) == [(0, 200), (0, b"ab"), (1, (b"ca", "end"))]


def test_a_wait_of_nothing_parts_nothing() -> None:
    assert _notes(HEAD, A, Wait(0), B, FINISH) == [(0, 200), (0, (b"ab", "end"))]


def test_an_empty_body_still_ends() -> None:
    assert _notes(HEAD, FINISH) == [(0, 200), (0, (b"", "end"))]


def test_waits_in_a_row_send_nothing_between_them() -> None:
    assert _notes(Wait(1), Wait(2), HEAD, A, FINISH) == [(3, 200), (3, (b"a", "end"))]


@pytest.mark.parametrize(
    ("scale", "moments"),
    [
        pytest.param(0, [0, 0], id="none"),
        pytest.param(0.5, [0, 0, 1, 1.5], id="half"),
        pytest.param(1, [0, 0, 2, 3], id="all"),
    ],
)
def test_waits_are_scaled(scale: float, moments: list[float]) -> None:
    notes = _notes(HEAD, A, Wait(2), B, Wait(1), C, FINISH, time_scale=scale)
    assert [moment for moment, _ in notes] == moments


def test_a_whole_stream_without_time_is_one_send() -> None:
    actions = planned(Pace(ttft=2, interval=1))
    assert _notes(*actions, time_scale=0) == [(0, 200), (0, (sent(actions), "end"))]


def test_a_delivery_says_what_left_and_when() -> None:
    notes, delivery = asyncio.run(played([Wait(1), HEAD, Wait(1), A, Wait(1), B, FINISH]))
    expected = Delivery(started=0, ended=3, first_byte=2, size_bytes=2, events=2, ending="whole")
    assert (len(notes), delivery) == (3, expected)


def test_pings_are_not_counted_among_the_events() -> None:
    _, delivery = asyncio.run(played(planned(Pace(ttft=2, ping_every=0.5))))
    assert delivery.events == len(NAMES)


@given(st.lists(st.floats(0.001, 1), max_size=50), st.floats(0, 0.5))
def test_lateness_never_adds_up(waits: list[float], lateness: float) -> None:
    clock = LateClock(lateness)
    sink = Recorder(clock)
    actions = [action for wait in waits for action in (Wait(wait), A)]
    asyncio.run(Player(sink, clock).play([HEAD, *actions, FINISH]))
    assert clock.now() <= sum(waits) + lateness + 1e-6


class LateClock(VirtualClock):
    """A clock whose sleepers wake up late, each time anew."""

    def __init__(self, lateness: float) -> None:
        super().__init__()
        self._lateness = lateness

    async def sleep_until(self, deadline: float) -> None:
        late = deadline + self._lateness
        await super().sleep_until(late if self.now() < deadline else self.now())


async def _left(actions: Sequence[Action], most: int | None = None) -> tuple[Recorder, Player]:
    """Play until the connection is gone, or until nothing more happens."""
    clock = VirtualClock()
    sink = Recorder(clock, most)
    player = Player(sink, clock, time_scale=0)
    playing = asyncio.ensure_future(player.play(actions))
    for _ in range(20):
        await asyncio.sleep(0)
    playing.cancel()
    await asyncio.gather(playing, return_exceptions=True)
    return sink, player


def test_what_hangs_hangs_at_any_scale_and_has_sent_what_was_due() -> None:
    sink, player = asyncio.run(_left([HEAD, A, Hang(), B, FINISH]))
    assert sink.notes == [(0, 200), (0, b"a")]
    assert (player.delivery.ending, player.delivery.size_bytes, player.delivery.events) == ("", 1, 1)


def test_pings_keep_their_distance_at_any_scale() -> None:
    sink, player = asyncio.run(_left([HEAD, A, Hang(Chunk(PING_FRAME, PING), 5.0)], most=4))
    assert sink.notes == [(0, 200), (0, b"a"), (5, PING_FRAME), (10, PING_FRAME), (15, PING_FRAME)]
    assert (player.delivery.events, player.delivery.size_bytes) == (1, 1 + 3 * len(PING_FRAME))


def test_a_cancelled_delivery_says_how_far_it_came() -> None:
    async def cancelled() -> tuple[Recorder, Delivery]:
        clock = StandingClock()
        sink = Recorder(clock)
        player = Player(sink, clock)
        playing = asyncio.ensure_future(player.play([HEAD, A, Wait(1), B, Wait(1), C, FINISH]))
        await asyncio.sleep(0)
        clock.advance(0.5)
        playing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await playing
        return sink, player.delivery

    sink, delivery = asyncio.run(cancelled())
    assert sink.notes == [(0, 200), (0, b"a")]
    assert delivery == Delivery(started=0, ended=0.5, first_byte=0, size_bytes=1, events=1, ending="")


class StandingClock(VirtualClock):
    """A clock that nobody's waiting moves."""

    async def sleep_until(self, deadline: float) -> None:
        await asyncio.Event().wait()


def test_bytes_that_the_sink_did_not_take_have_not_left() -> None:
    async def broken(most: int) -> Delivery:
        clock = VirtualClock()
        player = Player(Recorder(clock, most), clock)
        with pytest.raises(ConnectionError):
            await player.play([HEAD, A, Wait(1), B, C, Wait(1), FINISH])
        return player.delivery

    delivery = asyncio.run(broken(1))
    assert (delivery.size_bytes, delivery.events, delivery.ended, delivery.ending) == (1, 1, 1, "")
    assert asyncio.run(broken(0)) == Delivery(started=0, ended=0, first_byte=None, ending="")


async def last_call(*actions: Action) -> list[Any]:
    """What a sink got, and when in between the end was told."""
    clock = VirtualClock()
    sink = Recorder(clock)
    told = lambda: sink.notes.append((clock.now(), "the end"))  # noqa: E731
    await Player(sink, clock, before_last=told).play(actions)
    return [what for _, what in sink.notes]


@pytest.mark.parametrize(
    ("ending", "last"),
    [
        ([FINISH], ["the end", (b"b", "end")]),
        ([Finish(hold=2.0)], ["the end", b"b", "held", "closed"]),
        ([Close()], ["the end", b"b", "closed"]),
        ([Reset()], ["the end", b"b", "reset"]),
        ([Raw(b"c"), Close()], ["the end", b"b", (b"c", "raw"), "closed"]),
    ],
    ids=["whole", "held", "closed", "reset", "raw"],
)
def test_the_end_is_told_once_before_the_last_bytes_leave(ending: list[Action], last: list[Any]) -> None:
    assert asyncio.run(last_call(HEAD, A, Wait(1.0), B, *ending)) == [200, b"a", *last]


def test_what_is_flushed_leaves_in_a_send_of_its_own() -> None:
    assert _notes(HEAD, A, Flush(), B, Flush(), Flush(), C, FINISH) == [
        (0, 200),
        (0, b"a"),
        (0, b"b"),
        (0, (b"c", "end")),
    ]


def test_a_connection_is_held_for_its_time() -> None:
    notes, delivery = asyncio.run(played([HEAD, A, Finish(hold=2.0)], time_scale=0.5))
    assert notes == [(0, 200), (0, b"a"), (0, "held"), (1, "closed")]
    assert (delivery.ending, delivery.ended) == ("whole", 1)


@pytest.mark.parametrize(("end", "ending"), [(Close(), "closed"), (Reset(), "reset")], ids=["closed", "reset"])
def test_a_delivery_says_how_its_connection_ended(end: Action, ending: str) -> None:
    _, delivery = asyncio.run(played([HEAD, A, Wait(1), Raw(b"raw"), end]))
    assert (delivery.ending, delivery.size_bytes, delivery.events, delivery.ended) == (ending, 4, 1, 1)
