"""Calls: which requests are tries of one call."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

CALLS = 10_000


class Likeness:
    """What tells a request from others: `rough` at once; `exact` takes a look at all of it, when it is asked.

    Requests that differ roughly differ exactly.
    """

    __slots__ = ("_exact", "_find", "rough")

    def __init__(self, rough: Hashable, find: Callable[[], str]) -> None:
        self.rough = rough
        self._exact = ""
        self._find: Callable[[], str] | None = find

    @property
    def exact(self) -> str:
        if self._find is not None:
            self._exact, self._find = self._find(), None  # and let go of the request
        return self._exact


@dataclass(eq=False, slots=True)
class Call:
    """One call of a client: a request and its retries. `picks` are what the last try took from counted lists.

    `spared` are the tries whose answers chaos took, so that none was used up; `name` tells the call from all others.
    """

    like: Likeness
    name: str = ""
    tries: int = 0
    spared: int = 0
    in_flight: bool = False
    lost: bool = False
    picks: dict[Any, int] = field(default_factory=dict)


class Calls:
    """The calls that are not over; of those that wait for a retry the oldest are forgotten.

    Most calls are over before another begins that is like them, even roughly: nobody has to know what they are exactly.
    """

    def __init__(self) -> None:
        self._open: OrderedDict[str, list[Call]] = OrderedDict()
        self._alone: dict[Hashable, Call] = {}  # in flight, and roughly like no other; all others are in `_open`
        self._alike: dict[Hashable, int] = {}  # how many there are, roughly

    def begin(self, like: Likeness) -> Call:
        """The call that a request belongs to: one that waits for its retry, else a new one."""
        if like.rough in self._alike:
            call = self._waiting(like) or self._file(self._counted(Call(like, in_flight=True)))
        else:
            call = self._alone[like.rough] = Call(like)
            self._alike[like.rough] = 1
        call.tries += 1
        call.in_flight = True
        return call

    def end(self, call: Call, *, whole: bool) -> None:
        """A whole answer ends the call; after any other the next such request is its retry."""
        call.in_flight = False
        if self._alone.get(call.like.rough) is call:
            del self._alone[call.like.rough]
            if whole:
                del self._alike[call.like.rough]
            else:
                self._file(call)
        elif call not in self._open.get(call.like.exact, ()):
            if not whole:
                self._file(self._counted(call))  # it was thought to be over
        elif whole:
            self._remove(call)

    def _waiting(self, like: Likeness) -> Call | None:
        if (alone := self._alone.pop(like.rough, None)) is not None:
            self._file(alone)
        calls = self._open.get(like.exact)
        if calls is None:
            return None
        self._open.move_to_end(like.exact)
        return next((call for call in calls if not call.in_flight), None)

    def _file(self, call: Call) -> Call:
        self._open.setdefault(call.like.exact, []).append(call)
        if len(self._open) > CALLS:
            self._forget()
        return call

    def _remove(self, call: Call) -> None:
        calls = self._open[call.like.exact]
        calls.remove(call)
        if not calls:
            del self._open[call.like.exact]
        self._uncount(call)

    def _forget(self) -> None:
        idle = (calls for calls in self._open.values() if not any(call.in_flight for call in calls))
        for call in list(next(idle, ())):
            self._remove(call)

    def _counted(self, call: Call) -> Call:
        self._alike[call.like.rough] = self._alike.get(call.like.rough, 0) + 1
        return call

    def _uncount(self, call: Call) -> None:
        self._alike[call.like.rough] -= 1
        if not self._alike[call.like.rough]:
            del self._alike[call.like.rough]
