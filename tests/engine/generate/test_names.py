import re
from random import Random

import pytest

from mockgw.engine.generate.names import ANY_NUMBER, NUMBERS, TEXTS, number_of, text_of
from mockgw.engine.generate.text import seeded


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("email", r"\S+@example\.(com|org|net)"),
        ("userEmail", r"\S+@example\.(com|org|net)"),
        ("CONTACT-EMAILS", r"\S+@example\.(com|org|net)"),
        ("email_address", r"\S+@example\.(com|org|net)"),
        ("homepageURL", r"https://example\.com/\S+"),
        ("created_at", r"202[456]-\d\d-\d\dT\d\d:\d\d:\d\dZ"),
        ("startDate", r"202[456]-\d\d-\d\d"),
        ("file_path", r"/tmp/\w+\.txt"),
        ("order_id", r"[0-9a-f-]{36}"),
        ("title", r"[A-Z]\w*( \w+){3}"),
        ("questions", r".+\?"),
        ("countryCode", r"[A-Z]{2}"),
        ("addresses", r"[^\n]+"),
        ("boxes_price", r"\d+\.\d\d"),
    ],
)
def test_text_fits_its_name(name: str, pattern: str) -> None:
    make = text_of(name)

    assert make is not None
    assert all(re.fullmatch(pattern, make(seeded(Random(seed)))) for seed in range(10))


@pytest.mark.parametrize(("name", "least", "most"), [("age", 18, 80), ("birthYear", 1990, 2026), ("cities", 0, 100)])
def test_numbers_fit_their_name(name: str, least: int, most: int) -> None:
    assert number_of(name)[:2] == (least, most)


@pytest.mark.parametrize("name", ["", "zzz", "___", "old_string"])
def test_some_names_say_nothing(name: str) -> None:
    assert (text_of(name), number_of(name)) == (None, ANY_NUMBER)


@pytest.mark.parametrize("name", TEXTS)
def test_every_text_is_made_of_the_seed_alone(name: str) -> None:
    made = [TEXTS[name](seeded(Random(3))) for _ in range(2)]

    assert made[0] == made[1] != ""


@pytest.mark.parametrize("usual", NUMBERS.values())
def test_every_range_has_numbers(usual: tuple[float, float, int]) -> None:
    assert usual[0] < usual[1]
