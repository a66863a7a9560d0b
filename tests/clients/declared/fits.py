"""Fits: whether a value is what a package declares."""

from collections.abc import Iterator
from typing import Any

from tests.clients.declared import package
from tests.clients.declared.package import Known, Scope
from tests.clients.declared.types import Both, Field, Shape, Value, Word

KINDS: dict[str, type | tuple[type, ...]] = {"string": str, "number": (int, float), "boolean": bool}
AROUND = ("APIPromise", "Promise")
SEVERAL = ("Array", "ReadonlyArray", "Stream", "JSONLDecoder")


def misfits(value: Any, known: Known, at: str = "") -> list[str]:
    """What a value has that its type does not allow, or lacks: as far as the type that comes nearest."""
    tried = [list(_misfits(value, one, at)) for one in _nearest(value, list(package.options(known)))]
    return min(tried, key=len) if tried else [f"{at}: no type of this kind: {value!r:.60}"]


def _nearest(value: Any, options: list[Known]) -> list[Known]:
    """Of objects that name their type, those of this type."""
    if not isinstance(value, dict) or "type" not in value:
        return options
    same = [one for one in options if _names(one, value["type"])]
    return same or options


def _names(known: Known, kind: Any) -> bool:
    found = package.fields(known)
    return bool(found and "type" in found.named and not misfits(kind, _field(found.named["type"])))


def _field(found: tuple[Field, Scope]) -> Known:
    return Known(found[0].type, found[1])


def _misfits(value: Any, known: Known, at: str) -> Iterator[str]:
    match known.type:
        case Value(wanted):
            if value != wanted:
                yield f"{at}: {value!r:.60} is not {wanted!r}"
        case Word("null" | "undefined"):
            if value is not None:
                yield f"{at}: {value!r:.60} is not null"
        case Word(name) if name in KINDS:
            if not isinstance(value, KINDS[name]) or (name == "number" and isinstance(value, bool)):
                yield f"{at}: {value!r:.60} is no {name}"
        case Word(name, (inner,)) if name in AROUND:
            yield from misfits(value, Known(inner, known.scope), at)
        case Word("PagePromise", (_, item)):
            yield from _each(value, Known(item, known.scope), at)
        case Word(name, (item,)) if name in SEVERAL:
            yield from _each(value, Known(item, known.scope), at)
        case Both(parts) if Word("string") in parts:
            yield from _misfits(value, Known(Word("string"), known.scope), at)
        case Shape() | Both():
            yield from _of_object(value, known, at)


def _each(value: Any, item: Known, at: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{at}: {value!r:.60} is no list"
        return
    for index, one in enumerate(value):
        yield from misfits(one, item, f"{at}[{index}]")


def _of_object(value: Any, known: Known, at: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{at}: {value!r:.60} is no object"
        return
    found = package.fields(known)
    for name, one in found.named.items() if found else ():
        if name in value:
            yield from misfits(value[name], _field(one), f"{at}.{name}")
        elif one[0].required and not _may_be_null(_field(one)):
            yield f"{at}.{name}: missing"


def _may_be_null(known: Known) -> bool:
    """Of a field that may be null the API often says nothing."""
    return any(one.type in (Word("null"), Word("undefined"), Word("unknown")) for one in package.options(known))
