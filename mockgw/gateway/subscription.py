"""Subscription: the five hours and the seven days of a plan, as `anthropic-ratelimit-unified-*` has them."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from mockgw.gateway.buckets import NANOSECONDS
from mockgw.gateway.limits import Instant
from mockgw.protocol.errors import ApiError
from mockgw.scenario.gateway.limits import Subscription
from mockgw.scenario.gateway.limits import Window as WindowForm

# The windows: their name in headers, their name as a claim, their length in seconds.
WINDOWS = (("5h", "five_hour", 5 * 3600), ("7d", "seven_day", 7 * 86400))
REFUSAL = "This request would exceed your account's rate limit. Please try again later."
PREFIX = "anthropic-ratelimit-unified"


@dataclass(slots=True)
class Usage:
    """One window: what of its tokens is used, and when it began (nanoseconds)."""

    name: str
    claim: str
    length: int
    tokens: int
    since: int
    used: int

    def share(self, now: int) -> float:
        """What is used of it; a window that is over is a new one."""
        if now >= self.since + self.length:
            self.since, self.used = now, 0
        return self.used / self.tokens

    def left(self, now: int) -> int:
        """The nanoseconds until it is over."""
        return max(0, self.since + self.length - now)


@dataclass(slots=True)
class Plan:
    """The windows of one key."""

    form: Subscription
    windows: list[Usage] = field(default_factory=list)

    def check(self, at: Instant) -> None:
        """429 if a window is used up."""
        worst = self._worst(at.now)
        if worst.share(at.now) >= 1 and not self.form.overage:
            wait = -(-worst.left(at.now) // NANOSECONDS)
            raise ApiError(429, REFUSAL, headers={"retry-after": str(wait)})

    def use(self, tokens: int, now: int) -> None:
        """An answer is given that costs so many."""
        for window in self.windows:
            window.share(now)
            window.used += tokens

    def headers(self, at: Instant) -> dict[str, str]:
        """What every answer says of it, moments in seconds since 1970."""
        worst = self._worst(at.now)
        headers = {f"{PREFIX}-status": self._status(worst, at.now), f"{PREFIX}-reset": _reset(worst, at)}
        for window in self.windows:
            headers |= dict(self._of_window(window, at))
        headers[f"{PREFIX}-representative-claim"] = worst.claim
        if self.form.overage:
            headers[f"{PREFIX}-overage-status"] = "allowed"
        return headers

    def copy(self) -> "Plan":
        return Plan(self.form, [replace(window) for window in self.windows])

    def _of_window(self, window: Usage, at: Instant) -> Iterator[tuple[str, str]]:
        prefix = f"{PREFIX}-{window.name}"
        yield f"{prefix}-status", self._status(window, at.now)
        yield f"{prefix}-reset", _reset(window, at)
        yield f"{prefix}-utilization", f"{window.share(at.now):.4g}"

    def _status(self, window: Usage, now: int) -> str:
        share = window.share(now)
        if share >= 1:
            return "allowed_warning" if self.form.overage else "rejected"
        return "allowed_warning" if share >= self.form.warning else "allowed"

    def _worst(self, now: int) -> Usage:
        """The window that says what becomes of a request: the fullest one, of two that are used up the longer."""
        return max(self.windows, key=lambda window: (min(1.0, window.share(now)), window.left(now)))


def _reset(window: Usage, at: Instant) -> str:
    return str(int(at.after(window.left(at.now)).timestamp()))


def plan(form: Subscription, now: int) -> Plan | None:
    """The windows as a session begins with them; None if there are none."""
    windows = [
        _window(name, claim, length, given, now)
        for name, claim, length in WINDOWS
        if (given := getattr(form, claim)) is not None
    ]
    return Plan(form, windows) if windows else None


def _window(name: str, claim: str, length: int, form: WindowForm, now: int) -> Usage:
    return Usage(name, claim, length * NANOSECONDS, form.tokens, now, round(form.used * form.tokens))
