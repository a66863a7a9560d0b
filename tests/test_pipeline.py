import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson
import pytest

from mockgw.clock import VirtualClock
from mockgw.delivery.actions import Delivery, Head
from mockgw.delivery.told import Told
from mockgw.journal import Exchange
from mockgw.opened import Opened
from mockgw.pipeline import Pipeline
from mockgw.protocol.errors import ApiError
from mockgw.protocol.requests import Incoming
from mockgw.scenario.library import Library
from mockgw.settings import Settings
from tests.support import answer, ask, body, head, parsed, pipeline, scenario, sent_bytes, text, turns

LONG_KEY = "sk-ant-a-very-secret-key"


def settled(gateway: Pipeline, opened: Opened, ending: str = "whole") -> Exchange:
    gateway.settle(opened, Delivery(ending=ending))
    return opened.exchange


def test_the_exchange_tells_what_happened() -> None:
    gateway = pipeline("rules: [{id: hi, match: {prompt: Hello}, reply: Hi there}]")
    exchange = settled(gateway, ask(gateway, body(stream=True), x_mockgw_session=" mine "))
    assert (exchange.session, exchange.scenario, exchange.rule, exchange.attempt) == ("mine", "test", "hi", 1)
    assert (exchange.status, exchange.answer, exchange.stream, exchange.model) == (
        200, "text, end_turn", True, "claude-sonnet-4-5"
    )  # fmt: skip
    assert exchange.usage is not None
    assert exchange.usage.output_tokens > 0


def test_observers_hear_of_each_exchange_when_it_ends() -> None:
    gateway = pipeline("Hello")
    heard: list[Exchange] = []
    gateway.observers.append(heard.append)
    opened = ask(gateway)
    assert heard == []
    gateway.settle(opened, Delivery(ending="left"))
    assert heard == [opened.exchange]


@pytest.mark.parametrize("dialect", ["siraya", "anthropic"])
def test_of_two_keys_the_one_that_counts_is_kept_masked(dialect: str) -> None:
    gateway = pipeline("Hi", dialect=dialect)
    exchange = settled(gateway, ask(gateway, authorization="Bearer b-0123456789-b", x_api_key="x-0123456789-x"))
    assert exchange.key == {"siraya": "b-01\u2026-b", "anthropic": "x-01\u2026-x"}[dialect]


@pytest.mark.parametrize("name", ["x_api_key", "authorization"])
@pytest.mark.parametrize("field", ["key", "header"])
def test_no_key_is_ever_kept(name: str, field: str) -> None:
    condition = {"key": "key: other", "header": f"header: {{{name.replace('_', '-')}: other}}"}[field]
    gateway = pipeline(f"rules: [{{match: {{{condition}}}, reply: Hi}}]")
    value = f"Bearer {LONG_KEY}" if name == "authorization" else LONG_KEY
    exchange = settled(gateway, ask(gateway, None, **{"x_api_key": "", name: value}))
    assert exchange.refusal == "no_match"
    assert LONG_KEY not in repr(exchange)


def test_rules_see_the_whole_key() -> None:
    gateway = pipeline(f"rules: [{{match: {{key: {LONG_KEY}}}, reply: Welcome}}]")
    assert text(gateway, x_api_key=LONG_KEY) == "Welcome"


def test_the_scenario_says_which_gateway_it_is() -> None:
    gateway = pipeline("{gateway: {dialect: anthropic}, error: 429}")
    assert answer(gateway)["type"] == "error"


def test_the_same_request_again_has_an_id_of_its_own() -> None:
    gateway = pipeline("Hello")
    one, other = ask(gateway), ask(gateway)
    assert head(one).headers["request-id"] != head(other).headers["request-id"]
    again = pipeline("Hello")
    assert [head(ask(again)).headers["request-id"] for _ in range(2)] == [
        head(opened).headers["request-id"] for opened in (one, other)
    ]


