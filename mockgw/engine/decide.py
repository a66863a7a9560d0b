"""Decide: what a request is answered, and why."""

from collections.abc import Callable, Sequence
from dataclasses import field
from datetime import datetime
from typing import Any

from mockgw.chance import Chance
from mockgw.delivery.encoded import Encoded
from mockgw.delivery.faults.base import Fault
from mockgw.delivery.faults.marks import Mark
from mockgw.delivery.pacing import INSTANT, Pace
from mockgw.engine import errands, generate
from mockgw.engine.prepared import Preparations
from mockgw.engine.select import Asked, Match, select
from mockgw.engine.state import Subject
from mockgw.engine.synthesis import Maker
from mockgw.engine.template import Scope, Unrenderable, rendered
from mockgw.protocol.attachments import attached
from mockgw.protocol.conversation import working_directory
from mockgw.protocol.dialects import Dialect
from mockgw.protocol.errors import ApiError
from mockgw.protocol.messages import Message, ToolUse
from mockgw.scenario.chaos import Chaos
from mockgw.scenario.context import SIDE, Context
from mockgw.scenario.document import Path
from mockgw.scenario.model import Rule
from mockgw.scenario.nodes import Failure, Reply
from mockgw.values import found, lazy, light

# What it is called that a gateway does not wait, and that the provider which serves breaks off.
TIMEOUT, PROVIDER = "timeout", "provider"


@light
class Decision:
    """The answer, how it is given and what goes wrong on the way. `delay` in seconds.

    `content` is a message's own, as bytes. `hits` are the subjects of the faults that strike, to be counted too;
    `chaos` is what strikes over it, and `lost` why the gateway has not all of it: `timeout` or `provider`. `marks` are
    the places where the faults strike.
    """

    answer: Message | ApiError
    match: Match
    content: Encoded | None = None
    delay: float = 0.0
    pace: Pace = INSTANT
    faults: tuple[Fault, ...] = ()
    hits: tuple[Subject, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)
    chaos: Chaos | None = None
    lost: str = ""
    marks: tuple[Mark, ...] = ()

    @property
    def rule(self) -> str:
        return self.match.rule.id

    @property
    def call_ids(self) -> list[str]:
        """The ids of the tool calls that it makes."""
        blocks = self.answer.content if isinstance(self.answer, Message) else ()
        return [block.id for block in blocks if isinstance(block, ToolUse)]

    @property
    def scripted_failure(self) -> bool:
        """It is an error, or a fault strikes it: a retry is no wish for the same again."""
        return isinstance(self.answer, ApiError) or bool(self.lost) or bool(self.faults)

    @property
    def broken(self) -> bool:
        """Even if all of it arrives, it is no whole answer."""
        if isinstance(self.answer, ApiError) or self.lost:
            return True
        return bool(self.faults) and any(fault.breaks() for fault in self.faults)

    @property
    def struck(self) -> tuple[str, ...]:
        """The names of its faults."""
        return (*[fault.type for fault in self.faults], *([self.lost] if self.lost else []))

    @property
    def origin(self) -> str:
        """What chaos struck, and by whose wish."""
        return f"{self.chaos.name} ({self.chaos.origin})" if self.chaos else ""

    @property
    def spares(self) -> bool:
        """The script's answer is not used up: chaos took it from the client, or a provider."""
        return (self.chaos is not None or self.lost == PROVIDER) and self.broken


