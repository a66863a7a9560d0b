from collections.abc import Callable
from typing import Any

import orjson
import pytest

from mockgw.protocol.errors import ApiError
from mockgw.protocol.requests import MOST_LEVELS, MessagesRequest, check_count, decode, model_named, parse
from tests.protocol.bodies import VALID, mutated

MINIMAL: dict[str, Any] = {"model": "m", "max_tokens": 1, "messages": [{"role": "user", "content": "Hello"}]}
CITATION = {
    "type": "char_location",
    "cited_text": "x",
    "document_index": 0,
    "document_title": "x",
    "start_char_index": 0,
    "end_char_index": 0,
}
# What the official SDKs' own test suites send, with every parameter.
SDK_TOOL = {
    "name": "name",
    "input_schema": {
        "type": "object",
        "properties": {"location": "bar", "unit": "bar"},
        "required": ["location"],
    },
    "allowed_callers": ["direct"],
    "cache_control": {"type": "ephemeral", "ttl": "5m"},
    "defer_loading": True,
    "description": "Get the current weather in a given location",
    "eager_input_streaming": True,
    "input_examples": [{"foo": "bar"}],
    "strict": True,
    "type": "custom",
}
SDK: dict[str, Any] = {
    "model": "claude-opus-5-5",
    "max_tokens": 1024,
    "messages": [{"content": "Hello, world", "role": "user"}],
    "cache_control": {"type": "ephemeral", "ttl": "5m"},
    "container": {"id": "id", "skills": [{"skill_id": "pdf", "type": "anthropic", "version": "latest"}]},
    "diagnostics": {"previous_message_id": "previous_message_id"},
    "inference_geo": "inference_geo",
    "metadata": {"user_id": "13803d75-b4b5-4c3e-b2a2-6f21399b021b"},
    "output_config": {"effort": "low", "format": {"type": "json_schema", "schema": {"foo": "bar"}}},
    "service_tier": "auto",
    "speed": "standard",
    "stop_sequences": ["string"],
    "stream": False,
    "system": [
        {
            "text": "Today's date is 2024-06-01.",
            "type": "text",
            "cache_control": {"type": "ephemeral", "ttl": "5m"},
            "citations": [CITATION],
        }
    ],
    "temperature": 1,
    "thinking": {"type": "adaptive", "display": "summarized"},
    "tool_choice": {"type": "auto", "disable_parallel_tool_use": True},
    "tools": [SDK_TOOL],
    "top_k": 5,
    "top_p": 0.7,
}
SDK_BETA = SDK | {
    "billing_policy": {"type": "billing_policy", "bill_to": "self"},
    "compaction": {"type": "summarize", "instructions": "instructions"},
    "context_management": {"edits": [{"type": "clear_tool_uses_20250919", "keep": {"type": "tool_uses", "value": 0}}]},
    "fallback_credit_token": "x",
    "fallbacks": "default",
    "mcp_servers": [{"name": "name", "type": "url", "url": "url", "authorization_token": "token"}],
    "output_config": {"effort": "low", "task_budget": {"total": 1024, "type": "tokens", "remaining": 0}},
    "thinking": {"type": "adaptive", "block_binding": {"prefix_mismatch_behavior": "error"}},
    "thread": {"type": "create"},
}
REALISTIC = VALID | {"sdk": SDK, "sdk beta": SDK_BETA}


def parse_count(body: bytes, **headers: str | None) -> MessagesRequest:
    return check_count(decode(body, **headers))


def with_fields(**fields: Any) -> bytes:
    return orjson.dumps(MINIMAL | fields)


def with_block(block: Any) -> bytes:
    return with_fields(messages=[{"role": "user", "content": [block]}])


def refusal(body: bytes, parser: Callable[..., MessagesRequest] = parse, **headers: str) -> tuple[str, str]:
    with pytest.raises(ApiError) as caught:
        parser(body, **headers)
    assert (caught.value.status, caught.value.type) == (400, "invalid_request_error")
    return caught.value.message, caught.value.param


def test_request_carries_what_was_sent() -> None:
    request = parse(with_fields(stream=True, stop_sequences=["END"], unknown={"kept": None}))
    assert request.body == MINIMAL | {"stream": True, "stop_sequences": ["END"], "unknown": {"kept": None}}
    assert (request.model, request.max_tokens, request.stream) == ("m", 1, True)
    assert request.messages == MINIMAL["messages"]
    assert request.stop_sequences == ("END",)


