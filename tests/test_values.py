"""Values: what a request is made of."""

from dataclasses import replace

from mockgw.values import light


@light
class Point:
    x: int
    y: int = 0


def test_a_value_is_a_slotted_dataclass() -> None:
    assert Point(1) == replace(Point(1, 2), y=0)
    assert repr(Point(1)) == "Point(x=1, y=0)"
    assert not hasattr(Point(1), "__dict__")
