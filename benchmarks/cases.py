"""Cases: what is asked of the servers, and the bytes of each request."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

STEP = 0.020  # seconds between the deltas of `bench-slow`, as bench.yaml has it
TOOLS = 18
TURNS = 30
SEED = 7
LETTERS = "eeeeeetttttaaaaooooiiiinnnnssshhhrrrdddllccuummwwffggyyppbbvk"


@dataclass(frozen=True, slots=True)
class Case:
    """One kind of request. A paced one is asked of so many streams at once, each a single time."""

    name: str
    title: str
    prompt: str
    stream: bool = False
    large: bool = False
    deltas: int = 0
    paced: bool = False

    @property
    def path(self) -> str:
        return f"/v1/messages?case={self.name}"

    def body(self) -> bytes:
        fields = _agent_turn(self.prompt) if self.large else _short_turn(self.prompt)
        return json.dumps({**fields, "stream": self.stream}, separators=(",", ":")).encode()

    def request(self) -> bytes:
        """The whole request as it goes through the socket."""
        body = self.body()
        head = (
            f"POST {self.path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
            f"x-api-key: bench\r\nanthropic-version: 2023-06-01\r\ncontent-length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


CASES = {
    case.name: case
    for case in (
        Case("small", "small body", "bench-text"),
        Case("large", "large body", "bench-text", large=True),
        Case("stream", "stream of 40 deltas", "bench-d40", stream=True, deltas=40),
        Case("paced", "200 deltas, 20 ms apart", "bench-slow", stream=True, deltas=200, paced=True),
    )
}


def _short_turn(prompt: str) -> dict[str, Any]:
    return {
        "model": "claude-sonnet-4-5",
        "max_tokens": 1024,
        "metadata": {"user_id": "bench"},
        "system": "You answer in one paragraph of plain text.",
        "messages": [{"role": "user", "content": prompt}],
    }


def _agent_turn(prompt: str) -> dict[str, Any]:
    """What a coding agent sends late in its work: 142 kB of system prompt, tools and transcript."""
    rng = random.Random(SEED)
    return {
        "model": "claude-sonnet-4-5",
        "max_tokens": 32_000,
        "metadata": {"user_id": "bench"},
        "system": [_text("You are a coding agent."), _text(_prose(rng, 3000))],
        "tools": [_tool(rng, f"Tool{number:02d}") for number in range(TOOLS)],
        "messages": [*_transcript(rng), {"role": "user", "content": [_reminder(rng), _text(prompt)]}],
    }


def _transcript(rng: random.Random) -> Iterator[dict[str, Any]]:
    yield {"role": "user", "content": [_text(_prose(rng, 200))]}
    for number in range(TURNS):
        call = {"type": "tool_use", "id": f"toolu_{number:024d}", "name": "Tool00"}
        yield {"role": "assistant", "content": [_text(_prose(rng, 35)), call | {"input": {"path": _prose(rng, 12)}}]}
        lines = "\n".join(f"{line}\t{_prose(rng, 9)}" for line in range(20))
        result = {"type": "tool_result", "tool_use_id": call["id"], "content": lines}
        yield {"role": "user", "content": [result]}
    yield {"role": "assistant", "content": [_text(_prose(rng, 60))]}


def _tool(rng: random.Random, name: str) -> dict[str, Any]:
    properties = {f"field_{number}": {"type": "string", "description": _prose(rng, 18)} for number in range(6)}
    schema = {"type": "object", "properties": properties, "required": ["field_0"], "additionalProperties": False}
    return {"name": name, "description": _prose(rng, 475), "input_schema": schema}


def _reminder(rng: random.Random) -> dict[str, Any]:
    return _text(f"<system-reminder>\n{_prose(rng, 40)}\n</system-reminder>")


def _text(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


def _prose(rng: random.Random, words: int) -> str:
    return " ".join("".join(rng.choices(LETTERS, k=rng.randint(2, 8))) for _ in range(words))
