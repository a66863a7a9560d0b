"""Plan: an answer as the actions that put it on the wire."""

from collections.abc import Mapping

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
        return [
            *_wait(delay),
            Head(200, {**headers.of_stream(request_id), **extra}),
            *frames(message, content, chance),
            FINISH,
        ]
    seconds = delay if content.pace.instant else delay + length(content.actions(chance))
    data = orjson.dumps(around(orjson.Fragment(content.json), message))
    return [*_wait(seconds), *body(200, data, {**headers.of_json(request_id), **extra})]


def frames(message: Message, content: Encoded, chance: Chance) -> list[Action]:
    """The stream's frames and the waits between them."""
    delta, _ = events.end(message)
    return [frame(events.start(message)), *content.actions(chance), frame(delta), STOP]


def body(status: int, data: bytes, head: dict[str, str]) -> list[Action]:
    """One body of a known length."""
    return [Head(status, head | {"content-length": str(len(data))}), Chunk(data), FINISH]


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


def after(delay: float, actions: list[Action]) -> list[Action]:
    return [*_wait(delay), *actions]


def _wait(seconds: float) -> list[Action]:
    return [Wait(seconds)] if seconds else []
