"""Pacing: when each piece of an answer leaves."""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from random import Random
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, ConfigDict, WithJsonSchema, model_serializer, model_validator

from mockgw.delivery.actions import Action, Chunk, Wait
from mockgw.later import ByType, Later
from mockgw.notation import (
    ABOVE_ZERO_SCHEMA,
    DURATION_SCHEMA,
    DURATION_TEXT_SCHEMA,
    PERIOD_SCHEMA,
    SHARE_SCHEMA,
    Count,
    Duration,
    JsonSchema,
    Number,
    OrShort,
    Share,
    Written,
    exclusive_schemas,
)
from mockgw.protocol import tokens
from mockgw.protocol.events import PING, Event
from mockgw.protocol.sse import PING_FRAME
from mockgw.values import light

WIDEST = 10  # a sigma beyond this is a typing error, and soon more than a float can hold
MOST_PINGS = 100_000  # of an answer: of a stall some six days; each is planned before the first leaves
MOST_DRAWS = 20  # with a `max` at the median or above it, one delay in a million needs more


class Fixed(Written):
    """The same delay every time."""

    type: Literal["fixed"]
    delay: Duration
    """How long."""

    @property
    def longest(self) -> float:
        """Seconds."""
        return self.delay

    def __bool__(self) -> bool:
        """Whether it is any delay at all."""
        return self.delay > 0

    @model_serializer
    def _in_seconds(self) -> float:
        return self.delay

    def sample(self, rng: Random) -> float:
        """Seconds."""
        return self.delay


class Uniform(Written):
    """Any delay between two bounds, each as likely as the other."""

    type: Literal["uniform"]
    lower: Duration
    """The shortest delay."""
    upper: Duration
    """The longest delay."""

    @model_validator(mode="after")
    def _ordered(self) -> "Uniform":
        if self.lower > self.upper:
            raise ValueError(f"'lower' ({self.lower:g} s) is above 'upper' ({self.upper:g} s)")
        return self

    @property
    def longest(self) -> float:
        """Seconds."""
        return self.upper

    def sample(self, rng: Random) -> float:
        return rng.uniform(self.lower, self.upper)


class Lognormal(Written):
    """Delays as networks and models have them: mostly near the median, with a long tail."""

    type: Literal["lognormal"]
    median: Duration
    """Half of the delays are shorter."""
    sigma: Annotated[Number, WithJsonSchema({"type": "number", "minimum": 0, "maximum": WIDEST})]
    """The spread: 0.1 is narrow, 1 is wide."""
    max: Duration | None = None
    """No delay is longer: one that would be is drawn again."""

    @model_validator(mode="after")
    def _sensible(self) -> "Lognormal":
        if not 0 <= self.sigma <= WIDEST:
            raise ValueError(f"expected 'sigma' from 0 to {WIDEST}, found {self.sigma:g}")
        return self

    @property
    def longest(self) -> float:
        """Seconds: half of the delays are shorter if there is no `max`."""
        return self.median if self.max is None else self.max

    def sample(self, rng: Random) -> float:
        """Seconds. Cutting what is too long down to `max` would pile delays up there, as no network does."""
        longest = math.inf if self.max is None else self.max
        for _ in range(MOST_DRAWS):
            delay = self.median * math.exp(rng.gauss(0.0, self.sigma))
            if delay <= longest:
                return delay
        return longest


def read_delay(value: Any) -> Any:
    """A duration stands for a fixed delay."""
    return value if isinstance(value, dict | Written) else {"type": "fixed", "delay": value}


Delay = Annotated[
    Annotated[Fixed | Uniform | Lognormal, ByType()],
    BeforeValidator(read_delay),
    OrShort(DURATION_SCHEMA),
]
AT_ONCE = Fixed(type="fixed", delay=0.0)


def read_jitter(value: Any) -> Any:
    """A duration with a unit, or a share from 0 to 1."""
    if isinstance(value, Written):
        return value
    return {"delay": value} if isinstance(value, str) else {"share": value}


class Jitter(Written):
    """How far a pause may be off: `20ms` either way, or a share of itself."""

    delay: Duration = 0.0
    share: Share = 0.0

    def apply(self, pause: float, rng: Random) -> float:
        """The pause, a little off, never below zero."""
        reach = self.delay + self.share * pause
        return max(0.0, pause + rng.uniform(-reach, reach)) if reach else pause


JITTER_SCHEMA: JsonSchema = {"anyOf": [DURATION_TEXT_SCHEMA, SHARE_SCHEMA]}


