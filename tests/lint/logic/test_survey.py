import pytest

from mockgw.lint.logic.survey import LOOKS, Survey
from tests.support import scenario

SHAPES = {
    "equal": "{{prompt: question {0}}}",
    "contained": "{{prompt: {{contains: tell me about topic {0}.}}}}",
    "regular": "{{prompt: {{matches: '(?i)topic {0}$'}}}}",
    "of-sessions": "{{session: s{1}, prompt: question {0}}}",
    "results": "{{tool_result: {{name: Bash, contains: case {0}.}}}}",
    "not": "{{prompt: {{not: question {0}}}}}",
    "turns": "{{turn: {{lt: {0}}}}}",
}


def dead(text: str) -> list[str]:
    return [finding.rule.id for finding in Survey(scenario(text)).findings() if finding.dead]


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_a_twin_is_found_behind_many_rules(shape: str) -> None:
    rules = [f"  - match: {shape.format(number + 1, number // 100)}\n    reply: x" for number in range(1000)]

    assert dead("\n".join(["rules:", *rules, rules[-1]])) == ["rule-1001"]


def test_when_there_is_too_much_to_look_at_nothing_more_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    matches = ["{contains: a}", "ab", "[b, ab]"]
    text = "\n".join(["rules:", *(f"  - {{match: {{prompt: {match}}}, reply: x}}" for match in matches)])
    assert (LOOKS > 0, dead(text)) == (True, ["rule-2"])

    monkeypatch.setattr("mockgw.lint.logic.survey.LOOKS", 0)
    monkeypatch.setattr("mockgw.lint.logic.survey.WAYS", 0)
    assert dead(text) == []


def test_a_twin_is_found_however_much_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mockgw.lint.logic.survey.LOOKS", 0)
    monkeypatch.setattr("mockgw.lint.logic.survey.WAYS", 0)

    assert dead("rules: [{match: {prompt: [a, b]}, reply: x}, {match: {prompt: [a, b]}, reply: x}]") == ["rule-2"]


def test_only_rules_that_are_needed_are_named() -> None:
    matches = ["stream: true", "nth_prompt: 0", "stream: false", "prompt: a"]
    rules = [f"{{match: {{{match}}}, reply: x}}" for match in matches]
    (*_, last) = Survey(scenario(f"rules: [{', '.join(rules)}]")).findings()

    assert [taker.rule.id for taker in last.ways[0].takers] == ["rule-1", "rule-3"]
