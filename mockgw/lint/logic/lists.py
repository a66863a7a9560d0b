"""Lists: answers of a list that no request can get."""

import math
from collections.abc import Iterator, Mapping

from mockgw.lint.logic.formulas import FROM_0
from mockgw.lint.logic.spans import Span, between, union
from mockgw.scenario.document import Path
from mockgw.scenario.nodes import Node, Sequence
from mockgw.values import light

COUNTED = {"steps": "step", "attempts": "attempt"}
FIRST = {"steps": 0, "attempts": 1, "replies": 0}
ROUNDS = 1_000  # of a list that loops


@light
class Unreached:
    """Answers that never come, their numbers in the list from 1, and the counts at which the list is asked."""

    path: Path
    kind: str
    numbers: tuple[int, ...]
    counts: Span

    @property
    def first(self) -> Path:
        return (*self.path, self.numbers[0] - 1)


def unreached(node: Node, counts: Mapping[str, Span], times: int | None) -> Iterator[Unreached]:
    """The answers below that never come, if the rule is asked at these counts only and so many times."""
    if not isinstance(node, Sequence):
        return
    asked = _asked(node, counts, times)
    inside = [asked & window for window in _windows(node, asked)]
    if numbers := tuple(number for number, common in enumerate(inside, 1) if not common):
        yield Unreached(node.path, node.kind, numbers, asked)
    for entry, common in zip(node.entries, inside, strict=True):
        narrowed = {COUNTED[node.kind]: common} if node.kind in COUNTED else {}
        if common:
            yield from unreached(entry.node, {**counts, **narrowed}, times)


def _asked(node: Sequence, counts: Mapping[str, Span], times: int | None) -> Span:
    if node.kind == "choose":
        return FROM_0
    if node.kind in COUNTED:
        return counts[COUNTED[node.kind]]
    return FROM_0 if times is None else between(0, times)


def _windows(node: Sequence, asked: Span) -> Iterator[Span]:
    """The counts at which each entry answers."""
    start = FIRST.get(node.kind, 0)
    for entry in node.entries:
        yield FROM_0 if node.kind == "choose" else _window(node, start, start + entry.times, asked)
        start += entry.times


def _window(node: Sequence, start: int, end: int, asked: Span) -> Span:
    if node.then == "repeat_last" and end == FIRST[node.kind] + node.length:
        return FROM_0 - between(0, start)
    if node.then != "loop":
        return between(start, end)
    if math.isinf(asked.most) or asked.most > ROUNDS * node.length:
        return FROM_0
    starts = range(0, int(asked.most) + 1, node.length)
    return union(between(start + shift, end + shift) for shift in starts)
