"""Streams: one answer whose events can be counted on the fingers, and a sink that remembers what it got."""

from collections.abc import Sequence
from typing import Any

from pydantic import TypeAdapter

from mockgw.chance import Chance
from mockgw.clock import VirtualClock
from mockgw.delivery import plan
from mockgw.delivery.actions import Action, Chunk, Delivery, Finish, Flush, Head, Raw, Wait
from mockgw.delivery.encoded import Encoded
from mockgw.delivery.faults import Faults, strike
from mockgw.delivery.faults.base import Fault, Scene
from mockgw.delivery.pacing import INSTANT, Pace
from mockgw.delivery.player import Player
from mockgw.protocol import sse
from mockgw.protocol.dialects import SIRAYA, Dialect
from mockgw.protocol.events import Event
from mockgw.protocol.messages import Message, Text, Thinking, ToolUse
from tests.protocol.answers import message

ANSWER = message(Thinking("Hm so", "sig"), Text("Hello there you all"), ToolUse("toolu_1", "Read", {"path": "a"}))
DELTAS = (["Hm ", "so"], ["Hello ", "there ", "you ", "all"], ['{"pa', 'th": "a"}'])

READ: TypeAdapter[tuple[Fault, ...]] = TypeAdapter(Faults)
PACED = Pace(ttft=2, interval=1)

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
    return list(answered(pace, stream=stream, delay=delay, answer=answer))


def answered(
    pace: Pace = INSTANT, *, stream: bool = True, delay: float = 0.0, answer: Message = ANSWER
) -> Sequence[Action]:
    """The same as a request gets it."""
    exact: Sequence[Any] = DELTAS if answer is ANSWER else [None] * len(answer.content)
    content = Encoded(answer.content, exact, pace)
    return plan.answer(answer, content, request_id="req_1", stream=stream, delay=delay, extra={}, chance=Chance(0))


def scene(dialect: Dialect = SIRAYA, *, socket: bool = True, seed: int = 0) -> Scene:
    """What a fault needs to know of the answer that it strikes."""
    return plan.scene(dialect, "req_1", Chance(seed), socket=socket)


def sent(actions: Sequence[Action]) -> bytes:
    """The bytes of a body."""
    return b"".join(action.data for action in actions if isinstance(action, Chunk))


def sends(actions: Sequence[Action]) -> list[tuple[float, bytes]]:
    """What leaves and when, in seconds from the request: all that is due at one instant at once, up to a flush."""
    found: list[tuple[float, bytes]] = []
    now, parted = 0.0, True
    for action in actions:
        match action:
            case Wait(seconds):
                now, parted = now + seconds, parted or seconds > 0
            case Flush():
                parted = True
            case Chunk(data=data) | Raw(data=data):
                joined = b"" if parted else found.pop()[1]
                found.append((round(now, 6), joined + data))
                parted = False
    return found


def begins(actions: Sequence[Action], whole: Sequence[Action]) -> bool:
    """Whether what leaves is the beginning of what was to leave, each byte at its moment."""
    part, expected = sends(actions), sends(whole)
    *earlier, (moment, last) = part or [(0.0, b"")]
    then, data = expected[len(earlier)]
    return earlier == expected[: len(earlier)] and data.startswith(last) and moment == (then if part else 0.0)


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


def names(actions: Sequence[Action]) -> list[str]:
    """The events that arrive, by their names in NAMES."""
    return [named(event) for event in events(actions)]


def read(fault: Any) -> tuple[Fault, ...]:
    """Faults as they are written."""
    return READ.validate_python(fault)


def struck(
    fault: Any, pace: Pace = INSTANT, *, stream: bool = True, delay: float = 0.0, answer: Message = ANSWER
) -> list[Action]:
    """The actions of an answer with faults in them."""
    return strike(planned(pace, stream=stream, delay=delay, answer=answer), read(fault), scene())


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
