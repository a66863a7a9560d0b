"""Timeline: an answer's actions, each with the moment at which it is due."""

from collections.abc import Iterable, Sequence

from mockgw.delivery.actions import Action, Wait
from mockgw.delivery.places import SLACK
from mockgw.values import light


@light
class Moment:
    """An action and when it is due, in seconds from the first."""

    due: float
    action: Action


def laid_out(actions: Sequence[Action]) -> list[Moment]:
    """The actions at their moments, without the waits between them."""
    moments: list[Moment] = []
    now = 0.0
    for action in actions:
        if isinstance(action, Wait):
            now += action.seconds
        else:
            moments.append(Moment(now, action))
    return moments


def in_turn(moments: Iterable[Moment]) -> list[Action]:
    """The actions with waits between them: in their order, and none before it is due."""
    actions: list[Action] = []
    now = 0.0
    for moment in moments:
        if moment.due - now > SLACK:
            actions.append(Wait(moment.due - now))
            now = moment.due
        actions.append(moment.action)
    return actions
