"""Sessions in somebody's hands: made, shown, changed, and left as they were when something is wrong."""

from typing import Any

import pytest

from mockgw.control import sessions as module
from mockgw.control.control import Control
from mockgw.control.errors import ControlError
from mockgw.scenario.library import Library
from mockgw.sessions import Own
from tests.support import ask, body, head, pipeline, scenario, text

RULES = "rules: [{match: {prompt: Hello}, reply: Hi}, {fallback: true, reply: Any}]"


@pytest.fixture
def control() -> Control:
    return Control(pipeline(RULES))


def said(control: Control, session: str = "default", prompt: str = "Hello") -> str:
    return text(control.pipeline, body(prompt), x_mockgw_session=session)


def refused(control: Control, method: str, *arguments: Any) -> ControlError:
    with pytest.raises(ControlError) as raised:
        getattr(control, method)(*arguments)
    return raised.value


def test_a_session_has_a_name_or_gets_one(control: Control) -> None:
    names = [
        control.create_session().name,
        control.create_session({"name": "session-2"}).name,
        control.create_session().name,
    ]
    assert names == ["session-1", "session-2", "session-3"]
    assert [session.name for session in control.sessions().sessions] == ["session-3", "session-2", "session-1"]


def test_a_session_can_begin_with_a_scenario(control: Control) -> None:
    control.create_session({"name": "loaded", "scenario": "test"})
    own = control.create_session({"name": "own", "scenario": {"reply": "Own"}})
    control.create_session({"name": "yaml", "scenario": {"yaml": "reply: Text"}})
    assert own.scenario is not None
    assert (own.scenario.name, own.scenario.own, own.scenario.rules) == ("own", True, 1)
    assert [said(control, name) for name in ("loaded", "own", "yaml", "default")] == ["Hi", "Own", "Text", "Hi"]


def test_nothing_is_made_of_what_is_wrong(control: Control) -> None:
    assert refused(control, "create_session", {"name": "a", "scenario": {"repli": "x"}}).problems[0].at == "repli"
    assert refused(control, "create_session", {"name": "a", "scenario": "nothing"}).kind == "unknown"
    assert refused(control, "create_session", ["a"]).kind == "invalid"
    assert control.sessions().sessions == ()
    control.create_session({"name": "a"})
    assert refused(control, "create_session", {"name": "a"}).kind == "exists"


def test_the_default_session_always_is(control: Control) -> None:
    assert control.session("default").requests == 0


def test_an_unknown_session_is_told_which_there_are(control: Control) -> None:
    control.create_session({"name": "checkout"})
    error = refused(control, "override", "chekout", {"reply": "x"})
    assert error.kind == "unknown"
    assert str(error).startswith(
        "there is no session 'chekout'; did you mean 'checkout'? there are checkout; it begins"
    )
    assert [session.name for session in control.sessions().sessions] == ["checkout"]


def test_a_session_shows_what_came(control: Control) -> None:
    said(control, "a")
    said(control, "a", "Other")
    shown = control.session("a")
    assert (shown.requests, shown.exchanges, shown.evicted, shown.idle) == (2, 2, 0, 0.0)


def test_a_deleted_session_begins_anew(control: Control) -> None:
    control.create_session({"name": "a", "scenario": {"reply": "Own"}})
    said(control, "a")
    control.delete_session("a")
    assert refused(control, "session", "a").kind == "unknown"
    assert said(control, "a") == "Hi"
    assert control.session("a").requests == 1


@pytest.mark.parametrize("method", ["choose", "override"])
def test_yaml_is_a_text_and_stands_alone(control: Control, method: str) -> None:
    told = "'yaml' is a text, and stands alone; found a mapping with 'yaml'"
    assert str(refused(control, method, "default", {"yaml": 5})) == told
    assert str(refused(control, method, "default", {"yaml": "reply: One", "name": "test"})) == f"{told}, 'name'"
    assert "empty" in str(refused(control, method, "default", {"yaml": ""}))


def test_a_scenario_is_chosen_changed_and_left(control: Control) -> None:
    assert control.choose("default", {"yaml": "reply: One"}).own
    assert said(control) == "One"
    assert not control.choose("default", {"name": "test"}).own
    assert said(control) == "Hi"
    control.choose("default", [{"text": "Two"}])
    assert said(control) == "Two"
    assert refused(control, "choose", "default", {"reply": "{{ promt }}"}).problems[0].code == "unknown-name"
    assert said(control) == "Two"
    assert control.unchoose("default").count == 1
    assert control.unchoose("default").count == 0
    assert said(control) == "Hi"


def test_a_doubtful_scenario_is_taken_and_the_doubt_told(control: Control) -> None:
    choice = control.choose("default", {"tool_use": {"name": "Bash", "input": {"command": "ls"}}})
    assert [warning.code for warning in choice.warnings] == ["endless-tool-call"]


def test_overrides_stand_in_front_the_newest_first(control: Control) -> None:
    first = control.override("default", {"match": {"prompt": "Hello"}, "reply": "First"})
    second = control.override(
        "default", [{"id": "once", "times": 1, "reply": "Second"}, {"match": {"prompt": "x"}, "reply": "x"}]
    )
    assert (first.put, second.put) == (("override-1",), ("once", "override-3"))
    assert [said(control), said(control), said(control, prompt="y")] == ["Second", "First", "Any"]
    shown = control.overrides("default").overrides
    assert [(one.id, one.answers, one.times) for one in shown] == [
        ("once", 1, 1),
        ("override-3", 0, None),
        ("override-1", 1, None),
    ]