def test_absent_parameters_have_their_defaults() -> None:
    request = parse(with_fields())
    assert (request.stream, request.stop_sequences, request.tools) == (False, (), [])
    assert (request.system, request.tool_choice, request.thinking) == (None, None, None)
    assert (request.output_config, request.metadata, request.provider) == ({}, {}, {})


def test_parameters_are_read_from_the_body() -> None:
    request = parse(orjson.dumps(SDK | {"provider": {"sort": "price"}}))
    assert (request.system, request.tools, request.provider) == (SDK["system"], SDK["tools"], {"sort": "price"})
    assert (request.tool_choice, request.thinking) == (SDK["tool_choice"], SDK["thinking"])
    assert (request.output_config, request.metadata) == (SDK["output_config"], SDK["metadata"])


@pytest.mark.parametrize("body", REALISTIC.values(), ids=REALISTIC.keys())
def test_what_real_clients_send_passes(body: dict[str, Any]) -> None:
    assert parse(orjson.dumps(body)).body == body
    assert parse_count(orjson.dumps(body)).body == body


def test_counting_needs_no_max_tokens() -> None:
    body = orjson.dumps({"model": "m", "messages": MINIMAL["messages"]})
    assert parse_count(body).max_tokens is None
    assert parse_count(with_fields()).max_tokens == 1
    assert refusal(body) == ("max_tokens: Field required", "max_tokens")


@pytest.mark.parametrize(
    "name", ["metadata", "inference_geo", "stop_sequences", "cache_control", "container", "provider"]
)
def test_null_counts_as_absent(name: str) -> None:
    request = parse(with_fields(**{name: None}))
    assert (request.stop_sequences, request.metadata, request.provider) == ((), {}, {})


NULLABLE_INSIDE = {
    "effort and format": {"output_config": {"effort": None, "format": None}},
    "display": {"thinking": {"type": "adaptive", "display": None}},
    "user id": {"metadata": {"user_id": None}},
    "tool type": {"tools": [{"type": None, "name": "a", "input_schema": {"type": "object"}}]},
    "eager input": {"tools": [SDK_TOOL | {"eager_input_streaming": None}]},
    "block options": {
        "system": [{"type": "text", "text": "", "citations": None, "cache_control": None}],
    },
}


@pytest.mark.parametrize("fields", NULLABLE_INSIDE.values(), ids=NULLABLE_INSIDE.keys())
def test_null_inside_a_parameter_counts_as_absent(fields: dict[str, Any]) -> None:
    assert parse(with_fields(**fields)).body == MINIMAL | fields


OPEN = {
    "container id": {"container": "container_01"},
    "container": {"container": {"id": None}},
    "effort": {"output_config": {"effort": "ultra"}},
    "display": {"thinking": {"type": "enabled", "budget_tokens": 1024, "display": "updates"}},
    "thinking off": {"thinking": {"type": "disabled", "budget_tokens": "unused"}},
    "thinking between tools": {"thinking": {"type": "between_tools"}},
    "unknown preference": {"provider": {"sort": "price", "only": ["bedrock"], "karma": 1}},
    "server tool": {"tools": [{"type": "web_search_20990101", "name": "web_search"}]},
    "unnamed tool": {"tools": [{"type": "browser_toolset_20260801"}]},
    "empty system": {"system": []},
    "no tools": {"tools": []},
    "tool choice": {"tool_choice": {"type": "tool", "name": "a", "extra": 1}},
    "64 bits": {"top_k": 2**64 - 1},
    "bounds": {"temperature": 0, "top_p": 1.0, "top_k": 0, "max_tokens": 0},
    "directive": {"messages": [{"role": "system", "content": [], "output_config": {}}]},
}


@pytest.mark.parametrize("fields", OPEN.values(), ids=OPEN.keys())
def test_what_is_new_or_at_the_edge_passes(fields: dict[str, Any]) -> None:
    assert parse(with_fields(**fields)).body == MINIMAL | fields


NOT_JSON = {
    "empty": (b"", "Input is a zero-length, empty document: line 1 column 1 (char 0)"),
    "cut": (b"{", "unexpected end of data: line 1 column 2 (char 1)"),
    "nan": (b'{"a":NaN}', "unexpected character, expected a JSON value: line 1 column 6 (char 5)"),
    "infinite": (b'{"a":1e400}', "number is infinity when parsed as double: line 1 column 6 (char 5)"),
    "not utf-8": (b'{"a":"\xff"}', "str is not valid UTF-8: surrogates not allowed: line 1 column 1 (char 0)"),
    "lone surrogate": (b'"\\ud800"', "no low surrogate in string: line 1 column 2 (char 1)"),
    "control character": (b'{"a":"\n"}', "unexpected control character in string: line 1 column 7 (char 6)"),
    "form": (b"model=m&max_tokens=1", "unexpected character, expected a JSON value: line 1 column 1 (char 0)"),
}


