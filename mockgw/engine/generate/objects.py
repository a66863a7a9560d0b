"""Objects: their properties, those that are required and most of the others."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from mockgw.engine.generate import patterns
from mockgw.engine.generate.spots import Maker, Plain, Spot
from mockgw.engine.generate.subschemas import Exhausted, Needs, Subschema, Unmet
from mockgw.engine.generate.text import seeded

MOST = 2000  # properties
INVENTED = 3
TRIES = 30  # names thought of for each that is needed


def draw(maker: Maker, plain: Plain, spot: Spot) -> dict[str, Any]:
    """An object; Unmet if a property that has to be there cannot be."""
    return Properties(maker, plain, spot).made()


class Properties:
    """What each property has to be, and how many there may be."""

    def __init__(self, maker: Maker, plain: Plain, spot: Spot) -> None:
        self._maker, self._plain, self._spot = maker, plain, spot
        self._least = plain.least("minProperties")
        self._most = plain.most("maxProperties", MOST)
        self._declared = list(dict.fromkeys(name for fact in plain.facts for name in fact.get("properties", ())))
        self._values: dict[str, Any] = {}
        self._required = self._with_dependents(name for fact in plain.facts for name in fact.get("required", ()))
        self._check_count(max(self._least, len(self._required)))

    def _check_count(self, least: int) -> None:
        if least > MOST:
            raise Exhausted(self._plain.pointer, f"asks for at least {least} properties; at most {MOST} are made")
        if least > self._most:
            raise Unmet(self._plain.pointer, f"asks for {least} to {self._most} properties: that cannot be")

    def made(self) -> dict[str, Any]:
        for name in self._required:
            self._values[name] = self._value(name)
        for name in self._declared:
            self._add_optional(name)
        self._invent()
        order = {name: place for place, name in enumerate(self._declared)}
        return dict(sorted(self._values.items(), key=lambda item: order.get(item[0], len(order))))

    def _with_dependents(self, names: Any) -> list[str]:
        """These names, and those that have to be there when they are."""
        waiting = list(names)
        found: dict[str, None] = {}
        for name in waiting:
            if name not in found:
                found[name] = None
                waiting += [
                    other for fact in self._plain.facts for other in fact.get("dependentRequired", {}).get(name, ())
                ]
        return list(found)

    def _add_optional(self, name: str) -> None:
        """Adds it with what depends on it, if all of that can be and there is room."""
        group = [other for other in self._with_dependents([name]) if other not in self._values]
        room = min(self._most, max(self._least, self._spot.room))
        if not group or len(self._values) + len(group) > room or self._maker.recurring(self._needs(name), self._spot):
            return
        with suppress(Unmet):
            self._values |= {other: self._value(other) for other in group}

    def _value(self, name: str) -> Any:
        self._check_name(name)
        among = max(len(self._declared), len(self._values))
        return self._maker.make(self._needs(name), self._spot.below(name, among=among))

    def _check_name(self, name: str) -> None:
        for fact in self._plain.all("propertyNames"):
            if not self._maker.validators.fits(name, (fact.below("propertyNames"),)):
                raise Unmet(fact.pointer, f"asks for the property {name!r}, whose name it does not allow")

    def _needs(self, name: str) -> Needs:
        needs = tuple(part for fact in self._plain.facts for part in self._of_fact(fact, name))
        return needs or tuple(part for fact in self._plain.facts for part in fact.single("unevaluatedProperties"))

    def _of_fact(self, fact: Subschema, name: str) -> Iterator[Subschema]:
        """What one fact says about a property."""
        found = [fact.below("properties", name)] if name in fact.get("properties", ()) else []
        for pattern, part in fact.named("patternProperties").items():
            found += [part] * self._matches(pattern, name)
        yield from found or fact.single("additionalProperties")

    def _matches(self, pattern: str, name: str) -> bool:
        return self._maker.validators.fits(name, (Subschema({"pattern": pattern}, self._plain.pointer, made=True),))

    def _invent(self) -> None:
        """Adds properties that have no name in the schema: as many as it asks for, or a few for show."""
        wanted = self._least - len(self._values)
        if not self._declared and not self._values and self._spot.room and self._open():
            wanted = max(wanted, min(self._maker.rng.randint(1, INVENTED), self._most))
        for name in self._names(max(0, wanted)):
            with suppress(Unmet):
                others = [other for other in self._with_dependents([name]) if other not in self._values]
                self._values |= {other: self._value(other) for other in others}
            if len(self._values) >= max(self._least, wanted):
                return
        if len(self._values) < self._least:
            found = len(self._values)
            raise Unmet(self._plain.pointer, f"asks for at least {self._least} properties: only {found} were found")

    def _open(self) -> bool:
        """Whether it describes properties without naming them."""
        described = [part for fact in self._plain.facts for part in fact.named("patternProperties").values()]
        described += [part for fact in self._plain.facts for part in fact.single("additionalProperties")]
        telling = [part for part in described if part.schema not in (True, False, {})]
        return bool(telling) and not self._maker.recurring(tuple(telling), self._spot)

    def _names(self, count: int) -> Iterator[str]:
        """Names to try."""
        for _ in range(TRIES * count):
            self._maker.spend(self._plain.pointer, 5)
            yield from self._thought_of()

    def _thought_of(self) -> Iterator[str]:
        rules = tuple(fact.below("propertyNames") for fact in self._plain.all("propertyNames"))
        if rules:
            text = Subschema({"type": "string"}, self._plain.pointer, made=True)
            yield self._maker.make((text, *rules), self._spot.below("key"))
        word = seeded(self._maker.rng).word().lower()
        for fact in self._plain.facts:
            for pattern in fact.get("patternProperties", ()):
                yield from _matching(pattern, word, self._maker)
        if not rules:
            yield word


def _matching(pattern: str, word: str, maker: Maker) -> Iterator[str]:
    """Names for a pattern, if one is found: a pattern without an end leaves room for a word."""
    try:
        text = next(patterns.texts(pattern, maker.rng, least=1, most=None))
        yield from (text + word, text)
    except Unmet:
        return
