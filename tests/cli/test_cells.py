import pytest

from mockgw.cli.cells import cells, cut, fitted, wrapped


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [("abc", 5, "abc  "), ("abcdef", 4, "abc…"), ("日本", 3, "日…"), ("日本", 2, "… "), ("e\u0301x", 3, "e\u0301x ")],
)
def test_a_text_is_fitted_by_the_cells_that_it_takes(text: str, width: int, shown: str) -> None:
    assert fitted(text, width) == shown
    assert cells(shown) == width


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("one two  three", 7, ["one two", "three"]),
        ("one twothree four", 5, ["one", "twoth", "ree", "four"]),
        ("日本語 x", 4, ["日本", "語 x"]),
        ("日本", 1, ["日", "本"]),
        ("", 5, []),
    ],
    ids=["words", "a long word", "wide", "too wide for anything", "nothing"],
)
def test_a_text_is_wrapped_between_words_or_in_them(text: str, width: int, lines: list[str]) -> None:
    assert [*wrapped(text, width)] == lines


def test_what_fits_is_not_cut() -> None:
    assert (cut("abc", 3), cut("abcd", 3)) == ("abc", "ab…")
