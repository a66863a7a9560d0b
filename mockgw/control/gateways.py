"""Gateways: what keys have in a session - money, limits, windows - shown and topped up; and how its providers are."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from mockgw.control import forms, gateway_shapes
from mockgw.control.base import Base
from mockgw.control.errors import ControlError, unknown
from mockgw.gateway.keys import masked
from mockgw.scenario.model import Scenario
from mockgw.sessions import Session
from mockgw.values import light
from mockgw.wording import counted

if TYPE_CHECKING:
    from mockgw.gateway.books import Books
    from mockgw.gateway.buckets import Bucket
    from mockgw.gateway.credits import Balance
    from mockgw.gateway.limits import Buckets, Instant
    from mockgw.gateway.outages import Record
    from mockgw.gateway.subscription import Plan
    from mockgw.scenario.gateway.states import Script
    from mockgw.scenario.gateway.terms import Terms

# The modules of the gateway are imported where they are used, as everywhere: most scenarios have no gateway.
ANY = "*"
PLACE = re.compile("#[1-9][0-9]{0,5}")


@light
class Kept:
    """A gateway's terms, and the scenarios that have them."""

    terms: "Terms"
    scenarios: tuple[str, ...]


class GatewayControl(Base):
    """A method for each operation on what a gateway counts."""

    def gateway(self, session: str, value: Any = None) -> gateway_shapes.GatewaysShown:
        """What keys have, or one of them: `OfKey`. To ask counts nothing."""
        found, key = self._session(session), forms.read(forms.OfKey, value, "the query").key
        kept = self._gateways(found, None)
        if key is not None and not any(one.terms.key(key) for one in kept):
            raise ControlError(f"no gateway of the session {found.name!r} has such a key", "unknown")
        return self._shown(found, kept, key)

    def top_up(self, session: str, value: Any) -> gateway_shapes.GatewaysShown:
        """Give a key money, or set what it has: `TopUp`."""
        found, form = self._session(session), forms.read(forms.TopUp, value)
        kept = self._gateways(found, form.scenario)
        key = _meant(found, kept, form.key)
        paid = [(one, balance) for one in kept if (balance := _balance(found.books(one.terms), one.terms, key))]
        if not paid:
            raise ControlError(f"no gateway of the session {found.name!r} has credits for such a key", "unknown")
        for _, balance in paid:
            balance.amount = form.balance if form.balance is not None else balance.amount + (form.add or 0)
        return self._shown(found, [one for one, _ in paid], key)

    def refill(self, session: str, value: Any = None) -> gateway_shapes.GatewaysShown:
        """Make the limits and the windows of a key full again, or of all: `Refill`."""
        found, form = self._session(session), forms.read(forms.Refill, value)
        kept = self._gateways(found, form.scenario)
        wanted = None if form.key is None else _meant(found, kept, form.key)
        if wanted is not None and not any(one.terms.key(wanted) for one in kept):
            raise ControlError(f"no gateway of the session {found.name!r} has such a key", "unknown")
        now = self._instant(found).now
        for books in (found.books(one.terms) for one in kept):
            for key in books.keys() if wanted is None else [wanted]:
                books.refill(key, now)
        return self._shown(found, kept, wanted)

    def set_provider(self, session: str, provider: str, value: Any) -> gateway_shapes.GatewaysShown:
        """Let a provider be in a state, or in several in turn, instead of what its script says: `ProviderStates`."""
        found, form = self._session(session), forms.read(forms.ProviderStates, value)
        return self._provided(found, provider, form.scenario, form)

    def release_provider(self, session: str, provider: str, value: Any = None) -> gateway_shapes.GatewaysShown:
        """Let a provider do again what its script says: `OfScenario`."""
        found, form = self._session(session), forms.read(forms.OfScenario, value, "the query")
        return self._provided(found, provider, form.scenario, None)

    def _provided(
        self, session: Session, provider: str, scenario: str | None, script: "Script | None"
    ) -> gateway_shapes.GatewaysShown:
        kept = self._gateways(session, scenario)
        having = [one for one in kept if provider in one.terms.section.providers]
        if not having:
            names = dict.fromkeys(name for one in kept for name in one.terms.section.providers)
            raise unknown("provider", provider, list(names))
        now = self._instant(session).now
        for one in having:
            session.books(one.terms).record(one.terms, provider).set(script, now)
        return self._shown(session, having, None)

    def _gateways(self, session: Session, scenario: str | None) -> list[Kept]:
        """The gateways that requests of a session can meet, or that of one scenario."""
        kept: dict[str, Kept] = {}
        for one in self._asked(session):
            terms = one.terms or self.pipeline.terms
            if terms is not None and terms.checks:
                others = kept[terms.name].scenarios if terms.name in kept else ()
                kept[terms.name] = Kept(terms, (*others, one.name))
        if scenario is None:
            return list(kept.values())
        names = [name for one in kept.values() for name in one.scenarios]
        if scenario not in names:
            raise unknown("scenario with a gateway", scenario, names)
        return [one for one in kept.values() if scenario in one.scenarios]

    def _asked(self, session: Session) -> Iterable[Scenario]:
        """The scenarios that may answer in a session."""
        if isinstance(session.choice, Scenario):
            return [session.choice]
        loaded = session.library(self.pipeline.library).scenarios
        return loaded.values() if session.choice is None else filter(None, [loaded.get(session.choice)])

    def _instant(self, session: Session) -> "Instant":
        from mockgw.gateway.buckets import nanoseconds
        from mockgw.gateway.limits import Instant

        clock = self.pipeline.clock
        return Instant(nanoseconds(session.clock(clock.now())), session.wall(clock.wall()))

    def _shown(self, session: Session, kept: Iterable[Kept], key: str | None) -> gateway_shapes.GatewaysShown:
        at = self._instant(session)
        clock = session.clock(self._now)
        return gateway_shapes.GatewaysShown(
            tuple(_gateway(one, session.counted(one.terms), key, at, clock) for one in kept)
        )