@pytest.mark.parametrize(("body", "reason"), NOT_JSON.values(), ids=NOT_JSON.keys())
def test_a_body_that_is_not_json_is_refused_with_the_place(body: bytes, reason: str) -> None:
    message, param = refusal(body)
    assert message.startswith("The request body is not valid JSON: ")
    assert message.split(": ", 1)[1] == reason
    assert param == ""


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"null", b"1"])
def test_a_body_that_is_no_object_is_refused(body: bytes) -> None:
    assert refusal(body) == ("Input should be an object", "")


@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"":', b"}")], ids=["arrays", "objects"])
def test_nesting_is_bounded(opening: bytes, closing: bytes) -> None:
    def nested(levels: int) -> bytes:
        head = orjson.dumps(MINIMAL)[:-1] + b',"metadata":{"deep":'
        return head + opening * (levels - 2) + b"1" + closing * (levels - 2) + b"}}"

    assert parse(nested(MOST_LEVELS)).model == "m"
    for levels in (MOST_LEVELS + 1, 1000):
        message, param = refusal(nested(levels))
        assert message == "The request body is nested too deeply: at most 200 levels are accepted"
        assert param == ""
    assert "depth limit exceeded" in refusal(nested(5000))[0]


def test_the_last_of_duplicate_keys_counts() -> None:
    assert parse(orjson.dumps(MINIMAL)[:-1] + b',"model":"other"}').model == "other"


JSON_TYPES = [
    "",
    "application/json",
    "Application/JSON; charset=utf-8",
    "application/vnd.api+json",
    " application/json ",
]


@pytest.mark.parametrize("content_type", JSON_TYPES)
def test_json_content_types_pass(content_type: str) -> None:
    assert parse(with_fields(), content_type=content_type, content_encoding="identity").model == "m"


OTHER_TYPES = [
    "application/x-www-form-urlencoded",
    "text/plain",
    "multipart/form-data; boundary=x",
    "json",
    "text/x+json",
]


@pytest.mark.parametrize("content_type", OTHER_TYPES)
@pytest.mark.parametrize("parser", [parse, parse_count], ids=["create", "count"])
def test_other_content_types_are_refused(parser: Callable[..., MessagesRequest], content_type: str) -> None:
    message, param = refusal(with_fields(), parser, content_type=content_type)
    assert message.startswith(f"content-type: Input should be 'application/json', not '{content_type.split(';')[0]}'.")
    assert "Send the header content-type: application/json" in message
    assert param == "content-type"


@pytest.mark.parametrize("encoding", ["gzip", "br", "gzip, identity"])
def test_compressed_bodies_are_refused(encoding: str) -> None:
    message, param = refusal(b"\x1f\x8b", content_encoding=encoding)
    assert message.startswith(f"content-encoding: '{encoding}' is not supported.")
    assert param == "content-encoding"


def test_headers_are_quoted_on_one_line() -> None:
    message, _ = refusal(with_fields(), content_type="text/\x85\u2028" + "x" * 1000)
    assert len(message.splitlines()) == 1
    assert len(message) < 250


SCALARS: list[tuple[str, str, list[Any]]] = [
    ("model", "String should have at least 1 character", [""]),
    ("model", "Input should be a valid string", [None, 1, []]),
    ("max_tokens", "must be greater than or equal to 0", [-1, -(2**63)]),
    ("max_tokens", "Input should be a valid integer", [None, "1", True, 1.0, 2.0**70, []]),
    ("temperature", "range: 0..1", [-0.1, 1.1, 2, 2**63]),
    ("temperature", "Input should be a valid number", [None, "1", True]),
    ("top_p", "range: 0..1", [1.5]),
    ("top_p", "Input should be a valid number", [[]]),
    ("top_k", "must be greater than or equal to 0", [-1]),
    ("top_k", "Input should be a valid integer", [1.5]),
    ("stream", "Input should be a valid boolean", [None, 1, 0, "true", {}]),
    ("service_tier", "Input should be 'auto' or 'standard_only'", [None, "best", 1, []]),
    ("inference_geo", "Input should be a valid string", [1]),
    ("stop_sequences", "Input should be a valid array", ["END", {}]),
    ("messages", "Input should be a valid array", [None, "Hello", {}, 1]),
    ("system", "Input should be a valid array", [None, {}, 1, True]),
    ("tools", "Input should be a valid array", [None, {}, "a"]),
    ("tool_choice", "Input should be an object", [None, "auto", []]),
    ("thinking", "Input should be an object", [None, True, "adaptive"]),
    ("cache_control", "Input should be an object", ["ephemeral"]),
    ("provider", "Input should be an object", ["bedrock", [], True]),
    ("output_config", "Input does not match the expected shape.", [None, "low", []]),
    ("metadata", "Input does not match the expected shape.", ["me"]),
]


