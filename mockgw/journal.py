"""Journal: every exchange as plain data, the newest kept, bounded in number and bytes."""

import json
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING, Any

import orjson

from mockgw.delivery.actions import Action, Delivery
from mockgw.delivery.faults.marks import Mark
from mockgw.delivery.played import Played, played
from mockgw.protocol.errors import ApiError
from mockgw.protocol.messages import Block, Message, Text, ToolUse, Usage, block_json
from mockgw.protocol.sent import Shown

if TYPE_CHECKING:
    from mockgw.delivery.told import Told

KEPT = 10_000
KEPT_BYTES = 64 * 1024 * 1024
NOTHING = Delivery()
THOUGHTS = ("thinking", "redacted_thinking")


@dataclass(slots=True)
class Exchange:
    """One request and what became of it. `started` is a reading of the clock, `received` the time of day.

    `key` is masked: the journal is shown. `batch` is the message batch that it is part of, and its own id there.
    `faults` are all that strike; `chaos` is what struck over the script, and by whose wish. `nth_request` and `clock`
    are what rules saw; `number` counts the exchanges of this run. Tries of one call have the same `call`, which is the
    id of the first of them; it is empty when no rule was asked. `validation` is what was wrong with the request, or
    with its answer, and only noted. `tool_calls` are the ids of the calls in the answer, `thoughts` is how many blocks
    of thinking stand beside them, `told` what the client heard of an answer that went wrong, or came after such. `cost`
    is in picodollars, None if there is none or nobody knows it. `provider` is the one that served, `tried` are all that
    were tried, with what each came to. `leaving` is whether its last bytes are on their way. `actions` are those of an
    answer under way, which is `under_way`; `played` is what they came to. `marks` are where faults have struck,
    `kept_bytes` is what the journal counts it for. `conversation` and `prompt` are found out when somebody asks.
    """

    request_id: str
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    received: datetime
    started: float
    session: str
    number: int = 0
    nth_request: int = 0
    clock: float = 0.0
    batch: str = ""
    key: str = ""
    model: str = ""
    scenario: str = ""
    rule: str = ""
    call: str = ""
    attempt: int = 0
    stream: bool = False
    status: int = 0
    answer: str = ""
    faults: tuple[str, ...] = ()
    chaos: str = ""
    refusal: str = ""
    message: str = ""
    validation: str = ""
    usage: Usage | None = None
    cost: int | None = None
    provider: str = ""
    tried: tuple[str, ...] = ()
    tool_calls: tuple[str, ...] = ()
    thoughts: int = 0
    told: "Told | None" = None
    actions: Sequence[Action] = ()
    leaving: bool = False
    delivery: Delivery = field(default_factory=lambda: NOTHING)
    under_way: Delivery | None = None
    played: Played | None = None
    marks: tuple[Mark, ...] = ()
    kept_bytes: int = 0
    conversation: str | None = None
    prompt: str = ""

    def tell(self, delivery: Delivery) -> None:
        """Write down what the client heard of its answer, as long as the actions are known."""
        from mockgw.delivery.told import told  # most answers are whole messages

        self.told = told(self.actions, delivery, stream=self.stream)

    def note(self, rule: str, answer: Message | ApiError, faults: tuple[str, ...], chaos: str) -> None:
        """Write down what was decided."""
        self.rule, self.faults, self.chaos = rule, faults, chaos
        if isinstance(answer, Message):
            self.status, self.answer, self.usage = 200, outline(answer), answer.usage
            self.tool_calls = tuple([block_json(one)["id"] for one in answer.content if _is_call(one)])
            if self.tool_calls:
                self.thoughts = sum(_kind_on_the_wire(one) in THOUGHTS for one in answer.content)
        else:
            self.status, self.answer, self.message = answer.status, answer.type, answer.message

    @property
    def has_ended(self) -> bool:
        """Whether all of its answer has left that will."""
        return bool(self.delivery.ending)

    @property
    def went_wrong(self) -> bool:
        """Whether the client got an error, or not the whole of an answer; what it left by itself went well."""
        left = self.delivery.ending == "left" and not self.faults
        if self.status >= 400 or self.told is None or left:
            return self.status >= 400
        return self.told.heard is None or not self.told.heard.whole

    @property
    def size_bytes(self) -> int:
        """About what it takes to keep it."""
        headers = self.headers if isinstance(self.headers, Shown) else Shown(self.headers)
        texts = len(self.path) + len(self.message) + len(self.session) + len(self.model)
        return len(self.body) + texts + headers.size_bytes

    def summary(self) -> dict[str, Any]:
        """The exchange in a line's worth of plain data: no bodies, no secrets, durations in seconds."""
        return {
            "time": self.received.isoformat(),
            "request_id": self.request_id,
            "session": self.session,
            "method": self.method,
            "path": self.path,
            "model": self.model,
            "scenario": self.scenario,
            "rule": self.rule,
            "call": self.call,
            "attempt": self.attempt,
            "batch": self.batch,
            "stream": self.stream,
            "status": self.status,
            "answer": self.answer,
            "faults": list(self.faults),
            "chaos": self.chaos,
            "refusal": self.refusal,
            "message": self.message,
            "validation": self.validation,
            "input_tokens": self.usage.input_tokens if self.usage else None,
            "output_tokens": self.usage.output_tokens if self.usage else None,
            "cache_creation_input_tokens": self.usage.cache_creation_input_tokens if self.usage else None,
            "cache_read_input_tokens": self.usage.cache_read_input_tokens if self.usage else None,
            "cost": None if self.cost is None else _dollars(self.cost),
            "provider": self.provider,
            "tried": list(self.tried),
            **(self.under_way or self.delivery).summary(self.started),
        }

    def record(self) -> dict[str, Any]:
        """The summary and the request, from which `mockgw explain` can tell why it was answered so."""
        sent = {"method": self.method, "path": self.path, "headers": dict(self.headers), "body": _readable(self.body)}
        return {**self.summary(), "request": sent}

    def line(self, run: str) -> bytes:
        """The record as a line of JSON; `run` tells one run of the server from the next."""
        record = {"run": run, **self.record()}
        try:
            return orjson.dumps(record) + b"\n"
        except orjson.JSONEncodeError:  # nested too deeply, or text that is not Unicode
            record["request"]["body"] = self.body.decode(errors="replace")
            return json.dumps(record).encode() + b"\n"


