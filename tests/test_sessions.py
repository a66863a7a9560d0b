from typing import Any

import pytest

from mockgw.clock import VirtualClock
from mockgw.delivery.actions import Delivery
from mockgw.endpoints import models
from mockgw.pipeline import Pipeline
from mockgw.protocol.requests import Incoming
from mockgw.protocol.sent import is_session_name
from mockgw.scenario.chaos import Chaos, of_header
from mockgw.scenario.library import Library
from mockgw.scenario.model import Rule, without_rules
from mockgw.sessions import MOST, Own, Session, Sessions
from mockgw.settings import Settings
from tests.support import answer, ask, body, head, parsed, pipeline, scenario, text


def rules(written: str) -> tuple[Rule, ...]:
    return scenario(written, "override").rules


def session(gateway: Pipeline, name: str = "default") -> Session:
    return gateway.sessions.of(name, gateway.clock.now())


def moved(gateway: Pipeline, seconds: float) -> None:
    assert isinstance(gateway.clock, VirtualClock)
    gateway.clock.advance(seconds)


def chaos(written: str) -> Chaos:
    found = of_header(written)
    assert found is not None
    return found


def test_a_session_begins_with_its_first_use() -> None:
    sessions = Sessions()
    assert sessions.of("a", 5.0) is sessions.of("a", 9.0)
    assert sessions.of("a", 9.0).clock(12.0) == 7.0


def test_to_ask_for_a_session_makes_none() -> None:
    sessions = Sessions()
    assert sessions.find("a", 0.0) is None
    assert sessions.all(0.0) == []
    one, other = sessions.of("a", 0.0), sessions.of("b", 1.0)
    assert sessions.all(2.0) == [other, one]
    assert sessions.find("a", 2.0) is one


def test_sessions_are_bounded_and_the_one_used_longest_ago_goes() -> None:
    sessions = Sessions()
    first, second = sessions.of("first", 0.0), sessions.of("second", 0.0)
    sessions.of("first", 1.0)
    for number in range(MOST - 1):
        sessions.of(f"s{number}", 2.0)
    assert sessions.of("first", 3.0) is first
    assert sessions.of("second", 3.0) is not second


def test_what_was_counted_under_terms_is_kept_for_some_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mockgw.sessions.MOST_BOOKS", 2)
    one = Sessions().of("a", 0.0)
    terms = [scenario(f"gateway: {{limits: {{requests: {limit}}}}}\ntext: a").terms for limit in (1, 2, 3)]
    first, *others = (one.books(each) for each in terms if each)
    assert [one.books(each) for each in terms[1:] if each] == others
    assert one.books(terms[0]) is not first  # type: ignore[arg-type]  # it has a section


def test_a_session_that_nobody_uses_is_over() -> None:
    sessions = Sessions(age=10.0)
    one, other = sessions.of("a", 0.0), sessions.of("b", 9.0)
    assert sessions.of("a", 10.0) is one
    assert sessions.find("b", 19.5) is None
    assert sessions.all(19.5) == [one]
    assert sessions.of("a", 20.5) is not one
    assert sessions.of("b", 20.5) is not other


def test_reset_forgets_one_session_or_all() -> None:
    sessions = Sessions()
    one, other = sessions.of("a", 0.0), sessions.of("b", 0.0)
    sessions.reset("a")
    sessions.reset("unknown")
    assert sessions.of("b", 1.0) is other
    assert sessions.of("a", 1.0) is not one
    sessions.reset()
    assert sessions.of("b", 1.0) is not other


