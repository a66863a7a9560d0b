"""Plan: an answer as the actions that put it on the wire."""

from collections.abc import Iterable, Mapping

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


class AtOnce(list[Action]):
    """The actions of an answer without a wait, and what they come to: the bytes of its body, how many events it has."""

    __slots__ = ("data", "events")

    def __init__(self, actions: Iterable[Action], data: bytes, events: int = 0) -> None:
        super().__init__(actions)
        self.data = data
        self.events = events

    @property
    def head(self) -> Head:
        """What stands before the body."""
        first = self[0]
        assert isinstance(first, Head)
        return first


def answer(
    message: Message,
    content: Encoded,
    *,
    request_id: str,
    stream: bool,
    delay: float,
    extra: Mapping[str, str],
    chance: Chance,
) -> list[Action]:
    """The actions of a message, streamed or not; `content` is its own. `delay` in seconds, before the first byte."""
    if stream:
        return after(delay, streamed(message, content, {**headers.of_stream(request_id), **extra}, chance))
    seconds = delay if content.instant else delay + length(content.actions(chance))
    data = orjson.dumps(around(orjson.Fragment(content.json), message))
    return after(seconds, body(200, data, {**headers.of_json(request_id), **extra}))


def streamed(message: Message, content: Encoded, head: dict[str, str], chance: Chance) -> list[Action]:
    """The stream's frames and the waits between them."""
    start, delta = frame(events.start(message)), frame(events.end(message)[0])
    actions = [Head(200, head), start, *content.actions(chance), delta, STOP, FINISH]
    if not content.instant:
        return actions
    data = b"".join((start.data, content.joined, delta.data, STOP.data))
    return AtOnce(actions, data, content.events + len((start, delta, STOP)))


def body(status: int, data: bytes, head: Mapping[str, str]) -> list[Action]:
    """One body of a known length."""
    return AtOnce((Head(status, {**head, "content-length": str(len(data))}), Chunk(data), FINISH), data)


def error(dialect: Dialect, problem: ApiError, request_id: str, extra: Mapping[str, str]) -> list[Action]:
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


def after(seconds: float, actions: list[Action]) -> list[Action]:
    return [Wait(seconds), *actions] if seconds else actions
