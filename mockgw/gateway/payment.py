"""Payment: what one request may cost - reserved when it begins, settled by what was delivered."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from mockgw.delivery.actions import Action
from mockgw.gateway import credits
from mockgw.gateway.credits import Balance
from mockgw.gateway.delivered import until
from mockgw.protocol.dialects import Dialect
from mockgw.protocol.messages import Message, Usage
from mockgw.protocol.prices import Prices
from mockgw.protocol.requests import MessagesRequest, usage_of
from mockgw.scenario.gateway.amounts import dollars
from mockgw.scenario.gateway.credits import Credits


@dataclass(slots=True)
class Payment:
    """What a request has reserved, and what it cost: in picodollars, None as long as or because it is unknown."""

    form: Credits | None
    dialect: Dialect
    balance: Balance | None
    prices: Prices | None = None
    reserved: int = 0
    cost: int | None = None

    def begin(self, request: MessagesRequest) -> None:
        """Reserve the most that it can cost: 402 if there is too little for it."""
        if self.balance is None:
            return
        form = self.form
        most = usage_of(request, request.max_tokens or 0 if form is None or form.reserve == "max_tokens" else 0)
        cost = self.prices.cost(most) if self.prices else 0
        if self.balance.free <= 0 or cost > self.balance.free:
            if form is None or form.message == "page" or self.prices is None:
                raise credits.insufficient(self.dialect)
            wanted = replace(most, output_tokens=request.max_tokens or 0)
            affordable = credits.affordable(self.prices, wanted, self.balance.free)
            raise credits.unaffordable(wanted.output_tokens, affordable)
        self._reserve(cost)

    def decided(self, answer: Message, actions: Sequence[Action], *, stream: bool) -> Sequence[Action]:
        """The actions of an answer, cut where the money ends. 402 if it cannot be paid, and cannot be cut."""
        if self.balance is None or self.prices is None:
            return actions
        cost = self.prices.cost(answer.usage)
        free = self.balance.free + self.reserved
        if cost > free and self._cuts:
            return self._cut(answer, actions, free, stream=stream)
        self._reserve(cost)
        return actions

    def settle(self, usage: Usage | None) -> None:
        """What has left is paid for; the rest is free again."""
        if self.balance is not None:
            paid = self.prices.cost(usage) if usage and self.prices else 0
            self.balance.settle(self.reserved, paid)
            self.cost = paid if self.prices or not usage else None

    def refund(self) -> None:
        """It costs nothing, as far as one can see."""
        if self.balance is not None:
            self._reserve(0)

    def refuse(self) -> None:
        """There is no answer that could cost anything."""
        self.refund()
        self.cost = 0 if self.balance is not None else None

    def headers(self) -> Iterator[tuple[str, str]]:
        """What an answer says of it."""
        if self.balance is not None:
            yield "x-mockgw-balance", dollars(self.balance.free)

    def warnings(self) -> Iterator[str]:
        """What an answer warns of."""
        if self.balance is not None and self.form and self.form.low is not None and self.balance.free < self.form.low:
            yield "low_balance"

    def _reserve(self, amount: int) -> None:
        """So much is reserved, and no more."""
        assert self.balance is not None
        self.balance.reserve(amount - self.reserved)
        self.reserved = amount

    @property
    def _cuts(self) -> bool:
        return self.form is not None and self.form.exhausted == "error_event"

    def _cut(self, answer: Message, actions: Sequence[Action], free: int, *, stream: bool) -> Sequence[Action]:
        assert self.prices is not None
        most = credits.affordable(self.prices, answer.usage, free)
        if not stream or most < 0:
            raise credits.insufficient(self.dialect)
        cut = until(answer, actions, most, credits.insufficient(self.dialect), self.dialect)
        self._reserve(free)
        return cut
