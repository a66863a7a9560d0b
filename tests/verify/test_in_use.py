from mockgw.clock import VirtualClock
from mockgw.pipeline import Pipeline
from mockgw.scenario.library import Library
from mockgw.sessions import Session
from mockgw.settings import Settings
from mockgw.verify.in_use import rules_in_use
from tests.support import ask, body, scenario


def served() -> Pipeline:
    loaded = {name: scenario(f"rules: [{{id: {name}-rule, reply: Hi}}]", name) for name in ("one", "other")}
    return Pipeline(Library(loaded, "one"), Settings(), VirtualClock())


def session(gateway: Pipeline) -> Session:
    return gateway.sessions.of("default", 0.0)


def ids(gateway: Pipeline, *, ended: bool = False, or_usual: bool = False) -> dict[str, list[str]]:
    known = None if ended else session(gateway)
    found = rules_in_use(known, gateway.library, gateway.journal, or_usual=or_usual)
    return {name: [rule.id for rule in rules] for name, rules in found.items()}


def override(gateway: Pipeline, written: str) -> None:
    session(gateway).override(scenario(f"rules: [{written}]", "override").rules)


def test_the_rules_of_the_scenarios_that_were_asked() -> None:
    gateway = served()
    assert ids(gateway) == {}
    assert ids(gateway, or_usual=True) == {"one": ["one-rule"]}
    ask(gateway, x_mockgw_scenario="other")
    assert ids(gateway, or_usual=True) == {"other": ["other-rule"]}
    ask(gateway)
    ask(gateway, x_mockgw_scenario="unknown")
    assert ids(gateway) == {"other": ["other-rule"], "one": ["one-rule"]}


def test_overrides_stand_where_they_answered_else_in_the_first() -> None:
    gateway = served()
    ask(gateway)
    ask(gateway, x_mockgw_scenario="other")
    override(gateway, "{id: never, match: {prompt: Never}, reply: No}")
    override(gateway, "{id: mine, match: {prompt: Mine}, reply: Yes}")
    ask(gateway, body("Mine"), x_mockgw_scenario="other")
    assert ids(gateway) == {"one": ["never", "one-rule"], "other": ["mine", "other-rule"]}
    assert ids(gateway, ended=True) == {"one": ["one-rule"], "other": ["other-rule"]}


def test_a_session_may_have_chosen() -> None:
    gateway = served()
    session(gateway).choice = "other"
    assert ids(gateway, or_usual=True) == {"other": ["other-rule"]}
    session(gateway).choice = scenario("rules: [{id: own-rule, reply: Hi}]", "own")
    assert ids(gateway, or_usual=True) == {"own": ["own-rule"]}
    ask(gateway)
    assert ids(gateway) == {"own": ["own-rule"]}
    session(gateway).choice = "gone"
    assert ids(gateway, or_usual=True) == {}
