"""Shaping: faults that change how fast the bytes come, or how many; from their place until `for` is over."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat
from math import inf
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field

from mockgw.delivery.actions import Action, Chunk, Close, Finish, Flush, Hang, Raw, Wait
from mockgw.delivery.faults.base import START, CannotStrike, Fault, Scene, parted, with_headers
from mockgw.delivery.places import At, part, size
from mockgw.delivery.timeline import Moment, in_turn, laid_out
from mockgw.notation import Count, Duration, Natural
from mockgw.values import light

TICKS = 10  # a second: the pieces that a narrow bandwidth lets through
MOST_SENDS = 10_000  # of one answer that a bandwidth makes: with more, planning it would take longer than sending it
MOST_PIECES = 50_000  # of one answer that a slicer may ask for: all other answers wait while they are cut


@light
class Passage:
    """When a fault lets a part of an answer pass: the bytes of its n-th action from `start` on."""

    at: float
    action: Action
    index: int
    start: int = 0


class Shaping(Fault):
    """What the shaping faults have in common: what they hold back passes at the latest when their time is over."""

    usual_place: ClassVar[At | None] = START

    duration: Annotated[Duration | None, Field(alias="for")] = None
    """How long, from where it strikes; to the end when absent."""

    def apply(self, actions: list[Action], scene: Scene) -> list[Action]:
        place = self.place(actions)
        moments = laid_out(place.after)
        shaped = self.shape(moments, scene)
        return [*place.before, *in_turn(_until(inf if self.duration is None else self.duration, shaped, moments))]

    def shape(self, moments: Sequence[Moment], scene: Scene) -> Iterator[Passage]:
        """When each part passes if this goes on to the end: in their order, and none before it is due."""
        raise NotImplementedError

    def breaks(self) -> bool:
        return False


class Timeout(Shaping):
    """Nothing comes any more, and after `timeout` the connection is closed; it hangs without one."""

    type: Literal["timeout"]
    timeout: Duration = 0.0
    """When the connection is closed; 0, as when absent, is never."""

    def apply(self, actions: list[Action], scene: Scene) -> list[Action]:
        if not self.ends():
            return super().apply(actions, scene)
        before = self.place(actions).before
        return [*before, Wait(self.timeout), Close()] if self.timeout else [*before, Hang()]

    def shape(self, moments: Sequence[Moment], scene: Scene) -> Iterator[Passage]:
        yield Passage(inf, moments[0].action, 0)

    def breaks(self) -> bool:
        return self.ends()

    def ends(self) -> bool:
        return self.duration is None or 0 < self.timeout <= self.duration


class SlowClose(Shaping):
    """The answer is whole, and its connection, which was to close then, stays open for a while."""

    type: Literal["slow_close"]
    delay: Duration = 1.0
    """How long it stays open; 1 s when absent."""

    def apply(self, actions: list[Action], scene: Scene) -> list[Action]:
        place = self.place(actions)
        if not isinstance(place.after[-1], Finish):
            raise CannotStrike("the answer does not come to its end")
        if self.duration is not None and laid_out(place.after)[-1].due > self.duration:
            raise CannotStrike(f"the answer ends after the {self.duration:g} s of 'for'")
        return with_headers([*place.before, *place.after[:-1], Finish(self.delay)], connection="close")

    def anywhere(self) -> Self:
        return self.model_copy(update={"at": None, "duration": None})


class LimitData(Shaping):
    """So many bytes of the body come, and the connection is closed."""

    type: Literal["limit_data"]
    bytes: Natural
    """How many come, from where it strikes."""

    def apply(self, actions: list[Action], scene: Scene) -> list[Action]:
        place = self.place(actions)
        passing = parted(place.after, At(bytes=self.bytes)).begun().before
        if self.duration is not None and laid_out([*passing, Close()])[-1].due > self.duration:
            raise CannotStrike(f"the limit is not met within the {self.duration:g} s of 'for'")
        return [*place.before, *passing, Close()]

    def breaks(self) -> bool:
        return True

    def ends(self) -> bool:
        return True

    def anywhere(self) -> Self:
        return self.model_copy(update={"at": None, "duration": None, "bytes": 0})


class Bandwidth(Shaping):
    """The bytes of the body come no faster than this."""

    type: Literal["bandwidth"]
    bytes_per_second: Count
    """How fast."""

    def shape(self, moments: Sequence[Moment], scene: Scene) -> Iterator[Passage]:
        most = max(1, self.bytes_per_second // TICKS, _body_size(moments) // MOST_SENDS)
        passed = 0.0
        for index, start, piece in _cut(moments, repeat(most)):
            passed = max(passed, moments[index].due) + size([piece]) / self.bytes_per_second
            yield Passage(passed, piece, index, start)


class Slicer(Shaping):
    """The body comes in small pieces, cut anywhere: through a character, through a line."""

    type: Literal["slicer"]
    average_size: Count = 16
    """Bytes of a piece, 16 when absent; each is a send of its own, and none holds bytes of two events."""
    size_variation: Natural = 0
    """So many bytes a piece may have more or less."""
    delay: Duration = 0.001
    """Between two pieces; 1 ms when absent."""

    def shape(self, moments: Sequence[Moment], scene: Scene) -> Iterator[Passage]:
        rest = min(_body_size(moments), MOST_PIECES)
        passed = -self.delay
        for index, start, piece in _cut(moments, self._sizes(scene)):
            if not size([piece]):
                yield Passage(max(passed, moments[index].due), piece, index)
                continue
            if not rest:
                raise CannotStrike(f"the answer would come in more than {MOST_PIECES:,} pieces")
            passed, rest = max(passed + self.delay, moments[index].due), rest - 1
            yield Passage(passed, piece, index, start)
            yield Passage(passed, Flush(), index, start)

    def _sizes(self, scene: Scene) -> Iterator[int]:
        while True:
            off = scene.rng.randint(-self.size_variation, self.size_variation) if self.size_variation else 0
            yield max(1, self.average_size + off)


class Latency(Shaping):
    """Everything comes later than it would."""

    type: Literal["latency"]
    delay: Duration = 0.1
    """How much later; 100 ms when absent."""
    jitter: Duration = 0.0
    """So much more or less, anew for each send; the order stays."""

    def shape(self, moments: Sequence[Moment], scene: Scene) -> Iterator[Passage]:
        passed = 0.0
        late = self._late(scene)
        for index, moment in enumerate(moments):
            if index and moment.due > moments[index - 1].due:
                late = self._late(scene)
            passed = max(passed, moment.due + late)
            yield Passage(passed, moment.action, index)

    def _late(self, scene: Scene) -> float:
        off = scene.rng.uniform(-self.jitter, self.jitter) if self.jitter else 0.0
        return max(0.0, self.delay + off)


def _until(end: float, shaped: Iterable[Passage], moments: Sequence[Moment]) -> Iterator[Moment]:
    """What passes before the end of a fault; what is held by then passes at its end, or when it is due."""
    for passage in shaped:
        if passage.at >= end:
            yield from (Moment(max(held.due, end), held.action) for held in _held(passage, moments))
            return
        yield Moment(passage.at, passage.action)


def _held(first: Passage, moments: Sequence[Moment]) -> Iterator[Moment]:
    """What is left of an answer from a passage on, in the pieces that it had before."""
    moment, action = moments[first.index], moments[first.index].action
    if first.start and isinstance(action, Chunk | Raw):
        moment = Moment(moment.due, part(action, first.start, len(action.data)))
    yield moment
    yield from moments[first.index + 1 :]


def _body_size(moments: Sequence[Moment]) -> int:
    total = size(moment.action for moment in moments)
    if not total:
        raise CannotStrike("no bytes follow there")
    return total


def _cut(moments: Sequence[Moment], sizes: Iterator[int]) -> Iterator[tuple[int, int, Action]]:
    """All actions, those with bytes in pieces of these sizes; each with its index and where in the action it starts."""
    for index, moment in enumerate(moments):
        action, start = moment.action, 0
        if not isinstance(action, Chunk | Raw) or not action.data:
            yield index, 0, action
            continue
        while start < len(action.data):
            end = start + next(sizes)
            yield index, start, part(action, start, end)
            start = end
