"""Prompts: a request as its cache sees it - segments in the order tools, system, messages, and where they end."""

from collections.abc import Iterator
from typing import Any

import orjson
from xxhash import xxh3_128

from mockgw.protocol import tokens
from mockgw.protocol.errors import invalid
from mockgw.protocol.wordings import said
from mockgw.values import light

MOST_BREAKPOINTS = 4
UNCACHEABLE = ("thinking", "redacted_thinking")
# What changes the meaning of the messages, but not of tools and system.
OF_MESSAGES = ("tool_choice", "thinking")

Json = dict[str, Any]


@light
class Segment:
    """A tool or a content block. `tokens` are its own and those of what it begins: of a message, whose `role` is."""

    part: str
    value: Any
    outer: int
    inner: int | None
    tokens_before: int
    role: str

    @property
    def path(self) -> tuple[str | int, ...]:
        """Where it stands in the body."""
        whole = {"tools": ("tools", self.outer), "system": ("system",)}
        path: tuple[str | int, ...] = whole.get(self.part, ("messages", self.outer, "content"))
        return path if self.inner is None else (*path, self.inner)

    @property
    def cacheable(self) -> bool:
        """Whether a prompt can be cached up to here: not in thought, nor behind empty text."""
        if self.part == "tools":
            return True
        if type(self.value) is not dict:
            return bool(self.value)
        return self.value.get("type") not in UNCACHEABLE and self.value.get("text", "x") != ""


@light
class Breakpoint:
    """Up to which segment a prompt is cached, and for how many seconds."""

    index: int
    seconds: int


@light
class Prefix:
    """A prompt up to some segment: what stands for it, and its tokens."""

    name: bytes
    tokens: int


def read(body: Json) -> tuple[list[Segment], list[Breakpoint]]:
    """The segments of a request and its breakpoints in their order; 400 for those that the API does not take."""
    segments = list(_segments(body))
    marked = [(index, control) for index, one in enumerate(segments) if (control := _control(one))]
    _check_places(segments, marked)
    breakpoints = [Breakpoint(index, _seconds(control)) for index, control in marked]
    automatic = body.get("cache_control")
    if automatic:
        breakpoints = _with_automatic(segments, breakpoints, _seconds(automatic))
    if len(breakpoints) > MOST_BREAKPOINTS:
        raise invalid(said("cache_many", found=len(breakpoints)), "cache_control")
    _check_order(segments, breakpoints)
    return segments, breakpoints


# Each prompt is read from end to end here, once for each request: what is called for each segment counts.
def prefixes(segments: list[Segment], last: int, body: Json, whose: str) -> list[Prefix]:
    """The prompt up to each segment, the last one included; `whose` tells the same prompt of others apart."""
    found: list[Prefix] = []
    state, count, part = xxh3_128(whose.encode()), 0, ""
    for segment in segments[: last + 1]:
        if segment.part != part:
            part = segment.part
            state.update(_beginning(part, body))
        if segment.tokens_before:  # a message, or the first of the tools
            state.update(segment.role.encode())
            count += segment.tokens_before
        written, size = _written(segment)
        state.update(b"\0%d\0" % len(written))
        state.update(written)
        count += size
        found.append(Prefix(state.digest(), count))
    return found


def parting(body: Json, other: Json) -> str | None:
    """Where two prompts part before the last breakpoint of the first; None if the other one goes on from there."""
    segments, breakpoints = read(body)
    others, _ = read(other)
    last = breakpoints[-1].index if breakpoints else -1
    for index, segment in enumerate(segments[: last + 1]):
        if segment.part == "messages" and (key := _unlike(body, other)):
            return key
        if index >= len(others) or _of_prefix(segment) != _of_prefix(others[index]):
            return ".".join(map(str, segment.path))
    return None


def _unlike(body: Json, other: Json) -> str | None:
    return next((key for key in OF_MESSAGES if body.get(key) != other.get(key)), None)


def _of_prefix(segment: Segment) -> tuple[str, str, bytes]:
    return segment.part, segment.role, _written(segment)[0]


