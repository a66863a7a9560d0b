from typing import Any

from mockgw.cli.overview import overview
from tests.support import body

LINE = {"time": "2026-01-01T10:00:01.5+00:00", "model": "m", "scenario": "a", "rule": "hi", "status": 200}


def shown(*records: Any) -> list[list[str]]:
    return [line.split("  ") for line in overview(dict(enumerate(records, 1)))]


def test_a_request_is_a_line() -> None:
    line = {**LINE, "path": "/v1/messages", "request": {"body": body("look\naround " + "x" * 50)}}
    (found,) = shown(line)
    assert found[:5] == ["1", "2026-01-01 10:00:01", "m", "a/hi", "200"]
    assert found[5].startswith("'look around xxx")
    assert found[5].endswith("x\u2026'")


def test_a_line_that_knows_little_is_shown_all_the_same() -> None:
    assert shown(body("Hello"), {"request": 5}, {"body": "{"}) == [
        ["1", "-", "claude-sonnet-4-5", "-", "-", "'Hello'"],
        ["2", "-", "-", "-", "-", "-"],
        ["3", "-", "-", "-", "-", "-"],
    ]


def test_only_requests_for_a_message_count() -> None:
    assert shown({**LINE, "path": "/v1/models"}, 5) == []


def test_a_hostile_line_is_harmless() -> None:
    assert all(part.isprintable() for part in shown({**LINE, "model": "\x1b[2J", "rule": "\n"})[0])
