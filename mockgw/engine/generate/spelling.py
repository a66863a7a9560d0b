"""Spelling: older drafts' keywords in those of 2020-12."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mockgw.engine.generate.subschemas import LISTS, MAPS, SINGLE, Exhausted, Schema, Unmet, joined
from mockgw.suggest import did_you_mean

TYPES = ("object", "array", "string", "number", "integer", "boolean", "null")
MOST = 10_000  # subschemas
DEEPEST = 80  # levels; Python and the validator have a limit each, somewhat higher


def modern(schema: Any) -> Schema:
    """The schema as 2020-12 would write it, a copy."""
    base = schema.get("$id", schema.get("id")) if isinstance(schema, dict) else None
    copied: Schema = _Copy(base if isinstance(base, str) else "").of(schema, "", 0)
    return copied


class _Copy:
    """One copy: it counts, so that it ends."""

    def __init__(self, base: str) -> None:
        self.base = base.rstrip("#")
        self.count = 0

    def of(self, schema: Any, pointer: str, depth: int) -> Any:
        self.count += 1
        if self.count > MOST:
            raise Exhausted("", f"has more than {MOST} subschemas")
        if depth > DEEPEST:
            raise Exhausted(pointer, f"is nested deeper than {DEEPEST} levels")
        if not isinstance(schema, Mapping):
            return schema
        _check_type(schema.get("type"), pointer)
        translated = dict(self._translated(schema)) | self._referring(schema)
        return {
            keyword: self._inside(keyword, value, joined(pointer, keyword), depth + 1)
            for keyword, value in translated.items()
        }

    def _inside(self, keyword: str, value: Any, pointer: str, depth: int) -> Any:
        if keyword in SINGLE:
            return self.of(value, pointer, depth)
        if keyword in LISTS and isinstance(value, list):
            return [self.of(part, joined(pointer, index), depth) for index, part in enumerate(value)]
        if keyword in MAPS and isinstance(value, Mapping):
            return {name: self.of(part, joined(pointer, name), depth) for name, part in value.items()}
        return value

    def _referring(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        """The references; all but one stand in an `allOf`."""
        written = [schema[keyword] for keyword in REFERENCES if isinstance(schema.get(keyword), str)]
        found = [{"$ref": value.removeprefix(self.base) if "#" in value else value} for value in written]
        if len(found) > 1:
            return found[0] | {"allOf": [*schema.get("allOf", ()), *found[1:]]}
        return dict(*found)

    def _translated(self, schema: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        for keyword, value in schema.items():
            if keyword in TRANSLATED:
                yield from TRANSLATED[keyword](value, schema)
            elif keyword not in REFERENCES or not isinstance(value, str):
                yield RENAMED.get(keyword, keyword), value


REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
RENAMED = {"$dynamicAnchor": "$anchor"}


def _check_type(kind: Any, pointer: str) -> None:
    for one in kind if isinstance(kind, list) else [kind]:
        if isinstance(one, str) and one not in TYPES:
            raise Unmet(joined(pointer, "type"), f"is no type: {one[:40]!r}{did_you_mean(one, TYPES)}")


Pairs = Iterator[tuple[str, Any]]


def _left_out(_value: Any, _schema: Mapping[str, Any]) -> Pairs:
    return iter(())


def _id(value: Any, _schema: Mapping[str, Any]) -> Pairs:
    """An older draft's `$id: '#name'` is an anchor; other ids name the document, and there is but one."""
    if isinstance(value, str) and value.startswith("#") and len(value) > 1:
        yield "$anchor", value[1:]


def _limit(exclusive: str, inclusive: str) -> Callable[[Any, Mapping[str, Any]], Pairs]:
    def translate(value: Any, schema: Mapping[str, Any]) -> Pairs:
        if value is True and inclusive in schema:
            yield exclusive, schema[inclusive]
        elif not isinstance(value, bool):
            yield exclusive, value

    return translate


def _items(value: Any, schema: Mapping[str, Any]) -> Pairs:
    if not isinstance(value, list):
        yield "items", value
        return
    if value:
        yield "prefixItems", value
    if "additionalItems" in schema:
        yield "items", schema["additionalItems"]


def _dependencies(value: Any, _schema: Mapping[str, Any]) -> Pairs:
    listed = {name: part for name, part in value.items() if isinstance(part, list)} if isinstance(value, dict) else {}
    others = {name: part for name, part in value.items() if name not in listed} if isinstance(value, dict) else {}
    yield from (pair for pair in (("dependentRequired", listed), ("dependentSchemas", others)) if pair[1])


TRANSLATED: Mapping[str, Callable[[Any, Mapping[str, Any]], Pairs]] = {
    "$schema": _left_out,
    "$id": _id,
    "id": _id,
    "$vocabulary": _left_out,
    "$recursiveAnchor": _left_out,
    "exclusiveMinimum": _limit("exclusiveMinimum", "minimum"),
    "exclusiveMaximum": _limit("exclusiveMaximum", "maximum"),
    "items": _items,
    "additionalItems": _left_out,
    "dependencies": _dependencies,
}
