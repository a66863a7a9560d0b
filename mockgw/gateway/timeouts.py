"""Timeouts: an answer that takes longer than its gateway waits is a 408, or a stream that ends in an error."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import ceil, inf

from mockgw.delivery.actions import Action, Chunk, Finish, Flush, Hang, Head, Piece, Raw, Wait
from mockgw.delivery.encoded import frame
from mockgw.delivery.pacing import MOST_PINGS
from mockgw.delivery.places import SLACK
from mockgw.delivery.plan import AtOnce, after, error
from mockgw.protocol.dialects import Dialect, error_frame
from mockgw.protocol.errors import ApiError
from mockgw.scenario.gateway.timeouts import Timeouts

OWN = "x-mockgw-"  # headers that say where an answer comes from, whatever becomes of it


@dataclass(frozen=True, slots=True)
class Held:
    """What leaves instead of an answer that takes too long: an `error` alone if there is one, `delay` seconds later."""

    actions: Sequence[Action]
    delay: float = 0.0
    error: ApiError | None = None


def held(
    actions: Sequence[Action], form: Timeouts, dialect: Dialect, request_id: str, *, waited: float = 0.0
) -> Held | None:
    """The answer as far as it comes in time, and an error where it does not; None if all of it does.

    `waited` seconds of all its time have gone by before it began.
    """
    if waited and form.total:
        form = form.model_copy(update={"total": max(SLACK, form.total - waited)})
    over = None if isinstance(actions, AtOnce) else overdue(actions, form)
    if over is None:
        return None
    problem = ApiError(408, dialect.message(408))
    if over.kept:
        end = frame(error_frame(dialect, problem, request_id))
        return Held([*over.kept, Wait(over.wait), end, Finish()])
    return Held(after(over.wait, error(dialect, problem, request_id, _own_headers(actions))), over.wait, problem)


@dataclass(frozen=True, slots=True)
class Overdue:
    """What of an answer leaves in time, and for how many seconds nothing follows."""

    kept: list[Action]
    wait: float


def overdue(actions: Sequence[Action], form: Timeouts) -> Overdue | None:
    """Where an answer takes too long; None if it never does. Of a stream, whole events are let through."""
    stream = any(isinstance(action, Chunk) and action.event for action in actions)
    watch = _Watch(form, stream)
    for action in _expanded(actions, form.total):
        if watch.is_late(action):
            return Overdue(watch.kept, watch.deadline - watch.last)
        if isinstance(action, Raw) or (watch.kept and not stream):
            return None  # nothing can be said any more
    return None


@dataclass(slots=True)
class _Watch:
    """An answer as it leaves: `kept` up to its last whole event, which left at `last`; seconds from its start."""

    form: Timeouts
    stream: bool
    now: float = 0.0
    last: float = 0.0
    kept: list[Action] = field(default_factory=list)
    pending: list[Action] = field(default_factory=list)

    @property
    def deadline(self) -> float:
        """When the next of it has to be there."""
        silence = self.form.idle if self.kept else self.form.first_byte
        return min(inf if silence is None else self.last + silence, self.form.total or inf)

    def is_late(self, action: Action) -> bool:
        """Whether this one leaves too late; if not, it has left."""
        self.pending.append(action)
        if isinstance(action, Wait):
            self.now += action.seconds
        if isinstance(action, Wait | Head | Flush):
            return False
        if self.now > self.deadline + SLACK:
            return True
        if isinstance(action, Chunk) and not (self.stream and isinstance(action, Piece)):
            self._leave()
        return False

    def _leave(self) -> None:
        self.kept += self.pending
        self.pending, self.last = [], self.now


def _expanded(actions: Sequence[Action], total: float | None) -> Iterator[Action]:
    """What hangs is a wait without end; if it pings, its pings are waited for, but no more than the limit wants."""
    for action in actions:
        if not isinstance(action, Hang):
            yield action
        elif action.chunk is None:
            yield from (Wait(inf), Finish())
        else:
            pings = 2 if total is None else min(ceil(total / action.every) + 1, MOST_PINGS)
            for _ in range(pings):
                yield from (Wait(action.every), action.chunk)


def _own_headers(actions: Sequence[Action]) -> dict[str, str]:
    heads = (action.headers for action in actions if isinstance(action, Head))
    return {name: value for headers in heads for name, value in headers.items() if name.startswith(OWN)}
