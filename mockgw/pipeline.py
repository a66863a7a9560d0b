"""Pipeline: the life of one request."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import orjson

from mockgw.chance import Chance, digest
from mockgw.clock import Clock, SystemClock
from mockgw.delivery import plan
from mockgw.delivery.actions import Action, Chunk, Delivery, Finish, Head
from mockgw.delivery.faults import CannotStrike, Scene, strike
from mockgw.engine.decide import Decider, Decision
from mockgw.engine.select import Asked
from mockgw.engine.state import Call, State, States, fingerprint
from mockgw.gateway.keys import authenticate, masked, scrubbed
from mockgw.journal import Exchange, Journal, outline, without_secrets
from mockgw.protocol import conversation, headers, models, sse, tokens
from mockgw.protocol.dialects import DIALECTS, Dialect, error_bytes, error_frame
from mockgw.protocol.errors import ApiError
from mockgw.protocol.messages import Message
from mockgw.protocol.requests import MessagesRequest, parse, parse_count
from mockgw.protocol.scripted import ScriptedError
from mockgw.scenario.context import SIDE, Context, agent_of, run_of
from mockgw.scenario.library import Library
from mockgw.scenario.model import Scenario
from mockgw.settings import Settings

Parse = Callable[..., MessagesRequest]


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request as it came, header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(slots=True)
class Opened:
    """A request on its way: its exchange, and what was found out so far."""

    incoming: Incoming
    exchange: Exchange
    chance: Chance
    dialect: Dialect
    state: State
    key: str = ""
    scenario: Scenario | None = None
    call: Call | None = None
    decision: Decision | None = None


class Pipeline:
    """Everything between the socket and the answer; no step of it waits."""

    def __init__(self, library: Library, settings: Settings | None = None, clock: Clock | None = None) -> None:
        self.library = library
        self.settings = settings or Settings()
        self.clock = clock or SystemClock()
        self.states = States()
        self.journal = Journal()
        self.observers: list[Callable[[Exchange], None]] = []

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

        def raise_error(opened: Opened) -> list[Action]:
            raise error

        return self._answered(incoming, raise_error)

    def say(self, incoming: Incoming, answer: str, head: Head, body: bytes = b"") -> Opened:
        """An answer that has nothing to do with models; `answer` is its name in the log."""
        opened = self._answered(incoming, lambda _: [head, Chunk(body), Finish()])
        opened.exchange.status, opened.exchange.answer = head.status, answer
        return opened

    def settle(self, opened: Opened, delivery: Delivery) -> None:
        """The answer has left, or as much of it as will: end the call, keep the exchange."""
        exchange = opened.exchange
        exchange.delivery = delivery
        if opened.call is not None:
            decision = None if exchange.refusal else opened.decision
            whole = decision is None or (delivery.whole and not decision.broken)
            opened.state.end(opened.call, whole=whole, scripted_failure=bool(decision and decision.scripted_failure))
        self.journal.add(exchange)
        for observe in self.observers:
            observe(exchange)

    def reset(self, session: str | None = None) -> None:
        """Forget everything of one session, or of all."""
        self.states.reset(session)
        self.journal.reset(session)

    def _answered(self, incoming: Incoming, answer: Callable[[Opened], list[Action]]) -> Opened:
        opened = self._open(incoming)
        try:
            opened.exchange.actions = answer(opened)
        except ApiError as error:
            opened.exchange.actions = self._refusal(opened, error)
        return opened

    def _open(self, incoming: Incoming) -> Opened:
        now = self.clock.now()
        session = incoming.headers.get("x-mockgw-session", "").strip() or "default"
        state = self.states.of(session, now)
        telling = [incoming.headers.get(name, "") for name in ("x-mockgw-scenario", "authorization", "x-api-key")]
        request = digest(incoming.method, incoming.path, *telling, incoming.body)
        chance = Chance(self.settings.seed, session, request, state.count("request", request))
        exchange = Exchange(
            request_id=headers.new_request_id(chance),
            method=incoming.method,
            path=incoming.path,
            headers=without_secrets(incoming.headers),
            body=incoming.body,
            received=self.clock.wall(),
            started=now,
            session=session,
        )
        return Opened(incoming, exchange, chance, DIALECTS[self.settings.dialect], state)

    def _request(self, opened: Opened, parse: Parse) -> MessagesRequest:
        """The request that passed the gateway; the scenario is found first, since it may say how the gateway is."""
        incoming = opened.incoming
        failure: ApiError | None = None
        request: MessagesRequest | None = None
        try:
            request = parse(
                incoming.body,
                content_type=incoming.headers.get("content-type"),
                content_encoding=incoming.headers.get("content-encoding"),
            )
        except ApiError as error:
            failure = error
        self._admit(opened, request.model if request else None)
        if request is None:
            raise failure or AssertionError
        opened.exchange.model = request.model
        return request

    def _admit(self, opened: Opened, model: str | None) -> None:
        self._choose(opened, model)
        opened.key = authenticate(opened.incoming.headers, opened.dialect).key
        opened.exchange.key = masked(opened.key)

    def _choose(self, opened: Opened, model: str | None) -> None:
        named = opened.incoming.headers.get("x-mockgw-scenario", "").strip() or None
        opened.exchange.model = model or ""
        opened.scenario = self.library.choose(named, model)
        opened.exchange.scenario = opened.scenario.name
        if opened.scenario.dialect is not None:
            opened.dialect = DIALECTS[opened.scenario.dialect]

    def _message(self, opened: Opened) -> list[Action]:
        request = self._request(opened, parse)
        opened.exchange.stream = request.stream
        asked = self._asked(opened, request)
        decision = Decider(asked, opened.chance, opened.dialect, self.clock.wall()).decide()
        self._note(opened, decision)
        try:
            return strike(self._planned(opened, request, decision), decision.faults, self._scene(opened))
        except CannotStrike as problem:
            message = f"a fault of {decision.rule} in the scenario {asked.scenario.name!r} cannot happen: {problem}"
            raise ApiError(400, message, kind="fault", should_retry=False) from None

    def _asked(self, opened: Opened, request: MessagesRequest) -> Asked:
        assert opened.scenario is not None
        incoming, state = opened.incoming, opened.state
        agent = agent_of(request, incoming.headers)
        run = run_of(incoming.headers)
        opened.call = call = state.begin(fingerprint(request.messages, opened.scenario.key, agent, *run))
        state.requests += agent != SIDE
        opened.exchange.attempt = call.tries
        context = Context(
            request=request,
            headers=incoming.headers,
            conversation=conversation.read(request.messages),
            session=opened.exchange.session,
            key=opened.key,
            agent=agent,
            attempt=call.tries,
            nth_request=state.requests,
            clock=self.clock.now() - state.started,
        )
        return Asked(context, opened.scenario, state, call, self.settings.seed)

    def _note(self, opened: Opened, decision: Decision) -> None:
        exchange = opened.exchange
        opened.decision = decision
        exchange.rule = decision.rule
        exchange.faults = tuple(fault.type for fault in decision.faults)  # type: ignore[attr-defined]  # each has one
        if isinstance(decision.answer, Message):
            exchange.status = 200
            exchange.usage = decision.answer.usage
            exchange.answer = outline(decision.answer)
        else:
            exchange.status = decision.answer.status
            exchange.answer = decision.answer.type
            exchange.message = decision.answer.message

    def _planned(self, opened: Opened, request: MessagesRequest, decision: Decision) -> list[Action]:
        exchange = opened.exchange
        own = {"x-mockgw-scenario": exchange.scenario, "x-mockgw-rule": exchange.rule}
        extra = headers.carried(own | decision.headers)
        if isinstance(decision.answer, ApiError):
            return plan.after(decision.delay, self._error_actions(opened, decision.answer, extra))
        return plan.answer(
            decision.answer,
            decision.exact,
            request_id=exchange.request_id,
            stream=request.stream,
            pace=decision.pace,
            delay=decision.delay,
            extra=extra,
            chance=opened.chance,
        )

    def _scene(self, opened: Opened) -> Scene:
        def frame(scripted: ScriptedError) -> Chunk:
            error = scripted.api_error(opened.dialect)
            event = error_frame(opened.dialect, error, opened.exchange.request_id)
            return Chunk(sse.encode(event), event)

        return Scene(frame)

    def _error_actions(self, opened: Opened, error: ApiError, extra: Mapping[str, str]) -> list[Action]:
        request_id = opened.exchange.request_id
        body = error_bytes(opened.dialect, error, request_id)
        return plan.body(error.status, body, headers.carried(headers.of_error(error, request_id) | dict(extra)))

    def _refusal(self, opened: Opened, error: ApiError) -> list[Action]:
        exchange = opened.exchange
        exchange.status, exchange.answer = error.status, error.type
        exchange.message = scrubbed(error.message, opened.incoming.headers)
        exchange.refusal = error.kind or "refused"
        return self._error_actions(opened, error, {})

    def _count(self, opened: Opened) -> list[Action]:
        request = self._request(opened, parse_count)
        count = tokens.request_estimate(request.body)
        opened.exchange.answer = f"{count} tokens"
        return self._json(opened, {"input_tokens": count})

    def _models(self, opened: Opened) -> list[Action]:
        self._admit(opened, None)
        cursors = {name: opened.incoming.query.get(name) for name in ("limit", "after_id", "before_id")}
        page = models.page(self.library.model_infos(), **cursors)
        opened.exchange.answer = f"{len(page['data'])} models"
        return self._json(opened, page)

    def _model(self, opened: Opened, name: str) -> list[Action]:
        self._admit(opened, None)
        opened.exchange.model = name
        opened.exchange.answer = "model"
        return self._json(opened, self.library.model_info(name))

    def _json(self, opened: Opened, value: object) -> list[Action]:
        opened.exchange.status = 200
        return plan.body(200, orjson.dumps(value), headers.of_json(opened.exchange.request_id))
