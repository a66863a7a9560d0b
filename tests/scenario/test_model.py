from dataclasses import replace

import pytest

from mockgw.scenario.model import Rule, without_rules
from tests.support import scenario


def test_an_answer_alone_is_one_rule_that_matches_everything() -> None:
    loaded = scenario("reply: Hello.", name="hello")

    (rule,) = loaded.rules
    assert (loaded.name, rule.id, rule.place, rule.patterns) == ("hello", "rule-1", "hello.yaml:1", ())


@pytest.mark.parametrize(
    "text", ["Hello.", "404", "- a\n- thinking: b", "text: [a, b]", "fault: truncate", "error: 429"]
)
def test_every_answer_is_a_scenario(text: str) -> None:
    assert len(scenario(text).rules) == 1


def test_rules_are_asked_in_their_order_and_fallbacks_last() -> None:
    loaded = scenario(
        """
        rules:
          - {id: last, fallback: true, reply: a}
          - match: {prompt: b}
            reply: b
          - {id: later, fallback: true, reply: a}
          - {id: named, reply: c}
        """
    )

    assert [rule.id for rule in loaded.rules] == ["rule-2", "named", "last", "later"]
    assert [rule.place for rule in loaded.rules] == ["test.yaml:4", "test.yaml:7", "test.yaml:3", "test.yaml:6"]


def test_a_rule_knows_its_limits() -> None:
    loaded = scenario("rules: [{match: {agent: side}, times: 2, reply: a}, {reply: b}]")

    assert [(rule.times, rule.for_side_calls, len(rule.patterns)) for rule in loaded.rules] == [
        (2, True, 1),
        (None, False, 0),
    ]


def test_the_file_says_what_it_is() -> None:
    loaded = scenario("description: Greets\ngateway: {dialect: anthropic}\nreply: a")

    assert (loaded.description, loaded.dialect) == ("Greets", "anthropic")
    assert scenario("reply: a").dialect is None


def test_a_changed_file_has_another_key() -> None:
    keys = [scenario(text).key for text in ("reply: a", "reply: a # the same", "reply: b", "text: a")]

    assert keys[0] == keys[1]
    assert len(set(keys)) == 3


@pytest.mark.parametrize("key", ["version: 3", "$schema: here", "x-note: {any: thing}", "x-: 1"])
def test_keys_for_others_are_ignored(key: str) -> None:
    assert len(scenario(f"{key}\nreply: a").rules) == 1


def ids(rules: tuple[Rule, ...]) -> list[str]:
    return [rule.id for rule in rules]


def test_rules_stand_in_front_and_those_that_yield_before_the_last_resort() -> None:
    loaded = scenario(
        """
        rules:
          - {id: for-a, match: {prompt: a}, reply: x}
          - {id: once, times: 1, reply: x}
          - {id: rest, reply: x}
          - {id: last, fallback: true, reply: x}
        """
    )
    first, other = scenario("rules: [{id: first, reply: x}, {id: other, reply: x}]").rules
    assert ids(loaded.behind([first, other]).rules) == ["first", "other", "for-a", "once", "rest", "last"]
    yielding = loaded.behind([replace(first, yields=True), other])
    assert ids(yielding.rules) == ["other", "for-a", "once", "first", "rest", "last"]
    assert yielding.key == loaded.key


def test_what_yields_comes_before_fallbacks_and_alone() -> None:
    [given] = (replace(rule, yields=True) for rule in scenario("rules: [{id: given, reply: x}]").rules)
    loaded = scenario("rules: [{id: for-a, match: {prompt: a}, reply: x}, {id: last, fallback: true, reply: x}]")
    assert ids(loaded.behind([given]).rules) == ["for-a", "given", "last"]
    assert ids(without_rules("python").behind([given]).rules) == ["given"]


def test_which_rules_take_everything() -> None:
    rules = scenario("rules: [{match: {prompt: a}, reply: x}, {times: 1, reply: x}, {reply: x}]").rules
    assert [rule.takes_all for rule in rules] == [False, False, True]
