"""Search: the value that meets what is needed, found by trying the branches in turn."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from random import Random
from typing import Any

from mockgw.engine.generate import arrays, numbers, objects, strings
from mockgw.engine.generate.branches import Branches, first_of
from mockgw.engine.generate.document import Document
from mockgw.engine.generate.kinds import kinds
from mockgw.engine.generate.spots import Plain, Spot
from mockgw.engine.generate.subschemas import Exhausted, Needs, Subschema, Unmet
from mockgw.engine.generate.validators import Validators

STEPS = 12_000  # schemas looked at for one answer: well under a second
DEEPEST = 60  # levels; Python has a limit too
TRIES = 12  # values drawn where luck is needed


class Search:
    """Makes one answer's values."""

    def __init__(self, document: Document, rng: Random) -> None:
        self.rng = rng
        self.validators = Validators(document)
        self.branches = Branches(document, rng, self.spend)
        self._left = STEPS

    def spend(self, pointer: str, steps: int = 1) -> None:
        self._left -= steps
        if self._left < 0:
            raise Exhausted(pointer, "needs too many values, or too many ways have to be tried")

    def make(self, needs: Needs, spot: Spot) -> Any:
        """A value for all of these at once; Unmet if there is none."""
        pointer = needs[0].pointer if needs else ""
        self.spend(pointer, 10)
        if spot.depth > DEEPEST:
            raise Exhausted(pointer, f"needs values nested deeper than {DEEPEST} levels")
        return _first(self._values(needs, spot))

    def recurring(self, needs: Needs, spot: Spot) -> bool:
        """Whether it would be made of what is being made."""
        return any(self.branches.recurring(part, spot) for part in needs)

    def _values(self, needs: Needs, spot: Spot) -> Iterator[Callable[[], Any]]:
        for plain in self.branches.of(needs, spot, lambda plain, condition: self._meets(plain, condition, spot)):
            yield partial(self._drawn, plain, needs, spot)

    def _meets(self, plain: Plain, condition: Subschema, spot: Spot) -> bool:
        try:
            made = tuple(fact for fact in plain.facts if fact.made)
            return self.validators.fits(self._drawn(plain, made, spot), (condition,))
        except Unmet:
            return True

    def _drawn(self, plain: Plain, needs: Needs, spot: Spot) -> Any:
        listed = plain.all("const") or plain.all("enum")
        if listed:
            return self._picked(listed[0], needs)
        inner = spot.within(plain.facts)
        return _first(partial(self._checked, kind, plain, needs, inner) for kind in kinds(plain))

    def _picked(self, listing: Subschema, needs: Needs) -> Any:
        values = [listing.get("const")] if listing.has("const") else list(listing.get("enum"))
        self.rng.shuffle(values)
        for value in values:
            self.spend(listing.pointer)
            if self.validators.fits(value, needs):
                return value
        keyword = "const" if listing.has("const") else "enum"
        raise Unmet(listing.pointer, f"has no value in its {keyword} that the rest of the schema allows")

    def _checked(self, kind: str, plain: Plain, needs: Needs, spot: Spot) -> Any:
        for _ in range(TRIES):
            value = self._of(kind, plain, spot)
            if not plain.checked or self.validators.fits(value, needs):
                return value
            self.spend(plain.pointer, 20)
        culprit = next(fact for fact in plain.facts if not self.validators.fits(value, (fact,)) or not fact.made)
        raise Unmet(culprit.pointer, f"is met by none of the {TRIES} values that were tried")

    def _of(self, kind: str, plain: Plain, spot: Spot) -> Any:
        match kind:
            case "object":
                return objects.draw(self, plain, spot)
            case "array":
                return arrays.draw(self, plain, spot)
            case "string":
                return strings.draw(self, plain, spot.name)
            case "number" | "integer":
                return numbers.draw(plain, spot.name, self.rng, whole=kind == "integer")
        return None if kind == "null" else self.rng.random() < 0.5


def _first(ways: Iterable[Callable[[], Any]]) -> Any:
    """What the first way gives that is no dead end."""
    failures: list[Unmet] = []
    for way in ways:
        try:
            return way()
        except Unmet as unmet:
            failures.append(unmet)
    raise first_of(failures)
