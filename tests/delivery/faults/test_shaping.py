"""Shaping: when the bytes pass, how many, and that they stay what they are."""

import asyncio
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockgw.delivery.actions import Action, Chunk, Close, Finish, Flush, Hang, Head, Raw, Wait
from mockgw.delivery.faults import strike
from mockgw.delivery.faults.base import CannotStrike
from mockgw.delivery.faults.shaping import MOST_PIECES, MOST_SENDS
from mockgw.delivery.timeline import laid_out
from tests.delivery.streams import (
    FINISH,
    NAMES,
    PACED,
    begins,
    names,
    planned,
    played,
    read,
    scene,
    sends,
    sent,
    struck,
    waited,
)

BODY: list[Action] = [Head(200, {"content-length": "10"}), Chunk(b"0123456789"), FINISH]
LARGE: list[Action] = [Head(200, {}), Chunk(bytes(32_000_000)), FINISH]


def shaped(fault: Any, actions: list[Action] = BODY) -> list[Action]:
    return strike(actions, read(fault), scene())


def arrivals(actions: Sequence[Action]) -> list[float]:
    """The moment of each byte."""
    return [moment for moment, data in sends(actions) for _ in data]


def moments(actions: Sequence[Action]) -> list[tuple[str, float]]:
    """The moments of what is not in the body."""
    others = [one for one in laid_out(actions) if not isinstance(one.action, Chunk | Flush)]
    return [(type(one.action).__name__, one.due) for one in others]


OPTIONS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "latency": {"delay": st.floats(0, 5), "jitter": st.floats(0, 9)},
    "bandwidth": {"bytes_per_second": st.integers(1, 5000)},
    "slicer": {
        "average_size": st.integers(1, 400),
        "size_variation": st.integers(0, 50),
        "delay": st.sampled_from([0, 0.001, 2]),
    },
    "timeout": {"for": st.floats(0, 30)},
    "slow_close": {"delay": st.floats(0, 5)},
}
PLACES = st.one_of(
    st.none(),
    st.fixed_dictionaries({"bytes": st.integers(0, 300)}),
    st.fixed_dictionaries({"after": st.floats(0, 5)}),
    st.fixed_dictionaries({"fraction": st.floats(0, 0.9)}),
)


@st.composite
def faults(draw: st.DrawFn, endless: bool = True) -> dict[str, Any]:
    """One that leaves all bytes what they are."""
    name = draw(st.sampled_from([*OPTIONS]))
    fault = {"type": name} | draw(st.fixed_dictionaries(OPTIONS[name]))
    if name not in ("timeout", "slow_close"):
        fault |= draw(st.sampled_from([{}, {"for": draw(st.floats(0, 20))}]))
    place = draw(PLACES)
    return fault | ({"at": place} if place else {})


SEVERAL = st.lists(faults(), min_size=1, max_size=3)


@given(SEVERAL, st.booleans(), st.sampled_from([0, 5]))
def test_no_byte_is_changed_or_overtaken_and_nothing_comes_earlier(
    written: list[dict[str, Any]], stream: bool, delay: float
) -> None:
    plain = planned(PACED, stream=stream, delay=delay)
    actions = strike(plain, read(written), scene())
    assert sent(actions) == sent(plain)
    assert names(actions) == names(plain) if stream else True
    assert all(late >= due - 1e-6 for late, due in zip(arrivals(actions), arrivals(plain), strict=True))
    assert arrivals(actions) == sorted(arrivals(actions))
    assert [name for name, _ in moments(actions)] == ["Head", "Finish"]
    assert all(late >= due - 1e-6 for (_, late), (_, due) in zip(moments(actions), moments(plain), strict=True))


@given(st.sampled_from(["latency", "bandwidth", "slicer", "timeout"]), st.data(), st.booleans(), PLACES)
def test_for_no_time_it_changes_nothing(name: str, data: st.DataObject, stream: bool, at: Any) -> None:
    plain = planned(PACED, stream=stream, delay=5)
    fault = {"type": name} | data.draw(st.fixed_dictionaries(OPTIONS[name])) | {"for": 0}
    actions = strike(plain, read(fault | ({"at": at} if at else {})), scene())
    assert sends(actions) == sends(plain)
    assert moments(actions) == moments(plain)
    assert Flush() not in actions