@pytest.mark.parametrize(("name", "text", "values"), SCALARS, ids=[f"{name} {text[:25]}" for name, text, _ in SCALARS])
def test_a_parameter_of_the_wrong_kind_is_named(name: str, text: str, values: list[Any]) -> None:
    for value in values:
        assert refusal(with_fields(**{name: value})) == (f"{name}: {text}", name)


@pytest.mark.parametrize(
    ("name", "value", "most"),
    [("model", "m" * 257, 256), ("metadata.user_id", "u" * 513, 512)],
)
def test_strings_are_bounded(name: str, value: str, most: int) -> None:
    fields = {"metadata": {"user_id": value}} if "." in name else {name: value}
    assert refusal(with_fields(**fields)) == (f"{name}: String should have at most {most} characters", name)


SCHEMA = {"type": "object"}
NESTED: list[tuple[dict[str, Any], str, str]] = [
    ({"tool_choice": {}}, "tool_choice.type: Field required", "tool_choice.type"),
    (
        {"tool_choice": {"type": "function"}},
        "tool_choice: Input tag 'function' found using 'type' does not match any of the expected tags: "
        "'auto', 'any', 'tool', 'none'",
        "tool_choice",
    ),
    ({"tool_choice": {"type": 1}}, "tool_choice.type: Input should be a valid string", "tool_choice.type"),
    ({"tool_choice": {"type": "tool"}}, "tool_choice.tool.name: Field required", "tool_choice.name"),
    (
        {"tool_choice": {"type": "any", "disable_parallel_tool_use": None}},
        "tool_choice.any.disable_parallel_tool_use: Input should be a valid boolean",
        "tool_choice.disable_parallel_tool_use",
    ),
    ({"tools": [{}]}, "tools.0.custom.name: Field required", "tools.0.name"),
    ({"tools": [1]}, "tools.0: Input should be an object", "tools.0"),
    ({"tools": [{"name": "a"}]}, "tools.0.custom.input_schema: Field required", "tools.0.input_schema"),
    (
        {"tools": [SDK_TOOL, {"name": "a", "input_schema": {}}]},
        "tools.1.custom.input_schema.type: Field required",
        "tools.1.input_schema.type",
    ),
    (
        {"tools": [{"name": "a", "input_schema": {"type": "string"}}]},
        "tools.0.custom.input_schema.type: Input should be 'object'",
        "tools.0.input_schema.type",
    ),
    (
        {"tools": [{"name": "a b", "input_schema": SCHEMA}]},
        "tools.0.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'",
        "tools.0.name",
    ),
    (
        {"tools": [{"name": "a b" * 50, "input_schema": SCHEMA}]},
        "tools.0.custom.name: String should have at most 128 characters",
        "tools.0.name",
    ),
    (
        {"tools": [{"name": "a\n", "input_schema": SCHEMA}]},
        "tools.0.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'",
        "tools.0.name",
    ),
    ({"tools": [{"type": 5}]}, "tools.0.type: Input should be a valid string", "tools.0.type"),
    ({"tools": [{"type": "bash_1", "name": 1}]}, "tools.0.name: Input should be a valid string", "tools.0.name"),
    ({"thinking": {}}, "thinking.type: Field required", "thinking.type"),
    ({"thinking": {"type": None}}, "thinking.type: Input should be a valid string", "thinking.type"),
    (
        {"thinking": {"type": "on"}},
        "thinking: Input tag 'on' found using 'type' does not match any of the expected tags: "
        "'adaptive', 'between_tools', 'disabled', 'enabled'",
        "thinking",
    ),
    (
        {"thinking": {"type": "enabled"}},
        "thinking.enabled.budget_tokens: Field required",
        "thinking.budget_tokens",
    ),
    (
        {"thinking": {"type": "enabled", "budget_tokens": 1023}},
        "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024",
        "thinking.budget_tokens",
    ),
    ({"system": [1]}, "system.0: Input does not match the expected shape.", "system.0"),
    ({"system": [{"type": "text"}]}, "system.0.text: Field required", "system.0.text"),
    ({"system": [{"type": "image", "text": ""}]}, "system.0.type: Input should be 'text'", "system.0.type"),
    (
        {"cache_control": {"type": "ephemeral", "ttl": "2h"}},
        "cache_control.ephemeral.ttl: Input should be '5m' or '1h'",
        "cache_control.ttl",
    ),
    (
        {"cache_control": {"type": "eternal"}},
        "cache_control: Input tag 'eternal' found using 'type' does not match any of the expected tags: 'ephemeral'",
        "cache_control",
    ),
    (
        {"output_config": {"format": {"type": "json"}}},
        "output_config.format.type: Input should be 'json_schema'",
        "output_config.format.type",
    ),
    (
        {"output_config": {"format": {"type": "json_schema"}}},
        "output_config.format.schema: Field required",
        "output_config.format.schema",
    ),
    ({"stop_sequences": ["a", 1]}, "stop_sequences.1: Input should be a valid string", "stop_sequences.1"),
    ({"container": 1}, "container.ContainerParams: Input does not match the expected shape.", "container"),
]


