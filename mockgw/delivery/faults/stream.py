"""Stream: faults in the events of an answer. They strike half-way when they do not say where."""

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from mockgw.delivery.actions import Action, Chunk, Finish, Hang, Piece, Wait
from mockgw.delivery.faults.base import CannotStrike, Fault, Scene, without_length
from mockgw.delivery.faults.malformed import HARMLESS, KINDS, Kind
from mockgw.delivery.pacing import MOST_PINGS, silence
from mockgw.delivery.places import Strike, frame_start, is_event, streamed
from mockgw.notation import Boolean, Duration
from mockgw.protocol.events import PING
from mockgw.protocol.scripted import AnyError, ScriptedError
from mockgw.protocol.sse import PING_FRAME

PING_INTERVAL = 5.0  # seconds between the pings of a stall


class ErrorEvent(Fault):
    """An `error` event in the middle of the stream, which then ends."""

    type: Literal["error_event"]
    error: AnyError = ScriptedError.model_construct(status=529)
    """The error: a status, a type, or a mapping as in `error`; 529 when absent."""

    def apply(self, actions: list[Action], scene: Scene) -> list[Action]:
        arriving = between_frames(self, actions, "an error event").before
        return [*arriving, scene.error_frame(self.error), Finish()]

    def ends(self) -> bool:
        return True


class Truncate(Fault):
    """The answer ends early and cleanly, as if it were whole."""

    type: Literal["truncate"]

    def apply(self, actions: list[Action], scene: Scene) -> list[Action]:
        return [*without_length(self.place(actions).begun().before), Finish()]

    def ends(self) -> bool:
        return True


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
        if self.duration is not None and self.duration > MOST_PINGS * PING_INTERVAL:
            raise CannotStrike(f"these are more than {MOST_PINGS:,} pings; without 'for', they go on for ever")
        return self._stalled(between_frames(self, actions, "pings"), Chunk(PING_FRAME, PING))

    def breaks(self) -> bool:
        return self.ends()

    def ends(self) -> bool:
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
    """What is wrong with it; `bad_json` when absent."""

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
        end = next((index for index, action in enumerate(after) if is_event(action)), None)
        if end is None:
            raise CannotStrike("no event follows with which it could change places")
        start = frame_start(after, end)
        return [*place.before, *after[start : end + 1], *after[:start], first, *after[end + 1 :]]


def between_frames(fault: Fault, actions: list[Action], what: str) -> Strike:
    """The nearest place at which a frame may begin, with the head sent."""
    return place_in_stream(fault, actions, what).begun().between_frames()


def place_in_stream(fault: Fault, actions: list[Action], what: str) -> Strike:
    """The place of a fault that only a stream can have."""
    if not streamed(actions):
        raise CannotStrike(f"the answer is not streamed, so it has no place for {what}")
    return fault.place(actions)


def at_event(fault: Fault, actions: list[Action]) -> Strike:
    """The place of the event that is struck: the first thing that comes after it, in one piece."""
    place = place_in_stream(fault, actions, "events").between_frames()
    end = next((index for index, action in enumerate(place.after) if is_event(action)), None)
    if end is None:
        raise CannotStrike("no event follows there")
    return _put_together(place, end)


def _put_together(place: Strike, end: int) -> Strike:
    """The event whose frame ends there comes first, as one chunk at the moment of its last piece."""
    start = frame_start(place.after, end)
    pieces, struck = place.after[start:end], place.after[end]
    assert isinstance(struck, Chunk)
    data = b"".join([piece.data for piece in pieces if isinstance(piece, Piece)])
    waits = [pause for pause in pieces if isinstance(pause, Wait)]
    whole = replace(struck, data=data + struck.data)
    return Strike([*place.before, *place.after[:start], *waits], [whole, *place.after[end + 1 :]])
