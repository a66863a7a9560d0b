from typing import Any

import pytest

from tests.support import body
from tests.validation.checking import NOW, block, call, message, result, text, told

DIRECTIVE = {"role": "system", "content": [], "output_config": {"effort": "low"}}
SEARCH = block("server_tool_use", id="srvtoolu_1", name="web_search", input={})
FOUND = block("web_search_tool_result", tool_use_id="srvtoolu_1", content=[])
SAID = message("assistant")

PASSING = {
    "one role in a row": [message("user"), message("user"), SAID, SAID, message("user")],
    "empty beside full": [message("user", ""), message("user")],
    "an empty answer": [message("user"), message("assistant", ""), message("user")],
    "system at the end": [message("user"), message("system", "Be brief.")],
    "system before an answer": [message("user"), message("system", [text("Be brief.")]), SAID, message("user")],
    "two of the system": [message("user"), message("system", "Be brief."), message("system", "Be kind.")],
    "a directive anywhere": [DIRECTIVE, message("user"), DIRECTIVE, message("user"), SAID, DIRECTIVE, message("user")],
    "system after a server's result": [
        message("user"),
        message("assistant", [SEARCH, FOUND]),
        message("system", "Go on."),
    ],
}


@pytest.mark.parametrize("messages", PASSING.values(), ids=PASSING.keys())
def test_conversations_that_pass(messages: list[dict[str, Any]]) -> None:
    request = body(model="claude-opus-5", messages=messages)

    assert told(request, anthropic_beta="mid-conversation-output-config-2026-07-01") == ""


def test_only_directives_are_no_conversation_of_a_role() -> None:
    request = body(model="claude-opus-5", messages=[DIRECTIVE])
    assert told(request, anthropic_beta="per-turn-control-2026-07-01") == ""


def test_the_first_empty_message_of_a_silent_run_is_named() -> None:
    request = body(messages=[message("user"), SAID, message("user", ""), message("user", [])])
    assert told(request) == "messages.2: user messages must have non-empty content"


def test_prefill_may_end_in_anything_but_space() -> None:
    for content in ("It is", [text("It is")], [call()]):
        found = told(body(messages=[message("user"), message("assistant", content)]))
        assert "whitespace" not in found
    assert told(body(model="claude-mock/x", messages=[message("user"), message("assistant", "a ")]))


def test_documents_and_citations_stand_where_the_new_version_has_them() -> None:
    cited = block("char_location", cited_text="x", document_index=0, start_char_index=0, end_char_index=0)
    document = block("document", source=block("text", media_type="text/plain", data="x"))
    right = [message("user", [document]), message("assistant", [text(citations=[cited])]), message("user")]
    wrong = [message("user", [text(citations=[cited])]), message("assistant", [document]), message("user")]
    assert told(body(messages=right), anthropic_version=NOW) == ""
    assert "citations" in told(body(messages=wrong), anthropic_version=NOW)
    assert told(body(messages=wrong)) == told(body(messages=wrong), dialect="siraya", anthropic_version=NOW) == ""


def test_results_alone_are_content() -> None:
    assert told(body(messages=[message("user"), message("assistant", [call()]), message("user", [result()])])) == ""
