"""Tables: those of the docs, and the schema of scenarios, written from the models (`make docs`)."""

import re
import types
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar, Union, get_args, get_origin, get_type_hints

from pydantic import BeforeValidator

from mockgw.control.forms import NewSession, ScenarioChoice
from mockgw.delivery.faults import GROUPS, Faults, name_of
from mockgw.delivery.faults.malformed import HARMLESS, KINDS
from mockgw.delivery.pacing import PROFILES, Delay
from mockgw.later import Elsewhere
from mockgw.lint.report import CODES, WARNINGS
from mockgw.notation import (
    Boolean,
    Count,
    Duration,
    DurationOrTemplate,
    Integer,
    IntegerOrTemplate,
    Number,
    Share,
    Text,
    Written,
    listed,
)
from mockgw.protocol.dialects import SIRAYA
from mockgw.protocol.errors import TYPES, retriable
from mockgw.protocol.scripted import AnyError
from mockgw.report.checks import REASONS, USUAL
from mockgw.scenario import schema
from mockgw.scenario.citations import Citation, Which
from mockgw.scenario.conditions import Condition, Regex
from mockgw.scenario.gateway.amounts import Dollars, Moment, Price, RateForm
from mockgw.scenario.gateway.providers import Hosted, Provider
from mockgw.scenario.gateway.section import Gateway, ProviderForm
from mockgw.scenario.gateway.states import STATES, States
from mockgw.scenario.gateway.states import name_of as name_of_state
from mockgw.scenario.model import GatewaySection, ScenarioForm
from mockgw.scenario.outcomes import StopDetails
from mockgw.scenario.replies import Deltas
from mockgw.scenario.server_tools import WebSearch
from mockgw.scenario.times import AnyTimes
from mockgw.server.operations import OPERATIONS, PREFIX
from mockgw.verify.verdict import RULES, meaning_of
from mockgw.verify.wanted import Verification

PAGES = [
    Path(__file__).parent / name
    for name in ("control.md", "endpoints.md", "gateway.md", "rich-answers.md", "scenarios.md", "testing.md")
]
SCHEMA = Path(__file__).parent.parent / "scenarios" / "scenario.schema.json"
MARKED = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)

# How a person would name these types, the more special ones first.
WORDS: tuple[tuple[Any, str], ...] = (
    (ScenarioChoice, "name or scenario"),
    (Deltas, "text or list of texts"),
    (Which, "title or whole number"),
    (Regex, "regular expression"),
    (AnyError, "status, type or mapping"),
    (Faults, "name, mapping or list"),
    (Delay, "duration or mapping"),
    (GatewaySection, "mapping"),
    (ProviderForm, "mapping"),
    (Hosted, "name, list of names or mapping"),
    (States, "name, status, mapping or list"),
    (Dollars, "dollars"),
    (Price, "dollars"),
    (RateForm, "rate"),
    (Moment, "moment or duration"),
    (AnyTimes, "whole number or mapping"),
    (Share, "number from 0 to 1"),
    (Count, "whole number from 1"),
    (Integer, "whole number"),
    (Number, "number"),
    (Boolean, "true or false"),
    (Duration, "duration"),
    (IntegerOrTemplate, "whole number or template"),
    (DurationOrTemplate, "duration or template"),
    (Text, "text"),
)
LISTED = BeforeValidator(listed)
NAMED = {"Pace": "profile or mapping", "Answer": "answer", "Item": "answer", "Choice": "answer", "BlockForm": "block"}
NAMED |= {"InOrder": "mapping", "RuleForm": "rule", "Match": "match", "Jitter": "duration or number from 0 to 1"}
NAMED |= {
    "Key": "state or mapping",
    "At": "place",
    "ToolResultCondition": "condition (text)",
    "AttachmentCondition": "condition (text)",
    "ClockCondition": "condition (duration)",
}


def filled(page: str) -> str:
    """The page with every marked table written anew."""
    return MARKED.sub(lambda found: found[1] + "\n".join(table(found[2])) + "\n" + found[3], page)


