"""Select: which rule answers, and with which of its answers; or why none does."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from mockgw.chance import Chance
from mockgw.engine.state import Call, State, fingerprint
from mockgw.protocol.errors import ApiError
from mockgw.scenario.conditions import Difference
from mockgw.scenario.context import SIDE, Context
from mockgw.scenario.model import Rule, Scenario
from mockgw.scenario.nodes import Failure, Node, Reply, Sequence

# A miss looks for the nearest among so many rules.
COMPARED = 500

Subject = tuple[object, ...]
Counted = dict[Subject, int]


@dataclass
class Asked:
    """A request with everything that the choice of its answer may look at."""

    context: Context
    scenario: Scenario
    state: State
    call: Call
    seed: int
    _drawn: Chance | None = None

    def subject(self, *parts: object) -> Subject:
        """What a count of this scenario is kept under."""
        return (self.scenario.key, *parts)

    def draw(self, path: object) -> Random:
        """A generator for a choice: one per typed prompt and try, so that a loop keeps its branch."""
        self._drawn = self._drawn or self._chance()
        return self._drawn.rng(path)

    def _chance(self) -> Chance:
        conversation = self.context.conversation
        prompt = fingerprint(self.context.request.messages[: conversation.position + 1])
        run = self.subject(prompt, *self.context.run)
        if conversation.step == 0:
            self.state.tries[run] = self.state.count("prompt", *self.subject(prompt))
        return Chance(self.seed, self.context.session, self.scenario.name, prompt, self.state.tries.get(run, 1))


@dataclass(frozen=True, slots=True)
class Match:
    """The rule that answers, and its answer; `counted` are the positions taken from lists that count."""

    rule: Rule
    leaf: Reply | Failure
    counted: Counted


@dataclass(frozen=True, slots=True)
class Miss:
    """No rule matched: the nearest one, and all that it differs in."""

    rule: Rule
    differences: tuple[Difference, ...]
    others: int

    def error(self, scenario: Scenario) -> ApiError:
        """The miss as an answer that lets a stranger mend the file."""
        reasons = "; ".join(difference.text for difference in self.differences)
        message = (
            f"no rule of the scenario {scenario.name!r} ({scenario.document.path}) matches this request. "
            f"Nearest is {self.rule.id} ({self.rule.place}), which differs in {reasons}"
        )
        if self.others:
            message += f". {self.others} more rule{'' if self.others == 1 else 's'} did not match"
        return ApiError(400, message, kind="no_match", should_retry=False)


def select(asked: Asked) -> Match | Miss:
    """The first rule that matches and has an answer left. ApiError when a list is used up (`then: error`)."""
    for rule in _candidates(asked):
        if all(pattern.holds(asked.context) for pattern in rule.patterns):
            counted: Counted = {}
            leaf = _leaf(rule.node, asked, rule, counted)
            if leaf is not None:
                return Match(rule, leaf, counted)
    return _nearest(asked)


def _candidates(asked: Asked) -> Iterator[Rule]:
    side = asked.context.agent == SIDE
    for rule in asked.scenario.rules:
        if (not side or rule.for_side_calls) and not _is_used_up(rule, asked):
            yield rule


def _is_used_up(rule: Rule, asked: Asked) -> bool:
    if rule.times is None or _is_repeated(asked, rule.path):
        return False
    return asked.state.taken(*asked.subject(rule.path)) >= rule.times


def _is_repeated(asked: Asked, path: object) -> bool:
    """Whether this is a retry of a call whose answer from here got lost on the way."""
    return asked.call.lost and asked.subject(path) in asked.call.picks


def _leaf(node: Node, asked: Asked, rule: Rule, counted: Counted) -> Reply | Failure | None:
    """Follow the lists down to an answer; None when one is used up and says `next_rule`."""
    if not isinstance(node, Sequence):
        return node
    if node.kind == "choose":
        weights = [entry.weight for entry in node.entries]
        entry = asked.draw(node.path).choices(node.entries, weights)[0]
        return _leaf(entry.node, asked, rule, counted)
    position = _position(node, asked, counted)
    if position >= node.length and node.then in ("next_rule", "error"):
        if node.then == "error":
            raise _used_up(node, rule)
        return None
    if node.then == "loop":
        position %= node.length
    return _leaf(node.at(position), asked, rule, counted)


def _position(node: Sequence, asked: Asked, counted: Counted) -> int:
    match node.kind:
        case "steps":
            return asked.context.conversation.step
        case "attempts":
            return asked.context.attempt - 1
    subject = asked.subject(node.path)
    repeated = _is_repeated(asked, node.path)
    counted[subject] = asked.call.picks[subject] if repeated else asked.state.taken(*subject)
    return counted[subject]


def _used_up(node: Sequence, rule: Rule) -> ApiError:
    answers = f"{node.length} answer{'' if node.length == 1 else 's'}"
    message = f"the list {node.kind!r} of {rule.id} ({rule.place}) is used up after {answers} (then: error)"
    return ApiError(400, message, kind="used_up", should_retry=False)


def commit(asked: Asked, match: Match) -> None:
    """Count the answer: once for its rule and once for each list, but for a retry of one that got lost."""
    taken = match.counted | {asked.subject(match.rule.path): 0}
    for subject in taken:
        if not (asked.call.lost and subject in asked.call.picks):
            asked.state.take(*subject)
    asked.call.picks = dict(taken)


def _nearest(asked: Asked) -> Miss:
    misses = [(rule, _differences(rule, asked)) for rule in asked.scenario.rules[:COMPARED]]
    rule, differences = min(misses, key=lambda miss: (sum(d.distance for d in miss[1]), len(miss[1])))
    return Miss(rule, tuple(differences), len(asked.scenario.rules) - 1)


def _differences(rule: Rule, asked: Asked) -> list[Difference]:
    found = [difference for pattern in rule.patterns for difference in pattern.differences(asked.context)]
    if _is_used_up(rule, asked):
        found.append(Difference(f"times: it has given all its {rule.times} answers"))
    if not found:
        found.append(Difference("its list of answers, which is used up (then: next_rule)"))
    return found
