"""Amounts: money, rates and moments, as people write them and as they are counted."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import PlainValidator, WithJsonSchema

from mockgw.notation import (
    DURATION_TEXT_SCHEMA,
    SECONDS_SCHEMA,
    UNITS,
    JsonSchema,
    read_duration,
    read_number,
    shown,
)

# Money is counted in whole picodollars: a price of six decimals per million tokens is a whole number of them per token.
DOLLAR = 10**12
PER_MILLION = DOLLAR // 10**6
MOST_DOLLARS = 10**9

RATE = re.compile(r"\s*([1-9][0-9]{0,14})\s*/\s*([1-9][0-9]{0,5})?\s*(s|m|h|d)\s*")
DAY = r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
TIME = r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?"
MOMENT = rf"^{DAY}([T ]{TIME}(Z|[+-]{TIME})?)?$"


@dataclass(frozen=True, slots=True)
class Rate:
    """So many in so many seconds."""

    limit: int
    seconds: int

    def __str__(self) -> str:
        return f"{self.limit}/{self.seconds}s"


def read_dollars(value: object) -> int:
    """Picodollars, from a number of dollars."""
    return _exact(value, DOLLAR)


def read_price(value: object) -> int:
    """Picodollars for one token, from dollars for a million."""
    return _exact(value, PER_MILLION)


def _exact(value: object, unit: int) -> int:
    read_number(value)
    written = getattr(value, "text", None) or str(value)
    dollars = Decimal(written)
    if not 0 <= dollars <= MOST_DOLLARS:
        raise ValueError(f"expected dollars from 0 to {MOST_DOLLARS:,}, found {shown(value)}")
    counted = dollars * unit
    if counted != int(counted):
        raise ValueError(f"expected at most {len(str(unit)) - 1} decimals, found {shown(value)}")
    return int(counted)


def read_rate(value: object) -> Rate:
    """A rate from `5/m`, `20/s`, `100/5h`, or a number for each minute."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**15:
        return Rate(int(value), 60)
    found = RATE.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        told = "expected a rate such as 5/m, 20/s, 100/5h or a number for each minute"
        raise ValueError(f"{told}, found {shown(value)}")
    return Rate(int(found[1]), int(found[2] or 1) * int(UNITS[found[3]]))


def read_moment(value: object) -> float | datetime:
    """Seconds after a session begins, from a duration; or a moment, in UTC if it does not say."""
    if not isinstance(value, str) or not re.match(MOMENT, value):
        return _since_the_start(value)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as problem:
        raise ValueError(f"expected a date that there is, found {value!r}: {problem}") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _since_the_start(value: object) -> float:
    try:
        return read_duration(value)
    except ValueError:
        told = "expected a moment such as 2026-12-31T23:59:00Z or a duration after a session begins, such as 1h"
        raise ValueError(f"{told}; found {shown(value)}") from None


def dollars(amount: int, decimals: int = 12) -> str:
    """An amount in dollars, exact but for the decimals that are left out; at least two are shown."""
    whole, part = divmod(abs(amount), DOLLAR)
    digits = f"{part:012d}"[:decimals].rstrip("0").ljust(2, "0")
    return f"{'-' if amount < 0 else ''}{whole}.{digits}"


MONEY_SCHEMA: JsonSchema = {"type": "number", "minimum": 0, "maximum": MOST_DOLLARS}
RATE_SCHEMA: JsonSchema = {
    "anyOf": [
        {"type": "integer", "minimum": 1, "maximum": 10**15 - 1},
        {"type": "string", "pattern": f"^{RATE.pattern}$"},
    ]
}
MOMENT_SCHEMA: JsonSchema = {
    "anyOf": [{"type": "string", "pattern": MOMENT}, DURATION_TEXT_SCHEMA, SECONDS_SCHEMA | {"minimum": 0}]
}

Dollars = Annotated[int, PlainValidator(read_dollars), WithJsonSchema(MONEY_SCHEMA)]
Price = Annotated[int, PlainValidator(read_price), WithJsonSchema(MONEY_SCHEMA)]
RateForm = Annotated[Rate, PlainValidator(read_rate), WithJsonSchema(RATE_SCHEMA)]
Moment = Annotated[float | datetime, PlainValidator(read_moment), WithJsonSchema(MOMENT_SCHEMA)]
