"""Subschemas: the parts of a JSON Schema, each with its place, and why one cannot be met."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from mockgw.wording import shortened

Schema = Mapping[str, Any] | bool

# The name of the whole schema in references that are made here.
ROOT = "mockgw:schema"
LONGEST = 200  # of a pointer that is shown

SINGLE = (
    "not", "if", "then", "else", "items", "contains", "additionalProperties", "propertyNames",
    "unevaluatedItems", "unevaluatedProperties",
)  # fmt: skip
LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
MAPS = ("properties", "patternProperties", "dependentSchemas", "$defs", "definitions")


@dataclass(frozen=True, slots=True, eq=False)
class Subschema:
    """A part of a schema. What is `made` here stands in no document; its pointer is that of what it was made for."""

    schema: Schema
    pointer: str = ""
    made: bool = False

    def get(self, keyword: str, default: Any = None) -> Any:
        return default if isinstance(self.schema, bool) else self.schema.get(keyword, default)

    def has(self, keyword: str) -> bool:
        return not isinstance(self.schema, bool) and keyword in self.schema

    def below(self, *steps: str | int) -> "Subschema":
        """What stands there, keyword by keyword."""
        found: Any = self.schema
        for step in steps:
            found = found[step]
        return Subschema(found, self.pointer if self.made else joined(self.pointer, *steps), self.made)

    def each(self, keyword: str) -> list["Subschema"]:
        """The subschemas of a list."""
        return [self.below(keyword, index) for index in range(len(self.get(keyword, ())))]

    def named(self, keyword: str) -> dict[str, "Subschema"]:
        """The subschemas of a mapping."""
        return {name: self.below(keyword, name) for name in self.get(keyword, ())}

    def single(self, *keywords: str) -> list["Subschema"]:
        """The subschemas that stand under these keywords themselves."""
        return [self.below(keyword) for keyword in keywords if self.has(keyword)]

    def children(self) -> Iterator["Subschema"]:
        """All the subschemas that stand right below."""
        yield from self.single(*SINGLE)
        for keyword in LISTS:
            yield from self.each(keyword)
        for keyword in MAPS:
            yield from self.named(keyword).values()

    @property
    def whole(self) -> Schema:
        """A schema that means this one wherever it stands."""
        return self.schema if self.made else {"$ref": f"{ROOT}#{quote(self.pointer)}"}

    def instead(self, schema: Schema) -> "Subschema":
        """A schema made for this place."""
        return Subschema(schema, self.pointer, made=True)


Needs = tuple[Subschema, ...]


class Refusal(Exception):
    """Why nothing is made, and the place in the schema."""

    def __init__(self, pointer: str, reason: str) -> None:
        super().__init__(pointer, reason)
        self.pointer = pointer
        self.reason = reason

    def __str__(self) -> str:
        return f"{shortened(self.pointer, LONGEST) or 'its top'} {self.reason}"


class Unmet(Refusal):
    """No value fits here; another branch may do better."""


class Exhausted(Refusal):
    """Too much was needed: no other branch is tried."""


def joined(pointer: str, *steps: str | int) -> str:
    """A JSON pointer with these steps at its end."""
    return pointer + "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def steps(fragment: str) -> list[str]:
    """The steps of a pointer as it stands in a reference."""
    return [step.replace("~1", "/").replace("~0", "~") for step in unquote(fragment).split("/")[1:]]
