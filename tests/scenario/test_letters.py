import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockgw.scenario.letters import LOOKS_SAME, apart, distance
from mockgw.scenario.operators import FAR

LONG = "Read every file below the folder of the project, and write down for each what it is about. " * 3


@pytest.mark.parametrize(
    ("where", "value", "wanted", "words"),
    [
        pytest.param("all", "weather", "wether", "after 'we' it has 'a' too much", id="too-much"),
        pytest.param("all", "wether", "weather", "after 'we' it lacks 'a'", id="lacking"),
        pytest.param("all", "deploy", "deplay", "after 'depl' it has 'o' where 'a' is expected", id="other"),
        pytest.param("all", "Xeather", "weather", "at the beginning it has 'X' where 'w' is expected", id="first"),
        pytest.param("all", "hello there", "hello there!", "after 'hello there' it lacks '!'", id="last"),
        pytest.param("all", "ab cd", "abcd", "only white space differs: after 'ab' it has ' ' too much", id="blank"),
        pytest.param(
            "all", f"{LONG}x", f"{LONG}y", "after '…h what it is about. ' it has 'x' where 'y' is expected", id="long"
        ),
        pytest.param(
            "all", f"{LONG}{'x' * 300}", f"{LONG[:30]}{'y' * 300}",
            "after '… file below the fold' it has 'er of the project, and w…' where 'yyyyyyyyyyyyyyyyyyyyyyyy…' is "
            "expected", id="same-beginning",
        ),
        pytest.param("start", "deplay it all", "deploy", "after 'depl' it has 'a' where 'o' is expected", id="start"),
        pytest.param("end", "go and deplay", "deploy", "after 'depl' it has 'a' where 'o' is expected", id="end"),
        pytest.param(
            "part", f"{LONG} the wether in Paris {LONG}", "the weather in Paris", "after 'the we' it lacks 'a'",
            id="part",
        ),
        pytest.param("part", "How is the wether?", "weather", "after 'we' it lacks 'a'", id="part-of-one-word"),
        pytest.param(
            "part", f"So: {LONG}", f"{LONG[:200]}X{LONG[201:250]}",
            "after '…. Read every file be' it has 'l' where 'X' is expected", id="long-part",
        ),
        pytest.param("part", "x", "the weather", "", id="part-of-little"),
        pytest.param("all", "what a day", "deploy", "", id="unlike"),
        pytest.param("all", "", "deploy", "", id="empty"),
        pytest.param("", "deploy", "deplay", "", id="no-text-operator"),
        pytest.param(
            "all", "don\u2019t", "don't",
            "they look the same, but after 'don' it has '\u2019' (U+2019 RIGHT SINGLE QUOTATION MARK) where \"'\" is "
            "expected", id="curly",
        ),
        pytest.param(
            "all", "\ufeffhello", "hello",
            r"they look the same, but at the beginning it has '\ufeff' (U+FEFF ZERO WIDTH NO-BREAK SPACE) too much",
            id="byte-order-mark",
        ),
        pytest.param(
            "all", "hello", "hel\u00adlo",
            r"they look the same, but after 'hel' it lacks '\xad' (U+00AD SOFT HYPHEN)", id="invisible-in-the-file",
        ),
        pytest.param(
            "all", "depl\u043ey", "deploy",
            "after 'depl' it has '\u043e' (U+043E CYRILLIC SMALL LETTER O) where 'o' is expected", id="alphabet",
        ),
    ],
)  # fmt: skip
def test_where_two_texts_part(where: str, value: str, wanted: str, words: str) -> None:
    assert apart(where, value, wanted) == words


def test_how_far_texts_are_apart() -> None:
    assert distance("all", "don\u2019t", "don't") == LOOKS_SAME
    assert distance("all", f"{LONG}x", f"{LONG}y") < distance("all", "deploys", "deploy") < FAR
    assert distance("all", "deploy", "What a day") == distance("part", "x", "deploy") == FAR


TEXTS = st.text("abc d\u2019'", min_size=1, max_size=9)


@given(st.sampled_from(["all", "start", "end", "part"]), TEXTS, TEXTS)
def test_what_is_near_has_words_and_what_is_far_has_none(where: str, value: str, wanted: str) -> None:
    found = distance(where, value, wanted)
    assert 0 <= found <= FAR
    assert bool(apart(where, value, wanted)) is (found < FAR)
