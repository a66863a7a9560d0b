"""Plan: an answer as the actions that put it on the wire."""

import asyncio
from collections.abc import Sequence

import orjson
import pytest

from mockgw.chance import Chance
from mockgw.delivery.actions import Action, Chunk, Finish, Head, Wait
from mockgw.delivery.encoded import Encoded
from mockgw.delivery.pacing import Pace
from mockgw.delivery.plan import AtOnce, Joined, after, answer, body
from mockgw.protocol.events import collapse
from mockgw.protocol.messages import to_json
from mockgw.protocol.sse import decode
from tests.delivery.streams import ANSWER, DELTAS, answered, planned, played, sent, waited


def test_a_stream_begins_with_its_head_and_ends_with_its_body() -> None:
    head, *chunks, finish = planned()
    assert head == Head(
        200,
        {
            "content-type": "text/event-stream; charset=utf-8",
            "cache-control": "no-cache",
            "x-accel-buffering": "no",
            "request-id": "req_1",
        },
    )
    assert (finish, {type(chunk) for chunk in chunks}) == (Finish(), {Chunk})
    assert collapse(decode(sent(chunks))) == ANSWER


def test_every_frame_knows_its_event() -> None:
    frames = [action for action in planned() if isinstance(action, Chunk)]
    assert [decode(frame.data) for frame in frames] == [[frame.event] for frame in frames]


def test_a_body_has_its_length() -> None:
    data = orjson.dumps(to_json(ANSWER))
    headers = {"content-type": "application/json", "request-id": "req_1", "content-length": str(len(data))}
    assert planned(stream=False) == [Head(200, headers), Chunk(data), Finish()]


@pytest.mark.parametrize("stream", [True, False], ids=["streamed", "not-streamed"])
def test_the_delay_comes_before_the_first_byte(stream: bool) -> None:
    first, second, *_ = planned(stream=stream, delay=2.5)
    assert (first, type(second)) == (Wait(2.5), Head)


def test_not_streamed_an_answer_takes_as_long() -> None:
    pace = Pace.model_validate({"ttft": 2, "tps": 20, "jitter": "20ms", "ping_every": 0.3})
    streamed, whole = planned(pace, delay=1.5), planned(pace, stream=False, delay=1.5)
    assert isinstance(whole[1], Head)
    assert waited(streamed) == waited(whole)
    assert 3 < waited(whole) < 5


@pytest.mark.parametrize("stream", [True, False], ids=["streamed", "not-streamed"])
def test_further_headers_win(stream: bool) -> None:
    extra = {"x-extra": "1", "request-id": "mine"}
    head, *_ = answer(
        ANSWER,
        Encoded(ANSWER.content, DELTAS, Pace()),
        request_id="req_1",
        stream=stream,
        delay=0,
        extra=extra,
        chance=Chance(0),
    )
    assert isinstance(head, Head)
    assert {name: head.headers[name] for name in extra} == extra


def test_a_body_of_bytes() -> None:
    assert body(502, b"<h1>", {"content-type": "text/html"}) == [
        Head(502, {"content-type": "text/html", "content-length": "4"}),
        Chunk(b"<h1>"),
        Finish(),
    ]


def test_errors_can_be_late() -> None:
    assert after(2.0, [Finish()]) == [Wait(2.0), Finish()]
    assert after(0.0, [Finish()]) == [Finish()]


@pytest.mark.parametrize("stream", [True, False], ids=["streamed", "not-streamed"])
def test_what_leaves_at_once_is_known_as_a_whole(stream: bool) -> None:
    actions = answered(stream=stream)
    assert isinstance(actions, AtOnce)
    assert actions.data == sent(actions)
    _, delivery = asyncio.run(played(actions))
    assert (actions.events, len(actions.data)) == (delivery.events, delivery.size_bytes)


@pytest.mark.parametrize(
    "actions", [answered(delay=1.0), answered(Pace(interval=1)), answered(Pace(interval=1), stream=False)]
)
def test_what_takes_time_is_not(actions: Sequence[Action]) -> None:
    assert not isinstance(actions, AtOnce)


def test_joined_actions_are_a_sequence_as_a_list_is() -> None:
    shared = (Chunk(b"a"), Chunk(b"b"))
    joined = Joined((Wait(1.0),), shared, (Finish(),))
    assert joined == [Wait(1.0), *shared, Finish()] == list(joined)
    assert (len(joined), joined[0], joined[1:3]) == (4, Wait(1.0), [*shared])
    assert joined != Joined(shared)
    assert joined != "joined actions"
    assert joined != 4
