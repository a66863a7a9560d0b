"""Of each rule what it finds, word for word, and what it does not mind."""

from collections.abc import Sequence
from math import inf

import pytest

from mockgw.verify.findings import Evidence
from mockgw.verify.retries import (
    PATIENCE,
    STORMS,
    gave_up_without_retry,
    no_backoff,
    retried_what_must_not_be_retried,
    retry_after_ignored,
    retry_storm,
)
from mockgw.verify.verdict import Find
from tests.support import body
from tests.verify.sessions import Client

SDK = (0.375, 0.75)  # the shortest pauses of an official SDK
SDK_OF_MANY = (*SDK, 1.5, 3.0, *[6.0] * 16)
CLAUDE_CODE = (0.6, 1.1, 2.2, 4.5, 9.0, 17.0, 33.0, 37.0, 35.0, 37.0)  # measured
SOON = "error: {status: 503, headers: {retry-after-ms: '100'}}"
LIMITED = "error: {status: 429, retry_after: 2s}"


def _tried(answer: str, pauses: Sequence[float]) -> Client:
    """A client that sends one request again after such pauses."""
    client = Client(answer)
    client.ask()
    for seconds in pauses:
        client.ask(after=seconds)
    return client


def _texts(find: Find, client: Client, now: float = inf) -> list[str]:
    found = list(find(Evidence(client.exchanges, now)))
    ids = [exchange.request_id for exchange in client.exchanges]
    assert all(id in ids for one in found for id in one.requests)
    return [one.text for one in found]


@pytest.mark.parametrize(
    ("answer", "pause", "found"),
    [
        (LIMITED, 0.4, ["retried 0.4 s after a 429 that asked for 2 s"]),
        (LIMITED, 1.8, ["retried 1.8 s after a 429 that asked for 2 s"]),
        (LIMITED, 1.99, []),
        (LIMITED, 2.0, []),
        (SOON, 0.0, ["retried 0 s after a 503 that asked for 0.1 s"]),
        (SOON, 0.09, []),
        ("error: 429", 0.0, []),
    ],
)  # fmt: skip
def test_retry_after_ignored(answer: str, pause: float, found: list[str]) -> None:
    assert _texts(retry_after_ignored, _tried(answer, [pause])) == found


def test_retry_after_is_for_its_own_call() -> None:
    client = Client("rules: [{match: {prompt: a}, error: {status: 429, retry_after: 2s}}, {reply: b}]")
    client.ask("a")
    client.ask("b", after=0.1)
    assert _texts(retry_after_ignored, client) == []


@pytest.mark.parametrize(
    ("answer", "pauses", "found"),
    [
        ("error: 400", [0.5], ["sent again as it was 0.5 s after a 400"]),
        ("error: 402", [0.5, 1, 2], ["sent again as it was 0.5 s after a 402, and 2 more times"]),
        *((f"error: {status}", [1], [f"sent again as it was 1 s after a {status}"]) for status in (401, 403, 404, 413)),
        (
            "error: {status: 529, should_retry: false}",
            [1],
            ["sent again as it was 1 s after a 529 that said x-should-retry: false"],
        ),
        ("rules: [{match: {prompt: x}, reply: y}]", [1], ["sent again as it was 1 s after a 400"]),
        ("error: {status: 400, should_retry: true}", [1], []),
        ("error: 400", [61], []),
        ("error: 429", [1], []),
        ("text: Hi", [1], []),
    ],
)
def test_retried_what_must_not_be_retried(answer: str, pauses: list[float], found: list[str]) -> None:
    assert _texts(retried_what_must_not_be_retried, _tried(answer, pauses)) == found


def test_what_was_mended_may_be_tried_again() -> None:
    client = Client("error: 400")
    client.ask(body(max_tokens=100))
    client.ask(body(max_tokens=50))
    client.ask(body(max_tokens=50), x_api_key="another-key-of-mine")
    client.ask(body(max_tokens=50), x_api_key="another-key-of-mine", anthropic_beta="a,b")
    client.ask(body(max_tokens=50), x_api_key="another-key-of-mine", anthropic_beta="a")
    assert _texts(retried_what_must_not_be_retried, client) == []


@pytest.mark.parametrize(
    ("pauses", "found"),
    [
        ([0.5] * 6, ["7 tries of one call in 3 s"]),
        ([1.0] * 20, ["11 tries of one call in 10 s"]),
        ([4.0] * 20, ["16 tries of one call in 60 s"]),
        ([0.5] * 5, []),
        (SDK, []),
        (CLAUDE_CODE, []),
        ([6.0] * 20, []),
    ],
)
def test_retry_storm(pauses: list[float], found: list[str]) -> None:
    assert _texts(retry_storm, _tried("error: 529", pauses)) == found


def test_the_limits_of_a_storm_leave_room_for_the_most_patient_clients() -> None:
    for most, seconds in STORMS:
        for pauses in (CLAUDE_CODE, SDK_OF_MANY):
            moments = [sum(pauses[:number]) for number in range(len(pauses) + 1)]
            assert max(sum(begin <= moment <= begin + seconds for moment in moments) for begin in moments) <= most


@pytest.mark.parametrize(
    ("answer", "pauses", "found"),
    [
        ("error: 529", [0.0, 0.01], ["retried at once, again and again, after: 0 s and 0.01 s"]),
        ("error: 500", [1, 1, 1], ["the pauses between retries did not grow: 1 s, 1 s and 1 s"]),
        ("{text: Hi, fault: empty_response}", [0, 0], ["retried at once, again and again, after: 0 s and 0 s"]),
        ("error: 529", [0.0], []),
        ("error: 529", [1, 1], []),
        ("error: 529", SDK, []),
        ("error: 529", CLAUDE_CODE, []),
        ("error: 529", [8, 6, 7, 6], []),
        (LIMITED, [2, 2, 2, 2], []),
        ("error: 400", [0, 0, 0], []),
    ],
)
def test_no_backoff(answer: str, pauses: Sequence[float], found: list[str]) -> None:
    assert _texts(no_backoff, _tried(answer, pauses)) == found


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        *((f"error: {status}", [f"gave up after a {status}, without a second try"]) for status in (408, 409, 429, 500)),
        ("error: 529", ["gave up after a 529, without a second try"]),
        (LIMITED, ["gave up after a 429, without a second try"]),
        ("{text: Hi, fault: empty_response}", ["gave up after a broken connection, without a second try"]),
        ("error: {status: 529, should_retry: false}", []),
        ("error: 400", []),
        ("text: Hi", []),
    ],
)
def test_gave_up_without_retry(answer: str, found: list[str]) -> None:
    assert _texts(gave_up_without_retry, _tried(answer, [])) == found


def test_who_tried_again_did_not_give_up_without_retry() -> None:
    assert _texts(gave_up_without_retry, _tried("error: 529", [1])) == []


@pytest.mark.parametrize(("more", "count"), [(0.0, 0), (0.1, 1)])
def test_a_session_that_goes_on_is_given_time(more: float, count: int) -> None:
    client = _tried(LIMITED, [])
    assert len(_texts(gave_up_without_retry, client, client.clock.now() + 2 + PATIENCE + more)) == count
