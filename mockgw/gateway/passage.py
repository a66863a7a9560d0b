"""Passage: one request on its way through a gateway that has terms - let in, reserved, decided, settled or refused."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from mockgw.delivery.actions import Action, Delivery
from mockgw.gateway import credits, limits, models, moderation, standing
from mockgw.gateway.books import Books
from mockgw.gateway.buckets import NANOSECONDS, nanoseconds
from mockgw.gateway.caching import PromptCache, Survey, Use, looked_up, minimum, with_use
from mockgw.gateway.delivered import delivered
from mockgw.gateway.limits import Buckets, Instant
from mockgw.gateway.payment import Payment
from mockgw.gateway.subscription import Plan
from mockgw.protocol.dialects import Dialect
from mockgw.protocol.errors import ApiError
from mockgw.protocol.headers import carried
from mockgw.protocol.messages import Message, Usage
from mockgw.protocol.models import find
from mockgw.protocol.requests import MessagesRequest, usage_of
from mockgw.scenario.gateway.keys import Key
from mockgw.scenario.gateway.terms import NO_LIMITS, Terms

if TYPE_CHECKING:
    from mockgw.gateway.failover import Failover

FALLS_BACK = (403, 404, 408, 429, 502, 503)


@dataclass(frozen=True, slots=True)
class Moment:
    """When a request came: seconds on its session's clock, its time of day, and by how much its waits are scaled."""

    clock: float
    instant: Instant
    scale: float = 1.0


