"""Values: what a request is made of."""

from dataclasses import field, replace

from mockgw.values import found, lazy, light


@light
class Point:
    x: int
    y: int = 0


@lazy
class Square:
    side: int

    @found
    def area(self) -> int:
        """What it covers."""
        asked.append(self.side)
        return self.side * self.side


asked: list[int] = []


def test_a_light_value_is_a_slotted_dataclass() -> None:
    assert Point(1) == replace(Point(1, 2), y=0)
    assert repr(Point(1)) == "Point(x=1, y=0)"
    assert not hasattr(Point(1), "__dict__")


def test_light_values_are_compared_and_found_by_their_fields() -> None:
    assert {Point(1), Point(1, 0), Point(2)} == {Point(1), Point(2)}
    other: object = (1, 0)
    assert Point(1) != other


def test_what_a_light_value_says_of_itself_counts() -> None:
    @light
    class Named:
        name: str
        notes: list[str] = field(default_factory=list, compare=False, repr=False)

        def __hash__(self) -> int:
            return 7

    assert Named("a", ["x"]) == Named("a")
    assert (hash(Named("a")), repr(Named("a", ["x"])).endswith("Named(name='a')")) == (7, True)


def test_what_is_found_is_found_once_and_is_no_part_of_the_value() -> None:
    square = Square(3)
    assert (square.area, square.area, asked) == (9, 9, [3])
    assert square == Square(3)
    assert replace(square, side=2).area == 4
    assert Square.area.__doc__ == "What it covers."
