"""Faults: one class each; its fields are its options, `apply` is what it does to an answer."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field

from mockgw.delivery.actions import Action, Chunk, Finish, Hang, Head
from mockgw.delivery.pacing import silence
from mockgw.delivery.places import At, NoSuchPlace, Strike, streamed
from mockgw.notation import Boolean, Count, Duration, OneOrList, OrShort, Share, Written, listed
from mockgw.protocol.events import PING
from mockgw.protocol.scripted import AnyError, ScriptedError
from mockgw.protocol.sse import PING_FRAME

HALF_WAY = At(fraction=0.5)
PING_INTERVAL = 5.0  # seconds between the pings of a stall


class CannotStrike(Exception):
    """This fault cannot happen to this answer; the message says why."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What a fault may need of the answer it strikes: how an error looks as a frame of its stream."""

    error_frame: Callable[[ScriptedError], Chunk]


class Fault(Written):
    """What all faults take."""

    if TYPE_CHECKING:
        type: str
    rate: Share = 1.0
    """How often it strikes: a share of the answers."""
    max_hits: Count | None = None
    """It strikes so often and no more."""
    at: At | None = None
    """Where it strikes; what comes before always arrives."""

    def apply(self, actions: list[Action], scene: Scene) -> list[Action]:
        """The answer with the fault in it, or CannotStrike."""
        raise NotImplementedError

    def breaks(self) -> bool:
        """Whether the client is left without a whole answer."""
        return True

    def place(self, actions: list[Action]) -> Strike:
        """Where it strikes: half-way when it does not say."""
        try:
            return (self.at or HALF_WAY).part(actions)
        except NoSuchPlace as missing:
            raise CannotStrike(str(missing)) from None


class ErrorEvent(Fault):
    """An `error` event in the middle of the stream, which then ends."""

    type: Literal["error_event"]
    error: AnyError = ScriptedError(status=529)
    """The error: a status, a type, or a mapping as in `error`."""

    def apply(self, actions: list[Action], scene: Scene) -> list[Action]:
        if not streamed(actions):
            raise CannotStrike("the answer is not streamed, so it has no place for an error event")
        return [*self.place(actions).between_frames().before, scene.error_frame(self.error), Finish()]


class Truncate(Fault):
    """The answer ends early and cleanly, as if it were whole."""

    type: Literal["truncate"]

    def apply(self, actions: list[Action], scene: Scene) -> list[Action]:
        arriving = self.place(actions).begun().before
        return [*map(_without_length, arriving), Finish()]


class Stall(Fault):
    """Silence in the middle of the answer, for a time or for ever."""

    type: Literal["stall"]
    duration: Annotated[Duration | None, Field(alias="for")] = None
    """How long; for ever when absent."""
    pings: Boolean = False
    """Whether pings go on meanwhile, one every 5 s."""

    def apply(self, actions: list[Action], scene: Scene) -> list[Action]:
        if not self.pings:
            return self._stalled(self.place(actions), None)
        if not streamed(actions):
            raise CannotStrike("the answer is not streamed, so it has no place for pings")
        return self._stalled(self.place(actions).between_frames(), Chunk(PING_FRAME, PING))

    def breaks(self) -> bool:
        return self.duration is None

    def _stalled(self, place: Strike, ping: Chunk | None) -> list[Action]:
        every = PING_INTERVAL if ping else 0.0
        if self.duration is None:
            return [*place.before, Hang(ping, every)]
        return [*place.before, *silence(self.duration, every), *place.after]


def _without_length(action: Action) -> Action:
    """A head that does not promise a length, so that a shorter body is a clean one."""
    if isinstance(action, Head):
        return replace(action, headers={key: value for key, value in action.headers.items() if key != "content-length"})
    return action


AnyFault = ErrorEvent | Truncate | Stall


def read_fault(value: Any) -> Any:
    """A name stands for the fault with its default options."""
    return {"type": value} if isinstance(value, str) else value


NAMES = [name for fault in get_args(AnyFault) for name in get_args(fault.model_fields["type"].annotation)]
OneFault = Annotated[AnyFault, Field(discriminator="type")]
NamedFault = Annotated[OneFault, BeforeValidator(read_fault), OrShort({"enum": NAMES})]
Faults = Annotated[tuple[NamedFault, ...], BeforeValidator(listed), OneOrList()]


def strike(actions: list[Action], faults: tuple[Fault, ...], scene: Scene) -> list[Action]:
    """The answer with every fault in it, in their order."""
    for fault in faults:
        actions = fault.apply(actions, scene)
    return actions
