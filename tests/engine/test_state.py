from typing import Any

import pytest

from mockgw.engine.calls import CALLS, Likeness
from mockgw.engine.state import COUNTS, Bounded, State, fingerprint
from tests.support import turns


def like(exact: str) -> Likeness:
    """A request that is roughly like all others."""
    return Likeness("rough", lambda: exact)


def test_what_was_set_longest_ago_is_forgotten() -> None:
    kept: Bounded[int] = Bounded(2)
    for key in ("a", "b", "a", "c"):
        kept[key] = 1

    assert list(kept) == ["a", "c"]


def test_a_call_counts_its_tries_until_a_whole_answer() -> None:
    state = State(0.0)
    tries = []
    for whole in (False, False, True, False):
        call = state.begin(like("x"), counted=True)
        tries.append(call.tries)
        state.end(call, whole=whole, scripted_failure=True)

    assert tries == [1, 2, 3, 1]


def test_a_copy_has_the_same_memory_and_changes_nothing() -> None:
    state = State(5.0)
    state.commit(state.begin(like("x"), counted=True), {("list",): 0})
    state.commit_try([("prompt",)], 3)
    twin = state.copy()
    twin.commit(twin.begin(like("x"), counted=True), {("list",): 1})
    twin.sent("y")

    assert (twin.started, twin.requests, twin.taken(("list",)), twin.tried(("prompt",))) == (5.0, 2, 2, 3)
    assert (state.requests, state.taken(("list",)), state.sent("y")) == (1, 1, 1)


def test_in_flight_twice_at_once_is_two_calls() -> None:
    state = State(0.0)
    one, other = state.begin(like("x"), counted=True), state.begin(like("x"), counted=True)

    assert one is not other
    state.end(other, whole=False, scripted_failure=True)
    assert state.begin(like("x"), counted=True) is other
    state.end(one, whole=True, scripted_failure=False)
    assert state.begin(like("x"), counted=True).tries == 1


def test_other_keys_are_other_calls() -> None:
    state = State(0.0)
    state.end(state.begin(like("x"), counted=True), whole=False, scripted_failure=True)

    assert state.begin(like("y"), counted=True).tries == 1
    assert state.begin(like("x"), counted=True).tries == 2


@pytest.mark.parametrize(
    ("whole", "scripted_failure", "lost"),
    [(True, False, False), (False, True, False), (False, False, True)],
    ids=["whole", "error", "client-left"],
)
def test_only_what_the_client_did_not_get_is_lost(whole: bool, scripted_failure: bool, lost: bool) -> None:
    state = State(0.0)
    call = state.begin(like("x"), counted=True)
    state.end(call, whole=whole, scripted_failure=scripted_failure)

    assert call.lost is lost


def test_calls_that_wait_for_a_retry_are_bounded_and_those_in_flight_are_not_forgotten() -> None:
    state = State(0.0)
    flying = state.begin(like("flying"), counted=True)
    for number in range(CALLS + 1):
        state.end(state.begin(like(f"{number}"), counted=True), whole=False, scripted_failure=True)

    assert state.begin(like("0"), counted=True).tries == 1
    assert state.begin(like(f"{CALLS}"), counted=True).tries == 2
    state.end(flying, whole=False, scripted_failure=True)
    assert state.begin(like("flying"), counted=True) is flying


def test_more_calls_in_flight_than_the_limit_are_all_kept() -> None:
    state = State(0.0)
    calls = [state.begin(like(f"{number}"), counted=True) for number in range(CALLS + 2)]
    for call in calls:
        state.end(call, whole=False, scripted_failure=True)

    assert state.begin(like("0"), counted=True).tries == 2


def test_ending_a_call_twice_does_no_harm() -> None:
    state = State(0.0)
    call = state.begin(like("x"), counted=True)
    for _ in range(2):
        state.end(call, whole=True, scripted_failure=False)

    assert state.begin(like("x"), counted=True).tries == 1


def test_what_clients_send_does_not_make_a_list_forget() -> None:
    state = State(0.0)
    state.commit(state.begin(like("x"), counted=True), {("list",): 0})
    state.hit([("fault",)])
    for number in range(COUNTS + 1):
        state.sent("request", number)

    assert (state.taken(("list",)), state.taken(("fault",))) == (1, 1)
    assert state.sent("request", 0) == 1
    assert state.sent("request", COUNTS) == 2


def test_a_retry_of_a_lost_answer_takes_nothing_anew() -> None:
    state = State(0.0)
    for _ in range(2):
        call = state.begin(like("x"), counted=True)
        state.commit(call, {("list",): 0})
        state.end(call, whole=False, scripted_failure=False)

    assert state.taken(("list",)) == 1


def test_side_calls_are_not_counted_among_the_requests() -> None:
    state = State(0.0)
    for counted in (True, False, True):
        state.begin(like("x"), counted=counted)

    assert state.requests == 2


CACHED = {"cache_control": {"type": "ephemeral"}}
RESULT: dict[str, Any] = {"type": "tool_result", "tool_use_id": "t"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("hi", [{"type": "text", "text": "hi"}], id="string-or-list"),
        pytest.param([{"type": "text", "text": "hi"}], [{"type": "text", "text": "hi", **CACHED}], id="cache-control"),
        pytest.param([RESULT | {"content": "x"}], [RESULT | {"content": [{"type": "text", "text": "x"}]}], id="result"),
        pytest.param(
            [RESULT | {"content": [{"type": "text", "text": "x"}]}],
            [RESULT | {"content": [{"type": "text", "text": "x", **CACHED}], **CACHED}],
            id="inside-a-result",
        ),
        pytest.param([RESULT], [RESULT | CACHED], id="result-without-content"),
    ],
)
def test_spelling_does_not_matter(one: Any, other: Any) -> None:
    assert fingerprint(turns(one)) == fingerprint(turns(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param((turns("a"),), (turns("b"),), id="text"),
        pytest.param((turns("a"),), (turns("a", "b"),), id="more"),
        pytest.param(
            (turns("ab"),), (turns([{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]),), id="blocks"
        ),
        pytest.param((turns("a"), "main"), (turns("a"), "side"), id="agent"),
        pytest.param(([{"role": "user", "content": "a"}],), ([{"role": "system", "content": "a"}],), id="role"),
    ],
)
def test_everything_else_matters(one: Any, other: Any) -> None:
    assert fingerprint(*one) != fingerprint(*other)


def test_a_key_that_the_api_does_not_know_may_hold_anything() -> None:
    one, other = ([{"type": "text", "text": "a", "content": [value, {"cache_control": 1}]}] for value in (1, "b"))
    assert fingerprint(turns(one)) != fingerprint(turns(other))
