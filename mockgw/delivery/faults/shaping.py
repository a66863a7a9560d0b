"""Shaping: faults that change how fast the bytes come, or how many; from their place until `for` is over."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import inf
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from mockgw.delivery.actions import Action, Chunk, Close, Finish, Flush, Hang, Wait
from mockgw.delivery.faults.base import START, CannotStrike, Fault, Scene, with_headers
from mockgw.delivery.places import At, size
from mockgw.delivery.timeline import Moment, in_turn, laid_out
from mockgw.notation import Count, Duration, Natural

TICK = 0.1  # seconds between the pieces that a narrow bandwidth lets through
MOST_PIECES = 10_000  # of one answer: with more, planning it would take longer than sending it


@dataclass(frozen=True, slots=True)
class Shaped:
    """An action, when it was due, and when the fault lets it pass."""

    due: float
    passing: float
    action: Action


class Shaping(Fault):
    """What the shaping faults have in common: what they hold back passes at the latest when their time is over."""

    usual_place: ClassVar[At] = START

    duration: Annotated[Duration | None, Field(alias="for")] = None
    """How long, from where it strikes; to the end when absent."""

    def apply(self, actions: list[Action], scene: Scene) -> list[Action]:
        place = self.place(actions)
        shaped = self.shape(laid_out(place.after), scene)
        return [*place.before, *in_turn(_released(shaped, inf if self.duration is None else self.duration))]

    def shape(self, moments: Sequence[Moment], scene: Scene) -> Iterable[Shaped]:
        """When each action passes, if this went on to the end."""
        raise NotImplementedError

    def breaks(self) -> bool:
        return False


class Timeout(Shaping):
    """Nothing comes any more, and after `timeout` the connection is closed; it hangs without one."""

    type: Literal["timeout"]
    timeout: Duration = 0.0
    """When the connection is closed; 0 is never."""

    def apply(self, actions: list[Action], scene: Scene) -> list[Action]:
        if not self.breaks():
            return super().apply(actions, scene)
        before = self.place(actions).before
        return [*before, Wait(self.timeout), Close()] if self.timeout else [*before, Hang()]

    def shape(self, moments: Sequence[Moment], scene: Scene) -> Iterable[Shaped]:
        return (Shaped(moment.due, inf, moment.action) for moment in moments)

    def breaks(self) -> bool:
        return self.duration is None or 0 < self.timeout <= self.duration


class SlowClose(Shaping):
    """The answer is whole, and its connection, which was to close then, stays open for a while."""

    type: Literal["slow_close"]
    delay: Duration = 1.0
    """How long it stays open."""

    def apply(self, actions: list[Action], scene: Scene) -> list[Action]:
        place = self.place(actions)
        if self.duration is not None and laid_out(place.after)[-1].due > self.duration:
            raise CannotStrike(f"the answer ends after the {self.duration:g} s of 'for'")
        held = [Finish(self.delay) if isinstance(action, Finish) else action for action in place.after]
        return with_headers([*place.before, *held], connection="close")


class LimitData(Shaping):
    """So many bytes of the body come, and the connection is closed."""

    type: Literal["limit_data"]
    bytes: Natural
    """How many come, from where it strikes."""

    def apply(self, actions: list[Action], scene: Scene) -> list[Action]:
        place = self.place(actions)
        if self.bytes > size(place.after):
            raise CannotStrike(f"no more than {size(place.after)} bytes come")
        passing = At(bytes=self.bytes).part(place.after).begun().before
        if self.duration is not None and laid_out([*passing, Close()])[-1].due > self.duration:
            raise CannotStrike(f"the limit is not met within the {self.duration:g} s of 'for'")
        return [*place.before, *passing, Close()]

    def breaks(self) -> bool:
        return True


class Bandwidth(Shaping):
    """The bytes of the body come no faster than this."""

    type: Literal["bandwidth"]
    bytes_per_second: Count
    """How fast."""

    def shape(self, moments: Sequence[Moment], scene: Scene) -> Iterator[Shaped]:
        most = max(1, int(self.bytes_per_second * TICK), size(moment.action for moment in moments) // MOST_PIECES)
        passed = 0.0
        for moment in moments:
            for piece in _pieces(moment.action, _equal(moment.action, most)):
                passed = max(passed, moment.due) + size([piece]) / self.bytes_per_second
                yield Shaped(moment.due, passed, piece)


class Slicer(Shaping):
    """The body comes in small pieces, cut anywhere: through a character, through a line."""

    type: Literal["slicer"]
    average_size: Count = 16
    """Bytes of a piece."""
    size_variation: Natural = 0
    """So many bytes a piece may have more or less."""
    delay: Duration = 0.001
    """Between two pieces."""

    def shape(self, moments: Sequence[Moment], scene: Scene) -> Iterator[Shaped]:
        passed = 0.0
        for moment in moments:
            passed = max(passed, moment.due)
            for index, piece in enumerate(_pieces(moment.action, self._cuts(moment.action, scene))):
                passed += self.delay if index else 0.0
                yield Shaped(moment.due, passed, piece)
                if isinstance(piece, Chunk):
                    yield Shaped(moment.due, passed, Flush())

    def _cuts(self, action: Action, scene: Scene) -> list[int]:
        length = size([action])
        cuts = [0]
        while cuts[-1] < length:
            off = scene.rng.randint(-self.size_variation, self.size_variation) if self.size_variation else 0
            cuts.append(cuts[-1] + max(1, self.average_size + off))
        return cuts


class Latency(Shaping):
    """Everything comes later than it would."""

    type: Literal["latency"]
    delay: Duration = 0.1
    """How much later."""
    jitter: Duration = 0.0
    """So much more or less, anew for each send; the order stays."""

    def shape(self, moments: Sequence[Moment], scene: Scene) -> Iterator[Shaped]:
        passed = 0.0
        late = self._late(scene)
        for index, moment in enumerate(moments):
            if index and moment.due > moments[index - 1].due:
                late = self._late(scene)
            passed = max(passed, moment.due + late)
            yield Shaped(moment.due, passed, moment.action)

    def _late(self, scene: Scene) -> float:
        off = scene.rng.uniform(-self.jitter, self.jitter) if self.jitter else 0.0
        return max(0.0, self.delay + off)


def _released(shaped: Iterable[Shaped], end: float) -> Iterator[Moment]:
    """Each action when it passes; what is held at the end passes then, or when it is due."""
    for one in shaped:
        yield Moment(one.passing if one.passing < end else max(one.due, end), one.action)


def _equal(action: Action, most: int) -> range:
    return range(0, size([action]) + most, most)


def _pieces(action: Action, cuts: Sequence[int]) -> Iterator[Action]:
    """A chunk in pieces, of which the last is the event's; anything else as it is."""
    if not isinstance(action, Chunk) or not action.data:
        yield action
        return
    parts = [action.data[start:end] for start, end in pairwise(cuts)]
    yield from (Chunk(part) for part in parts[:-1])
    yield replace(action, data=parts[-1])
