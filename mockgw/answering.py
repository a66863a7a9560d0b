"""Answering: a request that was let in becomes a decision, and the actions that carry it out."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from mockgw.delivery import plan
from mockgw.delivery.actions import Action
from mockgw.delivery.faults import strike_and_mark
from mockgw.delivery.faults.base import CannotStrike, with_headers
from mockgw.engine import chaos
from mockgw.engine.decide import Decider, Decision
from mockgw.engine.timing import Timing
from mockgw.protocol import headers
from mockgw.protocol.errors import ApiError
from mockgw.scenario.chaos import Chaos
from mockgw.values import light


@light
class Answering:
    """One request: who decides it, what its answer has to know of its connection, and the timing of its session."""

    decider: Decider
    request_id: str
    socket: bool
    timing: Timing | None = None

    def decided(self, entries: Iterable[Chaos], wish: str | None) -> tuple[Decision, Sequence[Action]]:
        """The first decision that can be carried out. ApiError when there is none; nothing is counted yet."""
        undeliverable = None
        for decision in chaos.decisions(self.decider, entries, wish):
            try:
                return self._planned(self.timing.applied(decision) if self.timing else decision)
            except CannotStrike as reason:
                undeliverable = self._undeliverable(decision, reason)
        assert undeliverable is not None  # there is always a decision
        raise undeliverable

    def _undeliverable(self, decision: Decision, reason: CannotStrike) -> ApiError:
        scenario = self.decider.asked.scenario.name
        whose = decision.chaos.origin if decision.chaos else f"{decision.rule} in the scenario {scenario!r}"
        return ApiError(400, f"a fault of {whose} cannot happen: {reason}", kind="fault", should_retry=False)

    def _planned(self, decision: Decision) -> tuple[Decision, Sequence[Action]]:
        """The answer's actions with its faults in them, each named in the head; and where they strike."""
        planned = self._actions(decision)
        if not decision.faults:
            return decision, planned
        scene = plan.scene(self.decider.dialect, self.request_id, self.decider.chance, socket=self.socket)
        struck, marks = strike_and_mark(list(planned), decision.faults, scene)
        named = with_headers(struck, **{"x-mockgw-fault": ", ".join(fault.type for fault in decision.faults)})
        return replace(decision, marks=marks), named

    def _actions(self, decision: Decision) -> Sequence[Action]:
        decider = self.decider
        extra = headers.of_answer(decider.asked.scenario.name, decision.rule)
        if decision.headers:
            extra = {**extra, **headers.carried(decision.headers)}
        if isinstance(decision.answer, ApiError):
            error = plan.error(decider.dialect, decision.answer, self.request_id, extra)
            return plan.after(decision.delay, error)
        assert decision.content is not None
        return plan.answer(
            decision.answer,
            decision.content,
            request_id=self.request_id,
            stream=decider.asked.context.request.stream,
            delay=decision.delay,
            extra=extra,
            chance=decider.chance,
        )
