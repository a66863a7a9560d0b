"""Faults together: how they are written, and what several make of one answer."""

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from mockgw.delivery.actions import Close, Finish, Reset, Wait
from mockgw.delivery.faults import ALONE, GROUPS, AnyFault, name_of, strike
from mockgw.delivery.faults import NAMES as FAULTS
from mockgw.delivery.faults.base import CannotStrike, HasEnded
from tests.delivery.streams import NAMES, PACED, names, planned, read, scene, sends, sent, struck, waited

ENDING = [
    "empty_response",
    "connection_reset_by_peer",
    "random_data_then_close",
    "malformed_response_chunk",
    "timeout",
    "limit_data",
    "error_event",
    "truncate",
    "stall",
    "content_length_mismatch",
]
HARMLESS = ["slow_close", "bandwidth", "slicer", "latency"]
NEEDED = {"limit_data": {"bytes": 100}, "bandwidth": {"bytes_per_second": 100}}


def one(name: str, **options: Any) -> dict[str, Any]:
    """A fault with as few options as it can do with."""
    return {"type": name} | NEEDED.get(name, {}) | options


def test_every_fault_has_a_name_and_a_group() -> None:
    assert [fault for faults in GROUPS.values() for fault in faults] == list(get_args(AnyFault))
    assert [name_of(fault) for fault in get_args(AnyFault)] == FAULTS
    assert set(FAULTS) - set(ALONE) == NEEDED.keys()


def test_several_faults_strike_in_their_order() -> None:
    stall = {"type": "stall", "for": 3, "at": {"event": 4}}
    actions = struck([stall, {"type": "error_event", "at": {"event": 9}}])
    assert names(actions) == [*NAMES[:8], "error"]
    assert names(actions[: actions.index(Wait(3))]) == list(NAMES[:3])


def test_a_name_stands_for_a_fault_and_one_for_a_list() -> None:
    (fault,) = read("stall")
    assert (fault.rate, fault.max_hits, fault.at) == (1.0, None, None)
    assert read(["stall"]) == read({"type": "stall"}) == (fault,)


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        pytest.param("slise", "Input tag 'slise' found", id="unknown"),
        pytest.param({"type": "stall", "rate": 2}, "expected a share from 0 to 1, found 2", id="rate"),
        pytest.param({"type": "stall", "max_hits": 0}, "expected at least 1, found 0", id="max-hits"),
        pytest.param({"type": "stall", "fore": 2}, "unknown key 'fore'; did you mean 'for'?", id="typo"),
        pytest.param({"type": "truncate", "for": 2}, "unknown key 'for'", id="not-its-option"),
    ],
)
def test_a_fault_that_cannot_be_meant(written: Any, problem: str) -> None:
    with pytest.raises(ValidationError) as caught:
        read(written)
    assert problem in str(caught.value)


@pytest.mark.parametrize("name", FAULTS)
def test_which_faults_end_an_answer_and_which_leave_it_whole(name: str) -> None:
    [fault] = read(one(name))
    assert (fault.ends(), fault.breaks()) == (name in ENDING, name not in HARMLESS)


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_strikes_a_stream_where_nothing_is_known_of_it(name: str) -> None:
    [fault] = read(one(name))
    assert strike(planned(PACED, delay=3), [fault.anywhere()], scene()) != planned(PACED, delay=3)


@pytest.mark.parametrize("second", [name for name in ENDING if name != "timeout"])
@pytest.mark.parametrize("first", ["truncate", "connection_reset_by_peer", "timeout"])
def test_an_answer_ends_once(first: str, second: str) -> None:
    with pytest.raises(HasEnded, match=f"'{first}' before it has ended the answer"):
        struck([one(first, at={"event": 9}), "latency", one(second)])


@pytest.mark.parametrize("second", ["html_error_page", "error_body_200"])
def test_an_answer_that_has_ended_cannot_be_replaced(second: str) -> None:
    with pytest.raises(HasEnded, match="'truncate' before it has ended the answer"):
        struck(["truncate", second])
    assert sent(struck([second, {"type": "truncate", "at": {"bytes": 9}}])) == sent(struck([second]))[:9]


REPLACING = [name for name in FAULTS if read(one(name))[0].replaces]


@pytest.mark.parametrize("second", REPLACING)
@pytest.mark.parametrize("first", [name for name in FAULTS if name not in ENDING])
def test_of_faults_before_another_answer_only_the_delay_is_left(first: str, second: str) -> None:
    both, alone = struck([one(first), one(second)], PACED, delay=3), struck([one(second)], PACED, delay=3)
    assert (both != alone) is (first == "latency")


def test_what_is_over_before_it_ends_the_answer_is_no_end() -> None:
    faults = [{"type": "timeout", "for": 2}, {"type": "stall", "for": 2}, "truncate"]
    assert waited(struck(faults)) == 4


