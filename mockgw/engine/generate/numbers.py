"""Numbers: one within its bounds, a multiple of what is asked for, plausible for its name."""

import math
from collections.abc import Iterable, Iterator
from fractions import Fraction
from random import Random
from typing import NamedTuple

from mockgw.engine.generate.names import ANY_NUMBER, Usual, number_of
from mockgw.engine.generate.spots import Plain
from mockgw.engine.generate.subschemas import Unmet
from mockgw.values import light

WORD = 2**63  # whole numbers beyond are written as floats: JSON readers have no more bits
SPREAD = 100  # how far numbers lie from the only bound
TRIES = 50
FEW = 300  # so many multiples are listed rather than tried by luck


class Bound(NamedTuple):
    """A limit, and where it stands."""

    value: Fraction
    exclusive: bool
    pointer: str


@light
class Range:
    """The numbers that may be, and which of them are usual."""

    least: Bound | None
    most: Bound | None
    usual: Usual

    def holds(self, number: Fraction) -> bool:
        above = self.least is None or number > self.least.value or self._touches(number, self.least)
        return above and (self.most is None or number < self.most.value or self._touches(number, self.most))

    @staticmethod
    def _touches(number: Fraction, bound: Bound) -> bool:
        return number == bound.value and not bound.exclusive

    def window(self) -> tuple[Fraction, Fraction]:
        """Where to draw from: the usual numbers if they may be, else those near a bound."""
        least, most = self.least and self.least.value, self.most and self.most.value
        if least is not None and most is not None and self.usual is ANY_NUMBER:
            return least, most
        start = Fraction(self.usual.least) if least is None else max(least, Fraction(self.usual.least))
        end = Fraction(self.usual.most) if most is None else min(most, Fraction(self.usual.most))
        if start <= end:
            return start, end
        return self.bounds()

    def bounds(self) -> tuple[Fraction, Fraction]:
        """The whole range, cut off where it has no end."""
        if self.least is not None:
            start = self.least.value
            return start, start + SPREAD if self.most is None else self.most.value
        end = Fraction(self.usual.most) if self.most is None else self.most.value
        return end - SPREAD, end

    def none(self, what: str) -> Unmet:
        """There is no such number."""
        bounds = [f"{'above' if self.least.exclusive else 'at least'} {_shown(self.least.value)}"] if self.least else []
        bounds += [f"{'below' if self.most.exclusive else 'at most'} {_shown(self.most.value)}"] if self.most else []
        pointer = self.most.pointer if self.most else self.least.pointer if self.least else ""
        return Unmet(pointer, f"asks for {what}, {' and '.join(bounds)}: there is none")


def draw(plain: Plain, name: str, rng: Random, *, whole: bool) -> float:
    """A number; Unmet if there is none."""
    least = _tightest(plain, "minimum", "exclusiveMinimum", sign=1)
    most = _tightest(plain, "maximum", "exclusiveMaximum", sign=-1)
    allowed = Range(least, most, number_of(name))
    step = _step(plain, whole=whole)
    if step is not None:
        return Multiples(allowed, step, plain).draw(rng)
    if allowed.usual.digits:
        return _between(allowed, rng)
    try:
        return Multiples(allowed, Fraction(1), plain).draw(rng)
    except Unmet:
        return _between(allowed, rng)


def _exact(number: float) -> Fraction:
    """The number as it is written."""
    return Fraction(str(number))


def _shown(number: Fraction) -> str:
    return str(number) if number.denominator == 1 and abs(number) < WORD else f"{float(number):g}"


def _tightest(plain: Plain, inclusive: str, exclusive: str, *, sign: int) -> Bound | None:
    bounds = [Bound(_exact(fact.get(inclusive)), False, fact.pointer) for fact in plain.all(inclusive)]
    bounds += [Bound(_exact(fact.get(exclusive)), True, fact.pointer) for fact in plain.all(exclusive)]
    return max(bounds, key=lambda bound: (sign * bound.value, bound.exclusive), default=None)


def _step(plain: Plain, *, whole: bool) -> Fraction | None:
    """What the number has to be a multiple of."""
    steps = [_exact(fact.get("multipleOf")) for fact in plain.all("multipleOf")] + [Fraction(1)] * whole
    if not steps:
        return None
    scale = math.lcm(*(step.denominator for step in steps))
    return Fraction(math.lcm(*(int(step * scale) for step in steps)), scale)


def _between(allowed: Range, rng: Random) -> float:
    """Any number of the range, a usual one with few digits if possible."""
    tried = (number for window in (allowed.window(), allowed.bounds()) for number in _within(*window, allowed, rng))
    found = next((number for number in tried if allowed.holds(_exact(number))), None)
    if found is None:
        raise allowed.none("a number")
    return found


def _within(low: Fraction, high: Fraction, allowed: Range, rng: Random) -> Iterator[float]:
    share = rng.random()
    drawn = float(low) * (1 - share) + float(high) * share  # the way from low to high may be too long for a float
    yield from (round(drawn, digits) for digits in (allowed.usual.digits or 2, 4, 8, 12, 16))
    yield from (float((low + high) / 2), float(low), float(high))


@light
class Multiples:
    """The multiples of a number within a range."""

    allowed: Range
    step: Fraction
    plain: Plain

    def draw(self, rng: Random) -> float:
        for factors, exact in ((self._usual(), False), (self._near(), False), (self._near(), True)):
            numbers = [number for factor in _some(factors, rng) for number in self._allowed(factor, exact=exact)]
            if numbers:
                return rng.choice(numbers)
        raise self.allowed.none("a whole number" if self.step == 1 else f"a multiple of {_shown(self.step)}")

    def _usual(self) -> range:
        low, high = self.allowed.window()
        return range(math.ceil(low / self.step), math.floor(high / self.step) + 1)

    def _near(self) -> range:
        """The factors next to a bound."""
        if self.allowed.least is None and self.allowed.most is not None:
            last = math.floor(self.allowed.most.value / self.step)
            return range(last - FEW, last + 1)
        first = math.ceil(self.allowed.least.value / self.step) if self.allowed.least else 0
        last = math.floor(self.allowed.most.value / self.step) if self.allowed.most else first + FEW
        return range(first, min(last, first + FEW) + 1)

    def _allowed(self, factor: int, *, exact: bool) -> Iterator[float]:
        """The multiple, if it may be."""
        number = _written(factor * self.step)
        if (
            self.allowed.holds(_exact(number))
            and number not in _barred(self.plain)
            and (exact or self._divides(number))
        ):
            yield number

    def _divides(self, number: float) -> bool:
        """Whether even a validator that divides floats agrees."""
        quotients = [number / fact.get("multipleOf") for fact in self.plain.all("multipleOf")]
        return all(quotient % 1 == 0 for quotient in quotients)


def _some(factors: range, rng: Random) -> Iterable[int]:
    """All of a few, a sample of many."""
    first, last = factors.start, factors.stop - 1
    return factors if last - first <= FEW else (rng.randint(first, last) for _ in range(TRIES))


def _barred(plain: Plain) -> list[float]:
    """The values that may not be, as far as they are listed."""
    denied = [fact.get("not") for fact in plain.all("not")]
    listed = [schema.get("enum", [schema.get("const")]) for schema in denied if isinstance(schema, dict)]
    return [value for values in listed for value in values]


def _written(number: Fraction) -> float:
    return int(number) if number.denominator == 1 and abs(number) < WORD else float(number)
