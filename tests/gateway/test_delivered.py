from collections.abc import Sequence

import pytest

from mockgw.chance import Chance
from mockgw.delivery import plan
from mockgw.delivery.actions import Action, Chunk, Delivery, Head, Wait
from mockgw.delivery.encoded import Encoded
from mockgw.delivery.pacing import Pace
from mockgw.gateway.delivered import delivered, until
from mockgw.protocol.dialects import SIRAYA
from mockgw.protocol.errors import ApiError
from mockgw.protocol.messages import Message, Text, Thinking, ToolUse, Usage

PACED = Pace.model_validate({"tps": 10})
BLOCKS = (Text("one two three four"), ToolUse("t", "Read", {"path": "a"}))


def message(output: int, *blocks: Text | Thinking | ToolUse) -> Message:
    return Message("msg_1", "m", blocks or BLOCKS, "end_turn", None, Usage(100, output))


def actions(answer: Message, *, stream: bool = True, pace: Pace = PACED) -> Sequence[Action]:
    content = Encoded(answer.content, [None] * len(answer.content), pace)
    return plan.answer(answer, content, request_id="r", stream=stream, delay=0.0, extra={}, chance=Chance(0))


def output(answer: Message, played: Sequence[Action], events: int) -> int | None:
    usage = delivered(answer, played, Delivery(events=events, size_bytes=1, ending="left"))
    return usage.output_tokens if usage else None


def test_what_has_left_as_a_whole_is_paid_as_a_whole() -> None:
    answer = message(20)
    for stream in (True, False):
        for pace in (PACED, Pace()):
            assert delivered(answer, actions(answer, stream=stream, pace=pace), None) is answer.usage


def test_a_stream_is_paid_by_what_has_left_of_it() -> None:
    answer = message(4, Text("one two three four"))
    paid = [output(answer, actions(answer), events) for events in range(10)]
    # start of the message, start of the block, four deltas, stop of the block, the last usage, stop of the message
    assert paid == [None, 0, 0, 1, 2, 3, 4, 4, 4, 4]


def test_what_a_script_says_it_costs_goes_by_the_share_that_has_left() -> None:
    answer = message(1000, Text("one two three four"))
    assert [output(answer, actions(answer), events) for events in (2, 3, 4)] == [0, 250, 500]


def test_an_answer_without_text_costs_what_it_says_at_its_end() -> None:
    answer = message(7, Thinking("", "sig"))
    assert [output(answer, actions(answer), events) for events in (1, 4, 5)] == [0, 0, 7]


@pytest.mark.parametrize(("size", "paid"), [(0, False), (1, True)])
def test_one_body_is_paid_when_any_of_it_has_left(size: int, paid: bool) -> None:
    answer = message(20)
    played = actions(answer, stream=False)
    assert (delivered(answer, played, Delivery(size_bytes=size, ending="left")) is not None) is paid


def test_what_leaves_as_an_error_costs_nothing() -> None:
    answer = message(20)
    assert delivered(answer, plan.body(502, b"<h1>", {}), None) is None
    assert delivered(answer, [Wait(1.0)], None) is None


def test_an_answer_that_was_cut_on_purpose_costs_what_it_still_has() -> None:
    answer = message(4, Text("one two three four"))
    usage = delivered(answer, actions(answer)[:6], None)
    assert usage is not None
    assert usage.output_tokens < 4


def test_an_answer_ends_in_an_error_where_the_money_does() -> None:
    answer = message(4, Text("one two three four"))
    cut = until(answer, actions(answer), 2, ApiError(402, "no money"), SIRAYA)
    events = [one.event for one in cut if isinstance(one, Chunk) and one.event and one.event["type"] != "ping"]
    assert [event["type"] for event in events] == [
        "message_start", "content_block_start", "content_block_delta", "content_block_delta", "error"
    ]  # fmt: skip
    assert events[-1]["error"]["code"] == 402
    assert any(isinstance(action, Head) for action in cut)
    usage = delivered(answer, cut, None)
    assert usage is not None
    assert usage.output_tokens == 2


def test_an_answer_of_which_nothing_is_seen_ends_before_its_usage() -> None:
    answer = message(7, Thinking("", "sig"))
    cut = until(answer, actions(answer), 2, ApiError(402, "no money"), SIRAYA)
    assert [action.event["type"] for action in cut if isinstance(action, Chunk) and action.event][-2:] == [
        "content_block_stop", "error"
    ]  # fmt: skip


def test_an_answer_without_events_is_left_as_it_is() -> None:
    body = plan.body(200, b"{}", {})
    assert until(message(7), body, 2, ApiError(402, "no money"), SIRAYA) is body
