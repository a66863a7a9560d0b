"""Response: heads and bodies that are not what they should be."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockgw.delivery.actions import Action, Chunk, Close, Finish, Head, Raw, Wait
from mockgw.delivery.faults import strike
from mockgw.delivery.faults.base import CannotStrike
from tests.delivery.streams import PACED, names, planned, read, scene, sends, sent, struck

both_ways = pytest.mark.parametrize("stream", [True, False], ids=["streamed", "not-streamed"])
RESPONSE = ["html_error_page", "wrong_content_type", "content_length_mismatch", "error_body_200"]
each_fault = pytest.mark.parametrize("name", RESPONSE)


def head_of(actions: list[Action]) -> Head:
    [head] = [action for action in actions if isinstance(action, Head)]
    return head


@each_fault
@both_ways
def test_it_strikes_when_the_head_is_due(name: str, stream: bool) -> None:
    wait, head, *_ = struck(name, stream=stream, delay=5)
    assert (wait, type(head)) == (Wait(5), Head)


@each_fault
@pytest.mark.parametrize("at", [{"after": 2}, {"after": 0}], ids=str)
def test_it_can_strike_before(name: str, at: dict[str, float]) -> None:
    actions = struck({"type": name, "at": at}, delay=5)
    replaced = name in ("html_error_page", "error_body_200")
    assert sends(actions)[0][0] == (at["after"] if replaced else 5)


@each_fault
@pytest.mark.parametrize("at", [{"bytes": 0}, {"event": 1}, {"fraction": 0}, {"after": 6}], ids=str)
def test_it_cannot_strike_behind_the_head(name: str, at: dict[str, float]) -> None:
    with pytest.raises(CannotStrike, match="the head has left by then"):
        struck({"type": name, "at": at}, PACED, delay=5)


@each_fault
def test_where_no_head_comes_there_is_none_to_strike(name: str) -> None:
    with pytest.raises(CannotStrike, match="no head comes"):
        strike([Wait(1), Close()], read(name), scene())


@pytest.mark.parametrize(
    ("status", "said"),
    [
        pytest.param(502, b"502 Bad Gateway", id="bad-gateway"),
        pytest.param(504, b"504 Gateway Timeout", id="timeout"),
        pytest.param(499, b"499 Error", id="unknown"),
    ],
)
@both_ways
def test_a_proxys_page_stands_for_the_answer(stream: bool, status: int, said: bytes) -> None:
    head, page, end = struck({"type": "html_error_page", "status": status}, PACED, stream=stream)[not stream :]
    assert isinstance(page, Chunk)
    assert head == Head(status, {"content-type": "text/html; charset=utf-8", "content-length": str(len(page.data))})
    assert page.data.count(said) == 2
    assert end == Finish()


def test_without_a_status_the_page_says_502() -> None:
    assert head_of(struck("html_error_page")).status == 502


@both_ways
@pytest.mark.parametrize("said", [None, "text/plain", "application/xml; charset=utf-8"])
def test_a_wrong_content_type_changes_nothing_but_that(stream: bool, said: str | None) -> None:
    option = {"content_type": said} if said else {}
    actions = struck({"type": "wrong_content_type"} | option, PACED, stream=stream)
    plain = planned(PACED, stream=stream)
    assert head_of(actions).headers == head_of(plain).headers | {"content-type": said or "text/html; charset=utf-8"}
    assert sends(actions) == sends(plain)


@pytest.mark.parametrize("said", ["text/event-stream", "Text/Event-Stream; charset=latin1"])
def test_a_content_type_that_is_right_is_no_fault(said: str) -> None:
    with pytest.raises(CannotStrike, match="text/event-stream is what the answer is"):
        struck({"type": "wrong_content_type", "content_type": said})


def test_what_a_head_cannot_carry_is_spelt_out() -> None:
    actions = struck({"type": "wrong_content_type", "content_type": "a/ü\r\nx: y"})
    assert head_of(actions).headers["content-type"] == r"a/\xfc\r\nx: y"


@given(st.integers(-900, 900).filter(bool), st.booleans())
def test_a_length_is_off_by_so_much_and_no_byte_is_missing(by: int, stream: bool) -> None:
    whole = sent(planned(stream=stream))
    by = max(by, -len(whole))
    actions = struck({"type": "content_length_mismatch", "by": by}, stream=stream)
    past = b"".join(action.data for action in actions if isinstance(action, Raw))
    assert head_of(actions).headers["content-length"] == str(len(whole) + by)
    assert len(past) == max(0, -by)
    assert sent(actions) + past == whole
    assert actions[-1] == Close()


def test_a_length_that_is_off_changes_no_moment() -> None:
    actions = struck({"type": "content_length_mismatch", "by": -900}, PACED)
    assert [moment for moment, data in sends(actions) for _ in data] == [
        moment for moment, data in sends(planned(PACED)) for _ in data
    ]


def test_no_more_bytes_can_be_left_out_than_there_are() -> None:
    with pytest.raises(CannotStrike, match="the answer has no 100000 bytes"):
        struck({"type": "content_length_mismatch", "by": -100_000})


@pytest.mark.parametrize(
    ("error", "told"),
    [
        pytest.param(None, ("overloaded_error", "Overloaded"), id="overloaded"),
        pytest.param(429, ("rate_limit_error", "You are being rate limited"), id="status"),
        pytest.param({"type": "api_error", "message": "No."}, ("api_error", "No."), id="mapping"),
    ],
)
@both_ways
def test_an_error_may_say_that_all_is_well(stream: bool, error: Any, told: tuple[str, str]) -> None:
    option = {"error": error} if error else {}
    actions = struck({"type": "error_body_200"} | option, stream=stream)
    body = json.loads(sent(actions))["error"]
    assert (body["type"], body["message"]) == told
    assert head_of(actions) == Head(
        200, {"content-type": "application/json", "content-length": str(len(sent(actions)))}
    )
    assert (actions[-1], names(actions)) == (Finish(), [])


def test_a_page_can_be_shaped_and_cut_as_any_answer() -> None:
    reset = {"type": "connection_reset_by_peer", "at": {"bytes": 40}}
    actions = struck(["html_error_page", {"type": "slicer", "average_size": 30, "delay": 1}, reset])
    assert [(moment, len(data)) for moment, data in sends(actions)] == [(0, 30), (1, 10)]
