"""Cases: what is known of a request that a rule matches, and what follows from it."""

from dataclasses import dataclass, field
from itertools import combinations

from mockgw.lint.logic.formulas import (
    FROM_0,
    FROM_1,
    NO_SIDE_CALL,
    SIDE_CALL,
    Atom,
    Denied,
    Either,
    Every,
    Formula,
    Ranged,
    has_several,
)
from mockgw.lint.logic.spans import Span, compared
from mockgw.lint.logic.values import covers, disjoint

MOST_CASES = 1_000  # of one rule; beyond it alternatives are taken as they are
FIRST_REQUEST = Ranged("nth_request", FROM_1, FROM_0)  # side calls may come before it
PROMPT = Atom("prompt", "present")
Facts = tuple[Formula, ...]


def alternatives(formula: Formula) -> list[Facts]:
    """The ways in which a formula can hold; one of too many alternatives stays as it is."""
    if isinstance(formula, Either):
        found = [facts for part in formula.parts for facts in alternatives(part)]
        return found if len(found) <= MOST_CASES else [(formula,)]
    if not isinstance(formula, Every):
        return [(formula,)]
    ways: list[Facts] = [()]
    for part in formula.parts:
        more = alternatives(part)
        if len(ways) * len(more) > MOST_CASES:
            more = [(part,)]
        ways = [(*facts, *others) for facts in ways for others in more]
    return ways


@dataclass(slots=True)
class Case:
    """One way in which a rule can match: all of these facts hold. `narrow` is told what others take of it."""

    spans: dict[str, Ranged] = field(default_factory=dict)
    atoms: dict[str, list[Atom]] = field(default_factory=dict)
    denials: dict[str, list[Atom]] = field(default_factory=dict)
    others: list[Either] = field(default_factory=list)

    @classmethod
    def of(cls, facts: Facts) -> "Case":
        case = cls()
        for fact in facts:
            case._learn(fact)
        case._conclude()
        return case

    def _learn(self, fact: Formula) -> None:
        match fact:
            case Ranged():
                self.narrow(fact)
            case Atom():
                self.atoms.setdefault(fact.key, []).append(fact)
            case Denied(atom):
                self.denials.setdefault(atom.key, []).append(atom)
            case Either():
                self.others.append(fact)

    def narrow(self, fact: Ranged) -> None:
        self.spans[fact.key] = Ranged(fact.key, self.span(fact) & fact.span, fact.domain)

    def span(self, of: Ranged) -> Span:
        """What is known of the number that a formula is about."""
        known = self.spans.get(of.key)
        return of.domain if known is None else known.span

    def _conclude(self) -> None:
        """What one key says of another."""
        if "tools" in self.atoms:
            self.narrow(NO_SIDE_CALL)  # an errand offers none
        if agent := self.spans.get("agent"):
            if agent.span == SIDE_CALL.span:
                self._learn(Denied(Atom("tools", "present")))
            elif agent.span.within(NO_SIDE_CALL.span):
                self.narrow(FIRST_REQUEST)
        self._conclude_from_counts()

    def _conclude_from_counts(self) -> None:
        if "prompt" in self.atoms:
            self._learn(Denied(Atom("prompt", "equals", "", "")))  # with nothing typed there is no prompt
            self.narrow(Ranged("nth_prompt", FROM_1, FROM_0))
        if any(atom.operator == "present" for atom in self.denials.get("prompt", ())):
            self.narrow(Ranged("nth_prompt", FROM_0 - FROM_1, FROM_0))
        elif prompts := self.spans.get("nth_prompt"):
            if prompts.span.within(FROM_1):
                self._learn(PROMPT)
            elif not prompts.span & FROM_1:
                self._learn(Denied(PROMPT))
        if "step" in self.spans and (step := self.spans["step"].span):
            self.narrow(Ranged("turn", compared("gte", step.least, whole=True), FROM_0))

    def contradiction(self) -> str | None:
        """The key of which more is asked than can be, if there is one."""
        excluded = (key for key, atoms in self.atoms.items() if self._excludes(key, atoms))
        return next(excluded, None) or next((key for key, known in self.spans.items() if not known.span), None)

    @property
    def is_empty(self) -> bool:
        """Whether no number is left for some key."""
        return not all(known.span for known in self.spans.values())

    def _excludes(self, key: str, atoms: list[Atom]) -> bool:
        if any(follows(denial, atom) for denial in self.denials.get(key, ()) for atom in atoms):
            return True
        if has_several(key):
            return any(atom.operator == "some" and not possible(atom.operand) for atom in atoms)
        return any(disjoint(one, other) for one, other in combinations(atoms, 2))

    def entails(self, formula: Formula) -> bool:
        """Whether it surely holds."""
        match formula:
            case Ranged():
                return self.span(formula).within(formula.span)
            case Atom():
                return any(follows(formula, known) for known in self.atoms.get(formula.key, ()))
            case Denied(atom):
                return self._denies(atom)
            case Every(parts):
                return all(map(self.entails, parts))
        return any(map(self.entails, formula.parts)) or self._is_given(formula)

    def _is_given(self, formula: Either) -> bool:
        return any(set(one.parts) <= set(formula.parts) for one in self.others)

    def _denies(self, atom: Atom) -> bool:
        if any(follows(known, atom) for known in self.denials.get(atom.key, ())):
            return True
        return not has_several(atom.key) and any(disjoint(known, atom) for known in self.atoms.get(atom.key, ()))


def follows(weak: Atom, strong: Atom) -> bool:
    """Whether a request that has a value for `strong` has one for `weak`: both ask of one key."""
    if strong.operator == "some" and weak.operator == "some":
        return weak == strong or proves(strong.operand, weak.operand)
    return covers(weak, strong)


def cases(formula: Formula) -> list[Case]:
    """The ways in which a formula can hold, without those that contradict themselves."""
    found = map(Case.of, alternatives(formula))
    return [case for case in found if case.contradiction() is None]


def possible(formula: Formula) -> bool:
    return bool(cases(formula))


def proves(strong: Formula, weak: Formula) -> bool:
    """Whether `weak` holds wherever `strong` does; no means that it could not be shown."""
    return all(case.entails(weak) for case in cases(strong))
