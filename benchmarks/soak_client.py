"""Clients of the soak test: each asks for one thing after the other, and says what it saw of every answer."""

import asyncio
import json
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from cases import agent_turn, short_turn

PATIENCE = 30.0  # seconds after which an answer that is not there is called silent
IMPATIENCE = 0.2  # seconds, at most, after which one who leaves has left
LEAVING = 0.03  # so many of the requests are left before their end
LARGE = 0.05  # so many have the body of a coding agent
MARKER = "soak-marker"
# What is asked for, and how often beside the others. Each is a rule of soak.yaml.
WISHES = {
    "whole": 30,
    "pieces": 20,
    "paced": 10,
    "agent": 10,
    "echo": 10,
    "refused": 5,
    "truncated": 5,
    "failing": 5,
    "stalling": 2,
    "hanging": 1,
}

# What a client saw: all of the answer, an error instead of it, an error in it, a part as if it were all, no end of it,
# something else, nothing, or as much as it wanted.
Kind = Literal["whole", "error", "error event", "cut", "lost", "garbled", "silent", "left"]
Blocks = list[tuple[str, str]]  # of each block its type and its text


@dataclass(frozen=True, slots=True)
class Wish:
    """What a client asks for: the rule that answers, and the blocks of a right answer."""

    rule: str
    prompt: str
    stream: bool
    blocks: Blocks


@dataclass(frozen=True, slots=True)
class Seen:
    """What a client saw of the answer to a request that only its marker tells from others."""

    marker: str
    wish: Wish
    kind: Kind
    status: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that has come to its end, as HTTP has it."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Client:
    """One client with one connection at a time, which it keeps as long as answers are whole."""

    def __init__(self, port: int, name: str, texts: Mapping[str, Blocks]) -> None:
        self._port = port
        self._name = name
        self._texts = texts
        self._rng = random.Random(name)
        self._asked = 0
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def run(self, tell: Callable[[Seen], None], until: Callable[[], bool], think: float) -> None:
        """Ask until it is time to go, thinking for up to so many seconds between two requests."""
        while not until():
            tell(await self._ask(self._wish()))
            await asyncio.sleep(self._rng.uniform(0.0, think))
        self._leave()

    def _wish(self) -> Wish:
        rule = self._rng.choices(list(WISHES), list(WISHES.values()))[0]
        prompt = f"echo {self._rng.randrange(1000)}" if rule == "echo" else rule
        blocks = [("text", f"You said: {prompt}")] if rule == "echo" else self._texts.get(rule, [])
        streamed = rule == "failing" or self._rng.random() < 0.5
        return Wish(rule, prompt, streamed, blocks)

    async def _ask(self, wish: Wish) -> Seen:
        self._asked += 1
        marker = f"soak-{self._name}-{self._asked}"
        patience = self._patience(wish)
        try:
            async with asyncio.timeout(patience):
                answer = await self._answer(self._request(wish, marker))
        except TimeoutError:
            self._leave()
            return Seen(marker, wish, "silent" if patience == PATIENCE else "left")
        except (OSError, EOFError, ValueError, asyncio.LimitOverrunError):
            self._leave()
            return Seen(marker, wish, "lost")
        kind = judged(answer, wish, marker)
        if kind != "whole" or answer.headers.get("connection") == "close":
            self._leave()
        return Seen(marker, wish, kind, answer.status)

    def _patience(self, wish: Wish) -> float:
        leaves = wish.rule == "hanging" or self._rng.random() < LEAVING
        return self._rng.uniform(0.0, IMPATIENCE) if leaves else PATIENCE

    def _request(self, wish: Wish, marker: str) -> bytes:
        fields = short_turn(wish.prompt) | {"model": marker, "stream": wish.stream}
        body = json.dumps(fields)
        if wish.rule == "agent" and self._rng.random() < LARGE * sum(WISHES.values()) / WISHES["agent"]:
            body = large_body(stream=wish.stream).replace(MARKER, marker)
        head = (
            "POST /v1/messages HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
            f"x-api-key: soak\r\ncontent-length: {len(body.encode())}\r\n\r\n"
        )
        return head.encode() + body.encode()

    async def _answer(self, request: bytes) -> Answer:
        if self._writer is None or self._reader is None:
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._writer.write(request)
        answer = await read(self._reader)
        if answer.headers.get("connection") == "close" and await self._reader.read():
            raise ValueError("something comes after an answer that was the last")
        return answer

    def _leave(self) -> None:
        """End the connection: politely or not."""
        if self._writer is not None:
            with suppress(OSError):
                self._writer.close() if self._rng.random() < 0.5 else self._writer.transport.abort()
        self._reader = self._writer = None


