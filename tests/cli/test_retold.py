"""What a server tells of an exchange is enough for the line that it prints itself."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from mockgw.cli.remote import Event
from mockgw.cli.retold import exchange_of, news_of
from mockgw.cli.screen import Screen
from mockgw.control.entries import entry
from mockgw.delivery.actions import Delivery
from mockgw.errors import MockgwError
from mockgw.log import text_line
from mockgw.protocol.messages import Usage
from mockgw.reload import Change, Refused, Reloaded
from tests.test_log import HOSTILE, exchange

SPECIAL: list[dict[str, Any]] = [
    {},
    {"usage": Usage(1, 2, 3, 4), "cost": 123_456_000},
    {"faults": ("stall", "truncate"), "chaos": "error:429 (--chaos)", "attempt": 3},
    {"refusal": "no_match", "message": "No rule\nmatches.", "status": 400, "rule": ""},
    {"validation": "temperature: wrong", "session": "my test"},
    {"model": "", "path": "/v1/models", "method": "GET"},
    {"path": "/v1/messages/count_tokens", "answer": "5 tokens"},
    {"delivery": Delivery(started=1.0, ended=45.5, ending="left")},
    {"session": HOSTILE[:-1], "model": HOSTILE[:-1]},
]


@pytest.mark.parametrize("more", SPECIAL, ids=lambda more: ", ".join(more) or "plain")
def test_a_line_is_the_same_on_both_sides(more: dict[str, Any]) -> None:
    original = exchange(**more)
    retold = exchange_of(orjson.loads(orjson.dumps(entry(original))))
    assert text_line(retold) == text_line(original)
    lines = [Screen(lambda: 140, coloured=True).line(one) for one in (original, retold)]
    assert lines[0] == lines[1]


@pytest.mark.parametrize(
    "more", [{"cost": "much"}, {"time": "now"}, {"faults": None}, {"status": None}, {"duration": ""}]
)
def test_what_another_version_tells_is_said_to_be_that(more: dict[str, Any]) -> None:
    told = {**entry(exchange()), "time": "2026-01-01T00:00:00+00:00"}
    for wrong in ({**told, **more}, {name: value for name, value in told.items() if name not in more}):
        with pytest.raises(MockgwError, match="it is another version of mockgw"):
            text_line(exchange_of(wrong))


NOW = datetime(2026, 1, 1, tzinfo=UTC)


def told(kind: str, **data: Any) -> Event:
    return Event(kind, orjson.dumps({"time": NOW, **data}))


def test_files_are_told_of_as_the_server_does() -> None:
    changes = [{"file": "a.yaml", "change": "new"}]
    news = news_of(told("files.reloaded", changes=changes, scenarios=["a"], chosen="a"))
    assert news == Reloaded(NOW, (Change(Path("a.yaml"), "new"),), (), ("a",), "a")
    refused = news_of(told("files.refused", loaded=NOW, problems=["a.yaml:1: error: none"]))
    assert refused == Refused(NOW, NOW, ("a.yaml:1: error: none",))


def test_other_events_are_no_news() -> None:
    assert news_of(told("session.begun", session="a")) is None
