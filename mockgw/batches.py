"""Batches: the message batches of a session, and how far each of them is; all times are readings of its clock."""

from collections import Counter, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from mockgw.values import light

# https://platform.claude.com/docs/en/build-with-claude/batch-processing
MOST_REQUESTS = 100_000
EXPIRES_AFTER = 24 * 3600.0
ARCHIVED_AFTER = 29 * EXPIRES_AFTER
OUTCOMES = ("succeeded", "errored", "canceled", "expired")

MOST_BYTES = 256 * 1024 * 1024  # of the requests and results that a session keeps; the API's limit of one batch
TOO_LARGE = {"type": "api_error", "message": f"mockgw keeps at most {MOST_BYTES // 1024**2} MB of a batch"}

Json = dict[str, Any]


@light
class Waiting:
    """A request of a batch that is not answered yet."""

    custom_id: str
    params: Json


@dataclass(eq=False, slots=True)
class Batch:
    """One message batch. Its requests are answered one after the other, each after `step` seconds.

    `sent` are the headers that it came with, `created` is the time of day when it `began`. `stopped` is when it was
    cancelled, `ended` when the last of its requests had its result; what it keeps of them are lines of JSON.
    """

    id: str
    sent: Mapping[str, str]
    waiting: deque[Waiting]
    began: float
    created: datetime
    step: float
    size_bytes: int = 0
    stopped: float | None = None
    ended: float | None = None
    lines: list[bytes] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    total: int = 0

    def __post_init__(self) -> None:
        self.total = len(self.waiting)

    def due(self, clock: float) -> Iterator[Waiting]:
        """Its requests whose time has come; whoever takes one keeps its result."""
        until = min(clock, self.expires, clock if self.stopped is None else self.stopped) - self.began
        wanted = self.total if until >= self.step * self.total else int(until / self.step + 1e-9)
        while self.waiting and len(self.lines) < wanted:
            yield self.waiting.popleft()

    def keep(self, custom_id: str, result: Mapping[str, Any]) -> None:
        """The result of a request, as the API has it."""
        line = orjson.dumps({"custom_id": custom_id, "result": result}) + b"\n"
        if self.size_bytes + len(line) > MOST_BYTES:
            result = {"type": "errored", "error": {"type": "error", "error": TOO_LARGE}}
            line = orjson.dumps({"custom_id": custom_id, "result": result}) + b"\n"
        self.lines.append(line)
        self.size_bytes += len(line)
        self.counts[result["type"]] += 1

    def settle(self, clock: float) -> None:
        """End it, if it is over: when all is answered, some time after it was cancelled, or when it expires."""
        if not self.waiting:
            self.ended = self.began + self.step * self.total if self.ended is None else self.ended
        elif clock >= (over := self.expires if self.stopped is None else min(self.stopped + self.step, self.expires)):
            self.ended = over
            while self.waiting:
                self.keep(self.waiting.popleft().custom_id, {"type": "expired" if self.stopped is None else "canceled"})

    @property
    def expires(self) -> float:
        return self.began + EXPIRES_AFTER

    @property
    def status(self) -> str:
        if self.ended is not None:
            return "ended"
        return "in_progress" if self.stopped is None else "canceling"

    def is_archived(self, clock: float) -> bool:
        """Whether its results are no longer there."""
        return self.ended is not None and clock >= self.began + ARCHIVED_AFTER

    def shown(self, base: str, clock: float) -> Json:
        """The batch as the API shows it; `base` is what the path of its results stands behind."""
        archived = self.is_archived(clock)
        return {
            "id": self.id,
            "type": "message_batch",
            "processing_status": self.status,
            "request_counts": self._counts(),
            "ended_at": self._moment(self.ended),
            "created_at": self._moment(self.began),
            "expires_at": self._moment(self.expires),
            "archived_at": self._moment(self.began + ARCHIVED_AFTER if archived else None),
            "cancel_initiated_at": self._moment(self.stopped),
            "results_url": None if archived or self.ended is None else f"{base}/v1/messages/batches/{self.id}/results",
        }

    def _counts(self) -> dict[str, int]:
        """Until it has ended, all its requests count as processing: so does the API."""
        if self.ended is None:
            return {"processing": self.total, **dict.fromkeys(OUTCOMES, 0)}
        return {"processing": 0, **{outcome: self.counts[outcome] for outcome in OUTCOMES}}

    def _moment(self, clock: float | None) -> str | None:
        return None if clock is None else moment(self.created + timedelta(seconds=clock - self.began))


def moment(time: datetime) -> str:
    """A time of day as the API writes it."""
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")


class Batches:
    """All batches of a session, bounded: those that ended make room, the oldest first."""

    def __init__(self) -> None:
        self._batches: dict[str, Batch] = {}

    def add(self, batch: Batch) -> bool:
        """Keep one more; False if there is no room."""
        for old in list(self._batches.values()):
            if not self._is_full(batch):
                break
            if old.ended is not None:
                del self._batches[old.id]
        if self._is_full(batch):
            return False
        self._batches[batch.id] = batch
        return True

    def find(self, id: str) -> Batch | None:
        return self._batches.get(id)

    def remove(self, id: str) -> None:
        self._batches.pop(id, None)

    def newest_first(self) -> list[Batch]:
        return list(reversed(self._batches.values()))

    def __iter__(self) -> Iterator[Batch]:
        return iter(self._batches.values())

    def _is_full(self, one_more: Batch) -> bool:
        every = (*self._batches.values(), one_more)
        return sum(one.total for one in every) > MOST_REQUESTS or sum(one.size_bytes for one in every) > MOST_BYTES
