"""Requests of batches go the way of all others."""

from typing import Any

import orjson
import pytest

from mockgw.control.control import Control
from mockgw.delivery.actions import Delivery
from mockgw.endpoints import batches
from tests.endpoints.asking import Client, batch_of, client
from tests.support import ask, body, text


def worked(asked: Client, *prompts: str, **more: Any) -> list[dict[str, Any]]:
    """The results of a batch, in its order."""
    id = asked.ask(batches.create, sends=batch_of(*prompts, **more))["id"]
    asked.wait(1)
    lines = asked.call(batches.results, id).content.splitlines()
    return [orjson.loads(line)["result"] for line in lines]


def said(result: dict[str, Any]) -> str:
    """The text of a message, or the message of an error."""
    return str(result["message"]["content"][0]["text"] if "message" in result else result["error"]["error"]["message"])


def test_lists_are_used_up_by_batches_and_messages_alike() -> None:
    asked = client("replies: [one, two, three, four]")
    assert text(asked.gateway) == "one"
    assert [said(one) for one in worked(asked, "a", "b")] == ["two", "three"]
    assert text(asked.gateway) == "four"


def test_templates_and_other_scenarios_work() -> None:
    [one] = worked(client("reply: 'You said {{ prompt }}.'"), "Hi")
    assert said(one) == "You said Hi."


def test_the_usage_says_that_it_was_a_batch() -> None:
    assert worked(client(), "a")[0]["message"]["usage"]["service_tier"] == "batch"


def test_each_request_is_an_exchange_of_the_journal() -> None:
    asked = client()
    worked(asked, "a", "b")
    found = [one for one in asked.gateway.journal if one.path == "/v1/messages"]
    assert [(one.status, one.delivery.ending) for one in found] == [(200, "whole")] * 2
    assert orjson.loads(found[1].body)["messages"][0]["content"] == "b"


OVERLOADED = {"type": "overloaded_error", "message": "Overloaded"}
BROKEN = {"type": "api_error", "message": "Internal server error"}


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ("error: {status: 429, message: Slow down}", {"type": "rate_limit_error", "message": "Slow down"}),
        ("error: {status: 502, body: '<html>'}", BROKEN),
        ("reply: a, fault: {type: error_body_200, error: 529}", OVERLOADED),
        ("reply: a, fault: {type: limit_data, bytes: 20}", BROKEN),
        ("reply: a, fault: {type: timeout}", BROKEN),
    ],
)
def test_what_goes_wrong_is_an_error_of_that_request_alone(answer: str, error: dict[str, str]) -> None:
    asked = client(f"rules: [{{match: {{prompt: b}}, reply: fine}}, {{fallback: true, {answer}}}]")
    broken, fine = worked(asked, "a", "b")
    assert (broken["type"], fine["type"]) == ("errored", "succeeded")
    assert broken["error"]["type"] == "error"
    assert broken["error"]["error"] == error


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"stream": True}, "stream: a request of a message batch cannot be streamed"),
        ({"max_tokens": 0}, "max_tokens: 0 is not possible in a message batch"),
        ({"messages": []}, "messages: at least one message is required"),
        ({"model": 3}, "model: Input should be a valid string"),
    ],
)
def test_what_a_request_asks_for_is_looked_at_when_its_turn_comes(more: dict[str, Any], message: str) -> None:
    [one] = worked(client(), "a", **more)
    assert (one["type"], said(one)) == ("errored", message)
    assert one["error"]["request_id"].startswith("req_")


PRICED = "models: {'*': {prices: {input: 2, output: 8}}}"


def test_batches_cost_half_and_count_for_no_limit() -> None:
    limits = "limits: {requests: 1/h}, subscription: {five_hour: {tokens: 1}}"
    asked = client(f"{{gateway: {{{limits}, credits: {{balance: 1}}, {PRICED}}}, reply: a b c d}}")
    assert [one["type"] for one in worked(asked, "a", "b", "c")] == ["succeeded"] * 3
    costs = [one.cost for one in asked.gateway.journal if one.path == "/v1/messages"]
    plain = ask(asked.gateway, body("a"))
    asked.gateway.settle(plain, Delivery(ending="whole"))
    assert costs[0] is not None
    assert plain.exchange.cost == 2 * costs[0] > 0


def test_a_batch_whose_key_has_no_money_is_errored() -> None:
    [one] = worked(client(f"{{gateway: {{credits: {{balance: 0}}, {PRICED}}}, reply: a}}"), "a")
    assert one["error"]["error"]["type"] == "billing_error"


def test_nothing_is_too_slow_for_a_batch() -> None:
    [one] = worked(client("{gateway: {timeout: 1s}, reply: a, delay: 1h}"), "a")
    assert said(one) == "a"


def test_not_all_of_a_large_batch_is_answered_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mockgw.endpoints.working.MOST_AT_ONCE", 2)
    asked = client()
    id = asked.ask(batches.create, sends=batch_of("a", "b", "c"))["id"]
    asked.wait(2)
    found = [asked.ask(batches.shown, id) for _ in range(2)]
    assert [one["processing_status"] for one in found] == ["in_progress", "ended"]
    assert found[1]["request_counts"]["succeeded"] == 3


def test_requests_of_a_batch_are_no_retries_of_each_other() -> None:
    attempts = "attempts: [{error: {status: 429, retry_after: 60}}, {text: fine}]"
    asked = client(f"rules: [{{match: {{prompt: Hi}}, {attempts}}}, {{fallback: true, error: 400}}]")
    assert [one["type"] for one in worked(asked, "Hi", "Hi", "Bad", "Bad")] == ["errored"] * 4
    assert Control(asked.gateway).verdict().clean
