from typing import Any

import pytest

from mockgw.opened import Opened
from mockgw.pipeline import Pipeline
from mockgw.protocol.requests import Incoming, check, check_count
from mockgw.validation.salvage import readable
from tests.fuzz.mutations import mutants
from tests.support import body, head, parsed, pipeline
from tests.validation.checking import message, text


def test_what_is_right_stays() -> None:
    request = body(unknown={"kept": None}, messages=[message("user"), message("assistant", [text()])])
    assert readable(request, check).body == request


WRONG: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"temperature": "hot"}, {}),
    ({"model": 5}, {"model": "unknown"}),
    ({"max_tokens": None}, {}),
    ({"messages": "Hello"}, {"messages": [message("user", "")]}),
    ({"messages": [message("developer"), message("user"), "x"]}, {"messages": [message("user")]}),
    (
        {"messages": [message("user", [text(), {"type": "text"}, 7, text("a")])]},
        {"messages": [message("user", [text(), text("a")])]},
    ),
    ({"messages": [{"role": "user"}]}, {"messages": [message("user", "")]}),
    (
        {"tools": [{"name": "a", "input_schema": {}}, {"name": "b", "input_schema": {"type": "object"}}]},
        {"tools": [{"name": "b", "input_schema": {"type": "object"}}]},
    ),
    ({"thinking": {"type": "enabled"}}, {}),
    ({"output_config": {"effort": 5, "format": None}}, {"output_config": {"format": None}}),
]


@pytest.mark.parametrize(("fields", "kept"), WRONG)
def test_only_what_is_wrong_is_left_out(fields: dict[str, Any], kept: dict[str, Any]) -> None:
    given = body() | fields
    usual = {name: value for name, value in body().items() if name not in fields or name == "max_tokens"}

    assert readable(given, check).body == usual | kept | ({"max_tokens": 4096} if "max_tokens" in fields else {})


@pytest.mark.parametrize("value", [None, [], "x", 5, {}])
def test_what_is_no_request_becomes_the_smallest(value: Any) -> None:
    for read in (check, check_count):
        assert readable(value, read).body == {"model": "unknown", "max_tokens": 4096, "messages": [message("user", "")]}


def test_of_a_hopeless_body_only_the_model_is_kept() -> None:
    hopeless = body(messages=[message("user", [5] * 1000)])
    assert readable(hopeless, check).body == body(messages=[message("user", "")])


ANSWERS = """
gateway: {validate: off}
rules:
  - match: {prompt: {contains: file}, thinking: adaptive, tools: Read}
    reply: One.
  - match: {tool_result: {contains: x}, effort: low, system: {contains: be}}
    reply: Another.
  - generate: {words: 3}
"""


def test_whatever_is_json_is_answered() -> None:
    gateway = pipeline(ANSWERS)
    for one, raw in mutants(1, 1500):
        opened = ask_raw(gateway, raw, one.headers)
        if head(opened).status != 200:
            assert parsed(opened)["error"]["message"].startswith(
                ("The request body is n", "cannot generate", "content-type")
            )


def ask_raw(gateway: Pipeline, raw: bytes, headers: dict[str, str]) -> Opened:
    return gateway.messages(Incoming("POST", "/v1/messages", {**headers, "x-api-key": "test"}, body=raw))