@given(st.sampled_from(["latency", "bandwidth", "slicer"]), st.data(), st.floats(0, 15))
def test_when_its_time_is_over_all_is_as_it_was(name: str, data: st.DataObject, duration: float) -> None:
    plain = planned(PACED)
    options = data.draw(st.fixed_dictionaries(OPTIONS[name]))
    actions = strike(plain, read({"type": name} | options | {"for": duration}), scene())
    late, due = arrivals(actions), arrivals(plain)
    assert all(one == other for one, other in zip(late, due, strict=True) if other > duration + 1e-6)
    assert all(one <= max(duration, other) + 1e-6 for one, other in zip(late, due, strict=True))


@given(SEVERAL)
def test_one_seed_gives_the_same_actions(written: list[dict[str, Any]]) -> None:
    first, again = (strike(planned(PACED), read(written), scene()) for _ in range(2))
    assert first == again


def test_another_seed_gives_other_pieces() -> None:
    slicer = read({"type": "slicer", "size_variation": 9})
    assert sends(strike(planned(), slicer, scene(seed=0))) != sends(strike(planned(), slicer, scene(seed=1)))


@given(SEVERAL)
def test_no_byte_before_its_place_is_late(written: list[dict[str, Any]]) -> None:
    places = [fault | {"at": {"bytes": 700}} for fault in written]
    actions = strike(planned(PACED), read(places), scene())
    assert arrivals(actions)[:700] == arrivals(planned(PACED))[:700]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param({}, [Hang()], id="for-ever"),
        pytest.param({"timeout": 4}, [Wait(4), Close()], id="closed-after-a-time"),
        pytest.param({"timeout": 4, "for": 4}, [Wait(4), Close()], id="closed-when-it-would-end"),
        pytest.param({"timeout": 4, "for": 6}, [Wait(4), Close()], id="closed-before-it-would-end"),
        pytest.param({"for": 6}, [Wait(6), *BODY], id="silent-for-a-time"),
        pytest.param({"timeout": 7, "for": 6}, [Wait(6), *BODY], id="over-before-it-is-closed"),
        pytest.param({"at": {"bytes": 10}, "timeout": 4}, [*BODY[:2], Wait(4), Close()], id="at-the-end"),
        pytest.param({"at": {"bytes": 10}, "for": 4}, [*BODY[:2], Wait(4), FINISH], id="before-the-end"),
    ],
)
def test_a_timeout(options: dict[str, Any], expected: list[Action]) -> None:
    [fault] = read({"type": "timeout"} | options)
    assert shaped({"type": "timeout"} | options) == expected
    assert fault.breaks() == fault.ends() == (FINISH not in expected)


def test_a_timeout_ends_when_what_is_due_later_comes_in_its_own_time() -> None:
    actions = struck({"type": "timeout", "for": 4.5}, PACED)
    assert sends(actions)[0][0] == 4.5
    assert sends(actions)[1:] == [one for one in sends(planned(PACED)) if one[0] > 4.5]


@pytest.mark.parametrize("options", [{}, {"timeout": 3}], ids=["for-ever", "closed"])
def test_what_comes_before_a_timeout_comes_as_it_was_due(options: dict[str, Any]) -> None:
    actions = struck({"type": "timeout", "at": {"event": 9}} | options, PACED)
    assert names(actions) == list(NAMES[:8])
    assert begins(actions, planned(PACED))


def test_a_slow_close_holds_the_connection_that_it_closes() -> None:
    head, *rest = shaped({"type": "slow_close", "delay": 3})
    assert head == Head(200, {"content-length": "10", "connection": "close"})
    assert rest == [BODY[1], Finish(3)]


@pytest.mark.parametrize(
    ("faults", "problem"),
    [
        pytest.param({"type": "slow_close", "for": 8}, "ends after the 8 s of 'for'", id="over-before"),
        pytest.param([{"type": "stall"}, "slow_close"], "does not come to its end", id="after-a-stall"),
        pytest.param(["empty_response", "slow_close"], "does not come to its end", id="after-an-end"),
        pytest.param({"type": "limit_data", "bytes": 9999}, "has no 9999 bytes", id="limit-above-the-size"),
        pytest.param({"type": "limit_data", "bytes": 1200, "for": 2}, "within the 2 s of 'for'", id="limit-too-late"),
    ],
)
def test_what_cannot_be_shaped_says_why(faults: Any, problem: str) -> None:
    with pytest.raises(CannotStrike, match=problem):
        struck(faults, PACED)


