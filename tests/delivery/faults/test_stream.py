"""Stream: what each fault leaves of the events."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockgw.delivery.actions import Chunk, Finish, Hang, Head, Wait
from mockgw.delivery.faults import strike
from mockgw.delivery.faults.base import CannotStrike
from mockgw.delivery.pacing import MOST_PINGS, Pace
from mockgw.protocol.dialects import ANTHROPIC, SIRAYA, Dialect
from mockgw.protocol.events import PING
from mockgw.protocol.sse import PING_FRAME
from tests.delivery.streams import (
    NAMES,
    PACED,
    begins,
    events,
    names,
    planned,
    read,
    scene,
    sends,
    sent,
    struck,
    waited,
)

PLACES = pytest.mark.parametrize(
    ("at", "arriving"),
    [
        pytest.param(None, 9, id="half-way"),
        pytest.param({"event": 1}, 0, id="at-once"),
        pytest.param({"event": 9}, 8, id="in-text"),
        pytest.param({"type": "content_block_delta", "nth": 2, "block": 0}, 3, id="in-thinking"),
        pytest.param({"fraction": 0.67, "block": 2}, 15, id="half-way-through-a-tool-s-json"),
        pytest.param({"type": "message_stop"}, 18, id="at-the-very-end"),
        pytest.param({"after": 2.5}, 3, id="in-time"),
    ],
)


@PLACES
def test_an_error_event_ends_the_stream(at: Any, arriving: int) -> None:
    actions = struck({"type": "error_event", "error": 429} | ({"at": at} if at else {}), PACED)
    assert names(actions) == [*NAMES[:arriving], "error"]
    assert actions[-1] == Finish()


@PLACES
def test_a_truncated_stream_ends_cleanly(at: Any, arriving: int) -> None:
    actions = struck({"type": "truncate"} | ({"at": at} if at else {}), PACED)
    assert names(actions) == list(NAMES[:arriving])
    assert actions[-1] == Finish()


@PLACES
def test_a_stream_that_stalls_for_ever_hangs(at: Any, arriving: int) -> None:
    actions = struck({"type": "stall"} | ({"at": at} if at else {}), PACED)
    assert names(actions) == list(NAMES[:arriving])
    assert actions[-1] == Hang()


@PLACES
def test_a_stream_that_stalls_for_a_time_arrives_whole(at: Any, arriving: int) -> None:
    actions = struck({"type": "stall", "for": "30s"} | ({"at": at} if at else {}), PACED)
    assert sent(actions) == sent(planned(PACED))
    assert waited(actions) == 39
    pause = actions.index(Wait(30))
    assert names(actions[:pause]) == list(NAMES[:arriving])


@pytest.mark.parametrize(
    ("dialect", "error"),
    [
        pytest.param(
            SIRAYA,
            {"message": "Overloaded", "type": "overloaded_error", "param": "", "code": 529},
            id="siraya",
        ),
        pytest.param(ANTHROPIC, {"type": "overloaded_error", "message": "Overloaded"}, id="anthropic"),
    ],
)
def test_an_error_event_speaks_the_dialect(dialect: Dialect, error: dict[str, Any]) -> None:
    actions = strike(planned(), read("error_event"), scene(dialect))
    last = events(actions)[-1]
    assert (last["type"], last["error"], last.get("request_id")) == (
        "error",
        error,
        "req_1" if dialect is ANTHROPIC else None,
    )


@pytest.mark.parametrize("fault", ["error_event", {"type": "stall", "pings": True}], ids=["error_event", "stall"])
@pytest.mark.parametrize("count", [1, 400, 1000])
def test_an_event_never_begins_inside_a_frame(fault: Any, count: int) -> None:
    written = {"type": fault} if isinstance(fault, str) else fault
    actions = struck(written | {"at": {"bytes": count}})
    arrived = b"".join(a.data for a in actions if isinstance(a, Chunk) and (a.event or {}).get("type") != "error")
    assert arrived == sent(planned())[: len(arrived)]
    assert len(arrived) >= count
    assert arrived.endswith(b"\n\n")


def test_a_truncated_stream_may_end_inside_a_frame() -> None:
    assert sent(struck({"type": "truncate", "at": {"bytes": 400}})) == sent(planned())[:400]


@pytest.mark.parametrize("at", [{"bytes": 40}, {"fraction": 0.1}, {"after": 9}], ids=str)
def test_a_truncated_body_promises_no_length(at: dict[str, Any]) -> None:
    actions = struck({"type": "truncate", "at": at}, PACED, stream=False)
    (head,) = [action for action in actions if isinstance(action, Head)]
    assert head.headers == {"content-type": "application/json", "request-id": "req_1"}
    whole = sent(planned(stream=False))
    assert sent(actions) == whole[: {"bytes": 40, "fraction": len(whole) // 10, "after": 0}[next(iter(at))]]


def test_a_body_that_stalls_half_way_keeps_its_length() -> None:
    actions = struck({"type": "stall", "for": 3}, stream=False)
    head, first, pause, second, finish = actions
    whole = sent(planned(stream=False))
    assert isinstance(head, Head)
    assert head.headers["content-length"] == str(len(whole))
    assert (pause, finish, sent([first, second])) == (Wait(3), Finish(), whole)
    assert len(sent([first])) == len(whole) // 2


@pytest.mark.parametrize(
    ("fault", "stream", "said"),
    [
        pytest.param("error_event", True, ["error"], id="error-event"),
        pytest.param("truncate", True, [], id="truncated-stream"),
        pytest.param("truncate", False, [], id="truncated-body"),
    ],
)
def test_an_answer_that_ends_before_it_began_has_a_head(fault: str, stream: bool, said: list[str]) -> None:
    actions = struck({"type": fault, "at": {"after": 2}}, PACED, stream=stream, delay=5)
    assert (actions[0], type(actions[1]), actions[-1]) == (Wait(2), Head, Finish())
    assert (names(actions), len(actions)) == (said, 3 + len(said))


def test_a_stall_before_the_head_is_silent() -> None:
    assert struck({"type": "stall", "at": {"after": 2}}, delay=5) == [Wait(2), Hang()]


def test_a_stall_with_pings_before_the_head_begins_with_it() -> None:
    first, head, hang = struck({"type": "stall", "pings": True, "at": {"after": 2}}, delay=5)
    assert (first, type(head), hang) == (Wait(2), Head, Hang(Chunk(PING_FRAME, PING), 5.0))


@pytest.mark.parametrize(
    ("duration", "pauses"),
    [
        pytest.param("12s", [Wait(5.0), "ping", Wait(5.0), "ping", Wait(2.0)], id="with-a-rest"),
        pytest.param("5s", [Wait(5.0)], id="no-ping-at-the-end"),
        pytest.param("0s", [], id="none"),
    ],
)
def test_pings_go_on_while_a_stream_stalls(duration: str, pauses: list[Any]) -> None:
    actions = struck({"type": "stall", "for": duration, "pings": True})
    plain = planned()
    place = len(planned()) - len(NAMES[9:]) - 1
    expected = [Chunk(PING_FRAME, PING) if pause == "ping" else pause for pause in pauses]
    assert actions == [*plain[:place], *expected, *plain[place:]]


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        pytest.param("error_event", "it has no place for an error event", id="error-event"),
        pytest.param({"type": "stall", "pings": True}, "it has no place for pings", id="pings"),
        pytest.param({"type": "truncate", "at": {"event": 2}}, "the answer has 0 events, not 2", id="event"),
        pytest.param({"type": "stall", "at": {"bytes": 9999}}, "the answer has no 9999 bytes", id="bytes"),
    ],
)
def test_what_cannot_happen_to_a_body_says_why(fault: Any, problem: str) -> None:
    with pytest.raises(CannotStrike, match=problem):
        struck(fault, stream=False)


def test_a_stall_with_more_pings_than_can_be_planned_is_refused() -> None:
    with pytest.raises(CannotStrike, match=f"more than {MOST_PINGS:,} pings; without 'for', they go on for ever"):
        struck({"type": "stall", "for": "7d", "pings": True})
    assert waited(struck({"type": "stall", "for": "7d"})) == 604_800


@pytest.mark.parametrize(
    ("fault", "numbers"),
    [
        pytest.param("drop_event", [*range(1, 10), *range(11, 20)], id="drop-half-way"),
        pytest.param("duplicate_event", [*range(1, 11), *range(10, 20)], id="duplicate-half-way"),
        pytest.param("reorder_events", [*range(1, 10), 11, 10, *range(12, 20)], id="reorder-half-way"),
        pytest.param({"type": "drop_event", "at": {"event": 1}}, range(2, 20), id="drop-the-first"),
        pytest.param({"type": "drop_event", "at": {"type": "message_stop"}}, range(1, 19), id="drop-the-last"),
        pytest.param({"type": "duplicate_event", "at": {"event": 19}}, [*range(1, 20), 19], id="duplicate-the-last"),
        pytest.param({"type": "reorder_events", "at": {"event": 18}}, [*range(1, 18), 19, 18], id="reorder-the-last"),
        pytest.param({"type": "drop_event", "at": {"event": 2, "block": 1}}, [*range(1, 8), *range(9, 20)], id="block"),
        pytest.param({"type": "drop_event", "at": {"after": 2.5}}, [1, 2, 3, *range(5, 20)], id="time"),
        pytest.param({"type": "drop_event", "at": {"bytes": 0}}, range(2, 20), id="no-bytes"),
        pytest.param({"type": "drop_event", "at": {"bytes": 1}}, [1, *range(3, 20)], id="in-a-frame-the-next"),
    ],
)
def test_which_events_arrive(fault: Any, numbers: Any) -> None:
    actions = struck(fault, PACED)
    assert names(actions) == [NAMES[number - 1] for number in numbers]
    assert (actions[-1], waited(actions)) == (Finish(), 9)


@pytest.mark.parametrize("name", ["drop_event", "duplicate_event", "reorder_events", "malformed_sse"])
def test_a_place_before_the_head_strikes_the_first_event_and_not_the_delay(name: str) -> None:
    actions = struck({"type": name, "at": {"after": 2}}, delay=5)
    plain = planned(delay=5)
    assert sends(actions)[0][0] == 5
    assert sent(actions) != sent(plain)
    assert sum(isinstance(action, Head) for action in actions) == 1


def test_pings_between_two_events_stay_where_they_are() -> None:
    pace = Pace(ttft=2, interval=1, ping_every=0.4)
    reordered = struck({"type": "reorder_events", "at": {"event": 8}}, pace)
    assert names(reordered) == [*NAMES[:7], "there ", "Hello ", *NAMES[9:]]
    assert sent(reordered).count(PING_FRAME) == sent(planned(pace)).count(PING_FRAME)


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        pytest.param("drop_event", "it has no place for events", id="drop"),
        pytest.param("duplicate_event", "it has no place for events", id="duplicate"),
        pytest.param("reorder_events", "it has no place for events", id="reorder"),
        pytest.param("malformed_sse", "it has no place for events", id="malformed"),
    ],
)
def test_a_body_has_no_events(fault: str, problem: str) -> None:
    with pytest.raises(CannotStrike, match=problem):
        struck(fault, stream=False)


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        pytest.param(
            {"type": "reorder_events", "at": {"type": "message_stop"}},
            "no event follows with which it could change places",
            id="no-second",
        ),
        pytest.param({"type": "drop_event", "at": {"bytes": len(sent(planned()))}}, "no event follows", id="no-first"),
        pytest.param({"type": "drop_event", "at": {"after": 99}}, "does not take 99 s", id="no-such-time"),
    ],
)
def test_where_no_event_follows_there_is_none_to_strike(fault: dict[str, Any], problem: str) -> None:
    with pytest.raises(CannotStrike, match=problem):
        struck(fault)


def test_a_stream_is_one_whatever_its_head_says() -> None:
    actions = struck(["wrong_content_type", {"type": "error_event", "at": {"event": 4}}])
    assert names(actions) == [*NAMES[:3], "error"]


@given(st.integers(1, 2000))
def test_whatever_was_due_before_an_end_comes_as_it_was_due(count: int) -> None:
    for name in ("truncate", "stall"):
        assert begins(struck({"type": name, "at": {"bytes": count}}, PACED), planned(PACED))
