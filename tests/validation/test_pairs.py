from typing import Any

import pytest

from tests.support import body
from tests.validation.checking import block, call, message, result, text, told

ASKED = message("user")
SEARCH = block("server_tool_use", id="srvtoolu_1", name="web_search", input={})
FOUND = block("web_search_tool_result", tool_use_id="srvtoolu_1", content=[])

PASSING = {
    "a loop": [
        *(ASKED, message("assistant", [text(), call("a"), call("b")])),
        *(message("user", [result("b"), result("a"), text()]), message("assistant", [call("c")])),
        message("user", [result("c")]),
    ],
    "results in two messages": [
        *(ASKED, message("assistant", [call("a"), call("b")])),
        *(message("user", [result("a")]), message("user", [result("b")])),
    ],
    "calls in two messages": [
        *(ASKED, message("assistant", [call("a")]), message("assistant", [call("b")])),
        message("user", [result("a"), result("b")]),
    ],
    "searched": [ASKED, message("assistant", [SEARCH, FOUND, text()]), ASKED],
    "paused": [ASKED, message("assistant", [SEARCH])],
    "found later": [ASKED, message("assistant", [SEARCH]), ASKED, message("assistant", [FOUND]), ASKED],
}


@pytest.mark.parametrize("messages", PASSING.values(), ids=PASSING.keys())
def test_pairs_that_pass(messages: list[dict[str, Any]]) -> None:
    assert told(body(messages=messages, tools=[block("web_search_20250305", name="web_search")])) == ""


@pytest.mark.parametrize(("name", "tool"), [("web_fetch", "web_fetch"), ("bash_code_execution", "code_execution")])
def test_the_server_goes_on_with_a_tool_that_it_still_has(name: str, tool: str) -> None:
    messages = [ASKED, message("assistant", [SEARCH | {"name": name}])]
    dated = {"web_fetch": "web_fetch_20250910", "code_execution": "code_execution_20250825"}[tool]
    assert told(body(messages=messages, tools=[block(dated, name=tool)])) == ""
    assert told(body(messages=messages)).endswith(f"block, but no `{tool}` tool was provided")


def test_a_call_at_the_end_is_unanswered() -> None:
    assert told(body(messages=[ASKED, message("assistant", [call()])])).startswith("messages.1: `tool_use` ids were")


def test_a_system_message_between_call_and_result_parts_them() -> None:
    messages = [ASKED, message("assistant", [call()]), message("system", "Be brief."), message("user", [result()])]
    found = told(body(model="claude-opus-5", messages=messages))
    assert found.startswith("messages.2: role 'system' must follow")


def test_a_result_of_an_earlier_call_is_uncalled() -> None:
    messages = [ASKED, message("assistant", [call()]), message("user", [result()]), message("assistant"), ASKED]
    late = [*messages[:-1], message("user", [result()])]
    assert told(body(messages=messages)) == ""
    assert told(body(messages=late)).startswith("messages.4.content.0: unexpected `tool_use_id` found")


def test_an_id_is_shown_on_one_line() -> None:
    found = told(body(messages=[message("user", [result("a\nb" + "c" * 1000)])]))
    assert "a\\nbccc" in found
    assert len(found) < 500


def test_a_tool_search_has_a_result_of_its_own_name() -> None:
    search = SEARCH | {"name": "tool_search_tool_bm25"}
    messages = [ASKED, message("assistant", [search]), ASKED, message("assistant"), ASKED]
    assert told(body(messages=messages)).endswith("without a corresponding `tool_search_tool_result` block")
