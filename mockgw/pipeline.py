"""Pipeline: the life of one request."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import orjson

from mockgw import checking
from mockgw.answering import Answering
from mockgw.chance import Chance, digest, summed
from mockgw.clock import Clock, SystemClock
from mockgw.delivery import plan
from mockgw.delivery.actions import Action, Chunk, Delivery, Finish, Head
from mockgw.engine.calls import Call, Likeness
from mockgw.engine.decide import Decider, Decision, commit
from mockgw.engine.mending import mended
from mockgw.engine.prepared import Preparations
from mockgw.engine.select import Asked
from mockgw.engine.state import fingerprint
from mockgw.gateway.keys import authenticate, masked, scrubbed
from mockgw.journal import Exchange, Journal
from mockgw.opened import Admitted, Opened
from mockgw.protocol import conversation, headers, models
from mockgw.protocol.dialects import DIALECTS, Dialect
from mockgw.protocol.errors import ApiError
from mockgw.protocol.requests import (
    Incoming,
    MessagesRequest,
    check,
    check_count,
    decode,
    model_named,
)
from mockgw.protocol.sent import LONGEST_SESSION_NAME, is_session_name
from mockgw.scenario.chaos import of_flag
from mockgw.scenario.context import SIDE, Context, agent_of, run_of
from mockgw.scenario.library import Library
from mockgw.sessions import DEFAULT, Session, Sessions
from mockgw.settings import Settings
from mockgw.wording import shortened

if TYPE_CHECKING:
    from mockgw.engine.explain import Chosen, Explanation

Check = Callable[[Any], MessagesRequest]
WIDEST_NAME = 60


class Pipeline:
    """Everything between the socket and the answer; no step of it waits."""

    def __init__(self, library: Library, settings: Settings | None = None, clock: Clock | None = None) -> None:
        self.library = library
        self.settings = settings or Settings()
        self.clock = clock or SystemClock()
        self.sessions = Sessions(self.settings.session_age)
        self.preparations = Preparations()
        self.journal = Journal()
        self.observers: list[Callable[[Exchange], None]] = []
        self._chaos = of_flag(self.settings.chaos)

    def messages(self, incoming: Incoming) -> Opened:
        """`POST /v1/messages`."""
        return self._answered(incoming, self._message)

    def count_tokens(self, incoming: Incoming) -> Opened:
        """`POST /v1/messages/count_tokens`."""
        return self._answered(incoming, self._count)

    def list_models(self, incoming: Incoming) -> Opened:
        """`GET /v1/models`: the scenarios first."""
        return self._answered(incoming, self._models)

    def show_model(self, incoming: Incoming, name: str) -> Opened:
        """`GET /v1/models/{id}`."""
        return self._answered(incoming, lambda opened: self._model(opened, name))

    def refuse(self, incoming: Incoming, error: ApiError) -> Opened:
        """An answer to what never gets as far as a scenario."""

        def raise_error(opened: Opened) -> Sequence[Action]:
            raise error

        return self._answered(incoming, raise_error)

    def say(self, incoming: Incoming, answer: str, head: Head, body: bytes = b"") -> Opened:
        """An answer that has nothing to do with models; `answer` is its name in the log."""

        def said(opened: Opened) -> Sequence[Action]:
            opened.exchange.status, opened.exchange.answer = head.status, answer
            return [head, Chunk(body), Finish()]

        return self._answered(incoming, said)

    def conclude(self, opened: Opened) -> None:
        """The last bytes are about to leave: whatever the client does when it has them, this call is over."""
        call, decision = opened.call, opened.decision
        if call is not None and decision is not None:
            self._end(call, decision, opened, whole=not decision.broken)
            opened.concluded = opened.exchange.leaving = True

    def settle(self, opened: Opened, delivery: Delivery) -> None:
        """The answer has left, or as much of it as will: end the call, keep the exchange."""
        exchange = opened.exchange
        as_planned = delivery.as_planned
        if as_planned and not opened.concluded:
            self.conclude(opened)
        elif not as_planned and opened.call is not None and opened.decision is not None:
            self._end(opened.call, opened.decision, opened, whole=False)
        if exchange.status != 200 or exchange.faults or delivery.ending != "whole" or exchange.attempt > 1:
            exchange.tell(delivery)
        self.journal.end(exchange, delivery)
        for observe in self.observers:
            observe(exchange)

    def _end(self, call: Call, decision: Decision, opened: Opened, *, whole: bool) -> None:
        """A try is over. What was lost before chaos struck is still lost."""
        scripted = not call.lost if decision.spares else decision.scripted_failure
        opened.state.end(call, whole=whole, scripted_failure=scripted)

    def explain(self, incoming: Incoming, attempt: int | None = None) -> "Explanation":
        """What a request is answered and why, on a copy of its session: nothing is counted."""
        trial = Pipeline(self.library, self.settings, self.clock)
        trial.sessions = self.sessions.copy(incoming.session)
        return trial._explained(trial._open(incoming), attempt)

    def reset(self, session: str | None = None) -> None:
        """Forget everything of one session, or of all."""
        self.journal.reset(session)  # first: its keepers may ask what sessions were told
        self.sessions.reset(session)

    def _answered(self, incoming: Incoming, answer: Callable[[Opened], Sequence[Action]]) -> Opened:
        opened = self._open(incoming)
        try:
            opened.exchange.actions = answer(opened)
        except ApiError as error:
            opened.exchange.actions = self._refusal(opened, error)
        if opened.exchange.validation:
            opened.exchange.actions = plan.noted(opened.exchange.actions, opened.exchange.validation)
        self.journal.begin(opened.exchange)
        return opened

    def _open(self, incoming: Incoming) -> Opened:
        now = self.clock.now()
        named = incoming.session
        session = self.sessions.of(named if is_session_name(named) else DEFAULT, now)
        state = session.state
        request = digest(incoming.method, incoming.path, incoming.sent.telling, summed(incoming.body))
        chance = Chance(self._seed(session), session.name, request, state.sent(request))
        exchange = Exchange(
            request_id=headers.new_request_id(chance),
            method=incoming.method,
            path=incoming.path,
            headers=incoming.sent.shown,
            body=incoming.body,
            received=self.clock.wall(),
            started=now,
            session=session.name,
            clock=session.clock(now),
        )
        return Opened(incoming, exchange, session, state, chance)

    def _seed(self, session: Session) -> int:
        return self.settings.seed if session.own.seed is None else session.own.seed

    def _request(self, opened: Opened, check: Check) -> tuple[Admitted, MessagesRequest]:
        """The request that passed the gateway. An unreadable body names no model, and a missing key comes before it."""
        incoming = opened.incoming
        body: Any
        try:
            body = decode(
                incoming.body,
                content_type=incoming.headers.get("content-type"),
                content_encoding=incoming.headers.get("content-encoding"),
            )
        except ApiError as unreadable:
            body = unreadable
        admitted = self._admit(opened, model_named(body))
        if isinstance(body, ApiError):
            raise body
        seed = self._seed(opened.session)
        return admitted, checking.read(opened, admitted, body, check, self.settings.validate, seed)

    def _admit(self, opened: Opened, model: str | None) -> Admitted:
        exchange, sent = opened.exchange, opened.incoming.sent
        exchange.model = model or ""
        if sent.unknown is not None:
            raise headers.refusal(sent.unknown)
        self._check_session(opened)
        scenario = opened.scenario = opened.session.scenario(self.library, sent.scenario, model)
        exchange.scenario = scenario.name
        dialect = self._dialect(opened)
        account = authenticate(sent, dialect)
        exchange.key = masked(account.key)
        return Admitted(scenario, dialect, account)

    def _check_session(self, opened: Opened) -> None:
        if opened.incoming.session != opened.session.name:
            told = f"expected at most {LONGEST_SESSION_NAME} characters that can be printed, none of them a slash"
            name = shortened(opened.incoming.session, WIDEST_NAME)
            raise ApiError(400, f"a session cannot be called {name!r}: {told}", kind="session", should_retry=False)

    def _dialect(self, opened: Opened) -> Dialect:
        """A scenario's own beats the session's, and that the flag; before a scenario is known they count."""
        scenario = opened.scenario
        return DIALECTS[(scenario and scenario.dialect) or opened.session.own.dialect or self.settings.dialect]

    def _message(self, opened: Opened) -> Sequence[Action]:
        admitted, request = self._request(opened, check)
        opened.exchange.stream = request.stream
        asked = self._asked(opened, admitted, request)
        try:
            decision, actions = self._decided(opened, admitted, asked)
        except Exception:
            asked.state.end(asked.call, whole=True, scripted_failure=False)
            raise
        commit(asked, decision)
        if decision.chaos is not None:
            opened.session.struck(decision.chaos)
        opened.exchange.note(decision.rule, decision.answer, decision.struck, decision.origin)
        if decision.faults:
            opened.exchange.status = plan.status_of(actions) or opened.exchange.status
        opened.call, opened.decision = asked.call, decision
        return actions

    def _decided(self, opened: Opened, admitted: Admitted, asked: Asked) -> tuple[Decision, Sequence[Action]]:
        session, exchange = opened.session, opened.exchange
        decider = Decider(asked, opened.chance, admitted.dialect, session.wall(exchange.received), self.preparations)
        answering = Answering(decider, exchange.request_id, opened.incoming.socket)
        armed = [one.chaos for one in session.armed(exchange.started)]
        entries = (*armed, *admitted.scenario.chaos, *self._chaos)
        try:
            return answering.decided(entries, opened.incoming.sent.fault)
        except ApiError as error:
            from mockgw.engine import elsewhere  # only a miss needs it

            others = session.library(self.library).scenarios.values()
            raise elsewhere.told(error, asked, others, free=session.choice is None) from None
        finally:
            exchange.rule = decider.rule  # even if it turns out to have no answer

    def _explained(self, opened: Opened, attempt: int | None) -> "Explanation":
        from mockgw.engine import explain  # no request needs it

        try:
            admitted, request = self._request(opened, check)
        except ApiError as error:
            whole, lacking = mended(opened.incoming)
            rest = self._explained(self._open(whole), attempt) if lacking else None
            return explain.refusal(error, self._chosen(opened), rest, lacking)
        asked = self._asked(opened, admitted, request)
        if attempt is not None:
            asked = replace(asked, context=replace(asked.context, attempt=attempt))
        try:
            decision, actions = self._decided(opened, admitted, asked)
        except ApiError as error:
            return explain.explain(asked, error, self._chosen(opened))
        found = explain.explain(asked, decision, self._chosen(opened))
        return replace(found, answer=replace(found.answer, status=plan.status_of(actions) or found.answer.status))

    def _chosen(self, opened: Opened) -> "Chosen | None":
        from mockgw.engine import explain  # as above

        scenario, named, model = opened.scenario, opened.incoming.sent.scenario, opened.exchange.model or None
        return explain.chosen(scenario, opened.session.reason(self.library, named, model)) if scenario else None

    def _asked(self, opened: Opened, admitted: Admitted, request: MessagesRequest) -> Asked:
        sent, state, scenario = opened.incoming.sent, opened.state, admitted.scenario
        agent = agent_of(request, sent)
        who = (scenario.key, agent, *run_of(sent))
        like = Likeness((*who, len(request.messages)), lambda: fingerprint(request.messages, *who))
        call = state.begin(like, counted=agent != SIDE)
        exchange = opened.exchange
        call.name = call.name or exchange.request_id
        exchange.call, exchange.attempt, exchange.nth_request = call.name, call.tries, state.requests
        context = Context(
            request=request,
            headers=sent,
            conversation=conversation.read(request.messages),
            session=exchange.session,
            key=admitted.account.key,
            agent=agent,
            attempt=call.tries,
            nth_request=state.requests,
            clock=exchange.clock,
        )
        return Asked(context, scenario, state, call, self._seed(opened.session))

    def _refusal(self, opened: Opened, error: ApiError) -> Sequence[Action]:
        exchange = opened.exchange
        exchange.status, exchange.answer = error.status, error.type
        exchange.message = scrubbed(error.message, opened.incoming.headers)
        exchange.refusal = error.kind or "refused"
        dialect = self._dialect(opened)
        return plan.error(dialect, error, exchange.request_id, {})

    def _count(self, opened: Opened) -> Sequence[Action]:
        _, request = self._request(opened, check_count)
        opened.exchange.answer = f"{request.input_tokens} tokens"
        return self._json(opened, {"input_tokens": request.input_tokens})

    def _models(self, opened: Opened) -> Sequence[Action]:
        self._admit(opened, None)
        cursors = {name: opened.incoming.query.get(name) for name in ("limit", "after_id", "before_id")}
        page = models.page(opened.session.library(self.library).model_infos(), **cursors)
        opened.exchange.answer = f"{len(page['data'])} models"
        return self._json(opened, page)

    def _model(self, opened: Opened, name: str) -> Sequence[Action]:
        self._admit(opened, None)
        opened.exchange.model = name
        opened.exchange.answer = "model"
        return self._json(opened, opened.session.library(self.library).model_info(name))

    def _json(self, opened: Opened, value: object) -> Sequence[Action]:
        opened.exchange.status = 200
        return plan.body(200, orjson.dumps(value), headers.of_json(opened.exchange.request_id))
