"""Streams: one answer whose events can be counted on the fingers, and a sink that remembers what it got."""

from collections.abc import Sequence
from typing import Any

from mockgw.chance import Chance
from mockgw.clock import VirtualClock
from mockgw.delivery import plan
from mockgw.delivery.actions import Action, Chunk, Delivery, Finish, Head, Wait
from mockgw.delivery.encoded import Encoded
from mockgw.delivery.faults.base import Scene
from mockgw.delivery.pacing import INSTANT, Pace
from mockgw.delivery.player import Player
from mockgw.protocol import sse
from mockgw.protocol.dialects import SIRAYA, Dialect
from mockgw.protocol.events import Event
from mockgw.protocol.messages import Message, Text, Thinking, ToolUse
from tests.protocol.answers import message

ANSWER = message(Thinking("Hm so", "sig"), Text("Hello there you all"), ToolUse("toolu_1", "Read", {"path": "a"}))
DELTAS = (["Hm ", "so"], ["Hello ", "there ", "you ", "all"], ['{"pa', 'th": "a"}'])

# The events of ANSWER by number, from 1, without pings.
NAMES = (
    "message_start",
    *("start 0", "Hm ", "so", "sig", "stop 0"),
    *("start 1", "Hello ", "there ", "you ", "all", "stop 1"),
    *("start 2", "", '{"pa', 'th": "a"}', "stop 2"),
    *("message_delta", "message_stop"),
)


def planned(pace: Pace = INSTANT, *, stream: bool = True, delay: float = 0.0, answer: Message = ANSWER) -> list[Action]:
    """The actions of ANSWER, or of another message in deltas of a token each."""
    exact: Sequence[Any] = DELTAS if answer is ANSWER else [None] * len(answer.content)
    content = Encoded(answer.content, exact, pace)
    return plan.answer(answer, content, request_id="req_1", stream=stream, delay=delay, extra={}, chance=Chance(0))


def scene(dialect: Dialect = SIRAYA, *, socket: bool = True) -> Scene:
    """What a fault needs to know of the answer that it strikes."""
    return plan.scene(dialect, "req_1", Chance(0), socket=socket)


def sent(actions: Sequence[Action]) -> bytes:
    """The bytes of a body."""
    return b"".join(action.data for action in actions if isinstance(action, Chunk))


def events(actions: Sequence[Action]) -> list[Event]:
    """The events that arrive, read as a client reads them, without pings."""
    return [event for event in sse.decode(sent(actions)) if event["type"] != "ping"]


def waited(actions: Sequence[Action]) -> float:
    """All waits together, in seconds."""
    return round(sum(action.seconds for action in actions if isinstance(action, Wait)), 9)


def named(event: Event) -> str:
    """An event by its name in NAMES."""
    if "delta" in event and event["type"] == "content_block_delta":
        return str(next(value for key, value in event["delta"].items() if key != "type"))
    kind = event["type"].removeprefix("content_block_")
    return f"{kind} {event['index']}" if "index" in event else str(event["type"])


class Recorder:
    """A sink that notes everything with its moment; `most` bodies, then the connection is gone."""

    def __init__(self, clock: VirtualClock, most: int | None = None) -> None:
        self.notes: list[tuple[float, Any]] = []
        self._clock = clock
        self._most = most

    async def head(self, status: int, headers: dict[str, str]) -> None:
        self._note(status)

    async def body(self, data: bytes, *, more: bool) -> None:
        if self._most is not None and len(self.notes) > self._most:
            raise ConnectionError
        self._note(data if more else (data, "end"))

    async def hold(self) -> None:
        self._note("held")

    async def raw(self, data: bytes) -> None:
        self._note((data, "raw"))

    async def close(self) -> None:
        self._note("closed")

    async def reset(self) -> None:
        self._note("reset")

    def _note(self, what: Any) -> None:
        self.notes.append((round(self._clock.now(), 6), what))


async def played(actions: Sequence[Action], *, time_scale: float = 1.0) -> tuple[list[tuple[float, Any]], Delivery]:
    """What a sink got and when, on a clock that only waits move."""
    clock = VirtualClock()
    sink = Recorder(clock)
    delivery = await Player(sink, clock, time_scale=time_scale).play(actions)
    return sink.notes, delivery


HEAD = Head(200, {"content-type": "text/event-stream; charset=utf-8"})
FINISH = Finish()
