import pytest
from pydantic import TypeAdapter, ValidationError

from mockgw.scenario.times import ONCE, AnyTimes, Times

READ: TypeAdapter[Times] = TypeAdapter(AnyTimes)


@pytest.mark.parametrize(
    ("written", "words", "too_few", "fitting", "too_many"),
    [
        (2, "2 requests", [0, 1], [2], [3]),
        (1, "1 request", [0], [1], [2]),
        (0, "no request", [], [0], [1]),
        ({"at_least": 2}, "at least 2 requests", [1], [2, 99], []),
        ({"at_most": 1}, "at most 1 request", [], [0, 1], [2]),
        ({"at_least": 1, "at_most": 3}, "1 to 3 requests", [0], [1, 3], [4]),
    ],
)
def test_how_often_is_a_number_or_its_bounds(
    written: object, words: str, too_few: list[int], fitting: list[int], too_many: list[int]
) -> None:
    times = READ.validate_python(written)
    counts = [*too_few, *fitting, *too_many]
    assert times.of("request") == words
    assert [count for count in counts if times.too_few(count)] == too_few
    assert [count for count in counts if times.too_many(count)] == too_many


def test_once_is_at_least_once() -> None:
    assert READ.validate_python(ONCE).of("request") == "at least 1 request"


@pytest.mark.parametrize("written", [-1, 1.5, True, "2", [1], {}, {"at_least": 2, "at_most": 1}, {"min": 1}])
def test_what_is_no_number_of_times_is_refused(written: object) -> None:
    with pytest.raises(ValidationError):
        READ.validate_python(written)
