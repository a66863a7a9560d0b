"""What the journal says: exchanges, verification, verdict, explanations."""

import asyncio
from typing import Any

import orjson
import pytest

from mockgw.clock import VirtualClock
from mockgw.control.control import Control
from mockgw.control.errors import ControlError
from mockgw.control.reports import Entry, Record
from mockgw.delivery.actions import Delivery
from mockgw.journal import Journal
from tests.support import answer, ask, body, pipeline, text

RULES = """\
rules:
  - {id: hello, match: {prompt: Hello}, reply: Hi, expect: 1}
  - {id: fails, match: {prompt: Fail}, error: 429}
  - {id: cut, match: {prompt: Cut}, reply: Cut, fault: truncate}
"""


@pytest.fixture
def control() -> Control:
    """Somebody asked for five things in two sessions."""
    made = Control(pipeline(RULES))
    for prompt, session in (("Hello", "a"), ("Nope", "a"), ("Fail", "b"), ("Cut", "b"), ("Hello", "b")):
        made.pipeline.settle(ask(made.pipeline, body(prompt), x_mockgw_session=session), Delivery(ending="whole"))
    return made


def refused(work: Any) -> ControlError:
    with pytest.raises(ControlError) as raised:
        work()
    return raised.value


@pytest.mark.parametrize(
    ("query", "rules"),
    [
        ({}, ["hello", "", "fails", "cut", "hello"]),
        ({"session": "a"}, ["hello", ""]),
        ({"status": 429}, ["fails"]),
        ({"status": "4xx"}, ["", "fails"]),
        ({"rule": "hello", "session": "b"}, ["hello"]),
        ({"scenario": "test", "unmatched": True}, [""]),
        ({"unmatched": False, "since": 3}, ["cut", "hello"]),
        ({"faulted": True}, ["cut"]),
        ({"errors": True}, ["", "fails", "cut"]),
        ({"errors": False}, ["hello", "hello"]),
        ({"before": 3}, ["hello", ""]),
        ({"before": 1}, []),
        ({"conversation": "none"}, []),
        ({"call": "none"}, []),
        ({"refusal": "no_match"}, [""]),
        ({"model": "claude-sonnet-4-5", "text": "NOPE"}, [""]),
        ({"model": "other"}, []),
        ({"text": "which differs in prompt"}, [""]),
    ],
    ids=str,
)
def test_exchanges_are_found(control: Control, query: Any, rules: list[str]) -> None:
    found = control.journal(query)
    assert [entry["rule"] for entry in found.exchanges] == rules
    assert (found.count, found.last, found.evicted) == (len(rules), 5, 0)
    assert control.count(query).count == len(rules)
    assert control.journal_lines(query).count(b"\n") == len(rules)


def test_before_leads_to_the_page_before(control: Control) -> None:
    newest, older = control.journal({"limit": 2}).exchanges, control.journal({"limit": 2, "before": 4}).exchanges
    assert [[one["number"] for one in page] for page in (newest, older)] == [[4, 5], [2, 3]]


def test_the_newest_are_listed_if_there_are_more_than_wanted(control: Control) -> None:
    found = control.journal({"limit": 2})
    assert [entry["number"] for entry in found.exchanges] == [4, 5]
    assert found.count == 5
    assert control.journal_lines({"limit": 1}).count(b"\n") == 1


def test_an_exchange_is_shown_with_its_request_and_without_its_key(control: Control) -> None:
    [entry] = control.journal({"unmatched": True}).exchanges
    record = control.exchange(entry["request_id"])
    assert set(record) == set(Record.__dataclass_fields__)
    assert set(entry) == set(Entry.__dataclass_fields__)
    assert record["request"]["body"] == body("Nope")
    assert record["request"]["headers"]["x-api-key"] == "…"
    assert (record["ended"], record["number"]) == (True, 2)


def test_a_body_that_is_too_deep_for_json_is_shown_as_text() -> None:
    control = Control(pipeline(RULES))
    deep = b'{"messages": ' + b"[" * 253 + b"]" * 253 + b"}"
    opened = control.pipeline.messages(ask(control.pipeline).incoming)
    opened.exchange.body = deep
    record = control.exchange(opened.exchange.request_id)
    assert orjson.loads(orjson.dumps(record))["request"]["body"] == deep.decode()


