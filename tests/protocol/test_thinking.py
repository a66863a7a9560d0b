from typing import Any

import orjson
import pytest

from mockgw.protocol.requests import parse
from mockgw.protocol.thinking import type_of
from tests.support import body


@pytest.mark.parametrize(
    ("model", "thinking", "type"),
    [
        ("claude-opus-5-5", None, "adaptive"),
        ("claude-opus-5", {"type": "disabled"}, "disabled"),
        ("anthropic/claude-sonnet-5.5", {"type": "between_tools"}, "between_tools"),
        ("claude-opus-4-8", None, "disabled"),
        ("claude-sonnet-4-5", {"type": "enabled", "budget_tokens": 1024}, "enabled"),
        ("claude-mock/hello", None, "disabled"),
        ("gpt-9", None, "disabled"),
    ],
)
def test_a_request_gets_the_thinking_that_it_names_or_its_model_s(model: str, thinking: Any, type: str) -> None:
    assert type_of(parse(orjson.dumps(body(model=model, max_tokens=2000, thinking=thinking)))) == type
