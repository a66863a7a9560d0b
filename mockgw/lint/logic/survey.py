"""Survey: for each rule, the ways in which it can match, and which earlier rules take them."""

from collections.abc import Iterator
from itertools import islice

from mockgw.lint.logic.cases import Case, Facts, alternatives
from mockgw.lint.logic.earlier import Earlier, Taker
from mockgw.lint.logic.formulas import FROM_0, NEVER, Formula, Ranged, of_answer, of_match
from mockgw.lint.logic.spans import NOTHING
from mockgw.scenario.model import Rule, Scenario
from mockgw.values import light

LOOKS = 20_000  # at an earlier rule; after so many, no more is looked for in this scenario
WAYS = 30_000  # of all rules, likewise
SORTED_OUT = 20  # rules that together take all of another one


@light
class Way:
    """One way in which a rule can match.

    No request comes this way if it is `impossible`, because of the key that this names, or `taken`, by the takers
    together. Of any other way the case says what earlier rules leave of it.
    """

    facts: Facts
    case: Case
    impossible: str | None = None
    takers: tuple[Taker, ...] = ()
    taken: bool = False

    @property
    def dead(self) -> bool:
        return self.taken or self.impossible is not None


@light
class Finding:
    """A rule with its ways; none if it is `impossible` as a whole, or a `twin` has the same match."""

    rule: Rule
    formula: Formula
    ways: tuple[Way, ...] = ()
    twin: Taker | None = None

    @property
    def dead(self) -> bool:
        return all(way.dead for way in self.ways)

    @property
    def live(self) -> list[Way]:
        return [way for way in self.ways if not way.dead]


class Survey:
    """Goes through the rules in the order in which they are asked, with bounds on its work."""

    def __init__(self, scenario: Scenario) -> None:
        matched = [(rule, of_match(rule)) for rule in scenario.rules]
        self._formulas = [(rule, formula, of_answer(rule, formula)) for rule, formula in matched]
        self._earlier = Earlier(answer for _, _, answer in self._formulas)
        self._looks, self._ways = LOOKS, WAYS

    def findings(self) -> Iterator[Finding]:
        for number, (rule, formula, answer) in enumerate(self._formulas):
            finding = self._finding(rule, formula)
            yield finding
            if not finding.dead and answer != NEVER:
                self._earlier.add(Taker(number, rule, answer))

    def _finding(self, rule: Rule, formula: Formula) -> Finding:
        if twin := self._earlier.same(formula):
            return Finding(rule, formula, twin=twin)
        found = alternatives(formula)
        self._ways -= len(found)
        if self._ways < 0:
            found = [(formula,)]
        return Finding(rule, formula, tuple(map(self._way, found)))

    def _way(self, facts: Facts) -> Way:
        case = Case.of(facts)
        if key := case.contradiction():
            return Way(facts, case, impossible=key)
        near = self._near(case)
        alone = next((taker for taker in near if not any(_missing(case, taker))), None)
        if alone is not None:
            return Way(facts, case, takers=(alone,), taken=True)
        takers = [taker for taker in near if _narrowed(case, taker)]
        return Way(facts, case, takers=_needed(facts, takers), taken=True) if case.is_empty else Way(facts, case)

    def _near(self, case: Case) -> list[Taker]:
        if self._looks <= 0:
            return []
        near = self._earlier.near(case)
        self._looks -= len(near)
        return near


def _missing(case: Case, taker: Taker) -> Iterator[Formula]:
    """What a request of this case may lack for the rule to take it."""
    return (part for part in taker.parts if not case.entails(part))


def _narrowed(case: Case, taker: Taker) -> bool:
    """A rule that takes a case but for some numbers of one key leaves only these: of nothing more, none."""
    match list(islice(_missing(case, taker), 2)):
        case []:
            case.narrow(Ranged("step", NOTHING, FROM_0))
            return True
        case [Ranged(key, span, domain) as missing] if case.span(missing) & span:
            case.narrow(Ranged(key, domain - span, domain))
            return True
    return False


def _needed(facts: Facts, takers: list[Taker]) -> tuple[Taker, ...]:
    """Those without which something would be left, as far as it is quick to tell."""
    needed = takers
    for taker in takers[:SORTED_OUT]:
        case, others = Case.of(facts), [other for other in needed if other is not taker]
        for other in others:
            _narrowed(case, other)
        needed = others if case.is_empty else needed
    return tuple(needed)
