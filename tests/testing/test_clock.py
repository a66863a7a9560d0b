from datetime import timedelta
from typing import Any

import pytest

from mockgw.errors import MockgwError
from mockgw.testing.clock import seconds_of
from tests.testing.gateways import ask, asked, client, in_process


@pytest.mark.parametrize(
    ("said", "seconds"), [("2h", 7200.0), (1.5, 1.5), (timedelta(days=1), 86400.0), ("250ms", 0.25)]
)
def test_durations(said: Any, seconds: float) -> None:
    assert seconds_of(said) == seconds


@pytest.mark.parametrize("said", ["soon", -1, timedelta(days=-1), None, True])
def test_what_is_no_duration(said: Any) -> None:
    with pytest.raises(MockgwError, match="expected a duration such as 250ms"):
        seconds_of(said)


def test_the_clock_that_is_set_ahead_is_that_of_rules_and_templates() -> None:
    with in_process() as gw:
        gw.on(clock={"gte": "1h"}).reply("late, {{ now.year }}")
        gw.reply("early")
        assert ask(gw) == "early"
        before = gw.clock.now
        gw.clock.advance("400d")
        assert ask(gw) == f"late, {gw.clock.now.year}"
        assert gw.clock.now - before >= timedelta(days=400)
        assert gw.clock.seconds >= 400 * 86400


def test_what_is_due_then_of_a_batch_is_answered() -> None:
    with in_process() as gw:
        api = gw.session("api", dialect="anthropic")
        api.reply("Hello")
        with client(api) as sdk:
            sdk.messages.batches.create(requests=[{"custom_id": "a", "params": asked()}])  # type: ignore[typeddict-item]
            assert api.requests == []
            api.clock.advance("1h")
        assert [one.status for one in api.requests] == [200]
