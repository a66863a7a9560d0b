"""Places: where in an answer a fault strikes. What comes before always arrives."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import takewhile
from math import floor
from typing import Any, Literal

from pydantic import ConfigDict, model_validator

from mockgw.delivery.actions import Action, Chunk, Flush, Head, Piece, Raw, Wait
from mockgw.notation import Count, Duration, Natural, Share, Written, exclusive_schemas
from mockgw.protocol.events import Event
from mockgw.values import light
from mockgw.wording import counted

EventType = Literal[
    "message_start",
    "content_block_start",
    "content_block_delta",
    "content_block_stop",
    "message_delta",
    "message_stop",
]

# Each of these alone says where.
ANCHORS = ("event", "type", "fraction", "bytes", "after")
# What stands where the deltas would, in a block or an answer that has none.
NO_DELTAS = ("content_block_stop", "message_delta")

SLACK = 1e-9  # what sums of floats may be off; far below a byte and what a clock can tell


class NoSuchPlace(Exception):
    """The answer has no such place, so the fault cannot be delivered."""


@light
class Strike:
    """An answer parted at the place of a fault: what arrives, and what the fault strikes."""

    before: list[Action]
    after: list[Action]

    def begun(self) -> "Strike":
        """The same place, with the head sent before it: without one nothing can be said."""
        head = [action for action in self.after if isinstance(action, Head)]
        return Strike([*self.before, *head], [action for action in self.after if action not in head])

    def due(self) -> "Strike":
        """The same place at the moment when what follows is due."""
        pause = list(takewhile(_is_pause, self.after))
        return Strike(self.before + pause, self.after[len(pause) :])

    def between_frames(self) -> "Strike":
        """The nearest place from here on where a frame may begin: a frame that has begun arrives whole."""
        last = next((action for action in reversed(self.before) if isinstance(action, Chunk)), None)
        if not isinstance(last, Piece):
            return self
        end = next((index for index, action in enumerate(self.after, start=1) if _ends_frame(action)), 0)
        return Strike(self.before + self.after[:end], self.after[end:])


class At(Written):
    """What is struck first; all before it arrives."""

    model_config = ConfigDict(
        json_schema_extra={
            "minProperties": 1,
            "dependentRequired": {"nth": ["type"]},
            "dependentSchemas": exclusive_schemas(ANCHORS)
            | {"block": {"anyOf": [{"required": [name]} for name in ANCHORS]}},
        }
    )

    event: Count | None = None
    """The n-th event, from 1, without pings."""
    type: EventType | None = None
    """An event of this type; which one says `nth`."""
    nth: Count | None = None
    """The n-th event of `type`, from 1 (the default)."""
    fraction: Share | None = None
    """What follows this share of the deltas, rounded down; not streamed, of the bytes."""
    bytes: Natural | None = None
    """What follows so many bytes of the body."""
    after: Duration | None = None
    """What would be sent after this time."""
    block: Natural | None = None
    """Count within this content block only (its index, from 0)."""

    @model_validator(mode="after")
    def _one_place(self) -> "At":
        given = [name for name in ANCHORS if getattr(self, name) is not None]
        if len(given) != 1:
            found = " and ".join(repr(name) for name in given) or "none of them"
            raise ValueError(f"expected exactly one of event, type, fraction, bytes and after; found {found}")
        if self.nth is not None and self.type is None:
            raise ValueError("'nth' counts events of a 'type'; add one")
        return self

    def part(self, actions: Sequence[Action]) -> Strike:
        """The answer parted here, or NoSuchPlace."""
        if self.bytes is not None:
            return _at_bytes(actions, self.bytes, self._scope(actions))
        if self.after is not None:
            return _at_time(actions, self.after, self._scope(actions))
        if self.fraction is not None:
            return self._at_fraction(actions, self.fraction)
        return _before(actions, frame_start(actions, self._nth_event(actions)))

    def _scope(self, actions: Sequence[Action]) -> range:
        """The indices of the actions that count."""
        if self.block is None:
            return range(len(actions))
        inside = [i for i, event in _events(actions) if event.get("index") == self.block]
        if not inside:
            raise NoSuchPlace(f"the answer has no content block {self.block}")
        return range(frame_start(actions, inside[0]), inside[-1] + 1)

    def _nth_event(self, actions: Sequence[Action]) -> int:
        scope = self._scope(actions)
        found = [i for i, event in _events(actions) if i in scope and self.type in (None, event["type"])]
        wanted = self.event or self.nth or 1
        if wanted > len(found):
            kind = f"{self.type} event" if self.type else "event"
            raise NoSuchPlace(f"the answer has {counted(len(found), kind)}, not {wanted}")
        return found[wanted - 1]

    def _at_fraction(self, actions: Sequence[Action], fraction: float) -> Strike:
        scope = self._scope(actions)
        if not streamed(actions):
            return _at_bytes(actions, _share_of(size(actions[index] for index in scope), fraction), scope)
        events = [(i, event["type"]) for i, event in _events(actions) if i >= scope.start]
        deltas = [i for i, kind in events if kind == "content_block_delta" and i in scope]
        arriving = _share_of(len(deltas), fraction)
        if arriving:
            following = [i for i, _ in events if i > deltas[arriving - 1]]
        else:
            following = deltas or [i for i, kind in events if kind in NO_DELTAS]
        return _before(actions, frame_start(actions, following[0]) if following else len(actions) - 1)


def _events(actions: Sequence[Action]) -> list[tuple[int, Event]]:
    """The events of a stream, but for pings, with the index of each one's action: the last, if there are several."""
    return [
        (index, action.event)
        for index, action in enumerate(actions)
        if isinstance(action, Chunk) and action.event is not None and is_event(action)
    ]