def test_a_reset_forgets_sessions_and_exchanges() -> None:
    gateway = pipeline("replies: [one, two]")
    for session in ("a", "b"):
        settled(gateway, ask(gateway, x_mockgw_session=session))
    gateway.reset("a")
    assert [exchange.session for exchange in gateway.journal] == ["b"]
    gateway.reset()
    assert len(gateway.journal) == 0


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        ("plain text", "plain text"),
        ("gr\u00fc\u00df", "gr\\xfc\\xdf"),
        ("two\r\nset-cookie: x", "two\\r\\nset-cookie: x"),
        ("\u6a21\x1b", "\\u6a21\\x1b"),
    ],
)
@pytest.mark.parametrize("kind", ["reply: Hi", "error: 429"])
def test_a_header_is_sent_as_http_can_carry_it(kind: str, value: str, sent: str) -> None:
    gateway = pipeline(f"{{{kind}, headers: {{X-Note: {orjson.dumps(value).decode()}}}}}")
    assert head(ask(gateway)).headers["x-note"] == sent


@pytest.mark.parametrize("name", ["two words", "a:b", "\u00fcber", "new\nline", "Content-Length", "transfer-encoding"])
@pytest.mark.parametrize(
    ("written", "kind"),
    [("reply: Hi, headers: {%s: x}", "header"), ("error: {status: 429, headers: {%s: x}}", "template")],
)
def test_a_header_that_cannot_be_sent_is_a_400_that_names_it(written: str, kind: str, name: str) -> None:
    gateway = pipeline("{" + written % "'{{ prompt }}'" + "}")
    opened = ask(gateway, body(name))
    assert (head(opened).status, head(opened).headers["x-mockgw-error"]) == (400, kind)
    assert repr(name).lower() in parsed(opened)["error"]["message"].lower()


def test_a_template_that_cannot_be_rendered_names_its_rule() -> None:
    opened = ask(pipeline("rules: [{id: bad, reply: '{{ request.a.b }}'}]"))
    assert (opened.exchange.scenario, opened.exchange.rule, opened.exchange.refusal) == ("test", "bad", "template")
    assert parsed(opened)["error"]["message"].startswith("bad (test.yaml:1): ")


def test_a_template_cannot_split_the_answer() -> None:
    gateway = pipeline("{reply: Hi, headers: {x-prompt: '{{ prompt }}'}}")
    assert head(ask(gateway, body("a\r\nb: c"))).headers["x-prompt"] == "a\\r\\nb: c"


def test_a_bad_request_to_an_unknown_scenario_hears_of_the_scenario_first() -> None:
    gateway = pipeline("Hello")
    opened = ask(gateway, {"model": "claude-mock/nope"}, x_mockgw_scenario="tset", x_api_key="")
    assert head(opened).status == 404
    assert "did you mean 'test'?" in parsed(opened)["error"]["message"]


def test_a_header_of_ours_that_nobody_would_obey_is_refused() -> None:
    opened = ask(pipeline("Hello"), x_mockgw_scenaro="hello")

    assert (head(opened).status, opened.exchange.refusal) == (400, "unknown_header")
    told = "unknown header 'x-mockgw-scenaro'; expected x-mockgw-scenario, x-mockgw-session or x-mockgw-fault"
    assert parsed(opened)["error"]["message"] == told


def test_a_refusal_from_outside_is_kept_as_every_other() -> None:
    gateway = pipeline("Hello")
    opened = gateway.refuse(Incoming("GET", "/nowhere", {}), ApiError(404, "Not Found", kind="not_found"))
    exchange = settled(gateway, opened)
    assert (exchange.status, exchange.refusal, exchange.message) == (404, "not_found", "Not Found")


def test_what_has_nothing_to_do_with_models_is_said() -> None:
    gateway = pipeline("Hello")
    opened = gateway.say(Incoming("HEAD", "/", {}), "hello", Head(200, {}), b"Hi")
    data = sent_bytes(opened)
    exchange = settled(gateway, opened)
    assert (exchange.status, exchange.answer, data) == (200, "hello", b"Hi")


@pytest.mark.parametrize(
    ("endings", "attempts"),
    [(["whole", "whole"], [1, 1]), (["left", "whole", "whole"], [1, 2, 1]), (["stopped", "left"], [1, 2])],
)
def test_an_answer_that_did_not_arrive_is_tried_again(endings: list[str], attempts: list[int]) -> None:
    gateway = pipeline("Hello")
    assert [settled(gateway, ask(gateway), ending).attempt for ending in endings] == attempts


