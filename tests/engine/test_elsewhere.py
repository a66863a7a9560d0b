import orjson

from mockgw.clock import VirtualClock
from mockgw.engine.elsewhere import NAMED, SCENARIOS
from mockgw.pipeline import Pipeline
from mockgw.scenario.library import Library
from tests.support import answer, body, scenario, text

RULE = "rules: [{id: there, match: {prompt: {contains: weather}}, reply: It is sunny.}]"


def gateway(**others: str) -> Pipeline:
    """One whose usual scenario answers the prompt `here` only."""
    texts = {"usual": "rules: [{match: {prompt: here}, reply: a}]"} | others
    return Pipeline(
        Library({name: scenario(text, name) for name, text in texts.items()}, "usual"), clock=VirtualClock()
    )


def told(pipeline: Pipeline, prompt: str = "the weather") -> str:
    """What a miss says behind its own scenario."""
    return text(pipeline, body(prompt)).partition("found '")[2].partition(". ")[2]


def test_a_rule_of_another_scenario_that_matches_is_named() -> None:
    assert told(gateway(weather=RULE)) == (
        "The rule there (weather.yaml:1) of the scenario 'weather' matches it: choose that with the header "
        "x-mockgw-scenario: weather or the model claude-mock/weather"
    )


def test_both_ways_that_are_named_work() -> None:
    pipeline = gateway(weather=RULE)
    assert text(pipeline, body("the weather"), x_mockgw_scenario="weather") == "It is sunny."
    assert text(pipeline, body("the weather", model="claude-mock/weather")) == "It is sunny."


def test_where_the_session_has_chosen_a_request_cannot() -> None:
    pipeline = gateway(weather=RULE)
    pipeline.sessions.of("default", 0.0).choice = "usual"
    assert told(pipeline).endswith("matches it: choose that for the session, which has chosen another")


def test_rules_for_everything_are_not_meant() -> None:
    others = {
        "a": "Hello",
        "b": "rules: [{match: {step: 0}, reply: a}]",
        "c": "rules: [{match: {none: [{prompt: x}]}, reply: a}]",
    }
    assert told(gateway(**others)) == ""


def test_a_combination_may_be_meant() -> None:
    assert "(a.yaml:1)" in told(gateway(a="rules: [{match: {any: [{step: 3}, {prompt: the weather}]}, reply: a}]"))


def test_a_rule_that_is_used_up_would_not_answer() -> None:
    pipeline = gateway(a="rules: [{match: {prompt: the weather}, times: 1, reply: a}]")
    assert "(a.yaml:1)" in told(pipeline)
    answer(pipeline, body("the weather"), x_mockgw_scenario="a")
    assert told(pipeline) == ""


def test_few_of_many_are_named_and_few_looked_at() -> None:
    many = {f"s{number}": RULE for number in range(9)}
    assert told(gateway(**many)).count("The rule") == NAMED
    before = {f"s{number}": "rules: [{match: {prompt: x}, reply: a}]" for number in range(SCENARIOS)}
    assert told(gateway(**before, weather=RULE)) == ""


def test_rules_are_looked_at_up_to_a_number() -> None:
    rules = [{"match": {"prompt": {"contains": f"no {number}"}}, "reply": "a"} for number in range(600)]
    assert told(gateway(big=orjson.dumps({"rules": rules}).decode(), weather=RULE)) == ""


def test_a_list_that_is_used_up_with_an_error_stays_that_error() -> None:
    pipeline = gateway(usual="rules: [{replies: [a], then: error}]", weather=RULE)
    assert text(pipeline, body("the weather")) == "a"
    assert text(pipeline, body("the weather")).endswith("is used up after 1 answer (then: error)")
