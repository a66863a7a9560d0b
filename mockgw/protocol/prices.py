"""Prices: what the models of the catalogue cost, and how a use of one is priced."""

from dataclasses import dataclass, replace

from mockgw.protocol.messages import Usage

# Money is counted in picodollars, 10^-12 of a dollar: a price for a million tokens is then a whole number for each.
MICRO = 10**6


@dataclass(frozen=True, slots=True)
class Prices:
    """Picodollars for one token; `long` are those of prompts of more than so many tokens, cached or not."""

    input: int
    output: int
    cache_write_5m: int
    cache_write_1h: int
    cache_read: int
    long: "tuple[int, Prices] | None" = None

    def cost(self, usage: Usage) -> int:
        """What a usage costs, in picodollars."""
        prices = self._of(usage)
        return (
            usage.input_tokens * prices.input
            + usage.output_tokens * prices.output
            + (usage.cache_creation_input_tokens - usage.ephemeral_1h_input_tokens) * prices.cache_write_5m
            + usage.ephemeral_1h_input_tokens * prices.cache_write_1h
            + usage.cache_read_input_tokens * prices.cache_read
        )

    def halved(self) -> "Prices":
        """What they are for requests of message batches, rounded up."""
        names = ("input", "output", "cache_write_5m", "cache_write_1h", "cache_read")
        halves = {name: -(-getattr(self, name) // 2) for name in names}
        return replace(self, **halves, long=self.long and (self.long[0], self.long[1].halved()))

    def of_output(self, usage: Usage) -> int:
        """What one token of its output costs."""
        return self._of(usage).output

    def _of(self, usage: Usage) -> "Prices":
        prompt = usage.input_tokens + usage.cache_creation_input_tokens + usage.cache_read_input_tokens
        return self.long[1] if self.long and prompt > self.long[0] else self


def usual(input: int, output: int, *, read: int | None = None) -> Prices:
    """Prices with the API's usual ones for caching: 1.25 times the input, twice, and a tenth of it."""
    return Prices(input, output, -(-input * 5 // 4), input * 2, -(-input // 10) if read is None else read)


def _dollars(input: float, output: float, *, read: float | None = None) -> Prices:
    return usual(round(input * MICRO), round(output * MICRO), read=None if read is None else round(read * MICRO))


# https://platform.claude.com/docs/en/about-claude/pricing, and its changes as they were seen until AS_OF. For models
# that are not here no price was found: what they cost is unknown.
AS_OF = "2026-10-24"
FABLE_5 = _dollars(10, 50)
FABLE_5_1 = _dollars(10, 50, read=0.25)
OPUS = _dollars(5, 25)
SONNET_5 = _dollars(2, 10)
SONNET = _dollars(3, 15)
HAIKU_5_5 = Prices(100_000, 500_000, 125_000, 200_000, 10_000, (100_000, _dollars(0.5, 2.5)))
PRICES = {
    "claude-fable-5-1": FABLE_5_1,
    "claude-mythos-5-1": FABLE_5_1,
    "claude-fable-5": FABLE_5,
    "claude-mythos-5": FABLE_5,
    "claude-opus-5-5": _dollars(4, 20, read=0.2),
    "claude-opus-5": OPUS,
    "claude-opus-4-8": OPUS,
    "claude-opus-4-7": OPUS,
    "claude-opus-4-6": OPUS,
    "claude-opus-4-5-20251101": OPUS,
    "claude-sonnet-5-5": _dollars(2, 10, read=0.1),
    "claude-sonnet-5": SONNET_5,
    "claude-sonnet-4-6": SONNET,
    "claude-sonnet-4-5-20250929": SONNET,
    "claude-3-7-sonnet-20250219": SONNET,
    "claude-3-5-sonnet-20240620": SONNET,
    "claude-haiku-5-5": HAIKU_5_5,
    "claude-haiku-4-5-20251001": _dollars(1, 5),
}
