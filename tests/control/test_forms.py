"""Whatever is given to an operation, it is done or refused in words: nothing else comes out."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockgw.control.control import Control
from mockgw.control.errors import ControlError
from mockgw.control.forms import of_query
from tests.support import body, pipeline, text

KEYS = [
    "name", "scenario", "yaml", "rules", "match", "prompt", "reply", "error", "fault", "delay", "rate", "times", "for",
    "type", "at", "seconds", "by", "request", "request_id", "headers", "session", "attempt", "order", "count", "since",
    "limit", "format", "status", "defaults", "text",
]  # fmt: skip
WORDS = [
    "x", "", "test", "truncate", "error:429", "delay:2s", "2h", "10%", "reply: Hi", "{{ prompt }}", "{{", "4xx",
    "jsonl", "- a\n- b", "a: &a [*a]", "../x", "\x00", "\N{NO-BREAK SPACE}", "default",
]  # fmt: skip
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.sampled_from(WORDS), st.text(max_size=5),
    st.sampled_from([2**63, 2**64, 10**30, -1, 0, 1, 429, 1e308]),
)  # fmt: skip
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=8,
)
OF_SESSION = ("choose", "override", "arm", "advance")
OTHERS = ("create_session", "journal", "count", "clear", "verify", "explain")


@pytest.mark.parametrize("method", OF_SESSION + OTHERS)
@given(value=VALUES)
def test_anything_is_done_or_refused_in_words(method: str, value: Any) -> None:
    control = Control(pipeline("rules: [{match: {prompt: Hello}, reply: Hi}]"))
    told = refusal(lambda: getattr(control, method)(*(["default"] if method in OF_SESSION else []), value))
    assert "Error" not in told
    control.sessions()
    text(control.pipeline, body("Hello"), x_mockgw_fault="none")


def refusal(work: Callable[[], object]) -> str:
    try:
        work()
    except ControlError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ({"limit": "5"}, {"limit": 5}),
        ({"unmatched": ""}, {"unmatched": True}),
        ({"unmatched": "true", "faulted": "false"}, {"unmatched": True, "faulted": False}),
        ({"text": "1.10"}, {"text": "1.10"}),
        ({"since": "9" * 40}, {"since": "9" * 40}),
    ],
    ids=str,
)
def test_a_query_has_numbers_and_constants(query: dict[str, str], meant: dict[str, Any]) -> None:
    found = of_query(query)
    assert {key: getattr(value, "text", value) if key == "text" else value for key, value in found.items()} == meant