@pytest.mark.parametrize("name", ["a", "A-b_c.9", "x" * 100, "my first test", "\u00e4", "a%20"])
def test_names(name: str) -> None:
    assert is_session_name(name)


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "x" * 101, "a\n", "a\x1b"])
def test_what_is_no_name(name: str) -> None:
    assert not is_session_name(name)


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"x_api_key": "k"}, "default"),
        ({"x_api_key": "mock-"}, "default"),
        ({"x_api_key": "mock-shop"}, "shop"),
        ({"x_api_key": "", "authorization": "Bearer mock-shop"}, "shop"),
        ({"x_api_key": "mock-no/name"}, "default"),
        ({"x_api_key": "mock-shop", "x_mockgw_session": "mine"}, "mine"),
    ],
)
def test_a_key_may_name_the_session_and_the_header_wins(sent: dict[str, str], expected: str) -> None:
    gateway = pipeline("Hi")
    assert ask(gateway, None, **sent).exchange.session == expected


def test_the_url_wins_over_the_header() -> None:
    sent = {"x-mockgw-session": "header", "x-api-key": "mock-key"}
    assert Incoming("POST", "/v1/messages", sent, prefix="url").session == "url"


def test_a_name_that_no_session_can_have_is_refused() -> None:
    gateway = pipeline("Hi")
    opened = ask(gateway, x_mockgw_session="a/b")
    assert opened.exchange.message == (
        "a session cannot be called 'a/b': expected at most 100 characters that can be printed, none of them a slash"
    )
    assert (opened.exchange.status, opened.exchange.refusal) == (400, "session")
    assert head(opened).headers["x-mockgw-error"] == "session"


def test_sessions_share_no_counts() -> None:
    gateway = pipeline("replies: [one, two]")
    assert [text(gateway, x_mockgw_session=name) for name in ("a", "b", "a", "b")] == ["one", "one", "two", "two"]


def test_the_scenario_that_a_session_has_chosen_answers_whatever_is_asked_for() -> None:
    loaded = {name: scenario(f"This is {name}", name) for name in ("one", "other")}
    gateway = Pipeline(Library(loaded, "one"), Settings(), VirtualClock())
    session(gateway, "a").choice = "other"
    assert text(gateway, x_mockgw_session="a", x_mockgw_scenario="one") == "This is other"
    assert text(gateway, body(model="claude-mock/one"), x_mockgw_session="a") == "This is other"
    assert text(gateway, x_mockgw_session="b") == "This is one"
    session(gateway, "a").choice = scenario("{gateway: {dialect: anthropic}, error: 429}", "own")
    assert answer(gateway, x_mockgw_session="a")["type"] == "error"
    session(gateway, "a").choice = "gone"
    opened = ask(gateway, x_mockgw_session="a")
    assert opened.exchange.message.startswith("the session 'a' names the scenario 'gone', which is not loaded")


def test_overrides_are_asked_first_the_newest_in_front() -> None:
    gateway = pipeline("rules: [{match: {prompt: Hello}, reply: file}]")
    own = session(gateway)
    own.override(rules("rules: [{match: {stream: false}, reply: older}, {id: mine, reply: any}]"))
    put = own.override(rules("rules: [{match: {prompt: Hello}, times: 1, reply: newer}]"))
    assert [rule.id for rule in (*put, *own.overrides)] == ["override-3", "override-3", "override-1", "mine"]
    assert [text(gateway), text(gateway, body("Bye"))] == ["newer", "older"]
    assert [text(gateway), text(gateway, x_mockgw_session="other")] == ["older", "file"]
    assert own.withdraw("override-1")
    assert not own.withdraw("override-1")
    assert text(gateway) == "any"
    own.withdraw_all()
    assert text(gateway) == "file"


def test_each_override_has_counts_of_its_own() -> None:
    gateway = pipeline("replies: [a, b]")
    own = session(gateway)
    assert text(gateway) == "a"
    own.override(rules("rules: [{times: 1, replies: [c, d]}]"))
    own.override(rules("rules: [{times: 1, replies: [c, d]}]"))
    assert [text(gateway) for _ in range(3)] == ["c", "c", "b"]


def test_a_fallback_among_overrides_comes_after_all_that_is_none() -> None:
    gateway = pipeline("rules: [{match: {prompt: Hello}, reply: file}, {fallback: true, reply: last}]")
    session(gateway).override(rules("rules: [{fallback: true, reply: mine}]"))
    assert [text(gateway), text(gateway, body("Bye"))] == ["file", "mine"]


