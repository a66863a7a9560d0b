"""Malformed: what each kind makes of a frame."""

import json
from typing import Any

import pytest

from mockgw.delivery.actions import Chunk
from mockgw.delivery.faults.base import CannotStrike
from mockgw.delivery.faults.malformed import FLOOD, HARMLESS, KINDS, Kind
from mockgw.protocol import sse
from mockgw.protocol.sse import PING_FRAME
from tests.delivery.streams import NAMES, events, named, names, planned, read, sent, struck

STRUCK = "there "  # the ninth event
FRAME = (
    b"event: content_block_delta\n"
    b'data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"there "}}\n\n'
)
COMMENT = b": a comment, which clients have to ignore\n"


def malformed(kind: str, **at: Any) -> bytes:
    """The whole stream with this event spoilt."""
    return sent(struck({"type": "malformed_sse", "kind": kind, "at": at or {"event": 9}}))


def spoilt(kind: str) -> bytes:
    """What stands where the ninth event was, to the end of the stream."""
    whole = sent(planned())
    before, _, _ = whole.partition(FRAME)
    found = malformed(kind)
    assert found.startswith(before)
    return found[len(before) :]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        pytest.param("bad_json", FRAME.replace(b"}}\n\n", b"}\n\n"), id="bad_json"),
        pytest.param("no_blank_line", FRAME.removesuffix(b"\n") + b"event: content_block_delta\n", id="no_blank_line"),
        pytest.param("unknown_event", b'event: flourish\ndata: {"type":"flourish"}\n\n' + FRAME, id="unknown_event"),
        pytest.param("half_utf8", FRAME.replace(b'there "', b'there \xe2\x82"'), id="half_utf8"),
        pytest.param("wrong_index", FRAME.replace(b'"index":1', b'"index":3'), id="wrong_index"),
        pytest.param("ping_flood", PING_FRAME * FLOOD + FRAME, id="ping_flood"),
        pytest.param("comments", COMMENT + b"\n" + FRAME.replace(b"\ndata", b"\n" + COMMENT + b"data"), id="comments"),
        pytest.param("crlf", FRAME.replace(b"\n", b"\r\n") + b"event: content_block_delta\r\n", id="crlf"),
    ],
)
def test_what_each_kind_makes_of_an_event(kind: str, expected: bytes) -> None:
    assert spoilt(kind).startswith(expected)
    rest = sent(planned()).partition(FRAME)[2]
    assert spoilt(kind).replace(b"\r\n", b"\n").endswith(rest)


def test_every_kind_is_shown_here() -> None:
    [cases] = test_what_each_kind_makes_of_an_event.pytestmark  # type: ignore[attr-defined]
    assert [case.id for case in cases.args[1]] == list(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_standard_allows_is_read_as_if_nothing_were_wrong(kind: Kind) -> None:
    try:
        told = [event for event in sse.decode(malformed(kind)) if event["type"] not in ("ping", "flourish")]
        whole = told == events(planned())
    except (json.JSONDecodeError, UnicodeDecodeError):
        whole = False
    assert whole == (kind in HARMLESS)
    [fault] = read({"type": "malformed_sse", "kind": kind})
    assert fault.breaks() is not whole


@pytest.mark.parametrize("number", range(1, 20))
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "wrong_index"])
def test_every_event_can_be_struck(kind: str, number: int) -> None:
    assert malformed(kind, event=number) != sent(planned())


@pytest.mark.parametrize(
    ("number", "index"), [pytest.param(2, 3, id="first-block"), pytest.param(17, 3, id="last-block")]
)
def test_a_wrong_index_is_of_no_block(number: int, index: int) -> None:
    actions = struck({"type": "malformed_sse", "kind": "wrong_index", "at": {"event": number}})
    assert events(actions)[number - 1]["index"] == index
    assert len(names(actions)) == 19


@pytest.mark.parametrize("kind", ["message_start", "message_delta", "message_stop"])
def test_what_has_no_index_has_no_wrong_one(kind: str) -> None:
    with pytest.raises(CannotStrike, match=f"a {kind} event has no index"):
        malformed("wrong_index", type=kind)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "crlf"])
def test_with_windows_line_ends_each_kind_is_what_it_is_without_them(kind: str) -> None:
    """But for the lines that a kind brings along."""
    crlf = {"type": "malformed_sse", "kind": "crlf", "at": {"event": 1}}
    both = sent(struck([crlf, {"type": "malformed_sse", "kind": kind, "at": {"event": 9}}]))
    assert both.replace(b"\r\n", b"\n") == malformed(kind)
    assert both != malformed(kind)


def test_lines_end_as_on_windows_once() -> None:
    crlf = {"type": "malformed_sse", "kind": "crlf"}
    with pytest.raises(CannotStrike, match="lines end like that there already"):
        struck([crlf, crlf])
    later_then_earlier = struck([crlf | {"at": {"event": 9}}, crlf | {"at": {"event": 3}}])
    assert sent(later_then_earlier) == malformed("crlf", event=3)


def test_what_is_spoilt_is_an_event_no_more() -> None:
    actions = struck([{"type": "malformed_sse", "at": {"event": 9}}, {"type": "drop_event", "at": {"event": 9}}])
    told = [action.event for action in actions if isinstance(action, Chunk) and action.event]
    assert [named(event) for event in told if event["type"] != "ping"] == [*NAMES[:8], *NAMES[10:]]
