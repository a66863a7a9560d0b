"""The log on a terminal: columns that fit, whatever is in them, and colours that only paint."""

import re
from typing import Any

import pytest

from mockgw.cli.cells import cells
from mockgw.cli.screen import WIDE, Screen, width_of
from mockgw.delivery.actions import Delivery
from mockgw.log import text_line
from mockgw.protocol.messages import Usage
from tests.test_log import HOSTILE, exchange


def line(width: int = 110, screen: Screen | None = None, **more: Any) -> str:
    shown = (screen or Screen(lambda: width, coloured=False)).line(exchange(**more))
    return re.sub(r"^\d\d:\d\d:\d\d", "00:00:00", shown)


@pytest.mark.parametrize(
    ("more", "shown"),
    [
        ({}, "00:00:00  200    12 ms  claude-opus-5  hello/greeting  text, end_turn"),
        ({"attempt": 2}, "00:00:00  200    12 ms  claude-opus-5  hello/greeting  attempt 2: text, end_turn"),
        ({"session": "a"}, "00:00:00  200    12 ms  claude-opus-5  hello/greeting  text, end_turn  a"),
        (
            {"usage": Usage(3, 4, 20, 100)},
            "00:00:00  200    12 ms  claude-opus-5  hello/greeting  text, end_turn  123 in, 4 out",
        ),
        (
            {"usage": Usage(3, 4), "cost": 1_250_000_000},
            "00:00:00  200    12 ms  claude-opus-5  hello/greeting  text, end_turn  3 in, 4 out, $0.00125",
        ),
        (
            {"faults": ("stall", "truncate"), "chaos": "by x-mockgw-fault"},
            "00:00:00  200    12 ms  claude-opus-5  hello/greeting  "
            "text, end_turn; fault: stall, truncate chaos: by\n" + " " * 55 + "x-mockgw-fault",
        ),
        (
            {"delivery": Delivery(ended=12.5, ending="left")},
            "00:00:00  200   11.5 s  claude-opus-5  hello/greeting  text, end_turn (client left)",
        ),
        (
            {"status": 400, "answer": "invalid_request_error", "refusal": "no_match", "message": "No rule\nmatches."},
            "00:00:00  400    12 ms  claude-opus-5  hello/greeting  invalid_request_error [no_match]\n"
            "          No rule matches.",
        ),
        (
            {"validation": "max_tokens: wrong"},
            "00:00:00  200    12 ms  claude-opus-5  hello/greeting  text, end_turn\n"
            "          validation: max_tokens: wrong",
        ),
    ],
    ids=["plain", "attempt", "session", "tokens", "cost", "struck", "client left", "refused", "validation"],
)  # fmt: skip
def test_a_line_is_in_columns(more: dict[str, Any], shown: str) -> None:
    assert line(**more) == shown


def test_columns_grow_with_what_they_have_to_hold() -> None:
    screen = Screen(lambda: 110, coloured=False)
    lines = [line(screen=screen, rule=rule) for rule in ("a", "a-longer-one", "a")]
    assert [found.index("text,") for found in lines] == [48, 59, 59]


def test_a_column_leaves_room_for_the_others() -> None:
    shown = line(80, model="m" * 50, rule="r" * 50)
    assert shown.split("  ")[-3:] == ["m" * 14 + "…", "hello/" + "r" * 12 + "…", "text, end_turn"]


def test_what_finds_no_room_goes_below_and_amounts_go_nowhere() -> None:
    below = line(80, model="claude-opus-5-5", rule="twelve-signs", answer="thinking, text, end_turn", usage=Usage(1, 1))
    assert below.splitlines() == [
        "00:00:00  200    12 ms  claude-opus-5-5  hello/twelve-signs  thinking, text,",
        " " * 61 + "end_turn",
    ]


def test_a_long_word_below_begins_further_left() -> None:
    below = line(80, model="claude-opus-5-5", rule="twelve-signs", answer="a_type_of_error_with_a_long_name")
    assert below.splitlines()[1] == " " * 48 + "a_type_of_error_with_a_long_name"


def test_a_terminal_without_room_for_columns_has_plain_lines() -> None:
    assert Screen(lambda: 60, coloured=True).line(exchange()) == text_line(exchange())


WIDTHS = (72, 80, 110, 200)
VALUES = {"hostile": HOSTILE, "wide": "日本語" * 30, "accents": "e\u0301" * 90, "long": "word " * 40, "empty": ""}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
@pytest.mark.parametrize("field", ["session", "model", "scenario", "rule", "answer", "message", "chaos", "path"])
def test_no_line_is_wider_than_the_terminal_or_moves_the_cursor(width: int, field: str, value: str) -> None:
    more: dict[str, Any] = {"refusal": "no_match"} if field == "message" else {}
    lines = line(width, **{"model": "" if field == "path" else "m", **more, field: value}).split("\n")
    assert all(one.isprintable() for one in lines)
    assert max(map(cells, lines)) <= width


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({}, "\x1b[32m200\x1b[0m"),
        ({"status": 429}, "\x1b[33m429\x1b[0m"),
        ({"status": 529}, "\x1b[31m529\x1b[0m"),
        ({"attempt": 2}, "\x1b[33mattempt 2:\x1b[0m"),
        ({"refusal": "no_match"}, "\x1b[31m[no_match]\x1b[0m"),
        ({"faults": ("stall",)}, "end_turn; \x1b[35mfault: stall\x1b[0m"),
        ({"session": "a"}, "\x1b[36m a\x1b[0m"),
        ({"usage": Usage(1, 2)}, "\x1b[2m1 in, 2 out\x1b[0m"),
    ],
    ids=["good", "client's", "server's", "attempt", "refused", "fault", "session", "tokens"],
)
def test_colours_say_what_to_look_at(more: dict[str, Any], word: str) -> None:
    coloured = line(screen=Screen(lambda: 110, coloured=True), **more)
    assert word in coloured
    assert re.sub(r"\x1b\[\d+m", "", coloured)[8:] == line(**more)[8:]


def test_where_there_is_no_terminal_there_is_room(tmp_path: Any) -> None:
    with (tmp_path / "output").open("w") as output:
        assert width_of(output) == WIDE
