"""Operation: one thing that can be called of the control API, and a call of it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import field
from typing import Any

from mockgw.control.control import Control
from mockgw.notation import Written
from mockgw.values import light


@light
class Call:
    """A request that came through the guard: the parts of its path, its query, and its body as JSON."""

    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    accept: str = ""


Run = Callable[[Control, Call], Any | Awaitable[Any]]


@light
class Operation:
    """One thing that can be called. `body` is what it takes, `result` the shape of what it answers.

    `is_open` is for what needs no token; where `holds` is false of a result, it comes with 406, so that a shell script
    hears of it too. `asks` is for what changes nothing, though it has a body.
    """

    method: str
    path: str
    name: str
    told: str
    run: Run
    result: Any
    body: tuple[Any, ...] = ()
    query: type[Written] | None = None
    status: int = 200
    refusals: tuple[int, ...] = ()
    is_open: bool = False
    holds: Callable[[Any], bool] | None = None
    asks: bool = False

    @property
    def changes(self) -> bool:
        """Whether something is another after it."""
        return self.method != "GET" and not self.asks

    @property
    def segments(self) -> tuple[str, ...]:
        return tuple(self.path.split("/"))

    @property
    def names(self) -> tuple[str, ...]:
        """The parts of its path that stand for something."""
        return tuple(part[1:-1] for part in self.segments if part.startswith("{"))


UNKNOWN = (404,)
