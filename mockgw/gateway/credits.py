"""Credits: the balance of a key. Reserved when a request begins, settled by what was delivered; whole numbers only."""

from dataclasses import dataclass, replace

from mockgw.protocol.dialects import Dialect
from mockgw.protocol.errors import ApiError
from mockgw.protocol.messages import Usage
from mockgw.protocol.prices import PRICES, Prices, usual
from mockgw.scenario.gateway.models import ModelForm
from mockgw.scenario.gateway.models import Prices as PricesForm


@dataclass(slots=True)
class Balance:
    """What a key has, in picodollars; `reserved` is the part of it that requests under way may still cost."""

    amount: int
    reserved: int = 0

    @property
    def free(self) -> int:
        """What the next request can count on."""
        return self.amount - self.reserved

    def reserve(self, amount: int) -> None:
        self.reserved += amount

    def settle(self, reserved: int, cost: int) -> None:
        """A request is over: its reservation ends, and it is paid for."""
        self.reserved -= reserved
        self.amount -= cost

    def copy(self) -> "Balance":
        return replace(self)


def prices_of(form: ModelForm, id: str) -> Prices | None:
    """What a model costs: as the scenario says, else as the catalogue does; None if nobody knows."""
    return written(form.prices) if form.prices else PRICES.get(id)


def written(form: PricesForm) -> Prices:
    """The prices that a scenario has, with the API's usual ones for what it does not say."""
    rest = usual(form.input, form.output)
    named = {"cache_write_5m", "cache_write_1h", "cache_read"} & form.model_fields_set
    return replace(rest, **{name: getattr(form, name) for name in named})


def affordable(prices: Prices, most: Usage, free: int) -> int:
    """How many output tokens there is money for, `most` of them at most; -1 if there is none for the input."""
    left = free - prices.cost(replace(most, output_tokens=0))
    each = prices.of_output(most)
    if left < 0:
        return -1
    return min(most.output_tokens, left // each) if each else most.output_tokens


def insufficient(dialect: Dialect) -> ApiError:
    """The 402 in the gateway's own words."""
    return ApiError(402, dialect.message(402))


def unaffordable(wanted: int, affordable: int) -> ApiError:
    """The 402 that says what would have been possible, in the words of OpenRouter."""
    told = f"You requested up to {wanted} tokens, but can only afford {max(0, affordable)}."
    return ApiError(402, f"This request requires more credits, or fewer max_tokens. {told}")
