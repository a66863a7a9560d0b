from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from mockgw.chance import Chance
from mockgw.delivery.actions import Chunk
from mockgw.engine.cutting import Exact
from mockgw.engine.synthesis import Maker
from mockgw.protocol.dialects import DIALECTS
from mockgw.protocol.errors import ApiError
from mockgw.protocol.events import collapse, stream
from mockgw.protocol.messages import Message, OtherBlock, RedactedThinking, Text, Thinking, ToolUse
from mockgw.protocol.signatures import sign
from mockgw.scenario.replies import Answer, read_answer
from tests.support import ask, body, context, parsed, pipeline, turns

WALL = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
TOOLS = [
    {"type": "bash_20250124", "name": "bash"},
    {"name": "Read", "input_schema": {"type": "object", "properties": {"path": {"type": "string"}}}},
    {"name": "Count", "input_schema": {"type": "object", "properties": {"n": {"type": "integer"}}}},
]


def made(written: Any, seed: int = 1, dialect: str = "siraya", **request: Any) -> tuple[Message, tuple[Exact, ...]]:
    maker = Maker(context(body(**request)), Chance(seed), seed, DIALECTS[dialect], WALL)
    answer = Answer.model_validate(read_answer(written))
    return maker.message(list(answer.blocks()), answer)


def message(written: Any, **request: Any) -> Message:
    return made(written, **request)[0]


def test_every_block() -> None:
    found = message(
        [
            "a",
            {"thinking": "b"},
            {"redacted_thinking": "c"},
            {"tool_use": {"name": "Read", "input": {"path": "x"}, "id": "mine"}},
            {"block": {"type": "web_search_tool_result", "content": []}},
        ]
    )

    assert found.content == (
        Text("a"),
        Thinking("b", sign("b", 1)),
        RedactedThinking("c"),
        ToolUse("mine", "Read", {"path": "x"}),
        OtherBlock({"type": "web_search_tool_result", "content": []}),
    )


def test_blocks_as_on_the_wire_are_the_same_blocks() -> None:
    found = message(
        [
            {"block": {"type": "tool_use", "name": "Read", "id": "mine"}},
            {"block": {"type": "tool_use", "name": "Read", "input": {"a": 1}}},
            {"block": {"type": "tool_use", "name": 5}},
            {"block": {"type": "text", "text": "a"}},
            {"block": {"type": "text", "text": "a", "citations": []}},
        ]
    )

    first, second, third, fourth, fifth = found.content
    assert first == ToolUse("mine", "Read", {})
    assert isinstance(second, ToolUse)
    assert second.id.startswith("toolu_01")
    assert (third, fourth) == (OtherBlock({"type": "tool_use", "name": 5}), Text("a"))
    assert fifth == Text("a", [])


def test_exact_deltas_stay_exact() -> None:
    written = [{"text": ["a", "b c"]}, {"thinking": ["d"]}, {"tool_use": {"name": "T", "input": ['{"a', '": 1}']}}, "e"]
    found, exact = made(written)

    assert exact == (("a", "b c"), ("d",), ('{"a', '": 1}'), None)
    assert collapse(stream(found, exact)) == found


@pytest.mark.parametrize("pieces", [['{"a": '], ["[1]"], [""]], ids=["broken", "no-object", "nothing"])
def test_json_that_a_script_breaks_is_no_input(pieces: list[str]) -> None:
    found, exact = made({"tool_use": {"name": "T", "input": pieces}})

    (call,) = found.content
    assert isinstance(call, ToolUse)
    assert (call.input, exact) == ({}, (tuple(pieces),))


def test_empty_text_is_no_block() -> None:
    assert message(["", {"text": [""]}]).content == ()


def test_parallel_calls_have_ids_of_their_own() -> None:
    calls = [{"tool_use": {"name": "Read"}}] * 3
    found = message(calls)

    assert len({block.id for block in found.content if isinstance(block, ToolUse)}) == 3
    assert found == message(calls)
    assert found.id != message(calls, seed=2).id


