"""Timeline: actions at their moments, and back."""

from hypothesis import given
from hypothesis import strategies as st

from mockgw.delivery.actions import Action, Chunk, Finish, Head, Wait
from mockgw.delivery.places import SLACK
from mockgw.delivery.timeline import Moment, in_turn, laid_out
from tests.delivery.streams import PACED, planned, sends, waited

HEAD, A, B = Head(200, {}), Chunk(b"a"), Chunk(b"b")
ANY_ACTION: st.SearchStrategy[Action] = st.one_of(
    st.builds(Wait, st.floats(0, 9).map(lambda seconds: round(seconds, 3))), st.just(A), st.just(B)
)


def test_each_action_has_its_moment() -> None:
    assert laid_out([Wait(1), HEAD, A, Wait(2), Wait(0.5), B, Finish()]) == [
        Moment(1, HEAD),
        Moment(1, A),
        Moment(3.5, B),
        Moment(3.5, Finish()),
    ]


def test_waits_come_back_between_them() -> None:
    moments = [Moment(1, HEAD), Moment(1, A), Moment(3.5, B)]
    assert in_turn(moments) == [Wait(1), HEAD, A, Wait(2.5), B]


def test_what_is_due_before_what_stands_in_front_of_it_does_not_wait() -> None:
    assert in_turn([Moment(2, A), Moment(1, B)]) == [Wait(2), A, B]


def test_what_floats_are_off_is_no_wait() -> None:
    assert in_turn([Moment(0.3, A), Moment(0.1 + 0.2, B)]) == [Wait(0.3), A, B]


def test_steps_too_short_to_be_waited_for_add_up() -> None:
    step = SLACK * 0.6
    assert in_turn([Moment(step, A), Moment(2 * step, B)]) == [A, Wait(2 * step), B]


def test_no_actions_take_no_time() -> None:
    assert (laid_out([]), in_turn([])) == ([], [])


def test_an_answer_is_the_same_there_and_back() -> None:
    actions = planned(PACED, delay=3)
    assert sends(in_turn(laid_out(actions))) == sends(actions)


@given(st.lists(ANY_ACTION))
def test_there_and_back_only_waits_may_be_joined(actions: list[Action]) -> None:
    whole = [*actions, Finish()]
    back = in_turn(laid_out(whole))
    assert sends(back) == sends(whole)
    assert waited(back) == waited(whole)
    assert [one for one in back if not isinstance(one, Wait)] == [one for one in whole if not isinstance(one, Wait)]
