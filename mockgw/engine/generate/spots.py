"""Spots: where a value is made, and what has to hold for it."""

from dataclasses import replace
from random import Random
from typing import Any, Protocol, TypeVar

from mockgw.engine.generate.subschemas import Needs, Subschema
from mockgw.engine.generate.validators import Validators
from mockgw.values import light

# What cannot be built in, and has to be checked when there is a value.
CHECKED = ("not", "oneOf", "if", "maxContains", "unevaluatedItems", "unevaluatedProperties")

Limit = TypeVar("Limit", int, None)
SHALLOW = 10  # levels with more than there has to be


@light
class Spot:
    """Where a value is made: its name, how deep, how many optional values it may have, what it is part of."""

    name: str = ""
    depth: int = 0
    room: int = 300
    open: frozenset[str] = frozenset()

    def below(self, name: str, *, among: int = 1) -> "Spot":
        room = self.room // max(1, among) if self.depth < SHALLOW else 0
        return replace(self, name=name, depth=self.depth + 1, room=room)

    def within(self, facts: Needs) -> "Spot":
        """The spot as its parts see it."""
        return replace(self, open=self.open.union(fact.pointer for fact in facts if not fact.made))


@light
class Plain:
    """What has to hold when nothing is left to choose: everything in `facts`, but for their choices."""

    facts: Needs = ()
    choices: tuple["Choice", ...] = ()

    @property
    def pointer(self) -> str:
        """The first place that says something."""
        return self.facts[0].pointer if self.facts else ""

    @property
    def checked(self) -> bool:
        return any(fact.has(keyword) for fact in self.facts for keyword in CHECKED)

    def all(self, keyword: str) -> list[Subschema]:
        """The facts that have a keyword."""
        return [fact for fact in self.facts if fact.has(keyword)]

    def least(self, keyword: str) -> int:
        """What a lower limit comes to: every fact has to be met."""
        return max((int(fact.get(keyword)) for fact in self.all(keyword)), default=0)

    def most(self, keyword: str, otherwise: Limit) -> int | Limit:
        """What an upper limit comes to; `otherwise` if no fact has one."""
        return min((int(fact.get(keyword)) for fact in self.all(keyword)), default=otherwise)


@light
class Choice:
    """The ways to go on, the best first; with a `condition` the first is for values that meet it."""

    ways: tuple[Needs, ...]
    condition: Subschema | None = None


class Maker(Protocol):
    """Makes the values inside of values."""

    rng: Random
    validators: Validators

    def make(self, needs: Needs, spot: Spot) -> Any: ...

    def spend(self, pointer: str, steps: int = 1) -> None: ...

    def recurring(self, needs: Needs, spot: Spot) -> bool: ...
