"""Kinds: the JSON types that a value may have, the likeliest first."""

from collections.abc import Mapping

from mockgw.engine.generate.spots import Plain
from mockgw.engine.generate.subschemas import Subschema, Unmet

# What nothing is said about is text rather than anything else.
USUAL = ("string", "object", "array", "integer", "number", "boolean", "null")

SUGGESTED: Mapping[str, str] = {
    "properties": "object", "required": "object", "additionalProperties": "object", "patternProperties": "object",
    "propertyNames": "object", "minProperties": "object", "maxProperties": "object", "dependentRequired": "object",
    "items": "array", "prefixItems": "array", "contains": "array", "minItems": "array", "maxItems": "array",
    "uniqueItems": "array", "minimum": "number", "maximum": "number", "exclusiveMinimum": "number",
    "exclusiveMaximum": "number", "multipleOf": "number", "minLength": "string", "maxLength": "string",
    "pattern": "string", "format": "string",
}  # fmt: skip


def kinds(plain: Plain) -> list[str]:
    """All that every fact allows; null and what the keywords do not suggest come last."""
    typed = plain.all("type")
    listed = [_listed(fact) for fact in typed]
    allowed = [kind for kind in (listed[0] if listed else _suggested(plain)) if all(kind in one for one in listed)]
    if not allowed:
        raise Unmet(typed[0].pointer, f"allows no type: {' and '.join(map(' or '.join, listed))} have none in common")
    whole = "number" in allowed
    return sorted((kind for kind in allowed if kind != "integer" or not whole), key=lambda kind: kind == "null")


def _listed(fact: Subschema) -> list[str]:
    """The types of one fact; a number may be whole."""
    kind = fact.get("type")
    kinds = kind if isinstance(kind, list) else [kind]
    return [*kinds, "integer"] if "number" in kinds and "integer" not in kinds else kinds


def _suggested(plain: Plain) -> list[str]:
    first = [kind for fact in plain.facts for keyword, kind in SUGGESTED.items() if fact.has(keyword)]
    return list(dict.fromkeys([*first, *USUAL]))
