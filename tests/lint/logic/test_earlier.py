import pytest

from mockgw.lint.logic.cases import cases
from mockgw.lint.logic.earlier import Earlier, Taker, Words
from mockgw.lint.logic.formulas import of_match
from tests.support import scenario


def near(below: str, *above: str) -> list[int]:
    """The numbers of the rules above that are looked at for the one below."""
    loaded = scenario("\n".join(["rules:", *(f"  - {{match: {{{match}}}, reply: x}}" for match in (*above, below))]))
    *takers, last = [Taker(number, rule, of_match(rule)) for number, rule in enumerate(loaded.rules)]
    earlier = Earlier(taker.formula for taker in takers)
    for taker in takers:
        earlier.add(taker)
    return [taker.number for taker in earlier.near(cases(last.formula)[0])]


@pytest.mark.parametrize(
    ("below", "expected"),
    [
        pytest.param("prompt: tell me about weather", [0, 1, 2, 3], id="value"),
        pytest.param("prompt: {contains: the weather}", [1], id="contains"),
        pytest.param("prompt: {starts_with: tell me}", [2], id="starts"),
        pytest.param("prompt: {ends_with: no weather}", [1, 3], id="ends"),
        pytest.param("prompt: {matches: 'a+'}", [], id="regex"),
        pytest.param("prompt: {matches: '(?i)w'}", [0], id="the-same-regex"),
        pytest.param("system: x", [], id="another-key"),
    ],
)
def test_only_rules_that_may_take_it_are_looked_at(below: str, expected: list[int]) -> None:
    above = ["prompt: {matches: '(?i)w'}", *(f"prompt: {{{one}}}" for one in WEATHER), "prompt: something else"]

    assert near(below, *above) == expected


WEATHER = ("contains: weather", "starts_with: tell", "ends_with: weather")


def test_the_rarest_part_of_a_rule_counts() -> None:
    above = [f"tools: Bash, prompt: p{number}" for number in range(9)]

    assert near("tools: Bash, prompt: p3", *above) == [3]
    assert near("any: [{prompt: p3}]", "any: [{prompt: p3, step: 3}, {step: 1}]", "prompt: p4") == [0]


def test_texts_within_a_text() -> None:
    words = Words()
    for word in ("a", "weather in Paris", "weather in Rome", ""):
        words.add(word)
    text = "the weather in Paris"

    assert set(words.within(text, range(len(text)))) == {"a", "weather in Paris", ""}


def test_what_is_known_of_a_result_counts() -> None:
    above = ["tool_result: {present: true}", "tool_result: {name: a, contains: x}", "tool_result: {name: a}"]

    assert near("tool_result: {name: a, equals: x}", *above) == [0, 1, 2]
    assert near("tool_result: {name: b, equals: y}", *above) == [0]
