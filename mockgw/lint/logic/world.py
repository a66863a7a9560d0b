"""World: a request that a rule matches, as it looks when an agent comes back with the results of its tools."""

from collections.abc import Iterable, Sequence

from mockgw.lint.logic.cases import Case
from mockgw.lint.logic.formulas import COUNTS, Atom, Denied, Every, Formula, Ranged, has_several
from mockgw.lint.logic.spans import Span, compared
from mockgw.lint.logic.values import fits
from mockgw.values import light

# Keys whose values are not the same at each step of a loop; of these, lint knows how the counts go on.
GOING_ON = ("step", "turn", "nth_request")
UNKNOWN = ("reminders", "clock", "attachment", "body.messages", "body.tool_choice")
CHANGING = (*GOING_ON, *UNKNOWN, "tool_result")
USUAL_PROMPT = "Hello"
FIRST_TRY = compared("equals", 1, whole=True)


def changes(formula: Formula) -> bool:
    """Whether it may hold at one step of a loop and not at another."""
    match formula:
        case Ranged(key) | Atom(key) | Denied(Atom(key)):
            return key.startswith(CHANGING)
    return any(map(changes, formula.parts))


@light
class World:
    """What is known of it: what it was at first, counts that have gone on since, the tools that were called."""

    case: Case
    counts: dict[str, Span]
    called: tuple[str | None, ...] = ()

    @classmethod
    def after(cls, case: Case, called: Sequence[str | None]) -> "World":
        """Any number of steps after the first; each result is a new call."""
        counts = {key: compared("gt", first(case, key), whole=True) for key in GOING_ON}
        return cls(case, {**counts, "attempt": FIRST_TRY}, tuple(called))

    def held(self, formula: Formula) -> bool | None:
        """Whether it holds, None if that is not sure."""
        match formula:
            case Ranged():
                return None if formula.key.startswith(UNKNOWN) else self._in_span(formula)
            case Atom(key):
                return None if key.startswith(UNKNOWN) else self._has(formula)
            case Denied(atom):
                return _denied(self.held(atom))
            case Every(parts):
                return _denied(_any(_denied(self.held(part)) for part in parts))
        return _any(map(self.held, formula.parts))

    def _in_span(self, formula: Ranged) -> bool | None:
        known = self.counts.get(formula.key, self.case.span(formula))
        if known.within(formula.span):
            return True
        return None if known & formula.span else False

    def _has(self, atom: Atom) -> bool | None:
        if atom.operator == "some":
            return _any(_of_result(name).held(atom.operand) for name in self.called)
        if self.case.entails(atom):
            return True
        if self.case.entails(Denied(atom)):
            return False
        text = self._text(atom.key)
        return None if text is None else fits(text, atom)

    def _text(self, key: str) -> str | None:
        """The shortest text that a request of this case may have, if that can be told."""
        atoms = [atom for atom in self.case.atoms.get(key, ()) if atom.operator != "present"]
        if any(atom.operator in ("matches", "number") or not isinstance(atom.operand, str) for atom in atoms):
            return None
        if not atoms:
            return USUAL_PROMPT if key == "prompt" else None
        order = {"starts_with": 0, "ends_with": 2}
        texts = [str(atom.operand) for atom in sorted(atoms, key=lambda atom: order.get(atom.operator, 1))]
        known = next((str(atom.operand) for atom in atoms if atom.operator == "equals"), " ".join(texts))
        return None if has_several(key) else known


def first(case: Case, key: str) -> int:
    """The least count at which a request of this case can come."""
    return int(case.span(Ranged(key, COUNTS[key], COUNTS[key])).least)


def _of_result(name: str | None) -> World:
    """One result: of its text and of its failure nothing is known."""
    known = () if name is None else (Atom("tool_result.name", "equals", name, name),)
    return World(Case.of(known), {})


def _denied(held: bool | None) -> bool | None:
    return None if held is None else not held


def _any(held: Iterable[bool | None]) -> bool | None:
    found = set(held)
    return True if True in found else None if None in found else False
