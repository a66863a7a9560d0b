"""What was done is told without keys, and by whom."""

from datetime import UTC, datetime
from typing import Any

import pytest

from mockgw.control import activities as module
from mockgw.control.activities import Activities, Activity, origin_of

TIME = datetime(2026, 1, 1, tzinfo=UTC)


def noted(value: Any = None, session: str = "default") -> Activity:
    activities = Activities()
    activities.note(TIME, "arm", "POST /x", session=session, value=value, origin="curl")
    return activities.of(None)[0]


@pytest.mark.parametrize(
    ("value", "detail"),
    [
        (None, ""),
        ("truncate", '"truncate"'),
        ({"error": 429, "times": 2}, '{"error":429,"times":2}'),
        ({"key": "sk-0123456789-x", "add": 2}, '{"key":"sk-0\u2026-x","add":2}'),
        ({"gateway": {"keys": {"sk-0123456789-x": "active"}}}, '{"gateway":{"keys":{"sk-0\u2026-x":"active"}}}'),
        ([{"key": {"contains": "x"}}], '[{"key":{"contains":"x"}}]'),
        ({"yaml": "gateway:\n  keys: {sk-1: active}"}, '{"yaml":"2 lines"}'),
    ],
    ids=repr,
)
def test_what_was_sent_is_told_without_keys(value: Any, detail: str) -> None:
    assert noted(value).detail == detail


def test_what_is_long_is_shortened() -> None:
    assert len(noted({"reply": "x" * 5000}).detail) == module.LONGEST + 1


def test_those_of_a_session_are_its_own_and_those_of_all() -> None:
    activities = Activities()
    for session in ("a", "b", ""):
        activities.note(TIME, "reset", "POST /x", session=session, value=None, origin="")
    assert [one.session for one in activities.of("a")] == ["a", ""]
    assert [one.session for one in activities.of(None, since=1)] == ["b", ""]
    assert activities.last == 3


def test_the_newest_are_kept() -> None:
    activities = Activities()
    assert activities.last == 0
    for _ in range(module.KEPT + 2):
        activities.note(TIME, "reset", "POST /x", session="", value=None, origin="")
    assert (len(activities.of(None)), activities.of(None)[0].number) == (module.KEPT, 3)


@pytest.mark.parametrize(
    ("headers", "origin"),
    [({"sec-fetch-site": "same-origin", "user-agent": "M"}, "console"), ({"user-agent": "curl/8"}, "curl/8"), ({}, "")],
    ids=["page", "program", "nobody"],
)
def test_who_asks_is_told_by_headers(headers: dict[str, str], origin: str) -> None:
    assert origin_of(headers) == origin