@lazy
class Decider:
    """Decides one request. `wall` is the time of day that templates see; `as_asked` is whether an answer thinks only
    where the request and its model do."""

    asked: Asked
    chance: Chance
    dialect: Dialect
    wall: datetime
    preparations: Preparations
    as_asked: bool = False

    def decide(self) -> Decision:
        """The decision; ApiError when the scenario has no answer. Nothing is counted yet: see `commit`."""
        return self.answer(self.match)

    @property
    def rule(self) -> str:
        """The id of the rule that matched, if one did so far."""
        match: Match | None = self.__dict__.get("match")
        return match.rule.id if match else ""

    @found
    def match(self) -> Match:
        """The rule that answers, and which of its answers; ApiError when there is none."""
        return select(self.asked) or self._errand()

    def _errand(self) -> Match:
        if self.asked.context.agent != SIDE:
            raise _miss(self.asked)
        return Match(errands.RULE, errands.answer(self.asked.context), {})

    def answer(self, match: Match) -> Decision:
        """What a rule that matches says; ApiError when its templates cannot be rendered."""
        try:
            leaf = self._rendered(match) if match.leaf.templated else match.leaf
            answer, content = self._answer(leaf, fixed=leaf is match.leaf)
        except Unrenderable as problem:
            told = f"{match.rule.id} ({match.rule.place}): {problem}"
            raise ApiError(400, told, kind="template", should_retry=False) from None
        options = leaf.options
        faults, hits = self.striking(options.fault, leaf.path) if options.fault else ((), ())
        return Decision(
            answer,
            match,
            content,
            options.delay.sample(self.chance.rng("delay")) if options.delay else 0.0,
            options.pace or INSTANT,
            faults,
            hits,
            {name.lower(): value for name, value in options.headers.items()} if options.headers else {},
        )

    def _answer(self, leaf: Reply | Failure, *, fixed: bool) -> tuple[Message | ApiError, Encoded | None]:
        if isinstance(leaf, Failure):
            return leaf.error.api_error(self.dialect), None
        maker = Maker(self.asked.context, self.chance, self.asked.seed, self.dialect, self.wall, self.as_asked)
        if fixed and (prepared := self.preparations.of(leaf, maker)):
            return prepared.answer(maker)
        message, exact = maker.message(leaf.blocks, leaf.options)
        return message, Encoded(message.content, exact, leaf.options.pace or INSTANT)

    def striking(self, faults: tuple[Fault, ...], path: Path) -> tuple[tuple[Fault, ...], tuple[Subject, ...]]:
        """The faults that strike this time, by their rate and by how often they may; and what their hits count for."""
        subjects = [self.asked.subject(*path, "fault", index) for index in range(len(faults))]
        striking: list[tuple[Fault, Subject]] = []
        for fault, subject in zip(faults, subjects, strict=True):
            if self._strikes(fault, subject) and not _is_over_by_chance(fault, [one for one, _ in striking]):
                striking.append((fault, subject))
        return tuple(fault for fault, _ in striking), tuple(subject for _, subject in striking)

    def _strikes(self, fault: Fault, subject: Subject) -> bool:
        if fault.rate < 1 and self.chance.rng(*subject).random() >= fault.rate:
            return False
        return fault.max_hits is None or self.asked.state.taken(subject) < fault.max_hits

    def _rendered(self, match: Match) -> Reply | Failure:
        leaf = match.leaf
        scope = Scope(makers(self.asked.context, match.rule, self.chance, self.wall))
        options = rendered(leaf.options, scope)
        if isinstance(leaf, Failure):
            return Failure(rendered(leaf.error, scope), options, False, leaf.path)
        return Reply(rendered(leaf.blocks, scope), options, False, leaf.path)


def _is_over_by_chance(fault: Fault, earlier: Sequence[Fault]) -> bool:
    """An answer ends once: the first that chance lets end it counts. Two that always would are an error."""
    return fault.needs_an_answer() and any(one.ends() and not one.certain for one in earlier)


def commit(asked: Asked, decision: Decision) -> None:
    """The answer will be given: count what it takes."""
    match = decision.match
    asked.state.hit(decision.hits)
    if decision.spares:
        asked.call.spared += 1
        return
    asked.state.commit(asked.call, match.taken)
    if match.drew and asked.context.conversation.step == 0:
        loops = [(*asked.run, id) for id in decision.call_ids]
        asked.state.commit_try([asked.prompt, asked.run, *loops], asked.prompt_try)


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
        "attachments": lambda: [attached(one) for one in context.attachments],
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


def _miss(asked: Asked) -> ApiError:
    scenario = asked.scenario
    if scenario.rules:
        from mockgw.engine.nearest import nearest  # only a miss needs it

        return nearest(asked).error(scenario)
    told = f"the scenario {scenario.name!r} has no rule yet, so nothing answers this request"
    return ApiError(400, told, kind="no_match", should_retry=False)
