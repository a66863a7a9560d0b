import pytest

from mockgw.suggest import ADVICE, SYNONYMS, did_you_mean, instead_of_key


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


@pytest.mark.parametrize(
    ("key", "known", "expected"),
    [
        pytest.param("regex", ("equals", "matches"), "; did you mean 'matches'?", id="synonym"),
        pytest.param("probability", ("text", "weight"), "; did you mean 'weight'?", id="second-synonym"),
        pytest.param("regex", ("equals",), "", id="synonym-that-is-not-known"),
        pytest.param("mtach", ("match", "reply"), "; did you mean 'match'?", id="typo"),
        pytest.param("messages", ("usage", "match"), "", id="not-much-alike"),
        pytest.param("priority", ("id",), "; rules are asked in the order in which they stand", id="advice"),
        pytest.param("icontains", ("contains",), "; case is no matter in matches: '(?i)…'", id="caseless"),
        pytest.param("not_contains", ("contains", "not"), "; write not: {contains: …}", id="negated"),
        pytest.param("doesNotStartWith", ("starts_with", "not"), "; write not: {starts_with: …}", id="negated-camel"),
        pytest.param("isNotLike", ("contains", "not"), "; write not: {contains: …}", id="negated-synonym"),
        pytest.param("not_zzz", ("contains", "not"), "", id="negated-nothing"),
        pytest.param("The answer is", ("headers",), "; quote text that holds ': '", id="text"),
    ],
)
def test_an_unknown_key_gets_what_was_probably_meant(key: str, known: tuple[str, ...], expected: str) -> None:
    assert instead_of_key(key, known) == expected


def test_the_tables_are_in_order() -> None:
    assert list(SYNONYMS) == sorted(SYNONYMS)
    assert list(ADVICE) == sorted(ADVICE)
