"""Decide: what a request is answered, and why."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from mockgw.chance import Chance
from mockgw.delivery.faults import Fault
from mockgw.delivery.pacing import INSTANT, Pace
from mockgw.engine import errands, generate
from mockgw.engine.cutting import Exact
from mockgw.engine.select import Asked, Match, Miss, commit, select
from mockgw.engine.synthesis import Maker
from mockgw.engine.template import Scope, Unrenderable, rendered
from mockgw.protocol.conversation import working_directory
from mockgw.protocol.dialects import Dialect
from mockgw.protocol.errors import ApiError
from mockgw.protocol.messages import Message
from mockgw.scenario.context import SIDE, Context
from mockgw.scenario.model import Rule
from mockgw.scenario.nodes import Failure, Reply


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer, how it is given and what goes wrong on the way. `delay` in seconds; `rule` names what decided."""

    answer: Message | ApiError
    rule: str
    exact: tuple[Exact, ...] = ()
    delay: float = 0.0
    pace: Pace = INSTANT
    faults: tuple[Fault, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def scripted_failure(self) -> bool:
        """It is an error, or a fault strikes it: a retry is no wish for the same again."""
        return isinstance(self.answer, ApiError) or bool(self.faults)

    @property
    def broken(self) -> bool:
        """Even if all of it arrives, it is no whole answer."""
        return isinstance(self.answer, ApiError) or any(fault.breaks() for fault in self.faults)


@dataclass(frozen=True, slots=True)
class Decider:
    """Decides one request. `wall` is the time of day that templates see."""

    asked: Asked
    chance: Chance
    dialect: Dialect
    wall: datetime

    def decide(self) -> Decision:
        """The decision; ApiError when the scenario has no answer."""
        found = select(self.asked)
        if isinstance(found, Miss):
            return self._answer(self._errand(found))
        decision = self._answer(found)
        commit(self.asked, found)
        return decision

    def _errand(self, miss: Miss) -> Match:
        if self.asked.context.agent != SIDE:
            raise miss.error(self.asked.scenario)
        return Match(errands.RULE, errands.answer(self.asked.context), {})

    def _answer(self, match: Match) -> Decision:
        try:
            leaf = self._rendered(match) if match.leaf.templated else match.leaf
            answer, exact = self._content(leaf)
        except Unrenderable as problem:
            raise ApiError(400, f"{match.rule.place}: {problem}", kind="template", should_retry=False) from None
        options = leaf.options
        return Decision(
            answer=answer,
            rule=match.rule.id,
            exact=exact,
            delay=options.delay.sample(self.chance.rng("delay")) if options.delay else 0.0,
            pace=options.pace or INSTANT,
            faults=self._striking(options.fault, leaf),
            headers={name.lower(): value for name, value in (options.headers or {}).items()},
        )

    def _content(self, leaf: Reply | Failure) -> tuple[Message | ApiError, tuple[Exact, ...]]:
        if isinstance(leaf, Failure):
            return leaf.error.api_error(self.dialect), ()
        maker = Maker(self.asked.context, self.chance, self.asked.seed, self.dialect)
        return maker.message(leaf.blocks, leaf.options)

    def _striking(self, faults: tuple[Fault, ...], leaf: Reply | Failure) -> tuple[Fault, ...]:
        """The faults that strike this time, by their rate and by how often they may."""
        return tuple(fault for index, fault in enumerate(faults) if self._strikes(fault, (*leaf.path, "fault", index)))

    def _strikes(self, fault: Fault, path: tuple[object, ...]) -> bool:
        if fault.rate < 1 and self.chance.rng(path).random() >= fault.rate:
            return False
        hits = self.asked.subject(path)
        if fault.max_hits is not None and self.asked.state.taken(*hits) >= fault.max_hits:
            return False
        self.asked.state.take(*hits)
        return True

    def _rendered(self, match: Match) -> Reply | Failure:
        leaf = match.leaf
        scope = Scope(makers(self.asked.context, match.rule, self.chance, self.wall))
        options = rendered(leaf.options, scope)
        if isinstance(leaf, Failure):
            return Failure(rendered(leaf.error, scope), options, False, leaf.path)
        return Reply(rendered(leaf.blocks, scope), options, False, leaf.path)


def makers(context: Context, rule: Rule, chance: Chance, wall: datetime) -> dict[str, Callable[[], Any]]:
    """How each name that a template can use is made, when one does."""
    conversation = context.conversation
    return {
        "prompt": lambda: conversation.prompt or "",
        "model": lambda: context.request.model,
        "step": lambda: conversation.step,
        "turn": lambda: conversation.turn,
        "attempt": lambda: context.attempt,
        "session": lambda: context.session,
        "tool_result": lambda: "\n".join(result.text for result in conversation.tool_results),
        "cwd": lambda: working_directory(context.system_text, context.reminders_text),
        "groups": lambda: groups(context, rule),
        "request": lambda: context.request.body,
        "fake": lambda: generate.seeded(chance.rng("fake")),
        "now": lambda: wall,
    }


def groups(context: Context, rule: Rule) -> dict[str, str]:
    """The named groups of the regular expressions that the rule matched with."""
    found: dict[str, str] = {}
    for pattern in rule.patterns:
        found |= pattern.groups(context)
    return found
