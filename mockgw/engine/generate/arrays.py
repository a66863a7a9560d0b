"""Arrays: their items, one by one."""

from typing import Any

from mockgw.engine.generate.spots import Maker, Plain, Spot
from mockgw.engine.generate.subschemas import Exhausted, Needs, Subschema, Unmet

MOST = 2000  # items
USUAL = 3


def draw(maker: Maker, plain: Plain, spot: Spot) -> list[Any]:
    """An array; Unmet if an item that has to be there cannot be."""
    items = Items(maker, plain, spot)
    try:
        return items.made(items.prefix)
    except Unmet:
        if not items.contained or not items.prefix:
            raise
        return items.made(0)


class Items:
    """What each item has to be, and how many there may be."""

    def __init__(self, maker: Maker, plain: Plain, spot: Spot) -> None:
        self._maker, self._plain, self._spot = maker, plain, spot
        self.prefix = max((len(fact.get("prefixItems", ())) for fact in plain.facts), default=0)
        self.contained = [part for fact in plain.all("contains") for part in _contained(fact)]
        self._least = plain.least("minItems")
        self._most = plain.most("maxItems", MOST)
        self._unique = any(fact.get("uniqueItems") for fact in plain.facts)
        if self._least > MOST:
            raise Exhausted(plain.pointer, f"asks for at least {self._least} items; at most {MOST} are made")
        if self._least > self._most:
            raise Unmet(plain.pointer, f"asks for {self._least} to {self._most} items: there are none")

    def made(self, start: int) -> list[Any]:
        """The items; those that have to be contained stand from `start` on."""
        needed = max(self._least, min(start + len(self.contained), self._most) if self.contained else 0)
        contained = self._spread(start, needed)
        count = max(needed, self._count())
        made: list[Any] = []
        for index in range(count):
            try:
                made.append(self._item(index, contained.get(index, ()), made, count))
            except Unmet:
                if index < needed:
                    raise
                break
        return made

    def _spread(self, start: int, needed: int) -> dict[int, Needs]:
        """What each index has to contain; where there is no room, one item has to be several things."""
        spread: dict[int, Needs] = {}
        for number, part in enumerate(self.contained):
            index = start + number % max(1, needed - start)
            spread[index] = (*spread.get(index, ()), part)
        return spread

    def _count(self) -> int:
        """How many there are if it does not matter."""
        if self._maker.recurring(self._needs(self.prefix), self._spot):
            return 0
        return min(self.prefix or self._maker.rng.randint(1, USUAL), self._most, self._spot.room)

    def _needs(self, index: int) -> Needs:
        found = (_item_of(fact, index) for fact in self._plain.facts)
        return tuple(part for part in found if part is not None)

    def _item(self, index: int, contained: Needs, before: list[Any], count: int) -> Any:
        needs = (*self._needs(index), *contained, *self._limits(contained))
        if self._unique and before:
            needs += (Subschema({"not": {"enum": list(before)}}, self._plain.pointer, made=True),)
        try:
            return self._maker.make(needs, self._spot.below(self._spot.name, among=count))
        except Unmet:
            if self._unique and before:
                reason = f"asks for different items: beyond {len(before)} none was found"
                raise Unmet(self._plain.pointer, reason) from None
            raise

    def _limits(self, contained: Needs) -> Needs:
        """Where the contained are limited, the others must not be like them."""
        limited = [fact.below("contains") for fact in self._plain.all("contains") if fact.has("maxContains")]
        asked = {part.pointer for part in contained}
        return tuple(part.instead({"not": part.whole}) for part in limited if part.pointer not in asked)


def _contained(fact: Subschema) -> list[Subschema]:
    least = int(fact.get("minContains", 1))
    if least > MOST:
        raise Exhausted(fact.pointer, f"asks for at least {least} items; at most {MOST} are made")
    return [fact.below("contains")] * least


def _item_of(fact: Subschema, index: int) -> Subschema | None:
    """What a fact says about the item of an index."""
    if index < len(fact.get("prefixItems", ())):
        return fact.below("prefixItems", index)
    return next(iter(fact.single("items", "unevaluatedItems")), None)