def _meant(session: Session, kept: Sequence[Kept], key: str) -> str:
    """The key that is meant by its place among those that are shown, which are masked; or the key itself."""
    if not PLACE.fullmatch(key):
        return key
    if len(kept) != 1:
        raise ControlError(f"{key!r} is a place among the keys of one gateway; say of which scenario", "invalid")
    keys = _known(kept[0].terms, session.books(kept[0].terms))
    if int(key[1:]) > len(keys):
        raise ControlError(f"the gateway has no key {key!r}; it knows {counted(len(keys), 'key')}", "unknown")
    return keys[int(key[1:]) - 1]


def _known(terms: "Terms", books: "Books") -> list[str]:
    """The keys of the table, and those that were used."""
    named = [name for name in terms.section.keys or () if name != ANY]
    return [key for key in dict.fromkeys([*named, *books.keys()]) if terms.key(key)]


def _gateway(kept: Kept, books: "Books", key: str | None, at: "Instant", clock: float) -> gateway_shapes.GatewayShown:
    keys = [key] if key is not None else _known(kept.terms, books)
    providers = tuple(_provider(name, books.record(kept.terms, name), at) for name in kept.terms.section.providers)
    return gateway_shapes.GatewayShown(kept.scenarios, tuple(_keys(kept.terms, books, keys, at, clock)), providers)


def _provider(name: str, record: "Record", at: "Instant") -> gateway_shapes.ProviderShown:
    course, phase = record.at(at.now)
    left = None if phase.until is None else phase.until - at.now
    kind: Any = phase.state.type
    return gateway_shapes.ProviderShown(
        provider=name,
        state=kind,
        status=getattr(phase.state, "status", None),
        by_hand=course is record.by_hand,
        since=at.wall - timedelta(seconds=_seconds(at.now - phase.since)),
        ends_in=None if left is None else _seconds(left),
        ends=None if left is None else at.after(left),
        left=phase.left,
        tried=record.tried,
        served=record.served,
        failed_lately=record.failed_lately(at.now),
    )


def _keys(
    terms: "Terms", books: "Books", keys: Iterable[str], at: "Instant", clock: float
) -> Iterator[gateway_shapes.KeyShown]:
    """What these keys have, as far as there are such keys; what is made for it is made in a copy of the books."""
    from mockgw.gateway import standing

    for key in keys:
        if form := terms.key(key):
            uses, balance, plan = books.uses(key), _balance(books, terms, key), books.plan(terms, key, at.now)
            yield gateway_shapes.KeyShown(
                key=masked(key),
                state=standing.state(form, uses=uses, clock=clock, wall=at.wall),
                uses=uses,
                balance=_money(balance) if balance else None,
                limits=tuple(_limits(models, one, at) for models, one in books.classes(key)),
                windows=tuple(_windows(plan, at)) if plan else (),
            )


def _balance(books: "Books", terms: "Terms", key: str) -> "Balance | None":
    form = terms.key(key)
    return books.balance(terms, key, form) if form else None


def _money(balance: "Balance") -> gateway_shapes.BalanceShown:
    from mockgw.scenario.gateway.amounts import dollars

    return gateway_shapes.BalanceShown(dollars(balance.amount), dollars(balance.reserved), dollars(balance.free))


def _limits(models: str, buckets: "Buckets", at: "Instant") -> gateway_shapes.LimitsShown:
    shown = tuple(_bucket(name, bucket, at) for name, bucket in buckets.families.items())
    return gateway_shapes.LimitsShown(models, buckets.running, buckets.most_at_once, shown)


def _bucket(name: Any, bucket: "Bucket", at: "Instant") -> gateway_shapes.BucketShown:
    wait = bucket.until_full(at.now)
    rate = bucket.rate
    return gateway_shapes.BucketShown(
        name, rate.limit, rate.seconds, bucket.left(at.now), _seconds(wait), at.after(wait)
    )


def _windows(plan: "Plan", at: "Instant") -> Iterator[gateway_shapes.WindowShown]:
    for window in plan.windows:
        window.share(at.now)  # one that is over is a new one
        left = window.left(at.now)
        claim: Any = window.claim
        yield gateway_shapes.WindowShown(claim, window.tokens, window.used, _seconds(left), at.after(left))


def _seconds(nanoseconds: int) -> float:
    """As people read them: to the millisecond."""
    return round(nanoseconds / 10**9, 3)
