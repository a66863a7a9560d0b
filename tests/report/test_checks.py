import pytest

from mockgw.report.checks import FAILED, REASONS, USUAL, Judgement, by_session
from mockgw.report.collect import Ran
from mockgw.verify.verdict import RULES
from tests.report.stories import Story, bad_day, good_day


def problems(judgement: Judgement) -> list[tuple[str, str, bool]]:
    return [(one.kind, one.state, one.counts) for one in judgement.problems]


def test_every_rule_about_clients_is_a_check_of_every_session() -> None:
    for session, checks in by_session(bad_day().judged().checks).items():
        names = {one.name for one in checks}
        assert ({find.__name__ for find in RULES} <= names) is bool(session)


def test_what_is_looked_at_as_usual_does_not_count_warnings() -> None:
    assert problems(bad_day().judged()) == [
        ("unmatched", "failed", True),
        ("unmet", "failed", True),
        ("unmet", "failed", True),
        ("verdict", "failed", True),
        ("unmet", "failed", True),
        ("unmet", "failed", True),
        ("warnings", "failed", False),
    ]


@pytest.mark.parametrize("kind", [kind for kind in REASONS if kind not in ("inconclusive", "no-requests")])
def test_each_kind_makes_a_bad_day_fail_alone(kind: str) -> None:
    judgement = bad_day().judged((kind,))
    assert judgement.outcome == "failed"
    assert {one.kind for one in judgement.checks if one.counts} == {kind}
    assert judgement.fail_on == (kind,)


def test_without_any_kind_nothing_fails_and_all_is_told() -> None:
    judgement = bad_day().judged(())
    assert (judgement.outcome, judgement.exit_code) == ("passed", 0)
    assert {one.told for one in judgement.problems} == {"warning"}
    assert judgement.summary == (
        "passed, with 1 request that no scenario answered, 4 expectations that were not met, 1 error of the client "
        "and 1 warning about the client"
    )


def test_a_good_day_is_as_expected() -> None:
    judgement = good_day().judged()
    assert (judgement.outcome, judgement.exit_code, judgement.problems) == ("passed", 0, ())
    assert judgement.summary == "everything was as expected"


def test_unused_rules_are_looked_at_when_they_count() -> None:
    judgement = good_day().judged(("unused",))
    assert [one.name for one in judgement.problems] == [
        "test/broken (test.yaml:5) answers", "test/never (test.yaml:7) answers"
    ]  # fmt: skip
    assert judgement.summary == "failed: 2 rules that never answered"


def test_no_request_counts_when_it_is_to() -> None:
    story = Story("{reply: Hi}")
    assert story.judged().summary == "passed, with no request at all"
    assert story.judged((*USUAL, "no-requests")).summary == "failed: no request at all"
    story.ask()
    assert story.judged((*USUAL, "no-requests")).summary == "everything was as expected"


@pytest.fixture
def forgotten() -> Story:
    """A day of which the first exchange is no longer known."""
    story = good_day()
    story.gateway.journal._evict()
    return story


def test_what_cannot_be_known_does_not_pass(forgotten: Story) -> None:
    judgement = forgotten.judged()
    assert (judgement.outcome, judgement.exit_code) == ("inconclusive", FAILED)
    assert judgement.summary == (
        "inconclusive: 9 checks could not be decided, for 1 older exchange has been evicted from the journal"
    )


def test_what_cannot_be_known_passes_when_that_does_not_count(forgotten: Story) -> None:
    judgement = forgotten.judged(("unmatched", "unmet", "verdict"))
    assert judgement.outcome == "passed"
    assert {one.told for one in judgement.problems} == {"inconclusive"}


def test_unused_rules_of_which_nobody_can_know_are_inconclusive(forgotten: Story) -> None:
    found = [(one.kind, one.state) for one in forgotten.judged(("unused", "inconclusive")).checks if one.counts]
    assert found == [("unused", "inconclusive")] * 3


def test_what_is_certain_fails_whatever_is_forgotten(forgotten: Story) -> None:
    forgotten.ask("limited")
    forgotten.ask("limited")
    judgement = forgotten.judged()
    assert judgement.outcome == "failed"
    assert "1 error of the client; inconclusive: 8 checks" in judgement.summary


@pytest.mark.parametrize(("own", "good", "bad"), [(0, 0, FAILED), (1, 1, 1), (143, 143, 143)])
def test_the_exit_code_of_the_command_comes_first(own: int, good: int, bad: int) -> None:
    codes = [story.judged(ran=Ran(("x",), own)).exit_code for story in (good_day(), bad_day())]
    assert codes == [good, bad]