def test_of_an_empty_body_no_byte_can_be_limited() -> None:
    with pytest.raises(CannotStrike, match="the answer has no 0 bytes"):
        shaped({"type": "limit_data", "bytes": 0}, [Head(502, {}), Chunk(b""), FINISH])


def test_a_slow_close_within_its_time() -> None:
    assert struck({"type": "slow_close", "for": 9}, PACED)[-1] == Finish(1)


@pytest.mark.parametrize("count", [0, 1, 300])
@pytest.mark.parametrize("stream", [True, False], ids=["streamed", "not-streamed"])
def test_a_limit_lets_so_many_bytes_pass(count: int, stream: bool) -> None:
    actions = struck({"type": "limit_data", "bytes": count}, PACED, stream=stream)
    assert sent(actions) == sent(planned(stream=stream))[:count]
    assert isinstance(actions[0 if stream else 1], Head)
    assert actions[-1] == Close()
    assert begins(actions, planned(PACED, stream=stream))


def test_a_limit_counts_from_its_place() -> None:
    actions = struck({"type": "limit_data", "bytes": 20, "at": {"bytes": 100}})
    assert sent(actions) == sent(planned())[:120]


def test_a_limit_that_is_met_in_time() -> None:
    fault = {"type": "limit_data", "bytes": 1200, "for": 9}
    assert sent(struck(fault, PACED)) == sent(planned())[:1200]


@given(st.integers(1, 400), st.integers(0, 100), st.booleans())
def test_pieces_are_as_large_as_they_were_asked_for(average: int, variation: int, stream: bool) -> None:
    plain = planned(stream=stream)
    actions = strike(plain, read({"type": "slicer", "average_size": average, "size_variation": variation}), scene())
    pieces = [data for _, data in sends(actions)]
    ends = {*accumulate(len(data) for data in pieces)}
    last = {*accumulate(len(action.data) for action in plain if isinstance(action, Chunk))}
    assert all(len(data) <= average + variation for data in pieces)
    assert last <= ends
    assert all(
        len(data) >= max(1, average - variation)
        for data, end in zip(pieces, accumulate(len(data) for data in pieces), strict=True)
        if end not in last
    )


def test_pieces_come_one_after_the_other() -> None:
    assert sends(shaped({"type": "slicer", "average_size": 4, "delay": 2})) == [
        (0, b"0123"),
        (2, b"4567"),
        (4, b"89"),
    ]


def test_pieces_of_two_events_are_apart_too() -> None:
    actions = struck({"type": "slicer", "average_size": 10_000, "delay": 1})
    assert [moment for moment, _ in sends(actions)] == list(range(20))  # 19 events and a ping


def test_what_is_due_later_than_the_piece_before_it_comes_when_it_is_due() -> None:
    actions: list[Action] = [BODY[0], Chunk(b"abc"), Wait(10), Chunk(b"def"), FINISH]
    assert sends(shaped({"type": "slicer", "average_size": 2, "delay": 4}, actions)) == [
        (0, b"ab"),
        (4, b"c"),
        (10, b"de"),
        (14, b"f"),
    ]


@pytest.mark.parametrize("delay", [0, 0.001])
def test_each_piece_leaves_in_a_send_of_its_own_even_without_time(delay: float) -> None:
    actions = shaped({"type": "slicer", "average_size": 4, "delay": delay})
    notes, _ = asyncio.run(played(actions, time_scale=0))
    assert [note for _, note in notes] == [200, b"0123", b"4567", b"89", (b"", "end")]


def test_a_slice_may_go_through_a_character() -> None:
    actions: list[Action] = [BODY[0], Chunk("aé".encode()), FINISH]
    assert [data for _, data in sends(shaped({"type": "slicer", "average_size": 2}, actions))] == [b"a\xc3", b"\xa9"]


