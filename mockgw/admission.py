"""Admission: what a gateway's terms make of a request on its way; nothing, where there are none."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from mockgw import checking
from mockgw.clock import Clock
from mockgw.delivery.actions import Action, Delivery, Head
from mockgw.delivery.plan import after
from mockgw.engine.decide import PROVIDER, TIMEOUT, Decision
from mockgw.journal import Exchange
from mockgw.opened import Opened
from mockgw.protocol.dialects import Dialect
from mockgw.protocol.errors import ApiError
from mockgw.protocol.headers import carried
from mockgw.protocol.requests import MessagesRequest
from mockgw.protocol.sent import LONGEST_SESSION_NAME
from mockgw.scenario.library import Library
from mockgw.scenario.model import Scenario
from mockgw.sessions import DEFAULT, Session, Sessions
from mockgw.wording import shortened

if TYPE_CHECKING:
    from mockgw.engine.explain import Given
    from mockgw.gateway.caching import Survey
    from mockgw.gateway.failover import Failover
    from mockgw.gateway.passage import Passage
    from mockgw.scenario.gateway.terms import Terms
    from mockgw.scenario.gateway.timeouts import Timeouts

# The modules of the gateway are imported where they are used: most scenarios have no gateway of their own.
WIDEST_NAME = 60
LONGEST_FINDING = 1000  # of a header


def terms_of(file: Path | None) -> "Terms | None":
    """The terms in the file of a flag."""
    if file is None:
        return None
    from mockgw.scenario.gateway import terms

    return terms.of_file(file)


def check_session(opened: Opened) -> None:
    """400 for what cannot be the name of a session."""
    if opened.incoming.session != opened.session.name:
        told = f"expected at most {LONGEST_SESSION_NAME} characters that can be printed, none of them a slash"
        name = shortened(opened.incoming.session, WIDEST_NAME)
        raise ApiError(400, f"a session cannot be called {name!r}: {told}", kind="session", should_retry=False)


def choose(opened: Opened, library: Library, sessions: Sessions, model: str | None, usual: "Terms | None") -> Scenario:
    """What answers a request, and under which terms. Where there is a table of keys, no key chooses a session."""
    scenario = opened.session.scenario(library, opened.incoming.sent.scenario, model)
    terms = scenario.terms or usual
    if terms is not None and terms.section.keys and opened.session.name != (opened.incoming.chosen_session or DEFAULT):
        _move(opened, sessions.of(DEFAULT, opened.exchange.started))
        scenario = opened.session.scenario(library, opened.incoming.sent.scenario, model)
        terms = scenario.terms or usual
    opened.scenario, opened.terms = scenario, terms
    return scenario


def _move(opened: Opened, session: Session) -> None:
    """The request belongs to another session."""
    opened.session, opened.state = session, session.state
    opened.exchange.session, opened.exchange.clock = session.name, session.clock(opened.exchange.started)


def begin(opened: Opened, dialect: Dialect, key: str, scale: float) -> None:
    """Whether a key is taken: 401 if not. `scale` is that of waits where the session has none of its own."""
    terms = opened.terms
    if terms is None or not terms.checks or opened.incoming.then is not None:  # of a kept request nobody has the key
        return
    from mockgw.gateway.buckets import nanoseconds
    from mockgw.gateway.limits import Instant
    from mockgw.gateway.passage import Moment, open_passage

    exchange, session = opened.exchange, opened.session
    instant = Instant(nanoseconds(exchange.clock), session.wall(exchange.received))
    own = session.time_scale
    at = Moment(exchange.clock, instant, scale if own is None else own)
    batched = bool(opened.incoming.batch)
    opened.passage = open_passage(terms, dialect, session.books(terms), key, at, batched=batched)


def admit(opened: Opened, request: MessagesRequest, key: str) -> MessagesRequest:
    """The request as it is let pass: which model serves it, what of it is cached; 404, 400, 429, 402 or 403 if none."""
    passage, surveyed = opened.passage, _surveyed(opened, request)
    if passage is None and surveyed is None:
        return request
    from mockgw.gateway import caching

    if passage is not None:
        request = passage.admit(request, surveyed, opened.session.prompts())
        opened.use = passage.use
    elif surveyed is not None:
        least, now = caching.minimum(request.model), opened.exchange.clock
        opened.use = caching.looked_up(request, surveyed, opened.session.prompts(), key, least=least, now=now)
        request = caching.with_use(request, opened.use)
    return request


def admit_count(opened: Opened, request: MessagesRequest, key: str) -> MessagesRequest:
    """Tokens are counted for any model that there is, whatever the limits: 404, or 400 for its breakpoints."""
    if opened.passage is not None:
        opened.passage.check_name(request)
    _surveyed(opened, request)
    return request


def decided(
    opened: Opened, decision: Decision, actions: Sequence[Action], *, stream: bool
) -> tuple[Decision, Sequence[Action]]:
    """An answer that comes in time and can be paid for; 402 if it cannot. What it leaves in the cache is there now."""
    passage = opened.passage
    if passage is not None:
        if passage.failover is not None:
            decision, actions = _served(opened, passage.failover, decision, actions)
        if (form := passage.terms.section.timeout) and not passage.batched:
            decision, actions = _in_time(opened, passage, decision, actions, form)
        if passage.failover is not None and isinstance(decision.answer, ApiError):
            passage.failover.answer = decision.answer.status
        actions = passage.decided(decision.answer, actions, stream=stream)
    if opened.use is not None and not isinstance(decision.answer, ApiError):
        opened.session.prompts().keep(opened.use, opened.exchange.clock)
    return decision, actions


def _served(
    opened: Opened, failover: "Failover", decision: Decision, actions: Sequence[Action]
) -> tuple[Decision, Sequence[Action]]:
    """The answer as the provider gives it that serves."""
    actions, breaks = failover.served_by(actions, opened.exchange.request_id)
    return (replace(decision, lost=PROVIDER) if breaks else decision), actions


def _in_time(
    opened: Opened, passage: "Passage", decision: Decision, actions: Sequence[Action], form: "Timeouts"
) -> tuple[Decision, Sequence[Action]]:
    from mockgw.gateway import timeouts

    held = timeouts.held(actions, form, passage.dialect, opened.exchange.request_id, waited=passage.waited)
    if held is None:
        return decision, actions
    if held.error is not None:
        decision = replace(decision, answer=held.error, content=None, delay=held.delay)
    return replace(decision, lost=TIMEOUT), held.actions


def settle(opened: Opened, passage: "Passage", delivery: Delivery | None, clock: Clock) -> None:
    """What has left of the answer is paid for; without a delivery that is all of it."""
    passage.settle(opened.exchange.actions, delivery, opened.session.clock(clock.now()))
    opened.exchange.cost = passage.payment.cost


def refuse(opened: Opened, error: ApiError) -> None:
    """There is no answer: what was taken is given back."""
    if opened.passage is not None:
        opened.passage.refuse(miss=error.kind == "no_match")
        opened.exchange.cost = opened.passage.payment.cost


def _surveyed(opened: Opened, request: MessagesRequest) -> "Survey | None":
    """The breakpoints of a request, if it has any and they matter."""
    if not request.marked or (opened.terms is not None and not opened.terms.section.caching):
        return None
    from mockgw.gateway import caching

    try:
        return caching.survey(request)
    except ApiError as error:
        checking.note(opened, error)
        return None


def stamp(opened: Opened) -> None:
    """The answer's head, which is made for it alone, says how things stand, and what was wrong and only noted.

    All of it comes after the time that went by with providers which failed.
    """
    exchange, passage = opened.exchange, opened.passage
    head = next((action for action in exchange.actions if isinstance(action, Head)), None)
    if head is not None:
        head.headers.update((passage.headers() if passage else {}) | noted(exchange))
    if passage is not None and (failover := passage.failover) is not None:
        exchange.tried, exchange.provider = failover.outline, failover.served.host.name if failover.served else ""
        exchange.actions = after(passage.waited, exchange.actions)


def explained(opened: Opened, given: "Given") -> "Given":
    """The same with the headers that say what was wrong and only noted, and which providers were tried for how long."""
    told, failover = noted(opened.exchange), opened.passage and opened.passage.failover
    if failover:
        told |= dict(failover.headers())
    delay = given.delay + (failover.delay if failover else 0.0)
    return replace(given, headers=given.headers | told, delay=delay)


def noted(exchange: Exchange) -> dict[str, str]:
    """The header that says what was wrong with a request, or with an answer to it, and only noted."""
    if not exchange.validation:
        return {}
    return carried({"x-mockgw-validation": shortened(exchange.validation, LONGEST_FINDING)})