def _dollars(cost: int) -> str:
    from mockgw.scenario.gateway.amounts import dollars  # few gateways have prices

    return dollars(cost)


def _readable(body: bytes) -> Any:
    """A body as JSON if it is an object or a list, else as text."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        value = None
    return value if isinstance(value, dict | list) else body.decode(errors="replace")


def outline(message: Message) -> str:
    """What an answer consists of, in a few words: `thinking, Read(), end_turn`."""
    return ", ".join([*dict.fromkeys(map(_kind, message.content)), message.stop_reason])


def _is_call(block: Block) -> bool:
    return not isinstance(block, Text) and _kind_on_the_wire(block) == "tool_use" and "id" in block_json(block)


def _kind_on_the_wire(block: Block) -> object:
    return block_json(block).get("type")


def _kind(block: Block) -> str:
    if isinstance(block, Text):
        return "text"
    return f"{block.name}()" if isinstance(block, ToolUse) else str(_kind_on_the_wire(block) or "block")


class Journal:
    """The newest exchanges, from the moment they are answered; older ones are evicted, and counted by session.

    `watchers` hear of each twice: when it begins and when it has ended. `keepers` hear what is about to be forgotten by
    a reset: a session's name, its exchanges, and how many of them were evicted before.
    """

    def __init__(self, *, kept: int = KEPT, kept_bytes: int = KEPT_BYTES) -> None:
        self._kept = kept
        self._kept_bytes = kept_bytes
        self._exchanges: deque[Exchange] = deque()
        self._bytes = 0
        self._numbers = count(1)
        self._evicted: Counter[str] = Counter()
        self.watchers: list[Callable[[Exchange], None]] = []
        self.keepers: list[Callable[[str, Sequence[Exchange], int], None]] = []

    def keep_more(self, kept: int, kept_bytes: int) -> None:
        """From now on keep so many, if it were fewer."""
        self._kept, self._kept_bytes = max(self._kept, kept), max(self._kept_bytes, kept_bytes)

    def begin(self, exchange: Exchange) -> None:
        """Keep an exchange, whose answer is about to leave."""
        exchange.number = next(self._numbers)
        self._exchanges.append(exchange)
        self._count(exchange, exchange.size_bytes)
        for watch in self.watchers:
            watch(exchange)

    def end(self, exchange: Exchange, delivery: Delivery) -> None:
        """Its answer has left, or as much of it as will; the actions are let go, and what they came to is kept."""
        exchange.delivery, exchange.under_way = delivery, None
        exchange.played = answer = played(exchange.actions)
        exchange.actions = ()
        if exchange.kept_bytes:
            self._count(exchange, answer.size_bytes)
        for watch in self.watchers:
            watch(exchange)

    def evicted(self, session: str | None = None) -> int:
        """How many exchanges of a session, or of all, are no longer known."""
        return self._evicted.total() if session is None else self._evicted[session]

    def reset(self, session: str | None = None) -> None:
        """Forget the exchanges of one session, or all."""
        for name, exchanges, evicted in self.by_session() if self.keepers else ():
            if session in (None, name):
                for keep in self.keepers:
                    keep(name, exchanges, evicted)
        gone = [exchange for exchange in self._exchanges if session in (None, exchange.session)]
        self._exchanges = deque(exchange for exchange in self._exchanges if session not in (None, exchange.session))
        for exchange in gone:
            self._discount(exchange)
        if session is None:
            self._evicted.clear()
        else:
            self._evicted.pop(session, None)

    def of(self, session: str | None = None) -> list[Exchange]:
        """The exchanges of a session, or all, the oldest first."""
        return [exchange for exchange in self._exchanges if session is None or exchange.session == session]

    def by_session(self) -> list[tuple[str, list[Exchange], int]]:
        """Each session that it has heard of: its exchanges, the oldest first, and how many are no longer known."""
        found: dict[str, list[Exchange]] = {name: [] for name, count in self._evicted.items() if count}
        for exchange in self._exchanges:
            found.setdefault(exchange.session, []).append(exchange)
        return [(name, exchanges, self._evicted[name]) for name, exchanges in found.items()]

    def find(self, request_id: str) -> Exchange | None:
        """The newest exchange with this id."""
        return next((exchange for exchange in reversed(self._exchanges) if exchange.request_id == request_id), None)

    def giver(self, session: str, call: str) -> Exchange | None:
        """The newest exchange of a session whose answer made this tool call."""
        return next(
            (one for one in reversed(self._exchanges) if one.session == session and call in one.tool_calls), None
        )

    @property
    def last(self) -> Exchange | None:
        """The newest."""
        return self._exchanges[-1] if self._exchanges else None

    def _count(self, exchange: Exchange, size: int) -> None:
        """It takes so many bytes more; the oldest make room for it."""
        exchange.kept_bytes += size
        self._bytes += size
        while len(self._exchanges) > self._kept or (self._bytes > self._kept_bytes and len(self._exchanges) > 1):
            self._evict()

    def _evict(self) -> None:
        oldest = self._exchanges.popleft()
        self._evicted[oldest.session] += 1
        self._discount(oldest)

    def _discount(self, exchange: Exchange) -> None:
        self._bytes -= exchange.kept_bytes
        exchange.kept_bytes = 0

    def __iter__(self) -> Iterator[Exchange]:
        return iter(self._exchanges)

    def __len__(self) -> int:
        return len(self._exchanges)
