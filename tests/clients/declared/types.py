"""Types: what a TypeScript package declares, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Word:
    """A name, with what stands in its angle brackets."""

    name: str
    arguments: "tuple[Type, ...]" = ()


@dataclass(frozen=True, slots=True)
class Value:
    """One value: a text, a number, true or false."""

    value: str | float | bool


@dataclass(frozen=True, slots=True)
class Either:
    """One of several types."""

    options: "tuple[Type, ...]"


@dataclass(frozen=True, slots=True)
class Both:
    """All of several types at once."""

    parts: "tuple[Type, ...]"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an object."""

    type: "Type"
    required: bool


@dataclass(frozen=True, slots=True)
class Shape:
    """An object; `others` is the type of fields that have no name."""

    fields: Mapping[str, Field]
    bases: tuple[Word, ...] = ()
    others: "Type | None" = None


Type = Word | Value | Either | Both | Shape
UNKNOWN = Word("unknown")


@dataclass(frozen=True, slots=True)
class Method:
    """One way to call a method: its parameters by name, and what comes back."""

    parameters: Mapping[str, Field]
    returned: Type


@dataclass(frozen=True, slots=True)
class Class:
    """A class: the fields that have a name, and all ways to call each method."""

    fields: Mapping[str, Type]
    methods: Mapping[str, list[Method]]


@dataclass(slots=True)
class Module:
    """One file; an import is the file and the name there, which is empty for the file as a whole."""

    path: Path
    types: dict[str, Type] = field(default_factory=dict)
    classes: dict[str, Class] = field(default_factory=dict)
    imports: dict[str, tuple[Path, str]] = field(default_factory=dict)
    passed_on: list[Path] = field(default_factory=list)
