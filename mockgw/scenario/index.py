"""Index: the rules that a request may match, found by the values that they name."""

from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, NamedTuple

from mockgw.scenario.conditions import ClockCondition, Condition
from mockgw.scenario.context import Context
from mockgw.scenario.operators import NEVER_FOUND, identity
from mockgw.scenario.patterns import AnyPattern, Combination, Pattern
from mockgw.values import light

FEWEST = 8  # rules that are looked up by one key: to ask a rule takes about as long as to look up one value
NAMING = ("equals", "in_", "any_", "all_")  # operators by which a condition may name values
Patterns = Sequence[AnyPattern]


class Hook(NamedTuple):
    """What a request needs for a rule: one of some values of what a pattern reads."""

    pattern: Pattern
    values: tuple[Hashable, ...]

    @property
    def key(self) -> str:
        return self.pattern.key


@light
class Shelf:
    """The positions of rules by the values that they name of one key, as this pattern reads it."""

    pattern: Pattern
    positions: dict[Hashable, tuple[int, ...]]

    def met(self, context: Context) -> tuple[int, ...]:
        values = self.pattern.values(context)
        if len(values) == 1:
            return self.positions.get(identity(values[0]), ())
        return tuple(chain(*(self.positions.get(identity(value), ()) for value in values)))


@light
class Index:
    """Positions in the order in which rules are asked. `others` name no values: any request may match them."""

    shelves: tuple[Shelf, ...]
    others: Sequence[int]

    def met(self, context: Context) -> Iterable[int]:
        """The positions of the rules that a request may match, in their order."""
        found: list[int] = []
        for shelf in self.shelves:
            found += shelf.met(context)
        if not found:
            return self.others
        ordered = sorted(set(found))
        return _merged(ordered, self.others) if self.others else ordered


def _merged(few: Sequence[int], many: Sequence[int]) -> Iterator[int]:
    rest, passed = iter(many), 0
    for position in few:
        before = bisect(many, position)
        yield from islice(rest, before - passed)
        yield position
        passed = before
    yield from rest


def indexed(matches: Iterable[Patterns]) -> Index:
    """The index of rules by what they match."""
    hooks = _popular(_rarest([list(_hooks(patterns)) for patterns in matches]))
    found: defaultdict[str, defaultdict[Hashable, list[int]]] = defaultdict(lambda: defaultdict(list))
    for position, hook in ((position, hook) for position, hook in enumerate(hooks) if hook):
        for value in hook.values:
            found[hook.key][value].append(position)
    patterns = {hook.key: hook.pattern for hook in hooks if hook}
    shelves = (Shelf(patterns[key], {value: tuple(at) for value, at in by.items()}) for key, by in found.items())
    return Index(tuple(shelves), tuple(position for position, hook in enumerate(hooks) if not hook))


def _rarest(found: Sequence[Sequence[Hook]]) -> list[Hook | None]:
    """Of the hooks of each rule the one that it shares with the fewest others."""
    common = Counter((hook.key, value) for hooks in found for hook in hooks for value in hook.values)

    def sharing(hook: Hook) -> int:
        return max([common[hook.key, value] for value in hook.values])

    return [min(hooks, key=sharing) if len(hooks) > 1 else next(iter(hooks), None) for hooks in found]


def _popular(hooks: Sequence[Hook | None]) -> list[Hook | None]:
    """Without those of keys by which hardly any rule is looked up."""
    popular = Counter(hook.key for hook in hooks if hook)
    return [hook if hook and popular[hook.key] >= FEWEST else None for hook in hooks]


def _hooks(patterns: Patterns) -> Iterator[Hook]:
    for pattern in patterns:
        if isinstance(pattern, Combination):
            yield from _hooks([*chain(*pattern.alternatives)] if pattern.key == "all" else [])
        elif values := literals(pattern.condition):
            yield Hook(pattern, values)


def literals(condition: Condition[Any]) -> tuple[Hashable, ...]:
    """Values of which a request must have one for the condition to hold; none if it names none."""
    if isinstance(condition, ClockCondition) or condition.present is False:
        return ()
    written = condition.model_fields_set
    return _fewest([_named(name, getattr(condition, name)) for name in NAMING if name in written])


def _named(name: str, operand: Sequence[Any]) -> tuple[Hashable, ...]:
    match name:
        case "any_":
            named = [literals(condition) for condition in operand]
            return tuple(chain(*named)) if all(named) else ()
        case "all_":
            return _fewest([literals(condition) for condition in operand])
    values = tuple(map(identity, operand))
    return () if NEVER_FOUND in values else values


def _fewest(found: Sequence[tuple[Hashable, ...]]) -> tuple[Hashable, ...]:
    return found[0] if len(found) == 1 else min(filter(None, found), key=len, default=())
