"""Connection: what has left when the connection goes, and how it goes."""

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockgw.delivery.actions import Close, Head, Raw, Reset, Wait
from mockgw.delivery.faults import strike
from mockgw.delivery.faults.connection import GARBAGE_BYTES
from tests.delivery.streams import PACED, begins, names, planned, played, read, scene, sent, struck

GARBAGE = scene().rng.randbytes(GARBAGE_BYTES)
ENDS: dict[str, list[Any]] = {
    "empty_response": [Close()],
    "connection_reset_by_peer": [Reset()],
    "random_data_then_close": [Raw(GARBAGE), Close()],
    "malformed_response_chunk": [Raw(GARBAGE), Close()],
}
each_fault = pytest.mark.parametrize("name", ENDS)


@each_fault
@pytest.mark.parametrize("stream", [True, False], ids=["streamed", "not-streamed"])
def test_without_a_place_it_strikes_when_the_first_byte_is_due(name: str, stream: bool) -> None:
    wait, *rest = struck(name, stream=stream, delay=3)
    head = [action for action in rest if isinstance(action, Head)]
    assert wait == Wait(3)
    assert rest == [*head, *ENDS[name]]
    assert len(head) == (name == "malformed_response_chunk")


@each_fault
@pytest.mark.parametrize(
    ("at", "arriving"),
    [
        pytest.param({"event": 9}, 8, id="event"),
        pytest.param({"type": "content_block_delta", "nth": 3}, 4, id="type"),
        pytest.param({"fraction": 0.5}, 9, id="fraction"),
        pytest.param({"after": 2.5}, 3, id="time"),
        pytest.param({"type": "message_stop"}, 18, id="the-end"),
    ],
)
def test_what_comes_before_its_place_arrives(name: str, at: dict[str, Any], arriving: int) -> None:
    actions = struck({"type": name, "at": at}, PACED)
    assert [action for action in actions if action in ENDS[name]] == ENDS[name]
    body = actions[: -len(ENDS[name])]
    assert len(names(body)) == arriving
    assert begins(body, planned(PACED))


@each_fault
@given(st.integers(0, 2000), st.booleans())
def test_exactly_so_many_bytes_arrive(name: str, count: int, stream: bool) -> None:
    whole = sent(planned(stream=stream))
    actions = struck({"type": name, "at": {"bytes": min(count, len(whole))}}, stream=stream)
    assert sent(actions) == whole[:count]
    assert actions[-len(ENDS[name]) :] == ENDS[name]


def test_before_the_head_is_due_a_malformed_chunk_has_a_head() -> None:
    first, head, *rest = struck({"type": "malformed_response_chunk", "at": {"after": 2}}, delay=5)
    assert (first, type(head), rest) == (Wait(2), Head, ENDS["malformed_response_chunk"])


@pytest.mark.parametrize("at", [None, {"bytes": 9}], ids=["at-once", "in-the-middle"])
def test_a_malformed_chunk_needs_chunks(at: dict[str, Any] | None) -> None:
    actions = struck({"type": "malformed_response_chunk"} | ({"at": at} if at else {}), stream=False)
    (head,) = [action for action in actions if isinstance(action, Head)]
    assert "content-length" not in head.headers


def test_an_error_can_be_cut_too() -> None:
    error = [Head(429, {"content-length": "3"}), *planned(stream=False)[1:]]
    assert strike(error, read("connection_reset_by_peer"), scene()) == [Reset()]


def test_one_seed_gives_the_same_garbage() -> None:
    again, other = (strike(planned(), read("random_data_then_close"), scene(seed=seed)) for seed in (0, 1))
    assert again[0] == Raw(GARBAGE)
    assert other[0] != Raw(GARBAGE)


@pytest.mark.parametrize(
    ("name", "ending"),
    [
        pytest.param("empty_response", "closed", id="closed"),
        pytest.param("connection_reset_by_peer", "reset", id="reset"),
    ],
)
def test_the_delivery_says_how_it_ended(name: str, ending: str) -> None:
    notes, delivery = asyncio.run(played(struck({"type": name, "at": {"event": 9}})))
    assert (notes[-1], delivery.ending, delivery.events) == ((0, ending), ending, 8)
