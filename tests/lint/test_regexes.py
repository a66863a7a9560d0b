import pytest

from mockgw.lint.regexes import doubtful
from tests.support import scenario


def told(match: str) -> list[tuple[str, int | None]]:
    found = doubtful(scenario(f"rules:\n  - match: {match}\n    reply: a\n"))
    return [(problem.message, problem.column) for problem in found]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        pytest.param("'/hello/i'", "the slashes and what follows them are part of it; Python writes (?i)hello", id="i"),
        pytest.param("'/a/g'", "the slashes and what follows them are part of it; Python writes a", id="g"),
        pytest.param(
            '"\\bfix\\b"', "in double quotes, '\\b' is a control character; put it in single quotes", id="backspace"
        ),
        pytest.param(
            "'a\\nb'", "white space is collapsed before, so there is no '\\n'; write a blank, or \\s+", id="line-break"
        ),
        pytest.param(
            "'a  b'", "white space is collapsed before, so there is no '  '; write a blank, or \\s+", id="blanks"
        ),
    ],
)
def test_an_expression_that_finds_nothing_is_told(pattern: str, expected: str) -> None:
    ((message, column),) = told(f"{{prompt: {{matches: {pattern}}}}}")

    assert message.partition(" hardly matches: ")[2] == expected
    assert column == 31


@pytest.mark.parametrize(
    "pattern",
    [
        "/usr/local",
        "/src/my",
        "/usr/",
        "a|b\\n",
        "(a\\n)?b",
        "a\\n?b",
        r"[\n ]",
        r"path\\next",
        r"a\s+b",
        "a {2}",
        "(?x) a  b",
    ],
)
def test_one_that_may_find_something_is_not(pattern: str) -> None:
    assert told(f"{{prompt: {{matches: '{pattern}'}}}}") == []


def test_what_strikes_at_random_is_looked_at_too() -> None:
    found = doubtful(scenario("chaos: [{error: 500, match: {prompt: {matches: /a/i}}}]\nreply: a\n"))
    assert [problem.column for problem in found] == [48]


def test_each_of_several_is_looked_at_wherever_it_stands() -> None:
    match = "{any: [{header: {matches: {matches: [a, /b/i]}}}, {body: {a: {equals: {matches: /c/i}}}}]}"

    assert [column for _, column in told(match)] == [52]
    assert list(doubtful(scenario("reply: a"))) == []
