from typing import Any

import pytest

from tests.engine.misses.misses import CASES, explained, golden, told
from tests.support import answer, ask, body, head, parsed, pipeline, text, turns

EXPECTED = golden()
LISTS = ("all", "any", "none")
RESULT = [{"type": "tool_result", "tool_use_id": "t", "content": "x"}]


@pytest.mark.parametrize("name", CASES)
def test_a_miss_is_told_word_for_word(name: str) -> None:
    assert told(name) == EXPECTED[name]


@pytest.mark.parametrize("name", CASES)
def test_explain_says_the_same_of_the_nearest_rule(name: str) -> None:
    found = explained(name)
    assert found.answer.error is not None
    assert found.answer.error["message"] == EXPECTED[name]
    nearest = next(verdict for verdict in found.rules if verdict.id == found.nearest)
    missed = [f"{check.key}: {check.text}" for check in nearest.checks if not check.held and check.key not in LISTS]
    assert all(text in EXPECTED[name] for text in [nearest.reason, *missed])


def test_every_case_is_written_down_and_no_other() -> None:
    assert list(EXPECTED) == list(CASES)


def test_a_miss_names_the_nearest_rule_and_all_differences() -> None:
    gateway = pipeline(
        """
        rules:
          - match: {prompt: something else, stream: true}
            reply: a
          - id: near
            match: {prompt: {contains: hello}, step: 0, turn: 5}
            reply: b
        """
    )
    missed = ask(gateway)

    headers = head(missed).headers
    assert (head(missed).status, headers["x-mockgw-error"], headers["x-should-retry"]) == (400, "no_match", "false")
    assert parsed(missed)["error"]["message"] == (
        "no rule of the scenario 'test' (test.yaml) matches this request. Nearest is near (test.yaml:5), which differs "
        "in prompt: expected text that contains 'hello', found 'Hello' (upper and lower case differ; "
        "write {matches: '(?i)hello'} if they are no matter); "
        "turn: expected exactly 5, found 0. 1 more rule did not match"
    )


@pytest.mark.parametrize(
    ("prompts", "told"),
    [
        pytest.param(["a"], "Nearest is rule-1 (test.yaml:1), which differs in prompt: …", id="one"),
        pytest.param(["a", "b"], "…. As near is rule-2 (test.yaml:1)", id="two"),
        pytest.param(["a", "b", "c"], "…. As near are rule-2 (test.yaml:1) and rule-3 (test.yaml:1)", id="three"),
        pytest.param(["a", "b", "c", "d"], "… and rule-3 (test.yaml:1). 1 more rule did not match", id="four"),
        pytest.param(["a", "Hellx"], "Nearest is rule-2 (test.yaml:1), …. 1 more rule did not match", id="no-ties"),
    ],
)
def test_rules_that_are_as_near_are_named_and_the_others_counted(prompts: list[str], told: str) -> None:
    rules = ", ".join(f"{{match: {{prompt: {prompt}}}, reply: a}}" for prompt in prompts)
    beginning, _, end = told.partition("…")
    message = text(pipeline(f"rules: [{rules}]")).partition("request. ")[2]
    assert message.startswith(beginning)
    assert message.endswith(end)


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        pytest.param("{times: 1, reply: a}", "times: it has given its only answer (times: 1)", id="times"),
        pytest.param(
            "{replies: [a], then: next_rule}",
            "its list of answers: it has 1 answer, and this would be number 2 (then: next_rule)",
            id="next-rule",
        ),
        pytest.param(
            "{steps: [{replies: [a], then: next_rule}]}",
            "its list of answers: the one inside it is over (then: next_rule)",
            id="inside",
        ),
    ],
)
def test_a_miss_tells_of_what_is_used_up(rule: str, reason: str) -> None:
    gateway = pipeline(f"rules: [{rule}]")
    assert text(gateway, body("1")) == "a"

    assert text(gateway, body("2")).endswith(f"differs in {reason}")


@pytest.mark.parametrize(
    "messages",
    [
        pytest.param(turns([]), id="no-content"),
        pytest.param(turns("", "x"), id="prefill"),
        pytest.param([{"role": "assistant", "content": "x"}, *turns(RESULT)], id="result-of-nothing"),
        pytest.param([{"role": "system", "content": []}, *turns("x")], id="empty-system"),
        pytest.param(turns([{"type": "unknown", "text": 5}]), id="unknown-block"),
    ],
)
def test_a_miss_survives_odd_requests(messages: Any) -> None:
    keys = (
        "prompt: z, system: z, reminders: z, tools: z, thinking: z, effort: z, tool_result: {name: z, is_error: true}"
    )
    gateway = pipeline(f"rules: [{{match: {{{keys}, header: {{z: z}}, body: {{messages.0.content.0: z}}}}, reply: a}}]")

    received = answer(gateway, body(messages=messages))
    assert received["error"]["code"] == 400


@pytest.mark.parametrize(
    ("first", "second", "nearest"),
    [
        pytest.param("{prompt: Hallo, stream: true}", "{prompt: Bye}", "rule-1", id="text-before-circumstances"),
        pytest.param("{step: 1}", "{prompt: Hello, stream: true, step: 7}", "rule-2", id="what-it-is-about"),
        pytest.param("{prompt: Bye}", "{step: 1}", "rule-2", id="or-else-circumstances"),
        pytest.param("{step: 9}", "{step: 1}", "rule-2", id="one-off"),
        pytest.param("{step: 9, turn: 9}", "{step: 9}", "rule-2", id="fewer-keys"),
        pytest.param("{any: [{prompt: Bye}, {prompt: Ciao}]}", "{any: [{prompt: Hallo}]}", "rule-2", id="any"),
        pytest.param("{none: [{prompt: Hello}]}", "{prompt: Hallo}", "rule-2", id="none"),
    ],
)
def test_the_nearest_is_the_one_that_was_meant(first: str, second: str, nearest: str) -> None:
    found = text(pipeline(f"rules: [{{match: {first}, reply: a}}, {{match: {second}, reply: b}}]"))
    assert f"Nearest is {nearest} " in found