@pytest.mark.parametrize(
    ("written", "reason", "sequence"),
    [
        pytest.param("a", "end_turn", None, id="text"),
        pytest.param(["a", {"tool_use": {"name": "T"}}], "tool_use", None, id="tool"),
        pytest.param({"text": "a", "stop_reason": "pause_turn"}, "pause_turn", None, id="written"),
        pytest.param({"text": "a", "stop_sequence": "X"}, "stop_sequence", "X", id="sequence"),
        pytest.param({"tool_use": {"name": "T"}, "stop_reason": "end_turn"}, "end_turn", None, id="against-the-rule"),
    ],
)
def test_the_stop_reason_is_derived(written: Any, reason: str, sequence: str | None) -> None:
    found = message(written)

    assert (found.stop_reason, found.stop_sequence) == (reason, sequence)


@pytest.mark.parametrize(
    ("request_", "reason", "text"),
    [
        pytest.param({"max_tokens": 1}, "max_tokens", "one", id="limit"),
        pytest.param({"stop_sequences": ["two"]}, "stop_sequence", "one ", id="sequence"),
    ],
)
def test_the_request_cuts(request_: dict[str, Any], reason: str, text: str) -> None:
    found = message("one two three", **request_)

    assert (found.stop_reason, found.content) == (reason, (Text(text),))


def test_a_call_that_is_cut_off_is_no_tool_use() -> None:
    assert message(["one", {"tool_use": {"name": "T", "input": {"a": "b"}}}], max_tokens=1).stop_reason == "max_tokens"


def test_a_refusal_has_details() -> None:
    assert message({"text": "a", "stop_reason": "refusal"}).stop_details is not None
    assert message("a").stop_details is None


def test_hidden_thinking_keeps_its_signature() -> None:
    thinking = {"type": "enabled", "budget_tokens": 1024, "display": "omitted"}
    found, exact = made([{"thinking": ["deep ", "thought"]}, "a"], max_tokens=5000, thinking=thinking)

    assert found.content[0] == Thinking("", sign("deep thought", 1))
    assert exact[0] == ()
    assert found.usage.output_tokens > message("a").usage.output_tokens


@pytest.mark.parametrize(
    ("written", "dialect", "model"),
    [
        ("a", "siraya", "sonnet"),
        ("a", "anthropic", "claude-sonnet-4-5-20250929"),
        ({"text": "a", "model": "mine"}, "siraya", "mine"),
    ],
    ids=["as-asked", "resolved", "written"],
)
def test_the_model_is_named_as_the_dialect_does(written: Any, dialect: str, model: str) -> None:
    asked = "sonnet" if model == "sonnet" else "claude-sonnet-4-5"

    assert made(written, dialect=dialect, model=asked)[0].model == model


@pytest.mark.parametrize(
    ("written", "request_", "tokens"),
    [
        pytest.param("one two three", {}, 3, id="estimated"),
        pytest.param("", {}, 1, id="at-least-one"),
        pytest.param("one", {"max_tokens": 0}, 0, id="none-wanted"),
        pytest.param("one two three", {"max_tokens": 2}, 2, id="cut"),
        pytest.param({"text": "one", "usage": {"output_tokens": 99}}, {}, 99, id="written"),
    ],
)
def test_output_tokens(written: Any, request_: dict[str, Any], tokens: int) -> None:
    assert message(written, **request_).usage.output_tokens == tokens


def test_input_tokens_grow_with_the_request() -> None:
    few, many = (message("a", messages=turns(text)).usage.input_tokens for text in ("a", "a " * 100))

    assert few < many


def test_written_usage_replaces_what_it_names() -> None:
    usage = {"input_tokens": 5, "cache_creation_input_tokens": 7, "cache_read_input_tokens": 9}
    found = message({"text": "a", "usage": usage}).usage

    assert (found.input_tokens, found.cache_creation_input_tokens, found.cache_read_input_tokens) == (5, 7, 9)
    assert (found.ephemeral_5m_input_tokens, found.output_tokens) == (7, 1)


