"""Walk: whatever it lets pass, the rules let pass too, and it counts what the estimate counts."""

from collections.abc import Mapping
from typing import Any

import orjson
import pytest

from mockgw.protocol import tokens, walk
from mockgw.protocol.parameters import CREATE
from mockgw.protocol.rules import Mismatch
from tests.protocol.bodies import VALID, mutated
from tests.support import body


def _by_the_rules(request: Any) -> int | None:
    try:
        for phase in CREATE:
            phase(request)
    except Mismatch:
        return None
    return tokens.request_estimate(request)


def _decoded(data: bytes) -> Any:
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return None


def test_it_says_of_any_body_what_the_rules_and_the_estimate_say_or_nothing() -> None:
    differ = [
        one
        for one in map(_decoded, mutated(3, 4000))
        if (found := walk.input_tokens(one)) != _by_the_rules(one) and found is not None
    ]
    assert differ == []


@pytest.mark.parametrize("request_body", VALID.values(), ids=VALID)
def test_it_knows_all_that_real_clients_send(request_body: dict[str, Any]) -> None:
    assert walk.input_tokens(request_body) == tokens.request_estimate(request_body)


Fields = dict[str, Any]
TEXT: Fields = {"type": "text", "text": "é"}
CALL: Fields = {"type": "tool_use", "id": "toolu_1", "name": "Read", "input": {"a": 1}}
RESULT: Fields = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "fine"}
TOOL: Fields = {"name": "Read", "description": "Reads.", "input_schema": {"type": "object"}}
CHANGES: tuple[Fields, ...] = (
    {},
    {"text": 1},
    {"text": None},
    {"id": "a b"},
    {"id": 1},
    {"name": ""},
    {"name": "n" * 201},
    {"input": []},
    {"content": None},
    {"content": [TEXT]},
    {"tool_use_id": 1},
    {"is_error": True},
    {"cache_control": {"type": "ephemeral"}},
    {"cache_control": {"type": "none"}},
    {"type": "new"},
    {"type": ["text"]},
    {"more": "x"},
)


@pytest.mark.parametrize(
    ("block", "change"),
    [(block, change) for block in (TEXT, CALL, RESULT) for change in CHANGES],
)
def test_the_blocks_that_are_seen_at_a_glance(block: Mapping[str, Any], change: dict[str, Any]) -> None:
    request = body(messages=[{"role": "user", "content": [{**block, **change}]}])
    assert walk.input_tokens(request) == _by_the_rules(request)


@pytest.mark.parametrize(
    "tools",
    [
        *(None, "", 0, {}, [], [TOOL], [TOOL, TOOL], [1], [[]], ["abc"]),
        *([TOOL | {"description": 1}], [TOOL | {"name": "a b"}], [TOOL | {"input_schema": {"type": "array"}}]),
        *([TOOL | {"input_schema": {}}], [TOOL | {"input_schema": "x"}], [TOOL | {"type": "custom"}]),
    ],
    ids=repr,
)
def test_the_tools_that_are_seen_at_a_glance(tools: Any) -> None:
    request = {**body(), "tools": tools}
    assert walk.input_tokens(request) == _by_the_rules(request)


@pytest.mark.parametrize(
    "messages",
    [
        *([], {}, None, "Hello", [None], ["role"], [[]], [{"role": "user"}], [{"role": "user", "content": None}]),
        *([{"role": "user", "content": {}}], [{"role": "tool", "content": ""}], [{"role": [], "content": ""}]),
        *([{"role": "system", "content": "a"}], [{"role": "user", "content": [None]}], [{"content": "a"}]),
    ],
    ids=repr,
)
def test_messages_of_any_shape(messages: Any) -> None:
    request = {**body(), "messages": messages}
    assert walk.input_tokens(request) == _by_the_rules(request)
