"""Plan: an answer as the actions that put it on the wire."""

from collections.abc import Mapping, Sequence
from random import Random

import orjson

from mockgw.chance import Chance
from mockgw.delivery.actions import Action, Chunk, Finish, Head, Wait
from mockgw.delivery.faults.base import Scene
from mockgw.delivery.pacing import Pace, length, paced
from mockgw.protocol import headers, sse, tokens
from mockgw.protocol.dialects import Dialect, error_bytes, error_frame
from mockgw.protocol.errors import ApiError
from mockgw.protocol.events import Deltas, block_text, stream
from mockgw.protocol.messages import Message, to_json
from mockgw.protocol.scripted import ScriptedError


def pieces(message: Message, exact: Sequence[Deltas | None], chunk: int) -> list[Deltas]:
    """The deltas of each block: those a script wrote, else `chunk` tokens each."""
    return [
        written if written is not None else tokens.pieces(block_text(block), chunk)
        for block, written in zip(message.content, exact, strict=True)
    ]


def frames(message: Message, exact: Sequence[Deltas | None], pace: Pace, rng: Random) -> list[Action]:
    """The stream's frames and the waits between them."""
    events = stream(message, pieces(message, exact, pace.chunk))
    return paced([Chunk(sse.encode(event), event) for event in events], pace, rng)


def streamed(body: list[Action], *, delay: float, head: dict[str, str]) -> list[Action]:
    return [*_wait(delay), Head(200, head), *body, Finish()]


def whole(message: Message, *, seconds: float, head: dict[str, str]) -> list[Action]:
    """One JSON body, after the time that the stream would have taken."""
    return [*_wait(seconds), *body(200, orjson.dumps(to_json(message)), head)]


def answer(
    message: Message,
    exact: Sequence[Deltas | None],
    *,
    request_id: str,
    stream: bool,
    pace: Pace,
    delay: float,
    extra: dict[str, str],
    chance: Chance,
) -> list[Action]:
    """The actions of a message, streamed or not. `delay` in seconds, before the first byte."""
    if stream:
        timed = frames(message, exact, pace, chance.rng("pace"))
        return streamed(timed, delay=delay, head=headers.of_stream(request_id) | extra)
    duration = 0.0 if pace.instant else length(frames(message, exact, pace, chance.rng("pace")))
    return whole(message, seconds=delay + duration, head=headers.of_json(request_id) | extra)


def body(status: int, data: bytes, head: dict[str, str]) -> list[Action]:
    """One body of a known length."""
    return [Head(status, head | {"content-length": str(len(data))}), Chunk(data), Finish()]


def error(dialect: Dialect, problem: ApiError, request_id: str, extra: Mapping[str, str]) -> list[Action]:
    """An error's answer, in the words of a gateway; `extra` has passed `headers.carried` already."""
    head = headers.carried(headers.of_error(problem, request_id)) | dict(extra)
    return body(problem.status, error_bytes(dialect, problem, request_id), head)


def scene(dialect: Dialect, request_id: str, chance: Chance, *, socket: bool = True) -> Scene:
    """What faults need to know of the gateway's ways."""

    def frame(scripted: ScriptedError) -> Chunk:
        event = error_frame(dialect, scripted.api_error(dialect), request_id)
        return Chunk(sse.encode(event), event)

    def body(scripted: ScriptedError) -> bytes:
        return error_bytes(dialect, scripted.api_error(dialect), request_id)

    return Scene(frame, body, chance.rng("faults"), socket)


def after(delay: float, actions: list[Action]) -> list[Action]:
    return [*_wait(delay), *actions]


def _wait(seconds: float) -> list[Action]:
    return [Wait(seconds)] if seconds else []