@pytest.mark.parametrize("limit", [1, 2, 3, 1000])
def test_usage_and_content_are_the_same_for_stream_and_not(limit: int) -> None:
    gateway = pipeline("content: [{thinking: one two}, three four, {tool_use: {name: T, input: {a: b}}}]")
    whole = parsed(ask(gateway, body(max_tokens=limit)))
    frames = ask(gateway, body(max_tokens=limit, stream=True)).exchange.actions
    streamed = collapse(frame.event for frame in frames if isinstance(frame, Chunk) and frame.event is not None)

    assert [type(block).__name__ for block in streamed.content] == [
        {"thinking": "Thinking", "text": "Text", "tool_use": "ToolUse"}[block["type"]] for block in whole["content"]
    ]
    assert (streamed.usage.output_tokens, streamed.usage.input_tokens, streamed.stop_reason) == (
        whole["usage"]["output_tokens"],
        whole["usage"]["input_tokens"],
        whole["stop_reason"],
    )


@pytest.mark.parametrize(
    ("generate", "request_", "name"),
    [
        pytest.param({"tool": True}, {}, "Read", id="first-with-a-schema"),
        pytest.param({"tool": True}, {"tool_choice": {"type": "tool", "name": "Count"}}, "Count", id="forced"),
        pytest.param({"tool": True}, {"tool_choice": {"type": "any"}}, "Read", id="any"),
        pytest.param({"tool": "Count"}, {}, "Count", id="named"),
    ],
)
def test_a_generated_call_is_of_the_wanted_tool(generate: Any, request_: dict[str, Any], name: str) -> None:
    found = message({"generate": generate}, tools=TOOLS, **request_)

    (call,) = found.content
    assert isinstance(call, ToolUse)
    assert (call.name, list(call.input), found.stop_reason) == (
        name,
        [{"Read": "path", "Count": "n"}[name]],
        "tool_use",
    )


@pytest.mark.parametrize(
    ("generate", "request_", "reason"),
    [
        pytest.param(
            {"tool": "Edit"}, {"tools": TOOLS}, "does not offer the tool Edit; it offers Read, Count", id="name"
        ),
        pytest.param(
            {"tool": True}, {}, "does not offer the tool that is wanted; it offers no tool with a schema", id="no"
        ),
        pytest.param(
            {"tool": True},
            {"tools": TOOLS, "tool_choice": {"type": "tool", "name": "\0"}},
            r"does not offer the tool \x00; it offers Read, Count",
            id="unprintable",
        ),
        pytest.param({"json": True}, {}, "needs a request with output_config.format", id="no-schema"),
    ],
)
def test_what_cannot_be_generated_is_refused(generate: Any, request_: dict[str, Any], reason: str) -> None:
    with pytest.raises(ApiError) as caught:
        message({"generate": generate}, **request_)

    assert caught.value.kind == "generate"
    assert caught.value.message.endswith(reason)


def test_generated_text() -> None:
    schema = {"type": "object", "properties": {"a": {"const": "ü"}, "b": {"type": "integer"}}}
    format = {"format": {"type": "json_schema", "schema": schema}}
    found = message(
        [{"generate": {"words": 3}}, {"generate": {"sentences": 2}}, {"generate": {"json": True}}], output_config=format
    )

    words, sentences, json = (block.text for block in found.content if isinstance(block, Text))
    assert (len(words.split()), sentences.count(".")) == (3, 2)
    assert set(orjson.loads(json)) == {"a", "b"}
    assert json.startswith('{"a":"ü","b":')


AS_ASKED = """
gateway: {thinking: as_asked}
steps:
  - content: [thinking: One., redacted_thinking: c2VjcmV0, tool_use: {name: Read, id: a}]
  - content: [thinking: Two., text: Done.]
"""


