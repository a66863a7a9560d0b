"""Encoded: the content of an answer as bytes."""

from collections.abc import Sequence

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockgw.chance import Chance
from mockgw.delivery import plan
from mockgw.delivery.actions import Chunk
from mockgw.delivery.encoded import Encoded, pieces
from mockgw.delivery.pacing import INSTANT, Pace
from mockgw.protocol.events import Deltas, stream
from mockgw.protocol.messages import Message, RedactedThinking, Text, ToolUse, to_json
from mockgw.protocol.sse import encode
from tests.delivery.streams import sent, waited
from tests.protocol.answers import messages, streamed


@pytest.mark.parametrize(
    ("chunk", "text"),
    [
        (1, ["Hello", " there", ",", " you"]),
        (2, ["Hello there", ", you"]),
        (3, ["Hello there,", " you"]),
        (9, ["Hello there, you"]),
    ],
)
def test_a_text_goes_in_deltas_of_so_many_tokens(chunk: int, text: list[str]) -> None:
    assert pieces([Text("Hello there, you")], [None], chunk) == [text]


def test_scripted_deltas_stay_as_they_are() -> None:
    content = (Text("ab"), RedactedThinking("x"), ToolUse("1", "a", {"b": 1}), Text(""))
    found = pieces(content, [("a", "", "b"), None, None, None], 1)
    assert found[0] == ("a", "", "b")
    assert (found[1], "".join(found[2]), found[3]) == ([], '{"b": 1}', [])


@given(streamed(), st.integers(1, 3))
def test_a_stream_is_the_frames_of_its_events(made: tuple[Message, Sequence[Deltas | None]], chunk: int) -> None:
    answer, exact = made
    content = Encoded(answer.content, exact, Pace(chunk=chunk))
    told = plan.answer(answer, content, request_id="req", stream=True, delay=0, extra={}, chance=Chance(0))
    events = stream(answer, pieces(answer.content, exact, chunk))
    assert [action for action in told if isinstance(action, Chunk)] == [Chunk(encode(event), event) for event in events]


@given(messages())
def test_a_body_is_the_json_of_its_message(answer: Message) -> None:
    content = Encoded(answer.content, [None] * len(answer.content), INSTANT)
    told = plan.answer(answer, content, request_id="req", stream=False, delay=0, extra={}, chance=Chance(0))
    assert sent(told) == orjson.dumps(to_json(answer))


def test_jitter_is_drawn_for_each_stream() -> None:
    pace = Pace.model_validate({"interval": 0.02, "jitter": 0.5})
    content = Encoded([Text("a b c d")], [None], pace)
    one, other, again = (waited(content.actions(Chance(seed))) for seed in (1, 2, 1))
    assert one == again != other
