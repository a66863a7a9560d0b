"""Stream: faults in the events of an answer. They strike half-way when they do not say where."""

from typing import Annotated, Literal

from pydantic import Field

from mockgw.delivery.actions import Action, Chunk, Finish, Hang
from mockgw.delivery.faults.base import CannotStrike, Fault, Scene, without_length
from mockgw.delivery.faults.malformed import HARMLESS, KINDS, Kind
from mockgw.delivery.pacing import silence
from mockgw.delivery.places import Strike, streamed
from mockgw.notation import Boolean, Duration
from mockgw.protocol.events import PING
from mockgw.protocol.scripted import AnyError, ScriptedError
from mockgw.protocol.sse import PING_FRAME

PING_INTERVAL = 5.0  # seconds between the pings of a stall


class ErrorEvent(Fault):
    """An `error` event in the middle of the stream, which then ends."""

    type: Literal["error_event"]
    error: AnyError = ScriptedError(status=529)
    """The error: a status, a type, or a mapping as in `error`."""

    def apply(self, actions: list[Action], scene: Scene) -> list[Action]:
        arriving = between_frames(self, actions, "an error event").before
        return [*arriving, scene.error_frame(self.error), Finish()]


class Truncate(Fault):
    """The answer ends early and cleanly, as if it were whole."""

    type: Literal["truncate"]

    def apply(self, actions: list[Action], scene: Scene) -> list[Action]:
        return [*without_length(self.place(actions).begun().before), Finish()]


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
        return self._stalled(between_frames(self, actions, "pings"), Chunk(PING_FRAME, PING))

    def breaks(self) -> bool:
        return self.duration is None

    def _stalled(self, place: Strike, ping: Chunk | None) -> list[Action]:
        every = PING_INTERVAL if ping else 0.0
        if self.duration is None:
            return [*place.before, Hang(ping, every)]
        return [*place.before, *silence(self.duration, every), *place.after]


class MalformedSse(Fault):
    """An event that is not as it should be; the stream goes on."""

    type: Literal["malformed_sse"]
    kind: Kind = "bad_json"
    """What is wrong with it."""

    def apply(self, actions: list[Action], scene: Scene) -> list[Action]:
        place = at_event(self, actions)
        struck, *after = place.after
        assert isinstance(struck, Chunk)
        return [*place.before, *KINDS[self.kind](struck, after)]

    def breaks(self) -> bool:
        return self.kind not in HARMLESS


class DropEvent(Fault):
    """An event is missing; the stream goes on."""

    type: Literal["drop_event"]

    def apply(self, actions: list[Action], scene: Scene) -> list[Action]:
        place = at_event(self, actions)
        return [*place.before, *place.after[1:]]


class DuplicateEvent(Fault):
    """An event comes twice; the stream goes on."""

    type: Literal["duplicate_event"]

    def apply(self, actions: list[Action], scene: Scene) -> list[Action]:
        place = at_event(self, actions)
        return [*place.before, place.after[0], *place.after]


class ReorderEvents(Fault):
    """An event changes places with the one after it; the stream goes on."""

    type: Literal["reorder_events"]

    def apply(self, actions: list[Action], scene: Scene) -> list[Action]:
        place = at_event(self, actions)
        first, *after = place.after
        second = next((index for index, action in enumerate(after) if is_event(action)), None)
        if second is None:
            raise CannotStrike("no event follows with which it could change places")
        return [*place.before, after[second], *after[:second], first, *after[second + 1 :]]


def is_event(action: Action) -> bool:
    """Whether it is an event as places count them: no ping."""
    return isinstance(action, Chunk) and action.event is not None and action.event["type"] != "ping"


def between_frames(fault: Fault, actions: list[Action], what: str) -> Strike:
    """The nearest place at which a frame may begin."""
    if not streamed(actions):
        raise CannotStrike(f"the answer is not streamed, so it has no place for {what}")
    return fault.place(actions).between_frames()


def at_event(fault: Fault, actions: list[Action]) -> Strike:
    """The place of the event that is struck: the first thing that comes after it."""
    place = between_frames(fault, actions, "events")
    index = next((index for index, action in enumerate(place.after) if is_event(action)), None)
    if index is None:
        raise CannotStrike("no event follows there")
    return Strike([*place.before, *place.after[:index]], place.after[index:])
