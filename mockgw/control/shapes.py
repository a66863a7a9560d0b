"""Shapes: what the operations answer, as plain values; they are the JSON of the control API too."""

from dataclasses import field
from datetime import datetime
from typing import Any, Literal

from mockgw.values import light


@light
class Trouble:
    """One thing that is wrong, or doubtful: `path` leads to it in data, `line` and `column` in a text."""

    message: str
    code: str
    severity: Literal["error", "warning"]
    path: str | None = None
    file: str | None = None
    line: int | None = None
    column: int | None = None


@light
class Health:
    """That the server answers."""

    status: Literal["ok"]
    version: str


@light
class Files:
    """The state of the loaded files.

    `stale`: they were changed, but what stands in them now cannot be used, so the older set answers; `problems` say
    why. `none`: the server does not look at files again.
    """

    state: Literal["loaded", "stale", "none"]
    loaded: datetime
    problems: tuple[str, ...] = ()


@light
class Ready:
    """That the server can be used: the files' state, how many scenarios there are, and the usual one."""

    status: Literal["ready"]
    files: Files
    scenarios: int
    chosen: str


@light
class Version:
    """What this server is."""

    name: Literal["mockgw"]
    version: str


@light
class Config:
    """What the server was started with; a secret is not among it."""

    host: str
    seed: int
    time_scale: float
    dialect: str
    cors: str
    chaos: str
    session_age: float
    hosts: tuple[str, ...]
    token_required: bool


@light
class Choice:
    """The scenario that answers in a session, if it has one: of the loaded ones, or one of its `own`."""

    name: str
    own: bool
    rules: int
    warnings: tuple[Trouble, ...] = ()


@light
class Override:
    """A rule in front of the scenario's own."""

    id: str
    place: str
    times: int | None
    answers: int


@light
class Overrides:
    """Rules that were put in front, in the order in which they are asked; `put` are the ids of those just now."""

    overrides: tuple[Override, ...]
    put: tuple[str, ...] = ()
    warnings: tuple[Trouble, ...] = ()


@light
class ArmedFault:
    """What strikes a session: how often, how many times more and for how many seconds more; null for ever."""

    id: str
    what: str
    rate: float
    left: int | None
    seconds_left: float | None


@light
class ArmedFaults:
    """What may strike, the newest first."""

    faults: tuple[ArmedFault, ...]


@light
class ClockShown:
    """A session's clock: the seconds since it began, its time of day, and how far it is ahead of the server's."""

    seconds: float
    time: datetime
    advanced: float


@light
class TimingShown:
    """How a session's answers are slowed down or hastened: `delay` in seconds, null is what rules and server say."""

    delay: float
    pace: dict[str, Any] | None
    time_scale: float | None


@light
class SessionShown:
    """A session: what was asked in it, what answers, and for how many seconds nobody has used it.

    `requests` are those that rules count, `exchanges` those that the journal has, `evicted` those that it had.
    """

    name: str
    requests: int
    exchanges: int
    evicted: int
    scenario: Choice | None
    overrides: tuple[Override, ...]
    faults: tuple[ArmedFault, ...]
    clock: ClockShown
    timing: TimingShown
    idle: float


@light
class Sessions:
    """Every session, the one that was used last in front."""

    sessions: tuple[SessionShown, ...]


@light
class Done:
    """What was done, and to how many."""

    done: str
    count: int = 1


@light
class FileChange:
    """What became of a file."""

    file: str
    change: Literal["new", "changed", "deleted"]


@light
class Reloading:
    """What became of a reload: the files' state, and which files differ from those before."""

    files: Files
    changes: tuple[FileChange, ...] = field(default=())
