"""Of each rule what it finds, word for word, and what it does not mind."""

from math import inf
from typing import Any

import pytest

from mockgw.verify.findings import Evidence
from mockgw.verify.transcripts import broken_tool_result_pairing, dropped_thinking, went_on_after_truncated_stream
from mockgw.verify.verdict import Find
from tests.support import body, turns
from tests.verify.sessions import Client

CUT = "{text: One two three four, fault: {type: truncate, at: {type: content_block_delta, nth: 3}}}"


def _texts(find: Find, client: Client, evicted: int = 0) -> list[str]:
    return [one.text for one in find(Evidence(client.exchanges, inf, evicted))]


def _stream(*contents: Any) -> dict[str, Any]:
    return body(stream=True, messages=turns(*contents))


def _once(answer: str) -> str:
    """A scenario that gives this first and then something else."""
    return f"attempts: [{answer}, {{text: Something else}}]"


WENT_ON = "went on with the text 'One two' of a stream that broke off before message_stop, as if it were whole"


@pytest.mark.parametrize("fault", ["truncate", "connection_reset_by_peer", "error_event", "stall"])
def test_went_on_after_truncated_stream(fault: str) -> None:
    more = ", for: 1s" if fault == "stall" else ""
    client = Client(_once(CUT.replace("truncate", fault).replace("nth: 3}", f"nth: 3}}{more}")))
    first = client.ask(_stream("Count"))
    second = client.ask(_stream("Count", "One two", "Thanks. And now?"))
    expected = [] if fault == "stall" else [(WENT_ON, (first.request_id, second.request_id))]
    found = went_on_after_truncated_stream(Evidence(client.exchanges, inf))
    assert [(one.text, one.requests) for one in found] == expected


def test_it_is_found_once_and_however_the_text_is_spelt() -> None:
    client = Client(_once(CUT))
    client.ask(_stream("Count"))
    part = [{"type": "text", "text": "One"}, {"type": "text", "text": " two "}]
    for more in ([], ["b", "c"]):
        client.ask(_stream("Count", part, "Thanks", *more))
    assert _texts(went_on_after_truncated_stream, client) == [WENT_ON]


def test_a_long_text_is_shortened() -> None:
    fault = "{type: truncate, at: {type: content_block_delta, nth: 2}}"
    client = Client(_once(f"{{text: [{'x' * 300}, y], fault: {fault}}}"))
    client.ask(_stream("Count"))
    client.ask(_stream("Count", "x" * 300, "Thanks"))
    [text] = _texts(went_on_after_truncated_stream, client)
    assert f"the text '{'x' * 40}…'" in text


@pytest.mark.parametrize(
    "later",
    [
        pytest.param(("Count", "One two three four", "Thanks"), id="the-whole-text"),
        pytest.param(("Count", "One two"), id="the-answer-begun"),
        pytest.param(("Count", "One two", "Please continue where you left off."), id="going-on"),
        pytest.param(("Something else", "One two", "Thanks"), id="another-prompt"),
    ],
)
def test_what_does_not_take_a_part_for_the_whole(later: tuple[str, ...]) -> None:
    client = Client(_once(CUT))
    client.ask(_stream("Count"))
    client.ask(_stream(*later))
    assert _texts(went_on_after_truncated_stream, client) == []


def test_another_session_is_another_conversation() -> None:
    client = Client(_once(CUT))
    client.ask(_stream("Count"))
    client.ask(_stream("Count", "One two", "Thanks"), x_mockgw_session="other")
    assert _texts(went_on_after_truncated_stream, client) == []


@pytest.mark.parametrize("stream", [True, False])
def test_a_retry_that_said_the_same_made_it_whole(stream: bool) -> None:
    client = Client("attempts: [{text: One two, fault: {type: truncate, at: {type: message_delta}}}, {text: One two}]")
    client.ask(_stream("Count"))
    client.ask(_stream("Count") | {"stream": stream})
    client.ask(_stream("Count", "One two", "Thanks"))
    assert _texts(went_on_after_truncated_stream, client) == []


