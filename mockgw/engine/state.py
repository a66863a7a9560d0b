"""State: what a session remembers between requests, bounded; one `reset` forgets it."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import orjson

from mockgw.chance import digest

SESSIONS = 1_000
CALLS = 1_000
COUNTS = 10_000

Value = TypeVar("Value")


class Bounded(OrderedDict[Any, Value], Generic[Value]):
    """A mapping that forgets what was set longest ago."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self._limit = limit

    def __setitem__(self, key: Any, value: Value) -> None:
        super().__setitem__(key, value)
        self.move_to_end(key)
        if len(self) > self._limit:
            self.popitem(last=False)


@dataclass(eq=False)
class Call:
    """One call of a client: a request and its retries. `picks` are what the last try took from counted lists."""

    key: bytes
    tries: int = 0
    in_flight: bool = False
    lost: bool = False
    picks: dict[Any, int] = field(default_factory=dict)


class State:
    """One session's memory. `started` is a reading of the clock."""

    def __init__(self, started: float) -> None:
        self.started = started
        self.requests = 0
        self._calls: Bounded[list[Call]] = Bounded(CALLS)
        self.tries: Bounded[int] = Bounded(COUNTS)
        """Which try of a typed prompt an agent's run is at."""
        self._counts: Bounded[int] = Bounded(COUNTS)
        self._taken: Bounded[int] = Bounded(COUNTS)

    def begin(self, key: bytes) -> Call:
        """The call that a request belongs to: one that waits for its retry, else a new one."""
        waiting = self._calls.get(key, [])
        call = next((call for call in waiting if not call.in_flight), None)
        if call is None:
            call = Call(key)
            waiting = [*waiting, call]
        self._calls[key] = waiting
        call.tries += 1
        call.in_flight = True
        return call

    def end(self, call: Call, *, whole: bool, scripted_failure: bool) -> None:
        """A whole answer ends the call; after any other the next such request is its retry."""
        call.in_flight = False
        call.lost = not whole and not scripted_failure
        if whole and call in self._calls.get(call.key, []):
            self._calls[call.key] = [other for other in self._calls[call.key] if other is not call]
            if not self._calls[call.key]:
                del self._calls[call.key]

    def count(self, *subject: object) -> int:
        """How often a client sent this, this time included."""
        self._counts[subject] = self._counts.get(subject, 0) + 1
        return self._counts[subject]

    def take(self, *subject: object) -> None:
        """A rule, a list or a fault of a scenario was used once more."""
        self._taken[subject] = self.taken(*subject) + 1

    def taken(self, *subject: object) -> int:
        """How often it was used so far. These are kept apart from what clients send, of which there is no end."""
        return self._taken.get(subject, 0)


class States:
    """The memory of every session; the one that was used longest ago goes when there are too many."""

    def __init__(self) -> None:
        self._sessions: Bounded[State] = Bounded(SESSIONS)

    def of(self, session: str, now: float) -> State:
        """A session's memory; it begins with its first use."""
        state = self._sessions.get(session) or State(now)
        self._sessions[session] = state
        return state

    def reset(self, session: str | None = None) -> None:
        """Forget one session, or all."""
        if session is None:
            self._sessions.clear()
        else:
            self._sessions.pop(session, None)


def fingerprint(messages: Sequence[Mapping[str, Any]], *run: object) -> bytes:
    """What tells one call from another: the messages, however they are spelled, and who sends them.

    Claude Code spells one message now as a string, now as a list, and moves `cache_control` about (seen on the wire).
    """
    return digest(orjson.dumps([(message["role"], _content(message["content"])) for message in messages]), *run)


def _content(content: Any) -> Any:
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    return [_block(block) for block in content]


def _block(block: Mapping[str, Any]) -> Mapping[str, Any]:
    if "cache_control" not in block and "content" not in block:
        return block
    inner = {"content": _content(block["content"])} if isinstance(block.get("content"), str | list) else {}
    return {key: value for key, value in block.items() if key != "cache_control"} | inner
