"""Pipeline: the life of one request."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import orjson

from mockgw import admission, checking
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
from mockgw.gateway.keys import authenticate, masked, scrubbed, without_keys
from mockgw.journal import Exchange, Journal
from mockgw.opened import Admitted, Opened
from mockgw.protocol import conversation, headers, threads
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
from mockgw.protocol.sent import is_session_name
from mockgw.scenario.chaos import of_flag
from mockgw.scenario.context import SIDE, Context, agent_of, run_of
from mockgw.scenario.library import Library
from mockgw.scenario.model import Scenario
from mockgw.sessions import DEFAULT, Session, Sessions
from mockgw.settings import Settings

if TYPE_CHECKING:
    from mockgw.engine.explain import Chosen, Explanation

Check = Callable[[Any], MessagesRequest]


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
        self.terms = admission.terms_of(self.settings.gateway)

    def messages(self, incoming: Incoming) -> Opened:
        """`POST /v1/messages`."""
        return self.answered(incoming, self._message)

    def count_tokens(self, incoming: Incoming) -> Opened:
        """`POST /v1/messages/count_tokens`."""
        return self.answered(incoming, self._count)

    def refuse(self, incoming: Incoming, error: ApiError) -> Opened:
        """An answer to what never gets as far as a scenario, in the words of the gateway that would have answered."""

        def raise_error(opened: Opened) -> Sequence[Action]:
            with suppress(ApiError):
                admission.choose(opened, self.library, self.sessions, None, self.terms)
            raise error

        return self.answered(incoming, raise_error)

    def say(self, incoming: Incoming, answer: str, head: Head, body: bytes = b"") -> Opened:
        """An answer that has nothing to do with models; `answer` is its name in the log."""

        def said(opened: Opened) -> Sequence[Action]:
            opened.exchange.status, opened.exchange.answer = head.status, answer
            return [head, Chunk(body), Finish()]

        return self.answered(incoming, said)

    def conclude(self, opened: Opened) -> None:
        """The last bytes are about to leave: whatever the client does when it has them, this call is over."""
        call, decision = opened.call, opened.decision
        if call is not None and decision is not None:
            self._end(call, decision, opened, None, whole=not decision.broken)
            opened.concluded = opened.exchange.leaving = True

    def settle(self, opened: Opened, delivery: Delivery) -> None:
        """The answer has left, or as much of it as will: end the call, keep the exchange."""
        exchange = opened.exchange
        as_planned = delivery.as_planned
        if as_planned and not opened.concluded:
            self.conclude(opened)
        elif not as_planned and opened.call is not None and opened.decision is not None:
            self._end(opened.call, opened.decision, opened, delivery, whole=False)
        if exchange.status != 200 or exchange.faults or delivery.ending != "whole" or exchange.attempt > 1:
            exchange.tell(delivery)
        if exchange.refusal:
            exchange.actions = without_keys(exchange.actions, opened.incoming.headers)
        self.journal.end(exchange, delivery)
        for observe in self.observers:
            observe(exchange)

    def _end(self, call: Call, decision: Decision, opened: Opened, delivery: Delivery | None, *, whole: bool) -> None:
        """A try is over. What was lost before chaos struck is still lost."""
        scripted = not call.lost if decision.spares else decision.scripted_failure
        opened.state.end(call, whole=whole, scripted_failure=scripted)
        if opened.passage is not None:
            admission.settle(opened, opened.passage, delivery, self.clock)

    def explain(
        self, incoming: Incoming, attempt: int | None = None, choice: str | Scenario | None = None
    ) -> "Explanation":
        """What a request is answered and why, on a copy of its session: nothing is counted.

        `choice` is a scenario that would answer alone.
        """
        trial = Pipeline(self.library, self.settings, self.clock)
        trial.sessions = self.sessions.copy(incoming.session, DEFAULT)
        if choice is not None:
            trial.sessions.choose(choice, self.clock.now(), incoming.session, DEFAULT)
        return trial._explained(trial._open(incoming), attempt)

    def reset(self, session: str | None = None) -> None:
        """Forget everything of one session, or of all."""
        self.journal.reset(session)  # first: its keepers may ask what sessions were told
        self.sessions.reset(session)

    def answered(self, incoming: Incoming, answer: Callable[[Opened], Sequence[Action]]) -> Opened:
        """A request with the actions of its answer, or of the error that `answer` raises."""
        opened = self._open(incoming)
        try:
            opened.exchange.actions = answer(opened)
        except ApiError as error:
            opened.exchange.actions = self._refusal(opened, error)
        if opened.passage is not None or opened.exchange.validation:
            admission.stamp(opened)
        self.journal.begin(opened.exchange)
        return opened

    def _open(self, incoming: Incoming) -> Opened:
        now = self.clock.now()
        named = incoming.session
        session = self.sessions.of(named if is_session_name(named) else DEFAULT, now)
        request = digest(incoming.method, incoming.path, incoming.sent.telling, summed(incoming.body))
        chance = Chance(self._seed(session), session.name, request, session.state.sent(request))
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
            batch=incoming.batch,
        )
        return Opened(incoming, exchange, session, session.state, chance, terms=self.terms)

    def _seed(self, session: Session) -> int:
        return self.settings.seed if session.own.seed is None else session.own.seed

    def _request(self, opened: Opened, check: Check) -> tuple[Admitted, MessagesRequest]:
        """The request that passed the gateway. An unreadable body names no model, and a missing key comes before it."""
        incoming, sent = opened.incoming, opened.incoming.headers.get
        body: Any
        try:
            body = decode(incoming.body, content_type=sent("content-type"), content_encoding=sent("content-encoding"))
        except ApiError as unreadable:
            body = unreadable
        admitted = self.admit(opened, model_named(body))
        if opened.passage is not None and check is not check_count:
            opened.passage.enter(opened.exchange.model, body)
        if isinstance(body, ApiError):
            raise body
        admit = admission.admit_count if check is check_count else admission.admit
        usual, seed = self.settings.validate, self._seed(opened.session)
        request = checking.read(opened, admitted.dialect, body, check, usual, seed, self.journal)
        if "thread" in request.body:
            threads.refuse_lost(request.body["thread"])
        return admitted, admit(opened, request, admitted.account.key)

    def admit(self, opened: Opened, model: str | None) -> Admitted:
        """Which scenario answers, whose ways count, who asks: 404, or 401."""
        exchange, sent = opened.exchange, opened.incoming.sent
        exchange.model = model or ""
        if sent.unknown is not None:
            raise headers.refusal(sent.unknown)
        admission.check_session(opened)
        scenario = admission.choose(opened, self.library, self.sessions, model, self.terms)
        exchange.scenario = scenario.name
        dialect = self.dialect(opened)
        account = authenticate(sent, dialect, bearer_only=opened.bearer_only)
        exchange.key = masked(account.key)
        admission.begin(opened, dialect, account.key, self.settings.time_scale)
        return Admitted(scenario, dialect, account)

    def dialect(self, opened: Opened) -> Dialect:
        """A scenario's own beats the session's, that a file's, and that the flag; before it is known they count."""
        own = (opened.scenario and opened.scenario.dialect) or opened.session.own.dialect
        return DIALECTS[own or (opened.terms and opened.terms.section.dialect) or self.settings.dialect]

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
            opened.exchange.marks = decision.marks
        opened.call, opened.decision = asked.call, decision
        return actions

    def _decided(self, opened: Opened, admitted: Admitted, asked: Asked) -> tuple[Decision, Sequence[Action]]:
        session, exchange = opened.session, opened.exchange
        wall, as_asked = session.wall(exchange.received), opened.thinks_as_asked
        decider = Decider(asked, opened.chance, admitted.dialect, wall, self.preparations, as_asked)
        answering = Answering(decider, exchange.request_id, opened.incoming.socket, session.timing)
        armed = [one.chaos for one in session.armed(exchange.started)]
        entries = (*armed, *admitted.scenario.chaos, *self._chaos)
        try:
            decision, actions = answering.decided(entries, opened.incoming.sent.fault)
        except ApiError as error:
            from mockgw.engine import elsewhere  # only a miss needs it

            others = session.library(self.library).scenarios.values()
            raise elsewhere.told(error, asked, others, free=session.choice is None) from None
        finally:
            exchange.rule = decider.rule  # even if it turns out to have no answer
        if asked.context.request.output_config:
            checking.compare(opened, asked.context.request, decision)
        if opened.passage is not None or opened.use is not None:
            return admission.decided(opened, decision, actions, stream=asked.context.request.stream)
        return decision, actions

    def _explained(self, opened: Opened, attempt: int | None) -> "Explanation":
        from mockgw.engine import explain  # no request needs it

        try:
            admitted, request = self._request(opened, check)
        except ApiError as error:
            whole, lacking = mended(opened.incoming)
            rest = self._explained(self._open(whole), attempt) if lacking else None
            refused = explain.refusal(error, self._chosen(opened), rest, lacking)
            return replace(refused, answer=admission.explained(opened, refused.answer))
        asked = self._asked(opened, admitted, request)
        asked = replace(asked, context=explain.as_then(asked.context, opened.incoming.then, attempt))
        try:
            decision, actions = self._decided(opened, admitted, asked)
        except ApiError as error:
            return explain.explain(asked, error, self._chosen(opened))
        found = explain.explain(asked, decision, self._chosen(opened))
        answer = replace(found.answer, status=plan.status_of(actions) or found.answer.status)
        return replace(found, answer=admission.explained(opened, answer))

    def _chosen(self, opened: Opened) -> "Chosen | None":
        from mockgw.engine import explain  # as above

        scenario, named, model = opened.scenario, opened.incoming.sent.scenario, opened.exchange.model or None
        return explain.chosen(scenario, opened.session.reason(self.library, named, model)) if scenario else None

    def _asked(self, opened: Opened, admitted: Admitted, request: MessagesRequest) -> Asked:
        sent, state, scenario = opened.incoming.sent, opened.state, admitted.scenario
        agent = agent_of(request, sent)
        who = (scenario.key, agent, opened.incoming.batch, *run_of(sent))
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
        dialect = self.dialect(opened)
        admission.refuse(opened, error)
        return plan.error(dialect, error, exchange.request_id, {})

    def _count(self, opened: Opened) -> Sequence[Action]:
        _, request = self._request(opened, check_count)
        opened.exchange.answer = f"{request.input_tokens} tokens"
        opened.exchange.status = 200
        counted = orjson.dumps({"input_tokens": request.input_tokens})
        return plan.body(200, counted, headers.of_json(opened.exchange.request_id))