def test_overrides_follow_the_scenario_that_answers() -> None:
    loaded = {name: scenario(f"rules: [{{reply: {name}}}]", name) for name in ("one", "other")}
    gateway = Pipeline(Library(loaded, "one"), Settings(), VirtualClock())
    session(gateway).override(rules("rules: [{match: {prompt: Hi}, reply: Hi}]"))
    asked = [("Hi", "one"), ("Ho", "one"), ("Hi", "other"), ("Ho", "other")]
    found = [text(gateway, body(prompt), x_mockgw_scenario=name) for prompt, name in asked]
    assert found == ["Hi", "one", "Hi", "other"]


def outcomes(gateway: Pipeline, times: int, **headers: str) -> list[int]:
    found = []
    for _ in range(times):
        opened = ask(gateway, None, **headers)
        gateway.settle(opened, Delivery(ending="whole"))
        found.append(opened.exchange.status)
    return found


def test_a_fault_strikes_the_next_requests() -> None:
    gateway = pipeline("replies: [one, two]")
    armed = session(gateway).arm(chaos("error:429"), 0.0, times=2)
    assert outcomes(gateway, 1, x_mockgw_session="other") == [200]
    assert outcomes(gateway, 1, x_mockgw_fault="none") == [200]
    assert outcomes(gateway, 3) == [429, 429, 200]
    assert session(gateway).armed(0.0) == []
    assert armed.left == 0
    assert [kept.chaos for kept in gateway.journal.of("default")] == [
        "",
        "error:429 (fault-1)",
        "error:429 (fault-1)",
        "",
    ]


def test_a_fault_strikes_for_a_time_on_the_clock_of_its_session() -> None:
    gateway = pipeline("Hi")
    session(gateway).arm(chaos("error:529"), 0.0, seconds=30.0)
    moved(gateway, 20.0)
    assert outcomes(gateway, 1) == [529]
    session(gateway).advanced = 10.0
    assert outcomes(gateway, 1) == [200]


def test_faults_are_disarmed_one_or_all_and_the_newest_strikes_first() -> None:
    gateway = pipeline("Hi")
    own = session(gateway)
    own.arm(chaos("error:429"), 0.0)
    own.arm(chaos("error:529"), 0.0)
    assert outcomes(gateway, 1) == [529]
    assert own.disarm("fault-2")
    assert not own.disarm("fault-2")
    assert outcomes(gateway, 1) == [429]
    own.arm(chaos("error:503"), 0.0)
    assert own.disarm()
    assert not own.disarm()
    assert outcomes(gateway, 1) == [200]


def test_a_request_that_is_not_struck_uses_no_fault_up() -> None:
    gateway = pipeline("Hi")
    session(gateway).arm(chaos("error_event"), 0.0, times=1)
    assert outcomes(gateway, 1) == [200]  # it is not streamed: the fault stays for one that is
    opened = ask(gateway, body(stream=True))
    assert opened.exchange.faults == ("error_event",)
    assert ask(gateway, body(stream=True)).exchange.faults == ()


def test_rules_and_templates_see_the_clock_of_the_session() -> None:
    gateway = pipeline(
        "rules: [{match: {clock: {gte: 1h}}, text: 'late, {{ now.hour }}'}, {text: 'early, {{ now.hour }}'}]"
    )
    assert text(gateway) == "early, 0"
    session(gateway).advanced = 2 * 3600.0
    assert [text(gateway), text(gateway, x_mockgw_session="other")] == ["late, 2", "early, 0"]


def test_explaining_counts_nothing_and_sees_all_of_the_session() -> None:
    gateway = pipeline("replies: [one, two]")
    own = session(gateway)
    own.override(rules("rules: [{times: 1, reply: mine}]"))
    own.arm(chaos("error:429"), 0.0, times=1)
    asked = Incoming("POST", "/v1/messages", {"x-api-key": "k"}, body=ask(gateway).incoming.body)
    gateway.reset()
    own = session(gateway)
    own.override(rules("rules: [{times: 1, reply: mine}]"))
    own.choice = "test"
    seen = [gateway.explain(asked) for _ in range(2)]
    assert [one.answer.rule for one in seen] == ["override-1", "override-1"]
    assert seen[0].scenario is not None
    assert seen[0].scenario.why == "the session 'default' has chosen it"
    assert text(gateway) == "mine"


