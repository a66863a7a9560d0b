"""A batch from its creation to its results, its errors, and the list of them."""

from typing import Any

import orjson
import pytest

from mockgw.endpoints import batches
from tests.endpoints.asking import Client, batch_of, client
from tests.support import body

RULES = "rules: [{match: {prompt: Hi}, reply: Hello}, {match: {prompt: Bad}, error: 529}]"
DAY = 24 * 3600


def made(asked: Client, *prompts: str, **sent: Any) -> str:
    """The id of a new batch."""
    return str(asked.ask(batches.create, sends=batch_of(*(prompts or ("Hi",))), **sent)["id"])


def results(asked: Client, id: str) -> dict[str, Any]:
    answer = asked.call(batches.results, id)
    assert answer.exchange.status == 200, answer.exchange.message
    lines = [orjson.loads(line) for line in answer.content.splitlines()]
    return {line["custom_id"]: line["result"] for line in lines}


def test_a_batch_is_answered_by_the_scenario() -> None:
    asked = client(RULES)
    created = asked.ask(batches.create, sends=batch_of("Hi", "Bad", "Unknown"))
    assert (created["processing_status"], created["request_counts"]["processing"]) == ("in_progress", 3)
    assert created["id"].startswith("msgbatch_01")
    asked.wait(1)
    ended = asked.ask(batches.shown, created["id"])
    assert ended["request_counts"] == {"processing": 0, "succeeded": 1, "errored": 2, "canceled": 0, "expired": 0}
    assert ended["results_url"] == f"http://here/v1/messages/batches/{created['id']}/results"
    found = results(asked, created["id"])
    assert found["id-0"]["message"]["content"] == [{"type": "text", "text": "Hello"}]
    assert found["id-1"]["error"]["error"] == {"type": "overloaded_error", "message": "Overloaded"}
    assert "no rule of the scenario 'test'" in found["id-2"]["error"]["error"]["message"]


def test_results_are_lines_of_json() -> None:
    asked = client()
    id = made(asked, "a", "b")
    asked.wait(1)
    answer = asked.call(batches.results, id)
    assert answer.headers["content-type"] == "application/x-jsonl"
    assert answer.content.count(b"\n") == 2
    assert answer.exchange.answer == "2 results"


def test_the_control_api_finishes_a_batch_by_moving_the_clock() -> None:
    asked = client("{gateway: {batches: {duration: 5h}}, reply: Hello}")
    id = made(asked, "a", "b")
    assert asked.answered == []
    asked.advance(2.5 * 3600)
    assert asked.answered == ["text, end_turn"]
    asked.advance(2.5 * 3600)
    assert asked.answered == ["text, end_turn"] * 2
    assert asked.ask(batches.shown, id)["processing_status"] == "ended"


@pytest.mark.parametrize("setting", ["settings", "session"])
def test_the_time_scale_is_that_of_batches_too(setting: str) -> None:
    asked = client("{gateway: {batches: {duration: 10s}}, reply: a}", time_scale=0.5 if setting == "settings" else 1)
    if setting == "session":
        session = asked.gateway.sessions.of("default", 0)
        session.own = type(session.own)(time_scale=0.5)
    id = made(asked)
    asked.wait(4.9)
    assert asked.ask(batches.shown, id)["processing_status"] == "in_progress"
    asked.wait(0.1)
    assert asked.ask(batches.shown, id)["processing_status"] == "ended"


def test_a_batch_can_be_cancelled_and_what_was_answered_stays() -> None:
    asked = client("{gateway: {batches: {duration: 2s}}, reply: a}")
    id = made(asked, "a", "b")
    asked.wait(1)
    canceled = asked.ask(batches.cancel, id, sends=b"")
    assert (canceled["processing_status"], canceled["ended_at"]) == ("canceling", None)
    assert canceled["cancel_initiated_at"] == "2026-01-01T00:00:01Z"
    assert asked.ask(batches.cancel, id)["cancel_initiated_at"] == "2026-01-01T00:00:01Z"
    asked.wait(1)
    assert {id: one["type"] for id, one in results(asked, id).items()} == {"id-0": "succeeded", "id-1": "canceled"}
    assert asked.refused(batches.cancel, id) == (400, f"Message batch `{id}` has ended and cannot be canceled.")
    assert asked.answered == ["text, end_turn"]


