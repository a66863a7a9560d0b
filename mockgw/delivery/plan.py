"""Plan: an answer as the actions that put it on the wire."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import overload

import orjson

from mockgw.chance import Chance
from mockgw.delivery.actions import Action, Chunk, Finish, Head, Wait
from mockgw.delivery.encoded import Encoded, frame
from mockgw.delivery.faults.base import Scene
from mockgw.delivery.pacing import length
from mockgw.protocol import events, headers
from mockgw.protocol.dialects import Dialect, error_bytes, error_frame
from mockgw.protocol.errors import ApiError
from mockgw.protocol.messages import Message, around
from mockgw.protocol.scripted import ScriptedError

STOP = frame(events.MESSAGE_STOP)
FINISH = Finish()


class Joined(Sequence[Action]):
    """Actions one after the other, without a copy of those that many answers share: thousands may be open."""

    __slots__ = ("_parts",)

    def __init__(self, *parts: Sequence[Action]) -> None:
        self._parts = parts

    @property
    def parts(self) -> tuple[Sequence[Action], ...]:
        return self._parts

    def __iter__(self) -> Iterator[Action]:
        return chain.from_iterable(self._parts)

    def __len__(self) -> int:
        return sum(map(len, self._parts))

    @overload
    def __getitem__(self, index: int) -> Action: ...
    @overload
    def __getitem__(self, index: slice) -> list[Action]: ...
    def __getitem__(self, index: int | slice) -> Action | list[Action]:
        return list(self)[index]

    def __eq__(self, other: object) -> bool:
        return list(self) == list(other) if isinstance(other, Sequence) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # as lists have it


class AtOnce(Joined):
    """The actions of an answer without a wait, and what they come to: the bytes of its body, how many events it has."""

    __slots__ = ("data", "events", "head")

    def __init__(self, head: Head, *parts: Sequence[Action], data: bytes, events: int = 0) -> None:
        super().__init__((head,), *parts)
        self.head, self.data, self.events = head, data, events


def answer(
    message: Message,
    content: Encoded,
    *,
    request_id: str,
    stream: bool,
    delay: float,
    extra: Mapping[str, str],
    chance: Chance,
) -> Sequence[Action]:
    """The actions of a message, streamed or not; `content` is its own. `delay` in seconds, before the first byte."""
    if stream:
        return after(delay, streamed(message, content, {**headers.of_stream(request_id), **extra}, chance))
    seconds = delay if content.instant else delay + length(content.actions(chance))
    data = orjson.dumps(around(orjson.Fragment(content.json), message))
    return after(seconds, body(200, data, {**headers.of_json(request_id), **extra}))


def streamed(message: Message, content: Encoded, head: dict[str, str], chance: Chance) -> Sequence[Action]:
    """The stream's frames and the waits between them."""
    start, delta = frame(events.start(message)), frame(events.end(message)[0])
    parts = (start,), content.actions(chance), (delta, STOP, FINISH)
    if not content.instant:
        return Joined((Head(200, head),), *parts)
    data = b"".join((start.data, content.joined, delta.data, STOP.data))
    return AtOnce(Head(200, head), *parts, data=data, events=content.events + len((start, delta, STOP)))


def body(status: int, data: bytes, head: Mapping[str, str]) -> Sequence[Action]:
    """One body of a known length."""
    return AtOnce(Head(status, {**head, "content-length": str(len(data))}), (Chunk(data), FINISH), data=data)


def error(dialect: Dialect, problem: ApiError, request_id: str, extra: Mapping[str, str]) -> Sequence[Action]:
    """An error's answer, in the words of a gateway; `extra` has passed `headers.carried` already."""
    head = headers.carried(headers.of_error(problem, request_id)) | dict(extra)
    return body(problem.status, error_bytes(dialect, problem, request_id), head)


def scene(dialect: Dialect, request_id: str, chance: Chance, *, socket: bool = True) -> Scene:
    """What faults need to know of the gateway's ways."""

    def of_error(scripted: ScriptedError) -> Chunk:
        return frame(error_frame(dialect, scripted.api_error(dialect), request_id))

    def body(scripted: ScriptedError) -> bytes:
        return error_bytes(dialect, scripted.api_error(dialect), request_id)

    return Scene(of_error, body, chance.rng("faults"), socket)


def status_of(actions: Iterable[Action]) -> int | None:
    """The status that leaves, which need not be the one that was decided; None if no head does."""
    return next((action.status for action in actions if isinstance(action, Head)), None)


def after(seconds: float, actions: Sequence[Action]) -> Sequence[Action]:
    return Joined((Wait(seconds),), actions) if seconds else actions
