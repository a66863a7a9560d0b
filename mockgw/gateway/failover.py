"""Failover: the providers of a request are tried one after the other, until one serves or none is left."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from mockgw.delivery.actions import Action, Chunk, Finish, Piece
from mockgw.delivery.encoded import frame
from mockgw.delivery.plan import after
from mockgw.gateway.books import Books
from mockgw.gateway.buckets import NANOSECONDS, nanoseconds
from mockgw.gateway.outages import Course, Phase, Record
from mockgw.gateway.routing import Host, Routing, routing
from mockgw.protocol import preferences
from mockgw.protocol.dialects import Dialect, error_frame
from mockgw.protocol.errors import ApiError
from mockgw.protocol.prices import Prices
from mockgw.protocol.requests import MessagesRequest
from mockgw.scenario.gateway.states import BreakState, DownState, ErrorState, HangState, InvalidState, SlowState
from mockgw.scenario.gateway.terms import Terms
from mockgw.wording import shortened

PATIENCE = 30.0  # seconds that a gateway waits for a provider, where no timeout says how long
OVERLOADED = 529
OWN_FAULT = (400, 413, 422)  # of the request: another provider would say the same
NO_ROUTE = "No allowed providers are available for the selected model."  # as OpenRouter has it
FOREVER = 10**30
WIDEST_KEY, MOST_IGNORED = 40, 10  # in a header


@dataclass(slots=True)
class Try:
    """One provider that was tried: when, what it did then, and the status that it came to after so many nanoseconds.

    `at` and `over` are readings of the session's clock, which goes on by less than it `lasted` if waits are scaled.
    """

    host: Host
    record: Record
    course: Course
    phase: Phase
    at: int
    status: int = 200
    lasted: int = 0
    over: int = 0
    retry_after: int | None = None

    @property
    def serves(self) -> bool:
        return self.status == 200

    @property
    def breaks(self) -> BreakState | None:
        """How its stream ends before it is whole."""
        return self.phase.state if self.serves and isinstance(self.phase.state, BreakState) else None

    def count(self) -> None:
        self.record.tried += 1
        self.course.count(self.phase.position, self.at)
        if self.serves:
            self.record.served += 1
        if self.breaks or (not self.serves and self.status not in OWN_FAULT):
            self.record.failures.append(self.over)

    def uncount(self) -> None:
        """It was not tried, after all."""
        self.record.tried -= 1
        self.course.count(self.phase.position, self.at, by=-1)
        self.record.served -= self.serves
        if self.record.failures and self.record.failures[-1] == self.over:
            self.record.failures.pop()


@dataclass(slots=True)
class Failover:
    """What was tried for one request, of all models that were asked; `waited` nanoseconds went by with it.

    `ignored` are the keys of its `provider` that have no effect, `answer` is the status that the one that serves gives.
    """

    terms: Terms
    books: Books
    dialect: Dialect
    now: int
    scale: float = 1.0
    tried: list[Try] = field(default_factory=list)
    waited: int = 0
    ignored: tuple[str, ...] = ()
    answer: int = 200
    _routing: Routing | None = None
    _planned: list[Try] = field(default_factory=list)

    def plan(self, request: MessagesRequest, usual: Prices | None) -> Prices | None:
        """Look who would serve a request, and for what price; nothing is counted yet."""
        given = preferences.of_body(request.body)
        self.ignored = tuple(preferences.unknown(given))
        at, wanted = self._clock(self.waited), preferences.read(given)
        for record in map(self._record, self.terms.section.providers):
            record.advance(self.now)
        self._routing = routing(
            self.terms.section.providers,
            request,
            wanted,
            usual=usual,
            failing=lambda name: self._record(name).failed_lately(at),
        )
        self._planned = list(self._tries(self._routing.hosts, stream=request.stream))
        priced = self._planned[-1:] if self._planned and self._planned[-1].serves else self._planned[:1]
        return priced[0].host.prices if priced else usual

    def go(self, request: MessagesRequest) -> None:
        """Try them. 503 if there is nobody to be tried; 502, 429 or 408 if all have failed."""
        assert self._routing is not None
        if not self._routing.hosts:
            raise self._no_route(request, self._routing)
        for one in self._planned:
            one.count()
            self.waited += 0 if one.serves else one.lasted
        self.tried += self._planned
        if not self._planned or not self._planned[-1].serves:
            raise self._failure(self._planned)

    def undo(self) -> None:
        """Nothing was tried, after all."""
        for one in reversed(self.tried):
            one.uncount()
        self.tried, self.waited = [], 0

    @property
    def served(self) -> Try | None:
        """The one that serves."""
        return self.tried[-1] if self.tried and self.tried[-1].serves else None

    @property
    def delay(self) -> float:
        """The seconds that all of them take before the first byte."""
        return (self.waited + (self.served.lasted if self.served else 0)) / NANOSECONDS

    @property
    def outline(self) -> tuple[str, ...]:
        """What was tried, in its order: `anthropic:502`."""
        return tuple(f"{one.host.name}:{self.answer if one.serves else one.status}" for one in self.tried)

    def served_by(self, actions: Sequence[Action], request_id: str) -> tuple[Sequence[Action], bool]:
        """An answer as the provider gives it that serves, and whether it breaks off."""
        one = self.served
        if one is None:
            return actions, False
        left = after(one.lasted / NANOSECONDS, actions)
        end = _nth_event(left, one.breaks.events) if one.breaks else None
        if one.breaks is None or end is None:
            return left, False
        error = ApiError(502, self.dialect.message(502))
        told = [frame(error_frame(self.dialect, error, request_id))] if one.breaks.ending == "error_event" else []
        return [*left[:end], *told, Finish()], True

    def headers(self) -> Iterator[tuple[str, str]]:
        """What an answer says of it."""
        if self.served:
            yield "x-mockgw-provider", self.served.host.name
        if self.tried:
            yield "x-mockgw-tried", ", ".join(self.outline)

    def warnings(self) -> Iterator[str]:
        """What an answer warns of."""
        return (f"ignored provider.{shortened(name, WIDEST_KEY)}" for name in self.ignored[:MOST_IGNORED])

    def _record(self, name: str) -> Record:
        return self.books.record(self.terms, name)

    def _clock(self, spent: int) -> int:
        """The session's clock when so many nanoseconds of this request have passed."""
        return self.now + round(spent * self.scale)

    def _tries(self, hosts: Sequence[Host], *, stream: bool) -> Iterator[Try]:
        """What becomes of each, until one serves, or the time of the whole answer is over."""
        form, spent = self.terms.section.timeout, self.waited
        patience = nanoseconds(form.first_byte if form and form.first_byte else PATIENCE)
        end = nanoseconds(form.total) if form and form.total else FOREVER
        for host in hosts:
            if spent >= end:
                return
            record, at = self._record(host.name), self._clock(spent)
            one = _met(Try(host, record, *record.at(at), at), min(patience, end - spent), stream=stream)
            spent += one.lasted
            one.over = self._clock(spent)
            yield one
            if one.serves or one.status in OWN_FAULT:
                return

    def _no_route(self, request: MessagesRequest, found: Routing) -> ApiError:
        status = self.terms.section.unroutable
        told = NO_ROUTE if status == 404 else self.dialect.message(503)
        metadata = {"available_providers": list(self.terms.section.providers), "excluded": dict(found.excluded)}
        return ApiError(status, told, metadata=metadata)

    def _failure(self, tries: list[Try]) -> ApiError:
        """As all of them failed, or else the last that was not limited; none is tried when the time is over."""
        statuses = [one.status for one in tries] or [408]
        if statuses[-1] in OWN_FAULT:
            return ApiError(statuses[-1], self.dialect.message(statuses[-1]))
        if set(statuses) == {429}:
            waits = [one.retry_after for one in tries if one.retry_after is not None]
            headers = {"retry-after": str(-(-min(waits) // NANOSECONDS))} if waits else {}
            return ApiError(429, self.dialect.message(429), headers=headers)
        if set(statuses) == {OVERLOADED}:
            return ApiError(503, self.dialect.message(OVERLOADED), type="overloaded_error")
        status = 408 if [status for status in statuses if status != 429][-1] == 408 else 502
        return ApiError(status, self.dialect.message(status))


def _met(one: Try, patience: int, *, stream: bool) -> Try:
    """What becomes of a try, in which state its provider is."""
    state = one.phase.state
    one.lasted = nanoseconds(one.host.latency or 0.0)
    match state:
        case DownState():
            one.status, one.lasted = 502, 0
        case ErrorState():
            one.status, one.retry_after = state.status, _retry_after(state, one)
        case HangState():
            one.lasted = patience + 1
        case InvalidState():
            one.status = 502
        case BreakState() if not stream:
            one.status = 502
        case SlowState():
            one.lasted += nanoseconds(state.delay)
    if one.lasted > patience:
        one.status, one.lasted = 408, patience
    return one


def _nth_event(actions: Sequence[Action], nth: int) -> int | None:
    """Where so many events have left and another would follow."""
    ends = [index for index, action in enumerate(actions, start=1) if _ends_event(action)]
    return ends[nth - 1] if nth < len(ends) else None


def _ends_event(action: Action) -> bool:
    return (
        isinstance(action, Chunk)
        and not isinstance(action, Piece)
        and action.event is not None
        and action.event["type"] != "ping"
    )


def _retry_after(state: ErrorState, one: Try) -> int | None:
    """The nanoseconds that a provider which is limited wants to be left alone."""
    if state.retry_after is not None:
        return nanoseconds(state.retry_after)
    return None if one.phase.until is None else one.phase.until - one.at
