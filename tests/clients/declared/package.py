"""Package: the types of all files of a TypeScript package, found by the names that stand for them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tests.clients.declared import reader
from tests.clients.declared.types import Both, Class, Either, Field, Method, Module, Shape, Type, Word


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a name is looked up: a file, and the namespace there."""

    path: Path
    inside: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """A type, and where the names in it are looked up."""

    type: Type
    scope: Scope


@cache
def module(path: Path) -> Module:
    """What a file declares; nothing if it is not there."""
    return reader.read(path) if path.is_file() else Module(path)


def find(name: str, scope: Scope) -> Known | None:
    """The type that a name stands for."""
    for source, full in _places(name, scope):
        if full in module(source).types:
            return Known(module(source).types[full], Scope(source, full.rpartition(".")[0]))
    return None


def find_class(name: str, scope: Scope) -> tuple[Class, Scope] | None:
    """The class that a name stands for."""
    for source, full in _places(name, scope):
        if full in module(source).classes:
            return module(source).classes[full], Scope(source)
    return None


def _places(name: str, scope: Scope) -> Iterator[tuple[Path, str]]:
    """Every file that may declare a name, and what it is called there."""
    inside = scope.inside
    while inside:
        yield scope.path, f"{inside}.{name}"
        inside = inside.rpartition(".")[0]
    yield scope.path, name
    here = module(scope.path)
    first, _, rest = name.partition(".")
    if first in here.imports:
        path, original = here.imports[first]
        yield from _places(".".join(part for part in (original, rest) if part), Scope(path))
    for path in here.passed_on:
        yield from _places(name, Scope(path))


@dataclass(frozen=True, slots=True)
class Fields:
    """All fields of an object, its bases' among them, each with where its names are looked up."""

    named: dict[str, tuple[Field, Scope]] = field(default_factory=dict)
    others: list[Known] = field(default_factory=list)


def fields(known: Known) -> Fields | None:
    """The fields of a type, if it is an object."""
    match known.type:
        case Shape() as shape:
            return _of_shape(shape, known.scope)
        case Both(parts):
            return _together([fields(Known(part, known.scope)) for part in parts])
        case Word(name) if found := find(name, known.scope):
            return fields(found)
    return None


def _of_shape(shape: Shape, scope: Scope) -> Fields:
    own = Fields(
        {name: (one, scope) for name, one in shape.fields.items()},
        [Known(shape.others, scope)] if shape.others else [],
    )
    return _together([*(fields(Known(base, scope)) for base in shape.bases), own]) or own


def _together(parts: list[Fields | None]) -> Fields | None:
    there = [part for part in parts if part]
    if not there:
        return None
    named = {name: one for part in there for name, one in part.named.items()}
    return Fields(named, [other for part in there for other in part.others])


def options(known: Known) -> Iterator[Known]:
    """Each type that a value may have, aliases and unions resolved; null and undefined among them."""
    match known.type:
        case Either(parts):
            for part in parts:
                yield from options(Known(part, known.scope))
        case Word(name) if found := find(name, known.scope):
            yield from options(found)
        case _:
            yield known


def methods(client: Path, path: str) -> tuple[list[Method], Scope]:
    """All ways to call a method: `methods(…/client.d.ts, "messages.batches.create")`."""
    *resources, name = path.split(".")
    found = find_class("Anthropic", Scope(client))
    for resource in resources:
        assert found, f"no declaration of {path}"
        word = found[0].fields[resource]
        assert isinstance(word, Word)
        found = find_class(word.name, found[1])
    assert found, f"no declaration of {path}"
    return found[0].methods.get(name, []), found[1]