@pytest.mark.parametrize(
    ("fields", "headers", "kinds"),
    [
        ({}, {}, ["tool_use", "text"]),
        ({"thinking": {"type": "disabled"}}, {}, ["tool_use", "text"]),
        (
            {"thinking": {"type": "enabled", "budget_tokens": 1024}},
            {},
            ["thinking One.", "redacted_thinking", "tool_use", "text"],
        ),
        (
            {"thinking": {"type": "enabled", "budget_tokens": 1024}},
            {"anthropic_beta": "interleaved-thinking-2025-05-14"},
            ["thinking One.", "redacted_thinking", "tool_use", "thinking Two.", "text"],
        ),
        ({"model": "claude-opus-5"}, {}, ["thinking", "redacted_thinking", "tool_use", "thinking", "text"]),
    ],
)
def test_thinking_as_asked(fields: dict[str, Any], headers: dict[str, str], kinds: list[str]) -> None:
    gateway = pipeline(AS_ASKED)
    call, result = (
        {"type": "tool_use", "id": "a", "name": "Read", "input": {}},
        {"type": "tool_result", "tool_use_id": "a"},
    )
    found: list[str] = []
    for _ in range(2):  # the second time the replies are prepared
        found = []
        for messages in (turns("Hello"), turns("Hello", [call], [result])):
            request = body(messages=messages, max_tokens=2000, **fields)
            content = parsed(ask(gateway, request, **headers))["content"]
            found += [f"{one['type']} {one.get('thinking', '')}".strip() for one in content]
    assert found == kinds


def test_a_refusal_says_why() -> None:
    found = message({"content": [], "stop_details": {"category": "bio", "explanation": "No."}})

    assert (found.content, found.stop_reason) == ((), "refusal")
    assert found.stop_details == {"type": "refusal", "category": "bio", "explanation": "No."}
    assert message({"text": "a", "stop_reason": "refusal"}).stop_details == {
        "type": "refusal",
        "category": None,
        "explanation": None,
    }


def test_a_refusal_may_name_another_model() -> None:
    found = message({"content": [], "stop_details": {"recommended_model": "claude-opus-4-8"}})
    assert found.stop_details
    assert found.stop_details["recommended_model"] == "claude-opus-4-8"


def test_who_asks_for_edits_is_told_which_were_made() -> None:
    asked = {"context_management": {"edits": [{"type": "clear_thinking_20251015"}]}}
    written = {"text": "a", "context_management": {"applied_edits": [{"cleared_thinking_turns": 2}]}}

    assert message("a").context_management is None
    assert message("a", **asked).context_management == {"applied_edits": []}
    [edit] = (message(written, **asked).context_management or {})["applied_edits"]
    assert edit == {"type": "clear_thinking_20251015", "cleared_thinking_turns": 2, "cleared_input_tokens": 0}


@pytest.mark.parametrize(
    ("scripted", "request_body", "served"),
    [
        ({}, {}, {}),
        ({}, {"speed": "fast", "inference_geo": "us"}, {"speed": "fast", "inference_geo": "us"}),
        ({}, {"speed": None, "service_tier": "auto"}, {}),
        ({"speed": "standard", "service_tier": "priority"}, {"speed": "fast"}, {"speed": "standard"}),
    ],
    ids=["nothing", "as-asked", "nothing-special", "as-scripted"],
)
def test_usage_says_how_it_was_served(scripted: Any, request_body: Any, served: dict[str, str]) -> None:
    other = message({"text": "a", "usage": scripted}, **request_body).usage.other
    assert {key: other[key] for key in other if key != "service_tier"} == served
    assert ("service_tier" in other) is ("service_tier" in scripted)


@pytest.mark.parametrize(
    ("request_body", "eager"),
    [
        ({"tools": [{"name": "Read", "input_schema": {"type": "object"}}]}, False),
        ({"tools": [{"name": "Read", "input_schema": {"type": "object"}, "eager_input_streaming": True}]}, True),
        ({"tools": [{"name": "Count", "input_schema": {"type": "object"}, "eager_input_streaming": True}]}, False),
    ],
    ids=["not-asked-for", "asked-for", "of-another-tool"],
)
def test_a_tool_may_want_its_input_as_it_is_written(request_body: Any, eager: bool) -> None:
    _, [exact] = made({"tool_use": {"name": "Read", "input": {"path": "a", "line": 12}}}, max_tokens=9, **request_body)
    assert (exact is not None) is eager


def test_a_beta_wants_all_inputs_so() -> None:
    beta = {"anthropic-beta": "fine-grained-tool-streaming-2025-05-14"}
    maker = Maker(replace(context(body(max_tokens=9)), headers=beta), Chance(1), 1, DIALECTS["siraya"], WALL)
    answer = Answer.model_validate({"tool_use": {"name": "Read", "input": {"path": "a", "line": 12}}})

    _, [exact] = maker.message(list(answer.blocks()), answer)
    assert exact is not None
