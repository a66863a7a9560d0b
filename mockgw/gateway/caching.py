"""Caching: which part of a prompt is read from the cache, and which is written to it; bounded."""

from collections import OrderedDict
from dataclasses import dataclass, field, replace

from mockgw.gateway.prompts import Breakpoint, Prefix, Segment, prefixes, read
from mockgw.protocol.models import find
from mockgw.protocol.requests import Cached, MessagesRequest
from mockgw.values import light

MOST_ENTRIES = 10_000
LOOKED_BACK = 20  # https://platform.claude.com/docs/en/build-with-claude/prompt-caching: blocks before a breakpoint
# The fewest tokens of a prompt that is cached, as the same page has them; for models that it does not know yet, those
# of the model before.
MINIMUMS = {
    "claude-haiku-5-5": 4096,
    "claude-haiku-4-5-20251001": 4096,
    "claude-opus-4-8": 1024,
    "claude-opus-4-7": 2048,
    "claude-opus-4-6": 4096,
    "claude-opus-4-5-20251101": 4096,
}
OF_LINES = {"fable": 512, "mythos": 512, "opus": 512, "sonnet": 1024, "haiku": 4096}
OTHERWISE = 1024


@dataclass(frozen=True, slots=True)
class Survey:
    """A prompt that has breakpoints."""

    segments: list[Segment]
    breakpoints: list[Breakpoint]


@light
class Use:
    """What a request has of the cache, and what it leaves there: names of prefixes, and for how many seconds."""

    cached: Cached
    kept: list[tuple[bytes, int]]
    hit: bytes | None


@dataclass(slots=True)
class PromptCache:
    """Prefixes of prompts by name: until when they are kept, and for how long a use keeps them."""

    _entries: OrderedDict[bytes, tuple[float, int]] = field(default_factory=OrderedDict)

    def has(self, name: bytes, now: float) -> bool:
        entry = self._entries.get(name)
        return entry is not None and now < entry[0]

    def keep(self, use: Use, now: float) -> None:
        """The answer begins: what was written can be read, and what was read is kept longer."""
        if use.hit is not None and (entry := self._entries.get(use.hit)):
            self._put(use.hit, entry[1], now)
        for name, seconds in use.kept:
            self._put(name, seconds, now)
        while len(self._entries) > MOST_ENTRIES:
            self._entries.popitem(last=False)

    def copy(self) -> "PromptCache":
        return PromptCache(self._entries.copy())

    def _put(self, name: bytes, seconds: int, now: float) -> None:
        self._entries[name] = now + seconds, seconds
        self._entries.move_to_end(name)


def survey(request: MessagesRequest) -> Survey | None:
    """The breakpoints of a request; None if it has none. 400 for those that the API does not take."""
    segments, breakpoints = read(request.body)
    return Survey(segments, breakpoints) if breakpoints else None


def minimum(model: str) -> int:
    """The fewest tokens of a prompt that is cached."""
    found = find(model)
    if found is None:
        return OTHERWISE
    return MINIMUMS.get(found.id) or OF_LINES.get(found.line or "", OTHERWISE)


def looked_up(
    request: MessagesRequest, surveyed: Survey, cache: PromptCache, key: str, *, least: int, now: float
) -> Use | None:
    """What the cache does for a request; None if its prompt is too short for it."""
    last = surveyed.breakpoints[-1].index
    model = find(request.model)
    whose = f"{key}\0{model.id if model else request.model}"
    found = prefixes(surveyed.segments, last, request.body, whose)
    breakpoints = [one for one in surveyed.breakpoints if found[one.index].tokens >= least]
    if not breakpoints:
        return None
    hit = _longest(found, breakpoints, cache, now)
    kept = [(found[one.index].name, one.seconds) for one in breakpoints]
    return Use(_split(found, breakpoints, hit.tokens if hit else 0), kept, hit.name if hit else None)


def with_use(request: MessagesRequest, use: Use | None) -> MessagesRequest:
    return replace(request, cached=use.cached) if use else request


def _longest(found: list[Prefix], breakpoints: list[Breakpoint], cache: PromptCache, now: float) -> Prefix | None:
    """The longest prefix that is there: at a breakpoint, or a few blocks before it."""
    for one in reversed(breakpoints):
        for index in range(one.index, max(-1, one.index - LOOKED_BACK - 1), -1):
            if cache.has(found[index].name, now):
                return found[index]
    return None


def _split(found: list[Prefix], breakpoints: list[Breakpoint], read: int) -> Cached:
    """What follows the part that is read is written, for as long as the breakpoint behind it says."""
    hours = max((found[one.index].tokens for one in breakpoints if one.seconds == 3600), default=0)
    end = max(found[breakpoints[-1].index].tokens, read)
    for_an_hour = max(0, hours - read)
    return Cached(read=read, written_5m=end - read - for_an_hour, written_1h=for_an_hour)