def _beginning(part: str, body: Json) -> bytes:
    """What a part of the prompt begins with; of the messages it is what else changes their meaning."""
    return orjson.dumps([part, *(body.get(key) for key in OF_MESSAGES)] if part == "messages" else part)


def _written(segment: Segment) -> tuple[bytes, int]:
    """What counts of a segment, and its tokens: where breakpoints are does not, and text may be written in short."""
    value = segment.value
    text = value if type(value) is str else _only_text(value)
    if text is not None:
        written = text.encode("utf-8", "surrogatepass")
        return written, tokens.from_size(len(written))
    written = orjson.dumps(_without_controls(value))
    return written, tokens.from_size(len(written)) if segment.part == "tools" else tokens.estimate(value)


def _only_text(value: Any) -> str | None:
    """The text of a block that has nothing else, if it is one."""
    if len(value) > 3 or value.get("type") != "text" or len(value) > 2 + ("cache_control" in value):
        return None
    text = value.get("text")
    return text if type(text) is str else None


def _without_controls(value: Any) -> Any:
    if type(value) is not dict:
        return value
    if "cache_control" in value:
        value = {key: part for key, part in value.items() if key != "cache_control"}
    content = value.get("content")
    return value | {"content": [_without_controls(one) for one in content]} if type(content) is list else value


def _segments(body: Json) -> Iterator[Segment]:
    for index, tool in enumerate(body.get("tools") or ()):
        yield Segment("tools", tool, index, None, 0 if index else tokens.TOOLS_TOKENS, "")
    if "system" in body:
        yield from _blocks("system", 0, body["system"], 0, "")
    for index, message in enumerate(body["messages"]):
        yield from _blocks("messages", index, message["content"], tokens.MESSAGE_TOKENS, message["role"])


def _blocks(part: str, outer: int, content: Any, before: int, role: str) -> Iterator[Segment]:
    """The segments of a content; the first of them has the tokens and the role of what begins with it."""
    if type(content) is not list:
        yield Segment(part, content, outer, None, before, role)
        return
    for index, block in enumerate(content):
        yield Segment(part, block, outer, index, before, role)
        before, role = 0, ""


def _control(segment: Segment) -> Json | None:
    """The breakpoint that a segment has, by itself or by what it holds."""
    value = segment.value
    if type(value) is not dict or "cache_control" in value:
        return _given(value)
    content = value.get("content")
    return next(filter(None, map(_given, reversed(content))), None) if type(content) is list else None


def _given(value: Any) -> Json | None:
    """A block's own; not every kind of block has been checked for it."""
    control = value.get("cache_control") if type(value) is dict else None
    return control if type(control) is dict and control else None


def _seconds(control: Json) -> int:
    return 3600 if control.get("ttl") == "1h" else 300


def _check_places(segments: list[Segment], marked: list[tuple[int, Json]]) -> None:
    for index, _ in marked:
        segment = segments[index]
        if segment.cacheable or "cache_control" not in segment.value:
            continue
        place = ".".join(map(str, segment.path))
        if segment.value.get("type") == "text":
            raise invalid(said("cache_empty", path=place), place)
        kind = segment.value["type"]
        raise invalid(f"{place}.{kind}.cache_control: {said('extra')}", place)


def _with_automatic(segments: list[Segment], breakpoints: list[Breakpoint], seconds: int) -> list[Breakpoint]:
    """One more at the last segment that can have one; the same again is none."""
    last = next((index for index in range(len(segments) - 1, -1, -1) if segments[index].cacheable), None)
    if last is None:
        return breakpoints
    there = next((one for one in breakpoints if one.index == last), None)
    if there is None:
        return sorted([*breakpoints, Breakpoint(last, seconds)], key=lambda one: one.index)
    if there.seconds != seconds:
        told = "the last cacheable block already has a cache_control with another ttl"
        raise invalid(f"cache_control.ttl: {told}", "cache_control.ttl")
    return breakpoints


def _check_order(segments: list[Segment], breakpoints: list[Breakpoint]) -> None:
    shortest = 3600
    for one in breakpoints:
        if one.seconds > shortest:
            place = ".".join(map(str, segments[one.index].path))
            raise invalid(said("cache_order", path=place), f"{place}.cache_control.ttl")
        shortest = min(shortest, one.seconds)
