"""Server-sent events: the bytes, exactly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockgw.protocol.events import stream
from mockgw.protocol.messages import RedactedThinking, Text, Thinking, ToolUse
from mockgw.protocol.sse import decode, encode
from tests.protocol.answers import VALUES, message

USAGE = (
    b'"usage":{"input_tokens":12,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,'
    b'"cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":0},'
    b'"output_tokens":1,"service_tier":"standard","inference_geo":"not_available"}'
)
GOLDEN = (
    b"event: message_start\n"
    b'data: {"type":"message_start","message":{"model":"claude","id":"msg_1","type":"message","role":"assistant",'
    b'"content":[],"stop_reason":null,"stop_sequence":null,"stop_details":null,' + USAGE + b"}}\n\n"
    b"event: content_block_start\n"
    b'data: {"type":"content_block_start","index":0,'
    b'"content_block":{"type":"thinking","thinking":"","signature":""}}\n\n'
    b"event: ping\n"
    b'data: {"type": "ping"}\n\n'
    b"event: content_block_delta\n"
    b'data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Hm."}}\n\n'
    b"event: content_block_delta\n"
    b'data: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"c2ln"}}\n\n'
    b"event: content_block_stop\n"
    b'data: {"type":"content_block_stop","index":0}\n\n'
    b"event: content_block_start\n"
    b'data: {"type":"content_block_start","index":1,"content_block":{"type":"redacted_thinking","data":"eA=="}}\n\n'
    b"event: content_block_stop\n"
    b'data: {"type":"content_block_stop","index":1}\n\n'
    b"event: content_block_start\n"
    b'data: {"type":"content_block_start","index":2,"content_block":{"type":"text","text":""}}\n\n'
    b"event: content_block_delta\n"
    b'data: {"type":"content_block_delta","index":2,"delta":{"type":"text_delta","text":"Gr\xc3\xbc"}}\n\n'
    b"event: content_block_delta\n"
    b'data: {"type":"content_block_delta","index":2,"delta":{"type":"text_delta","text":"\xc3\x9fe\\n"}}\n\n'
    b"event: content_block_stop\n"
    b'data: {"type":"content_block_stop","index":2}\n\n'
    b"event: content_block_start\n"
    b'data: {"type":"content_block_start","index":3,"content_block":{"type":"tool_use","id":"toolu_1","name":"Read",'
    b'"input":{},"caller":{"type":"direct"}}}\n\n'
    b"event: content_block_delta\n"
    b'data: {"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":""}}\n\n'
    b"event: content_block_delta\n"
    b'data: {"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":"{\\"pat"}}\n\n'
    b"event: content_block_delta\n"
    b'data: {"type":"content_block_delta","index":3,'
    b'"delta":{"type":"input_json_delta","partial_json":"h\\": \\"a\\"}"}}\n\n'
    b"event: content_block_stop\n"
    b'data: {"type":"content_block_stop","index":3}\n\n'
    b"event: message_delta\n"
    b'data: {"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null,"stop_details":null},'
    b'"usage":{"input_tokens":12,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":7}}\n\n'
    b"event: message_stop\n"
    b'data: {"type":"message_stop"}\n\n'
)


def test_a_stream_is_byte_for_byte_as_the_api_sends_it() -> None:
    call = ToolUse("toolu_1", "Read", {"path": "a"})
    answer = message(Thinking("Hm.", "c2ln"), RedactedThinking("eA=="), Text("Grüße\n"), call, stop_reason="tool_use")
    events = stream(answer, [None, None, ["Grü", "ße\n"], ['{"pat', 'h": "a"}']])
    assert b"".join(encode(event) for event in events) == GOLDEN


def test_omitted_thinking_is_one_signature() -> None:
    frames = b"".join(encode(event) for event in stream(message(Thinking("", "c2ln")))[1:-2])
    assert frames == (
        b"event: content_block_start\n"
        b'data: {"type":"content_block_start","index":0,'
        b'"content_block":{"type":"thinking","thinking":"","signature":""}}\n\n'
        b'event: ping\ndata: {"type": "ping"}\n\n'
        b"event: content_block_delta\n"
        b'data: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"c2ln"}}\n\n'
        b'event: content_block_stop\ndata: {"type":"content_block_stop","index":0}\n\n'
    )


@given(st.dictionaries(st.text(), VALUES).map(lambda fields: fields | {"type": "any"}))
def test_decoding_undoes_encoding(event: dict[str, object]) -> None:
    assert decode(encode(event)) == [event]
    assert encode(event).count(b"\n") == 3


@pytest.mark.parametrize(
    ("data", "events"),
    [
        pytest.param(b"", [], id="nothing"),
        pytest.param(b'event: a\r\ndata: {"type":"a"}\r\n\r\n', [{"type": "a"}], id="crlf"),
        pytest.param(b': hello\n\ndata:{"type":"a"}\n\n', [{"type": "a"}], id="comment"),
        pytest.param(b'data: {"type":\ndata: "a"}\n\n', [{"type": "a"}], id="two-lines-of-data"),
        pytest.param(b'data: {"type":"a"}\n\ndata: {"type":"b"}\n', [{"type": "a"}], id="unfinished-frame"),
        pytest.param(b'event: ping\ndata: {"type": "ping"}\n\n', [{"type": "ping"}], id="ping"),
    ],
)
def test_frames_are_read_as_clients_read_them(data: bytes, events: list[object]) -> None:
    assert decode(data) == events
