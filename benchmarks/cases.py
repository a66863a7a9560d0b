"""Cases: what is asked of the servers, and the bytes of each request."""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

STEP = 0.020  # seconds between the deltas of `bench-slow`, as bench.yaml has it
TOOLS = 18
TURNS = 30
SEED = 7
LETTERS = "eeeeeetttttaaaaooooiiiinnnnssshhhrrrdddllccuummwwffggyyppbbvk"
MODEL = "claude-sonnet-4-5"

Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """One kind of request. One with deltas asks for a stream."""

    name: str
    title: str
    prompt: str
    fields: Callable[[str], Fields]
    deltas: int = 0

    @property
    def path(self) -> str:
        return f"/v1/messages?case={self.name}"

    def body(self) -> bytes:
        fields = {**self.fields(self.prompt), "stream": bool(self.deltas)}
        return json.dumps(fields, separators=(",", ":")).encode()

    def request(self) -> bytes:
        """The whole request as it goes through the socket."""
        body = self.body()
        head = (
            f"POST {self.path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
            f"x-api-key: bench\r\nanthropic-version: 2023-06-01\r\ncontent-length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


def short_turn(prompt: str) -> Fields:
    return {
        "model": MODEL,
        "max_tokens": 1024,
        "metadata": {"user_id": "bench"},
        "system": "You answer in one paragraph of plain text.",
        "messages": [{"role": "user", "content": prompt}],
    }


def agent_turn(prompt: str) -> Fields:
    """What a coding agent sends late in its work: 142 kB of system prompt, tools and transcript."""
    rng = random.Random(SEED)
    return {
        "model": MODEL,
        "max_tokens": 32_000,
        "metadata": {"user_id": "bench"},
        "system": [_text("You are a coding agent."), _text(_prose(rng, 3000))],
        "tools": [_tool(rng, f"Tool{number:02d}") for number in range(TOOLS)],
        "messages": [*_transcript(rng, TURNS), {"role": "user", "content": [_reminder(rng), _text(prompt)]}],
    }


def long_turn(prompt: str, messages: int) -> Fields:
    """A transcript of so many messages, half of them calls of a tool and half its results; then the prompt."""
    rng = random.Random(SEED)
    return {
        "model": MODEL,
        "max_tokens": 1024,
        "tools": [_tool(rng, "Tool00")],
        "messages": [*_transcript(rng, messages // 2 - 1), {"role": "user", "content": [_text(prompt)]}],
    }


def _transcript(rng: random.Random, turns: int) -> Iterator[Fields]:
    yield {"role": "user", "content": [_text(_prose(rng, 200))]}
    for number in range(turns):
        call = {"type": "tool_use", "id": f"toolu_{number:024d}", "name": "Tool00"}
        yield {"role": "assistant", "content": [_text(_prose(rng, 35)), call | {"input": {"path": _prose(rng, 12)}}]}
        lines = "\n".join(f"{line}\t{_prose(rng, 9)}" for line in range(20))
        result = {"type": "tool_result", "tool_use_id": call["id"], "content": lines}
        yield {"role": "user", "content": [result]}
    yield {"role": "assistant", "content": [_text(_prose(rng, 60))]}


def _tool(rng: random.Random, name: str) -> Fields:
    properties = {f"field_{number}": {"type": "string", "description": _prose(rng, 18)} for number in range(6)}
    schema = {"type": "object", "properties": properties, "required": ["field_0"], "additionalProperties": False}
    return {"name": name, "description": _prose(rng, 475), "input_schema": schema}


def _reminder(rng: random.Random) -> Fields:
    return _text(f"<system-reminder>\n{_prose(rng, 40)}\n</system-reminder>")


def _text(text: str) -> Fields:
    return {"type": "text", "text": text}


def _prose(rng: random.Random, words: int) -> str:
    return " ".join("".join(rng.choices(LETTERS, k=rng.randint(2, 8))) for _ in range(words))


SMALL = Case("small", "small body", "bench-text", short_turn)
LARGE = Case("large", "body of 142 kB", "bench-text", agent_turn)
STREAM = Case("stream", "stream of 40 deltas", "bench-d40", short_turn, deltas=40)
PACED = Case("paced", "200 deltas, 20 ms apart", "bench-slow", short_turn, deltas=200)
CASES = (SMALL, LARGE, STREAM, PACED)
TRANSCRIPTS = tuple(
    Case(f"messages-{count}", f"{count} messages", "bench-text", partial(long_turn, messages=count))
    for count in (100, 1000)
)
