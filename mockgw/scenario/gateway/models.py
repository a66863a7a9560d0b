"""Models: what a gateway says of its models, beside the catalogue."""

from mockgw.later import Later
from mockgw.notation import Count, Natural, Written
from mockgw.scenario.gateway.amounts import Price


class Prices(Written):
    """US dollars for a million tokens."""

    input: Price
    """Input that has to do with no cache."""
    output: Price
    """Output, thinking included."""
    cache_write_5m: Price | None = None
    """Input that is kept for five minutes; 1.25 times `input` when absent."""
    cache_write_1h: Price | None = None
    """Input that is kept for an hour; twice `input` when absent."""
    cache_read: Price | None = None
    """Input that was kept; a tenth of `input` when absent."""


class ModelForm(Written):
    """What the gateway knows of one model; the catalogue fills in the rest."""

    window: Count | None = None
    """The most input tokens; a longer prompt is refused (400)."""
    max_tokens: Count | None = None
    """The most output tokens; a request that asks for more is refused (400)."""
    cache_minimum: Natural | None = None
    """The fewest tokens of a prompt that is cached."""
    prices: Later[Prices] | None = None
    """What it costs."""
