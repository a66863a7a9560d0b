from typing import Any

import pytest

from mockgw.delivery.actions import Action, Chunk, Finish, Head, Wait
from mockgw.delivery.faults import strike_and_mark
from mockgw.delivery.faults.marks import Mark, marked
from tests.delivery.streams import PACED, planned, read, scene

HEAD = Head(200, {})


def test_a_mark_is_behind_what_is_as_it_was() -> None:
    before: list[Action] = [HEAD, Wait(2), Chunk(b"abc"), Wait(1), Chunk(b"d"), Finish()]
    assert marked("x", before, [*before[:3], Finish()]) == Mark("x", 3, 2)
    assert marked("x", before, [HEAD, Wait(2), Chunk(b"abc")]) == Mark("x", 3, 2)
    assert marked("x", before, [Finish()]) == Mark("x", 0, 0)


def test_what_is_made_anew_and_is_the_same_is_no_strike() -> None:
    assert marked("x", [HEAD, Wait(2), Chunk(b"a")], [HEAD, Wait(2), Finish()]) == Mark("x", 0, 2)


@pytest.mark.parametrize(
    ("fault", "moment"),
    [({"type": "truncate", "at": {"event": 3}}, 2), ({"type": "latency", "delay": "1s"}, 0)],
    ids=["truncate", "latency"],
)
def test_each_fault_is_marked_where_it_strikes(fault: Any, moment: float) -> None:
    _, [mark] = strike_and_mark(planned(PACED), read(fault), scene())
    assert (mark.fault, mark.due) == (fault["type"], moment)
