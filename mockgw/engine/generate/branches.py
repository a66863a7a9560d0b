"""Branches: what has to hold for one value, with a branch taken of every choice."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from math import inf
from random import Random
from typing import Any

from mockgw.engine.generate.document import Document
from mockgw.engine.generate.heights import Heights
from mockgw.engine.generate.negation import denied
from mockgw.engine.generate.spots import Choice, Plain, Spot
from mockgw.engine.generate.subschemas import Needs, Refusal, Subschema, Unmet, joined

# Says whether a value for these facts, as it would come, meets a condition.
Guess = Callable[[Plain, Subschema], bool]


@dataclass
class Branches:
    """Takes the choices of a document's schemas."""

    document: Document
    rng: Random
    spend: Callable[..., None]

    def of(self, needs: Needs, spot: Spot, guess: Guess) -> Iterator[Plain]:
        """All that can be chosen, in an order that tends to end; Unmet when every branch is a dead end at once."""
        yield from self._taken(needs, Plain(), spot, guess)

    def recurring(self, part: Subschema, spot: Spot) -> bool:
        """Whether it has a reference to what is being made."""
        return not spot.open.isdisjoint(self.document.references(part))

    @cached_property
    def _heights(self) -> Heights:
        return Heights(self.document)

    def _taken(self, needs: Needs, known: Plain, spot: Spot, guess: Guess) -> Iterator[Plain]:
        plain = self._gathered(needs, known, spot)
        self.spend(plain.pointer, len(plain.facts) + len(plain.choices))
        if not plain.choices:
            yield plain
            return
        choice = next((one for one in plain.choices if one.condition is None), plain.choices[0])
        rest = replace(plain, choices=tuple(one for one in plain.choices if one is not choice))
        failures: list[Unmet] = []
        for way in self._ways(choice, rest, guess):
            try:
                yield from self._taken(way, rest, spot, guess)
            except Unmet as unmet:
                failures.append(unmet)
        if len(failures) == len(choice.ways):
            raise first_of(failures)

    def _ways(self, choice: Choice, rest: Plain, guess: Guess) -> tuple[Needs, ...]:
        if choice.condition is None or guess(replace(rest, choices=()), choice.condition):
            return choice.ways
        return choice.ways[::-1]

    def _gathered(self, needs: Needs, known: Plain, spot: Spot) -> Plain:
        """What holds in any case, and the choices that are still to be taken."""
        facts, choices, waiting = list(known.facts), list(known.choices), list(reversed(needs))
        met = {fact.pointer for fact in facts if not fact.made}
        while waiting:
            part = waiting.pop()
            self.spend(part.pointer)
            if part.schema is False:
                raise Unmet(part.pointer, "allows no value")
            if part.schema is True or (not part.made and part.pointer in met):
                continue
            facts.append(part)
            choices += self._choices(part, spot)
            waiting += reversed(part.each("allOf"))
            if not part.made:
                met.add(part.pointer)
            if part.has("$ref"):
                waiting.append(self._target(part, spot, met))
        return Plain(tuple(facts), tuple(choices))

    def _target(self, part: Subschema, spot: Spot, met: set[str]) -> Subschema:
        target = self.document.target(part)
        if (target.pointer in spot.open or target.pointer in met) and self._heights.of(target) == inf:
            raise Unmet(joined(part.pointer, "$ref"), f"leads back to {target.pointer or 'its top'} without an end")
        return target

    def _choices(self, part: Subschema, spot: Spot) -> Iterator[Choice]:
        if part.has("anyOf"):
            yield Choice(tuple((branch,) for branch in self._ordered(part.each("anyOf"), spot)))
        if part.has("oneOf"):
            branches = part.each("oneOf")
            wholes = {branch.pointer: branch.whole for branch in branches}
            yield Choice(tuple(_alone(branch, part, wholes) for branch in self._ordered(branches, spot)))
        if part.has("not") and (ways := denied(part.below("not"), self.document)) != [()]:
            yield Choice(tuple(ways))
        if part.has("if"):
            condition = part.below("if")
            otherwise = (part.instead({"not": condition.whole}), *part.single("else"))
            yield Choice(((condition, *part.single("then")), otherwise), condition)
        for name, dependent in part.named("dependentSchemas").items():
            yield Choice(((dependent,), (part.instead({"properties": {name: False}}),)))

    def _ordered(self, branches: list[Subschema], spot: Spot) -> list[Subschema]:
        """By chance, but null comes last, and what would go on without need comes after what ends."""
        self.rng.shuffle(branches)
        recurring = {branch.pointer: self.recurring(branch, spot) for branch in branches}
        height = self._heights.of if any(recurring.values()) else (lambda _branch: 0)
        return sorted(branches, key=lambda branch: (recurring[branch.pointer], height(branch), _is_null(branch)))


def first_of(failures: list[Unmet]) -> Refusal:
    """The one reason, or the first of several."""
    if len({failure.pointer for failure in failures}) == 1:
        return failures[0]
    common = _common([failure.pointer for failure in failures])
    return Unmet(common, f"has no branch that can be met; the first: {failures[0]}")


def _common(pointers: list[str]) -> str:
    """The place that all of these are below of."""
    shared: list[str] = []
    for names in zip(*(pointer.split("/") for pointer in pointers), strict=False):
        if len(set(names)) > 1 or names[0] in ("anyOf", "oneOf"):
            break
        shared.append(names[0])
    return "/".join(shared)


def _alone(branch: Subschema, part: Subschema, wholes: dict[str, Any]) -> Needs:
    others = [whole for pointer, whole in wholes.items() if pointer != branch.pointer]
    return (branch, part.instead({"not": {"anyOf": others}})) if others else (branch,)


def _is_null(branch: Subschema) -> bool:
    return branch.get("type") in ("null", ["null"]) or branch.get("enum") == [None] or branch.get("const", 0) is None
