"""Places: each form of `at`, and what arrives before it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from mockgw.delivery.actions import Chunk, Head, Wait
from mockgw.delivery.pacing import Pace
from mockgw.delivery.places import At, NoSuchPlace, Strike
from mockgw.protocol.messages import RedactedThinking, Text
from tests.delivery.streams import FINISH, HEAD, NAMES, events, named, planned, sent, waited
from tests.protocol.answers import message

PACED = Pace(ttft=2, interval=1)


def _at(written: dict[str, Any]) -> At:
    return At.model_validate(written)


@pytest.mark.parametrize(
    ("written", "struck"),
    [
        pytest.param({"event": 1}, "message_start", id="first-event"),
        pytest.param({"event": 7}, "start 1", id="seventh-event-without-pings"),
        pytest.param({"event": 19}, "message_stop", id="last-event"),
        pytest.param({"event": 3, "block": 1}, "there ", id="third-event-of-a-block"),
        pytest.param({"type": "message_start"}, "message_start", id="type"),
        pytest.param({"type": "content_block_delta"}, "Hm ", id="first-of-a-type"),
        pytest.param({"type": "content_block_delta", "nth": 4}, "Hello ", id="fourth-of-a-type"),
        pytest.param({"type": "content_block_delta", "block": 1}, "Hello ", id="first-delta-of-a-block"),
        pytest.param({"type": "content_block_delta", "nth": 2, "block": 2}, '{"pa', id="into-a-tool-s-json"),
        pytest.param({"type": "content_block_delta", "nth": 3, "block": 2}, 'th": "a"}', id="half-way-through-it"),
        pytest.param({"type": "content_block_delta", "nth": 2, "block": 0}, "so", id="in-thinking"),
        pytest.param({"type": "content_block_stop", "nth": 2}, "stop 1", id="second-stop"),
        pytest.param({"type": "content_block_stop", "block": 2}, "stop 2", id="stop-of-a-block"),
        pytest.param({"type": "message_delta"}, "message_delta", id="message-delta"),
        pytest.param({"type": "message_stop"}, "message_stop", id="message-stop"),
        pytest.param({"fraction": 0}, "Hm ", id="no-delta"),
        pytest.param({"fraction": 0.5}, "you ", id="half-of-the-deltas"),
        pytest.param({"fraction": 0.59}, "you ", id="rounded-down"),
        pytest.param({"fraction": 0.3}, "stop 0", id="what-follows-may-be-no-delta"),
        pytest.param({"fraction": 1}, "stop 2", id="all-deltas"),
        pytest.param({"fraction": 0.5, "block": 0}, "so", id="half-of-a-block"),
        pytest.param({"fraction": 0.5, "block": 1}, "you ", id="half-of-a-text"),
        pytest.param({"fraction": 0.67, "block": 2}, 'th": "a"}', id="most-of-a-call"),
        pytest.param({"fraction": 1, "block": 1}, "stop 1", id="all-of-a-block"),
    ],
)
def test_what_stands_before_an_event_arrives_and_the_event_does_not(written: dict[str, Any], struck: str) -> None:
    place = _at(written).part(planned())
    number = NAMES.index(struck)
    assert [named(event) for event in events(place.before)] == list(NAMES[:number])
    assert [named(event) for event in events(place.after)] == list(NAMES[number:])


@pytest.mark.parametrize(
    ("seconds", "struck"),
    [
        pytest.param({"after": 0}, "message_start", id="at-once"),
        pytest.param({"after": "500ms"}, "Hm ", id="before-the-first-delta"),
        pytest.param({"after": 2}, "Hm ", id="the-moment-of-the-first-delta"),
        pytest.param({"after": 2.5}, "so", id="between-two"),
        pytest.param({"after": 9}, 'th": "a"}', id="the-last-moment"),
        pytest.param({"after": 0, "block": 1}, "start 1", id="start-of-a-block"),
        pytest.param({"after": 1, "block": 1}, "Hello ", id="counts-from-the-block"),
        pytest.param({"after": 3.5, "block": 1}, "all", id="late-in-a-block"),
    ],
)
def test_what_was_due_before_a_time_arrives(seconds: dict[str, Any], struck: str) -> None:
    place = _at(seconds).part(planned(PACED))
    number = NAMES.index(struck)
    assert [named(event) for event in events(place.before)] == list(NAMES[:number])
    assert waited(place.before) + waited(place.after) == 9


@pytest.mark.parametrize("seconds", [0, 0.5, 2, 2.5, 9])
def test_a_time_strikes_at_that_time(seconds: float) -> None:
    assert waited(At(after=seconds).part(planned(PACED)).before) == seconds


def test_sums_of_waits_strike_in_spite_of_what_floats_make_of_them() -> None:
    paced = planned(Pace(ttft=0.1, interval=0.1))
    assert [named(event) for event in events(At(after=0.3).part(paced).before)] == list(NAMES[:7])


def test_the_delay_counts_as_time() -> None:
    place = At(after=2).part(planned(PACED, delay=5))
    assert (place.before, place.after[0]) == ([Wait(2)], Wait(3))


@pytest.mark.parametrize("written", [{"event": 8}, {"fraction": 0.3}], ids=str)
def test_an_event_is_struck_when_it_was_due(written: dict[str, Any]) -> None:
    place = _at(written).part(planned(Pace(ttft=2, interval=1, ping_every=0.4)))
    assert not isinstance(place.after[0], Wait)
    assert waited(place.before) == {8: 4, None: 3}[written.get("event")]


@pytest.mark.parametrize("count", [0, 1, 400, 1000])
@pytest.mark.parametrize("stream", [True, False], ids=["streamed", "not-streamed"])
def test_exactly_so_many_bytes_arrive(count: int, stream: bool) -> None:
    actions = planned(PACED, stream=stream)
    if count > len(sent(actions)):
        count = len(sent(actions))
    place = At(bytes=count).part(actions)
    assert sent(place.before) == sent(actions)[:count]
    assert sent(place.before) + sent(place.after) == sent(actions)


def test_bytes_count_from_the_block_s_first() -> None:
    actions = planned()
    start = sent(actions).index(b'event: content_block_start\ndata: {"type":"content_block_start","index":1')
    assert sent(At(bytes=100, block=1).part(actions).before) == sent(actions)[: start + 100]


def test_bytes_that_end_with_a_frame_strike_when_the_next_was_due() -> None:
    actions = planned(PACED)
    first = next(index for index, action in enumerate(actions) if isinstance(action, Wait))
    place = At(bytes=len(sent(actions[:first]))).part(actions)
    assert place == Strike(actions[: first + 1], actions[first + 1 :])


@pytest.mark.parametrize(
    ("fraction", "share"),
    [pytest.param(0, 0.0, id="nothing"), pytest.param(0.5, 0.5, id="half"), pytest.param(1, 1.0, id="all")],
)
def test_a_fraction_of_an_answer_that_is_not_streamed_is_of_its_bytes(fraction: float, share: float) -> None:
    actions = planned(stream=False)
    assert len(sent(At(fraction=fraction).part(actions).before)) == int(len(sent(actions)) * share)


def test_a_fraction_is_rounded_as_people_count() -> None:
    body = Chunk(b"x" * 100)
    place = At(fraction=0.29).part([Head(200, {}), body, FINISH])
    assert len(sent(place.before)) == 29


@pytest.mark.parametrize(
    ("blocks", "struck"),
    [
        pytest.param((), "message_delta", id="no-content"),
        pytest.param((RedactedThinking("a"),), "stop 0", id="whole-in-its-start"),
        pytest.param((RedactedThinking("a"), Text("b")), "b", id="a-delta-comes-later"),
    ],
)
def test_a_fraction_of_an_answer_without_deltas(blocks: tuple[Any, ...], struck: str) -> None:
    place = At(fraction=0.4).part(planned(answer=message(*blocks)))
    assert named(events(place.after)[0]) == struck


def test_a_fraction_of_a_stream_that_lost_its_end() -> None:
    assert At(fraction=0.5).part([HEAD, FINISH]) == Strike([HEAD], [FINISH])


def test_a_fraction_of_an_empty_body_is_no_place() -> None:
    with pytest.raises(NoSuchPlace, match="the answer has no 0 bytes"):
        At(fraction=0.5).part([Head(502, {}), Chunk(b""), FINISH])


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        pytest.param({"event": 20}, "the answer has 19 events, not 20", id="event"),
        pytest.param({"event": 7, "block": 1}, "the answer has 6 events, not 7", id="event-of-a-block"),
        pytest.param({"type": "message_stop", "nth": 2}, "the answer has 1 message_stop event, not 2", id="type"),
        pytest.param({"type": "message_stop", "block": 0}, "the answer has 0 message_stop events, not 1", id="outside"),
        pytest.param({"bytes": 100_000}, "the answer has no 100000 bytes", id="bytes"),
        pytest.param({"after": "1h"}, "the answer does not take 3600 s", id="after"),
        pytest.param({"fraction": 0.5, "block": 3}, "the answer has no content block 3", id="block"),
    ],
)
def test_a_place_that_is_not_there(written: dict[str, Any], problem: str) -> None:
    with pytest.raises(NoSuchPlace) as caught:
        _at(written).part(planned(PACED))
    assert str(caught.value) == problem


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        pytest.param({"event": 1}, "the answer has 0 events, not 1", id="event"),
        pytest.param({"type": "message_stop"}, "the answer has 0 message_stop events, not 1", id="type"),
        pytest.param({"bytes": 4, "block": 0}, "the answer has no content block 0", id="block"),
        pytest.param({"after": 10}, "the answer does not take 10 s", id="after"),
    ],
)
def test_an_answer_that_is_not_streamed_has_no_events(written: dict[str, Any], problem: str) -> None:
    with pytest.raises(NoSuchPlace) as caught:
        _at(written).part(planned(PACED, stream=False))
    assert str(caught.value) == problem


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        pytest.param(
            {}, "expected exactly one of event, type, fraction, bytes and after; found none of them", id="none"
        ),
        pytest.param({"event": 1, "bytes": 2}, "found 'event' and 'bytes'", id="two"),
        pytest.param({"block": 1}, "found none of them", id="block-alone"),
        pytest.param({"event": 1, "nth": 2}, "'nth' counts events of a 'type'", id="nth"),
        pytest.param({"event": 0}, "expected at least 1, found 0", id="events-count-from-1"),
        pytest.param({"event": 1, "block": -1}, "expected at least 0, found -1", id="blocks-count-from-0"),
        pytest.param({"fraction": 1.5}, "expected a share from 0 to 1, found 1.5", id="fraction"),
        pytest.param({"type": "ping"}, "Input should be 'message_start'", id="ping"),
    ],
)
def test_a_place_that_cannot_be_meant(written: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError) as caught:
        _at(written)
    assert problem in str(caught.value)


@given(
    st.one_of(
        st.builds(At, event=st.integers(1, 19)),
        st.builds(At, fraction=st.floats(0, 1)),
        st.builds(At, bytes=st.integers(0, 2400)),
        st.builds(At, after=st.floats(0, 9)),
    ),
    st.sampled_from([0.0, 0.7]),
)
def test_nothing_is_lost_wherever_an_answer_is_parted(at: At, ping_every: float) -> None:
    actions = planned(Pace(ttft=2, interval=1, ping_every=ping_every or None))
    place = at.part(actions)
    assert sent(place.before) + sent(place.after) == sent(actions)
    assert waited([*place.before, *place.after]) == waited(actions)


@given(st.integers(0, 2400))
def test_between_frames_what_has_begun_arrives_whole(count: int) -> None:
    actions = planned(PACED)
    place = At(bytes=count).part(actions).between_frames()
    assert len(sent(place.before)) >= count
    assert sent(place.before)[-2:] in (b"", b"\n\n")
    assert sent(place.before) + sent(place.after) == sent(actions)
    assert waited([*place.before, *place.after]) == waited(actions)


def test_a_place_before_the_head_begins_with_the_head() -> None:
    begun = At(after=2).part(planned(PACED, delay=5)).begun()
    assert (begun.before[0], type(begun.before[1]), begun.after[0]) == (Wait(2), Head, Wait(3))
    assert not any(isinstance(action, Head) for action in begun.after)
