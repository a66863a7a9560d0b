"""Nearest: why no rule answers, as the rule that comes nearest and all that it differs in."""

from collections.abc import Collection, Iterable

from mockgw.engine.select import Asked, is_used_up, position_in
from mockgw.protocol.errors import ApiError
from mockgw.scenario.model import Rule, Scenario
from mockgw.scenario.nodes import Sequence
from mockgw.scenario.patterns import WEIGHTS, AnyPattern, Combination
from mockgw.values import light
from mockgw.wording import counted

# A miss looks for the nearest among so many rules.
COMPARED = 500
AS_NEAR = 2  # rules that are as near are named
ABOUT_NOTHING = 6.0  # a rule that only asks for circumstances is seldom the one that was meant
USED_UP = 0.01  # to have answers left is the least that a rule may lack


@light
class Miss:
    """No rule matched: the nearest one and all that it differs in, those that are as near, the number of the others."""

    rule: Rule
    differences: tuple[str, ...]
    as_near: tuple[Rule, ...]
    others: int

    def error(self, scenario: Scenario) -> ApiError:
        """The miss as an answer that lets a stranger mend the file."""
        message = (
            f"no rule of the scenario {scenario.name!r} ({scenario.document.path}) matches this request. "
            f"Nearest is {self.rule.id} ({self.rule.place}), which differs in {'; '.join(self.differences)}"
        )
        if self.as_near:
            message += f". As near {'is' if len(self.as_near) == 1 else 'are'} {_listed(self.as_near)}"
        if self.others:
            message += f". {counted(self.others, 'more rule')} did not match"
        return ApiError(400, message, kind="no_match", should_retry=False)


def _listed(rules: tuple[Rule, ...]) -> str:
    return " and ".join(f"{rule.id} ({rule.place})" for rule in rules)


def nearest(asked: Asked) -> Miss:
    """Why no rule answers: the nearest one, and all that it differs in."""
    rules = asked.scenario.rules
    apart = [(_apart(rule, asked), rule) for rule in rules[:COMPARED]]
    least = min(distance for distance, _ in apart)
    rule, *as_near = [rule for distance, rule in apart if distance == least][: AS_NEAR + 1]
    return Miss(rule, tuple(_differences(rule, asked)), tuple(as_near), len(rules) - 1 - len(as_near))


def _apart(rule: Rule, asked: Asked) -> tuple[float, int]:
    """How far off a rule is, and in how many things; one that is used up would else have answered."""
    distances = [distance for pattern in rule.patterns for distance in pattern.distances(asked.context)]
    about = 0.0 if are_about(rule.patterns, WEIGHTS) else ABOUT_NOTHING
    return sum(distances) + about + (USED_UP if is_used_up(rule, asked) else 0.0), len(distances)


def _differences(rule: Rule, asked: Asked) -> list[str]:
    found = [difference for pattern in rule.patterns for difference in pattern.differences(asked.context)]
    if is_used_up(rule, asked):
        found.append(f"times: {all_given(rule)}")
    return found or [f"its list of answers: {list_over(rule, asked)}"]


def all_given(rule: Rule) -> str:
    """What is said of a rule whose `times` are over."""
    given = "its only answer" if rule.times == 1 else f"all its {rule.times} answers"
    return f"it has given {given} (times: {rule.times})"


def list_over(rule: Rule, asked: Asked) -> str:
    """What is said of a rule whose list is over."""
    node = rule.node
    if not isinstance(node, Sequence) or node.kind == "choose" or position_in(node, asked) < node.length:
        return "the one inside it is over (then: next_rule)"
    number = position_in(node, asked) + 1
    return f"it has {counted(node.length, 'answer')}, and this would be number {number} (then: next_rule)"


def are_about(patterns: Iterable[AnyPattern], keys: Collection[str]) -> bool:
    """Whether patterns ask for one of these keys, be it in a combination; what is denied does not count."""
    return any(_is_about(pattern, keys) for pattern in patterns)


def _is_about(pattern: AnyPattern, keys: Collection[str]) -> bool:
    if isinstance(pattern, Combination):
        return pattern.key != "none" and any(are_about(patterns, keys) for patterns in pattern.alternatives)
    return pattern.key.partition(".")[0] in keys