def table(name: str) -> Iterator[str]:
    """One table: of a class that people write, or of a list that the code has."""
    if name in LISTS:
        yield from LISTS[name]()
        return
    model = classes()[name]
    yield from ("| key | value | meaning |", "|---|---|---|")
    for key, value, meaning in rows(model):
        yield f"| `{key}` | {value} | {meaning} |".replace("\n", " ")


def classes() -> dict[str, type[Written]]:
    """Every class that people write, by name."""
    assert issubclass(ScenarioForm, Written), "its module imports all the others of a scenario"
    assert issubclass(Gateway, Written)
    assert issubclass(Provider, Written)
    assert all(issubclass(one, Written) for one in (Citation, StopDetails, WebSearch)), "as it does all others there"
    assert issubclass(Verification, Written)
    assert issubclass(NewSession, Written)
    found = {model.__name__: model for model in _below(Written) if model.__module__.startswith("mockgw.")}
    return {name: model for name, model in found.items() if "[" not in name}  # no Condition[str] beside Condition


def tabled() -> dict[str, type[Written]]:
    """Those with a table of their own: the options of a fault, or of a state, stand in the table of its group."""
    alone = {name: model for name, model in classes().items() if name != "Jitter"}  # which is written as one value
    grouped = {*STATES, *(fault for faults in GROUPS.values() for fault in faults)}
    return {name: model for name, model in alone.items() if model not in grouped and any(rows(model))}


def rows(model: type[Written]) -> Iterator[tuple[str, str, str]]:
    """The keys of a class, but for those that it inherits; what has no docstring is not for people."""
    hints, manual = get_type_hints(model, include_extras=True), model.manual()
    for name, field in model.model_fields.items():
        key = field.alias or name
        if name in model.__annotations__ and key in manual:
            yield key, words(hints[name]), manual[key]


def words(hint: Any) -> str:
    """A type in the words of a person."""
    for known, text in WORDS:
        if _begins_with(hint, known):
            return text
    read = READERS.get(get_origin(hint), _class_words)
    return read(hint)


def _class_words(hint: Any) -> str:
    if isinstance(hint, type) and hint.__name__ in NAMED:
        return NAMED[hint.__name__]
    if hint is Self or (isinstance(hint, type) and issubclass(hint, Condition)):
        return _condition(hint)
    if isinstance(hint, TypeVar):
        return "value"
    if isinstance(hint, type) and issubclass(hint, Written):
        return "mapping"
    return {str: "text", bool: "true or false"}.get(hint, "any value")


def _condition(hint: Any) -> str:
    of = hint.__pydantic_generic_metadata__["args"] if hint is not Self else ()
    inner = words(of[0]) if of and not isinstance(of[0], TypeVar) else ""
    return f"condition ({inner})" if inner and inner != "any value" else "condition"


def _begins_with(hint: Any, known: Any) -> bool:
    """Whether an annotated type is a known one, perhaps with more said about it."""
    one, other = getattr(hint, "__metadata__", ()), known.__metadata__
    return bool(one) and hint.__origin__ == known.__origin__ and one[: len(other)] == other


def _union(hint: Any) -> str:
    return " or ".join(dict.fromkeys(words(one) for one in get_args(hint) if one is not types.NoneType))


def _list(hint: Any) -> str:
    return f"list of {_plural(words(get_args(hint)[0]))}"


def _mapping(hint: Any) -> str:
    inner = get_args(hint)[1]
    return "mapping" if inner is Any else f"mapping of names to {_plural(words(inner))}"


def _annotated(hint: Any) -> str:
    """What may be one value or several is read as a list, and shown as what it is a list of."""
    inner = get_args(hint)[0]
    for elsewhere in (one for one in hint.__metadata__ if isinstance(one, Elsewhere)):
        return words(elsewhere.model())
    if LISTED in hint.__metadata__ and get_origin(inner) is list:
        return f"{words(get_args(inner)[0])} or list"
    return words(inner)


