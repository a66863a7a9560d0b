"""Validators: whether a value fits a part of a schema; they are kept from endless work."""

from typing import TYPE_CHECKING, Any

from mockgw.engine.generate.document import Document
from mockgw.engine.generate.subschemas import ROOT, Exhausted, Needs, Subschema, Unmet, joined

if TYPE_CHECKING:
    from jsonschema_rs import Draft202012Validator

MOST = 200_000  # subschemas that a validator goes through for one value: a fraction of a second


class Validators:
    """The validators of a document's parts, made when they are first asked for."""

    def __init__(self, document: Document) -> None:
        import jsonschema_rs  # slow to import: only where something is made up

        self._document = document
        self._compile = jsonschema_rs.Draft202012Validator
        self._registry = jsonschema_rs.Registry([(ROOT, document.schema)])  # type: ignore[list-item]  # any mapping
        self._validators: dict[str, Draft202012Validator] = {}

    def fits(self, value: Any, needs: Needs) -> bool:
        return all(self._fits(value, part) for part in needs)

    def confirm(self, value: Any) -> None:
        """Unmet, in the validator's words, if a whole value is not valid after all."""
        weigh(self._document, self._document.root, value)
        error = next(iter(self._validator(self._document.root).iter_errors(value)), None)
        if error is not None:
            steps = [step for step in error.schema_path if step != "$ref"]
            raise Unmet(joined("", *steps), f"cannot be met: {error.message[:200]}")

    def _fits(self, value: Any, part: Subschema) -> bool:
        weigh(self._document, part, value)
        return bool(self._validator(part).is_valid(value))

    def _validator(self, part: Subschema) -> "Draft202012Validator":
        if part.made:
            return self._new(part)
        if part.pointer not in self._validators:
            self._validators[part.pointer] = self._new(part)
        return self._validators[part.pointer]

    def _new(self, part: Subschema) -> "Draft202012Validator":
        schema: Any = part.whole
        return self._compile(schema, registry=self._registry, validate_formats=True, offline=True)


def weigh(document: Document, part: Subschema, value: Any) -> None:
    """Exhausted if a validator would not be done in time: it goes again through what is referred to again."""
    if _Weight(document).of(part, value) > MOST:
        raise Exhausted(part.pointer, "takes too long to check: its parts refer to each other too often")


class _Weight:
    """How many subschemas a validator goes through, counted once for each of them and each value."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._known: dict[tuple[str, int, int], int] = {}

    def of(self, part: Subschema, value: Any) -> int:
        key = (part.pointer, id(part.schema) if part.made else 0, id(value))
        if key not in self._known:
            self._known[key] = 1
            beside = sum(self.of(other, value) for other in self._beside(part))
            self._known[key] = min(1 + beside + self._below(part, value), 2 * MOST)
        return self._known[key]

    def _beside(self, part: Subschema) -> list[Subschema]:
        target = [self._document.target(part)] if part.has("$ref") else []
        lists = [other for keyword in ("allOf", "anyOf", "oneOf") for other in part.each(keyword)]
        return [*target, *lists, *part.single("not", "if", "then", "else"), *part.named("dependentSchemas").values()]

    def _below(self, part: Subschema, value: Any) -> int:
        if isinstance(value, dict):
            return self._properties(part, value)
        if isinstance(value, list):
            parts = [*part.each("prefixItems"), *part.single("items", "contains", "unevaluatedItems")]
            return sum(self.of(other, item) for other in parts for item in value)
        return 0

    def _properties(self, part: Subschema, value: dict[str, Any]) -> int:
        named = part.named("properties")
        own = sum(self.of(other, value[name]) for name, other in named.items() if name in value)
        parts = part.single("additionalProperties", "unevaluatedProperties", "propertyNames")
        parts += part.named("patternProperties").values()
        return own + sum(self.of(other, inner) for other in parts for inner in value.values())
