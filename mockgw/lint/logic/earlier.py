"""Earlier: the rules that are asked before, found by what a request must have for them.

Each rule is filed under one of its parts, the rarest: a request that it takes surely has that part. So few
are looked at for each later rule, however many there are.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from mockgw.lint.logic.cases import Case, cases
from mockgw.lint.logic.formulas import CHOICES, COUNTS, Atom, Denied, Every, Formula, Ranged
from mockgw.scenario.model import Rule
from mockgw.values import light

HEAD = 8  # letters by which texts within texts are looked up
SEARCHED = 300  # letters of a text in which they are
COMBINED = 30  # rules for single numbers of one key that may together leave none over
Hook = tuple[object, ...]
ANY: Hook = ("any",)
STANDING: list[Hook] = [ANY, *((kind, key) for key in (*CHOICES, *COUNTS) for kind in ("range", "points"))]


@light
class Taker:
    """A rule that surely answers where its formula holds; `number` is its place in the order."""

    number: int
    rule: Rule
    formula: Formula

    @property
    def parts(self) -> tuple[Formula, ...]:
        return _parts(self.formula)


@dataclass(slots=True)
class Words:
    """Texts that are found within a text, by their first letters."""

    by_head: dict[str, dict[int, set[str]]] = field(default_factory=dict)
    heads: set[int] = field(default_factory=set)

    def add(self, word: str) -> None:
        head = word[:HEAD]
        self.heads.add(len(head))
        self.by_head.setdefault(head, {}).setdefault(len(word), set()).add(word)

    def within(self, text: str, starts: Iterable[int]) -> Iterator[str]:
        for start in starts:
            for length in self.heads:
                for size, words in self.by_head.get(text[start : start + length], {}).items():
                    if start + size <= len(text) and (word := text[start : start + size]) in words:
                        yield word


class Earlier:
    """The rules so far. `formulas` are those of all rules: they tell which parts are rare."""

    def __init__(self, formulas: Iterable[Formula]) -> None:
        self._common = Counter(hook for formula in formulas for part in _parts(formula) for hook in hooks(part))
        self._filed: defaultdict[Hook, list[Taker]] = defaultdict(list)
        self._same: dict[Formula, Taker] = {}
        self._words: defaultdict[tuple[str, str], Words] = defaultdict(Words)

    def add(self, taker: Taker) -> None:
        self._same.setdefault(taker.formula, taker)
        for hook in min(map(hooks, taker.parts), key=self._frequency, default=[ANY]):
            self._filed[hook].append(taker)
            match hook:
                case ("point", str(key), _) if len(self._filed["points", key]) < COMBINED:
                    self._filed["points", key].append(taker)
                case (("contains" | "starts_with" | "ends_with") as operator, str(key), str(text)):
                    self._words[operator, key].add(text[::-1] if operator == "ends_with" else text)

    def _frequency(self, found: Sequence[Hook]) -> int:
        return sum(self._common[hook] for hook in found)

    def same(self, formula: Formula) -> Taker | None:
        """The first that takes exactly this."""
        return self._same.get(formula)

    def near(self, case: Case) -> list[Taker]:
        """Those that may take a case or a part of it, in the order in which they are asked."""
        found = {taker.number: taker for hook in self._met(case) for taker in self._filed.get(hook, ())}
        return [found[number] for number in sorted(found)]

    def _met(self, case: Case) -> Iterator[Hook]:
        """All hooks that a request of this case meets, some of them more than once."""
        yield from STANDING
        yield from (hook for ranged in case.spans.values() for hook in hooks(ranged))
        yield from (hook for alternatives in case.others for hook in hooks(alternatives))
        for key in case.denials:
            yield "denied", key
        for key, atoms in case.atoms.items():
            yield from (("present", key), ("denied", key))
            yield from (hook for atom in atoms for hook in self._met_by(atom))

    def _met_by(self, atom: Atom) -> Iterator[Hook]:
        """The hooks of what follows from one value's test."""
        yield hooks(atom)[0]  # a pattern follows from itself alone
        if atom.operator == "some":
            yield "some", atom.key
            yield from (hook for case in cases(atom.operand)[:1] for hook in self._met(case))
        if atom.operator == "equals":
            yield from (("patterns", atom.key), ("number", atom.key))
        if isinstance(atom.operand, str) and atom.operator != "matches":
            yield from self._met_by_text(atom.operator, atom.key, atom.operand[:SEARCHED], atom.operand[-SEARCHED:])

    def _met_by_text(self, operator: str, key: str, first: str, last: str) -> Iterator[Hook]:
        for word in self._words["contains", key].within(first, range(len(first) + 1)):
            yield "contains", key, word
        if operator in ("equals", "starts_with"):
            yield from (("starts_with", key, word) for word in self._words["starts_with", key].within(first, [0]))
        if operator in ("equals", "ends_with"):
            backwards = self._words["ends_with", key].within(last[::-1], [0])
            yield from (("ends_with", key, word[::-1]) for word in backwards)


def _parts(formula: Formula) -> tuple[Formula, ...]:
    return formula.parts if isinstance(formula, Every) else (formula,)


def hooks(formula: Formula) -> list[Hook]:
    """What a request that fits has one of."""
    match formula:
        case Ranged(key, span):
            return [("point", key, span.least)] if span and span.is_point and key in COUNTS else [("range", key)]
        case Atom(key, "some", operand):
            return hooks(operand) if operand != Every() else [("some", key)]
        case Atom(key, "matches", operand):
            return [("matches", key, operand), ("patterns", key)]
        case Atom(key, ("number" | "present") as operator):
            return [(operator, key)]
        case Atom(key, operator, operand):
            return [(operator, key, operand)]
        case Denied(atom):
            return [("denied", atom.key)]
        case Every(parts):
            return hooks(parts[-1]) if parts else [ANY]
    return [hook for part in formula.parts for hook in hooks(part)]
