"""Limits: the buckets of one key and one class of models, and how the dialects tell of them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil

from mockgw.gateway.buckets import NANOSECONDS, Bucket, full
from mockgw.protocol.dialects import Dialect
from mockgw.protocol.errors import ApiError
from mockgw.scenario.gateway.limits import ClassLimits

FAMILIES = ("requests", "tokens", "input_tokens", "output_tokens")
PERIODS = {1: "second", 60: "minute", 3600: "hour", 86400: "day"}
# https://platform.claude.com/docs/en/api/rate-limits: what is left is told to the nearest thousand.
ROUNDED = 1000


@dataclass(frozen=True, slots=True)
class Instant:
    """One moment on the session's clock (`now`, nanoseconds) and on the wall."""

    now: int
    wall: datetime

    def after(self, wait: int) -> datetime:
        """The moment so many nanoseconds later, in whole seconds, not before it."""
        later = self.wall + timedelta(microseconds=-(-wait // 1000))
        return later.replace(microsecond=0) + timedelta(seconds=later.microsecond > 0)


@dataclass(slots=True)
class Buckets:
    """What one key has left for one class of models, and how many of its requests are being answered."""

    most_at_once: int | None = None
    families: dict[str, Bucket] = field(default_factory=dict)
    running: int = 0

    def lacking(self, needs: Mapping[str, int], now: int) -> str | None:
        """Of the families that have too little, the one that takes longest."""
        waits = {name: self.families[name].wait(amount, now) for name, amount in self._limited(needs)}
        short = {name: float("inf") if wait is None else wait for name, wait in waits.items() if wait != 0}
        return max(short, key=lambda name: short[name], default=None)

    def take(self, needs: Mapping[str, int], now: int) -> dict[str, int]:
        """Take what is needed, or what there is of it; what was taken."""
        return {name: self.families[name].take(amount, now) for name, amount in self._limited(needs)}

    def give_back(self, taken: Mapping[str, int], now: int) -> None:
        for name, amount in self._limited(taken):
            self.families[name].give_back(amount, now)

    def copy(self) -> "Buckets":
        families = {name: bucket.copy() for name, bucket in self.families.items()}
        return Buckets(self.most_at_once, families, self.running)

    def _limited(self, amounts: Mapping[str, int]) -> Iterable[tuple[str, int]]:
        return [(name, amount) for name, amount in amounts.items() if name in self.families]


def buckets(limits: ClassLimits, now: int) -> Buckets:
    """Full buckets for these limits."""
    rates = {name: getattr(limits, name) for name in FAMILIES}
    return Buckets(limits.concurrent, {name: full(rate, now) for name, rate in rates.items() if rate})


def answer_headers(buckets: Buckets, at: Instant) -> dict[str, str]:
    """`anthropic-ratelimit-*`, as every answer of the API has them."""
    told = dict(_families(buckets, at.now))
    headers: dict[str, str] = {}
    for name, bucket in told.items():
        prefix, left = f"anthropic-ratelimit-{name.replace('_', '-')}", bucket.left(at.now)
        headers[f"{prefix}-limit"] = str(bucket.rate.limit)
        headers[f"{prefix}-remaining"] = str(left if name == "requests" else _rounded(left, bucket.rate.limit))
        headers[f"{prefix}-reset"] = at.after(bucket.until_full(at.now)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return headers


def _families(buckets: Buckets, now: int) -> Iterator[tuple[str, Bucket]]:
    """What is told of: `tokens` is the one that limits most when it has no limit of its own."""
    families = buckets.families
    both = [families[name] for name in ("input_tokens", "output_tokens") if name in families]
    narrowest = {} if "tokens" in families or not both else {"tokens": min(both, key=lambda one: one.left(now))}
    for name in FAMILIES:
        if bucket := families.get(name) or narrowest.get(name):
            yield name, bucket


def _rounded(left: int, limit: int) -> int:
    return min(limit, (left + ROUNDED // 2) // ROUNDED * ROUNDED)


def exceeded(bucket: Bucket, name: str, amount: int, at: Instant, dialect: Dialect, model: str) -> ApiError:
    """The 429 of a bucket that has too little; without `retry-after` if it never will have enough."""
    wait = bucket.wait(amount, at.now)
    headers = {} if wait is None else {"retry-after": str(-(-wait // NANOSECONDS))}
    if not dialect.tells_limits:
        headers |= _platform_headers(bucket, wait or 0, at)
    message = dialect.message(429) if not dialect.tells_limits else _would_exceed(bucket, name, model)
    return ApiError(429, message, headers=headers, should_retry=wait is not None)


def _platform_headers(bucket: Bucket, wait: int, at: Instant) -> dict[str, str]:
    """As OpenRouter has them, in milliseconds since 1970."""
    reset = (at.wall.timestamp() + wait / NANOSECONDS) * 1000
    left = str(bucket.left(at.now))
    limit = str(bucket.rate.limit)
    return {"X-RateLimit-Limit": limit, "X-RateLimit-Remaining": left, "X-RateLimit-Reset": str(ceil(reset))}


def _would_exceed(bucket: Bucket, name: str, model: str) -> str:
    """In the API's words, as clients look for them."""
    rate = bucket.rate
    per = PERIODS.get(rate.seconds, f"{rate.seconds} seconds")
    return (
        f"This request would exceed your organization's rate limit of {rate.limit:,} {name.replace('_', ' ')} "
        f"per {per} (model: {model}). For details, refer to: https://docs.claude.com/en/api/rate-limits. "
        "You can see the response headers for current usage. Please reduce the prompt length or the maximum tokens "
        "requested, or try again later."
    )


def too_many_at_once(most: int, dialect: Dialect) -> ApiError:
    """The 429 of a key that has as many requests under way as it may have; nobody knows when one of them ends."""
    message = "Number of concurrent connections has exceeded your rate limit. Please try again later."
    headers = {"retry-after": "1"}
    if not dialect.tells_limits:
        message = dialect.message(429)
        headers |= {"X-RateLimit-Limit": str(most), "X-RateLimit-Remaining": "0"}
    return ApiError(429, message, headers=headers)