def is_event(action: Action) -> bool:
    """Whether it is an event as places count them: no ping."""
    return isinstance(action, Chunk) and action.event is not None and action.event["type"] != "ping"


def frame_start(actions: Sequence[Action], end: int) -> int:
    """Where the frame begins that ends with an action: before it, if a fault has cut the frame into pieces."""
    start = end
    for index in range(end - 1, -1, -1):
        if isinstance(actions[index], Piece):
            start = index
        elif not _is_pause(actions[index]):
            break
    return start


def _is_pause(action: Action) -> bool:
    return isinstance(action, Wait | Flush)


def _ends_frame(action: Action) -> bool:
    return isinstance(action, Chunk) and not isinstance(action, Piece)


def _share_of(count: int, fraction: float) -> int:
    return floor(count * fraction + SLACK)  # 0.29 of 100 is 29, whatever floats make of it


def size(actions: Iterable[Action]) -> int:
    """The bytes of a body, with those that go past HTTP's framing."""
    return sum(len(action.data) for action in actions if isinstance(action, Chunk | Raw))


def _before(actions: Sequence[Action], index: int) -> Strike:
    return Strike(list(actions[:index]), list(actions[index:]))


def _at_bytes(actions: Sequence[Action], count: int, scope: range) -> Strike:
    return _at_measure(actions, count, scope, _data_length, f"the answer has no {count} bytes", _split_data).due()


def _at_time(actions: Sequence[Action], seconds: float, scope: range) -> Strike:
    if not seconds:
        return _before(actions, scope.start)
    missing = f"the answer does not take {seconds:g} s"
    return _at_measure(actions, seconds, scope, _wait_length, missing, _split_wait)


def _at_measure(
    actions: Sequence[Action],
    amount: float,
    scope: range,
    measure: Callable[[Action], float],
    missing: str,
    split: Callable[[Any, Any], tuple[Action, Action]],
) -> Strike:
    """Part where `amount` of what `measure` counts has passed, through the middle of an action if need be."""
    for index in scope:
        length = measure(actions[index])
        if not amount and length:
            return _before(actions, index)
        if length - amount > SLACK:
            first, second = split(actions[index], amount)
            return Strike([*actions[:index], first], [second, *actions[index + 1 :]])
        amount -= length
        if amount <= SLACK and length:
            return _before(actions, index + 1)
    raise NoSuchPlace(missing)


def _data_length(action: Action) -> float:
    return len(action.data) if isinstance(action, Chunk | Raw) else 0


def _wait_length(action: Action) -> float:
    return action.seconds if isinstance(action, Wait) else 0.0


def _split_data(action: Chunk | Raw, count: float) -> tuple[Action, Action]:
    return part(action, 0, int(count)), part(action, int(count), len(action.data))


def part(action: Chunk | Raw, start: int, end: int) -> Action:
    """Some of the bytes of an action; the event is that of the last of them."""
    data = action.data[start:end]
    if end < len(action.data) and isinstance(action, Chunk):
        return Piece(data)
    return action if len(data) == len(action.data) else replace(action, data=data)


def _split_wait(wait: Wait, seconds: float) -> tuple[Action, Action]:
    return Wait(seconds), Wait(wait.seconds - seconds)


def streamed(actions: Sequence[Action]) -> bool:
    """Whether an answer is a stream of events, even if its head, or what is left of it, does not say so."""
    return any(_says_stream(action) or (isinstance(action, Chunk) and action.event is not None) for action in actions)


def _says_stream(action: Action) -> bool:
    return isinstance(action, Head) and "event-stream" in action.headers.get("content-type", "")
