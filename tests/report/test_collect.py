from mockgw.report.collect import Report
from mockgw.scenario.model import Rule
from mockgw.verify.unmatched import Unmatched
from tests.report.stories import Story, bad_day
from tests.support import scenario

TEXT = """
rules:
  - {id: hi, match: {prompt: Hi}, reply: Hello, expect: 1}
  - {id: ho, match: {prompt: Ho}, reply: Ho}
"""


def states(report: Report) -> list[tuple[str, list[tuple[str, str]]]]:
    """The expectations of each session."""
    return [(one.title, [(found.rule, found.state) for found in one.expectations]) for one in report.sessions]


def unused(report: Report) -> list[tuple[str, bool]]:
    return [(one.rule, one.certain) for one in report.unused]


def test_all_sessions_are_told_of_each_by_itself() -> None:
    report = bad_day().collector.report()
    assert [(one.name, one.tally.requests) for one in report.sessions] == [
        ("default", 4),
        ("good", 3),
        ('<b>"&"<i>', 2),
    ]
    assert [[found.rule for found in one.findings] for one in report.sessions] == [
        ["retry_after_ignored"], [], ["gave_up_without_retry"]
    ]  # fmt: skip
    assert [[type(found) for found in one.unmatched] for one in report.sessions] == [[Unmatched], [], []]
    assert report.tally.requests == 9


def test_a_rule_is_unused_if_it_answers_in_no_session() -> None:
    story = Story(TEXT)
    story.ask("Hi", x_mockgw_session="one")
    assert unused(story.collector.report()) == [("ho", True)]
    story.ask("Ho", x_mockgw_session="two")
    assert unused(story.collector.report()) == []


def test_a_session_that_is_reset_is_told_of_once_for_each_time() -> None:
    story = Story(TEXT)
    for _ in range(2):
        story.ask("Hi")
        story.gateway.reset("default")
    story.ask("Ho")
    report = story.collector.report()
    assert states(report) == [
        ("default", [("hi", "met")]), ("default (2)", [("hi", "met")]), ("default (3)", [("hi", "unmet")])
    ]  # fmt: skip
    assert report.tally.requests == 3
    assert unused(report) == []


def test_what_is_reset_altogether_is_told_of_too() -> None:
    story = Story(TEXT)
    for name in ("one", "two"):
        story.ask("Hi", x_mockgw_session=name)
    story.gateway.reset()
    assert [title for title, _ in states(story.collector.report())] == ["one", "two"]


def test_when_nothing_came_the_usual_scenario_is_held_to_what_it_says() -> None:
    report = Story(TEXT).collector.report()
    assert states(report) == [("default", [("hi", "unmet")])]
    assert unused(report) == [("hi", True), ("ho", True)]


def override(text: str) -> tuple[Rule, ...]:
    return scenario(text, "override").rules


def test_overrides_are_held_to_what_they_say() -> None:
    story = Story(TEXT)
    session = story.gateway.sessions.of("default", 0.0)
    session.override(override("rules: [{id: front, match: {prompt: Hi}, reply: No, expect: 2}]"))
    session.override(override("rules: [{id: idle, match: {prompt: Idle}, reply: No, expect: 1}]"))
    story.ask("Hi")
    [one] = story.collector.report().sessions
    assert [(found.rule, found.state) for found in one.expectations] == [
        ("idle", "unmet"), ("front", "unmet"), ("hi", "unmet")
    ]  # fmt: skip
    assert [(found.rule, found.place) for found in one.tally.rules] == [("front", "override.yaml:1")]


def test_overrides_count_when_their_session_is_reset() -> None:
    story = Story(TEXT)
    session = story.gateway.sessions.of("default", 0.0)
    session.override(override("rules: [{id: front, match: {prompt: Hi}, reply: No, expect: 1}]"))
    story.ask("Hi")
    story.gateway.reset("default")
    assert states(story.collector.report())[0][1][0] == ("front", "met")


def test_the_scenario_of_a_sessions_own_is_known() -> None:
    story = Story(TEXT)
    own = scenario("rules: [{id: mine, reply: Mine, expect: 1}]", "own")
    story.gateway.sessions.of("default", 0.0).choice = own
    story.ask("Hi")
    assert states(story.collector.report()) == [("default", [("mine", "met")])]


def test_a_session_that_is_over_by_age_is_told_of() -> None:
    story = Story(TEXT)
    story.ask("Hi")
    story.clock.advance(story.gateway.settings.session_age + 1)
    assert states(story.collector.report()) == [("default", [("hi", "met")])]


def test_what_is_no_longer_known_makes_it_uncertain() -> None:
    story = Story(TEXT)
    story.ask("Ho")
    story.gateway.journal._evict()
    report = story.collector.report()
    assert (report.evicted, report.tally.requests) == (1, 1)
    assert [one.began for one in report.sessions] == [None]
