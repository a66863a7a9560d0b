from typing import Any

import orjson
import pytest

from mockgw.verify.verification import Verified, verify
from mockgw.verify.wanted import read
from tests.support import body
from tests.verify.sessions import Client


def _came(*prompts: str) -> Client:
    """A client that has sent these, one a second."""
    client = Client("Hi")
    for prompt in prompts:
        client.ask(prompt, after=1.0)
    return client


def _verified(value: Any, client: Client, evicted: int = 0) -> Verified:
    return verify(read(value), client.exchanges, evicted)


def _reason(verified: Verified, client: Client) -> str:
    """The reason, with the ids as `#1`, `#2` … in the order in which they came."""
    reason = verified.reason
    for number, exchange in enumerate(client.exchanges, 1):
        reason = reason.replace(exchange.request_id, f"#{number}")
    return reason


HI = {"match": {"prompt": "Hi"}}


@pytest.mark.parametrize(
    ("prompts", "value", "outcome", "reason"),
    [
        pytest.param(
            ["Hi", "Ho", "Hi"],
            HI,
            "passed",
            "expected at least 1 request with prompt: exactly 'Hi'; 2 came",
            id="usual",
        ),
        pytest.param(
            ["Ho", "hi", "Hi"],
            HI | {"times": 2},
            "failed",
            "expected 2 requests with prompt: exactly 'Hi'; 1 came. The nearest of the 2 others is #2, which differs "
            "in prompt: expected exactly 'Hi', found 'hi' (upper and lower case differ; "
            "write {matches: '(?i)^Hi$'} if they are no matter)",
            id="too-few",
        ),
        pytest.param(
            ["weather"],
            {"match": {"prompt": {"contains": "rain"}, "step": 1, "model": ["claude-opus-5-5", "claude-haiku-4-5"]}},
            "failed",
            "expected at least 1 request with prompt: text that contains 'rain'; step: exactly 1; model: exactly "
            "'claude-opus-5-5' or exactly 'claude-haiku-4-5-20251001'; none came. The only other one is #1, which "
            "differs in prompt: expected text that contains 'rain', found 'weather'; step: expected exactly 1, found 0 "
            "(a step is an answer since the prompt was typed: 0 with the prompt, 1 with the first tool results); "
            "model: expected exactly 'claude-opus-5-5' or exactly 'claude-haiku-4-5-20251001', found "
            "'claude-sonnet-4-5' and 'claude-sonnet-4-5-20250929'",
            id="several-differences",
        ),
        pytest.param(
            ["Hi", "Ho", "Hi"],
            HI | {"times": {"at_most": 1}},
            "failed",
            "expected at most 1 request with prompt: exactly 'Hi'; 2 came: #1 and #3",
            id="too-many",
        ),
        pytest.param(["a"] * 7, {"times": 0}, "failed", "expected no request; 7 came: #1, #2, #3, #4, #5 and 2 more",
                     id="none-wanted"),
        pytest.param([], {"times": {"at_least": 1, "at_most": 3}}, "failed", "expected 1 to 3 requests; none came",
                     id="nothing-came"),
        pytest.param(
            ["Hi"],
            {"match": {"any": [{"prompt": "a", "step": 0}, {"turn": {"gt": 3}}]}},
            "failed",
            "expected at least 1 request with any of (prompt: exactly 'a'; step: exactly 0), (turn: more than 3); none "
            "came. The only other one is #1, which differs in any: prompt: expected exactly 'a', found 'Hi' or turn: "
            "expected more than 3, found 0",
            id="combined",
        ),
    ],
)  # fmt: skip
def test_requests_are_counted(prompts: list[str], value: Any, outcome: str, reason: str) -> None:
    client = _came(*prompts)
    verified = _verified(value, client)
    assert (verified.outcome, _reason(verified, client)) == (outcome, reason)


ORDER = {"order": [{"match": {"prompt": "a"}}, {"match": {"prompt": "b"}}, {"match": {"prompt": "a"}}]}
IN_ORDER = (
    "expected 3 requests in this order: (1) prompt: exactly 'a', (2) prompt: exactly 'b', (3) prompt: exactly 'a'"
)


