"""Working: requests of batches are answered as all others are, when their time has come."""

from collections.abc import Mapping
from itertools import islice
from typing import Any

import orjson

from mockgw.batches import Batch, Waiting
from mockgw.delivery.actions import Chunk, Delivery
from mockgw.opened import Opened
from mockgw.pipeline import Pipeline
from mockgw.protocol.errors import ApiError, invalid
from mockgw.protocol.requests import Incoming
from mockgw.sessions import Session

PATH = "/v1/messages"
MOST_AT_ONCE = 5_000  # half a second's work; other clients do not wait for more than that
BROKEN = {"type": "error", "error": {"type": "api_error", "message": "Internal server error"}}


def work(pipeline: Pipeline, session: Session) -> None:
    """Answer what is due in the batches of a session. Whoever looks at them, or moves its clock, has it done first."""
    if not session.has_batches:
        return
    clock, left = session.clock(pipeline.clock.now()), MOST_AT_ONCE
    for batch in session.batches:
        for waiting in islice(batch.due(clock), left):
            batch.keep(waiting.custom_id, _result(pipeline, session, batch, waiting))
            left -= 1
        if left:
            batch.settle(clock)


def _result(pipeline: Pipeline, session: Session, batch: Batch, waiting: Waiting) -> Mapping[str, Any]:
    body = orjson.dumps(waiting.params)
    name = f"{batch.id}/{waiting.custom_id}"
    incoming = Incoming("POST", PATH, batch.sent, body=body, prefix=session.name, batch=name)
    problem = _unsupported(waiting.params)
    opened = pipeline.refuse(incoming, problem) if problem else pipeline.messages(incoming)
    match _read(_taken(pipeline, opened)):
        case {"type": "message"} as message:
            return {"type": "succeeded", "message": _of_batch(message)}
        case {"error": {"type": str(), "message": str()} as error, **rest}:
            return {"type": "errored", "error": {**rest, "type": "error", "error": error}}
    return {"type": "errored", "error": BROKEN}


def _of_batch(message: dict[str, Any]) -> dict[str, Any]:
    """A message whose usage says what it was part of, unless a script says otherwise."""
    usage = message.get("usage")
    if isinstance(usage, dict) and usage.get("service_tier") == "standard":
        message["usage"] = usage | {"service_tier": "batch"}
    return message


def _unsupported(params: Mapping[str, Any]) -> ApiError | None:
    """What a request may ask for, but none of a batch."""
    if params.get("stream"):
        return invalid("stream: a request of a message batch cannot be streamed", "stream")
    if params.get("max_tokens") == 0:
        return invalid("max_tokens: 0 is not possible in a message batch", "max_tokens")
    return None


def _taken(pipeline: Pipeline, opened: Opened) -> bytes:
    """The body of an answer, as if its client had taken all of it at once."""
    said = b"".join(action.data for action in opened.exchange.actions if isinstance(action, Chunk))
    now = pipeline.clock.now()
    pipeline.settle(opened, Delivery(now, now, now, len(said), ending="whole"))
    return said


def _read(said: bytes) -> Any:
    try:
        return orjson.loads(said)
    except orjson.JSONDecodeError:
        return None
