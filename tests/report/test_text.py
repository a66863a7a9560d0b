from mockgw.report.checks import judged
from mockgw.report.collect import Ran
from mockgw.report.text import MOST_CHECKS, MOST_RULES, MOST_TEXTS, text
from tests.report.stories import GOLDENS, Story, bad_day, good_day, told


def test_a_bad_day() -> None:
    assert told(text, bad_day()) + "\n" == (GOLDENS / "report.txt").read_text(encoding="utf-8")


def test_a_good_day_ends_in_one_line() -> None:
    *numbers, last = text(good_day().judged()).splitlines()
    assert last == "mockgw: everything was as expected"
    assert numbers == [
        "mockgw: 5 requests in 1 session; 1 of them a retry; 21 input tokens and 6 output tokens",
        "       2  test/hi (test.yaml:6)",
        "       2  test/limited (test.yaml:4)",
        "       1  test/look (test.yaml:3)",
        "  statuses: 200 (4), 429 (1)",
        "  no answer by test/broken (test.yaml:5) and test/never (test.yaml:7)",
    ]


def test_when_nothing_was_asked_that_is_said() -> None:
    assert text(Story("Hello").judged()).splitlines() == [
        "  warning: a request came: none did: whoever was to be tested may have asked somebody else",
        "mockgw: passed, with no request at all",
    ]


def test_the_exit_code_of_the_command_is_told_as_its_own() -> None:
    story = bad_day()
    assert text(story.judged(ran=Ran(("x",), 0))).endswith("(exit code 6)")
    assert text(story.judged(ran=Ran(("x",), 143))).endswith("(the command itself ended with 143)")
    assert text(story.judged()).endswith("(exit code 6)")


def test_faults_that_struck_are_counted() -> None:
    story = Story("{reply: Some words that do not come to their end, fault: truncate}")
    for prompt in ("a", "b"):
        story.ask(prompt)
    assert "  faults: truncate (2)" in text(story.judged()).splitlines()


def test_of_many_the_first_are_shown() -> None:
    rules = ", ".join(f"{{match: {{prompt: '{number}'}}, reply: Hi}}" for number in range(MOST_RULES + 2))
    story = Story(f"rules: [{rules}]")
    for number in range(MOST_RULES + 2):
        story.ask(str(number))
    for number in range(MOST_TEXTS + 3):
        story.ask(f"unknown {number}")
    lines = text(story.judged()).splitlines()
    assert "       2  2 other rules" in lines
    assert "  failed: 3 more like these" in lines


def test_of_many_checks_the_first_are_shown() -> None:
    story = Story("rules: [{match: {prompt: Hi}, reply: Hi}]")
    for number in range(MOST_CHECKS + 1):
        story.ask("Ho", x_mockgw_session=f"session {number}")
    lines = text(story.judged()).splitlines()
    assert lines[-2] == "and 1 more check that did not pass; json, junit and html have all of them"
    assert f"session session {MOST_CHECKS - 1}" in lines
    assert f"session session {MOST_CHECKS}" not in lines


def test_nothing_of_a_client_moves_the_cursor() -> None:
    story = Story("rules: [{match: {prompt: Hi}, reply: Hi}]")
    story.ask("\x1b[2J\rgone")
    assert all(char.isprintable() or char == "\n" for char in text(story.judged()))


def test_what_is_no_longer_known_is_told() -> None:
    story = good_day()
    report = story.collector.report()
    story.gateway.journal._evict()
    found = text(judged(story.collector.report()))
    assert not report.evicted
    assert found.splitlines()[0].startswith("mockgw: 5 requests in 1 session, of which 1 is no longer known;")
    assert "mockgw: inconclusive: 9 checks could not be decided, for 1 older exchange has been evicted" in found
