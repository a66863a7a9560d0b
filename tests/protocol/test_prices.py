import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockgw.protocol import models
from mockgw.protocol.messages import Usage
from mockgw.protocol.prices import MICRO, PRICES, usual

COUNTS = st.integers(0, 10**9)


def usage(plain: int, output: int, five: int = 0, hour: int = 0, read: int = 0) -> Usage:
    return Usage(plain, output, five + hour, read, five, hour)


@pytest.mark.parametrize(
    ("model", "dollars"),
    [
        ("claude-sonnet-4-5-20250929", (3, 15, 3.75, 6, 0.3)),
        ("claude-opus-5", (5, 25, 6.25, 10, 0.5)),
        ("claude-opus-5-5", (4, 20, 5, 8, 0.2)),
        ("claude-fable-5-1", (10, 50, 12.5, 20, 0.25)),
        ("claude-haiku-4-5-20251001", (1, 5, 1.25, 2, 0.1)),
        ("claude-haiku-5-5", (0.1, 0.5, 0.125, 0.2, 0.01)),
    ],
)
def test_a_million_tokens_of_each_kind_cost_what_the_page_says(model: str, dollars: tuple[float, ...]) -> None:
    prices = PRICES[model]
    found = (prices.input, prices.output, prices.cache_write_5m, prices.cache_write_1h, prices.cache_read)
    assert found == tuple(round(one * MICRO) for one in dollars)


def test_prices_are_those_of_models_that_there_are() -> None:
    assert PRICES.keys() <= {model.id for model in models.CATALOGUE}


def test_a_long_prompt_costs_more_for_all_of_it() -> None:
    prices = PRICES["claude-haiku-5-5"]
    assert prices.cost(usage(100_000, 10)) == 100_000 * 100_000 + 10 * 500_000
    assert prices.cost(usage(1, 10, read=100_000)) == 500_000 + 10 * 2_500_000 + 100_000 * 50_000
    assert prices.of_output(usage(100_001, 0)) == 2_500_000


@given(COUNTS, COUNTS, COUNTS, COUNTS, COUNTS)
def test_a_cost_is_the_sum_of_its_parts(plain: int, output: int, five: int, hour: int, read: int) -> None:
    parts = [
        usage(plain, 0),
        usage(0, output),
        usage(0, 0, five=five),
        usage(0, 0, hour=hour),
        usage(0, 0, read=read),
    ]
    prices = usual(3_000_000, 15_000_000)
    assert prices.cost(usage(plain, output, five, hour, read)) == sum(map(prices.cost, parts))


def test_batches_cost_half_rounded_up() -> None:
    prices = PRICES["claude-haiku-5-5"]
    assert prices.halved().cost(usage(10, 10)) * 2 == prices.cost(usage(10, 10))
    assert prices.halved().cost(usage(200_000, 10)) * 2 == prices.cost(usage(200_000, 10))
    assert usual(3, 5).halved().output == 3