@pytest.mark.parametrize("name", ["slow_close", "connection_reset_by_peer", "random_data_then_close", "limit_data"])
def test_what_needs_a_socket_says_so(name: str) -> None:
    with pytest.raises(CannotStrike, match=f"this connection is no socket, and '{name}' needs one"):
        strike(planned(), read(one(name)), scene(socket=False))


def test_what_needs_no_socket_strikes_without_one() -> None:
    assert strike(planned(), read(["slicer", "truncate"]), scene(socket=False))[-1] == Finish()


def test_latency_then_a_slicer_then_a_reset() -> None:
    slicer = {"type": "slicer", "average_size": 100, "delay": 1}
    reset = {"type": "connection_reset_by_peer", "at": {"bytes": 250}}
    actions = struck([{"type": "latency", "delay": 5}, slicer, reset], delay=2)
    whole = sent(planned())
    frame = whole.index(b"\n\n") + 2
    assert sends(actions) == [(7.0, whole[:100]), (8.0, whole[100:200]), (9.0, whole[200:250])]
    assert (actions[-1], frame > 250) == (Reset(), True)


@pytest.mark.parametrize("first", ["latency", "slicer", "bandwidth", "slow_close"])
def test_shaping_before_the_connection_is_closed_delays_its_end(first: str) -> None:
    actions = struck([one(first), {"type": "empty_response", "at": {"type": "message_stop"}}])
    assert sent(actions) == sent(planned())[: len(sent(actions))]
    assert names(actions) == list(NAMES[:-1])
    assert actions[-1] == Close()


@pytest.mark.parametrize("ending", ["empty_response", "connection_reset_by_peer"])
def test_latency_after_an_end_delays_it(ending: str) -> None:
    first, last = struck([ending, {"type": "latency", "delay": 3}])
    assert (first, last) == (Wait(3), Close() if ending == "empty_response" else Reset())


@pytest.mark.parametrize("shaping", [one("slicer"), one("bandwidth")], ids=["slicer", "bandwidth"])
def test_where_no_bytes_follow_there_is_nothing_to_shape(shaping: dict[str, Any]) -> None:
    with pytest.raises(CannotStrike, match="no bytes follow there"):
        struck(["empty_response", shaping])


SLICERS = st.fixed_dictionaries(
    {"average_size": st.integers(1, 60), "size_variation": st.integers(0, 30), "delay": st.sampled_from([0, 0.5])}
).map(lambda options: one("slicer", **options))
EVENTS = st.one_of(
    st.fixed_dictionaries({"event": st.integers(2, 17)}),
    st.fixed_dictionaries({"type": st.just("content_block_delta"), "nth": st.integers(1, 9)}),
    st.fixed_dictionaries({"event": st.integers(1, 4), "block": st.integers(0, 2)}),
    st.fixed_dictionaries({"fraction": st.floats(0, 1)}),
)
OF_EVENTS = st.one_of(
    st.sampled_from(["error_event", "truncate", "drop_event", "duplicate_event", "reorder_events"]).map(one),
    st.sampled_from(["bad_json", "no_blank_line", "unknown_event", "half_utf8", "ping_flood", "comments", "crlf"]).map(
        lambda kind: one("malformed_sse", kind=kind)
    ),
    st.booleans().map(lambda pings: one("stall", pings=pings, **{"for": 12})),
)


@given(OF_EVENTS, EVENTS, st.lists(SLICERS, min_size=1, max_size=2), st.sampled_from([0, 7]))
def test_in_a_sliced_stream_events_are_found_as_if_it_were_whole(
    fault: dict[str, Any], at: dict[str, Any], slicers: list[dict[str, Any]], delay: float
) -> None:
    fault = fault | {"at": at}
    expected = sent(struck(fault, PACED, delay=delay))
    assert sent(struck([*slicers, fault], PACED, delay=delay)) == expected
    assert sent(struck([fault, *slicers], PACED, delay=delay)) == expected


@given(OF_EVENTS, OF_EVENTS, EVENTS, EVENTS, st.lists(SLICERS, max_size=1))
def test_two_faults_of_the_stream_strike_or_say_why_not(
    first: dict[str, Any], second: dict[str, Any], at: dict[str, Any], then: dict[str, Any], slicers: list[Any]
) -> None:
    faults = [first | {"at": at}, *slicers, second | {"at": then}]
    try:
        actions = struck(faults)
    except CannotStrike:
        return
    assert actions[-1] == Finish()
    assert sent(actions) != sent(planned()) or "stall" in (first["type"], second["type"])


@pytest.mark.parametrize("fault", ["error_event", one("stall", pings=True)], ids=["error_event", "stall"])
def test_a_sliced_frame_that_has_begun_arrives_whole(fault: Any) -> None:
    [written] = read(fault)
    place = {"type": written.type, "at": {"bytes": 20}} | ({"pings": True} if written.type == "stall" else {})
    actions = struck([one("slicer", average_size=7), place])
    first_frame = sent(planned()).index(b"\n\n") + 2
    assert sent(actions)[:first_frame] == sent(planned())[:first_frame]
