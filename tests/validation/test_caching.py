from typing import Any

import pytest

from tests.support import body
from tests.validation.checking import LOOK, call, message, result, text, told

SHORT: dict[str, Any] = {"cache_control": {"type": "ephemeral"}}
LONG: dict[str, Any] = {"cache_control": {"type": "ephemeral", "ttl": "1h"}}
CALLED = [message("user"), message("assistant", [call()])]


@pytest.mark.parametrize(
    "fields",
    [
        {"tools": [LOOK | LONG], "system": [text(**LONG)], "messages": [message("user", [text(**SHORT)])]},
        {"cache_control": {"type": "ephemeral"}, "system": [text(**SHORT)] * 3},
        {"system": [text(cache_control=None)] * 5},
    ],
    ids=["long before short", "automatic and three", "null is none"],
)
def test_breakpoints_that_pass(fields: dict[str, Any]) -> None:
    assert told(body(**fields)) == ""


def test_the_automatic_one_counts() -> None:
    fields: dict[str, Any] = {"cache_control": {"type": "ephemeral"}, "system": [text(**SHORT)] * 4}
    assert told(body(**fields)) == "A maximum of 4 blocks with cache_control may be provided. Found 5."


def test_breakpoints_inside_results_are_seen() -> None:
    inside = [*CALLED, message("user", [result(content=[text(**SHORT)], **LONG)])]
    assert told(body(messages=inside)).startswith("messages.2.content.0.cache_control.ttl: a ttl='1h'")
    empty = [*CALLED, message("user", [result(content=[text("", **SHORT)])])]
    assert told(body(messages=empty)).startswith("messages.2.content.0.content.0.text: cache_control cannot be set")


def test_an_empty_system_text_has_no_breakpoint() -> None:
    assert told(body(system=[text("", **SHORT)])) == "system.0.text: cache_control cannot be set for empty text blocks"
    assert told(body(system=[text("")])) == ""


def test_an_automatic_one_is_none_where_there_is_one() -> None:
    there = [message("user", [text(**SHORT)])]
    assert told(body(**SHORT, system=[text(**SHORT)] * 3, messages=there)) == ""
