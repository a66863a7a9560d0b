"""Outages: which state a provider is in - by the clock, by how often it was tried, or by hand - and how it fared."""

from collections import deque
from dataclasses import dataclass, field, replace
from typing import Self

from mockgw.gateway.buckets import NANOSECONDS, nanoseconds
from mockgw.scenario.gateway.states import UP, ProviderState, Script

# https://openrouter.ai/docs: providers with an outage in the last 30 seconds come last.
MEMORY = 30 * NANOSECONDS
MOST_FAILURES = 16  # of a provider that are remembered


@dataclass(frozen=True, slots=True)
class Phase:
    """What a provider does at one moment: since when, until when if time ends it, and for how many tries more."""

    state: ProviderState
    position: int
    since: int
    until: int | None = None
    left: int | None = None


@dataclass(frozen=True, slots=True)
class Tries:
    """How often a provider was tried in one of its states, and when last."""

    count: int = 0
    last: int = 0


@dataclass(slots=True)
class Course:
    """The way of a provider through its states. Times are nanoseconds of the session's clock.

    What is tried later than others may come before them: a request whose first provider hangs asks the second one at a
    moment that the next request has not reached. So a look ahead changes nothing.
    """

    script: Script
    since: int = 0
    position: int = 0
    tries: dict[int, Tries] = field(default_factory=dict)

    def at(self, now: int) -> Phase:
        """What the provider does at a moment."""
        phase = self._phase(self.position, self.since)
        while (end := self._end(phase)) is not None and (end <= now or phase.left == 0):
            phase = self._skipped(self._phase(phase.position + 1, end), now)
        return phase

    def advance(self, now: int) -> None:
        """What is over is forgotten."""
        phase = self.at(now)
        self.position, self.since = phase.position, phase.since
        self.tries = {position: tries for position, tries in self.tries.items() if position >= self.position}

    def count(self, position: int, now: int, by: int = 1) -> None:
        """It is tried in one of its states; or was not, after all."""
        tries = self.tries.get(position, Tries())
        self.tries[position] = Tries(max(0, tries.count + by), max(tries.last, now))

    def is_over(self, phase: Phase) -> bool:
        """Whether none of its states is left."""
        return phase.position >= len(self.script.state) and self.script.then == "up"

    def copy(self) -> Self:
        return replace(self, tries=self.tries.copy())

    def _phase(self, position: int, since: int) -> Phase:
        states = self.script.state
        if position >= len(states) and self.script.then == "up":
            return Phase(UP, position, since)
        state = states[position % len(states)]
        until = None if state.for_ is None else since + length(state.for_)
        left = None if state.times is None else max(0, state.times - self.tries.get(position, Tries()).count)
        return Phase(state, position, since, until, left)

    def _end(self, phase: Phase) -> int | None:
        """When it ends, or did; None if it takes more than time."""
        if phase.left == 0:
            last = self.tries[phase.position].last
            return last if phase.until is None else min(last, phase.until)
        return phase.until

    def _skipped(self, phase: Phase, now: int) -> Phase:
        """The same place in the last round that has begun: a clock may be moved over many of them."""
        states = self.script.state
        if phase.position % len(states) or any(position >= phase.position for position in self.tries):
            return phase
        times = [state.for_ for state in states if state.for_ is not None]
        if self.script.then == "up" or len(times) < len(states) or phase.since > now:
            return phase
        round_ = sum(map(length, times))
        rounds = (now - phase.since) // round_
        return self._phase(phase.position + rounds * len(states), phase.since + rounds * round_)


def length(seconds: float) -> int:
    """How long a state lasts; not nothing, or a round of them would have no end."""
    return max(1, nanoseconds(seconds))


@dataclass(slots=True)
class Record:
    """A provider in one session: its states, and how often it was tried and has served.

    `by_hand` is what it does instead of its script, until that is over.
    """

    course: Course
    by_hand: Course | None = None
    tried: int = 0
    served: int = 0
    failures: deque[int] = field(default_factory=lambda: deque(maxlen=MOST_FAILURES))

    def at(self, now: int) -> tuple[Course, Phase]:
        """What it does at a moment, and as part of which states. What was set by hand is over when its states are."""
        if self.by_hand is not None:
            phase = self.by_hand.at(now)
            if not self.by_hand.is_over(phase):
                return self.by_hand, phase
        return self.course, self.course.at(now)

    def advance(self, now: int) -> None:
        """What is over is forgotten."""
        self.course.advance(now)
        if self.by_hand is not None:
            self.by_hand.advance(now)
            if self.at(now)[0] is self.course:
                self.by_hand = None

    def failed_lately(self, now: int) -> bool:
        """Whether it is known at a moment that it has failed not long ago."""
        return any(failure <= now < failure + MEMORY for failure in self.failures)

    def set(self, script: Script | None, now: int) -> None:
        """From now on these states, or those of its script again."""
        self.by_hand = None if script is None else Course(script, now)

    def copy(self) -> Self:
        return replace(
            self,
            course=self.course.copy(),
            by_hand=self.by_hand and self.by_hand.copy(),
            failures=deque(self.failures, MOST_FAILURES),
        )
