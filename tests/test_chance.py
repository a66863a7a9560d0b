"""Chance: from the seed and the purpose, never from the order of asking."""

import pytest

from mockgw.chance import ALPHABET, Chance, digest, summed


def test_the_same_purpose_draws_the_same_in_any_order() -> None:
    one, other = Chance(0, "request"), Chance(0, "request")
    first = (one.token("a", length=22), one.rng("b").random())
    second = (other.rng("b").random(), other.token("a", length=22))
    assert first == second[::-1]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(Chance(1, "request"), id="seed"),
        pytest.param(Chance(0, "another"), id="subject"),
        pytest.param(Chance(0, "request", 2), id="attempt"),
    ],
)
def test_another_seed_or_subject_draws_otherwise(other: Chance) -> None:
    assert other.token("a", length=22) != Chance(0, "request").token("a", length=22)


def test_each_purpose_has_draws_of_its_own() -> None:
    chance = Chance(0)
    assert len({chance.token("tool", index, length=22) for index in range(100)}) == 100
    assert chance.rng("a").random() != chance.rng("b").random()


@pytest.mark.parametrize("length", [1, 22, 64])
def test_a_token_has_the_letters_of_the_api_s_ids(length: int) -> None:
    token = Chance(0).token("a", length=length)
    assert len(token) == length
    assert set(token) <= set(ALPHABET.decode())
    assert not set("0OIl") & set(ALPHABET.decode())


def test_a_seed_always_gives_the_same_ids() -> None:
    assert Chance(0, "default").token("message", length=22) == "NdHunEbfpLEHXsJpcNE2nL"
    assert Chance(0, "default").letters[:22] == "NGN5ti6iAEFFF2Z5Y3Q4gP"


def test_parts_of_a_digest_do_not_run_together() -> None:
    assert len({digest("ab", "c"), digest("a", "bc"), digest("abc"), digest("abc", "")}) == 4


def test_bytes_are_summed_as_their_text_is() -> None:
    assert summed("é1".encode()) == digest("é1")
    assert summed(b"a") != summed(b"b")
