"""Text: the faker, and what is made with it: words, sentences, dates, addresses."""

from datetime import date
from functools import cache
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from faker import Faker

# Not faker's own dates, which end today: the same seed, the same day.
DAYS = (date(2024, 1, 1), date(2026, 12, 31))


@cache
def _faker() -> "Faker":
    from mockgw.engine.generate.sealed import faker  # a fifth of a second: only where something is made up

    return faker()


def seeded(rng: Random) -> "Faker":
    """The faker, its draws starting anew from here."""
    fake = _faker()
    fake.unique.clear()
    fake.seed_instance(rng.getrandbits(64))
    return fake


def words(count: int, rng: Random) -> str:
    return " ".join(seeded(rng).words(count))


def sentences(count: int, rng: Random) -> str:
    return " ".join(seeded(rng).sentences(count))


def day(fake: "Faker") -> str:
    return fake.date_between_dates(*DAYS).isoformat()


def moment(fake: "Faker") -> str:
    return f"{day(fake)}T{clock(fake)}Z"


def clock(fake: "Faker") -> str:
    return f"{fake.random_int(0, 23):02}:{fake.random_int(0, 59):02}:{fake.random_int(0, 59):02}"


def web_address(fake: "Faker") -> str:
    return f"https://example.com/{fake.uri_path()}"
