import asyncio
from typing import Any

import pytest

from mockgw.delivery.actions import Action, Chunk, Delivery, Finish, Head, Raw
from mockgw.delivery.told import KEPT, Heard, Told, digest_of, told
from tests.delivery.streams import HEAD, planned, played, struck


def _told(actions: list[Action], *, stream: bool = True) -> Told:
    """What is heard of an answer that is played to its end."""
    return told(actions, asyncio.run(played(actions))[1], stream=stream)


def _heard(*faults: Any) -> Heard | None:
    return _told(struck(list(faults))).heard


@pytest.mark.parametrize("fault", [{"type": "latency", "delay": "10ms"}, {"type": "malformed_sse", "kind": "crlf"}])
def test_a_stream_that_came_to_its_end_is_whole(fault: dict[str, Any]) -> None:
    assert _heard(fault) == Heard("Hello there you all", digest_of("Hello there you all"), True)


@pytest.mark.parametrize(
    ("at", "text"),
    [
        ({"event": 2}, ""),
        ({"type": "content_block_delta", "nth": 5}, "Hello "),
        ({"type": "message_delta"}, "Hello there you all"),
        ({"type": "message_stop"}, "Hello there you all"),
    ],
)
def test_a_stream_that_was_cut_has_the_text_that_came(at: dict[str, Any], text: str) -> None:
    assert _heard({"type": "truncate", "at": at}) == Heard(text, digest_of(text), False)


def test_an_error_in_the_stream_cuts_it_too() -> None:
    heard = _heard({"type": "error_event", "at": {"type": "content_block_delta", "nth": 6}})
    assert heard == Heard("Hello there ", digest_of("Hello there"), False)


def test_what_a_client_cannot_read_is_no_part_of_it() -> None:
    data = b'data: {"type": "content_block_delta"\n\ndata: [1]\n\nevent: x\ndata: {"type": "ping"}\n\ndata: {'
    assert _told([HEAD, Chunk(data), Finish()]).heard == Heard("", digest_of(""), False)


def test_what_did_not_leave_was_not_heard() -> None:
    actions = planned()
    first = sum(len(action.data) for action in actions[:11] if isinstance(action, Chunk))
    heard = told(actions, Delivery(size_bytes=first, ending="left"), stream=True).heard
    assert heard is not None
    assert heard.begins == "Hello there "


def test_a_long_text_is_known_by_its_digest() -> None:
    text = "word " * 100
    data = b'data: {"type":"content_block_delta","delta":{"type":"text_delta","text":"%b"}}\n\n' % text.encode()
    heard = _told([HEAD, Chunk(data), Finish()]).heard
    assert heard == Heard(text[:KEPT], digest_of(" ".join(text.split())), False)


def test_an_answer_that_is_not_streamed_is_whole_or_nothing() -> None:
    whole = planned(stream=False)
    assert _told(whole, stream=False).heard == Heard("Hello there you all", digest_of("Hello there you all"), True)
    for data in (b"{", b"[]"):
        assert _told([Head(200, {}), Chunk(data), Finish()], stream=False).heard is None


def test_an_error_says_when_to_try_again() -> None:
    headers = {"Retry-After": "2", "retry-after-ms": "1500", "x-should-retry": "true"}
    assert _told([Head(429, headers), Chunk(b"{}"), Finish()]) == Told(True, "2", "1500", "true")


def test_without_a_head_nothing_was_heard() -> None:
    assert told([Raw(b"???")], Delivery(), stream=True) == Told(head=False)
