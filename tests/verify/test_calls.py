from datetime import datetime

import pytest

from mockgw.endpoints import models
from mockgw.protocol.requests import Incoming
from mockgw.verify.calls import Try, calls, in_words, pause
from tests.support import ask, body, pipeline, turns
from tests.verify.sessions import Client


def _grouped(client: Client) -> list[list[int]]:
    """The calls of a journal, each request by its place in it."""
    places = {exchange.request_id: place for place, exchange in enumerate(client.exchanges)}
    return [[places[one.id] for one in call.tries] for call in calls(client.exchanges)]


def test_tries_of_a_call_belong_together_and_a_whole_answer_ends_it() -> None:
    client = Client("attempts: [{error: 429}, Done.]")
    for prompt in ("a", "b", "a", "a", "b"):
        client.ask(prompt)
    assert _grouped(client) == [[0, 2], [1, 4], [3]]


def test_what_was_refused_belongs_to_the_same_request_again() -> None:
    client = Client("rules: [{match: {prompt: a}, reply: b}]")
    for prompt in ("x", "y", "x"):
        client.ask(prompt)
    client.ask("x", x_api_key="")
    client.ask("x", x_api_key="")
    client.ask("x", x_mockgw_session="other")
    assert _grouped(client) == [[0, 2], [1], [3, 4], [5]]


def test_what_worked_is_no_try_of_what_comes_later() -> None:
    client = Client("Hi")
    for _ in range(2):
        opened = models.listed(client.gateway, Incoming("GET", "/v1/models", {"x-api-key": "test"}))
        client.gateway.settle(opened, client.ask().delivery)
    assert all(len(group) == 1 for group in _grouped(client))


def test_a_retry_begins_when_the_answer_has_ended() -> None:
    client = Client("attempts: [{error: 529, delay: 2s}, Done.]")
    client.ask()
    client.ask(after=0.5)
    [call] = calls(client.exchanges)
    assert [pause(*pair) for pair in call.pairs] == [0.5]


@pytest.mark.parametrize(
    ("error", "wait"),
    [
        ("{status: 429, retry_after: 2s}", 2.0),
        ("{status: 429, retry_after: 250ms}", 0.25),
        ("{status: 429, headers: {retry-after-ms: '1500', retry-after: '9'}}", 1.5),
        ("{status: 429, headers: {retry-after: 'Thu, 01 Jan 2026 00:00:10 GMT'}}", 10.0),
        ("{status: 429, headers: {retry-after: 'Thu, 01 Jan 2026 00:00:10'}}", 10.0),
        ("{status: 429, headers: {retry-after: 'Wed, 31 Dec 2025 00:00:00 GMT'}}", 0.0),
        ("{status: 429, headers: {retry-after: soon}}", None),
        ("429", None),
    ],
)
def test_the_wait_that_was_asked_for_is_read_as_the_sdks_do(error: str, wait: float | None) -> None:
    client = Client(f"error: {error}")
    assert client.clock.wall() == datetime.fromisoformat("2026-01-01T00:00:00+00:00")
    assert Try(client.ask()).wait == wait


@pytest.mark.parametrize(
    ("answer", "status", "failed", "retried"),
    [
        ("text: Hi", 200, False, False),
        ("error: 400", 400, True, False),
        ("error: 429", 429, True, True),
        ("error: 529", 529, True, True),
        ("error: {status: 529, should_retry: false}", 529, True, False),
        ("error: {status: 400, should_retry: true}", 400, True, True),
        ("{text: Hi, fault: empty_response}", 0, True, True),
        ("{text: Hi, fault: connection_reset_by_peer}", 0, True, True),
        ("{text: Hi, fault: {type: html_error_page, status: 503}}", 503, True, True),
        ("{text: Hi, fault: {type: error_body_200, error: 529}}", 200, False, False),
    ],
)
def test_what_an_sdk_tries_again_is_to_be_retried(answer: str, status: int, failed: bool, retried: bool) -> None:
    one = Try(Client(answer).ask())
    assert (one.status, one.failed, one.to_be_retried) == (status, failed, retried)


def test_what_is_under_way_did_not_fail_yet() -> None:
    opened = ask(pipeline("error: 529"))
    one = Try(opened.exchange)
    assert (one.is_over, one.failed, one.to_be_retried) == (False, False, False)


def test_a_client_that_left_did_not_fail() -> None:
    one = Try(Client("{text: Hi, delay: 5s}").leave())
    assert (one.is_over, one.failed) == (True, False)


def test_a_stream_that_broke_is_told_from_one_that_the_client_left() -> None:
    client = Client("{text: One two three, fault: {type: truncate, at: {type: content_block_delta, nth: 3}}}")
    request = body(stream=True, messages=turns("Count"))
    heard = Try(client.ask(request)).broken
    assert heard is not None
    assert heard.begins == "One two"
    assert Try(Client("Hi").leave(request)).broken is None


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.0, "0 s"), (0.375, "0.38 s"), (0.4, "0.4 s"), (2.0, "2 s"), (12.34, "12 s")]
)
def test_seconds_are_told_as_exactly_as_anybody_wants_to_know(seconds: float, words: str) -> None:
    assert in_words(seconds) == words


def test_time_that_a_session_was_moved_by_has_passed() -> None:
    client = Client("attempts: [{error: 429, delay: 1s}, Done.]")
    client.ask()
    client.gateway.sessions.of("default", client.clock.now()).advanced = 60.0
    client.ask(after=0.5)
    [call] = calls(client.exchanges)
    assert [pause(*pair) for pair in call.pairs] == [60.5]


def test_a_session_that_began_again_goes_on_with_no_call_of_the_one_before() -> None:
    client = Client("error: 529")
    first = client.ask()
    client.gateway.sessions.reset()
    second = client.ask(after=1.0)
    assert first.call == second.call
    assert [len(call.tries) for call in calls(client.exchanges)] == [1, 1]
