"""Formulas: what a rule matches, as logic that can be compared with that of other rules.

A formula says exactly what its rule does. `not` stands in front of single atoms only.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import field
from functools import lru_cache
from typing import Any

from mockgw.lint.logic.spans import NOTHING, Span, between, compared, union
from mockgw.scenario.conditions import ClockCondition, Condition
from mockgw.scenario.context import MAIN, SIDE, SUB, collapse
from mockgw.scenario.model import Rule
from mockgw.scenario.nodes import Node, Sequence
from mockgw.scenario.operators import TESTS, number_of
from mockgw.scenario.parts import PartCondition
from mockgw.scenario.patterns import AnyPattern, Combination
from mockgw.scenario.readers import ANY_ITEM
from mockgw.values import light

# Keys that always have exactly one of a few values; their formulas are about its place in this list.
CHOICES: dict[str, tuple[Any, ...]] = {
    "agent": (MAIN, SUB, SIDE),
    "stream": (False, True),
    "structured": (False, True),
    "tool_result.is_error": (False, True),
    "attachment.type": ("document", "image"),
}
FROM_0, FROM_1 = compared("gte", 0, whole=True), compared("gte", 1, whole=True)
# Keys that always have exactly one whole number. A side call may come before the first request that counts.
COUNTS = {**dict.fromkeys(("step", "turn", "nth_prompt", "nth_request"), FROM_0), "attempt": FROM_1}
# Keys that may have several values, of which one must fit; so may paths of the body through any item of a list.
SEVERAL = ("tools", "beta", "reminders", "model", "tool_result", "attachment")
ALWAYS_THERE = ("session", "key", "model")
COMPARISONS = ("gt", "gte", "lt", "lte")
# A regular expression that is only a text.
PLAIN = re.compile(r"[\w ,;:'\"!%&=<>@~`/-]+")


@light
class Ranged:
    """The number that a key has is in the span."""

    key: str
    span: Span
    domain: Span


@light
class Atom:
    """One of the values that a key has fits the operator. `written` is its operand as it stands in the file."""

    key: str
    operator: str
    operand: Any = True
    written: Any = field(default=None, compare=False)


@light
class Denied:
    """No value that the key has fits."""

    atom: Atom


@light
class Every:
    """All of the parts hold."""

    parts: "tuple[Formula, ...]" = ()


@light
class Either:
    """One of the parts holds."""

    parts: "tuple[Formula, ...]" = ()


Literal = Ranged | Atom | Denied
Formula = Literal | Every | Either
ALWAYS, NEVER = Every(), Either()


def has_several(key: str) -> bool:
    """Whether a key may have several values."""
    return key in SEVERAL or (key.startswith("body.") and ANY_ITEM in key.split("."))


def every(formulas: Iterable[Formula]) -> Formula:
    """All of them; spans of one key become one."""
    parts = tuple(_flat(formulas, Every))
    return parts[0] if len(parts) == 1 and isinstance(parts[0], Atom | Denied) else _every(parts)


def _every(formulas: Iterable[Formula]) -> Formula:
    ranges: dict[str, Ranged] = {}
    others: dict[Formula, None] = {}
    for part in formulas:
        if part == NEVER:
            return NEVER
        if isinstance(part, Ranged):
            known = ranges.get(part.key, part)
            ranges[part.key] = Ranged(part.key, known.span & part.span, part.domain)
        else:
            others[part] = None
    bound = [part for part in ranges.values() if not part.domain.within(part.span)]
    if not all(part.span for part in bound):
        return NEVER
    parts = (*bound, *others)
    return parts[0] if len(parts) == 1 else Every(parts)


def either(formulas: Iterable[Formula]) -> Formula:
    """One of them: not all of them denied."""
    parts = tuple(_flat(formulas, Either))
    return parts[0] if len(parts) == 1 else denied(every(map(denied, parts)))


def none(formulas: Iterable[Formula]) -> Formula:
    return every(map(denied, formulas))


def denied(formula: Formula) -> Formula:
    match formula:
        case Ranged(key, span, domain):
            return Ranged(key, domain - span, domain)
        case Atom():
            return Denied(formula)
        case Denied(atom):
            return atom
        case Every(parts):
            return Either(tuple(map(denied, parts)))
    return every(map(denied, formula.parts))


def _flat(formulas: Iterable[Formula], kind: type[Every] | type[Either]) -> Iterator[Formula]:
    for formula in formulas:
        if isinstance(formula, kind):
            yield from formula.parts
        else:
            yield formula


def of_match(rule: Rule) -> Formula:
    """What a rule matches: side calls only if it was written with them in mind."""
    matched = of_patterns(rule.patterns)
    return matched if rule.for_side_calls else every([NO_SIDE_CALL, matched])


def of_answer(rule: Rule, matched: Formula) -> Formula:
    """What a rule surely answers of what it matches, whatever was asked before: less where a list may end."""
    if rule.times is not None:
        return NEVER
    answered = _answered(rule.node)
    return matched if answered == ALWAYS else every([matched, answered])


def _answered(node: Node) -> Formula:
    if not isinstance(node, Sequence):
        return ALWAYS
    answered = every(_answered(entry.node) for entry in node.entries)
    if node.kind == "choose" or node.then != "next_rule":
        return answered
    match node.kind:
        case "steps":
            return every([answered, Ranged("step", between(0, node.length), FROM_0)])
        case "attempts":
            return every([answered, Ranged("attempt", between(1, node.length + 1), FROM_1)])
    return NEVER


def of_patterns(patterns: Iterable[AnyPattern]) -> Formula:
    return every(map(_of_pattern, patterns))


def _of_pattern(pattern: AnyPattern) -> Formula:
    if isinstance(pattern, Combination):
        parts = [of_patterns(patterns) for patterns in pattern.alternatives]
        return {"all": every, "any": either, "none": none}[pattern.key](parts)
    match pattern.condition:
        case PartCondition() as condition:
            return _of_part(pattern.key, condition)
        case ClockCondition() as condition:
            return _of_clock(condition)
    key = pattern.key.lower() if pattern.key.startswith("header.") else pattern.key
    return _of_condition(key, pattern.condition)


def _of_operators(
    condition: Condition[Any],
    test: Callable[[str, Any], Formula],
    inner: Callable[[Any], Formula],
    leaving: Iterable[str] = (),
) -> Formula:
    """All operators of a condition hold; `test` is one with one operand, `inner` a condition within."""

    def operator(name: str) -> Formula:
        operand = getattr(condition, name)
        match name:
            case "present":
                return test(name, True) if operand else denied(test(name, True))
            case "not_":
                return denied(inner(operand))
            case "all_":
                return every(map(inner, operand))
            case "any_":
                return either(map(inner, operand))
            case "none_":
                return none(map(inner, operand))
        return either(test("equals" if name == "in_" else name, wanted) for wanted in operand)

    return every(operator(name) for name in sorted(condition.model_fields_set.difference(leaving)))


def _of_condition(key: str, condition: Condition[Any]) -> Formula:
    return _of_operators(
        condition, lambda name, wanted: _of_test(key, name, wanted), lambda inner: _of_condition(key, inner)
    )


def _of_test(key: str, name: str, wanted: Any) -> Formula:
    if key in CHOICES:
        return chosen(key, *(value for value in CHOICES[key] if name == "present" or TESTS[name](value, wanted)))
    if key in COUNTS:
        return Ranged(key, _numbers(name, wanted, COUNTS[key], whole=True), COUNTS[key])
    if name == "present":
        return ALWAYS if key in ALWAYS_THERE else Atom(key, "present")
    return _of_text(key, name, wanted)


@lru_cache(maxsize=256)
def chosen(key: str, *values: Any) -> Ranged:
    """The key has one of these values."""
    places = (compared("equals", CHOICES[key].index(value), whole=True) for value in values)
    return Ranged(key, union(places), between(0, len(CHOICES[key])))


SIDE_CALL = chosen("agent", SIDE)
NO_SIDE_CALL = chosen("agent", MAIN, SUB)


def _numbers(name: str, wanted: Any, domain: Span, *, whole: bool) -> Span:
    """The numbers that fit; a test of text fits none."""
    if name == "present":
        return domain
    return compared(name, wanted, whole=whole) & domain if name in ("equals", *COMPARISONS) else NOTHING


def _of_text(key: str, name: str, wanted: Any) -> Formula:
    """A test of a value that may be a text or anything else."""
    match name:
        case "equals":
            return Atom(key, name, _comparable(wanted), wanted)
        case "gt" | "gte" | "lt" | "lte":
            number = number_of(wanted)
            span = NOTHING if number is None else compared(name, number, whole=False)
            return Atom(key, "number", (isinstance(wanted, str), span), wanted) if span else NEVER
        case "matches" if not PLAIN.fullmatch(wanted) or collapse(wanted) != wanted:
            return Atom(key, name, wanted, wanted)
    return Atom(key, "contains" if name == "matches" else name, collapse(wanted), wanted)


def _comparable(value: Any) -> Any:
    """What is equal and has one hash for values that conditions take as equal."""
    if isinstance(value, str):
        return collapse(value)
    if isinstance(value, bool | list | dict):
        return ("json", json.dumps(value, sort_keys=True))
    return value


def _of_part(key: str, condition: PartCondition) -> Formula:
    """One part must fit all of it."""
    fits = Atom(key, "some", _of_one(key, condition))
    return Denied(fits) if condition.present is False else fits


def _of_one(key: str, condition: PartCondition) -> Formula:
    said = {name: getattr(condition, name) for name in condition.aspects()}
    own = [_of_condition(f"{key}.{name}", aspect) for name, aspect in condition.conditions()]
    own.extend(chosen(f"{key}.{name}", wanted) for name, wanted in said.items() if isinstance(wanted, bool))

    def inner(within: PartCondition) -> Formula:
        return denied(_of_one(key, within)) if within.present is False else _of_one(key, within)

    def test(name: str, wanted: Any) -> Formula:
        return _of_text(f"{key}.text", name, wanted)

    return every([*own, _of_operators(condition, test, inner, (*condition.aspects(), "present"))])


def _of_clock(condition: ClockCondition, key: str = "clock", domain: Span = FROM_0) -> Formula:
    if condition.every:
        key, domain = f"{key} % {condition.every:g}", FROM_0 & compared("lt", condition.every, whole=False)
    return _of_operators(
        condition,
        lambda name, wanted: Ranged(key, _numbers(name, wanted, domain, whole=False), domain),
        lambda inner: _of_clock(inner, key, domain),
        ("every",),
    )
