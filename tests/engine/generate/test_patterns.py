from random import Random

import jsonschema_rs
import pytest

from mockgw.engine.generate import patterns
from mockgw.engine.generate.subschemas import Unmet


def sampled(pattern: str, *, least: int = 0, most: int | None = None) -> list[str]:
    """What fits of all that is tried, by a validator."""
    schema = {"pattern": pattern, "minLength": least, "maxLength": 10**6 if most is None else most}
    return [
        text
        for text in patterns.texts(pattern, Random(1), least=least, most=most)
        if jsonschema_rs.is_valid(schema, text)
    ]


@pytest.mark.parametrize(
    "pattern",
    [
        r"^[A-Z]{3}-\d{4}$",
        r"^(a|b|cd)+?x*$",
        r"^[^a-zA-Z0-9]$",
        r"^[^\x00-\x7F]$",
        r"^[\u0590-\u0594]$",
        r"^[^b]\D\W\S\s\w.$",
        r"^[+\-]?\d+(\.\d+)?$",
        r"^(?<year>\d{4})-\1$",
        r"^(x|y)(?:z)\1$",
        r"^\p{Lu}\p{Ll}+[\p{L}\p{Nd}_]*\p{Script=Latin}$",
        r"^\u{1F600}\/[^\n]$",
        r"^(?=.*\d)(?!x).{6,}\b$",
        r"^é[\[\]]$",
        r"^(?i:b)$",
        r"^[[a]$",
        r"",
        r"^$",
    ],
)
def test_text_matches_its_pattern(pattern: str) -> None:
    assert sampled(pattern)


@pytest.mark.parametrize(
    ("pattern", "least", "most"), [("^a+$", 5, 6), ("^(ab)*$", 9, 11), ("^[a-z]{0,200}$", 100, 101)]
)
def test_repeats_make_up_the_length(pattern: str, least: int, most: int) -> None:
    assert all(least <= len(text) <= most for text in sampled(pattern, least=least, most=most))
    assert sampled(pattern, least=least, most=most)


def test_without_bounds_text_is_short() -> None:
    assert max(map(len, sampled(r"^\w+ .*$"))) < 12


def test_what_has_no_anchors_can_be_longer() -> None:
    assert patterns.padded("b", 4) == ["baaa", "aaab"]
    assert patterns.padded("abcd", 4) == []


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("a{2000}", "has a pattern for at least 2000 characters; at most 1000 are made"),
        (r"\p{L", "has a pattern that is written in no way that is understood here"),
    ],
)
def test_what_cannot_be_made_is_told(pattern: str, reason: str) -> None:
    with pytest.raises(Unmet, match=reason):
        next(patterns.texts(pattern, Random(1), least=0, most=None))