@pytest.mark.parametrize(("fields", "message", "param"), NESTED, ids=[message[:60] for _, message, _ in NESTED])
def test_a_mistake_inside_a_parameter_is_named_by_its_path(fields: dict[str, Any], message: str, param: str) -> None:
    assert refusal(with_fields(**fields)) == (message, param)


SOURCE = {"type": "base64", "media_type": "image/bmp", "data": ""}
BLOCKS: list[tuple[Any, str, str]] = [
    (1, "", "Input should be an object"),
    ({}, ".type", "Field required"),
    ({"type": None}, ".type", "Input should be a valid string"),
    ({"type": "text"}, ".text.text", "Field required"),
    ({"type": "text", "text": 1}, ".text.text", "Input should be a valid string"),
    ({"type": "text", "text": "", "citations": {}}, ".text.citations", "Input should be a valid array"),
    ({"type": "text", "text": "", "cache_control": 1}, ".text.cache_control", "Input should be an object"),
    ({"type": "image"}, ".image.source", "Field required"),
    ({"type": "image", "source": {}}, ".image.source.type", "Field required"),
    (
        {"type": "image", "source": SOURCE},
        ".image.source.base64.media_type",
        "Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'",
    ),
    ({"type": "image", "source": {"type": "url"}}, ".image.source.url.url", "Field required"),
    ({"type": "image", "source": {"type": "file"}}, ".image.source.file.file_id", "Field required"),
    (
        {"type": "image", "source": {"type": "ftp"}},
        ".image.source",
        "Input tag 'ftp' found using 'type' does not match any of the expected tags: 'base64', 'url', 'file'",
    ),
    (
        {"type": "document", "source": SOURCE},
        ".document.source.base64.media_type",
        "Input should be 'application/pdf'",
    ),
    (
        {"type": "document", "source": {"type": "content", "content": [{"type": "text"}]}},
        ".document.source.content.content.0.text.text",
        "Field required",
    ),
    (
        {"type": "document", "source": {"type": "url", "url": ""}, "title": ""},
        ".document.title",
        "String should have at least 1 character",
    ),
    (
        {"type": "search_result", "source": "", "title": "", "content": "text"},
        ".search_result.content",
        "Input should be a valid array",
    ),
    ({"type": "thinking", "thinking": ""}, ".thinking.signature", "Field required"),
    ({"type": "redacted_thinking"}, ".redacted_thinking.data", "Field required"),
    (
        {"type": "tool_use", "id": "a b", "name": "a", "input": {}},
        ".tool_use.id",
        "String should match pattern '^[a-zA-Z0-9_-]+$'",
    ),
    ({"type": "tool_use", "id": "a", "name": "a", "input": "{}"}, ".tool_use.input", "Input should be an object"),
    (
        {"type": "tool_use", "id": "a", "name": "a", "input": {}, "caller": None},
        ".tool_use.caller",
        "Input should be an object",
    ),
    ({"type": "server_tool_use", "id": "a", "name": "a"}, ".server_tool_use.input", "Field required"),
    ({"type": "tool_result"}, ".tool_result.tool_use_id", "Field required"),
    (
        {"type": "tool_result", "tool_use_id": "a", "content": None},
        ".tool_result.content",
        "Input should be a valid array",
    ),
    (
        {"type": "tool_result", "tool_use_id": "a", "is_error": "yes"},
        ".tool_result.is_error",
        "Input should be a valid boolean",
    ),
    (
        {"type": "tool_result", "tool_use_id": "a", "content": [{"type": "image", "source": {"type": "url"}}]},
        ".tool_result.content.0.image.source.url.url",
        "Field required",
    ),
]