class Pace(Written):
    """How fast an answer comes: a profile's name, or a mapping."""

    model_config = ConfigDict(json_schema_extra={"dependentSchemas": exclusive_schemas(("tps", "interval"))})

    # For those that are merged from two; in a file they are refused.
    _nullable: ClassVar[Collection[str]] = ("tps", "interval", "jitter", "ping_every")

    ttft: Delay = AT_ONCE
    """Time to first token: from `message_start`, which is sent at once, to the first delta."""
    tps: Annotated[Number, WithJsonSchema(ABOVE_ZERO_SCHEMA)] | None = None
    """Tokens per second, after the first delta."""
    interval: Duration | None = None
    """Time between deltas, instead of `tps`."""
    jitter: Annotated[Later[Jitter], BeforeValidator(read_jitter), WithJsonSchema(JITTER_SCHEMA)] | None = None
    """How far each pause may be off: `20ms`, or a share such as `0.2`."""
    chunk: Count = 1
    """Tokens per delta."""
    ping_every: Annotated[Duration, WithJsonSchema(PERIOD_SCHEMA)] | None = None
    """A ping after each such time of silence, up to 100,000 in an answer."""

    @model_validator(mode="after")
    def _one_speed(self) -> "Pace":
        if self.tps is not None and self.interval is not None:
            raise ValueError("'tps' and 'interval' both say how fast; keep one")
        if self.tps is not None and self.tps <= 0:
            raise ValueError(f"expected 'tps' to be above 0, found {self.tps:g}")
        if self.ping_every == 0:
            raise ValueError("expected 'ping_every' to be above 0")
        if self.ping_every and (silence := self.longest_silence) > MOST_PINGS * self.ping_every:
            told = f"makes more than {MOST_PINGS:,} pings of {silence:g} s of silence; write a longer one"
            raise ValueError(f"'ping_every' ({self.ping_every:g} s) {told}")
        return self

    @classmethod
    def _in_short(cls, options: Mapping[str, JsonSchema]) -> list[JsonSchema]:
        return [{"enum": list(PROFILES)}]

    @property
    def instant(self) -> bool:
        """Whether everything leaves at once."""
        return not (self.ttft or self.tps or self.interval)

    @property
    def drawn(self) -> bool:
        """Whether chance has a say in it."""
        return self.jitter is not None or not isinstance(self.ttft, Fixed)

    @property
    def longest_silence(self) -> float:
        """Seconds before the first delta or between two, as far as they are known."""
        return max(self.ttft.longest, self.interval or 0.0, 1 / self.tps if self.tps else 0.0)

    def pause(self, text: str) -> float:
        """Seconds before a delta with this text, after the first one."""
        if not text:
            return 0.0
        if self.tps:
            return tokens.count(text) / self.tps
        return self.interval or 0.0


INSTANT = Pace.model_construct()

PING_CHUNK = Chunk(PING_FRAME, PING)


@light
class Profile:
    """A pace with a name: how fast a model was, as somebody measured it, and on which day they said so."""

    pace: Pace
    model: str = ""
    source: str = ""
    date: str = ""


def _pace(ttft: float, tps: float) -> Pace:
    return Pace.model_construct(ttft=Fixed(type="fixed", delay=ttft), tps=tps)


LEADERBOARD = "[Artificial Analysis](https://artificialanalysis.ai/leaderboards/models)"
# Medians of models that do not think first, from a daily record of that page. What nobody measured is no profile.
PROFILES: Mapping[str, Profile] = {
    "instant": Profile(INSTANT),
    "fast": Profile(_pace(0.62, tps=83), "Claude Haiku 4.5", LEADERBOARD, "2026-09-30"),
    "typical": Profile(_pace(1.06, tps=59), "Claude Sonnet 5", LEADERBOARD, "2026-10-01"),
    "slow": Profile(_pace(2.04, tps=37), "Claude Opus 4.6", LEADERBOARD, "2026-09-30"),
}


def delta_text(event: Event) -> str:
    """What a delta brings, as text; empty for a signature or the opening piece of a tool's input."""
    delta = event["delta"]
    return str(delta.get("text") or delta.get("thinking") or delta.get("partial_json") or "")


def paced(chunks: Sequence[Chunk], pace: Pace, rng: Random) -> list[Action]:
    """The frames of a stream with the waits between them."""
    pauses = _pauses(chunks, pace, pace.ttft.sample(rng))
    if (jitter := pace.jitter) is not None:
        pauses = (jitter.apply(pause, rng) if pause else pause for pause in pauses)
    return _spread(chunks, pauses, pace)


def steady(chunks: Sequence[Chunk], pace: Pace) -> list[Action]:
    """The same where nothing is drawn."""
    return list(chunks) if pace.instant else paced(chunks, pace, Random(0))


def _spread(chunks: Sequence[Chunk], pauses: Iterable[float], pace: Pace) -> list[Action]:
    actions: list[Action] = []
    most = MOST_PINGS
    for chunk, pause in zip(chunks, pauses, strict=True):
        before = len(actions)
        actions.extend(silence(pause, pace.ping_every, most))
        most -= (len(actions) - before) // 2  # each has its wait
        actions.append(chunk)
    return actions


def _pauses(chunks: Sequence[Chunk], pace: Pace, ttft: float) -> Iterator[float]:
    first = True
    for chunk in chunks:
        pause = 0.0
        if chunk.event is not None and chunk.event["type"] == "content_block_delta":
            pause = ttft if first else pace.pause(delta_text(chunk.event))
            first = False
        yield pause


def silence(seconds: float, ping_every: float | None, most: int = MOST_PINGS) -> Iterator[Action]:
    """A wait, broken by so many pings at most."""
    while ping_every and seconds > ping_every and most > 0:
        yield Wait(ping_every)
        yield PING_CHUNK
        seconds, most = seconds - ping_every, most - 1
    if seconds > 0:
        yield Wait(seconds)


def length(actions: Sequence[Action]) -> float:
    """How long a paced stream takes, in seconds."""
    return sum(action.seconds for action in actions if isinstance(action, Wait))
