import json
from pathlib import Path
from typing import Any

import orjson
import pytest

from mockgw.delivery.actions import Delivery
from mockgw.engine.explain import Explanation, Verdict
from mockgw.pipeline import Pipeline
from mockgw.protocol.requests import Incoming
from mockgw.scenario.library import open_library
from tests.support import answer, ask, body, head, lost, pipeline, turns

CAPTURES = sorted((Path(__file__).parent.parent / "clients" / "captures").glob("*.json"))
CALL = [{"type": "tool_use", "id": "t", "name": "Read", "input": {}}]
RESULT = [{"type": "tool_result", "tool_use_id": "t", "content": "all   fine"}]
REMINDER = "<system-reminder>drink water</system-reminder>"


def incoming(request: dict[str, Any] | None = None, **headers: str) -> Incoming:
    sent = {"x-api-key": "test"} | {name.replace("_", "-"): value for name, value in headers.items()}
    return Incoming("POST", "/v1/messages", sent, body=orjson.dumps(request or body()))


def explained(text: str, request: dict[str, Any] | None = None, **headers: str) -> Explanation:
    return pipeline(text).explain(incoming(request, **headers))


def told(verdict: Verdict) -> list[str]:
    return [f"{'+' if check.held else '-'} {check.key}: {check.text}" for check in verdict.checks]


def test_what_a_rule_sees() -> None:
    messages = turns("first", "ok", f"{REMINDER} fix it", CALL, RESULT)
    request = body(
        messages=messages, system="Be brief", stream=True, tools=[{"name": "Read", "input_schema": {"type": "object"}}]
    )
    seen = explained("Hello", request, x_mockgw_session="mine", anthropic_beta="a,b").request
    assert seen is not None
    assert (seen.prompt, seen.step, seen.turn, seen.nth_prompt) == ("fix it", 1, 2, 2)
    assert (seen.nth_request, seen.attempt, seen.agent, seen.session, seen.stream) == (1, 1, "main", "mine", True)
    assert seen.tool_result == ({"name": "Read", "is_error": False, "text": "all fine"},)
    assert (seen.reminders, seen.system, seen.tools, seen.beta) == (("drink water",), "Be brief", ("Read",), ("a", "b"))


def test_the_rule_that_answers_and_what_became_of_the_others() -> None:
    found = explained(
        """
        rules:
          - match: {prompt: Bye, step: 0}
            reply: a
          - {id: hi, match: {prompt: Hello}, reply: b}
          - reply: c
          - {match: {step: 5}, reply: d}
        """
    )
    assert (found.answer.status, found.answer.rule, found.answer.place) == (200, "hi", "test.yaml:5")
    assert [(one.id, one.outcome, one.matches, one.reason) for one in found.rules] == [
        ("rule-1", "differs", False, ""),
        ("hi", "answers", True, ""),
        ("rule-3", "not_asked", True, "hi answers before it"),
        ("rule-4", "not_asked", False, "hi answers before it"),
    ]
    assert told(found.rules[0]) == [
        "- prompt: expected exactly 'Bye', found 'Hello'",
        "+ step: expected exactly 0, found 0",
    ]


def test_a_message_in_short() -> None:
    found = explained(
        """
        content: [{thinking: hm}, "You said {{ prompt }}", {tool_use: {name: Read, input: {n: 1}}}]
        delay: 2s
        pace: fast
        headers: {X-A: b}
        """
    ).answer
    assert [block["type"] for block in found.content] == ["thinking", "text", "tool_use"]
    assert found.content[1]["text"] == "You said Hello"
    assert (found.stop_reason, found.delay, found.pace) == ("tool_use", 2.0, {"ttft": 0.62, "tps": 83.0})
    assert (found.headers, found.error, found.lists) == ({"x-a": "b"}, None, ())


def test_a_random_ttft_is_told_as_it_is_written() -> None:
    ttft = {"type": "lognormal", "median": 2.0, "sigma": 0.6, "max": 9.0}
    found = explained(f"{{reply: a, pace: {{ttft: {json.dumps(ttft)}, tps: 9}}}}").answer
    assert found.pace == {"ttft": ttft, "tps": 9.0}


