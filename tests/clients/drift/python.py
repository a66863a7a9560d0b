"""The parts of the API that the Python SDK has types for, as a program: JSON out.

It runs in the environment of any version of the SDK, and needs nothing else; so it reads what to look at: JSON in, for
each area the names of its types and the ways on which to go no further.
"""

import importlib
import json
import sys
import types
from collections.abc import Iterator
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

LISTS = ("Iterable", "Sequence", "SequenceNotStr", "List", "list")


def parts(type: Any, way: str, leaves: frozenset[str], above: tuple[Any, ...] = ()) -> Iterator[str]:
    """The way to everything in a type."""
    if way in leaves or type in above:
        return
    origin, inner = get_origin(type), get_args(type)
    if origin is Literal:
        yield from (f"{way}={value}" for value in inner)
    elif origin in (Union, types.UnionType):
        for one in inner:
            yield from parts(one, way, leaves, above)
    elif getattr(origin, "__name__", "") in LISTS:
        yield f"{way}[]"
        yield from parts(inner[0], f"{way}[]", leaves, above)
    elif hasattr(type, "__value__"):
        yield from parts(type.__value__, way, leaves, above)  # a type with a name of its own
    elif origin and getattr(origin, "__name__", "") in ("Annotated", "Required", "NotRequired"):
        yield from parts(inner[0], way, leaves, above)
    elif hasattr(type, "__metadata__"):
        yield from parts(type.__origin__, way, leaves, above)
    elif hasattr(type, "__required_keys__") or hasattr(type, "model_fields"):
        yield from _of_object(type, way, leaves, (*above, type))


def _of_object(type: Any, way: str, leaves: frozenset[str], above: tuple[Any, ...]) -> Iterator[str]:
    hints = {name: hint for name, hint in _fields(type).items() if name != "type"}
    for tag in _tags(_fields(type).get("type")) or [""]:
        here = f"{way}<{tag}>" if tag else way
        if tag:
            yield here
        for name, hint in hints.items():
            yield f"{here}.{name}"
            yield from parts(hint, f"{here}.{name}", leaves, above)


@cache
def _fields(type: Any) -> dict[str, Any]:
    if hasattr(type, "__required_keys__"):  # a TypedDict
        return get_type_hints(type, include_extras=True)
    return {field.alias or name: field.annotation for name, field in type.model_fields.items()}


def _tags(hint: Any) -> list[str]:
    """The values that the field `type` may have."""
    return [part[1:] for part in parts(hint, "", frozenset())] if hint is not None else []


def found(name: str) -> Any:
    """A type by its name in `anthropic.types`; None in a version that does not have it."""
    module, _, type = f"anthropic.types.{name}".rpartition(".")
    try:
        return getattr(importlib.import_module(module), type, None)
    except ImportError:
        return None


def main() -> None:
    import anthropic

    areas = json.load(sys.stdin)
    told = {
        area: sorted({part for name in names for part in parts(found(name), "", frozenset(leaves))})
        for area, (names, leaves) in areas.items()
    }
    json.dump({"version": anthropic.__version__, "parts": told}, sys.stdout)


if __name__ == "__main__":
    main()
