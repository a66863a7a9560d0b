"""The parts of the API that the TypeScript SDK declares types for."""

from collections.abc import Iterator
from pathlib import Path

from tests.clients.declared import package
from tests.clients.declared.package import Known, Scope
from tests.clients.declared.types import Both, Shape, Value, Word
from tests.clients.drift.parts import AREAS


def told(folder: Path) -> dict[str, set[str]]:
    """The parts of each area, by the package in a folder."""
    return {
        area: {
            part
            for file, name in known.typescript
            for part in parts(Known(Word(name), Scope((folder / file).resolve())), "", frozenset(known.leaves))
        }
        for area, known in AREAS.items()
    }


def parts(known: Known, way: str, leaves: frozenset[str], above: tuple[Known, ...] = ()) -> Iterator[str]:
    """The way to everything in a type."""
    if way in leaves:
        return
    for one in package.options(known):
        match one.type:
            case Value(value):
                yield f"{way}={value}"
            case Word("Array" | "ReadonlyArray", (item,)):
                yield f"{way}[]"
                yield from parts(Known(item, one.scope), f"{way}[]", leaves, above)
            case Shape() | Both() if one not in above:
                yield from _of_object(one, way, leaves, (*above, one))


def _of_object(known: Known, way: str, leaves: frozenset[str], above: tuple[Known, ...]) -> Iterator[str]:
    found = package.fields(known)
    named = dict(found.named) if found else {}
    kind = named.pop("type", None)
    tags = [part[1:] for part in parts(Known(kind[0].type, kind[1]), "", leaves)] if kind else []
    for tag in tags or [""]:
        here = f"{way}<{tag}>" if tag else way
        if tag:
            yield here
        for name, (field, scope) in named.items():
            yield f"{here}.{name}"
            yield from parts(Known(field.type, scope), f"{here}.{name}", leaves, above)