def test_an_error_in_short() -> None:
    found = explained("error: {status: 429, retry_after: 2s, body: {a: 1}}")
    assert (found.answer.status, found.answer.rule, found.answered) == (429, "rule-1", True)
    assert found.answer.error == {
        "type": "rate_limit_error", "message": "You are being rate limited", "param": "", "kind": "",
        "headers": {"retry-after": "2"}, "body": {"a": 1},
    }  # fmt: skip


def test_faults_and_where_they_strike() -> None:
    faults = "[{type: truncate, max_hits: 1}, {type: stall, at: {event: 2}, for: 1s}, slicer]"
    gateway = pipeline(f"{{reply: Hello, fault: {faults}}}")
    assert [gateway.explain(incoming(body(stream=True))).answer.faults, answer_faults(gateway)] == [
        (
            {"type": "truncate", "max_hits": 1, "at": {"fraction": 0.5}, "strikes": True},
            {"type": "stall", "for": 1.0, "at": {"event": 2}, "strikes": True},
            {"type": "slicer", "strikes": True},
        ),
        [False, True, True],
    ]


def answer_faults(gateway: Pipeline) -> list[bool]:
    """Which faults strike the next answer, when one was given."""
    gateway.settle(ask(gateway, body(stream=True)), Delivery(ending="whole"))
    return [fault["strikes"] for fault in gateway.explain(incoming(body(stream=True))).answer.faults]


@pytest.mark.parametrize(
    ("rule", "attempt", "lists"),
    [
        pytest.param("{steps: [a, b, c]}", None, [("steps", 2, 3, False)], id="steps"),
        pytest.param("{attempts: [{error: 429, times: 2}, b]}", 2, [("attempts", 1, 2, False)], id="attempts"),
        pytest.param("{attempts: [{error: 429, times: 2}, b]}", 3, [("attempts", 2, 2, False)], id="times"),
        pytest.param("{attempts: [a, b]}", 9, [("attempts", 2, 2, True)], id="repeated"),
        pytest.param("{attempts: [a, b], then: loop}", 3, [("attempts", 1, 2, True)], id="loop"),
        pytest.param("{replies: [a, b]}", None, [("replies", 1, 2, False)], id="replies"),
        pytest.param("{choose: [a]}", None, [("choose", 1, 1, False)], id="choose"),
        pytest.param(
            "{steps: [a, {replies: [b, c]}]}", None, [("steps", 2, 2, False), ("replies", 1, 2, False)], id="nested"
        ),
    ],
)
def test_the_position_in_lists(rule: str, attempt: int | None, lists: list[Any]) -> None:
    gateway = pipeline(f"rules: [{rule}]")
    found = gateway.explain(incoming(body(messages=turns("x", CALL, RESULT))), attempt).answer.lists
    assert [(one.kind, one.number, one.length, one.repeated) for one in found] == lists


def test_a_miss_has_its_message_and_a_rule_to_begin_with() -> None:
    found = explained("rules: [{match: {step: 9}, reply: a}, {id: near, match: {prompt: {contains: hello}}, reply: b}]")
    assert (found.answer.status, found.answer.rule, found.nearest, found.answered) == (400, "", "near", False)
    assert found.answer.error is not None
    assert found.answer.error["kind"] == "no_match"
    assert "Nearest is near (test.yaml:1)" in found.answer.error["message"]
    assert found.suggestion == '- match: {prompt: "Hello"}\n  reply: Hello.'


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ("{times: 1, reply: a}", "it has given its only answer (times: 1)"),
        (
            "{replies: [a], then: next_rule}",
            "its list of answers: it has 1 answer, and this would be number 2 (then: next_rule)",
        ),
    ],
    ids=["times", "next-rule"],
)
def test_a_rule_that_is_used_up(rule: str, reason: str) -> None:
    gateway = pipeline(f"rules: [{rule}, {{reply: last}}]")
    answer(gateway, body("other"))
    found = gateway.explain(incoming())
    assert [(one.outcome, one.reason) for one in found.rules] == [("used_up", reason), ("answers", "")]


