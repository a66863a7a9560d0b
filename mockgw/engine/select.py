"""Select: which rule answers, and with which of its answers; or why none does."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from mockgw.chance import Chance
from mockgw.engine.calls import Call
from mockgw.engine.state import State, Subject, fingerprint
from mockgw.protocol import conversation
from mockgw.protocol.errors import ApiError
from mockgw.scenario.context import SIDE, Context
from mockgw.scenario.model import Rule, Scenario
from mockgw.scenario.nodes import Failure, Node, Reply, Sequence
from mockgw.values import found, lazy, light
from mockgw.wording import counted


@lazy
class Asked:
    """A request with everything that the choice of its answer may look at. Nothing here changes the state."""

    context: Context
    scenario: Scenario
    state: State
    call: Call
    seed: int

    def subject(self, *parts: object) -> Subject:
        """What a count of this scenario is kept under."""
        return (self.scenario.key, *parts)

    @found
    def prompt(self) -> Subject:
        """The transcript up to what was typed last."""
        position = self.context.conversation.position
        return self.subject("prompt", fingerprint(self.context.request.messages[: position + 1]))

    @property
    def run(self) -> Subject:
        """That prompt in one run of an agent."""
        return (*self.prompt, *self.context.run)

    @found
    def prompt_try(self) -> int:
        """Which try of the typed prompt this is: a loop is told by the calls that its first answer made."""
        if self.context.conversation.step == 0:
            return self.state.tried(self.prompt) + 1
        request, position = self.context.request, self.context.conversation.position
        ids = conversation.calls_of_first_answer(request.messages, position)
        return next(filter(None, map(self.state.tried, [*((*self.run, id) for id in ids), self.run])), 1)

    def draw(self, path: object) -> Random:
        """A generator for a choice: one per typed prompt and try, so that a loop keeps its branch."""
        prompt = self.prompt[-1]
        return Chance(self.seed, self.context.session, self.scenario.name, prompt, self.prompt_try).rng(path)


@light
class Match:
    """The rule that answers, and its answer; `taken` are positions in what counts, `drew` if chance chose."""

    rule: Rule
    leaf: Reply | Failure
    taken: Mapping[Subject, int]
    drew: bool = False


def select(asked: Asked) -> Match | None:
    """The first rule that matches and has an answer left. ApiError when a list is used up (`then: error`)."""
    context = asked.context
    for rule in asked.scenario.candidates(context):
        if rule.matches(context) and is_open(rule, asked) and (found := answer_of(rule, asked)):
            return found
    return None


def answer_of(rule: Rule, asked: Asked) -> Match | None:
    """What a rule that matches answers; None when its list is used up."""
    if not isinstance(rule.node, Sequence):
        return Match(rule, rule.node, {asked.subject(rule.path): 0})
    way = _Way(rule)
    leaf = way.follow(rule.node, asked)
    return None if leaf is None else Match(rule, leaf, way.taken | {asked.subject(rule.path): 0}, way.drew)


def is_open(rule: Rule, asked: Asked) -> bool:
    """Whether a rule that matches may answer."""
    return meets(rule, asked) and not is_used_up(rule, asked)


def meets(rule: Rule, asked: Asked) -> bool:
    """Whether a rule is asked at all: side calls meet only those that were written for them."""
    return rule.for_side_calls or asked.context.agent != SIDE


def is_used_up(rule: Rule, asked: Asked) -> bool:
    if rule.times is None or _is_repeated(asked, rule.path):
        return False
    return asked.state.taken(asked.subject(rule.path)) >= rule.times


def _is_repeated(asked: Asked, path: object) -> bool:
    """Whether this is a retry of a call whose answer from here got lost on the way."""
    return asked.call.lost and asked.subject(path) in asked.call.picks


@dataclass
class _Way:
    """The way through a rule's lists down to an answer, and what is taken from them."""

    rule: Rule
    taken: dict[Subject, int] = field(default_factory=dict)
    drew: bool = False

    def follow(self, node: Node, asked: Asked) -> Reply | Failure | None:
        """The answer; None when a list is used up and says `next_rule`."""
        if not isinstance(node, Sequence):
            return node
        if node.kind == "choose":
            return self.follow(self._chosen(node, asked), asked)
        position = position_in(node, asked)
        if node.kind == "replies":
            self.taken[asked.subject(node.path)] = position
        if position >= node.length and node.then in ("next_rule", "error"):
            if node.then == "error":
                raise _used_up(node, self.rule)
            return None
        if node.then == "loop":
            position %= node.length
        return self.follow(node.at(position), asked)

    def _chosen(self, node: Sequence, asked: Asked) -> Node:
        self.drew = True
        return asked.draw(node.path).choices(node.entries, [entry.weight for entry in node.entries])[0].node


def position_in(node: Sequence, asked: Asked) -> int:
    """Which answer of a list it is, from 0; it may be beyond the last."""
    match node.kind:
        case "steps":
            return asked.context.conversation.step
        case "attempts":
            return asked.context.attempt - 1 - asked.call.spared
    subject = asked.subject(node.path)
    return asked.call.picks[subject] if _is_repeated(asked, node.path) else asked.state.taken(subject)


def _used_up(node: Sequence, rule: Rule) -> ApiError:
    answers = counted(node.length, "answer")
    message = f"the list {node.kind!r} of {rule.id} ({rule.place}) is used up after {answers} (then: error)"
    return ApiError(400, message, kind="used_up", should_retry=False)
