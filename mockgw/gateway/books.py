"""Books: what a gateway has counted in one session - uses of keys, buckets, windows, balances, tries; bounded."""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, Self, TypeVar

from mockgw.gateway import limits, subscription
from mockgw.gateway.credits import Balance
from mockgw.gateway.limits import Buckets
from mockgw.gateway.subscription import Plan
from mockgw.scenario.gateway.keys import Key
from mockgw.scenario.gateway.limits import ModelClass
from mockgw.scenario.gateway.terms import Terms

if TYPE_CHECKING:
    from mockgw.gateway.outages import Record

MOST_KEYS = 1_000  # of those that no table names: the one that was used longest ago is forgotten


class Copied(Protocol):
    """What can be copied, for what must not be counted."""

    def copy(self) -> Self: ...


Kept = TypeVar("Kept")
Value = TypeVar("Value")
Counted = TypeVar("Counted", bound=Copied)


@dataclass(slots=True)
class Books:
    """What was counted under one gateway's terms, by key; and of its providers."""

    _uses: OrderedDict[str, int] = field(default_factory=OrderedDict)
    _buckets: OrderedDict[tuple[str, str], Buckets] = field(default_factory=OrderedDict)
    _plans: OrderedDict[str, Plan] = field(default_factory=OrderedDict)
    _balances: OrderedDict[str, Balance] = field(default_factory=OrderedDict)
    _records: "OrderedDict[str, Record]" = field(default_factory=OrderedDict)

    def uses(self, key: str) -> int:
        """The requests that were let in with a key."""
        return self._uses.get(key, 0)

    def use(self, key: str) -> None:
        _put(self._uses, key, self.uses(key) + 1)

    def take_back_use(self, key: str) -> None:
        """A request was none after all."""
        _put(self._uses, key, max(0, self.uses(key) - 1))

    def buckets(self, terms: Terms, key: str, form: Key, models: ModelClass, now: int) -> Buckets:
        """What a key has left for a class of models; full when it is first asked for."""
        found = self._buckets.get((key, models))
        if found is None:
            found = limits.buckets(terms.limits(form, models), now)
        return _put(self._buckets, (key, models), found)

    def plan(self, terms: Terms, key: str, now: int) -> Plan | None:
        """The windows of a key, which begin when they are first asked for; None if there are none."""
        form = terms.section.subscription
        if form is None:
            return None
        found = self._plans.get(key) or subscription.plan(form, now)
        return _put(self._plans, key, found) if found else None

    def balance(self, terms: Terms, key: str, form: Key) -> Balance | None:
        """What a key has; None if nothing is paid for."""
        credits = terms.section.credits
        start = form.balance if form.balance is not None or credits is None else credits.balance
        if start is None:
            return None
        return _put(self._balances, key, self._balances.get(key) or Balance(start))

    def record(self, terms: Terms, provider: str) -> "Record":
        """How a provider of the terms has fared; its states begin with the session."""
        from mockgw.gateway.outages import Course, Record  # few gateways have providers

        found = self._records.get(provider)
        if found is None:
            found = self._records[provider] = Record(Course(terms.section.providers[provider]))
        return found

    def keys(self) -> list[str]:
        """Those of which something was counted."""
        return list(dict.fromkeys((*self._uses, *(key for key, _ in self._buckets), *self._plans, *self._balances)))

    def classes(self, key: str) -> Iterator[tuple[str, Buckets]]:
        """What a key has left for each class of models that it has asked for."""
        return ((models, buckets) for (one, models), buckets in self._buckets.items() if one == key)

    def refill(self, key: str, now: int) -> None:
        """All its limits are as if it had not asked yet."""
        for _, buckets in self.classes(key):
            buckets.refill()
        if plan := self._plans.get(key):
            plan.renew(now)

    def copy(self) -> "Books":
        """The same books, for what must not be counted."""
        copies = _copies(self._buckets), _copies(self._plans), _copies(self._balances), _copies(self._records)
        return Books(self._uses.copy(), *copies)


def _put(kept: OrderedDict[Kept, Value], key: Kept, value: Value) -> Value:
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > MOST_KEYS:
        kept.popitem(last=False)
    return value


def _copies(kept: OrderedDict[Kept, Counted]) -> OrderedDict[Kept, Counted]:
    return OrderedDict((key, value.copy()) for key, value in kept.items())
