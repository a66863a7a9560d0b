from datetime import UTC, datetime, timedelta

import pytest

from mockgw.gateway.buckets import nanoseconds
from mockgw.gateway.limits import Instant
from mockgw.gateway.subscription import Plan, plan
from mockgw.protocol.errors import ApiError
from mockgw.scenario.gateway.limits import Subscription

START = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = 3600.0


def at(seconds: float) -> Instant:
    return Instant(nanoseconds(seconds), START + timedelta(seconds=seconds))


def made(**form: object) -> Plan:
    found = plan(Subscription.model_validate(form), 0)
    assert found is not None
    return found


def test_a_subscription_without_windows_is_none() -> None:
    assert plan(Subscription.model_validate({"warning": 0.5}), 0) is None


def test_answers_say_how_full_the_windows_are() -> None:
    windows = made(five_hour={"tokens": 1000}, seven_day={"tokens": 10_000, "used": 0.3})
    windows.use(450, 0)
    assert windows.headers(at(HOUR)) == {
        "anthropic-ratelimit-unified-status": "allowed",
        "anthropic-ratelimit-unified-reset": str(int(START.timestamp()) + 5 * 3600),
        "anthropic-ratelimit-unified-5h-status": "allowed",
        "anthropic-ratelimit-unified-5h-reset": str(int(START.timestamp()) + 5 * 3600),
        "anthropic-ratelimit-unified-5h-utilization": "0.45",
        "anthropic-ratelimit-unified-7d-status": "allowed",
        "anthropic-ratelimit-unified-7d-reset": str(int(START.timestamp()) + 7 * 86400),
        "anthropic-ratelimit-unified-7d-utilization": "0.345",
        "anthropic-ratelimit-unified-representative-claim": "five_hour",
    }


def test_a_window_warns_then_rejects_and_then_is_a_new_one() -> None:
    windows = made(five_hour={"tokens": 1000}, warning=0.9)
    statuses = []
    for used in (899, 1, 100):
        windows.use(used, 0)
        statuses.append(windows.headers(at(0))["anthropic-ratelimit-unified-status"])
    assert statuses == ["allowed", "allowed_warning", "rejected"]
    with pytest.raises(ApiError) as refused:
        windows.check(at(HOUR))
    assert (refused.value.status, refused.value.headers) == (429, {"retry-after": str(4 * 3600)})
    with pytest.raises(ApiError):
        windows.check(at(5 * HOUR - 1))
    windows.check(at(5 * HOUR))
    assert windows.headers(at(5 * HOUR))["anthropic-ratelimit-unified-5h-utilization"] == "0"


def test_of_two_windows_that_are_used_up_the_longer_counts() -> None:
    windows = made(five_hour={"tokens": 10, "used": 1}, seven_day={"tokens": 10, "used": 1})
    with pytest.raises(ApiError) as refused:
        windows.check(at(0))
    assert refused.value.headers == {"retry-after": str(7 * 86400)}
    assert windows.headers(at(0))["anthropic-ratelimit-unified-representative-claim"] == "seven_day"


def test_overage_lets_more_through_and_says_so() -> None:
    windows = made(five_hour={"tokens": 10, "used": 1}, overage=True)
    windows.check(at(0))
    headers = windows.headers(at(0))
    assert headers["anthropic-ratelimit-unified-status"] == "allowed_warning"
    assert headers["anthropic-ratelimit-unified-overage-status"] == "allowed"


def test_a_copy_has_windows_of_its_own() -> None:
    windows = made(five_hour={"tokens": 10})
    windows.copy().use(10, 0)
    windows.check(at(0))
