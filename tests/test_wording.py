import pytest

from mockgw.wording import alternatives, counted, enumerated, shortened


@pytest.mark.parametrize(("count", "expected"), [(0, "0 files"), (1, "1 file"), (2, "2 files")], ids=str)
def test_a_count_goes_with_its_noun(count: int, expected: str) -> None:
    assert counted(count, "file") == expected


@pytest.mark.parametrize(("text", "expected"), [("abc", "abc"), ("abcd", "abc…")], ids=["it-fits", "too-long"])
def test_a_text_that_is_too_long_ends_in_dots(text: str, expected: str) -> None:
    assert shortened(text, 3) == expected


@pytest.mark.parametrize(("words", "expected"), [(["a"], "a"), (["a", "b"], "a or b"), (["a", "b", "c"], "a, b or c")])
def test_alternatives_are_told_apart(words: list[str], expected: str) -> None:
    assert alternatives(words) == expected


@pytest.mark.parametrize(
    ("words", "expected"), [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_several_things_are_enumerated(words: list[str], expected: str) -> None:
    assert enumerated(words) == expected