@pytest.mark.parametrize(
    ("rule", "kind"),
    [
        ("{match: {attempt: 1}, steps: [a], then: error}", "used_up"),
        ("{reply: a, fault: {type: truncate, at: {event: 99}}}", "fault"),
        ("{reply: '{{ request.nothing.here }}'}", "template"),
    ],
    ids=["used-up", "fault", "template"],
)
def test_a_rule_that_cannot_answer_is_named(rule: str, kind: str) -> None:
    found = explained(f"rules: [{rule}]", body(messages=turns("x", CALL, RESULT), stream=True))
    assert (found.answer.rule, found.answer.status, found.rules[0].outcome) == ("rule-1", 400, "answers")
    assert found.answer.error is not None
    assert found.answer.error["kind"] == kind


def test_a_side_call_meets_only_rules_that_are_written_for_it() -> None:
    schema = {"format": {"type": "json_schema", "schema": {"type": "object"}}}
    found = explained("rules: [{reply: a}, {match: {agent: main}, reply: b}]", body(output_config=schema), x_app="cli")
    assert [one.outcome for one in found.rules] == ["not_for_side_calls", "differs"]
    assert (found.answer.rule, found.answer.status) == ("errand", 200)


def test_a_combination_is_no_prompt() -> None:
    found = explained("rules: [{match: {any: [{prompt: a}, {prompt: b}]}, reply: a}]")
    assert [check.key for check in found.rules[0].checks] == ["any"]


@pytest.mark.parametrize(
    ("request_", "headers", "status", "scenario"),
    [
        pytest.param({"model": "m"}, {}, 400, "test", id="bad-body"),
        pytest.param({"model": "m", "max_tokens": 1}, {"x_api_key": ""}, 401, "test", id="no-key"),
        pytest.param(body(), {"x_mockgw_scenario": "nope"}, 404, None, id="no-scenario"),
    ],
)
def test_what_no_rule_is_asked_about(
    request_: dict[str, Any], headers: dict[str, str], status: int, scenario: str | None
) -> None:
    found = explained("Hello", request_, **headers)
    assert (found.answer.status, found.request, found.rules) == (status, None, ())
    assert (found.scenario and found.scenario.name) == scenario


def test_explaining_changes_nothing() -> None:
    gateway = pipeline("rules: [{times: 2, replies: [a, b]}, {attempts: [{error: 429}, c]}]")
    lost(gateway)
    answer(gateway, body("other"))
    first, second = gateway.explain(incoming()), gateway.explain(incoming())
    assert first == second
    assert len(gateway.journal) == 2
    assert gateway.explain(incoming(x_mockgw_session="new")).request is not None
    given = [answer(gateway)["content"][0]["text"], head(ask(gateway)).status]
    assert given == [first.answer.content[0]["text"], 429]


def test_it_is_plain_data() -> None:
    data = json.loads(orjson.dumps(explained("steps: [{text: a, fault: stall}]", body(stream=True)).data()))
    assert list(data) == ["request", "scenario", "answer", "rules", "nearest", "suggestion", "lacking", "otherwise"]
    assert data["scenario"] == {"name": "test", "path": "test.yaml", "why": "it is the usual one"}
    assert data["answer"]["lists"] == [{"kind": "steps", "number": 1, "length": 1, "repeated": False}]


@pytest.fixture(scope="module")
def shipped() -> Pipeline:
    return Pipeline(open_library([]))


@pytest.mark.parametrize("capture", CAPTURES, ids=lambda path: path.stem)
def test_the_rule_that_is_explained_is_the_rule_that_answers(capture: Path, shipped: Pipeline) -> None:
    request = json.loads(capture.read_bytes())
    for name in shipped.library.scenarios:
        sent = request["headers"] | {"x-mockgw-scenario": name, "x-mockgw-session": capture.stem}
        came = Incoming("POST", "/v1/messages", sent, body=orjson.dumps(request["body"]))
        found = shipped.explain(came)
        opened = shipped.messages(came)
        assert (found.answer.status, found.answer.rule) == (opened.exchange.status, opened.exchange.rule), name
        shipped.settle(opened, Delivery(ending="whole"))
