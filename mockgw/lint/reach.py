"""Reach: rules, parts of rules and answers that no request ever gets to."""

import math
from collections.abc import Iterable, Iterator

from mockgw.errors import Problem
from mockgw.lint.logic.cases import alternatives
from mockgw.lint.logic.earlier import Taker
from mockgw.lint.logic.formulas import COUNTS, NEVER, Atom, Either, Every, Formula, Ranged, of_match, of_patterns
from mockgw.lint.logic.lists import COUNTED, FIRST, Unreached, unreached
from mockgw.lint.logic.spans import Span, union
from mockgw.lint.logic.survey import Finding, Survey, Way
from mockgw.notation import shown
from mockgw.scenario.document import Document
from mockgw.scenario.model import Rule, Scenario

EMPTY_PROMPT = Atom("prompt", "equals", "")
NAMED = 3  # rules or alternatives that one message names
# What is good to know where a condition cannot be met.
FACTS = {
    "step": "steps count from 0",
    "turn": "turns count from 0, and there are no fewer than steps",
    "nth_prompt": "prompts count from 1; 0 means that none was typed",
    "nth_request": "requests count from 1",
    "attempt": "attempts count from 1",
    "agent": "a side call offers no tools",
}


def unreachable(scenario: Scenario) -> Iterator[Problem]:
    """Rules that can never answer, or only in part, and answers that never come."""
    document = scenario.document
    for finding in Survey(scenario).findings():
        if finding.dead:
            yield document.problem(_never(finding, document), finding.rule.path, "unreachable-rule")
            continue
        yield from _shadowed(finding, document)
        yield from _unreached(finding, document)


def named(rule: Rule, document: Document | None = None) -> str:
    """A rule as its writer knows it, with its line for one that stands elsewhere."""
    own = f"rule-{int(rule.path[-1]) + 1}" if rule.path else rule.id
    name = rule.id if rule.id == own else f"rule {rule.id!r}"
    return name if document is None else f"{name} ({document.where(rule.path)})"


def _never(finding: Finding, document: Document) -> str:
    never = f"{named(finding.rule)} can never answer:"
    takers = [finding.twin] if finding.twin else _takers(finding.ways)
    if not takers:
        return f"{never} {_contradiction(finding)}"
    first = takers[0].rule
    if len(takers) > 1:
        together = _listed(named(taker.rule, document) for taker in takers)
        return f"{never} {together} together take every request that it matches; move it above one of them"
    if not first.patterns:
        advice = "move it up" if first.fallback else "move it up, or add 'fallback: true' to that one"
        return f"{never} {named(first, document)} takes every request; {advice}"
    same = "has the same match" if of_match(first) == finding.formula else "takes every request that it matches"
    return f"{never} {named(first, document)} {same}; move it up, or make {named(first)} narrower"


def _takers(ways: Iterable[Way]) -> list[Taker]:
    """The rules that take dead ways, in the order in which they are asked."""
    found = {taker.number: taker for way in ways if way.dead for taker in way.takers}
    return [found[number] for number in sorted(found)]


def _contradiction(finding: Finding) -> str:
    keys = dict.fromkeys(way.impossible for way in finding.ways)
    if not keys:  # one pattern cannot hold, or two of them ask for numbers that exclude each other
        alone = [pattern.key for pattern in finding.rule.patterns if of_patterns([pattern]) == NEVER]
        keys = dict.fromkeys(alone)
    if len(keys) != 1:
        return "its conditions contradict each other"
    key = str(next(iter(keys)))
    if key == "prompt" and all(EMPTY_PROMPT in way.case.atoms["prompt"] for way in finding.ways):
        return "a prompt is never empty; for a request with none, match 'prompt: {present: false}'"
    fact = f" ({FACTS[key]})" if key in FACTS else ""
    return f"no request can be all that it asks of {key!r}{fact}"


def _shadowed(finding: Finding, document: Document) -> Iterator[Problem]:
    """Alternatives of a list or of `any` that never come into play."""
    if not any(way.dead for way in finding.ways):
        return
    formula = finding.formula
    for part in formula.parts if isinstance(formula, Every) else (formula,):
        for number, alternative in enumerate(part.parts if isinstance(part, Either) else (), 1):
            ways = _through(alternative, finding.ways)
            if ways and all(way.dead for way in ways):
                message = _in_part(finding.rule, _described(alternative, number), ways, document)
                yield document.warning(message, finding.rule.path, "shadowed-rule")


def _through(alternative: Formula, ways: Iterable[Way]) -> list[Way]:
    """The ways in which this alternative holds."""
    facts = [set(found) for found in alternatives(alternative)]
    return [way for way in ways if any(found.issubset(way.facts) for found in facts)]


def _described(alternative: Formula, number: int) -> str:
    match alternative:
        case Atom(key, "equals", _, written):
            return f"its alternative {shown(written)} of {key!r}"
        case Atom(key, "contains" | "starts_with" | "ends_with" | "matches" as operator, _, written):
            return f"its alternative '{operator}: {written}' of {key!r}"
    return f"number {number} of its alternatives"


def _in_part(rule: Rule, what: str, ways: list[Way], document: Document) -> str:
    part = f"part of {named(rule)} can never match:"
    takers = _takers(ways)
    if not takers:
        return f"{part} {what} contradicts the rest of its match; leave that out, or mend the rest"
    together = _listed(named(taker.rule, document) for taker in takers)
    takes = "takes" if len(takers) == 1 else "together take"
    return f"{part} {together} {takes} {what}; leave that out, or move the rule up"


def _listed(names: Iterable[str]) -> str:
    *several, last = names
    if len(several) >= NAMED:
        return f"{', '.join(several[:NAMED])} and {len(several) - NAMED + 1} more"
    return f"{', '.join(several)} and {last}" if several else last


def _unreached(finding: Finding, document: Document) -> Iterator[Problem]:
    counts = {key: _span(key, finding.live) for key in COUNTED.values()}
    for found in unreached(finding.rule.node, counts, finding.rule.times):
        yield document.warning(_never_comes(found, finding.rule), found.first, "unreachable-answer")


def _span(key: str, ways: Iterable[Way]) -> Span:
    """The counts at which a rule is asked."""
    return union(way.case.span(Ranged(key, COUNTS[key], COUNTS[key])) for way in ways)


def _never_comes(found: Unreached, rule: Rule) -> str:
    which = f"answer{'' if len(found.numbers) == 1 else 's'} {_listed(map(str, found.numbers))}"
    never = f"{which} of {found.kind!r} can never come:"
    if found.kind == "replies":
        return f"{never} {named(rule)} stops matching before (times: {rule.times})"
    key, first = COUNTED[found.kind], FIRST[found.kind]
    asked = f"{named(rule)} is asked only at {key} {_words(found.counts)}"
    return f"{never} {asked}, and the first of {found.kind!r} answers {key} {first}"


def _words(counts: Span) -> str:
    """`0`, `2 to 4`, `7 and up`."""
    return _listed(_range(int(start), end - 1) for (start, _), (end, _) in counts.ranges)


def _range(first: int, last: float) -> str:
    if math.isinf(last):
        return f"{first} and up"
    return f"{first}" if first == last else f"{first} to {int(last)}"