def test_a_refused_request_does_not_count_as_an_attempt_of_its_retry() -> None:
    gateway = pipeline("rules: [{match: {prompt: Bye}, reply: Bye}]")
    assert [settled(gateway, ask(gateway)).attempt for _ in range(2)] == [1, 1]


def test_an_error_in_the_stream_has_the_words_of_the_dialect() -> None:
    fault = "{type: error_event, error: 503}"
    received: dict[str, Any] = {}
    for dialect in ("siraya", "anthropic"):
        gateway = pipeline(f"{{reply: Hello to you all, fault: {fault}}}", dialect=dialect)
        data = sent_bytes(ask(gateway, body(stream=True))).rpartition(b"event: error\ndata: ")[2]
        received[dialect] = orjson.loads(data)
    assert set(received["siraya"]["error"]) == {"message", "type", "param", "code"}
    assert set(received["anthropic"]) == {"type", "error", "request_id"}


def test_a_stall_that_ends_leaves_a_whole_answer_and_the_call_is_over() -> None:
    gateway = pipeline("{reply: 'This is try {{ attempt }}.', fault: {type: stall, for: 1s}}")
    assert [text(gateway) for _ in range(2)] == ["This is try 1."] * 2


def test_a_try_in_one_scenario_is_none_in_another() -> None:
    scenarios = {name: scenario("attempts: [{error: 429}, Done.]", name) for name in ("a", "b")}
    gateway = Pipeline(Library(scenarios, "a"), Settings(), VirtualClock())
    exchanges = [settled(gateway, ask(gateway, x_mockgw_scenario=name)) for name in ("a", "b", "a")]
    assert [exchange.status for exchange in exchanges] == [429, 429, 200]


def test_requests_with_other_keys_do_not_change_each_others_ids() -> None:
    def ids(*keys: str) -> dict[str, str]:
        gateway = pipeline("Hello")
        return {key: answer(gateway, x_api_key=key)["id"] for key in keys}

    assert ids("one", "two") == ids("two", "one")


def test_a_fault_that_cannot_happen_takes_no_answer_and_is_not_told_as_struck() -> None:
    gateway = pipeline("replies: [{text: one, fault: {type: error_event, max_hits: 1}}, two]")
    refused = settled(gateway, ask(gateway))
    assert (refused.refusal, refused.faults, refused.usage) == ("fault", (), None)
    struck = settled(gateway, ask(gateway, body(stream=True)))
    assert struck.faults == ("error_event",)


def test_a_decision_that_crashes_ends_its_call() -> None:
    gateway = pipeline("Try {{ attempt }}")
    whole = gateway.library.scenarios["test"]
    broken: Any = "no node at all"
    gateway.library.scenarios["test"] = replace(whole, rules=(replace(whole.rules[0], node=broken),))
    with pytest.raises(AttributeError):
        ask(gateway)
    gateway.library.scenarios["test"] = whole
    assert text(gateway) == "Try 1"


def test_a_client_that_acts_on_the_last_bytes_at_once_is_at_its_next_try() -> None:
    gateway = pipeline("attempts: [{error: 429}, 'Try {{ attempt }}']")
    first = ask(gateway)
    gateway.conclude(first)
    second = ask(gateway)
    settled(gateway, first)
    gateway.conclude(second)
    third = ask(gateway)
    settled(gateway, second)
    assert [opened.exchange.attempt for opened in (first, second, third)] == [1, 2, 1]


def test_an_answer_that_was_lost_after_all_is_given_again() -> None:
    gateway = pipeline("replies: [one, two]")
    first = ask(gateway)
    gateway.conclude(first)
    settled(gateway, first, ending="left")
    assert [text(gateway), text(gateway)] == ["one", "two"]


def test_a_thousand_calls_that_wait_do_not_forget_their_tries() -> None:
    gateway = pipeline("attempts: [{error: 529}, Done.]")
    rounds = [[settled(gateway, ask(gateway, body(f"{n}"))).status for n in range(1500)] for _ in range(2)]
    assert rounds == [[529] * 1500, [200] * 1500]


