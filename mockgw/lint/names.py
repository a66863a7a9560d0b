"""Names: what templates take from a request that it cannot have."""

import re
from collections.abc import Iterator
from datetime import datetime
from random import Random
from typing import Any

from jinja2 import Environment, TemplateSyntaxError, nodes

from mockgw.engine import generate, jinja, template
from mockgw.errors import Problem
from mockgw.notation import TEMPLATE_SIGNS
from mockgw.scenario.conditions import Condition
from mockgw.scenario.model import Scenario
from mockgw.scenario.parts import PartCondition
from mockgw.scenario.patterns import AnyPattern, Combination
from mockgw.suggest import did_you_mean

# What the other names in a template are; `request` and `fake` are open.
KINDS: dict[str, type] = {
    **dict.fromkeys(("prompt", "model", "session", "tool_result", "cwd"), str),
    **dict.fromkeys(("step", "turn", "attempt"), int),
    "now": datetime,
}
WORDS = {str: "a text", int: "a number", datetime: "a date and time"}
# What people take from `request`, which no request has at its top.
NOT_IN_BODY = frozenset({"body", "header", "headers", "json", "method", "params", "path", "query", "url"})
MANY = 8  # names that a message lists

_PARSER = Environment()
# A template that asks whether something is there need not find it.
_ASKS = re.compile(r"\bis\s+(not\s+)?(un)?defined\b|\|\s*(default|d)\b")


def unknown(scenario: Scenario) -> Iterator[Problem]:
    """Groups, and parts of the other names, that no request can have."""
    groups = {rule.path: sorted(_groups(rule.patterns)) for rule in scenario.rules}
    for path, text in template.texts(scenario.document):
        of_rule = groups.get(path[:2], groups.get(()))
        if of_rule is not None:
            for message, code in dict.fromkeys(_troubles(text, of_rule)):
                yield scenario.document.problem(message, path, code)
    yield from doubtful(scenario)


def _troubles(text: str, groups: list[str]) -> Iterator[tuple[str, str]]:
    """Messages and their codes."""
    if _is_left_alone(text):
        return
    for name, part in _uses(text):
        if name == "groups" and part not in groups and not (isinstance(part, str) and hasattr(dict, part)):
            yield _unknown_group(part, groups), "unknown-group"
        elif name in KINDS and isinstance(part, str) and not hasattr(KINDS[name], part):
            kind = KINDS[name]
            hint = did_you_mean(part, _public(kind))
            yield f"{name!r} is {WORDS[kind]} and has no {part!r}{hint}", "bad-template"
        elif name == "fake" and isinstance(part, str) and not hasattr(fake := generate.seeded(Random(0)), part):
            hint = did_you_mean(part, _public(fake)) or "; Faker's documentation lists what there is"
            yield f"Faker has no {part!r}{hint}", "bad-template"


def doubtful(scenario: Scenario) -> Iterator[Problem]:
    """Parts of `request` that hardly any request has: any key may stand in one."""
    for path, text in template.texts(scenario.document):
        if not _is_left_alone(text):
            for part in dict.fromkeys(part for name, part in _uses(text) if name == "request" and part in NOT_IN_BODY):
                told = f"'request' is the body itself and has no {part!r}; write request.messages, request.system …"
                yield scenario.document.warning(told, path, "doubtful-answer")


def _is_left_alone(text: str) -> bool:
    return _ASKS.search(text) is not None or sum(map(text.count, TEMPLATE_SIGNS)) > jinja.MOST_SIGNS


def _uses(text: str) -> Iterator[tuple[str, Any]]:
    """The names in a template of which something is taken, and what: `a.b` and `a['b']`."""
    try:
        tree = _PARSER.parse(text)
    except (TemplateSyntaxError, RecursionError):  # problems of their own
        return
    own = {node.name for node in tree.find_all(nodes.Name) if node.ctx != "load"}
    for node in tree.find_all((nodes.Getattr, nodes.Getitem)):
        match node:
            case nodes.Getattr(node=nodes.Name(name=name), attr=part) if name not in own:
                yield name, part
            case nodes.Getitem(node=nodes.Name(name="groups"), arg=nodes.Const(value=part)) if "groups" not in own:
                yield "groups", part


def _unknown_group(part: Any, groups: list[str]) -> str:
    if not groups:
        return f"there is no group {part!r}: the rule's match has no regular expression with a (?P<name>…) in it"
    if isinstance(part, int):
        return f"groups are taken by name, not by number; there are {', '.join(groups)}"
    hint = did_you_mean(part, groups) or f"; there are {', '.join(groups[:MANY])}"
    return f"no regular expression of this rule has a group {part!r}{hint}"


def _groups(patterns: tuple[AnyPattern, ...]) -> Iterator[str]:
    """The names of all groups that a rule's match can find."""
    for pattern in patterns:
        if not isinstance(pattern, Combination):
            yield from _groups_of(pattern.condition)
        elif pattern.key != "none":
            for alternative in pattern.alternatives:
                yield from _groups(alternative)


def _groups_of(condition: Condition[Any]) -> Iterator[str]:
    for expression in condition.matches:
        yield from re.compile(expression).groupindex
    for inner in (*(condition.all_ or ()), *(condition.any_ or ())):
        yield from _groups_of(inner)
    for _, aspect in condition.conditions() if isinstance(condition, PartCondition) else ():
        yield from _groups_of(aspect)


def _public(thing: object) -> list[str]:
    return [name for name in dir(thing) if not name.startswith("_")]
