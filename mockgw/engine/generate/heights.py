"""Heights: how many levels the least value of a schema has; what needs itself never ends."""

from collections.abc import Iterator
from math import inf

from mockgw.engine.generate.document import Document
from mockgw.engine.generate.subschemas import Subschema


class Heights:
    """The heights of all the subschemas of a document."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._known: dict[str, float] = {}
        self._users = self._relying()
        self._settle()

    def of(self, part: Subschema) -> float:
        """`inf`: what this needs has no end."""
        return self._height(part) if part.made else self._known.get(part.pointer, inf)

    def _relying(self) -> dict[str, list[Subschema]]:
        """Who looks at whom."""
        users: dict[str, list[Subschema]] = {}
        for part in self._document.parts.values():
            for other in (*self._needed(part), *self._beside(part), *part.each("anyOf"), *part.each("oneOf")):
                users.setdefault(other.pointer, []).append(part)
        return users

    def _settle(self) -> None:
        """Looks at each again when what it relies on has become lower, until nothing changes."""
        waiting = {part.pointer: part for part in reversed(self._document.parts.values())}
        while waiting:
            part = waiting.pop(next(iter(waiting)))
            height = self._height(part)
            if height < self.of(part):
                self._known[part.pointer] = height
                waiting |= {user.pointer: user for user in self._users.get(part.pointer, ())}

    def _height(self, part: Subschema) -> float:
        if part.has("enum") or part.has("const") or isinstance(part.schema, bool):
            return 0
        below = [1 + self.of(child) for child in self._needed(part)]
        beside = [self.of(other) for other in self._beside(part)]
        choices = [min(map(self.of, part.each(keyword))) for keyword in ("anyOf", "oneOf") if part.has(keyword)]
        return max([0, *below, *beside, *choices])

    def _beside(self, part: Subschema) -> Iterator[Subschema]:
        if part.has("$ref"):
            yield self._document.target(part)
        yield from part.each("allOf")

    def _needed(self, part: Subschema) -> Iterator[Subschema]:
        """What a value cannot do without, if it is as its keywords suggest."""
        kinds = part.get("type", ("object", "array"))
        if kinds in ("object", ["object"], ("object", "array")):
            properties = part.named("properties")
            yield from (properties[name] for name in part.get("required", ()) if name in properties)
        if kinds in ("array", ["array"], ("object", "array")):
            yield from self._items(part)

    def _items(self, part: Subschema) -> Iterator[Subschema]:
        least, prefix = part.get("minItems", 0), part.each("prefixItems")
        yield from prefix[: int(least)]
        if least > len(prefix):
            yield from part.single("items")
        if part.get("minContains", 1) > 0:
            yield from part.single("contains")
