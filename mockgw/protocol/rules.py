"""The vocabulary of request checks: small rules that compose, and say what is wrong in the API's words."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from mockgw.protocol.wordings import said
from mockgw.values import light

# A rule takes a parsed JSON value and raises Mismatch, or returns. Rules are closures over plain types, and compare
# types with `is`: checking a body must not cost more than parsing it, and JSON knows no subclasses.
Rule = Callable[[Any], None]

# Of rules that let all values of a type pass: the type, and what checks the others. Most of a body needs no call then.
PASSING: dict[Rule, tuple[type, Rule]] = {}

# Of rules that are made of others: the steps to these, as `.name` of a field, `<tag>` of a member, `[]` of a list's
# items or `=value` of one that is allowed. Nothing here asks for it: `make drift` compares it with the SDKs' types.
PARTS: dict[Rule, Mapping[str, Rule]] = {}

FIELD_REQUIRED = said("required")
NOT_AN_OBJECT = said("object")
OPAQUE = said("shape")


class Mismatch(Exception):
    """What is wrong with a value, and where: the path is put together while the error travels outwards."""

    def __init__(self, text: str, *path: str) -> None:
        super().__init__(text)
        self.text = text
        self.path = list(path)
        self.param = list(path)

    def under(self, step: str | int) -> "Mismatch":
        self.path.insert(0, str(step))
        self.param.insert(0, str(step))
        return self

    def tagged(self, tag: str) -> "Mismatch":
        """Names the chosen member of a union: part of the API's path, but not of the parameter's."""
        self.path.insert(0, tag)
        return self

    def __str__(self) -> str:
        return ": ".join(part for part in (".".join(self.path), self.text) if part)


class Refusal(Mismatch):
    """What is wrong in a sentence of its own, which names the place itself: the code of a wording, and its values.

    `at` is the path of the parameter at fault.
    """

    def __init__(self, code: str, *at: str | int, **values: Any) -> None:
        super().__init__(said(code, **values), *map(str, at))
        self.code = code

    def __str__(self) -> str:
        return self.text


@light
class Optional:
    """A field that may be missing."""

    rule: Rule


Fields = Mapping[str, Rule | Optional]


def passing(kind: type, others: Rule) -> Rule:
    """A rule that lets all of a type pass; `others` checks the rest."""

    def check(value: Any) -> None:
        if type(value) is not kind:
            others(value)

    PASSING[check] = kind, others
    return check


def passing_of(field: Rule | Optional) -> tuple[type | None, Rule]:
    """The type of values that pass a field, if there is one, and the rule for all others."""
    rule = field.rule if isinstance(field, Optional) else field
    return PASSING.get(rule, (None, rule))


def anything(value: Any) -> None:
    """Lets every value pass."""


def _no_boolean(value: Any) -> None:
    raise Mismatch(said("boolean"))


boolean = passing(bool, _no_boolean)


def string(*, least: int = 0, most: int | None = None, pattern: str = "") -> Rule:
    matches = re.compile(pattern).fullmatch if pattern else None

    def check(value: Any) -> None:
        if type(value) is not str:
            raise Mismatch(said("string"))
        if len(value) < least:
            raise Mismatch(said("short", least=_characters(least)))
        if most is not None and len(value) > most:
            raise Mismatch(said("long", most=_characters(most)))
        if matches and not matches(value):
            raise Mismatch(said("pattern", pattern=pattern))

    return check if least or most is not None or matches else passing(str, check)


def integer(*, least: int, refusal: str = "least_field") -> Rule:
    """A whole number; the API refuses 1.0, and a number beyond 64 bits has become a float by now.

    `refusal` is the code of the wording for one that is too small.
    """

    def check(value: Any) -> None:
        if type(value) is not int:
            raise Mismatch(said("integer"))
        if value < least:
            raise Mismatch(said(refusal, least=least))

    return check


def number(*, least: int, most: int) -> Rule:
    def check(value: Any) -> None:
        if type(value) is not int and type(value) is not float:
            raise Mismatch(said("number"))
        if not least <= value <= most:
            raise Mismatch(said("range", least=least, most=most))

    return check


def literal(*values: str) -> Rule:
    """One of a closed list of strings."""
    refusal = said("enum", values=_listed(values))

    def check(value: Any) -> None:
        if value not in values:
            raise Mismatch(refusal)

    PARTS[check] = {f"={value}": anything for value in values}
    return check


def nullable(rule: Rule) -> Rule:
    return passing(type(None), rule)


def array(of: Rule, *, most: int | None = None) -> Rule:
    def check(value: Any) -> None:
        if type(value) is not list:
            raise Mismatch(said("array"))
        if most is not None and len(value) > most:
            raise Mismatch(said("too_many", most=most, found=len(value)))
        item = None
        try:
            for item in value:
                of(item)
        except Mismatch as mismatch:
            index = next(index for index, other in enumerate(value) if other is item)
            raise mismatch.under(index) from None

    PARTS[check] = {"[]": of}
    return check


def text_or(rule: Rule) -> Rule:
    """A string, or what the rule says; errors are the rule's, as the API's are."""
    return passing(str, rule)


def record(fields: Fields, *, refusal: str = NOT_AN_OBJECT, closed: bool = False) -> Rule:
    """An object whose fields are checked in the order of the table, and if it is closed, that there are no others."""
    table = tuple((name, *passing_of(field), not isinstance(field, Optional)) for name, field in fields.items())

    def check(value: Any) -> None:
        if type(value) is not dict:
            raise Mismatch(refusal)
        name = ""
        try:
            for name, passed, rule, needed in table:
                if name in value:
                    if type(value[name]) is not passed:
                        rule(value[name])
                elif needed:
                    raise Mismatch(FIELD_REQUIRED)
        except Mismatch as mismatch:
            raise mismatch.under(name) from None
        if closed:
            _refuse_others(value, fields)

    if not table and not closed:
        return passing(dict, check)
    PARTS[check] = {f".{name}": passing_of(field)[1] for name, field in fields.items()}
    return check


def _refuse_others(value: dict[str, Any], fields: Fields) -> None:
    """That an object has keys which its table does not name, at the first of them."""
    for name in value:
        if name not in fields:
            raise Mismatch(said("extra")).under(shown(name))


def union(members: Mapping[str, Rule], *, unknown: Rule | None = None, untyped: str | None = None) -> Rule:
    """An object whose `type` names the rule to check it with.

    `unknown` checks what has a type of its own, which is refused otherwise; `untyped` is the type of what has none.
    """

    def check(value: Any) -> None:
        if type(value) is not dict:
            raise Mismatch(NOT_AN_OBJECT)
        tag = value.get("type", untyped)
        if tag is None and untyped:
            tag = untyped
        rule = members.get(tag) if type(tag) is str else None
        if rule is None:
            other(value)
            return
        try:
            rule(value)
        except Mismatch as mismatch:
            raise mismatch.tagged(str(tag)) from None

    def other(value: dict[str, Any]) -> None:
        if "type" not in value:
            raise Mismatch(FIELD_REQUIRED, "type")
        if type(value["type"]) is not str:
            raise Mismatch(said("string"), "type")
        if unknown is None:
            raise Mismatch(said("tag", found=shown(value["type"]), tags=", ".join(map(repr, members))))
        unknown(value)

    PARTS[check] = {f"<{tag}>": member for tag, member in members.items()}
    return check


def shown(text: str, *, most: int = 64) -> str:
    """A client's own words inside a message: printable, on one line, never long."""
    text = text if len(text) <= most else text[: most - 1] + "…"
    return repr(text)[1:-1]


def _characters(count: int) -> str:
    return f"{count} character" if count == 1 else f"{count} characters"


def _listed(values: tuple[str, ...]) -> str:
    *others, last = map(repr, values)
    return f"{', '.join(others)} or {last}" if others else last