def test_a_batch_expires_after_a_day_and_its_results_are_gone_after_a_month() -> None:
    asked = client("{gateway: {batches: {duration: 4d}}, reply: a}")
    id = made(asked, "a", "b", "c", "d")
    asked.advance(DAY)
    assert [one["type"] for one in results(asked, id).values()] == ["succeeded", "expired", "expired", "expired"]
    asked.advance(28 * DAY)
    assert asked.ask(batches.shown, id)["archived_at"] == "2026-01-30T00:00:00Z"
    assert asked.refused(batches.results, id)[0] == 404


def test_only_what_has_ended_has_results_and_can_be_deleted() -> None:
    asked = client()
    id = made(asked)
    assert asked.refused(batches.results, id) == (
        400, f"Message batch `{id}` is in_progress; it has results when it has ended."
    )  # fmt: skip
    assert asked.refused(batches.delete, id) == (
        400,
        f"Message batch `{id}` has not ended; only a batch that has ended can be deleted, so cancel it first.",
    )
    asked.wait(1)
    assert asked.ask(batches.delete, id) == {"id": id, "type": "message_batch_deleted"}
    assert asked.ask(batches.listed)["data"] == []


@pytest.mark.parametrize("call", ["shown", "cancel", "delete", "results"])
def test_an_unknown_batch_is_a_404_that_names_it(call: str) -> None:
    assert client().refused(getattr(batches, call), "msgbatch_x") == (404, "Message batch `msgbatch_x` not found.")


def test_the_list_is_cut_into_pages_the_newest_first() -> None:
    asked = client()
    ids = [made(asked) for _ in range(3)]
    first = asked.ask(batches.listed, query={"limit": "2"})
    assert ([one["id"] for one in first["data"]], first["has_more"]) == ([ids[2], ids[1]], True)
    rest = asked.ask(batches.listed, query={"limit": "2", "after_id": first["last_id"]})
    assert ([one["id"] for one in rest["data"]], rest["has_more"]) == ([ids[0]], False)
    assert asked.refused(batches.listed, query={"after_id": "x"})[1].startswith("after_id: no message batch 'x'")


def test_sessions_do_not_see_each_others_batches() -> None:
    asked = client()
    id = made(asked, session="one")
    assert asked.refused(batches.shown, id, session="other")[0] == 404
    assert asked.ask(batches.shown, id, session="one")["id"] == id
    asked.gateway.reset("one")
    assert asked.refused(batches.shown, id, session="one")[0] == 404


def one(custom_id: Any = "a", params: Any = None) -> dict[str, Any]:
    return {"custom_id": custom_id, "params": body() if params is None else params}


@pytest.mark.parametrize(
    ("sends", "message"),
    [
        (b"{", "The request body is not valid JSON"),
        ([], "Input should be an object"),
        ({}, "requests: Field required"),
        ({"requests": None}, "requests: Input should be a valid array"),
        ({"requests": []}, "requests: List should have at least 1 item after validation, not 0"),
        ({"requests": ["x"]}, "requests.0: Input should be an object"),
        ({"requests": [{"params": {}}]}, "requests.0.custom_id: Field required"),
        ({"requests": [{"custom_id": "a"}]}, "requests.0.params: Field required"),
        ({"requests": [one(), one("b", [])]}, "requests.1.params: Input should be an object"),
        ({"requests": [one("")]}, "requests.0.custom_id: String should have at least 1 character"),
        ({"requests": [one("x" * 65)]}, "requests.0.custom_id: String should have at most 64 characters"),
        ({"requests": [one("a b")]}, "requests.0.custom_id: String should match pattern '^[a-zA-Z0-9_-]{1,64}$'"),
        ({"requests": [one(), one("b"), one()]}, "requests.2.custom_id: 'a' is the custom_id of requests.0 already"),
    ],
)
def test_what_is_no_batch_is_a_400_that_says_why(sends: Any, message: str) -> None:
    status, told = client().refused(batches.create, sends=sends)
    assert (status, told[: len(message)]) == (400, message)


def test_there_may_be_a_hundred_thousand_requests_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    many = {"requests": [one(f"id-{number}", {}) for number in range(100_001)]}
    told = "requests: List should have at most 100000 items after validation, not 100001"
    assert client().refused(batches.create, sends=many) == (400, told)


def test_a_session_that_is_full_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mockgw.batches.MOST_REQUESTS", 1)
    answer = client().call(batches.create, sends=batch_of("a", "b"))
    assert (answer.exchange.status, answer.exchange.refusal) == (429, "full")
    assert answer.headers["x-should-retry"] == "false"