def _choices(hint: Any) -> str:
    return ", ".join(f"`{_literal(value)}`" for value in get_args(hint))


READERS: dict[Any, Callable[[Any], str]] = {
    types.UnionType: _union,
    Union: _union,
    Annotated: _annotated,
    Literal: _choices,
    list: _list,
    dict: _mapping,
}


def _literal(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _plural(text: str) -> str:
    first, _, rest = text.partition(" ")  # "condition (text)" is a condition all the same
    return f"{first}{'es' if first.endswith('ch') else 's'} {rest}".strip()


def _below(model: type[Written]) -> Iterator[type[Written]]:
    for child in model.__subclasses__():
        yield child
        yield from _below(child)


def profiles() -> Iterator[str]:
    yield from ("| profile | `ttft` | `tps` | measured |", "|---|---|---|---|")
    for name, profile in PROFILES.items():
        numbers = profile.pace.model_dump(exclude_defaults=True)
        ttft, tps = (f"{numbers['ttft']:g}s", f"{numbers['tps']:g}") if numbers else ("none", "as fast as it goes")
        measured = f"{profile.model}: {profile.source}, {profile.date}" if profile.date else ""
        yield f"| `{name}` | {ttft} | {tps} | {measured} |"


def statuses() -> Iterator[str]:
    yield from ("| status | type | clients are told to retry | message |", "|---|---|---|---|")
    for status, kind in TYPES.items():
        retried = "yes" if retriable(status) else "no"
        yield f"| {status} | `{kind}` | {retried} | {SIRAYA.message(status)} |"


def faults(group: str) -> Iterator[str]:
    return _kinds_of("fault", {name_of(fault): fault for fault in GROUPS[group]})


def states() -> Iterator[str]:
    return _kinds_of("state", {name_of_state(state): state for state in STATES})


def _kinds_of(what: str, kinds: Mapping[str, type[Written]]) -> Iterator[str]:
    yield from (f"| {what} | option | value | meaning |", "|---|---|---|---|")
    for name, kind in kinds.items():
        yield f"| `{name}` | | | {kind.__doc__} |"
        for key, value, meaning in rows(kind):
            yield f"| | `{key}` | {value} | {meaning} |"


def kinds() -> Iterator[str]:
    yield from ("| kind | what is wrong | clients may mind |", "|---|---|---|")
    for kind, spoil in KINDS.items():
        yield f"| `{kind}` | {spoil.__doc__} | {'no' if kind in HARMLESS else 'yes'} |"


def codes() -> Iterator[str]:
    yield from ("| code | | meaning |", "|---|---|---|")
    for code, meaning in CODES.items():
        yield f"| `{code}` | {'warning' if code in WARNINGS else 'error'} | {meaning} |"


def verdict() -> Iterator[str]:
    yield from ("| rule | | what the client did |", "|---|---|---|")
    for find, severity in RULES.items():
        yield f"| `{find.__name__}` | {severity} | {meaning_of(find)} |"


def operations() -> Iterator[str]:
    yield from ("| call | |", "|---|---|")
    for operation in OPERATIONS:
        yield f"| `{operation.method} {PREFIX}/{operation.path}` | {operation.told} |"


def fail_on() -> Iterator[str]:
    """What can make a report fail."""
    yield from ("| | by default | the run fails for |", "|---|---|---|")
    for kind, meaning in REASONS.items():
        yield f"| `{kind}` | {'yes' if kind in USUAL else 'no'} | {meaning} |"


LISTS: dict[str, Callable[[], Iterator[str]]] = {
    "operations": operations,
    "fail_on": fail_on,
    "verdict": verdict,
    "codes": codes,
    "profiles": profiles,
    "statuses": statuses,
    "kinds": kinds,
    "states": states,
    **{group: partial(faults, group) for group in GROUPS},
}


if __name__ == "__main__":
    for page in PAGES:
        page.write_text(filled(page.read_text(encoding="utf-8")), encoding="utf-8")
    SCHEMA.write_text(schema.text(), encoding="utf-8")
