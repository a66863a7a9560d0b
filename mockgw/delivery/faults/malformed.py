"""Malformed: what can be wrong with an event of a stream, and what only looks so."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Literal

from mockgw.delivery.actions import Action, Chunk
from mockgw.delivery.faults.base import CannotStrike
from mockgw.protocol import sse
from mockgw.protocol.events import PING
from mockgw.protocol.sse import PING_FRAME

Kind = Literal[
    "bad_json",
    "no_blank_line",
    "unknown_event",
    "half_utf8",
    "wrong_index",
    "ping_flood",
    "comments",
    "crlf",
]
# What the standard allows: a client that minds it has a bug.
HARMLESS: frozenset[Kind] = frozenset({"unknown_event", "ping_flood", "comments", "crlf"})

UNKNOWN = b'event: flourish\ndata: {"type":"flourish"}\n\n'
CRLF = b"\r\n"
COMMENT = b": a comment, which clients have to ignore\n"
FLOOD = 1_000  # pings
HALF_A_EURO = "€".encode()[:2]
LINE_END = re.compile(rb"\r?\n\Z")
FRAME_END = re.compile(rb"(\r?\n)*\Z")


def bad_json(struck: Chunk, after: list[Action]) -> list[Action]:
    """Its JSON lacks the last brace."""
    end = FRAME_END.search(struck.data)
    assert end
    return [_spoilt(struck.data[: end.start()].removesuffix(b"}") + end[0]), *after]


def no_blank_line(struck: Chunk, after: list[Action]) -> list[Action]:
    """No blank line parts it from the next."""
    return [_spoilt(LINE_END.sub(b"", struck.data)), *after]


def unknown_event(struck: Chunk, after: list[Action]) -> list[Action]:
    """Before it comes one of a type that does not exist."""
    return [Chunk(UNKNOWN), struck, *after]


def half_utf8(struck: Chunk, after: list[Action]) -> list[Action]:
    """Its last text ends in the middle of a character."""
    head, quote, tail = struck.data.rpartition(b'"')
    return [_spoilt(head + HALF_A_EURO + quote + tail), *after]


def wrong_index(struck: Chunk, after: list[Action]) -> list[Action]:
    """It is said to be of a content block that was never begun."""
    event = struck.event or {}
    if "index" not in event:
        raise CannotStrike(f"a {event.get('type')} event has no index")
    highest = max(_indices([struck, *after]))
    wrong = Chunk(sse.encode(event | {"index": highest + 1}), event | {"index": highest + 1})
    return [_with_crlf(wrong) if CRLF in struck.data else wrong, *after]


def ping_flood(struck: Chunk, after: list[Action]) -> list[Action]:
    """Before it come a thousand pings."""
    return [*[Chunk(PING_FRAME, PING)] * FLOOD, struck, *after]


def comments(struck: Chunk, after: list[Action]) -> list[Action]:
    """Before it and between its lines stand comments."""
    *lines, blank = struck.data.splitlines(keepends=True)
    commented = COMMENT.join(lines)
    return [Chunk(COMMENT + b"\n"), replace(struck, data=commented + blank), *after]


def crlf(struck: Chunk, after: list[Action]) -> list[Action]:
    """From it on, lines end as on Windows."""
    if CRLF in struck.data:
        raise CannotStrike("lines end like that there already")
    return [_with_crlf(action) for action in [struck, *after]]


def _spoilt(data: bytes) -> Chunk:
    """What is an event no more."""
    return Chunk(data)


def _indices(actions: Iterable[Action]) -> list[int]:
    events = [action.event for action in actions if isinstance(action, Chunk) and action.event is not None]
    return [event["index"] for event in events if "index" in event]


def _with_crlf(action: Action) -> Action:
    if not isinstance(action, Chunk) or CRLF in action.data:
        return action
    return replace(action, data=action.data.replace(b"\n", CRLF))


KINDS: Mapping[Kind, Callable[[Chunk, list[Action]], list[Action]]] = {
    "bad_json": bad_json,
    "no_blank_line": no_blank_line,
    "unknown_event": unknown_event,
    "half_utf8": half_utf8,
    "wrong_index": wrong_index,
    "ping_flood": ping_flood,
    "comments": comments,
    "crlf": crlf,
}
