"""Document: a whole schema, checked, its references resolved."""

from typing import Any

from mockgw.engine.generate.spelling import modern
from mockgw.engine.generate.subschemas import ROOT, Schema, Subschema, Unmet, joined, steps


class Document:
    """A schema whose every subschema is known by its pointer."""

    def __init__(self, schema: Any) -> None:
        self.schema: Schema = modern(schema)
        self.root = Subschema(self.schema)
        _check(self.root)
        self.parts: dict[str, Subschema] = {}
        self._anchors: dict[str, str] = {}
        self._references: dict[str, frozenset[str]] = {}
        self._collect(self.root)
        self._follow()
        self._check_patterns()

    def target(self, part: Subschema) -> Subschema:
        """Where a reference leads."""
        reference = part.get("$ref")
        base, _, fragment = reference.partition("#")
        if base not in ("", ROOT):
            raise Unmet(joined(part.pointer, "$ref"), f"leads out of the schema, to {reference[:80]!r}")
        found = self._found(self._anchors.get(fragment, fragment))
        if found is None:
            raise Unmet(joined(part.pointer, "$ref"), f"leads nowhere: {reference[:80]!r}")
        return found

    def references(self, part: Subschema) -> frozenset[str]:
        """Where the references in all of its text lead."""
        if part.made or part.pointer not in self._references:
            found = {self.target(part).pointer} if part.has("$ref") else set()
            self._references[part.pointer] = frozenset(found.union(*map(self.references, part.children())))
        return self._references[part.pointer]

    def _follow(self) -> None:
        """Makes sure that every reference leads somewhere."""
        waiting = list(self.parts.values())
        while waiting:
            part = waiting.pop()
            if part.has("$ref") and (target := self.target(part)).pointer not in self.parts:
                _check(target)
                waiting.extend(self._collect(target))

    def _check_patterns(self) -> None:
        import jsonschema_rs

        for part in self.parts.values():
            for pattern in (*part.get("patternProperties", ()), *filter(None, [part.get("pattern")])):
                try:
                    jsonschema_rs.Draft202012Validator({"pattern": pattern})
                except jsonschema_rs.ValidationError:
                    raise Unmet(
                        part.pointer, f"has the pattern {pattern[:80]!r}, which is invalid or too large"
                    ) from None

    def _collect(self, start: Subschema) -> list[Subschema]:
        """Notes a subschema and all that it has, parents before their children."""
        waiting, found = [start], []
        while waiting:
            part = waiting.pop()
            if part.pointer in self.parts:
                continue
            self.parts[part.pointer] = part
            found.append(part)
            if part.has("$anchor"):
                self._anchors[part.get("$anchor")] = part.pointer
            waiting.extend(part.children())
        return found

    def _found(self, fragment: str) -> Subschema | None:
        value: Any = self.schema
        for step in steps(fragment):
            value = _step(value, step)
        pointer = joined("", *steps(fragment))
        if not isinstance(value, dict | bool) or (fragment and not fragment.startswith("/")):
            return None
        return self.parts.get(pointer) or Subschema(value, pointer)


def _step(value: Any, step: str) -> Any:
    if isinstance(value, dict):
        return value.get(step)
    if isinstance(value, list) and step.isdecimal() and int(step) < len(value):
        return value[int(step)]
    return None


def _check(part: Subschema) -> None:
    """Unmet where it is no JSON Schema."""
    import jsonschema_rs  # slow to import: only where something is made up

    try:
        jsonschema_rs.meta.validate(part.schema)  # type: ignore[arg-type]  # it takes any mapping
    except jsonschema_rs.ValidationError as error:
        raise Unmet(joined(part.pointer, *error.instance_path), f"is invalid: {error.message[:200]}") from None
