from datetime import UTC, datetime

import pytest

from mockgw.gateway.buckets import nanoseconds
from mockgw.gateway.limits import (
    Buckets,
    Instant,
    answer_headers,
    buckets,
    exceeded,
    too_many_at_once,
)
from mockgw.protocol.dialects import ANTHROPIC, SIRAYA
from mockgw.scenario.gateway.amounts import Rate
from mockgw.scenario.gateway.limits import ClassLimits

START = datetime(2026, 1, 1, tzinfo=UTC)
NOW = Instant(0, START)


def made(**limits: object) -> Buckets:
    return buckets(ClassLimits.model_validate(limits), 0)


def test_only_what_is_limited_can_lack() -> None:
    limited = made(requests="2/m")
    assert limited.take({"requests": 1, "tokens": 10**9}, 0) == {"requests": 1}
    assert limited.lacking({"requests": 1, "tokens": 10**9}, 0) is None
    limited.take({"requests": 1}, 0)
    assert limited.lacking({"requests": 1}, 0) == "requests"


def test_of_two_that_lack_the_one_that_takes_longest_is_told() -> None:
    limited = made(input_tokens="10/s", tokens="10/m")
    limited.take({"input_tokens": 10, "tokens": 10}, 0)
    assert limited.lacking({"input_tokens": 5, "tokens": 5}, 0) == "tokens"
    assert limited.lacking({"input_tokens": 11, "tokens": 5}, 0) == "input_tokens"


def test_a_copy_has_buckets_of_its_own() -> None:
    limited = made(requests="2/m", concurrent=3)
    twin = limited.copy()
    twin.take({"requests": 2}, 0)
    assert limited.lacking({"requests": 2}, 0) is None
    assert (twin.most_at_once, twin.running) == (3, 0)


def test_every_answer_of_the_api_says_what_is_left() -> None:
    limited = made(requests="5/m", input_tokens="20000/m", output_tokens="8000/m")
    limited.take({"requests": 2, "input_tokens": 1400, "output_tokens": 7000}, 0)
    assert answer_headers(limited, NOW) == {
        "anthropic-ratelimit-requests-limit": "5",
        "anthropic-ratelimit-requests-remaining": "3",
        "anthropic-ratelimit-requests-reset": "2026-01-01T00:00:24Z",
        "anthropic-ratelimit-tokens-limit": "8000",
        "anthropic-ratelimit-tokens-remaining": "1000",
        "anthropic-ratelimit-tokens-reset": "2026-01-01T00:00:53Z",
        "anthropic-ratelimit-input-tokens-limit": "20000",
        "anthropic-ratelimit-input-tokens-remaining": "19000",
        "anthropic-ratelimit-input-tokens-reset": "2026-01-01T00:00:05Z",
        "anthropic-ratelimit-output-tokens-limit": "8000",
        "anthropic-ratelimit-output-tokens-remaining": "1000",
        "anthropic-ratelimit-output-tokens-reset": "2026-01-01T00:00:53Z",
    }


def test_a_limit_of_tokens_is_told_as_it_is() -> None:
    headers = answer_headers(made(tokens="600/m", output_tokens="100/m"), NOW)
    assert headers["anthropic-ratelimit-tokens-limit"] == "600"
    assert headers["anthropic-ratelimit-tokens-remaining"] == "600"


def test_the_api_refuses_in_its_own_words() -> None:
    limited = made(input_tokens="30000/m")
    limited.take({"input_tokens": 30000}, 0)
    error = exceeded(limited.families["input_tokens"], "input_tokens", 1500, NOW, ANTHROPIC, "claude-opus-5")
    assert error.message.startswith(
        "This request would exceed your organization's rate limit of 30,000 input tokens per minute "
        "(model: claude-opus-5). For details, refer to: "
    )
    assert (error.status, error.headers, error.should_retry) == (429, {"retry-after": "3"}, True)


def test_a_platform_refuses_with_its_own_headers() -> None:
    limited = made(requests="3/7s")
    limited.take({"requests": 3}, 0)
    at = Instant(nanoseconds(0.5), START)
    error = exceeded(limited.families["requests"], "requests", 1, at, SIRAYA, "claude-opus-5")
    assert error.message == "You are being rate limited"
    assert error.headers == {
        "retry-after": "2",
        "X-RateLimit-Limit": "3",
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset": str(1767225600000 + 1834),
    }


def test_what_is_larger_than_the_bucket_is_not_to_be_tried_again() -> None:
    limited = made(tokens="100/90s")
    error = exceeded(limited.families["tokens"], "tokens", 101, NOW, ANTHROPIC, "m")
    assert "retry-after" not in error.headers
    assert error.should_retry is False
    assert "100 tokens per 90 seconds" in error.message


@pytest.mark.parametrize(
    ("dialect", "message", "headers"),
    [
        (ANTHROPIC, "Number of concurrent connections has exceeded your rate limit.", {"retry-after"}),
        (SIRAYA, "You are being rate limited", {"retry-after", "X-RateLimit-Limit", "X-RateLimit-Remaining"}),
    ],
)
def test_too_many_at_once_are_refused(dialect: object, message: str, headers: set[str]) -> None:
    error = too_many_at_once(3, dialect)  # type: ignore[arg-type]
    assert error.message.startswith(message)
    assert error.headers.keys() == headers


def test_a_moment_is_told_in_whole_seconds_and_not_too_early() -> None:
    assert NOW.after(1) == datetime(2026, 1, 1, 0, 0, 1, tzinfo=UTC)
    assert NOW.after(nanoseconds(2.0)) == datetime(2026, 1, 1, 0, 0, 2, tzinfo=UTC)
    assert str(Rate(1, 1)) == "1/1s"
