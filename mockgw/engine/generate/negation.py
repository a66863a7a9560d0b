"""Negation: what has to hold so that a schema does not."""

from collections.abc import Iterator

from mockgw.engine.generate.document import Document
from mockgw.engine.generate.spelling import TYPES
from mockgw.engine.generate.subschemas import Needs, Subschema, Unmet

# Keywords that say something about a value's shape; all but these are left to checking what was drawn.
SHAPE = {"type", "properties", "required"}
SILENT = {"$defs", "definitions", "$anchor", "$comment", "title", "description", "default", "examples", "deprecated"}


def denied(part: Subschema, document: Document) -> list[Needs]:
    """The ways to break a schema, the likeliest first; one that says nothing leaves it to luck, and to the check."""
    while set(_telling(part)) == {"$ref"}:
        part, before = document.target(part), part
        if part.pointer == before.pointer:
            break
    if isinstance(part.schema, bool) or not _telling(part):
        return _of_boolean(part)
    keywords = set(_telling(part))
    if keywords == {"not"}:
        return [(part.below("not"),)]
    if keywords == {"anyOf"}:
        return [tuple(part.instead({"not": branch.whole}) for branch in part.each("anyOf"))]
    if keywords == {"type"}:
        return [(part.instead({"type": _other_types(part.get("type"))}),)]
    return _of_object(part, keywords) if keywords <= SHAPE else [()]


def _telling(part: Subschema) -> list[str]:
    return [] if isinstance(part.schema, bool) else [keyword for keyword in part.schema if keyword not in SILENT]


def _of_boolean(part: Subschema) -> list[Needs]:
    if part.schema is False:
        return [()]
    raise Unmet(part.pointer, "allows every value where none of its values may be")


def _other_types(kind: str | list[str]) -> list[str]:
    kinds = kind if isinstance(kind, list) else [kind]
    barred = {*kinds, "integer"} if "number" in kinds else set(kinds)
    return [other for other in TYPES if other not in barred]


def _of_object(part: Subschema, keywords: set[str]) -> list[Needs]:
    missing: list[Needs] = [(part.instead({"properties": {name: False}}),) for name in part.get("required", ())]
    if "properties" not in keywords:
        return missing or [()]
    return [(), *_broken(part), *missing]


def _broken(part: Subschema) -> Iterator[Needs]:
    for name, inner in part.named("properties").items():
        yield (part.instead({"properties": {name: {"not": inner.whole}}, "required": [name]}),)