def test_a_call_of_a_stream_that_broke_is_not_to_be_carried_out() -> None:
    call = {"type": "tool_use", "id": "toolu_1", "name": "Read", "input": {}}
    result = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "x"}
    fault = "{type: truncate, at: {type: message_delta}}"
    client = Client(f"attempts: [{{tool_use: {{name: Read, id: toolu_1}}, fault: {fault}}}, Well.]")
    client.ask(_stream("Read it"))
    client.ask(_stream("Read it", [call], [result]))
    told = "went on with the call toolu_1 of a stream that broke off before message_stop, as if it were whole"
    assert _texts(went_on_after_truncated_stream, client) == [told]


def _call(*ids: str) -> list[dict[str, Any]]:
    return [{"type": "tool_use", "id": id, "name": "Read", "input": {}} for id in ids]


def _result(*ids: str) -> list[dict[str, Any]]:
    return [{"type": "tool_result", "tool_use_id": id, "content": "x"} for id in ids]


@pytest.mark.parametrize(
    ("messages", "found"),
    [
        (
            turns("a", _call("toolu_1", "toolu_2"), _result("toolu_1")),
            ["the call toolu_2 has no tool_result in the message after it"],
        ),
        (turns("a", _call("toolu_1"), "Never mind"), ["the call toolu_1 has no tool_result in the message after it"]),
        (
            turns("a", _call("toolu_1"), _result("toolu_1", "toolu_9")),
            ["a tool_result answers toolu_9, which the message before it does not call"],
        ),
        (
            turns(_result("toolu_0"), "b", "c"),
            ["a tool_result answers toolu_0, which the message before it does not call"],
        ),
        (turns("a", _call("toolu_1", "toolu_2"), [*_result("toolu_2", "toolu_1"), {"type": "text", "text": "b"}]), []),
        (turns("a", _call("toolu_1"), _result("toolu_1"), "b", "c"), []),
        (turns("a", _call("toolu_1")), []),
        (
            [
                *turns("a", _call("toolu_1")),
                {"role": "system", "content": "A reminder."},
                {"role": "user", "content": _result("toolu_1")},
            ],
            [],
        ),
        (
            [
                {"role": "user", "content": "a"},
                {"role": "assistant", "content": _call("toolu_1")},
                {"role": "assistant", "content": _call("toolu_2")},
                {"role": "user", "content": _result("toolu_2")},
                {"role": "user", "content": _result("toolu_1")},
            ],
            [],
        ),
    ],
)
def test_broken_tool_result_pairing(messages: list[dict[str, Any]], found: list[str]) -> None:
    client = Client("Hi")
    client.ask(body(messages=messages))
    assert _texts(broken_tool_result_pairing, client) == found


LOOP = "steps: [{tool_use: {name: Read, id: toolu_1}}, Done.]"


def test_an_id_that_no_answer_gave() -> None:
    client = Client(LOOP)
    client.ask("a")
    for _ in range(2):
        client.ask(body(messages=turns("a", _call("toolu_7"), _result("toolu_7"))))
    told = "a tool_result answers toolu_7, which no answer gave; answers of this session gave toolu_1"
    assert _texts(broken_tool_result_pairing, client) == [told]
    assert _texts(broken_tool_result_pairing, client, evicted=1) == []


def test_an_id_that_an_answer_gave() -> None:
    client = Client(LOOP)
    client.ask("a")
    client.ask(body(messages=turns("a", _call("toolu_1"), _result("toolu_1"))))
    assert _texts(broken_tool_result_pairing, client) == []


def test_a_history_of_ones_own_is_no_fault() -> None:
    client = Client(LOOP)
    client.ask(body(messages=turns("a", _call("toolu_7"), _result("toolu_7"))))
    assert _texts(broken_tool_result_pairing, client) == []


