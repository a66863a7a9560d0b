from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from mockgw.delivery.actions import Delivery
from mockgw.journal import Exchange
from mockgw.log import json_line, text_line

HOSTILE = "\x1b[2J\x1b[31mred\r\nReady.\x00\u202e\u2028\x9b\ud800"


def exchange(**more: Any) -> Exchange:
    usual: dict[str, Any] = {
        "method": "POST",
        "path": "/v1/messages",
        "headers": {},
        "body": b"",
        "session": "default",
        "model": "claude-opus-5",
        "scenario": "hello",
        "rule": "greeting",
        "status": 200,
        "answer": "text, end_turn",
        "delivery": Delivery(started=1.0, ended=1.0123, ending="whole"),
    }
    return Exchange(request_id="req", received=datetime(2026, 1, 1, tzinfo=UTC), started=1.0, **usual | more)


def columns(line: str) -> list[str]:
    return line.split("  ")[1:]


def test_a_line_tells_the_exchange() -> None:
    line = text_line(exchange())
    assert columns(line) == ["default", "claude-opus-5", "hello/greeting", "text, end_turn", "200", "12 ms"]
    assert len(line.split("  ")[0]) == len("00:00:00")


@pytest.mark.parametrize(
    ("more", "shown"),
    [
        ({"attempt": 3}, "attempt 3: text, end_turn"),
        ({"faults": ("stall", "truncate")}, "text, end_turn; fault: stall, truncate"),
        ({"refusal": "fault", "faults": ("stall",)}, "text, end_turn [fault]"),
        ({"delivery": Delivery(ending="left")}, "text, end_turn (client left)"),
        ({"delivery": Delivery(ending="stopped"), "faults": ("stall",)}, "text, end_turn; fault: stall (stopped)"),
        ({"path": "/v1/messages/count_tokens", "answer": "5 tokens"}, "count_tokens: 5 tokens"),
        ({"answer": "rate_limit_error", "refusal": "no_match"}, "rate_limit_error [no_match]"),
        ({"model": "", "method": "GET", "path": "/nowhere"}, "GET /nowhere"),
        ({"rule": ""}, "hello"),
        ({"rule": "", "scenario": ""}, "-"),
        ({"rule": "", "path": "/v1/models"}, "-"),
        ({"rule": "", "path": "/v1/models/claude-opus-5"}, "-"),
        ({"delivery": Delivery(ended=31.04)}, "30.0 s"),
        ({"model": "m" * 100}, "m" * 60 + "\u2026"),
    ],
)
def test_a_line_tells_what_is_special(more: dict[str, Any], shown: str) -> None:
    assert shown in columns(text_line(exchange(**more)))


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("No rule\nmatches.", "No rule matches."),
        ("m" * 400, "m" * 300 + "…"),
        ("\x1b[31mred\x00", "\ufffd[31mred\ufffd"),
    ],
    ids=["line break", "long", "control characters"],
)
def test_a_refused_line_says_why_below(message: str, shown: str) -> None:
    line, reason = text_line(exchange(refusal="no_match", message=message)).split("\n")
    assert "[no_match]" in line
    assert reason == " " * 10 + shown


@pytest.mark.parametrize("more", [{"message": "scripted"}, {"refusal": "http"}], ids=["no refusal", "no message"])
def test_without_a_refusal_or_a_reason_there_is_one_line(more: dict[str, str]) -> None:
    assert text_line(exchange(**more)).isprintable()


@pytest.mark.parametrize("field", ["session", "model", "path", "scenario", "rule", "answer"])
def test_nothing_that_a_client_sends_can_break_a_line(field: str) -> None:
    line = text_line(exchange(**{"model": "", field: HOSTILE}))
    assert line.isprintable()
    assert len(line.splitlines()) == 1
    assert "red" in line


@pytest.mark.parametrize("value", [HOSTILE[:-1], "a\nb"])
def test_a_json_line_is_one_line_of_json(value: str) -> None:
    line = json_line(exchange(session=value))
    assert not set("\n\r\x1b") & set(line)
    assert orjson.loads(line)["session"] == value
    assert orjson.loads(line)["event"] == "request"


def test_the_providers_that_were_tried_are_told() -> None:
    line = text_line(exchange(provider="bedrock", tried=("anthropic:502", "bedrock:200")))
    assert "text, end_turn; tried: anthropic:502, bedrock:200  200" in line
