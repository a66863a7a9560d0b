"""Faults: what each one leaves of an answer."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from mockgw.delivery.actions import Action, Chunk, Finish, Hang, Head, Wait
from mockgw.delivery.faults import Faults, strike
from mockgw.delivery.faults.base import CannotStrike, Fault
from mockgw.delivery.pacing import INSTANT, Pace
from mockgw.protocol.dialects import ANTHROPIC, SIRAYA, Dialect
from mockgw.protocol.events import PING
from mockgw.protocol.sse import PING_FRAME
from tests.delivery.streams import NAMES, events, named, planned, scene, sent, waited

READ: TypeAdapter[tuple[Fault, ...]] = TypeAdapter(Faults)
PACED = Pace(ttft=2, interval=1)


def _struck(fault: Any, pace: Pace = INSTANT, *, stream: bool = True, delay: float = 0.0) -> list[Action]:
    return strike(planned(pace, stream=stream, delay=delay), READ.validate_python(fault), scene())


def _names(actions: list[Action]) -> list[str]:
    return [named(event) for event in events(actions)]


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
    actions = _struck({"type": "error_event", "error": 429} | ({"at": at} if at else {}), PACED)
    assert _names(actions) == [*NAMES[:arriving], "error"]
    assert actions[-1] == Finish()


@PLACES
def test_a_truncated_stream_ends_cleanly(at: Any, arriving: int) -> None:
    actions = _struck({"type": "truncate"} | ({"at": at} if at else {}), PACED)
    assert _names(actions) == list(NAMES[:arriving])
    assert actions[-1] == Finish()


@PLACES
def test_a_stream_that_stalls_for_ever_hangs(at: Any, arriving: int) -> None:
    actions = _struck({"type": "stall"} | ({"at": at} if at else {}), PACED)
    assert _names(actions) == list(NAMES[:arriving])
    assert actions[-1] == Hang()


@PLACES
def test_a_stream_that_stalls_for_a_time_arrives_whole(at: Any, arriving: int) -> None:
    actions = _struck({"type": "stall", "for": "30s"} | ({"at": at} if at else {}), PACED)
    assert sent(actions) == sent(planned(PACED))
    assert waited(actions) == 39
    pause = actions.index(Wait(30))
    assert _names(actions[:pause]) == list(NAMES[:arriving])


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
    actions = strike(planned(), READ.validate_python("error_event"), scene(dialect))
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
    actions = _struck(written | {"at": {"bytes": count}})
    arrived = b"".join(a.data for a in actions if isinstance(a, Chunk) and (a.event or {}).get("type") != "error")
    assert arrived == sent(planned())[: len(arrived)]
    assert len(arrived) >= count
    assert arrived.endswith(b"\n\n")


def test_a_truncated_stream_may_end_inside_a_frame() -> None:
    assert sent(_struck({"type": "truncate", "at": {"bytes": 400}})) == sent(planned())[:400]


@pytest.mark.parametrize("at", [{"bytes": 40}, {"fraction": 0.1}, {"after": 9}], ids=str)
def test_a_truncated_body_promises_no_length(at: dict[str, Any]) -> None:
    actions = _struck({"type": "truncate", "at": at}, PACED, stream=False)
    (head,) = [action for action in actions if isinstance(action, Head)]
    assert head.headers == {"content-type": "application/json", "request-id": "req_1"}
    whole = sent(planned(stream=False))
    assert sent(actions) == whole[: {"bytes": 40, "fraction": len(whole) // 10, "after": 0}[next(iter(at))]]


def test_a_body_that_stalls_half_way_keeps_its_length() -> None:
    actions = _struck({"type": "stall", "for": 3}, stream=False)
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
    actions = _struck({"type": fault, "at": {"after": 2}}, PACED, stream=stream, delay=5)
    assert (actions[0], type(actions[1]), actions[-1]) == (Wait(2), Head, Finish())
    assert (_names(actions), len(actions)) == (said, 3 + len(said))


def test_a_stall_before_the_head_is_silent() -> None:
    assert _struck({"type": "stall", "at": {"after": 2}}, delay=5) == [Wait(2), Hang()]


def test_a_stall_with_pings_before_the_head_begins_with_it() -> None:
    first, head, hang = _struck({"type": "stall", "pings": True, "at": {"after": 2}}, delay=5)
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
    actions = _struck({"type": "stall", "for": duration, "pings": True})
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
        _struck(fault, stream=False)


def test_several_faults_strike_in_their_order() -> None:
    stall = {"type": "stall", "for": 3, "at": {"event": 4}}
    actions = _struck([stall, {"type": "error_event", "at": {"event": 9}}])
    assert _names(actions) == [*NAMES[:8], "error"]
    assert _names(actions[: actions.index(Wait(3))]) == list(NAMES[:3])


def test_a_name_stands_for_a_fault_and_one_for_a_list() -> None:
    (fault,) = READ.validate_python("stall")
    assert (fault.rate, fault.max_hits, fault.at) == (1.0, None, None)
    assert READ.validate_python(["stall"]) == READ.validate_python({"type": "stall"}) == (fault,)


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
        READ.validate_python(written)
    assert problem in str(caught.value)