def test_slices_end_with_their_time() -> None:
    fault = {"type": "slicer", "average_size": 2, "delay": 2, "for": 3}
    assert sends(shaped(fault)) == [(0, b"01"), (2, b"23"), (3, b"456789")]


def test_more_pieces_than_can_be_planned_are_refused() -> None:
    with pytest.raises(CannotStrike, match=f"more than {MOST_PIECES:,} pieces"):
        shaped({"type": "slicer", "average_size": 1}, LARGE)


def test_as_many_pieces_as_its_time_has_can_be_planned() -> None:
    actions = shaped({"type": "slicer", "average_size": 1, "delay": "10ms", "for": "1s"}, LARGE)
    assert len(sends(actions)) == 101


@given(st.integers(1, 3000), st.booleans(), st.sampled_from([0, 5]))
def test_no_more_bytes_have_come_than_the_line_is_wide(rate: int, stream: bool, delay: float) -> None:
    fault = {"type": "bandwidth", "bytes_per_second": rate}
    passed = 0
    for moment, data in sends(struck(fault, PACED, stream=stream, delay=delay)):
        passed += len(data)
        assert passed <= rate * (moment + 1e-5)


def test_a_narrow_line_brings_pieces_ten_times_a_second() -> None:
    actions: list[Action] = [BODY[0], Chunk(bytes(100)), FINISH]
    found = sends(shaped({"type": "bandwidth", "bytes_per_second": 200}, actions))
    assert [(moment, len(data)) for moment, data in found] == [(0.1, 20), (0.2, 20), (0.3, 20), (0.4, 20), (0.5, 20)]


def test_a_line_that_was_idle_is_no_faster_for_it() -> None:
    actions: list[Action] = [BODY[0], Chunk(b"ab"), Wait(10), Chunk(b"cd"), FINISH]
    found = sends(shaped({"type": "bandwidth", "bytes_per_second": 1}, actions))
    assert found == [(1, b"a"), (2, b"b"), (11, b"c"), (12, b"d")]


def test_however_narrow_the_line_a_large_answer_is_planned_in_few_pieces() -> None:
    actions = shaped([{"type": "bandwidth", "bytes_per_second": 1}] * 2, LARGE)
    assert len(sends(actions)) <= MOST_SENDS + 1
    assert waited(actions) >= 32_000_000


def test_latency_is_added_to_all() -> None:
    actions = struck({"type": "latency", "delay": 2}, PACED, delay=5)
    assert sends(actions) == [(moment + 2, data) for moment, data in sends(planned(PACED, delay=5))]
    assert moments(actions) == [(name, moment + 2) for name, moment in moments(planned(PACED, delay=5))]


def test_latency_with_a_jitter_is_within_it_and_never_earlier() -> None:
    actions = struck({"type": "latency", "delay": 2, "jitter": 3}, PACED)
    late = [one - due for one, due in zip(arrivals(actions), arrivals(planned(PACED)), strict=True)]
    assert min(late) >= 0
    assert max(late) <= 5
    assert len({round(one, 6) for one in late}) > 3


@pytest.mark.parametrize("name", ["bandwidth", "slicer"])
def test_what_goes_past_the_framing_is_shaped_too(name: str) -> None:
    fault = {"type": name} | ({"bytes_per_second": 1} if name == "bandwidth" else {"average_size": 3, "delay": 1})
    actions = shaped([{"type": "content_length_mismatch", "by": -6}, fault])
    assert b"".join(data for _, data in sends(actions)) == b"0123456789"
    assert sum(isinstance(action, Raw) for action in actions) == (6 if name == "bandwidth" else 2)
    assert len(sends(actions)) == (10 if name == "bandwidth" else 4)
    assert actions[-1] == Close()


def test_the_pieces_of_one_fault_can_be_shaped_by_another() -> None:
    slicer = {"type": "slicer", "average_size": 5, "delay": 1}
    assert sends(shaped([slicer, {"type": "latency", "delay": 2}])) == [(2, b"01234"), (3, b"56789")]
    assert sends(shaped([slicer, slicer | {"average_size": 2, "delay": 0}])) == [
        (0, b"01"),
        (0, b"23"),
        (0, b"4"),
        (1, b"56"),
        (1, b"78"),
        (1, b"9"),
    ]
