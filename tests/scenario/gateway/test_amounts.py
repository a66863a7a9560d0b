from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockgw.scenario.gateway.amounts import (
    DOLLAR,
    Rate,
    dollars,
    read_dollars,
    read_moment,
    read_price,
    read_rate,
)
from mockgw.scenario.written import written


@pytest.mark.parametrize(
    ("value", "amount"),
    [(0, 0), (5, 5 * DOLLAR), (written("0.05"), DOLLAR // 20), (written("0.000000000001"), 1), (0.1, DOLLAR // 10)],
)
def test_dollars_are_read_exactly(value: object, amount: int) -> None:
    assert read_dollars(value) == amount


def test_a_price_for_a_million_is_a_whole_number_for_each() -> None:
    assert read_price(3) == 3_000_000
    assert read_price(written("0.000001")) == 1


@pytest.mark.parametrize(
    ("value", "rate"),
    [
        (5, Rate(5, 60)),
        ("5/m", Rate(5, 60)),
        (" 20 / s ", Rate(20, 1)),
        ("100/5h", Rate(100, 5 * 3600)),
        ("1/d", Rate(1, 86400)),
    ],
)
def test_a_rate_is_so_many_in_some_time(value: object, rate: Rate) -> None:
    assert read_rate(value) == rate


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("1h", 3600.0),
        (60, 60.0),
        ("2026-12-31", datetime(2026, 12, 31, tzinfo=UTC)),
        ("2026-12-31T23:59:00Z", datetime(2026, 12, 31, 23, 59, tzinfo=UTC)),
        ("2026-12-31 23:59+01:00", datetime(2026, 12, 31, 23, 59, tzinfo=timezone(timedelta(hours=1)))),
    ],
)
def test_a_moment_is_a_date_or_a_time_after_the_start(value: object, moment: object) -> None:
    assert read_moment(value) == moment


@pytest.mark.parametrize(
    ("read", "value", "message"),
    [
        (read_dollars, -1, "expected dollars from 0 to 1,000,000,000, found -1"),
        (read_dollars, "5", "expected a number, found '5'; write 5, without quotes"),
        (read_dollars, written("0.0000000000001"), "expected at most 12 decimals"),
        (read_price, written("0.0000001"), "expected at most 6 decimals"),
        (read_rate, 0, "expected a rate such as 5/m, .*, found 0"),
        (read_rate, "0/m", "expected a rate such as 5/m, .*, found '0/m'"),
        (read_rate, "5/w", "expected a rate such as 5/m, .*, found '5/w'"),
        (read_rate, True, "expected a rate such as 5/m, .*, found true"),
        (read_moment, "tomorrow", "expected a moment such as 2026-12-31T23:59:00Z or a duration .*; found 'tomorrow'"),
        (read_moment, "2026-02-30", "expected a date that there is, found '2026-02-30'"),
    ],
)
def test_what_cannot_be_read_is_told(read: Callable[[Any], Any], value: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read(value)


@given(st.integers(-(10**24), 10**24))
def test_an_amount_is_shown_exactly(amount: int) -> None:
    assert Decimal(dollars(amount)) * DOLLAR == amount


@pytest.mark.parametrize(("amount", "shown"), [(0, "0.00"), (-DOLLAR // 2, "-0.50"), (DOLLAR * 3 // 1000, "0.003")])
def test_an_amount_is_shown_as_people_write_it(amount: int, shown: str) -> None:
    assert dollars(amount) == shown
    assert str(Rate(5, 60)) == "5/60s"
