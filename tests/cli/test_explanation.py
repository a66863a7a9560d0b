from textwrap import dedent
from typing import Any

import orjson
import pytest

from mockgw.cli.explanation import text
from mockgw.pipeline import Pipeline
from mockgw.protocol.requests import Incoming
from tests.support import answer, body, pipeline, turns

CALLS = [{"type": "tool_use", "id": "t", "name": "Bash", "input": {}}]
RESULTS = [{"type": "tool_result", "tool_use_id": "t", "content": "2 passed", "is_error": True}]
SCHEMA = {"format": {"type": "json_schema", "schema": {"type": "object", "properties": {"title": {"const": "x"}}}}}
TOOLS = [{"name": name, "input_schema": {"type": "object"}} for name in "ABCDEFGHIJ"]
ENDED = body(messages=turns("x", "y", []))
ORPHAN = body(messages=turns("x", CALLS, [{**RESULTS[0], "tool_use_id": "u"}]))


def told(gateway: Pipeline, request: dict[str, Any] | None = None, **headers: str) -> str:
    sent = {"x-api-key": "k"} | {name.replace("_", "-"): value for name, value in headers.items()}
    incoming = Incoming("POST", "/v1/messages", sent, body=orjson.dumps(request or body()))
    return text(gateway.explain(incoming), "a body")


def golden(expected: str) -> str:
    return dedent(expected).strip("\n")


def test_a_hit_is_told_with_its_answer_and_every_rule() -> None:
    gateway = pipeline(
        """
        rules:
          - id: other
            match: {prompt: {contains: deploy}}
            reply: a
          - id: test
            match: {prompt: {starts_with: run, not: {contains: all}}, agent: main}
            steps:
              - tool_use: {name: Bash, input: {command: make test}}
              - content:
                  - thinking: It failed.
                  - "The test says: {{ tool_result }}"
                  - block: {type: server_tool_use, id: srvtoolu_1}
                delay: 250ms
                pace: {ttft: 1s, tps: 20}
                headers: {x-team: blue}
                fault:
                  - {type: truncate, at: {event: 7}}
                  - {type: stall, for: 2s, rate: 0.0}
                  - {type: latency, jitter: 20ms}
          - reply: c
        """
    )
    messages = turns("<system-reminder>hm</system-reminder>run the tests", CALLS, RESULTS)
    request = body(messages=messages, system="Be\nbrief", stream=True, tools=TOOLS, output_config={"effort": "high"})
    assert told(gateway, request) == golden(
        r"""
        request   a body
                  prompt: 'run the tests' (without 1 reminder)
                  step: 1, turn: 1, nth_prompt: 1, nth_request: 1, attempt: 1
                  model: 'claude-sonnet-4-5', stream: true, agent: main, session: default
                  tool_result: Bash, is_error '2 passed'
                  tools: A, B, C, D, E, F, G, H and 2 more
                  system: 'Be brief'
                  structured: false, effort: high
        scenario  test (test.yaml): it is the usual one
        answer    200 by test (test.yaml:6), steps: answer 2 of 2
                  thinking: 'It failed.'
                  text: 'The test says: 2 passed'
                  server_tool_use: {"id": "srvtoolu_1"}
                  stop_reason: end_turn
                  header: x-team: blue
                  delay: 0.25 s
                  pace: ttft 1.0, tps 20.0
                  fault: truncate at event 7
                  fault: stall at fraction 0.5 (rate 0.0, for 2.0); not this time
                  fault: latency (jitter 0.02)
        rules     ✗ other (test.yaml:3) does not match
                      ✗ prompt: expected text that contains 'deploy', found 'run the tests'
                  ✓ test (test.yaml:6) answers
                      ✓ prompt: expected anything but text that contains 'all', found 'run the tests'
                      ✓ prompt: expected text that starts with 'run', found 'run the tests'
                      ✓ agent: expected exactly 'main', found 'main'
                  · rule-3 (test.yaml:21) is not asked: test answers before it; it would match too
        """
    )


def test_a_miss_and_nested_conditions() -> None:
    gateway = pipeline(
        """
        rules:
          - match:
              prompt: {all: [{contains: Hello}, {contains: there}]}
              any: [{turn: {gte: 10}}, {system: a, stream: false}]
            reply: a
          - match: {step: 7}
            reply: b
        """
    )
    assert told(gateway) == golden(
        """
        request   a body
                  prompt: 'Hello'
                  step: 0, turn: 0, nth_prompt: 1, nth_request: 1, attempt: 1
                  model: 'claude-sonnet-4-5', stream: false, agent: main, session: default
        scenario  test (test.yaml): it is the usual one
        answer    400 by mockgw itself (no_match)
                  error: invalid_request_error: MESSAGE
        rules     ✗ rule-1 (test.yaml:3) does not match
                      ✗ prompt: expected text that contains 'Hello' and text that contains 'there', found 'Hello'
                          ✓ expected text that contains 'Hello', found 'Hello'
                          ✗ expected text that contains 'there', found 'Hello'
                      ✗ any: expected one of these to match, found none
                          ✗ turn: expected at least 10, found 0
                          ✗ match: expected all of these to hold, found a difference
                              ✗ system: expected exactly 'a', found nothing (the request has no system prompt)
                              ✓ stream: expected exactly false, found false
                  ✗ rule-2 (test.yaml:7) does not match; it is the nearest
                      ✗ step: expected exactly 7, found 0

        A rule that matches this request, for the 'rules:' of test.yaml:

          - match: {prompt: "Hello"}
            reply: Hello.
        """
    ).replace(
        "MESSAGE",
        "no rule of the scenario 'test' (test.yaml) matches this request. Nearest is rule-2 (test.yaml:7), "
        "which differs in step: expected exactly 7, found 0. 1 more rule did not match",
    )


