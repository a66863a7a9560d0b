from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from mockgw.scenario.citations import Citation
from mockgw.scenario.server_tools import (
    CodeExecution,
    McpToolUse,
    Moment,
    ServerTool,
    ToolSearch,
    WebFetch,
    WebSearch,
)

NOON = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
TOOLS = [WebSearch, WebFetch, CodeExecution, ToolSearch, McpToolUse]


def outcome(tool: ServerTool, offered: tuple[str, ...] = ()) -> Any:
    return tool.outcome(Moment(1, NOON, tool.call(offered)))


def test_what_is_found_has_something_that_only_the_api_can_read() -> None:
    search = WebSearch.model_validate({"query": "a", "results": [{"url": "https://example.com", "title": "b"}]})

    [page] = outcome(search)["content"]
    [same] = outcome(search)["content"]
    assert page.keys() == {"type", "title", "url", "encrypted_content", "page_age"}
    assert page["encrypted_content"].startswith("Eq8C")
    assert page == same


def test_a_page_is_fetched_now() -> None:
    content = outcome(WebFetch(url="https://example.com", text="Rain."))["content"]

    assert (content["url"], content["retrieved_at"]) == ("https://example.com", "2026-01-01T12:00:00Z")
    assert content["content"]["source"] == {"type": "text", "media_type": "text/plain", "data": "Rain."}


@pytest.mark.parametrize(
    ("written", "name"), [({"code": "1"}, "code_execution"), ({"command": "ls"}, "bash_code_execution")]
)
def test_code_and_commands_are_run_by_tools_of_their_own(written: dict[str, str], name: str) -> None:
    run = CodeExecution.model_validate({**written, "stdout": "a", "files": ["file_1"]})

    assert run.call(())["name"] == name
    result = outcome(run)
    assert (result["type"], result["content"]["type"]) == (f"{name}_tool_result", f"{name}_result")
    assert result["content"]["content"] == [{"type": f"{name}_output", "file_id": "file_1"}]


@pytest.mark.parametrize(
    ("offered", "name"),
    [
        ((), "tool_search_tool_regex"),
        (("Read", "tool_search_tool_bm25"), "tool_search_tool_bm25"),
    ],
)
def test_tools_are_searched_with_the_tool_that_is_offered(offered: tuple[str, ...], name: str) -> None:
    search = ToolSearch(query="a", tools=["b"])

    assert search.call(offered)["name"] == name
    assert outcome(search, offered)["type"] == "tool_search_tool_result"


@pytest.mark.parametrize("tool", TOOLS[:-1])
def test_a_failure_has_the_code_of_its_tool(tool: type[ServerTool]) -> None:
    failed = tool.model_validate({tool.asked[0]: "a", "error": "unavailable"})

    result = outcome(failed)
    assert result["content"] == {"type": f"{result['type']}_error", "error_code": "unavailable"}


def test_a_failure_of_an_mcp_server_is_a_text() -> None:
    failed = outcome(McpToolUse(server_name="a", name="b", error="No."))

    assert failed == {"type": "mcp_tool_result", "is_error": True, "content": [{"type": "text", "text": "No."}]}


@pytest.mark.parametrize("tool", TOOLS)
def test_it_is_said_what_is_a_call_and_what_came_of_it(tool: type[ServerTool]) -> None:
    more = {"server_name": "a", "name": "b"} if tool is McpToolUse else {tool.asked[0]: "a"}
    begun, failed = tool.model_validate(more), tool.model_validate({**more, "error": "unavailable"})

    assert (begun.begun, begun.ended) == (True, False)
    assert (failed.begun, failed.ended) == (True, True)


@pytest.mark.parametrize(
    ("model", "written", "told"),
    [
        (WebSearch, {}, "needs 'query'; without it, say what came of a call that was paused"),
        (WebSearch, {"query": "a", "results": [], "error": "b"}, "'results' has no meaning beside 'error'"),
        (CodeExecution, {"code": "a", "command": "b"}, "'command' has no meaning beside 'code'"),
        (CodeExecution, {"code": "a", "return_code": "b"}, "expected a whole number, found 'b'"),
        (Citation, {}, "expected one of url, document, search_result"),
        (Citation, {"url": "a", "document": 0}, "'document' has no meaning beside 'url'"),
        (Citation, {"search_result": 0, "page": 1}, "'page' has no meaning beside 'search_result'"),
        (Citation, {"document": -1}, "expected a title or a whole number from 0, found -1"),
        (Citation, {"document": True}, "expected a title or a whole number from 0, found true"),
        (Citation, {"document": ["a"]}, "expected a title or a whole number from 0, found a list"),
    ],
)
def test_what_means_nothing_is_told(model: Any, written: Any, told: str) -> None:
    with pytest.raises(ValidationError) as error:
        model.model_validate(written)
    assert told in error.value.errors()[0]["msg"]
