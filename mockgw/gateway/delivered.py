"""Delivered: what of an answer has left, in tokens; and an answer that ends where the money does."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from mockgw.delivery.actions import Action, Chunk, Delivery, Finish, Head, Piece
from mockgw.delivery.encoded import frame
from mockgw.delivery.plan import AtOnce, status_of
from mockgw.protocol import tokens
from mockgw.protocol.dialects import Dialect, error_frame
from mockgw.protocol.errors import ApiError
from mockgw.protocol.events import Event, block_text
from mockgw.protocol.messages import Message, Usage


def delivered(answer: Message, actions: Sequence[Action], delivery: Delivery | None) -> Usage | None:
    """The usage that a client has had of an answer; None if it had none of it. Without a delivery, all has left."""
    if status_of(actions) != 200:
        return None
    if delivery is None and isinstance(actions, AtOnce):
        return answer.usage
    if not _is_stream(actions):  # it was generated before its first byte
        return answer.usage if delivery is None or delivery.size_bytes else None
    left = list(_left(actions, delivery.events if delivery else None))
    if not left:
        return None
    if any(event["type"] == "message_delta" for event in left):
        return answer.usage
    return replace(answer.usage, output_tokens=_share(answer, sum(map(_weight, left))))


def until(answer: Message, actions: Sequence[Action], most: int, error: ApiError, dialect: Dialect) -> Sequence[Action]:
    """The answer up to so many output tokens, then an error in the stream."""
    weight = 0
    for index, action in enumerate(actions):
        if isinstance(action, Chunk) and action.event and not isinstance(action, Piece):
            weight += _weight(action.event)
            if _share(answer, weight) > most or action.event["type"] == "message_delta":
                head = next((one for one in actions if isinstance(one, Head)), None)
                request_id = head.headers.get("request-id", "") if head else ""
                return [*actions[:index], frame(error_frame(dialect, error, request_id)), Finish()]
    return actions


def _left(actions: Sequence[Action], events: int | None) -> Iterator[Event]:
    """The events that have left, without pings."""
    count = 0
    for action in actions:
        if isinstance(action, Chunk) and action.event and action.event["type"] != "ping":
            if events is not None and count == events:
                return
            count += 1
            yield action.event


def _is_stream(actions: Sequence[Action]) -> bool:
    return any(isinstance(action, Chunk) and action.event for action in actions)


def _weight(event: Event) -> int:
    """The tokens that an event shows."""
    delta = event.get("delta") or {}
    return sum(tokens.count(text) for name in ("text", "thinking", "partial_json") if (text := delta.get(name)))


def _share(answer: Message, weight: int) -> int:
    """The output tokens of the part of an answer that has so many in sight; what is hidden goes by the same share."""
    whole = sum(tokens.count(block_text(block)) for block in answer.content)
    if not whole:
        return 0
    return min(answer.usage.output_tokens, -(-answer.usage.output_tokens * weight // whole))