def test_an_unknown_exchange_may_have_been_evicted() -> None:
    control = Control(pipeline(RULES))
    assert str(refused(lambda: control.exchange("req_x"))) == "there is no exchange 'req_x'; there are none"
    control.pipeline.journal = Journal(kept=1)
    text(control.pipeline)
    text(control.pipeline)
    assert str(refused(lambda: control.exchange("req_x"))).endswith("; 1 older ones have been evicted")
    assert control.count({"session": "default"}).evicted == 1


def test_the_journal_is_cleared_and_nothing_else(control: Control) -> None:
    assert control.clear({"session": "a"}).count == 2
    assert control.session("a").requests == 2
    assert control.clear().count == 3
    assert control.journal().exchanges == ()


@pytest.mark.parametrize(
    "ask", ["journal", "journal_lines", "count", "unmatched", "unused", "expectations", "verdict", "verify"]
)
def test_of_a_session_that_never_was_nothing_is_said(control: Control, ask: str) -> None:
    named = ask in ("unmatched", "unused", "expectations", "verdict")
    error = refused(lambda: getattr(control, ask)("nobody" if named else {"session": "nobody"}))
    assert error.kind == "unknown"
    control.reset("a")
    getattr(control, ask)("a" if named else {"session": "a"})


def test_what_came_is_verified(control: Control) -> None:
    wanted = {"match": {"prompt": "Hello"}, "times": 2}
    assert control.verify(wanted).outcome == "passed"
    failed = control.verify({**wanted, "session": "a"})
    assert (failed.outcome, failed.count) == ("failed", 1)
    assert "The only other one is" in failed.reason
    assert control.verify({"order": [{"match": {"prompt": "Nope"}}, {"match": {"prompt": "Cut"}}]}).outcome == "passed"


def test_what_was_evicted_leaves_a_verification_open(control: Control) -> None:
    control.pipeline.journal = Journal(kept=1)
    for prompt in ("Hello", "Nope"):
        text(control.pipeline, body(prompt))
    assert control.verify({"match": {"prompt": "Hello"}}).outcome == "inconclusive"


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({"match": {"promt": "x"}}, "match.promt: unknown key 'promt'; did you mean 'prompt'?"),
        ({"prompt": "x"}, "prompt: 'prompt' belongs under 'match'"),
        ({"match": {"key": "x"}}, "'key' cannot be verified: no keys are kept"),
        ({"order": []}, "order: expected at least one item, found an empty list"),
        (["x"], "the body: expected a mapping, found a list"),
    ],
    ids=str,
)
def test_what_cannot_be_verified_or_awaited_is_told(control: Control, value: Any, told: str) -> None:
    assert str(refused(lambda: control.verify(value))).startswith(told)
    if "order" not in value:
        assert str(refused(lambda: asyncio.run(control.wait(value)))).startswith(told)


def test_what_nobody_answered_is_listed(control: Control) -> None:
    [one] = control.unmatched("a").unmatched
    assert (one.kind, "Nearest is hello" in one.message) == ("no_match", True)
    assert control.unmatched("b").unmatched == ()


def test_unused_rules_are_those_of_the_scenarios_in_use(control: Control) -> None:
    assert [one.rule for one in control.unused("a").unused] == ["fails", "cut"]
    assert control.unused().unused == ()
    control.override("a", {"id": "front", "match": {"prompt": "Never"}, "reply": "x"})
    assert [one.rule for one in control.unused("a").unused] == ["front", "fails", "cut"]


def test_without_requests_the_usual_rules_are_unused_and_their_expectations_unmet() -> None:
    control = Control(pipeline(RULES))
    assert [one.rule for one in control.unused().unused] == ["hello", "fails", "cut"]
    assert not control.expectations().met
    assert not control.expectations("default").met
    control.create_session({"name": "a", "scenario": {"rules": [{"id": "own", "reply": "x"}]}})
    assert [one.rule for one in control.unused("a").unused] == ["own"]


def test_a_session_that_has_ended_is_still_asked_about() -> None:
    control = Control(pipeline(RULES, session_age=60.0))
    text(control.pipeline, x_mockgw_session="a")
    assert isinstance(control.pipeline.clock, VirtualClock)
    control.pipeline.clock.advance(61)
    assert refused(lambda: control.session("a")).kind == "unknown"
    assert [one.rule for one in control.unused("a").unused] == ["fails", "cut"]
    assert control.verify({"session": "a"}).count == 1


