from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockgw.engine.suggestion import suggestion
from tests.support import body, context, pipeline, text, turns

CALL = [{"type": "tool_use", "id": "t", "name": "Read", "input": {}}]
RESULT = [{"type": "tool_result", "tool_use_id": "t", "content": "x"}]


@pytest.mark.parametrize(
    ("messages", "headers", "match"),
    [
        pytest.param(turns("How's the\n weather?"), {}, 'prompt: "How\'s the weather?"', id="prompt"),
        pytest.param(turns(f"{'word ' * 20}"), {}, f'prompt: {{starts_with: "{("word " * 12).strip()}"}}', id="long"),
        pytest.param(turns("w" * 90), {}, f'prompt: {{starts_with: "{"w" * 60}"}}', id="long-word"),
        pytest.param(turns(""), {}, "prompt: {present: false}", id="no-prompt"),
        pytest.param(turns("go", CALL, RESULT), {}, 'prompt: "go", step: 1', id="step"),
        pytest.param(turns("go"), {"x-claude-code-agent-id": "a"}, 'prompt: "go", agent: sub', id="agent"),
    ],
)
def test_a_rule_for_the_request(messages: Any, headers: dict[str, str], match: str) -> None:
    found = suggestion(context(body(messages=messages), headers))

    assert found == f"- match: {{{match}}}\n  reply: Hello."


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=100) | st.sampled_from(['"', "\\", "{{ x }}", "a: b # c", "\x7f\x9f\ufeff", "\U0001f600"]))
def test_the_suggested_rule_matches(prompt: str) -> None:
    request = body(messages=turns(prompt))
    gateway = pipeline(f"rules:\n{suggestion(context(request))}\n")

    assert text(gateway, request) == "Hello."
