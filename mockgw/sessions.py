"""Sessions: what one test, person or client has to itself; none sees another."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Literal

from mockgw.engine.state import State
from mockgw.engine.timing import Timing
from mockgw.protocol.sent import is_session_name
from mockgw.scenario.chaos import Chaos
from mockgw.scenario.library import Library
from mockgw.scenario.model import Rule, Scenario
from mockgw.scenario.nodes import moved
from mockgw.settings import SESSION_AGE
from mockgw.values import light

if TYPE_CHECKING:
    from mockgw.batches import Batches
    from mockgw.files import Files
    from mockgw.gateway.books import Books
    from mockgw.gateway.caching import PromptCache
    from mockgw.scenario.gateway.terms import Terms

MOST = 1_000
MOST_BOOKS = 100
DEFAULT = "default"

Event = Literal["begun", "ended", "reset"]


@dataclass(eq=False, slots=True)
class Armed:
    """What strikes a session's next requests: `left` of them, or until its clock says so (seconds), or for ever."""

    id: str
    chaos: Chaos
    left: int | None = None
    until: float | None = None

    def is_over(self, clock: float) -> bool:
        return self.left == 0 or (self.until is not None and clock >= self.until)


@light
class Own:
    """What a session has for itself instead of the server's: None leaves the server's."""

    library: Library | None = None
    seed: int | None = None
    dialect: str | None = None
    time_scale: float | None = None


SHARED = Own()


@dataclass(eq=False, slots=True)
class Session:
    """Everything that requests of one name share. `state.started` and `used` are readings of the server's clock.

    `choice` is the scenario that answers whatever requests ask for: one of the library by its name, or one of its own.
    `advanced` are the seconds by which its clock is ahead; `timing` is what slows its answers down, or hastens them.
    """

    name: str
    state: State
    used: float
    choice: str | Scenario | None = None
    overrides: tuple[Rule, ...] = ()
    advanced: float = 0.0
    own: Own = SHARED
    timing: Timing | None = None
    _armed: list[Armed] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _fronted: tuple[Scenario, Scenario] | None = None
    _books: "dict[str, Books]" = field(default_factory=dict)
    _prompts: "PromptCache | None" = None
    _batches: "Batches | None" = None
    _files: "Files | None" = None

    @property
    def time_scale(self) -> float | None:
        """What its waits are multiplied by, if it says so itself."""
        own = self.timing.time_scale if self.timing else None
        return self.own.time_scale if own is None else own

    def clock(self, now: float) -> float:
        """Seconds since it began, as its rules see them."""
        return now - self.state.started + self.advanced

    def wall(self, time: datetime) -> datetime:
        """The time of day as it has it."""
        return time + timedelta(seconds=self.advanced) if self.advanced else time

    def library(self, servers: Library) -> Library:
        """The scenarios that its requests can ask for."""
        return self.own.library or servers

    def scenario(self, servers: Library, named: str | None, model: str | None) -> Scenario:
        """What answers a request: its own choice, else what the request asks for; with the overrides in front."""
        library = self.library(servers)
        if isinstance(self.choice, Scenario):
            return self._behind_overrides(self.choice)
        if self.choice is not None:
            return self._behind_overrides(library.named(self.choice, f"the session {self.name!r}"))
        return self._behind_overrides(library.choose(named, model))

    def reason(self, servers: Library, named: str | None, model: str | None) -> str:
        """Why `scenario` takes the one that it takes."""
        return (
            self.library(servers).reason(named, model)
            if self.choice is None
            else f"the session {self.name!r} has chosen it"
        )

    def override(self, rules: Iterable[Rule], before: int = 0) -> tuple[Rule, ...]:
        """Put rules in front of all others, in their order; each gets counts of its own, and an id if it has none.

        `before` is the place among the overrides that there are: 0 is in front of them.
        """
        numbered = [(next(self._numbers), rule) for rule in rules]
        put = tuple(_override(rule, number) for number, rule in numbered)
        self._override((*self.overrides[:before], *put, *self.overrides[before:]))
        return put

    def withdraw(self, id: str) -> bool:
        """Take an override away; whether there was one."""
        kept = tuple(rule for rule in self.overrides if rule.id != id)
        found = len(kept) < len(self.overrides)
        self._override(kept)
        return found

    def withdraw_all(self) -> None:
        self._override(())

    def arm(self, chaos: Chaos, now: float, times: int | None = None, seconds: float | None = None) -> Armed:
        """Let something strike: the next so many requests, for so long, or until it is disarmed."""
        id = f"fault-{next(self._numbers)}"
        until = None if seconds is None else self.clock(now) + seconds
        armed = Armed(id, replace(chaos, origin=id, path=(id,)), times, until)
        self._armed.insert(0, armed)
        return armed

    def disarm(self, id: str | None = None) -> bool:
        """Take one of them away, or all; whether there was one."""
        kept = [armed for armed in self._armed if id is not None and armed.id != id]
        found = len(kept) < len(self._armed)
        self._armed = kept
        return found

    def armed(self, now: float) -> list[Armed]:
        """What may strike now, the newest first."""
        if self._armed:
            clock = self.clock(now)
            self._armed = [armed for armed in self._armed if not armed.is_over(clock)]
        return self._armed

    def struck(self, chaos: Chaos) -> None:
        """It struck a request."""
        for armed in self._armed:
            if armed.chaos is chaos and armed.left is not None:
                armed.left -= 1

    def books(self, terms: "Terms") -> "Books":
        """What was counted in it under a gateway's terms."""
        from mockgw.gateway.books import Books  # most sessions have none

        if terms.name not in self._books and len(self._books) >= MOST_BOOKS:
            del self._books[next(iter(self._books))]
        return self._books.setdefault(terms.name, Books())

    def counted(self, terms: "Terms") -> "Books":
        """The same, for a look at it: a copy."""
        from mockgw.gateway.books import Books  # as above

        return self._books.get(terms.name, Books()).copy()

    def prompts(self) -> "PromptCache":
        """What of its prompts is cached."""
        from mockgw.gateway.caching import PromptCache  # as above

        self._prompts = self._prompts or PromptCache()
        return self._prompts

    @property
    def batches(self) -> "Batches":
        """Its message batches."""
        from mockgw.batches import Batches  # as above

        self._batches = self._batches or Batches()
        return self._batches

    @property
    def has_batches(self) -> bool:
        """Whether it may have some."""
        return self._batches is not None

    def files(self, terms: "Terms | None", now: datetime) -> "Files":
        """Its files, and those that a gateway has from the start. `now` is the time of day, as the session has it."""
        from mockgw import files  # as above

        self._files = files.Files() if self._files is None else self._files
        if terms is not None and terms.section.files:
            provided = terms.section.files.items()
            self._files.provide(terms.name, [files.made(form, id, now) for id, form in provided])
        return self._files

    @property
    def files_bytes(self) -> int:
        """What its files take."""
        return self._files.size_bytes if self._files is not None else 0

    def copy(self) -> "Session":
        """The same memory, for what must not be counted."""
        twin = replace(self, state=self.state.copy())
        twin._armed = [replace(armed) for armed in self._armed]
        twin._books = {name: books.copy() for name, books in self._books.items()}
        twin._prompts = self._prompts and self._prompts.copy()
        return twin

    def _override(self, rules: tuple[Rule, ...]) -> None:
        self.overrides = rules
        self._fronted = None

    def _behind_overrides(self, scenario: Scenario) -> Scenario:
        if not self.overrides:
            return scenario
        if self._fronted is None or self._fronted[0] is not scenario:
            self._fronted = scenario, scenario.behind(self.overrides)
        return self._fronted[1]


