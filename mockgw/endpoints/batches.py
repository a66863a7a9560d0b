"""Batches: what can be asked of message batches."""

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from mockgw.batches import MOST_REQUESTS, Batch, Waiting
from mockgw.delivery.actions import Action
from mockgw.endpoints import invented
from mockgw.endpoints.answers import as_bytes, as_json
from mockgw.endpoints.entry import Answer, answered, base_of
from mockgw.endpoints.working import work
from mockgw.opened import Opened
from mockgw.pipeline import Pipeline
from mockgw.protocol.errors import ApiError, invalid
from mockgw.protocol.paging import page
from mockgw.protocol.parameters import OBJECT
from mockgw.protocol.requests import Incoming, decode
from mockgw.protocol.rules import Mismatch, array, record, string
from mockgw.scenario.gateway.batches import BatchesForm
from mockgw.wording import counted

JSONL = "application/x-jsonl"
CUSTOM_ID = string(least=1, most=64, pattern="^[a-zA-Z0-9_-]{1,64}$")
CREATE = record({"requests": array(record({"custom_id": CUSTOM_ID, "params": OBJECT}), most=MOST_REQUESTS)})

AnswerOne = Callable[[Pipeline, Opened, Batch], Sequence[Action]]


def create(pipeline: Pipeline, incoming: Incoming) -> Opened:
    """`POST /v1/messages/batches`."""
    return _answered(pipeline, incoming, _create)


def listed(pipeline: Pipeline, incoming: Incoming) -> Opened:
    """`GET /v1/messages/batches`: the newest first."""
    return _answered(pipeline, incoming, _listed)


def shown(pipeline: Pipeline, incoming: Incoming, id: str) -> Opened:
    """`GET /v1/messages/batches/{id}`."""
    return _answered(pipeline, incoming, _of_one(id, _shown))


def cancel(pipeline: Pipeline, incoming: Incoming, id: str) -> Opened:
    """`POST /v1/messages/batches/{id}/cancel`: what is not answered yet will not be."""
    return _answered(pipeline, incoming, _of_one(id, _cancel, invent=invented.running_batch))


def delete(pipeline: Pipeline, incoming: Incoming, id: str) -> Opened:
    """`DELETE /v1/messages/batches/{id}`, when it has ended."""
    return _answered(pipeline, incoming, _of_one(id, _delete))


def results(pipeline: Pipeline, incoming: Incoming, id: str) -> Opened:
    """`GET /v1/messages/batches/{id}/results`: a line of JSON for each request, when it has ended."""
    return _answered(pipeline, incoming, _of_one(id, _results))


def _answered(pipeline: Pipeline, incoming: Incoming, answer: Answer) -> Opened:
    def worked(pipeline: Pipeline, opened: Opened) -> Sequence[Action]:
        work(pipeline, opened.session)
        return answer(pipeline, opened)

    return answered(pipeline, incoming, worked)


def _of_one(id: str, answer: AnswerOne, invent: Callable[[str, Opened], Batch] = invented.ended_batch) -> Answer:
    def found(pipeline: Pipeline, opened: Opened) -> Sequence[Action]:
        batch = opened.session.batches.find(id)
        if batch is None and opened.invents:
            batch = invent(id, opened)
        if batch is None:
            raise ApiError(404, f"Message batch `{id}` not found.")
        return answer(pipeline, opened, batch)

    return found


def _create(pipeline: Pipeline, opened: Opened) -> Sequence[Action]:
    session, exchange = opened.session, opened.exchange
    requests = _requests(opened.incoming)
    batch = Batch(
        id=f"msgbatch_01{opened.chance.token('batch', length=22)}",
        sent=opened.incoming.sent,
        waiting=requests,
        began=exchange.clock,
        created=session.wall(exchange.received),
        step=_duration(pipeline, opened) / len(requests),
        size_bytes=len(opened.incoming.body),
    )
    if not session.batches.add(batch):
        told = f"a session keeps at most {MOST_REQUESTS:,} requests of batches; those of batches that ended make room"
        raise ApiError(429, told, kind="full", should_retry=False)
    return _one(pipeline, opened, batch, counted(len(requests), "request"))


def _requests(incoming: Incoming) -> deque[Waiting]:
    """The requests of a new batch, or the 400 that says what is wrong. What is asked in them is looked at later."""
    sent = incoming.headers.get
    body = decode(incoming.body, content_type=sent("content-type"), content_encoding=sent("content-encoding"))
    try:
        CREATE(body)
    except Mismatch as mismatch:
        raise invalid(str(mismatch), ".".join(mismatch.param)) from None
    requests = deque(Waiting(one["custom_id"], one["params"]) for one in body["requests"])
    if not requests:
        raise invalid("requests: List should have at least 1 item after validation, not 0", "requests")
    _refuse_twins(requests)
    return requests


def _refuse_twins(requests: deque[Waiting]) -> None:
    seen: dict[str, int] = {}
    for index, one in enumerate(requests):
        if (first := seen.setdefault(one.custom_id, index)) != index:
            told = f"'{one.custom_id}' is the custom_id of requests.{first} already; each request needs one of its own"
            raise invalid(f"requests.{index}.custom_id: {told}", f"requests.{index}.custom_id")


def _duration(pipeline: Pipeline, opened: Opened) -> float:
    """How long a batch takes, in seconds of its session's clock."""
    own, form = opened.session.own.time_scale, opened.terms and opened.terms.section.batches
    seconds = form.duration if form else BatchesForm.model_construct().duration
    return seconds * (pipeline.settings.time_scale if own is None else own)


def _listed(pipeline: Pipeline, opened: Opened) -> Sequence[Action]:
    base = base_of(pipeline, opened.incoming)
    infos = [batch.shown(base, opened.exchange.clock) for batch in opened.session.batches.newest_first()]
    found = page(infos, opened.incoming.query, of="message batch", invents=opened.invents)
    return as_json(opened, f"{len(found['data'])} batches", found)


def _shown(pipeline: Pipeline, opened: Opened, batch: Batch) -> Sequence[Action]:
    return _one(pipeline, opened, batch, batch.status)


def _cancel(pipeline: Pipeline, opened: Opened, batch: Batch) -> Sequence[Action]:
    if batch.ended is not None:
        raise invalid(f"Message batch `{batch.id}` has ended and cannot be canceled.")
    if batch.stopped is None:
        batch.stopped = opened.exchange.clock
    return _one(pipeline, opened, batch, batch.status)


def _delete(pipeline: Pipeline, opened: Opened, batch: Batch) -> Sequence[Action]:
    if batch.ended is None:
        told = "has not ended; only a batch that has ended can be deleted, so cancel it first"
        raise invalid(f"Message batch `{batch.id}` {told}.")
    opened.session.batches.remove(batch.id)
    return as_json(opened, "deleted", {"id": batch.id, "type": "message_batch_deleted"})


def _results(pipeline: Pipeline, opened: Opened, batch: Batch) -> Sequence[Action]:
    if batch.ended is None:
        raise invalid(f"Message batch `{batch.id}` is {batch.status}; it has results when it has ended.")
    if batch.is_archived(opened.exchange.clock):
        raise ApiError(404, f"Message batch `{batch.id}` is archived: its results were kept for 29 days.")
    return as_bytes(opened, counted(len(batch.lines), "result"), b"".join(batch.lines), JSONL)


def _one(pipeline: Pipeline, opened: Opened, batch: Batch, name: str) -> Sequence[Action]:
    value: Any = batch.shown(base_of(pipeline, opened.incoming), opened.exchange.clock)
    return as_json(opened, name, value)
