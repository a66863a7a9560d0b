from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mockgw.gateway.outages import Course, Record
from mockgw.scenario.gateway.states import Script

SECOND = 10**9
FAR = 10**9 * SECOND


def course(state: Any, then: str = "up") -> Course:
    return Course(Script.model_validate({"state": state, "then": then}))


def states(one: Course, *seconds: float) -> list[str]:
    """What it does at these moments."""
    return [one.at(round(second * SECOND)).state.type for second in seconds]


def tried(one: Course, *seconds: float) -> list[str]:
    """What it does when it is tried at these moments."""
    found = []
    for second in seconds:
        now = round(second * SECOND)
        one.advance(now)
        phase = one.at(now)
        one.count(phase.position, now)
        found.append(phase.state.type)
    return found


def test_a_state_without_an_end_goes_on_for_ever() -> None:
    assert states(course("down"), 0, 1, 10**9) == ["down"] * 3
    assert tried(course(["hang", "up"]), 0, 1, 10**9) == ["hang"] * 3


def test_a_window_ends_with_its_time_and_then_it_is_up() -> None:
    assert states(course({"type": "down", "for": "30s"}), 0, 29.999, 30, 10**9) == ["down", "down", "up", "up"]


def test_so_many_tries_end_it_whenever_they_come() -> None:
    assert tried(course({"type": "down", "times": 3}), 0, 0, 500, 500, 501) == ["down"] * 3 + ["up"] * 2


def test_of_both_what_comes_first_ends_it() -> None:
    both = {"type": "down", "for": "30s", "times": 2}
    assert tried(course(both), 0, 30) == ["down", "up"]
    assert tried(course(both), 0, 1, 2) == ["down", "down", "up"]


def test_states_come_one_after_the_other() -> None:
    degrading = [{"type": "slow", "delay": 1, "for": "1m"}, {"type": "error", "times": 1}, "hang"]
    assert tried(course(degrading), 0, 59, 60, 60, 61) == ["slow", "slow", "error", "hang", "hang"]


def test_a_window_behind_tries_begins_with_the_last_of_them() -> None:
    one = course([{"type": "up", "times": 2}, {"type": "down", "for": "10s"}])
    assert tried(one, 3, 7) == ["up", "up"]
    assert states(one, 7, 16.9, 17) == ["down", "down", "up"]


def test_they_may_begin_anew() -> None:
    flapping = course([{"type": "up", "for": "20s"}, {"type": "down", "for": "10s"}], "loop")
    assert states(flapping, 0, 19, 20, 29, 30, 55) == ["up", "up", "down", "down", "up", "down"]
    assert tried(course([{"type": "up", "times": 2}, {"type": "down", "times": 1}], "loop"), *range(6)) == [
        "up",
        "up",
        "down",
        "up",
        "up",
        "down",
    ]


def test_a_clock_may_be_moved_over_any_number_of_rounds() -> None:
    flapping = course([{"type": "up", "for": "1ms"}, {"type": "down", "for": "2ms"}], "loop")
    assert flapping.at(FAR).state.type == ("up" if FAR % 3_000_000 < 1_000_000 else "down")
    flapping.advance(FAR)
    assert flapping.at(FAR + 3_000_000).state == flapping.at(FAR).state
    shortest = course([{"type": "up", "for": 1e-12}, {"type": "down", "for": 1e-12}], "loop")
    assert (shortest.at(FAR).state.type, shortest.at(FAR + 1).state.type) == ("up", "down")


def test_a_look_ahead_changes_nothing_and_a_try_there_counts_there() -> None:
    one = course([{"type": "up", "for": "10s"}, {"type": "down", "times": 1}])
    later = one.at(15 * SECOND)
    one.count(later.position, 15 * SECOND)
    assert (later.state.type, states(one, 1, 9.9)) == ("down", ["up", "up"])
    assert states(one, 15, 16) == ["up", "up"]


def test_what_was_not_tried_after_all_does_not_count() -> None:
    one = course({"type": "down", "times": 1})
    phase = one.at(0)
    one.count(phase.position, 0)
    assert states(one, 0) == ["up"]
    one.count(phase.position, 0, by=-1)
    assert states(one, 0) == ["down"]


STEPS = st.lists(
    st.builds(
        lambda kind, ends: {"type": kind} | ends,
        st.sampled_from(["up", "down", "hang"]),
        st.sampled_from([{"for": 1}, {"for": 2.5}, {"times": 1}, {"times": 2}, {"for": 1, "times": 2}]),
    ),
    min_size=1,
    max_size=4,
)


@given(STEPS, st.sampled_from(["up", "loop"]), st.lists(st.integers(0, 30), max_size=12).map(sorted))
def test_it_is_no_matter_how_often_what_is_over_is_forgotten(steps: Any, then: str, seconds: list[int]) -> None:
    often, never = course(steps, then), course(steps, then)
    for second in seconds:
        now = second * SECOND
        often.advance(now)
        assert often.at(now).state == never.at(now).state
        assert (often.at(now).until, often.at(now).left) == (never.at(now).until, never.at(now).left)
        for one in (often, never):
            one.count(one.at(now).position, now)


def record(state: Any = "up") -> Record:
    return Record(course(state))


def test_what_is_set_by_hand_counts_until_it_is_over_or_taken_back() -> None:
    one = record("down")
    one.set(Script.model_validate({"state": {"type": "hang", "for": "5s"}}), 10 * SECOND)
    assert [one.at(second * SECOND)[1].state.type for second in (10, 14, 15)] == ["hang", "hang", "down"]
    one.set(Script.model_validate({"state": "up"}), 20 * SECOND)
    assert one.at(FAR)[1].state.type == "up"
    one.set(None, 30 * SECOND)
    assert one.at(FAR)[1].state.type == "down"


def test_what_is_over_is_not_kept_by_hand() -> None:
    one = record()
    one.set(Script.model_validate({"state": {"type": "hang", "times": 1}}), 0)
    hanging, phase = one.at(0)
    hanging.count(phase.position, 0)
    one.advance(SECOND)
    assert (one.by_hand, one.at(SECOND)[1].state.type) == (None, "up")


def test_a_failure_is_known_from_its_moment_on_for_thirty_seconds() -> None:
    one = record()
    one.failures.extend([5 * SECOND, 90 * SECOND])
    known = [one.failed_lately(second * SECOND) for second in (4, 5, 34, 35, 89, 90)]
    assert known == [False, True, True, False, False, True]


def test_a_copy_counts_for_itself() -> None:
    one = record({"type": "down", "times": 1})
    one.set(Script.model_validate({"state": {"type": "hang", "times": 1}}), 0)
    twin = one.copy()
    hanging, phase = twin.at(0)
    hanging.count(phase.position, 0)
    twin.failures.append(1)
    assert twin.at(0)[1].state.type == "down"
    assert (one.at(0)[1].state.type, list(one.failures)) == ("hang", [])