def test_overrides_are_withdrawn_one_by_one_or_all(control: Control) -> None:
    control.override("default", {"yaml": "reply: One"})
    control.override("default", {"rules": [{"reply": "Two"}]})
    control.withdraw("default", "override-2")
    assert said(control) == "One"
    assert str(refused(control, "withdraw", "default", "override-2")).startswith("there is no override 'override-2'")
    assert control.withdraw("default").count == 1
    assert said(control) == "Hi"


def test_what_cannot_be_an_override_changes_nothing(control: Control) -> None:
    error = refused(
        control, "override", "default", {"rules": [{"reply": "x"}, {"match": {"promt": "x"}, "reply": "y"}]}
    )
    assert [problem.at for problem in error.problems] == ["rules[1].match.promt"]
    assert said(control) == "Hi"


def test_a_session_holds_only_so_many(control: Control, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_OVERRIDES", 2)
    monkeypatch.setattr(module, "MOST_ARMED", 1)
    control.override("default", {"match": {"prompt": "x"}, "reply": "x"})
    two = [{"match": {"prompt": "a"}, "reply": "a"}, {"reply": "b"}]
    assert refused(control, "override", "default", two).kind == "full"
    assert len(control.overrides("default").overrides) == 1
    control.arm("default", "truncate")
    assert refused(control, "arm", "default", "stall").kind == "full"


def test_faults_strike_so_often_or_for_so_long(control: Control) -> None:
    armed = control.arm("default", {"error": 429, "times": 2})
    assert (armed.id, armed.what, armed.left, armed.seconds_left) == ("fault-1", "error:429", 2, None)
    assert [head(ask(control.pipeline)).status for _ in range(3)] == [429, 429, 200]
    timed = control.arm("default", {"error": 529, "for": "1m"})
    assert (timed.left, timed.seconds_left) == (None, 60.0)
    assert head(ask(control.pipeline)).status == 529
    control.advance("default", {"by": "1m"})
    assert head(ask(control.pipeline)).status == 200
    assert control.faults("default").faults == ()


def test_a_fault_may_be_its_name_or_stand_alone(control: Control) -> None:
    control.arm("default", "truncate")
    control.arm("default", {"type": "stall", "times": 1})
    control.arm("default", {"error": 429, "rate": 0.5, "match": {"prompt": "x"}})
    shown = control.faults("default").faults
    assert [(one.what, one.rate, one.left) for one in shown] == [
        ("error:429", 0.5, None),
        ("stall", 1.0, 1),
        ("truncate", 1.0, None),
    ]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({"error": 429, "tims": 1}, "tims: unknown key 'tims'; did you mean 'times'?"),
        ({"error": 429, "times": 0}, "times: expected at least 1, found 0"),
        ({"error": 429, "for": "soon"}, "for: expected a duration"),
        ({"type": "truncte", "times": 1}, "fault: unknown fault 'truncte'; did you mean 'truncate'?"),
        ({"error": 429, "fault": "truncate"}, "the body: expected exactly one of error, fault and delay"),
        ({"times": 1}, "the body: expected exactly one of error, fault and delay; found none"),
        ("trunc", "fault: unknown fault 'trunc'; did you mean 'truncate'?"),
        (None, "fault: "),
        ([], "fault: "),
    ],
    ids=str,
)
def test_what_cannot_strike_arms_nothing(control: Control, value: Any, told: str) -> None:
    assert str(refused(control, "arm", "default", value)).startswith(told)
    assert control.faults("default").faults == ()


def test_faults_are_disarmed_one_by_one_or_all(control: Control) -> None:
    control.arm("default", "truncate")
    control.arm("default", "stall")
    control.disarm("default", "fault-2")
    assert [one.id for one in control.faults("default").faults] == ["fault-1"]
    assert refused(control, "disarm", "default", "fault-2").kind == "unknown"
    assert control.disarm("default").count == 1
    assert control.disarm("default").count == 0


def test_a_clock_goes_ahead_of_the_servers(control: Control) -> None:
    before = control.clock("default")
    control.advance("default", {"by": "2h"})
    after = control.advance("default", {"seconds": 0.5})
    assert (before.advanced, after.advanced, after.seconds) == (0.0, 7200.5, 7200.5)
    assert (after.time - before.time).total_seconds() == 7200.5
    assert control.create_session().clock.advanced == 0.0


@pytest.mark.parametrize(
    "value",
    [{}, {"seconds": -1}, {"seconds": 2e9}, {"seconds": 1, "by": 1}, {"by": "2 hours"}, {"seconds": "1"}, {"hours": 1}],
    ids=str,
)
def test_a_clock_goes_neither_back_nor_beyond_all_dates(control: Control, value: Any) -> None:
    assert refused(control, "advance", "default", value).kind == "invalid"
    assert control.clock("default").advanced == 0.0
    control.advance("default", {"seconds": 1e9})
    assert "dates end there" in str(refused(control, "advance", "default", {"seconds": 1}))


def test_a_session_that_has_scenarios_of_its_own_is_asked_about_those(control: Control) -> None:
    other = scenario("reply: Other", "other")
    control.create_session({"name": "a"})
    control.pipeline.sessions.of("a", 0.0).own = Own(library=Library({"other": other}, "other"))
    assert refused(control, "choose", "a", {"name": "test"}).kind == "unknown"
    assert [one.scenario for one in control.unused("a").unused] == ["other"]
    assert control.choose("a", {"name": "other"}).rules == 1
    control.override("a", {"match": {"prompt": "Hello"}, "reply": "Over"})
    assert [said(control, "a"), said(control, "a", "Bye")] == ["Over", "Other"]
    assert control.overrides("a").overrides[0].answers == 1