@pytest.mark.parametrize(("block", "place", "text"), BLOCKS, ids=[f"{place} {text[:20]}" for _, place, text in BLOCKS])
def test_a_mistake_in_a_block_is_named_by_its_path(block: Any, place: str, text: str) -> None:
    assert refusal(with_block(block))[0] == f"messages.0.content.0{place}: {text}"


def test_the_parameter_is_the_path_without_the_union_tags() -> None:
    body = with_block({"type": "image", "source": SOURCE})
    assert refusal(body)[1] == "messages.0.content.0.source.media_type"


def test_blocks_of_unknown_types_pass() -> None:
    assert parse(with_block({"type": "hologram", "text": 1})).messages[0]["content"][0]["type"] == "hologram"


MESSAGES: list[tuple[Any, str, str]] = [
    ([], "messages: at least one message is required", "messages"),
    (["Hello"], "messages.0: Input should be an object", "messages.0"),
    ([{}], "messages.0.role: Field required", "messages.0.role"),
    ([{"role": 1}], "messages.0.role: Input should be a valid string", "messages.0.role"),
    ([{"role": "user"}], "messages.0.content: Field required", "messages.0.content"),
    ([{"role": "user", "content": None}], "messages.0.content: Input should be a valid array", "messages.0.content"),
    (
        [*MINIMAL["messages"], {"role": "developer", "content": ""}],
        'messages: Unexpected role "developer". Allowed roles are "user" or "assistant"',
        "messages",
    ),
    (
        MINIMAL["messages"] * 100_001,
        "messages: List should have at most 100000 items after validation, not 100001",
        "messages",
    ),
]


@pytest.mark.parametrize(("messages", "text", "param"), MESSAGES, ids=[text[:50] for _, text, _ in MESSAGES])
def test_a_mistake_in_the_messages_is_named(messages: Any, text: str, param: str) -> None:
    assert refusal(with_fields(messages=messages)) == (text, param)


def test_only_the_first_mistake_is_reported_in_the_order_of_the_api() -> None:
    order = ["model", "tool_choice", "tools", "messages", "system", "thinking", "output_config", "cache_control"]
    order += ["max_tokens", "metadata", "stop_sequences", "temperature", "service_tier", "top_k", "top_p", "stream"]
    order += ["container", "inference_geo", "provider"]
    broken: dict[str, Any] = dict.fromkeys(reversed(order), 1.5)
    for name in order:
        assert refusal(orjson.dumps(broken))[1] == name
        broken[name] = MINIMAL.get(name)
        if name not in MINIMAL:
            del broken[name]
    assert parse(orjson.dumps(broken)).model == "m"


def test_the_conversation_is_looked_at_after_the_fields() -> None:
    assert refusal(with_fields(messages=[], stream=1))[1] == "stream"


def outcome(body: bytes) -> MessagesRequest | ApiError:
    try:
        return parse(body)
    except ApiError as error:
        return error


def test_mutated_bodies_are_parsed_or_refused_in_one_line() -> None:
    outcomes = [(body, outcome(body)) for body in mutated(0, 2000)]
    refusals = [result for _, result in outcomes if isinstance(result, ApiError)]
    assert 1000 < len(refusals) < 1900
    assert {error.status for error in refusals} == {400}
    assert all(len(error.message.splitlines()) == 1 and len(error.message) < 500 for error in refusals)
    parsed = [(body, result) for body, result in outcomes if isinstance(result, MessagesRequest)]
    assert all(request.body == orjson.loads(body) for body, request in parsed)


def test_mutated_bodies_are_the_same_for_the_same_seed() -> None:
    assert list(mutated(7, 50)) == list(mutated(7, 50))
    assert list(mutated(7, 50)) != list(mutated(8, 50))


@pytest.mark.parametrize(
    ("body", "model"),
    [({"model": "m"}, "m"), ({"model": 1}, None), ({}, None), ([], None), (None, None)],
    ids=["named", "no-text", "absent", "array", "null"],
)
def test_a_body_may_name_a_model_before_it_is_checked(body: object, model: str | None) -> None:
    assert model_named(body) == model
