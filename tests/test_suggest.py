import pytest

from mockgw.suggest import did_you_mean


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        pytest.param("slise", "; did you mean 'slicer'?", id="typo"),
        pytest.param("STALL", "; did you mean 'stall'?", id="case"),
        pytest.param("html_error", "; did you mean 'HTML_error_page'?", id="spelling-kept"),
        pytest.param("banana", "", id="nothing-near"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_the_nearest_known_word_is_suggested(word: str, expected: str) -> None:
    assert did_you_mean(word, ["slicer", "stall", "HTML_error_page"]) == expected
