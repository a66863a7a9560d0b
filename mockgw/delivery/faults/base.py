"""Base: what all faults take, and what they need to know of the answer that they strike."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, ClassVar, Self

from mockgw.delivery.actions import Action, Chunk, Head
from mockgw.delivery.places import At, NoSuchPlace, Strike
from mockgw.later import Later
from mockgw.notation import Count, Share, Written
from mockgw.protocol.scripted import ScriptedError
from mockgw.values import light

START = At.model_construct(after=0.0)
HALF_WAY = At.model_construct(fraction=0.5)


class CannotStrike(Exception):
    """This fault cannot happen to this answer; the message says why."""


class HasEnded(CannotStrike):
    """A fault before it has ended the answer, and an answer ends once."""


@light
class Scene:
    """What a fault may need: how an error looks as a frame of the stream and as a body, chance, and whether the
    connection is a socket that can be cut."""

    error_frame: Callable[[ScriptedError], Chunk]
    error_body: Callable[[ScriptedError], bytes]
    rng: Random
    socket: bool = True


class Fault(Written):
    """What all faults take."""

    replaces: ClassVar[bool] = False  # whether it is another answer, in which nothing is left of faults before it
    usual_place: ClassVar[At | None] = HALF_WAY  # None: when the first byte is due, and a delay is over

    if TYPE_CHECKING:
        type: str
    rate: Share = 1.0
    """How often it strikes: a share of the answers."""
    max_hits: Count | None = None
    """It strikes so often and no more."""
    at: Later[At] | None = None
    """Where it strikes; what comes before always arrives."""

    def apply(self, actions: list[Action], scene: Scene) -> list[Action]:
        """The answer with the fault in it, or CannotStrike."""
        raise NotImplementedError

    def breaks(self) -> bool:
        """Whether the client is left without a whole answer."""
        return True

    def ends(self) -> bool:
        """Whether the answer is over where it strikes."""
        return False

    def needs_an_answer(self) -> bool:
        """Whether it cannot strike when a fault before it has ended the answer."""
        return self.replaces or self.ends()

    @property
    def certain(self) -> bool:
        """Whether it strikes every time."""
        return self.rate == 1 and self.max_hits is None

    def anywhere(self) -> Self:
        """The same fault for an answer of which nothing is known: it strikes wherever it can."""
        return self.model_copy(update={"at": None})

    def place(self, actions: Sequence[Action]) -> Strike:
        """Where it strikes: at its usual place when it does not say."""
        at = self.at or self.usual_place
        return parted(actions, at) if at else Strike([], list(actions)).due()


def parted(actions: Sequence[Action], at: At) -> Strike:
    """The answer parted at a place, or CannotStrike."""
    try:
        return at.part(actions)
    except NoSuchPlace as missing:
        raise CannotStrike(str(missing)) from None


def with_headers(actions: Sequence[Action], **headers: str) -> list[Action]:
    """The actions with other headers in their head."""
    return [
        replace(action, headers=action.headers | headers) if isinstance(action, Head) else action for action in actions
    ]


def without_length(actions: Sequence[Action]) -> list[Action]:
    """The actions with a head that does not promise a length, so that a shorter body is a clean one."""
    return [_unpromised(action) if isinstance(action, Head) else action for action in actions]


def _unpromised(head: Head) -> Head:
    return replace(head, headers={key: value for key, value in head.headers.items() if key != "content-length"})
