"""State: what a session remembers between requests, bounded; one `reset` forgets it."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from typing import Any, Generic, TypeVar

import orjson

from mockgw.chance import digest, summed
from mockgw.engine.calls import Call, Calls, Likeness

COUNTS = 10_000

Value = TypeVar("Value")
Subject = tuple[object, ...]


class Bounded(OrderedDict[Any, Value], Generic[Value]):
    """A mapping that forgets what was set longest ago."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self._limit = limit

    def __setitem__(self, key: Any, value: Value) -> None:
        OrderedDict.__setitem__(self, key, value)  # super() takes twice as long, several times for each request
        self.move_to_end(key)
        if len(self) > self._limit:
            self.popitem(last=False)


class State:
    """One session's memory. `started` is a reading of the clock."""

    def __init__(self, started: float) -> None:
        self.started = started
        self.requests = 0
        self._calls = Calls()
        self._sent: Bounded[int] = Bounded(COUNTS)
        self._prompts: Bounded[int] = Bounded(COUNTS)
        self._taken: Bounded[int] = Bounded(COUNTS)

    def begin(self, like: Likeness, *, counted: bool) -> Call:
        """A request comes: the call that it belongs to. Side calls are not counted among the session's requests."""
        self.requests += counted
        return self._calls.begin(like)

    def end(self, call: Call, *, whole: bool, scripted_failure: bool) -> None:
        """Its answer has left; one that was not meant to fail and did not arrive is lost."""
        call.lost = not whole and not scripted_failure
        self._calls.end(call, whole=whole)

    def copy(self) -> "State":
        """The same memory, for what must not be counted."""
        twin = State(self.started)
        twin.requests, twin._calls = self.requests, deepcopy(self._calls)
        twin._sent.update(self._sent)
        twin._prompts.update(self._prompts)
        twin._taken.update(self._taken)
        return twin

    def sent(self, *subject: object) -> int:
        """How often a client sent this, this time included."""
        self._sent[subject] = count = self._sent.get(subject, 0) + 1
        return count

    def tried(self, subject: Subject) -> int:
        """The newest try of a typed prompt, or the one that an agent's loop belongs to; 0 if there was none."""
        return self._prompts.get(subject, 0)

    def taken(self, subject: Subject) -> int:
        """How often a rule, a list or a fault of a scenario was used so far."""
        return self._taken.get(subject, 0)

    def commit(self, call: Call, taken: Mapping[Subject, int]) -> None:
        """An answer is given: count what it takes, but for what a retry of a lost answer takes again."""
        self.hit([subject for subject in taken if subject not in call.picks] if call.lost else taken)
        call.picks = dict(taken)

    def hit(self, subjects: Iterable[Subject]) -> None:
        """These were used once more."""
        for subject in subjects:
            self._taken[subject] = self.taken(subject) + 1

    def commit_try(self, subjects: Iterable[Subject], number: int) -> None:
        """A choice was drawn for this try of a typed prompt; the steps that follow keep it."""
        for subject in subjects:
            self._prompts[subject] = number


def fingerprint(messages: Sequence[Mapping[str, Any]], *run: object) -> str:
    """What tells one call from another: the messages, however they are spelled, and who sends them.

    Claude Code spells one message now as a string, now as a list, and moves `cache_control` about (seen on the wire).
    """
    said = orjson.dumps([(message["role"], _content(message["content"])) for message in messages])
    return digest(summed(said), *run)


def _content(content: Any) -> Any:
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    return [_block(block) for block in content]


def _block(block: Any) -> Any:
    """A block without what may change; keys that the API does not know may hold anything."""
    if not isinstance(block, Mapping) or ("cache_control" not in block and "content" not in block):
        return block
    inner = {"content": _content(block["content"])} if isinstance(block.get("content"), str | list) else {}
    return {key: value for key, value in block.items() if key != "cache_control"} | inner
