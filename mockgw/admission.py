"""Admission: what a gateway's terms make of a request on its way; nothing, where there are none."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mockgw.delivery.actions import Action, Delivery, Head
from mockgw.engine.decide import Decision
from mockgw.opened import Opened
from mockgw.protocol.dialects import Dialect
from mockgw.protocol.errors import ApiError
from mockgw.protocol.requests import MessagesRequest

if TYPE_CHECKING:
    from mockgw.scenario.gateway.terms import Terms

# The modules of the gateway are imported where they are used: most scenarios have no gateway of their own.
CACHE_CONTROL = b'"cache_control"'


def terms_of(file: Path | None) -> "Terms | None":
    """The terms in the file of a flag."""
    if file is None:
        return None
    from mockgw.scenario.gateway import terms

    return terms.of_file(file)


def begin(opened: Opened, dialect: Dialect, key: str) -> None:
    """Whether a key is taken: 401 if not."""
    terms = opened.terms
    if terms is None or not terms.checks:
        return
    from mockgw.gateway.buckets import nanoseconds
    from mockgw.gateway.limits import Instant
    from mockgw.gateway.passage import Moment, open_passage

    exchange, session = opened.exchange, opened.session
    at = Moment(exchange.clock, Instant(nanoseconds(exchange.clock), session.wall(exchange.received)))
    opened.passage = open_passage(terms, dialect, session.books(terms), key, at)


def enter(opened: Opened, body: Any) -> None:
    """What needs no more of a body than its model: 429."""
    if opened.passage is not None:
        opened.passage.enter(opened.exchange.model, body)


def admit(opened: Opened, request: MessagesRequest, key: str) -> MessagesRequest:
    """The request as it is let pass: which model serves it, and what of it is cached. 404, 400, 429 or 402 if none."""
    passage = opened.passage
    if passage is None and not _caches(opened):
        return request
    from mockgw.gateway import caching

    surveyed = caching.survey(request) if _caches(opened) else None
    if passage is not None:
        request = passage.admit(request, surveyed, opened.session.prompts())
        opened.use = passage.use
    elif surveyed is not None:
        least, now = caching.minimum(request.model), opened.exchange.clock
        opened.use = caching.looked_up(request, surveyed, opened.session.prompts(), key, least=least, now=now)
        request = caching.with_use(request, opened.use)
    return request


def admit_count(opened: Opened, request: MessagesRequest) -> None:
    """Tokens are counted for any model that there is, whatever the limits: 404, or 400 for its breakpoints."""
    if opened.passage is not None:
        opened.passage.check_name(request)
    if _caches(opened):
        from mockgw.gateway import caching

        caching.survey(request)


def decided(opened: Opened, decision: Decision, actions: list[Action]) -> list[Action]:
    """The actions of an answer that can be paid for; 402 if it cannot. What it leaves in the cache is there now."""
    if opened.passage is not None:
        actions = opened.passage.decided(decision.answer, actions, stream=opened.exchange.stream)
    if opened.use is not None and not isinstance(decision.answer, ApiError):
        opened.session.prompts().keep(opened.use, opened.exchange.clock)
    return actions


def settle(opened: Opened, delivery: Delivery | None, now: float) -> None:
    """What has left of the answer is paid for; without a delivery that is all of it. `now` is the server's clock."""
    if opened.passage is not None:
        opened.passage.settle(opened.exchange.actions, delivery, opened.session.clock(now))
        opened.exchange.cost = opened.passage.cost


def refuse(opened: Opened, error: ApiError) -> None:
    """There is no answer: what was taken is given back."""
    if opened.passage is not None:
        opened.passage.refuse(miss=error.kind == "no_match")
        opened.exchange.cost = opened.passage.cost


def stamp(opened: Opened) -> None:
    """The answer's head says what is left."""
    if opened.passage is not None:
        _add(opened.exchange.actions, opened.passage.headers())


def _caches(opened: Opened) -> bool:
    terms = opened.terms
    return CACHE_CONTROL in opened.incoming.body and (terms is None or terms.section.caching)


def _add(actions: Any, headers: Mapping[str, str]) -> None:
    """In place: an answer that leaves at once is more than a list."""
    for index, action in enumerate(actions):
        if isinstance(action, Head):
            actions[index] = replace(action, headers={**action.headers, **headers})