@dataclass(slots=True)
class Passage:
    """What one request has taken and reserved.

    One that is `batched` costs half, and takes nothing of what is limited; no provider is tried for it.
    """

    terms: Terms
    dialect: Dialect
    books: Books
    key: str
    form: Key
    at: Moment
    batched: bool
    plan: Plan | None
    payment: Payment
    failover: "Failover | None" = None
    buckets: Buckets | None = None
    running: bool = False
    taken: dict[str, int] = field(default_factory=dict)
    use: Use | None = None
    answer: Message | None = None
    over: bool = False
    _deferred: ApiError | None = None

    def enter(self, model: str, body: Any) -> None:
        """What needs no body: 429 for a plan that is used up, too many at once, or too many requests."""
        now = self.at.instant.now
        self.books.use(self.key)
        if self.plan is not None:
            self.plan.check(self.at.instant)
        try:
            self._enter_class(model, now)
        except ApiError as refusal:
            if not (models.names_others(body) or self.terms.section.fallbacks.get(model)):
                raise
            self._deferred = refusal

    def check_name(self, request: MessagesRequest) -> None:
        """404 for a model that is not served."""
        models.check_name(request.model, self.terms)

    def admit(self, request: MessagesRequest, surveyed: Survey | None, cache: PromptCache) -> MessagesRequest:
        """The request as the first model takes it that can: 404, 400, 429, 402 or 403 of the last one if none can."""
        first, *others = models.candidates(request, self.terms)
        if self._deferred is None:
            return self._first_of([first, *others], request, surveyed, cache)
        self._leave()
        return self._first_of(others, request, surveyed, cache)

    def decided(self, answer: Message | ApiError, actions: Sequence[Action], *, stream: bool) -> Sequence[Action]:
        """The actions of the answer, cut where the money ends. 402 if it cannot be paid, and cannot be cut."""
        if isinstance(answer, ApiError):
            self._refund()
            return actions
        self.answer = answer
        self._take_output(answer.usage.output_tokens)
        return self.payment.decided(answer, actions, stream=stream)

    def settle(self, actions: Sequence[Action], delivery: Delivery | None, clock: float) -> None:
        """What has left is paid for, which is all if no delivery says so; the rest is given back. Once is enough."""
        if self.over:
            return
        usage = delivered(self.answer, actions, delivery) if self.answer else None
        self._give_back(usage, nanoseconds(clock))
        self.payment.settle(usage)
        if self.plan is not None and usage:
            self.plan.use(_counted(usage) + usage.output_tokens, nanoseconds(clock))
        self._end()

    def refuse(self, *, miss: bool) -> None:
        """There is no answer: what was reserved is given back, and for a miss the request too."""
        self._refund()
        if miss:
            self.books.take_back_use(self.key)
            self._give_back_request()
            if self.failover is not None:
                self.failover.undo()
        self.payment.refuse()
        self._end()

    def headers(self) -> dict[str, str]:
        """What an answer says of limits and credits."""
        headers: dict[str, str] = {}
        if self.dialect.tells_limits and self.buckets is not None:
            headers |= limits.answer_headers(self.buckets, self.at.instant)
        if self.plan is not None:
            headers |= self.plan.headers(self.at.instant)
        headers |= dict(self.payment.headers())
        if self.failover is not None:
            headers |= dict(self.failover.headers())
        if warnings := [*self.payment.warnings(), *(self.failover.warnings() if self.failover else ())]:
            headers |= carried({"x-mockgw-warning": ", ".join(warnings)})
        return headers

    @property
    def waited(self) -> float:
        """The seconds that went by with providers that failed."""
        return self.failover.waited / NANOSECONDS if self.failover else 0.0

    def _enter_class(self, model: str, now: int) -> None:
        if self.batched:
            buckets = limits.buckets(NO_LIMITS, now)
        else:
            buckets = self.books.buckets(self.terms, self.key, self.form, models.class_of(model), now)
        self.buckets = buckets
        if buckets.most_at_once is not None and buckets.running >= buckets.most_at_once:
            raise limits.too_many_at_once(buckets.most_at_once, self.dialect)
        self._take({"requests": 1}, model)
        buckets.running += 1
        self.running = True

    def _first_of(
        self, names: list[str], request: MessagesRequest, surveyed: Survey | None, cache: PromptCache
    ) -> MessagesRequest:
        """The request as the first of these models takes it."""
        name, *others = names
        try:
            if self.buckets is None:
                self._enter_class(name, self.at.instant.now)
            asked = request if name == request.model else replace(request, model=name)
            return self._admitted(asked, surveyed, cache)
        except ApiError as refusal:
            if not others or not _falls_back(refusal):
                raise
        self._leave()
        return self._first_of(others, request, surveyed, cache)

    def _take(self, needs: dict[str, int], model: str) -> None:
        buckets, at = self.buckets, self.at.instant
        assert buckets is not None
        lacking = buckets.lacking(needs, at.now)
        if lacking is not None:
            raise limits.exceeded(buckets.families[lacking], lacking, needs[lacking], at, self.dialect, model)
        taken = {name: amount for name, amount in needs.items() if name != "output_tokens"}
        for name, amount in buckets.take(taken, at.now).items():
            self.taken[name] = self.taken.get(name, 0) + amount

    def _admitted(self, request: MessagesRequest, surveyed: Survey | None, cache: PromptCache) -> MessagesRequest:
        models.check_name(request.model, self.terms)
        models.check_size(request, self.terms)
        found = find(request.model)
        form = self.terms.model(request.model, found.id if found else request.model)
        if surveyed is not None:
            least = minimum(request.model) if form.cache_minimum is None else form.cache_minimum
            self.use = looked_up(request, surveyed, cache, self.key, least=least, now=self.at.clock)
            request = with_use(request, self.use)
        counted = _counted(usage_of(request, 0))
        self._take({"input_tokens": counted, "tokens": counted, "output_tokens": 1}, request.model)
        prices = credits.prices_of(form, found.id if found else request.model)
        prices = prices.halved() if prices and self.batched else prices
        self.payment.prices = self.failover.plan(request, prices) if self.failover else prices
        self.payment.begin(request)
        if form.moderated and self.terms.section.moderation is not None:
            moderation.check(request, self.terms.section.moderation)
        if self.failover is not None:
            self.failover.go(request)
        return request

    def _take_output(self, amount: int) -> None:
        buckets = self.buckets
        if buckets is not None and buckets.families:
            for name, taken in buckets.take({"output_tokens": amount, "tokens": amount}, self.at.instant.now).items():
                self.taken[name] = self.taken.get(name, 0) + taken

    def _give_back(self, usage: Usage | None, now: int) -> None:
        """Of what was taken, all that was not used; the request itself was."""
        used = {"requests": 1}
        if usage is not None:
            used |= {"input_tokens": _counted(usage), "output_tokens": usage.output_tokens}
            used["tokens"] = used["input_tokens"] + used["output_tokens"]
        if self.buckets is not None:
            rest = {name: max(0, amount - used.get(name, 0)) for name, amount in self.taken.items()}
            self.buckets.give_back(rest, now)
            self.taken = {name: min(amount, used.get(name, 0)) for name, amount in self.taken.items()}

    def _refund(self) -> None:
        """The request costs nothing but itself."""
        self._give_back(None, self.at.instant.now)
        self.payment.refund()

    def _give_back_request(self) -> None:
        assert self.buckets is not None  # it has entered
        self.buckets.give_back({"requests": self.taken.pop("requests", 0)}, self.at.instant.now)

    def _leave(self) -> None:
        """This model does not take it: another one may."""
        self._refund()
        self._give_back_request()
        self._stop_running()
        self.buckets, self.taken = None, {}

    def _end(self) -> None:
        self.over = True
        self._stop_running()

    def _stop_running(self) -> None:
        if self.running and self.buckets is not None:
            self.buckets.running -= 1
        self.running = False


def _falls_back(refusal: ApiError) -> bool:
    return refusal.status in FALLS_BACK or refusal.message.startswith("prompt is too long")


def _counted(usage: Usage) -> int:
    """The input tokens that limits count: what is read from the cache is free."""
    return usage.input_tokens + usage.cache_creation_input_tokens


def open_passage(
    terms: Terms, dialect: Dialect, books: Books, key: str, at: Moment, *, batched: bool = False
) -> Passage:
    """The way of a request with this key, or 401 if the gateway does not take it."""
    uses = books.uses(key)
    form = standing.check(terms.key(key), dialect, uses=uses, clock=at.clock, wall=at.instant.wall)
    plan = None if batched else books.plan(terms, key, at.instant.now)
    payment = Payment(terms.section.credits, dialect, books.balance(terms, key, form))
    failover = None if batched else _failover(terms, dialect, books, at)
    return Passage(terms, dialect, books, key, form, at, batched, plan, payment, failover)


def _failover(terms: Terms, dialect: Dialect, books: Books, at: Moment) -> "Failover | None":
    if not terms.section.providers:
        return None
    from mockgw.gateway.failover import Failover  # few gateways have providers

    return Failover(terms, books, dialect, at.instant.now, at.scale)
