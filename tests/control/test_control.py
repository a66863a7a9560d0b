"""What can be asked of a server as a whole: its state, scenarios, files."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from mockgw import __version__
from mockgw.clock import VirtualClock
from mockgw.control import control as module
from mockgw.control.control import Control
from mockgw.control.errors import ControlError
from mockgw.lint.check import open_checked
from mockgw.pipeline import Pipeline
from mockgw.reload import Reloader, look
from mockgw.settings import Settings
from tests.support import answer, body, pipeline, text

RULES = "rules: [{match: {prompt: Hello}, reply: Hi}, {id: any, fallback: true, times: 2, reply: Any}]"


def controlled(written: str = RULES, **settings: Any) -> Control:
    return Control(pipeline(written, **settings))


def of_files(file: Path, written: str) -> tuple[Control, Reloader]:
    file.write_text(written, encoding="utf-8")
    seen = look([file])
    served = Pipeline(open_checked([file])[0], Settings(), VirtualClock())
    reloader = Reloader(served, [file], None, seen, lambda news: None)
    return Control(served, reloader), reloader


def test_it_is_alive_and_says_what_it_is() -> None:
    control = controlled(seed=7)
    assert (control.health().status, control.version().version) == ("ok", __version__)
    assert (control.config().seed, control.config().token_required) == (7, False)


def test_it_is_ready_even_without_files() -> None:
    ready = controlled().ready()
    assert (ready.status, ready.files.state, ready.scenarios, ready.chosen) == ("ready", "none", 1, "test")


def test_stale_files_are_told_until_they_are_mended(tmp_path: Path) -> None:
    file = tmp_path / "served.yaml"
    control, _ = of_files(file, "reply: Before")
    assert control.files().state == "loaded"
    file.write_text("repli: Wrong", encoding="utf-8")
    with pytest.raises(ControlError) as raised:
        asyncio.run(control.reload())
    assert (raised.value.kind, raised.value.problems[0].line) == ("files", 1)
    assert control.files().state == "stale"
    assert "unknown key 'repli'" in control.files().problems[0]
    file.write_text("reply: After", encoding="utf-8")
    told = asyncio.run(control.reload())
    assert (told.files.state, told.files.problems) == ("loaded", ())
    assert [(change.file, change.change) for change in told.changes] == [(str(file), "changed")]
    assert text(control.pipeline) == "After"


def test_a_reload_that_takes_too_long_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RELOAD_PATIENCE", 0.0)
    control, _ = of_files(tmp_path / "served.yaml", "reply: Hi")
    with pytest.raises(ControlError) as raised:
        asyncio.run(control.reload())
    assert raised.value.kind == "timeout"


def test_without_files_there_is_nothing_to_reload() -> None:
    with pytest.raises(ControlError) as raised:
        asyncio.run(controlled().reload())
    assert raised.value.kind == "unavailable"


def test_scenarios_are_listed_and_their_rules_counted() -> None:
    control = controlled()
    for session in ("default", "a", "a"):
        text(control.pipeline, x_mockgw_session=session)
    text(control.pipeline, body("Other"), x_mockgw_session="a")
    [listed] = control.scenarios().scenarios
    assert (listed.name, listed.rules, listed.chosen) == ("test", 2, True)
    hello, fallback = control.scenario("test").rules
    assert (hello.id, hello.answers) == ("rule-1", {"default": 1, "a": 2})
    assert (fallback.id, fallback.fallback, fallback.times, fallback.answers) == ("any", True, 2, {"a": 1})


def test_an_unknown_scenario_is_told_which_there_are() -> None:
    with pytest.raises(ControlError) as raised:
        controlled().scenario("tst")
    assert raised.value.kind == "unknown"
    assert str(raised.value) == "there is no scenario 'tst'; did you mean 'test'? there are test"


def test_a_reset_leaves_nothing_behind() -> None:
    control = controlled()
    control.create_session({"name": "a", "scenario": {"reply": "Own"}})
    control.override("a", {"reply": "Over"})
    control.arm("a", "truncate")
    control.advance("a", {"by": "2h"})
    answer(control.pipeline, x_mockgw_session="a", x_mockgw_fault="none")
    before = control.session("a")
    control.reset("a")
    after = control.session("a")
    assert before != after
    assert (after.requests, after.exchanges, after.scenario, after.overrides, after.faults) == (0, 0, None, (), ())
    assert after.clock.advanced == 0
    assert text(control.pipeline, x_mockgw_session="a") == "Hi"


def test_a_reset_of_all_ends_every_session() -> None:
    control = controlled()
    for name in ("a", "b"):
        control.create_session({"name": name})
    assert control.reset().count == 2
    assert control.sessions().sessions == ()


def test_a_rule_is_shown_as_it_is_written() -> None:
    found = controlled().rule("test", "any")
    assert (found.text, found.place) == ("- {id: any, fallback: true, times: 2, reply: Any}\n", "test.yaml:1")
    assert controlled("reply: Hi").rule("test", "rule-1").text == "- {reply: Hi}\n"
    with pytest.raises(ControlError, match="there is no rule 'ani'; did you mean 'any'"):
        controlled().rule("test", "ani")


def test_what_is_doubtful_in_a_scenario_is_told_by_line() -> None:
    written = "rules:\n  - match: {prompt: Hello}\n    reply: {text: Hi, stop_reason: endturn}"
    found = asyncio.run(controlled(written).problems("test"))
    assert [(one.line, one.severity) for one in found.problems] == [(3, "warning")]
    assert asyncio.run(controlled().problems("test")).problems == ()


def test_what_is_done_is_told_to_those_who_listen() -> None:
    control = controlled()
    listener = control.feed.listen()
    noted = control.pipeline.clock.wall(), "arm", "POST /x"
    control.activities.note(*noted, session="default", value="truncate", origin="curl")
    assert [one.kind for one in listener._waiting] == ["activity"]
    assert control.activity({"session": "default"}).last == 1
