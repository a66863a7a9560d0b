"""Credits: what a key may spend."""

from typing import Literal

from mockgw.notation import Written
from mockgw.scenario.gateway.amounts import Dollars


class Credits(Written):
    """What each key may spend, in US dollars; refused is who has too little (402)."""

    balance: Dollars
    """What each key has that does not say itself; each session begins with it."""
    low: Dollars | None = None
    """Below it, answers have the header `x-mockgw-warning: low_balance`."""
    reserve: Literal["max_tokens", "input"] = "max_tokens"
    """What must be there before a request begins: the price of its input and of `max_tokens`, or of the input alone."""
    exhausted: Literal["finish", "error_event"] = "finish"
    """What becomes of a stream that costs more than there is: it goes on, on credit, or ends in an error there."""
    message: Literal["page", "affordable"] = "page"
    """The words of the 402: the gateway's own, or how many tokens can be afforded."""
