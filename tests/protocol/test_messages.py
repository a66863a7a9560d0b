"""Messages: the JSON of an answer, in the wire's key order, and back."""

import orjson
import pytest
from hypothesis import given

from mockgw.protocol.messages import (
    Block,
    Message,
    OtherBlock,
    RedactedThinking,
    Text,
    Thinking,
    ToolUse,
    Usage,
    block_from_json,
    block_json,
    from_json,
    to_json,
    usage_from_json,
    usage_json,
)
from tests.protocol.answers import message, messages


@given(messages())
def test_a_message_survives_its_json(answer: Message) -> None:
    assert from_json(orjson.loads(orjson.dumps(to_json(answer)))) == answer


def test_the_keys_of_a_message_come_in_the_order_of_the_api() -> None:
    assert orjson.dumps(to_json(message(Text("Hi.")))) == (
        b'{"model":"claude","id":"msg_1","type":"message","role":"assistant",'
        b'"content":[{"type":"text","text":"Hi."}],'
        b'"stop_reason":"end_turn","stop_sequence":null,"stop_details":null,'
        b'"usage":{"input_tokens":12,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,'
        b'"cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":0},'
        b'"output_tokens":7,"service_tier":"standard","inference_geo":"not_available"}}'
    )


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        pytest.param(Text(""), b'{"type":"text","text":""}', id="text"),
        pytest.param(Thinking("Hm.", "s"), b'{"type":"thinking","thinking":"Hm.","signature":"s"}', id="thinking"),
        pytest.param(RedactedThinking("eA=="), b'{"type":"redacted_thinking","data":"eA=="}', id="redacted"),
        pytest.param(
            ToolUse("toolu_1", "Read", {"path": "a"}),
            b'{"type":"tool_use","id":"toolu_1","name":"Read","input":{"path":"a"},"caller":{"type":"direct"}}',
            id="call",
        ),
        pytest.param(OtherBlock({"type": "new", "x": 1}), b'{"type":"new","x":1}', id="other"),
    ],
)
def test_each_block_has_the_keys_of_the_api(block: Block, expected: bytes) -> None:
    assert orjson.dumps(block_json(block)) == expected
    assert block_from_json(orjson.loads(expected)) == block


@pytest.mark.parametrize(
    "written",
    [
        pytest.param({"type": "text", "text": "a", "citations": [], "more": 1}, id="text"),
        pytest.param({"type": "thinking", "thinking": "a", "signature": "s", "estimated_tokens": 1}, id="thinking"),
        pytest.param({"type": "redacted_thinking", "data": "a", "more": 1}, id="redacted"),
        pytest.param({"type": "tool_use", "id": "1", "name": "a", "input": {}}, id="call-without-caller"),
        pytest.param(
            {
                "type": "tool_use",
                "id": "1",
                "name": "a",
                "input": {},
                "caller": {"type": "direct"},
                "toolset_name": "b",
            },
            id="call-of-a-toolset",
        ),
    ],
)
def test_a_block_with_keys_of_its_own_loses_none(written: dict[str, object]) -> None:
    block = block_from_json(written)
    assert isinstance(block, OtherBlock)
    assert block_json(block) == written


def test_scripted_usage_fields_come_last_and_may_replace_the_usual_ones() -> None:
    usage = Usage(1, 2, other={"service_tier": "priority", "server_tool_use": {"web_search_requests": 1}})
    written = usage_json(usage)
    assert (written["service_tier"], written["inference_geo"]) == ("priority", "not_available")
    assert list(written)[-1] == "server_tool_use"
    assert usage_from_json(written) == usage


def test_an_older_answer_may_lack_the_newer_fields() -> None:
    body = to_json(message(Text("Hi."))) | {"usage": {"input_tokens": 12, "output_tokens": 7}}
    del body["stop_details"]
    assert from_json(body) == message(Text("Hi."))
