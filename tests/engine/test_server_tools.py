from typing import Any

import pytest

from mockgw.protocol.errors import ApiError
from mockgw.protocol.messages import Message, OtherBlock, to_json
from tests.engine.test_synthesis import message
from tests.support import ask, body, parsed, pipeline

SEARCH = {"web_search": {"query": "rain", "results": [{"url": "https://example.com", "title": "Rain"}]}}
CALL = {"type": "server_tool_use", "id": "srvtoolu_7", "name": "web_search", "input": {"query": "rain"}}
RESULT = {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_7", "content": []}
ANSWERED = [CALL, RESULT]


def values(found: Message) -> list[Any]:
    return [block.value for block in found.content if isinstance(block, OtherBlock)]


def paused(*content: Any, **more: Any) -> dict[str, Any]:
    """A request that sends an answer back which was paused."""
    sent = [{"role": "user", "content": "Rain?"}, {"role": "assistant", "content": list(content)}]
    return {"messages": sent, **more}


def test_a_search_is_a_call_and_its_result() -> None:
    call, result = values(message([SEARCH, "It rains."]))

    assert call["id"].startswith("srvtoolu_01")
    assert list(result)[:2] == ["type", "tool_use_id"]
    assert result["tool_use_id"] == call["id"]


def test_each_call_has_an_id_of_its_own() -> None:
    calls = values(message([SEARCH, SEARCH]))[::2]
    assert calls[0]["id"] != calls[1]["id"]


def test_what_gave_something_is_counted() -> None:
    failed = {"web_search": {"query": "a", "error": "unavailable"}}
    fetched = {"web_fetch": {"url": "https://example.com", "text": "Rain."}}
    found = message([SEARCH, SEARCH, failed, fetched])

    assert found.usage.other == {"server_tool_use": {"web_search_requests": 2, "web_fetch_requests": 1}}
    assert message([failed]).usage.other == {}


def test_what_is_counted_can_be_said_otherwise() -> None:
    found = message({"content": [SEARCH], "usage": {"web_search_requests": 9}})
    assert found.usage.other == {"server_tool_use": {"web_search_requests": 9, "web_fetch_requests": 0}}


def test_results_are_no_output() -> None:
    long = {"web_search": {"query": "a", "results": [{"url": "https://example.com", "title": "Rain " * 99}]}}
    short = {"web_search": {"query": "a", "results": []}}

    assert message([long]).usage.output_tokens == message([short]).usage.output_tokens


@pytest.mark.parametrize("asked", ["container_mine", {"id": "container_mine", "skills": []}])
def test_code_runs_in_the_container_that_the_request_names(asked: Any) -> None:
    found = message([{"code_execution": {"code": "1"}}], container=asked)
    assert found.container == {"id": "container_mine", "expires_at": "2026-01-01T13:00:00Z", "skills": None}


@pytest.mark.parametrize("asked", [None, {"skills": []}])
def test_a_container_is_made_when_the_request_names_none(asked: Any) -> None:
    found = message([{"code_execution": {"command": "ls"}}], container=asked)
    assert found.container
    assert found.container["id"].startswith("container_011C")


def test_a_container_that_is_written_down_is_told_whatever_ran() -> None:
    written = {"text": "a", "container": {"id": "c", "expires_at": "then", "skills": [{"skill_id": "pdf"}]}}
    assert message(written).container == {"id": "c", "expires_at": "then", "skills": [{"skill_id": "pdf"}]}
    assert list(to_json(message(written))).index("container") == 5


def test_no_container_without_code() -> None:
    assert message([SEARCH]).container is None


def test_the_last_call_of_an_answer_that_pauses_has_no_result_yet() -> None:
    running = {"web_search": {"query": "wind"}}
    found = values(message({"content": [running, running], "stop_reason": "pause_turn"}))

    assert [block["type"] for block in found] == ["server_tool_use", "web_search_tool_result", "server_tool_use"]
    assert found[0]["id"] == found[1]["tool_use_id"]


def test_a_pause_after_a_result_is_one_too() -> None:
    found = values(message({"content": [SEARCH], "stop_reason": "pause_turn"}))
    assert [block["type"] for block in found] == ["server_tool_use", "web_search_tool_result"]


@pytest.mark.parametrize(
    "request_body",
    [
        paused(CALL),
        paused(CALL | {"id": "srvtoolu_6"}, RESULT | {"tool_use_id": "srvtoolu_6"}, CALL | {"id": "srvtoolu_8"}, CALL),
        {"messages": [*paused(CALL)["messages"], {"role": "assistant", "content": "Well."}]},
    ],
    ids=["alone", "among-others", "in-the-message-before"],
)
def test_an_answer_goes_on_with_the_result_of_the_call_that_was_paused(request_body: Any) -> None:
    [result] = values(message([{"web_search": {"id": "srvtoolu_7", "results": []}}], **request_body))[:1]
    assert (result["type"], result["tool_use_id"]) == ("web_search_tool_result", "srvtoolu_7")


def test_a_page_that_was_asked_for_before_the_pause_keeps_its_address() -> None:
    call = {"type": "server_tool_use", "id": "srvtoolu_7", "name": "web_fetch", "input": {"url": "https://example.com"}}
    [result] = values(message([{"web_fetch": {"text": "Rain."}}], **paused(call)))
    assert result["content"]["url"] == "https://example.com"


@pytest.mark.parametrize(
    ("written", "request_body", "told"),
    [
        ({"results": []}, {}, "has no call of web_search without a result"),
        ({"results": []}, paused(*ANSWERED), "has no call of web_search without a result"),
        ({"results": []}, paused(CALL | {"name": "web_fetch"}), "has no call of web_search without a result"),
        ({"results": [], "id": "mine"}, paused(CALL), "has no call of web_search with the id 'mine' without a result"),
    ],
    ids=["not-paused", "answered", "another-tool", "another-id"],
)
def test_a_result_without_its_call_is_told(written: Any, request_body: Any, told: str) -> None:
    with pytest.raises(ApiError, match=told):
        message([{"web_search": written}], **request_body)


TOOL = {"type": "web_search_20250305", "name": "web_search"}
PAUSING = """
gateway: {dialect: anthropic, validate: strict}
steps:
  - content: [I look., web_search: {query: rain}]
    stop_reason: pause_turn
  - content:
      - web_search: {results: [{url: "https://example.com", title: Rain}]}
      - text: It rains.
        citations: [{url: "https://example.com"}]
  - Goodbye.
"""


def test_a_pause_is_no_retry_and_strict_gateways_take_what_comes_back() -> None:
    gateway = pipeline(PAUSING)
    asked: dict[str, Any] = {"model": "claude-opus-5-5", "tools": [TOOL], "max_tokens": 99}
    sent: list[Any] = [{"role": "user", "content": "Rain?"}]
    answers = []
    for _ in range(2):
        opened = ask(gateway, body(messages=sent, **asked), anthropic_version="2023-06-01")
        answers.append((opened.exchange.attempt, parsed(opened)["stop_reason"]))
        sent.append({"role": "assistant", "content": parsed(opened)["content"]})
    sent.append({"role": "user", "content": [{"type": "text", "text": "Thanks"}]})
    last = ask(gateway, body(messages=sent, **asked), anthropic_version="2023-06-01")

    assert answers == [(1, "pause_turn"), (1, "end_turn")]
    assert last.exchange.status == 200, last.exchange.message