@cache
def large_body(*, stream: bool) -> str:
    return json.dumps(agent_turn("agent") | {"model": MARKER, "stream": stream})


async def read(reader: asyncio.StreamReader) -> Answer:
    """One answer; EOFError, ValueError or OSError when it does not come to its end."""
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    version, status, *_ = first.split(" ")
    if version != "HTTP/1.1":
        raise ValueError(f"no HTTP: {first!r}")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines if line)}
    if "content-length" in headers:
        return Answer(int(status), headers, await reader.readexactly(int(headers["content-length"])))
    return Answer(int(status), headers, b"".join([part async for part in chunks(reader)]))


async def chunks(reader: asyncio.StreamReader) -> Any:
    while size := int(await reader.readuntil(b"\r\n"), 16):
        yield (await reader.readexactly(size + 2))[:-2]
    await reader.readexactly(2)


def judged(answer: Answer, wish: Wish, marker: str) -> Kind:
    """What an answer is that has come to its end as HTTP has it."""
    if answer.status != 200:
        return "error"
    content_type = "text/event-stream" if wish.stream else "application/json"
    if content_type not in answer.headers.get("content-type", ""):
        return "garbled"
    try:
        return _stream(answer.body, wish, marker) if wish.stream else _message(answer.body, wish, marker)
    except (ValueError, LookupError, TypeError, StopIteration):
        return "garbled"


def _message(body: bytes, wish: Wish, marker: str) -> Kind:
    try:
        message = json.loads(body)
    except ValueError:
        return "cut"
    blocks = [(block["type"], block[block["type"]]) for block in message["content"]]
    right = blocks == wish.blocks and message["model"] == marker and message["stop_reason"] == "end_turn"
    return "whole" if right else "garbled"


def _stream(body: bytes, wish: Wish, marker: str) -> Kind:
    told = [event for event in events(body) if event["type"] != "ping"]
    if told and told[-1]["type"] == "error":
        return "error event"
    blocks: Blocks = []
    if told and told[0]["message"]["model"] != marker:
        return "garbled"
    for index, event in enumerate(told):
        if not follows(event, told[index - 1] if index else None, blocks):
            return "garbled"
    if not told or told[-1]["type"] != "message_stop":
        return "cut"
    return "whole" if blocks == wish.blocks else "garbled"


def events(body: bytes) -> Iterator[dict[str, Any]]:
    """The events of a stream; ValueError where one is none. What is cut within an event ends before it."""
    *frames, _ = body.decode().split("\n\n")
    for frame in frames:
        name, data = frame.split("\n")
        event = json.loads(data.removeprefix("data: "))
        if name != f"event: {event['type']}":
            raise ValueError(f"this is no event: {frame!r}")
        yield event


# What may come after each type of event.
FOLLOWING = {
    None: {"message_start"},
    "message_start": {"content_block_start", "message_delta"},
    "content_block_start": {"content_block_delta", "content_block_stop"},
    "content_block_delta": {"content_block_delta", "content_block_stop"},
    "content_block_stop": {"content_block_start", "message_delta"},
    "message_delta": {"message_stop"},
}


def follows(event: dict[str, Any], before: dict[str, Any] | None, blocks: Blocks) -> bool:
    """Whether an event may come after another one; what it adds goes into the blocks."""
    if event["type"] not in FOLLOWING.get(before["type"] if before else None, ()):
        return False
    if event["type"] == "content_block_start":
        blocks.append((event["content_block"]["type"], ""))
    if "index" in event and event["index"] != len(blocks) - 1:
        return False
    if event["type"] == "content_block_delta" and event["delta"]["type"] != "signature_delta":
        kind, text = blocks[-1]
        blocks[-1] = (kind, text + event["delta"][kind])
    return True
