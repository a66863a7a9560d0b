import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockgw.gateway.credits import Balance, affordable, insufficient, prices_of, unaffordable, written
from mockgw.protocol.dialects import ANTHROPIC, SIRAYA
from mockgw.protocol.messages import Usage
from mockgw.protocol.prices import PRICES, usual
from mockgw.scenario.gateway.models import ModelForm
from mockgw.scenario.gateway.models import Prices as PricesForm

AMOUNTS = st.integers(0, 10**15)


@given(AMOUNTS, st.lists(st.tuples(AMOUNTS, AMOUNTS), max_size=20), st.randoms())
def test_what_is_left_is_the_start_less_all_costs_whatever_the_order(
    start: int, requests: list[tuple[int, int]], rng: object
) -> None:
    balance = Balance(start)
    for reserved, _ in requests:
        balance.reserve(reserved)
    assert balance.free == start - sum(reserved for reserved, _ in requests)
    rng.shuffle(requests)  # type: ignore[attr-defined]
    for reserved, cost in requests:
        balance.settle(reserved, cost)
    assert (balance.amount, balance.reserved) == (start - sum(cost for _, cost in requests), 0)


def test_a_copy_is_a_balance_of_its_own() -> None:
    balance = Balance(10)
    balance.copy().settle(0, 5)
    assert balance.free == 10


def test_a_scenarios_prices_beat_the_catalogues() -> None:
    form = ModelForm.model_validate({"prices": {"input": 1, "output": 2}})
    assert prices_of(form, "claude-opus-5") == usual(1_000_000, 2_000_000)
    assert prices_of(ModelForm.model_validate({}), "claude-opus-5") is PRICES["claude-opus-5"]
    assert prices_of(ModelForm.model_validate({}), "acme-1") is None


def test_prices_that_are_not_written_follow_from_the_input() -> None:
    found = written(PricesForm.model_validate({"input": 4, "output": 20, "cache_read": 0, "cache_write_1h": 9}))
    assert (found.cache_write_5m, found.cache_write_1h, found.cache_read) == (5_000_000, 9_000_000, 0)


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**5), st.integers(0, 10**12))
def test_what_can_be_afforded_costs_no_more_than_there_is_and_one_more_would(
    input: int, output: int, wanted: int, free: int
) -> None:
    prices, most = usual(input, output), Usage(100, wanted)
    found = affordable(prices, most, free)
    if found < 0:
        assert prices.cost(Usage(100, 0)) > free
        return
    assert prices.cost(Usage(100, found)) <= free
    assert found == wanted or prices.cost(Usage(100, found + 1)) > free


@pytest.mark.parametrize(
    ("dialect", "message"),
    [
        (SIRAYA, "Your account or API key has insufficient credits. Add more credits and retry the request."),
        (ANTHROPIC, "Your credit balance is too low to access the Anthropic API. "),
    ],
)
def test_the_refusal_is_in_the_words_of_the_dialect(dialect: object, message: str) -> None:
    error = insufficient(dialect)  # type: ignore[arg-type]
    assert (error.status, error.type, error.should_retry) == (402, "billing_error", False)
    assert error.message.startswith(message)


def test_the_other_refusal_says_what_would_have_been_possible() -> None:
    assert unaffordable(32000, -1).message == (
        "This request requires more credits, or fewer max_tokens. "
        "You requested up to 32000 tokens, but can only afford 0."
    )
