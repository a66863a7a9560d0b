"""Nodes: answers as the engine reads them, with shorthand and inheritance resolved."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from pydantic import BaseModel

from mockgw.delivery.pacing import Pace
from mockgw.notation import is_template
from mockgw.protocol.scripted import ScriptedError
from mockgw.scenario.document import Path
from mockgw.scenario.kinds import LISTS
from mockgw.scenario.options import Defaults, Options
from mockgw.scenario.replies import Answer, BlockForm, Choice, Item
from mockgw.values import light


@light
class Reply:
    """A message."""

    blocks: tuple[BlockForm, ...]
    options: Options
    templated: bool
    path: Path


@light
class Failure:
    """An error answer."""

    error: ScriptedError
    options: Options
    templated: bool
    path: Path


@light
class Entry:
    """One answer of a list."""

    node: "Node"
    times: int = 1
    weight: float = 1.0


@light
class Sequence:
    """`steps`, `attempts`, `replies` or `choose`; `path` tells this list from all others of its scenario."""

    kind: str
    entries: tuple[Entry, ...]
    then: str
    path: Path

    @property
    def length(self) -> int:
        return sum(entry.times for entry in self.entries)

    def at(self, position: int) -> "Node":
        """The answer at a position, each entry counted as often as it answers."""
        for entry in self.entries:
            if position < entry.times:
                return entry.node
            position -= entry.times
        return self.entries[-1].node


Node = Reply | Failure | Sequence


def build(answer: Answer, path: Path, inherited: Options | Defaults) -> Node:
    """The node of an answer, below whatever it inherits."""
    options = merged(inherited, answer)
    kind = answer.kind
    if kind == "reply" and answer.reply is not None:
        return build(answer.reply, (*path, "reply"), options)
    if kind == "error" and answer.error is not None:
        return Failure(answer.error, options, has_template((answer.error, options)), path)
    if kind in LISTS:
        return _sequence(kind, answer, (*path, kind), options)
    blocks = tuple(answer.blocks())
    return Reply(blocks, options, has_template((blocks, options)), path)


def _sequence(kind: str, answer: Answer, path: Path, options: Options) -> Sequence:
    items: list[Item] | list[Choice] = getattr(answer, kind)
    entries = (
        Entry(
            build(item, (*path, index), options),
            times=item.times if isinstance(item, Item) else 1,
            weight=item.weight if isinstance(item, Choice) else 1.0,
        )
        for index, item in enumerate(items)
    )
    return Sequence(kind, tuple(entries), answer.then or "repeat_last", path)


def moved(node: Node, to: Path) -> Node:
    """The same answer with counts of its own: they are kept by where it stands."""
    if isinstance(node, Sequence):
        entries = tuple(replace(entry, node=moved(entry.node, to)) for entry in node.entries)
        return replace(node, entries=entries, path=(*to, *node.path))
    return replace(node, path=(*to, *node.path))


def merged(outer: Options | Defaults, inner: Options) -> Options:
    """The nearest option wins, mappings key by key."""
    if isinstance(outer, Options) and inner.model_fields_set.isdisjoint(Options.model_fields):
        return outer
    found: dict[str, Any] = {}
    for name in Options.model_fields:
        near = getattr(inner, name) if name in inner.model_fields_set else None
        far = getattr(outer, name, None) if name in outer.model_fields_set else None
        if near is not None or far is not None:
            found[name] = _merged_value(far, near)
    return Options.model_construct(_fields_set=set(found), **found)


def _merged_value(far: Any, near: Any) -> Any:
    if near is None or far is None:
        return far if near is None else near
    if isinstance(far, dict) and isinstance(near, dict):
        return far | near
    if isinstance(far, Pace) and isinstance(near, Pace):
        return _merged_pace(far, near)
    if isinstance(far, BaseModel) and type(far) is type(near) and not hasattr(far, "type"):
        return type(far).model_construct(**_set_fields(far) | _set_fields(near))
    return near


def _merged_pace(far: Pace, near: Pace) -> Pace:
    """A speed of the inner one replaces the outer one's, whichever way it is put."""
    speeds = {"tps", "interval"}
    replaced = speeds if near.model_fields_set & speeds else set()
    fields = {name: value for name, value in _set_fields(far).items() if name not in replaced} | _set_fields(near)
    return Pace(**fields)


def _set_fields(model: BaseModel) -> dict[str, Any]:
    return {name: getattr(model, name) for name in model.model_fields_set}


def has_template(value: Any) -> bool:
    """Whether any text inside has a template sign."""
    if isinstance(value, BaseModel):
        return has_template([getattr(value, name) for name in value.model_fields_set])
    if isinstance(value, dict):
        return has_template([*value.keys(), *value.values()])
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        return any(has_template(part) for part in value)
    return is_template(value)