def test_reset_leaves_nothing_behind() -> None:
    gateway = pipeline("replies: [one, two]")
    own = session(gateway, "a")
    own.override(rules("rules: [{match: {prompt: Hi}, reply: mine}]"))
    own.arm(chaos("error:429"), 0.0)
    own.choice, own.advanced = "other", 5.0
    ask(gateway, x_mockgw_session="a")
    gateway.reset("a")
    fresh: dict[str, Any] = {"choice": None, "overrides": (), "advanced": 0.0}
    assert {name: getattr(session(gateway, "a"), name) for name in fresh} == fresh
    assert gateway.journal.of("a") == []
    assert text(gateway, x_mockgw_session="a") == "one"


def test_watchers_hear_how_sessions_come_and_go() -> None:
    sessions = Sessions(age=60.0)
    heard: list[tuple[str, str]] = []
    sessions.watchers.append(lambda event, name: heard.append((event, name)))
    sessions.of("old", 0.0)
    sessions.of("old", 1.0)
    sessions.of("new", 62.0)
    sessions.reset("new")
    sessions.reset("nobody")
    assert heard == [("begun", "old"), ("ended", "old"), ("begun", "new"), ("reset", "new")]


def test_an_override_may_stand_behind_others() -> None:
    own = session(pipeline("Hi"))
    own.override(rules("rules: [{id: a, reply: x}, {id: b, reply: x}]"))
    own.override(rules("rules: [{id: c, reply: x}]"), before=1)
    assert [rule.id for rule in own.overrides] == ["a", "c", "b"]


def test_a_session_may_have_scenarios_of_its_own() -> None:
    gateway = pipeline("the server's")
    loaded = {name: scenario(f"This is {name}", name) for name in ("one", "other")}
    session(gateway, "a").own = Own(library=Library(loaded, "one"))
    assert [text(gateway, x_mockgw_session=name) for name in ("a", "b")] == ["This is one", "the server's"]
    assert text(gateway, x_mockgw_session="a", x_mockgw_scenario="other") == "This is other"
    assert "'test', which is not loaded" in text(gateway, x_mockgw_session="a", x_mockgw_scenario="test")
    sent = {"x-api-key": "k", "x-mockgw-session": "a"}
    listed = models.listed(gateway, Incoming("GET", "/v1/models", sent))
    assert [one["id"] for one in parsed(listed)["data"]][:2] == ["claude-mock/one", "claude-mock/other"]
    shown = models.shown(gateway, Incoming("GET", "/v1/models/other", sent), "claude-mock/other")
    assert parsed(shown)["display_name"]


def test_a_session_may_have_a_seed_and_a_dialect_of_its_own() -> None:
    drawn = []
    for seed in (None, 0, 1):
        gateway = pipeline("rules: [{match: {prompt: Hi}, reply: '{{ fake.name() }}'}]")
        session(gateway).own = Own(seed=seed, dialect="anthropic")
        drawn.append(text(gateway, body("Hi")))
        assert answer(gateway, body("Ho"))["error"].keys() == {"type", "message"}
    assert drawn[0] == drawn[1] != drawn[2]


def test_a_session_without_any_rule_says_so() -> None:
    gateway = pipeline("Hi")
    session(gateway).own = Own(library=Library({"python": without_rules("python")}, "python"))
    opened = ask(gateway)
    assert (opened.exchange.status, opened.exchange.refusal) == (400, "no_match")
    assert opened.exchange.message == "the scenario 'python' has no rule yet, so nothing answers this request"
    seen = gateway.explain(opened.incoming)
    assert (seen.answer.status, seen.nearest, seen.rules) == (400, "", ())
