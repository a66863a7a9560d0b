"""Fuzzing: whatever is asked is answered, or refused in the API's envelope and with a place that is there."""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import orjson

from mockgw.delivery.actions import Chunk, Delivery, Head
from mockgw.opened import Opened
from mockgw.pipeline import Pipeline
from mockgw.protocol.requests import Incoming
from tests.fuzz.mutations import mutants
from tests.fuzz.seeds import PATH, Seed
from tests.support import pipeline

LEVELS = ("off", "schema", "strict", "schema-report", "strict-report")
DIALECTS = ("anthropic", "siraya")
STATUSES = (200, 400, 404, 413)  # 404: models
FRESH = 2_000  # requests, after which a gateway is made anew
# What a scenario may do with a request: look at it, quote it, make things of it.
RULES = """
rules:
  - match: {agent: side}
    reply: A side call.
  - match: {structured: true}
    generate: {json: true}
  - match: {body: {tool_choice.type: {in: [any, tool]}}}
    generate: {tool: true}
  - match: {tool_result: {is_error: true}}
    reply: "That was wrong: {{ tool_result }}"
  - match: {system: {contains: brief}, thinking: {in: [adaptive, enabled]}, tools: look}
    content:
      - thinking: "They said {{ prompt }}."
      - text: "{{ request.messages | length }} messages, {{ model }}, step {{ step }} of turn {{ turn }}."
      - tool_use: {name: look, input: {place: "{{ prompt }}"}}
  - match: {reminders: {present: true}, effort: {present: true}, nth_prompt: {gte: 1}}
    reply: Fewer words.
  - fallback: true
    replies: [One., "Two: {{ prompt }}", {text: Three., usage: {input_tokens: 5}}]
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a client got: status, the body, and whether it streams."""

    status: int
    body: bytes
    stream: bool = False


@dataclass(slots=True)
class Tally:
    """What came of many requests."""

    asked: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    def note(self, status: int, problem: str, where: str) -> None:
        self.asked += 1
        self.statuses[status] += 1
        if problem:
            self.problems.append(f"{where}: {problem[:500]}")

    def add(self, other: "Tally") -> None:
        self.asked += other.asked
        self.statuses += other.statuses
        self.problems += other.problems


def scenario(level: str, dialect: str) -> str:
    files = "files: {file_1: {filename: a.txt, text: a}}"  # that a seed names
    return f"gateway: {{dialect: {dialect}, validate: {level}, {files}}}\n{RULES}"


class Gateways:
    """One for each level and dialect, without sockets."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, str], tuple[Pipeline, int]] = {}

    def ask(self, level: str, dialect: str, seed: Seed, raw: bytes) -> Answer:
        gateway, count = self._made.get((level, dialect), (None, 0))
        if gateway is None or count >= FRESH:
            gateway, count = pipeline(scenario(level, dialect)), 0
        self._made[level, dialect] = gateway, count + 1
        sent = {"content-type": "application/json", "x-api-key": "mock", **seed.headers}
        incoming = Incoming("POST", seed.path, sent, body=raw)
        opened = gateway.messages(incoming) if seed.path == PATH else gateway.count_tokens(incoming)
        answer = planned(opened)
        gateway.settle(opened, Delivery(ending="whole"))
        return answer


def planned(opened: Opened) -> Answer:
    """The answer that would leave."""
    head = next(action for action in opened.exchange.actions if isinstance(action, Head))
    data = b"".join(action.data for action in opened.exchange.actions if isinstance(action, Chunk))
    return Answer(head.status, data, "event-stream" in head.headers.get("content-type", ""))


def problem(answer: Answer, raw: bytes, path: str) -> str:
    """What is wrong with an answer; nothing if it is as it should be."""
    if answer.status not in STATUSES:
        return f"status {answer.status}"
    if answer.stream:
        return "" if b"event: message_stop" in answer.body else "a stream without an end"
    try:
        value = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return "no JSON"
    if answer.status == 200:
        is_right = "input_tokens" in value if path != PATH else value.get("type") == "message"
        return "" if is_right else "no message"
    return _wrong_refusal(value, raw)


def _wrong_refusal(value: Any, raw: bytes) -> str:
    error = value.get("error") if isinstance(value, dict) else None
    match error:
        case {"type": str(), "message": str(message)} if message.strip() and len(message.splitlines()) == 1:
            return "" if leads_somewhere(_read(raw), path_of(message)) else f"no such place: {message}"
    return f"no envelope: {value}"


def _read(raw: bytes) -> Any:
    """The body, if it can be read at all."""
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None


def path_of(message: str) -> list[str]:
    """The path that a message begins with, without its last part."""
    found = re.match(r"((?:messages|tools|system|[a-z_]+)(?:\.\w+)*): ", message)
    return found[1].split(".")[:-1] if found else []


def leads_somewhere(value: Any, path: list[str]) -> bool:
    """Whether there is a value at the end of a path in which kinds of values stand too."""
    if not path:
        return True
    step, rest = path[0], path[1:]
    if isinstance(value, list):
        return step.isdecimal() and int(step) < len(value) and leads_somewhere(value[int(step)], rest)
    if not isinstance(value, dict):
        return False
    is_kind = step in (value.get("type"), "custom", "ContainerParams")
    return (is_kind and leads_somewhere(value, rest)) or (step in value and leads_somewhere(value[step], rest))


def run(seed: int, count: int) -> Tally:
    """So many mutants, each asked on one level after the other, in one dialect or the other."""
    tally, gateways = Tally(), Gateways()
    for number, (one, raw) in enumerate(mutants(seed, count)):
        level, dialect = LEVELS[number % len(LEVELS)], DIALECTS[number // len(LEVELS) % len(DIALECTS)]
        where = f"mutant {number} of {seed}, {one.name}, {level}, {dialect}"
        try:
            answer = gateways.ask(level, dialect, one, raw)
            tally.note(answer.status, problem(answer, raw, one.path), where)
        except Exception as error:  # a server would say 500
            tally.note(500, f"{type(error).__name__}: {error}", where)
    return tally