@pytest.mark.parametrize(
    ("prompts", "outcome", "rest"),
    [
        pytest.param("xaxbxa", "passed", "they came: #2, #4 and #6", id="others-between"),
        pytest.param(
            "aab", "failed", "number 3 with prompt: exactly 'a' did not come after #3, only before it: #2", id="before"
        ),
        pytest.param(
            "bba", "failed", "number 2 with prompt: exactly 'b' did not come after #3, only before it: #1 and #2",
            id="turned",
        ),
        pytest.param(
            "axB",
            "failed",
            "number 2 with prompt: exactly 'b' did not come after #1. The nearest of the 2 others is #3, which differs "
            "in prompt: expected exactly 'b', found 'B' (upper and lower case differ; "
            "write {matches: '(?i)^b$'} if they are no matter)",
            id="never",
        ),
        pytest.param("", "failed", "number 1 with prompt: exactly 'a' did not come", id="nothing-came"),
    ],
)  # fmt: skip
def test_requests_come_in_an_order(prompts: str, outcome: str, rest: str) -> None:
    client = _came(*prompts)
    verified = _verified(ORDER, client)
    assert (verified.outcome, _reason(verified, client)) == (outcome, f"{IN_ORDER}; {rest}")


@pytest.mark.parametrize(
    ("times", "came", "outcome"),
    [
        ({"at_least": 2}, 2, "passed"),
        ({"at_least": 2}, 1, "inconclusive"),
        ({"at_most": 2}, 3, "failed"),
        ({"at_most": 2}, 2, "inconclusive"),
        (1, 1, "inconclusive"),
        (1, 2, "failed"),
        (0, 0, "inconclusive"),
    ],
)
def test_what_was_evicted_could_only_add_to_the_count(times: Any, came: int, outcome: str) -> None:
    client = _came(*["Hi"] * came)
    assert _verified(HI | {"times": times}, client, evicted=3).outcome == outcome


def test_what_cannot_be_known_is_told() -> None:
    client = _came("Ho")
    counted, ordered = (_verified(value, client, evicted=1) for value in (HI, ORDER))
    lacking = "but 1 older exchange has been evicted from the journal, and they could change this."
    assert f"none came, {lacking} The only other one is" in counted.reason
    assert (ordered.outcome, lacking in ordered.reason) == ("inconclusive", True)


def test_an_order_that_came_is_known_whatever_was_evicted() -> None:
    assert _verified(ORDER, _came("a", "b", "a"), evicted=9).outcome == "passed"


def test_the_nearest_come_with_all_their_differences() -> None:
    client = _came("Hello", "Hallo", "Hi", "Something else")
    verified = _verified({"match": {"prompt": "Hullo", "stream": True}}, client)
    differences = [near.differences for near in verified.nearest]
    assert [near.id for near in verified.nearest] == [client.exchanges[index].request_id for index in (1, 0, 3)]
    assert differences[0] == (
        "prompt: expected exactly 'Hullo', found 'Hallo' (after 'H' it has 'a' where 'u' is expected)",
        'stream: expected exactly true, found false (the request does not say "stream": true)',
    )


def test_requests_count_however_they_were_answered() -> None:
    client = Client("rules: [{match: {prompt: Hi}, attempts: [{error: 529}, Done.]}]")
    for prompt in ("Hi", "Hi", "Ho"):
        client.ask(prompt)
    assert client.exchanges[-1].refusal == "no_match"
    assert _verified({"times": 3}, client).outcome == "passed"
    assert _verified({"match": {"attempt": 2}, "times": 1}, client).outcome == "passed"


def test_requests_are_in_the_order_in_which_they_came() -> None:
    client = Client("rules: [{match: {prompt: slow}, reply: Hi, delay: 5s}, {reply: Hi}]")
    client.ask("slow")
    client.ask("fast")
    exchanges = list(reversed(client.exchanges))
    value = {"order": [{"match": {"prompt": "slow"}}, {"match": {"prompt": "fast"}}]}
    assert verify(read(value), exchanges).outcome == "passed"


def test_a_result_is_plain_data() -> None:
    client = _came("Ho")
    data = orjson.loads(orjson.dumps(_verified(HI, client).data()))
    assert data["nearest"][0]["id"] == client.exchanges[0].request_id
    assert (data["outcome"], data["count"], data["matching"], data["evicted"]) == ("failed", 0, [], 0)


def test_everything_that_a_request_has_can_be_asked_for() -> None:
    client = Client("Hi")
    client.ask(body("Hi", system="You are kind."), x_team="blue", x_mockgw_session="mine")
    match = {
        "system": {"contains": "kind"},
        "header": {"x-team": "blue"},
        "session": "mine",
        "body": {"max_tokens": 1000},
    }
    assert _verified({"match": match, "times": 1}, client).outcome == "passed"