def test_a_scenario_of_a_sessions_own_has_unused_rules_too(control: Control) -> None:
    control.create_session(
        {
            "name": "c",
            "scenario": {"rules": [{"match": {"prompt": "Hello"}, "reply": "x"}, {"reply": "y", "expect": 2}]},
        }
    )
    answer(control.pipeline, body("Hello"), x_mockgw_session="c")
    assert [(one.scenario, one.rule) for one in control.unused("c").unused] == [("own", "rule-2")]
    expected = control.expectations("c")
    assert (expected.met, [one.state for one in expected.expectations]) == (False, ["unmet"])


def test_expectations_are_met_or_not(control: Control) -> None:
    assert control.expectations("a").met
    assert not control.expectations().met


def test_the_verdict_is_about_one_client_or_all(control: Control) -> None:
    answer(control.pipeline, body("Nope"), x_mockgw_session="a")
    verdict = control.verdict("a")
    assert (verdict.clean, [finding.rule for finding in verdict.findings]) == (
        False,
        ["retried_what_must_not_be_retried"],
    )
    assert next(finding.rule for finding in control.verdict().findings) == "retried_what_must_not_be_retried"


def test_a_request_is_explained_and_not_counted(control: Control) -> None:
    before = control.session("a")
    told = control.explain({"request": body("Hello"), "session": "a"})
    assert (told["answer"]["status"], told["answer"]["rule"]) == (200, "hello")
    assert told["request"]["session"] == "a"
    assert control.session("a") == before


def test_a_request_of_the_journal_is_explained(control: Control) -> None:
    [entry] = control.journal({"unmatched": True}).exchanges
    told = control.explain({"request_id": entry["request_id"]})
    assert (told["nearest"], told["request"]["prompt"], told["request"]["session"]) == ("hello", "Nope", "a")


def test_a_request_can_be_explained_as_it_was_sent(control: Control) -> None:
    told = control.explain({"request": "{", "headers": {"X-Api-Key": "k"}})
    assert "not valid JSON" in told["answer"]["error"]["message"]
    told = control.explain({"request": body("Hello"), "headers": {"Content-Type": "application/json"}})
    assert (told["answer"]["status"], told["lacking"], told["otherwise"]["rule"]) == (401, ("with a key",), "hello")


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"request": {}, "request_id": "x"},
        {"request": 5},
        {"request_id": "x", "headers": {}},
        {"request_id": "x"},
        {"reqest": {}},
    ],
    ids=str,
)
def test_what_cannot_be_explained_is_told(control: Control, value: Any) -> None:
    assert refused(lambda: control.explain(value)).kind in ("invalid", "unknown")


def test_those_of_a_conversation_and_of_a_call_are_found(control: Control) -> None:
    newest = control.journal().exchanges[-1]
    for key in ("conversation", "call"):
        found = control.journal({key: newest[key]}).exchanges
        assert [one["number"] for one in found] == [5]


def test_a_request_is_tried_against_a_scenario_of_its_own(control: Control) -> None:
    control.override("default", {"match": {"prompt": "Hello"}, "reply": "Override"})
    given = {"yaml": "reply: {text: Mine, stop_reason: endturn}"}
    found = control.explain({"request_id": "last", "scenario": given})
    assert found["answer"]["content"] == ({"type": "text", "text": "Mine"},)
    assert [one.line for one in found["warnings"]] == [1]
    assert control.explain({"request": body("Hello"), "scenario": "test"})["answer"]["rule"] == "hello"
    problem = refused(lambda: control.explain({"request_id": "last", "scenario": {"yaml": "repli: x"}})).problems[0]
    assert (problem.line, problem.column) == (1, 1)


@pytest.mark.parametrize(
    ("text", "count"), [("HELLO", 3), ("v1/messages", 5), ("no rule of the scenario", 1), ("Ⅷ", 0)], ids=str
)
def test_a_text_is_looked_for_in_all_that_was_said(control: Control, text: str, count: int) -> None:
    assert control.count({"text": text}).count == count


def test_a_text_is_found_in_any_script(control: Control) -> None:
    answer(control.pipeline, body("Grüße aus KÖLN"))
    assert [control.count({"text": text}).count for text in ("köln", "grüsse", "aus")] == [1, 1, 1]