def _override(rule: Rule, number: int) -> Rule:
    prefix = f"override-{number}"
    id = rule.id if rule.named else prefix
    return replace(rule, id=id, path=(prefix, *rule.path), node=moved(rule.node, (prefix,)))


class Sessions:
    """Every session, made when it is first used; over when nobody has used it for `age` seconds.

    The one that was used longest ago goes when there are too many. `watchers` hear when one of this name has begun,
    ended by age or for want of room, or been reset.
    """

    def __init__(self, age: float = SESSION_AGE) -> None:
        self._age = age
        self._sessions: OrderedDict[str, Session] = OrderedDict()
        self.watchers: list[Callable[[Event, str], None]] = []

    def of(self, name: str, now: float) -> Session:
        """A session; it begins with its first use."""
        session = self._sessions.get(name)
        if session is None or now - session.used > self._age:
            session = self._begin(name, now)
        session.used = now
        self._sessions.move_to_end(name)
        return session

    def find(self, name: str, now: float) -> Session | None:
        """A session, if there is one; to ask is no use."""
        self._end_old(now)
        return self._sessions.get(name)

    def all(self, now: float) -> list[Session]:
        """Those that there are, the one that was used last in front."""
        self._end_old(now)
        return list(reversed(self._sessions.values()))

    def copy(self, *names: str) -> "Sessions":
        """Some of the sessions, for what must not be counted."""
        twin = Sessions(self._age)
        for name in (name for name in names if name in self._sessions):
            twin._sessions[name] = self._sessions[name].copy()
        return twin

    def choose(self, choice: str | Scenario, now: float, *names: str) -> None:
        """Let one scenario alone answer in some of the sessions."""
        for session in (self.of(name, now) for name in names if is_session_name(name)):
            session.choice = choice
            session.withdraw_all()

    def reset(self, name: str | None = None) -> None:
        """Forget one session, or all; the next use of it is its first."""
        for one in [name] if name is not None else list(self._sessions):
            if self._sessions.pop(one, None) is not None:
                self._tell("reset", one)

    def _begin(self, name: str, now: float) -> Session:
        self._end_old(now)
        session = self._sessions[name] = Session(name, State(now), now)
        self._tell("begun", name)
        if len(self._sessions) > MOST:
            self._end_oldest()
        return session

    def _end_old(self, now: float) -> None:
        while self._sessions and now - next(iter(self._sessions.values())).used > self._age:
            self._end_oldest()

    def _end_oldest(self) -> None:
        self._tell("ended", self._sessions.popitem(last=False)[0])

    def _tell(self, event: Event, name: str) -> None:
        for watch in self.watchers:
            watch(event, name)
