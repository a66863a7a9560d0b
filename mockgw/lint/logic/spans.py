"""Spans: sets of numbers, such as the steps that a rule matches."""

import math
from collections.abc import Iterable
from functools import lru_cache

from mockgw.values import light

# A border lies just before a number, (5, 0), or just after it, (5, 1).
Border = tuple[float, int]
Range = tuple[Border, Border]
LOWEST, HIGHEST = (-math.inf, 0), (math.inf, 1)


@light
class Span:
    """Ranges from border to border: in order, apart from each other, none empty."""

    ranges: tuple[Range, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.ranges)

    def __or__(self, other: "Span") -> "Span":
        return _joined([*self.ranges, *other.ranges])

    def __and__(self, other: "Span") -> "Span":
        common = ((max(a, c), min(b, d)) for a, b in self.ranges for c, d in other.ranges)
        return Span(tuple(sorted((start, end) for start, end in common if start < end)))

    def __sub__(self, other: "Span") -> "Span":
        return self & ~other

    def __invert__(self) -> "Span":
        borders = [LOWEST, *(border for each in self.ranges for border in each), HIGHEST]
        pairs = zip(borders[::2], borders[1::2], strict=True)
        return Span(tuple((start, end) for start, end in pairs if start < end))

    def within(self, other: "Span") -> bool:
        """Whether each of its numbers is also in the other."""
        return all(any(a <= start and end <= b for a, b in other.ranges) for start, end in self.ranges)

    @property
    def least(self) -> float:
        """The number that it starts at; only of what is not empty."""
        return self.ranges[0][0][0]

    @property
    def most(self) -> float:
        """The number that it ends at; only of what is not empty."""
        return self.ranges[-1][1][0]

    @property
    def is_point(self) -> bool:
        return len(self.ranges) == 1 and self.ranges[0][1] in ((self.least, 1), (self.least + 1, 0))


NOTHING = Span()


def _joined(ranges: Iterable[Range]) -> Span:
    found: list[Range] = []
    for start, end in sorted(ranges):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return Span(tuple(found))


def union(spans: Iterable[Span]) -> Span:
    """What is in one of them."""
    return _joined(each for span in spans for each in span.ranges)


@lru_cache(maxsize=4096)
def compared(operator: str, number: float, *, whole: bool) -> Span:
    """The numbers for which `equals`, `gt`, `gte`, `lt` or `lte` holds; `whole` if there are no others."""
    before = (number, 0)
    after = (number + 1, 0) if whole else (number, 1)
    start, end = {
        "equals": (before, after),
        "gt": (after, HIGHEST),
        "gte": (before, HIGHEST),
        "lt": (LOWEST, before),
        "lte": (LOWEST, after),
    }[operator]
    return Span(((start, end),)) if start < end else NOTHING


def between(first: int, end: int) -> Span:
    """The whole numbers from the first to the one before the end."""
    return Span((((first, 0), (end, 0)),)) if first < end else NOTHING