THINKS = """
steps:
  - content: [thinking: Two files., redacted_thinking: EmwKAhgB, tool_use: {name: Read, id: toolu_1}]
  - content: [thinking: Well., tool_use: {name: Read, id: toolu_2}]
  - Done.
"""
ADAPTIVE = {"type": "adaptive"}
THOUGHT = {"type": "thinking", "thinking": "Two files.", "signature": "x"}
REDACTED = {"type": "redacted_thinking", "data": "EmwKAhgB"}
DROPPED = "sent the result of toolu_1 without the thinking that stood before the call"


def _loop(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    messages = turns("a", [*blocks, *_call("toolu_1")], _result("toolu_1"))
    return body(**{"model": "claude-sonnet-4-6", "messages": messages, "thinking": ADAPTIVE, **more})


def _thinking(*loops: dict[str, Any], script: str = THINKS) -> Client:
    client = Client(script)
    client.ask(body(model="claude-sonnet-4-6", messages=turns("a"), thinking=ADAPTIVE))
    for loop in loops:
        client.ask(loop)
    return client


@pytest.mark.parametrize("kept", [[], [THOUGHT], [REDACTED]], ids=["none", "one", "the-other"])
def test_dropped_thinking(kept: list[dict[str, Any]]) -> None:
    client = _thinking(_loop(*kept), _loop(*kept))
    [found] = dropped_thinking(Evidence(client.exchanges, inf))
    assert (found.text, found.requests) == (DROPPED, tuple(one.request_id for one in client.exchanges[:2]))


@pytest.mark.parametrize(
    "loop",
    [
        pytest.param(_loop(THOUGHT, REDACTED), id="all-of-it"),
        pytest.param(_loop({**THOUGHT, "thinking": ""}, REDACTED), id="without-its-text"),
        pytest.param(_loop(thinking={"type": "disabled"}), id="thinking-is-off"),
        pytest.param(_loop(thinking=None), id="thinking-is-not-asked-for"),
        pytest.param(_loop(model="claude-opus-5"), id="another-model"),
        pytest.param(body(messages=turns("a", _call("toolu_9"), _result("toolu_9")), thinking=ADAPTIVE), id="unknown"),
        pytest.param(body(messages=turns("a", "Never mind", "b"), thinking=ADAPTIVE), id="no-results"),
        pytest.param(
            body(
                model="claude-sonnet-4-6",
                messages=[
                    *turns("a", [THOUGHT, REDACTED]),
                    {"role": "assistant", "content": _call("toolu_1")},
                    {"role": "system", "content": "A reminder."},
                    {"role": "user", "content": _result("toolu_1")},
                ],
                thinking=ADAPTIVE,
            ),
            id="in-two-messages",
        ),
    ],
)
def test_what_keeps_its_thinking(loop: dict[str, Any]) -> None:
    assert _texts(dropped_thinking, _thinking(loop)) == []


def test_a_model_that_thinks_by_itself_wants_its_thinking_too() -> None:
    client = Client(THINKS)
    client.ask(body(model="claude-opus-5", messages=turns("a")))
    client.ask(_loop(model="claude-opus-5", thinking=None))
    assert _texts(dropped_thinking, client) == [DROPPED]


def test_thinking_that_was_refused_may_be_left_out() -> None:
    refusal = "{error: {status: 400, message: 'messages.1.content.0: Invalid `signature` in `thinking` block'}}"
    client = Client(
        f"rules: [{{match: {{step: 1}}, attempts: [{refusal}, Done.]}}, "
        "{content: [thinking: Two files., tool_use: {name: Read, id: toolu_1}]}]"
    )
    client.ask(body(model="claude-sonnet-4-6", messages=turns("a"), thinking=ADAPTIVE))
    assert client.ask(_loop(THOUGHT)).status == 400
    client.ask(_loop())
    assert _texts(dropped_thinking, client) == []


def test_of_an_answer_that_a_fault_has_struck_nothing_is_asked_back() -> None:
    script = "{content: [thinking: Hm., tool_use: {name: Read, id: toolu_1}], fault: {type: latency, delay: 1s}}"
    assert _texts(dropped_thinking, _thinking(_loop(), script=script)) == []