def test_a_side_call() -> None:
    gateway = pipeline("rules: [{reply: a}]")
    assert told(gateway, body("Title?", output_config=SCHEMA), x_app="cli") == golden(
        """
        request   a body
                  prompt: 'Title?'
                  step: 0, turn: 0, nth_prompt: 1, nth_request: 0, attempt: 1
                  model: 'claude-sonnet-4-5', stream: false, agent: side, session: default
                  structured: true
        scenario  test (test.yaml): it is the usual one
        answer    200 by mockgw itself: no rule is written for this side call
                  text: '{"title":"x"}'
                  stop_reason: end_turn
        rules     · rule-1 (test.yaml:1) is not for side calls: its match names neither 'agent' nor 'structured'
        """
    )


def test_a_rule_that_is_used_up() -> None:
    gateway = pipeline("rules: [{times: 1, reply: a}, {error: {status: 429, retry_after: 2s}}]")
    answer(gateway, body("earlier"))
    assert told(gateway).partition("usual one\n")[2] == golden(
        """
        answer    429 by rule-2 (test.yaml:1)
                  error: rate_limit_error: You are being rate limited
                  header: retry-after: 2
        rules     · rule-1 (test.yaml:1) is used up: it has given its only answer (times: 1)
                  ✓ rule-2 (test.yaml:1) answers
        """
    )


@pytest.mark.parametrize(
    ("scenario", "request_", "headers", "shown"),
    [
        pytest.param("Hi", body(model=None), {}, ["scenario  test", "_error: model: "], id="body"),
        pytest.param("Hi", body(), {"x_api_key": ""}, ["answer    401 by mockgw itself\n"], id="key"),
        pytest.param("Hi", body(), {"x_mockgw_scenario": "x"}, ["404 by mockgw itself (unknown"], id="scenario"),
        pytest.param("{steps: [a], then: error}", ENDED, {}, ["400 by mockgw itself (used_up)"], id="used-up"),
        pytest.param("reply: '{{ request.a.b }}'", body(), {}, ["(template), at rule-1 (test.yaml:1)"], id="template"),
        pytest.param("attempts: [a, b]", body(), {}, ["attempts: answer 1 of 2\n"], id="attempts"),
        pytest.param("Hi", body(messages=turns("")), {}, ["prompt: nothing was typed\n"], id="no-prompt"),
        pytest.param("Hi", body("a\x1b" + "b" * 300), {}, ["prompt: 'a\\x1bbbb", "bbb\u2026'\n"], id="hostile"),
        pytest.param("Hi", ORPHAN, {}, ["of an unknown tool, is_error"], id="orphan"),
        pytest.param(f"tool_use: {{name: A, input: {{a: {'b' * 300}}}}}", body(), {}, ["bb\u2026\n"], id="long"),
    ],
)  # fmt: skip
def test_parts_of_requests_and_answers(
    scenario: str, request_: dict[str, Any], headers: dict[str, str], shown: list[str]
) -> None:
    found = told(pipeline(scenario), request_, **headers)
    assert all(part in found for part in shown), found


def test_what_the_rules_would_have_said_to_a_refused_request() -> None:
    found = told(pipeline("rules: [{id: hi, reply: Hi}]"), body(model=None), x_api_key="", x_mockgw_seed="1")
    assert found.partition("usual one\n")[2] == golden(
        """
        answer    400 by mockgw itself (unknown_header)
                  error: invalid_request_error: UNKNOWN
        otherwise if it had been sent without the header x-mockgw-seed, with a key, with model: claude-opus-5-5:
                  200 by hi (test.yaml:1)
                  text: 'Hi'
                  stop_reason: end_turn
        rules     \u2713 hi (test.yaml:1) answers
        """
    ).replace(
        "UNKNOWN", "unknown header 'x-mockgw-seed'; expected x-mockgw-scenario, x-mockgw-session or x-mockgw-fault"
    )


def test_a_terminal_that_knows_ascii_only() -> None:
    gateway = pipeline("rules: [{match: {step: 1}, reply: a}, {reply: b}, {reply: c}]")
    incoming = Incoming("POST", "/v1/messages", {"x-api-key": "k"}, body=orjson.dumps(body("x" * 300)))
    found = text(gateway.explain(incoming), "a body", encoding="ascii")
    assert found.isascii()
    assert "rules     - rule-1" in found
    assert "          + rule-2" in found
    assert "          . rule-3" in found
