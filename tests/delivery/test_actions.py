"""Actions: what a delivery says of itself."""

import pytest

from mockgw.delivery.actions import Delivery


@pytest.mark.parametrize(("ending", "whole"), [("whole", True), ("left", False), ("stopped", False), ("", False)])
def test_only_what_arrived_as_planned_is_whole(ending: str, whole: bool) -> None:
    assert Delivery(ending=ending).as_planned is whole


def test_a_summary_counts_from_the_request() -> None:
    delivery = Delivery(started=10.0, ended=12.5, first_byte=10.25, size_bytes=7, events=2, ending="whole")
    expected = {"ending": "whole", "size_bytes": 7, "events": 2, "first_byte": 0.5, "duration": 2.75}
    assert delivery.summary(since=9.75) == expected


def test_a_delivery_without_a_byte_has_no_first_one() -> None:
    assert Delivery(started=1.0, ended=1.0, ending="left").summary(since=1.0)["first_byte"] is None
