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
class BalanceShown:
    """What a key has, in dollars: `reserved` is what requests under way may cost, `free` the rest."""

    amount: str
    reserved: str
    free: str


@light
class BucketShown:
    """A limit: what is left of so many in so many `seconds`, and when all of it is there again if nobody asks."""

    name: Literal["requests", "tokens", "input_tokens", "output_tokens"]
    limit: int
    seconds: int
    left: int
    full_in: float
    full: datetime


@light
class LimitsShown:
    """What a key has left for one class of models; `running` are its requests under way, of `concurrent` at most."""

    models: str
    running: int
    concurrent: int | None
    buckets: tuple[BucketShown, ...]


@light
class WindowShown:
    """A window of a subscription: how many of its tokens are used, and when it ends."""

    name: Literal["five_hour", "seven_day"]
    tokens: int
    used: int
    ends_in: float
    ends: datetime


@light
class KeyShown:
    """A key, masked, and what it has. Limits are those of the classes of models that it has asked for."""

    key: str
    state: Literal["active", "disabled", "expired", "session_expired"]
    uses: int
    balance: BalanceShown | None
    limits: tuple[LimitsShown, ...]
    windows: tuple[WindowShown, ...]


@light
class ProviderShown:
    """A provider and its state: since when, until when if time ends it, and for how many tries more.

    `status` is that of the state `error`. `by_hand` is whether the state was set here, `failed_lately` whether others
    come before it for a while.
    """

    provider: str
    state: Literal["up", "slow", "down", "error", "hang", "invalid", "break"]
    status: int | None
    by_hand: bool
    since: datetime
    ends_in: float | None
    ends: datetime | None
    left: int | None
    tried: int
    served: int
    failed_lately: bool


@light
class GatewayShown:
    """One gateway of a session: the scenarios that have it, its keys, and those that were used, and its providers."""

    scenarios: tuple[str, ...]
    keys: tuple[KeyShown, ...]
    providers: tuple[ProviderShown, ...]


@light
class GatewaysShown:
    """The gateways of a session: scenarios with the same section share one. Times are those of the session's clock."""

    gateways: tuple[GatewayShown, ...]


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
