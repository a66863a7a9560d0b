"""What can be asked about one exchange."""

import pytest

from mockgw.control.control import Control
from mockgw.control.errors import ControlError
from tests.support import answer, body, pipeline

RULES = (
    "rules: [{id: hi, match: {prompt: Hello}, reply: Hi}, {id: two, match: {prompt: Two}, replies: [a, b], times: 1}]"
)


@pytest.fixture
def control() -> Control:
    return Control(pipeline(RULES))


def test_the_newest_is_the_last(control: Control) -> None:
    answer(control.pipeline, body("Hello"))
    answer(control.pipeline, body("Two"))
    newest = control.exchange("last")
    assert (newest["rule"], control.exchange(newest["request_id"])) == ("two", newest)


def test_one_that_is_not_there_is_told_of_those_that_are(control: Control) -> None:
    with pytest.raises(ControlError, match="there is no exchange 'last'; there are none"):
        control.answer("last")
    answer(control.pipeline, body("Hello"))
    with pytest.raises(ControlError, match=r"there is no exchange 'req_none'; there are req_"):
        control.timeline("req_none")


def test_each_view_is_of_the_exchange(control: Control) -> None:
    answer(control.pipeline, body("Hello"))
    id = control.exchange("last")["request_id"]
    views = (control.answer, control.timeline, control.transcript, control.why)
    assert {view("last").request_id for view in views} == {id}


def test_why_says_which_rule_matched_and_what_the_others_differ_in(control: Control) -> None:
    answer(control.pipeline, body("Two"))
    answer(control.pipeline, body("Hello"))
    found = control.why("last")
    assert (found.outcome.rule, found.same, found.changed) == ("hi", True, "")
    assert [(one["id"], one["outcome"]) for one in found.explanation["rules"]] == [
        ("hi", "answers"),
        ("two", "not_asked"),
    ]


def test_a_miss_has_the_nearest_rule_and_one_to_paste(control: Control) -> None:
    answer(control.pipeline, body("Helo"))
    found = control.why("last")
    assert (found.outcome.refusal, found.same) == ("no_match", True)
    assert found.explanation["nearest"] == "hi"
    assert 'prompt: "Helo"' in found.explanation["suggestion"]


def test_what_has_changed_since_is_said(control: Control) -> None:
    answer(control.pipeline, body("Hello"))
    control.override("default", {"match": {"prompt": "Hello"}, "reply": "Other"})
    found = control.why("last")
    assert not found.same
    assert found.changed.startswith("by now the rule 'override-1' would answer it")
    control.choose("default", {"rules": [{"match": {"prompt": "Nothing"}, "reply": "x"}]})
    control.withdraw("default")
    assert control.why("last").changed.startswith("by now it would be refused (no_match)")


GATEWAY = """
gateway: {keys: {sk-0123456789: {balance: 1}}, limits: {requests: 1/d}}
rules: [{match: {nth_request: 1}, reply: First}, {reply: Later}]
"""


def test_the_rules_saw_what_they_saw_then_though_the_key_is_not_known() -> None:
    control = Control(pipeline(GATEWAY))
    for _ in range(2):
        answer(control.pipeline, body("Hello"), x_api_key="sk-0123456789")
    first, second = (control.why(one.request_id) for one in control.pipeline.journal)
    assert (first.outcome.rule, first.same, first.explanation["request"]["nth_request"]) == ("rule-1", True, 1)
    assert (second.outcome.status, second.same, second.changed) == (429, True, "")


def test_what_could_not_be_read_is_told_what_it_lacks(control: Control) -> None:
    answer(control.pipeline, body("Hello", max_tokens=None))
    found = control.why("last")
    assert (found.same, found.explanation["lacking"]) == (True, ("with max_tokens: 1000",))
