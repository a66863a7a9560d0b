from mockgw.report.document import data, document
from tests.report.stories import GOLDENS, Story, bad_day, told


def test_a_bad_day() -> None:
    assert told(document, bad_day()) + "\n" == (GOLDENS / "report.json").read_text(encoding="utf-8")


def test_a_session_without_requests_began_at_no_time() -> None:
    found = data(Story("{reply: Hi}").judged())
    assert [(one["name"], one["began"], one["requests"]) for one in found["sessions"]] == [("default", None, 0)]
    assert found["command"] is None


def test_it_is_ascii() -> None:
    story = Story("rules: [{match: {prompt: Hi}, reply: Hi}]")
    story.ask("ü \x1b")
    assert document(story.judged()).isascii()