def test_a_readable_body_names_its_scenario_even_if_it_is_not_valid() -> None:
    opened = ask(pipeline("Hello"), {"model": "claude-mock/nope", "messages": []})
    assert (head(opened).status, opened.exchange.refusal) == (404, "unknown_scenario")


def _calls(work: Callable[[], object]) -> int:
    """How many functions are called, in Python and in C: work without a clock."""
    events: list[str] = []
    sys.setprofile(lambda frame, event, argument: events.append(event))
    try:
        work()
    finally:
        sys.setprofile(None)
    return sum(event.endswith("call") for event in events)


def _transcript(steps: int) -> list[dict[str, Any]]:
    call = {"type": "tool_use", "name": "Read", "input": {"path": "a"}, "cache_control": {"type": "ephemeral"}}
    result = {"type": "tool_result", "content": "x"}
    ids = [f"toolu_{number}" for number in range(steps)]
    return turns("Hello", *(loop for id in ids for loop in ([call | {"id": id}], [result | {"tool_use_id": id}])))


@pytest.mark.parametrize(
    "answer",
    [
        "text: Hi",
        "choose: [Hi, Ho]",
        "replies: [Hi, Ho]",
        "attempts: [Hi, Ho]",
        "reply: '{{ tool_result }} {{ turn }} {{ cwd }}'",
        "rules: [{match: {turn: {gte: 1}, nth_prompt: 1, tool_result: {name: Read}, reminders: {not: a}}, text: Hi}]",
    ],
)
def test_the_work_of_a_request_grows_no_faster_than_its_transcript(answer: str) -> None:
    gateway = pipeline(answer)

    def work(steps: int) -> int:
        request = body(messages=_transcript(steps))
        ask(gateway, request)  # another like it: now all of it has to be looked at
        return _calls(lambda: ask(gateway, request))

    assert 0 < work(1000) < 10.5 * work(100)


def test_tries_of_one_call_have_one_name() -> None:
    gateway = pipeline("attempts: [{error: 429}, Done.]")
    exchanges = [settled(gateway, ask(gateway)) for _ in range(3)]
    first, again, other = exchanges
    assert first.call == again.call == first.request_id
    assert other.call == other.request_id
    assert [exchange.nth_request for exchange in exchanges] == [1, 2, 3]


def test_what_no_rule_was_asked_belongs_to_no_call() -> None:
    gateway = pipeline("Hello")
    assert settled(gateway, ask(gateway, {"model": "x"})).call == ""


def test_an_exchange_knows_the_time_since_its_session_began() -> None:
    gateway = pipeline("Hello")
    first = settled(gateway, ask(gateway))
    assert isinstance(gateway.clock, VirtualClock)
    gateway.clock.advance(2.5)
    assert [first.clock, settled(gateway, ask(gateway)).clock] == [0.0, 2.5]


def test_the_calls_of_an_answer_are_kept() -> None:
    other = "{block: {type: tool_use, id: toolu_2, name: Read, input: {}}}"
    gateway = pipeline(f"content: [Look, {{tool_use: {{name: Read, id: toolu_1}}}}, {other}, {{block: {{type: x}}}}]")
    assert settled(gateway, ask(gateway)).tool_calls == ("toolu_1", "toolu_2")


def test_what_an_error_said_about_trying_again_is_kept() -> None:
    gateway = pipeline("attempts: [{error: {status: 429, retry_after: 2s}}, Done.]")
    struck = settled(gateway, ask(gateway)).told
    again = ask(gateway)
    gateway.settle(again, Delivery(size_bytes=len(sent_bytes(again)), ending="whole"))
    whole = again.exchange.told
    assert struck == Told(True, "2", "", "true")
    assert whole is not None
    assert whole.heard is not None


def test_what_came_of_a_stream_that_broke_is_kept() -> None:
    gateway = pipeline("{text: Half of it, fault: {type: truncate, at: {type: content_block_delta, nth: 2}}}")
    opened = ask(gateway, body(stream=True))
    gateway.settle(opened, Delivery(size_bytes=len(sent_bytes(opened)), ending="whole"))
    told = opened.exchange.told
    assert told is not None
    assert told.heard is not None
    assert (told.heard.begins, told.heard.whole) == ("Half", False)
