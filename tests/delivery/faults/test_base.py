"""Base: where a fault strikes, and what it needs to know."""

from typing import Any

import pytest

from mockgw.delivery.actions import Head, Wait
from mockgw.delivery.faults.base import CannotStrike, with_headers, without_length
from tests.delivery.streams import NAMES, PACED, names, planned, read, sent, waited


@pytest.mark.parametrize(
    ("fault", "seconds", "arriving"),
    [
        pytest.param("empty_response", 5, 0, id="connection-when-the-first-byte-is-due"),
        pytest.param("html_error_page", 5, 0, id="response-when-the-head-is-due"),
        pytest.param("slicer", 0, 0, id="shaping-from-the-request-on"),
        pytest.param("truncate", 11, 9, id="stream-half-way"),
    ],
)
def test_where_a_fault_strikes_that_does_not_say(fault: str, seconds: float, arriving: int) -> None:
    place = read(fault)[0].place(planned(PACED, delay=5))
    assert (waited(place.before), len(names(place.before))) == (seconds, arriving)


@pytest.mark.parametrize(
    ("at", "seconds", "arriving"),
    [
        pytest.param({"event": 3}, 7, 2, id="event"),
        pytest.param({"type": "content_block_start", "nth": 2}, 8, 6, id="type"),
        pytest.param({"fraction": 0.5}, 11, 9, id="fraction"),
        pytest.param({"bytes": 0}, 5, 0, id="no-bytes"),
        pytest.param({"after": 2}, 2, 0, id="while-the-delay-lasts"),
        pytest.param({"after": 0}, 0, 0, id="at-once"),
        pytest.param({"fraction": 0.5, "block": 0}, 8, 3, id="block"),
    ],
)
@pytest.mark.parametrize("fault", ["empty_response", "latency", "truncate"])
def test_where_a_fault_strikes_that_says_so(fault: str, at: dict[str, Any], seconds: float, arriving: int) -> None:
    place = read({"type": fault, "at": at})[0].place(planned(PACED, delay=5))
    assert (waited(place.before), names(place.before)) == (seconds, list(NAMES[:arriving]))


def test_a_place_that_is_not_there_says_so() -> None:
    with pytest.raises(CannotStrike, match="the answer has 19 events, not 20"):
        read({"type": "truncate", "at": {"event": 20}})[0].place(planned())


def test_headers_are_added_to_the_head_alone() -> None:
    assert with_headers([Wait(1), Head(200, {"a": "b"})], c="d") == [Wait(1), Head(200, {"a": "b", "c": "d"})]


def test_a_length_is_taken_back() -> None:
    (head,) = without_length([Head(200, {"content-length": "3", "a": "b"})])
    assert head == Head(200, {"a": "b"})


def test_what_strikes_anywhere_has_no_place_of_its_own() -> None:
    [fault] = read({"type": "truncate", "at": {"event": 99}, "rate": 0.5})
    assert fault.anywhere() == read({"type": "truncate", "rate": 0.5})[0].model_copy(update={"at": None})
    assert sent(fault.anywhere().place(planned()).before)
