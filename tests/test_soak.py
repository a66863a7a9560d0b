"""The soak test, for a few seconds; and that it would notice what it looks for."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parent.parent / "benchmarks"
MARKER = "soak-0-1"
MESSAGE = (
    b'{"model": "soak-0-1", "type": "message", "content": [{"type": "text", "text": "All is well."}],'
    b' "stop_reason": "end_turn", "usage": {"input_tokens": 1, "output_tokens": 3}}'
)
EVENTS = (
    'event: message_start\ndata: {"type": "message_start", "message": {"model": "soak-0-1"}}\n\n',
    'event: content_block_start\ndata: {"type": "content_block_start", "index": 0,'
    ' "content_block": {"type": "text"}}\n\n',
    'event: ping\ndata: {"type": "ping"}\n\n',
    'event: content_block_delta\ndata: {"type": "content_block_delta", "index": 0,'
    ' "delta": {"type": "text_delta", "text": "All is "}}\n\n',
    'event: content_block_delta\ndata: {"type": "content_block_delta", "index": 0,'
    ' "delta": {"type": "text_delta", "text": "well."}}\n\n',
    'event: content_block_stop\ndata: {"type": "content_block_stop", "index": 0}\n\n',
    'event: message_delta\ndata: {"type": "message_delta", "delta": {"stop_reason": "end_turn"}}\n\n',
    'event: message_stop\ndata: {"type": "message_stop"}\n\n',
)
ERROR = 'event: error\ndata: {"type": "error", "error": {"type": "overloaded_error"}}\n\n'


@pytest.fixture
def book(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(FOLDER))
    return import_module("soak_book")


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(FOLDER))
    return import_module("soak_client")


def line(**told: Any) -> dict[str, Any]:
    """What the log says of a request."""
    usual = {"event": "request", "model": MARKER, "status": 200, "rule": "whole", "answer": "text, end_turn"}
    return usual | {"faults": [], "chaos": "", "refusal": "", "message": "", "ending": "whole"} | told


@pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc")
def test_a_server_survives_impatient_clients_and_all_faults() -> None:
    # A few seconds fill the journal, but not yet all that has a limit: so memory may grow by more than in ten minutes.
    short = ("--seconds", "4", "--clients", "40", "--think", "0", "--kept", "200", "--growth", "0.25", "--every", "1")
    command = [sys.executable, str(FOLDER / "soak.py"), *short]
    ran = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "answers were whole, or broken as the log says: whole" in ran.stdout
    assert "connection_reset_by_peer" in ran.stdout


@pytest.mark.parametrize(
    ("kind", "status", "told"),
    [
        pytest.param("whole", 200, {}, id="whole"),
        pytest.param("whole", 200, {"faults": ["slicer", "latency"]}, id="whole, after a harmless fault"),
        pytest.param("lost", 0, {"faults": ["connection_reset_by_peer"]}, id="reset"),
        pytest.param("cut", 200, {"faults": ["latency", "truncate"]}, id="late and cut"),
        pytest.param("error", 429, {"status": 429}, id="a scripted error"),
        pytest.param("error", 529, {"status": 529, "chaos": "error:529 (soak.yaml:4)"}, id="an error by chaos"),
        pytest.param("left", 0, {"ending": "left"}, id="left"),
        pytest.param("left", 0, {"faults": ["truncate"]}, id="left before a fault"),
    ],
)
def test_what_the_log_says_is_no_problem(book: Any, client: Any, kind: str, status: int, told: dict[str, Any]) -> None:
    seen = client.Seen(MARKER, client.Wish("whole", "whole", False, []), kind, status)

    assert book.problem(seen, line(**told)) == ""


@pytest.mark.parametrize(
    ("kind", "status", "told"),
    [
        pytest.param("lost", 0, {}, id="a fault that is not in the log"),
        pytest.param("lost", 0, {"faults": ["truncate"]}, id="another fault than the log has"),
        pytest.param("whole", 200, {"faults": ["truncate"]}, id="a fault that did not strike"),
        pytest.param("whole", 200, {"faults": ["latency", "truncate"]}, id="one of two that did not strike"),
        pytest.param("whole", 200, {"ending": "left"}, id="an answer that was whole after all"),
        pytest.param("error", 500, {"status": 500, "refusal": "bug"}, id="a bug"),
        pytest.param("error", 429, {"status": 529}, id="another status"),
        pytest.param("silent", 0, {"ending": "left"}, id="silence"),
    ],
)
def test_what_the_log_does_not_say_is_a_problem(
    book: Any, client: Any, kind: str, status: int, told: dict[str, Any]
) -> None:
    seen = client.Seen(MARKER, client.Wish("whole", "whole", False, []), kind, status)

    assert f"{MARKER}: whole: {kind}" in book.problem(seen, line(**told))


def test_answers_and_lines_without_each_other_are_problems(book: Any, client: Any) -> None:
    ledger = book.Book()
    ledger.see(client.Seen(MARKER, client.Wish("whole", "whole", False, []), "whole", 200))
    ledger.log(line(model="soak-0-2"))
    assert ledger.open == 2

    ledger.close()

    assert [problem.partition(": ")[0] for problem in ledger.problems] == [MARKER, "soak-0-2"]


@pytest.mark.parametrize("first", ["answer", "line"])
def test_an_answer_and_its_line_come_in_any_order(book: Any, client: Any, first: str) -> None:
    ledger = book.Book()
    seen = client.Seen(MARKER, client.Wish("whole", "whole", False, []), "lost", 0)
    calls = [lambda: ledger.see(seen), lambda: ledger.log(line(faults=["empty_response"]))]

    for call in calls if first == "answer" else reversed(calls):
        call()
    ledger.close()

    assert ledger.problems == []
    assert ledger.strikes == {"empty_response": 1}


def changed(event: int, old: str, new: str) -> str:
    return "".join([*EVENTS[:event], EVENTS[event].replace(old, new), *EVENTS[event + 1 :]])


STREAMS = {
    "whole": "".join(EVENTS),
    "cut": "".join(EVENTS[:4]),
    "cut, in an event": "".join(EVENTS[:5]) + EVENTS[5][:20],
    "error event": "".join(EVENTS[:4]) + ERROR,
    "garbled, as an event is missing": "".join([*EVENTS[:5], *EVENTS[6:]]),
    "garbled, as a delta is missing": "".join([*EVENTS[:3], *EVENTS[4:]]),
    "garbled, as an event comes twice": "".join([*EVENTS[:4], *EVENTS[3:]]),
    "garbled, as events changed places": "".join([*EVENTS[:3], EVENTS[4], EVENTS[3], *EVENTS[5:]]),
    "garbled, as it is no JSON": changed(3, "}}", "}"),
    "garbled, as it is another block's": changed(3, '"index": 0', '"index": 1'),
    "garbled, as it answers another request": changed(0, MARKER, "soak-0-2"),
}


@pytest.mark.parametrize("name", STREAMS)
def test_a_client_tells_what_became_of_a_stream(client: Any, name: str) -> None:
    wish = client.Wish("whole", "whole", True, [("text", "All is well.")])
    answer = client.Answer(200, {"content-type": "text/event-stream"}, STREAMS[name].encode())

    assert client.judged(answer, wish, MARKER) == name.partition(",")[0]


@pytest.mark.parametrize(
    ("status", "content_type", "body", "kind"),
    [
        (200, "application/json", MESSAGE, "whole"),
        (200, "application/json", MESSAGE[:-10], "cut"),
        (200, "application/json", MESSAGE.replace(b"well", b"lost"), "garbled"),
        (200, "application/json", b'{"type": "error", "error": {}}', "garbled"),
        (200, "text/html", MESSAGE, "garbled"),
        (502, "text/html", b"<html>", "error"),
    ],
)
def test_a_client_tells_what_became_of_an_answer(
    client: Any, status: int, content_type: str, body: bytes, kind: str
) -> None:
    wish = client.Wish("whole", "whole", False, [("text", "All is well.")])

    assert client.judged(client.Answer(status, {"content-type": content_type}, body), wish, MARKER) == kind
