"""Timelines: an answer in time - each piece of it as it was planned and as it left, and where faults struck."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import orjson

from mockgw.control.details import AnswerShown, Point, PointKind, Timeline
from mockgw.delivery.actions import Delivery
from mockgw.delivery.faults.marks import Mark
from mockgw.delivery.played import Played, played
from mockgw.journal import Exchange
from mockgw.values import light

MOST_POINTS = 5_000
MOST_BYTES = 2 * 1024 * 1024  # of a body that is shown
LONGEST = 2_000  # characters of an event's text
EVENT, FRAME_END = b"event: ", b"\n\n"


@light
class Course:
    """The answer of an exchange, and how far it has come; `until` is a reading of the clock, now or when it ended."""

    exchange: Exchange
    answer: Played
    delivery: Delivery
    until: float

    @property
    def data(self) -> bytes:
        """What has left."""
        return self.answer.data[: self.delivery.size_bytes]

    def planned(self, due: float) -> float:
        return _rounded(self.delivery.started - self.exchange.started + due * self.delivery.scale)

    def real(self, moment: float) -> float:
        return _rounded(moment - self.exchange.started)


def course(exchange: Exchange, now: float) -> Course:
    """The answer of an exchange, be it over or not."""
    if exchange.has_ended and exchange.played is not None:
        return Course(exchange, exchange.played, exchange.delivery, exchange.delivery.ended)
    shown = () if exchange.refusal else exchange.actions  # a refusal may quote a key, until it has left
    return Course(exchange, played(shown), exchange.under_way or exchange.delivery, now)


def answer(exchange: Exchange, now: float) -> AnswerShown:
    """What the client was sent."""
    found = course(exchange, now)
    head, data = found.answer.head, found.data
    return AnswerShown(
        request_id=exchange.request_id,
        ended=exchange.has_ended,
        ending=exchange.delivery.ending,
        status=head.status if head else 0,
        headers=dict(head.headers) if head else {},
        body=data[:MOST_BYTES].decode(errors="replace"),
        size_bytes=found.delivery.size_bytes,
        planned_bytes=len(found.answer.data),
        left_out=max(0, len(data) - MOST_BYTES),
    )


def timeline(exchange: Exchange, now: float) -> Timeline:
    """Every piece of the answer at its moment."""
    found = course(exchange, now)
    delivery, ended = found.delivery, exchange.has_ended
    points = list(_points(found))
    return Timeline(
        request_id=exchange.request_id,
        ended=ended,
        ending=exchange.delivery.ending,
        stream=is_stream(found.answer),
        time_scale=delivery.scale,
        first_byte=None if delivery.first_byte is None else found.real(delivery.first_byte),
        duration=found.real(delivery.ended) if ended else None,
        planned_duration=None if found.answer.end == "hang" else found.planned(found.answer.due),
        points=tuple(points[:MOST_POINTS]),
        left_out=max(0, len(points) - MOST_POINTS),
    )


def is_stream(answer: Played) -> bool:
    """Whether it tells events."""
    return answer.head is not None and "event-stream" in answer.head.headers.get("content-type", "")


def _points(found: Course) -> Iterator[Point]:
    answer, sends, marks = found.answer, _Sends(found), list(found.exchange.marks)
    if answer.head is not None:
        first = sends.moment_of(0)
        due = answer.pieces[0] if answer.pieces else answer.due
        yield Point("head", "", str(answer.head.status), None, 0, found.planned(due), first)
    start = 0
    for due, end in _pieces(answer):
        while marks and marks[0].size_bytes <= start:
            yield _struck(marks.pop(0), found, sends)
        yield _piece(answer.data[start:end], found.planned(due), sends.moment_of(end))
        start = end
    yield from (_struck(mark, found, sends) for mark in marks)
    yield from sends.unplanned(len(answer.data))
    yield _end(found)


def _pieces(answer: Played) -> Iterator[tuple[float, int]]:
    """When each piece is due, and where it ends; what is due at once is parted into its events."""
    if answer.pieces:
        yield from zip(answer.pieces[::2], map(int, answer.pieces[1::2]), strict=True)
        return
    start = 0
    while start < len(answer.data):
        found = answer.data.find(FRAME_END, start) if is_stream(answer) else -1
        start = len(answer.data) if found < 0 else found + len(FRAME_END)
        yield 0.0, start


class _Sends:
    """When what has left; asked for one piece after the other."""

    def __init__(self, found: Course) -> None:
        delivery = found.delivery
        sends = delivery.sends or (() if delivery.first_byte is None else (delivery.first_byte, delivery.size_bytes))
        self._sends = list(zip(sends[::2], sends[1::2], strict=True))
        self._real = found.real
        self._index = 0

    def moment_of(self, end: int) -> float | None:
        """When the bytes up to here had left."""
        while self._index < len(self._sends) and self._sends[self._index][1] < end:
            self._index += 1
        return self._real(self._sends[self._index][0]) if self._index < len(self._sends) else None

    def unplanned(self, planned: int) -> Iterator[Point]:
        """The signs of life of an answer that hangs."""
        before = planned
        for moment, size in self._sends:
            if size > before:
                yield Point("ping", "ping", "", None, int(size) - before, None, self._real(moment))
                before = int(size)


def _struck(mark: Mark, found: Course, sends: _Sends) -> Point:
    """A strike itself cannot be seen: it was at its moment, or when all before it had left."""
    planned, before = found.planned(mark.due), sends.moment_of(mark.size_bytes) if mark.size_bytes else 0.0
    reached = before is not None and planned <= found.real(found.until)
    return Point("fault", mark.fault, "", None, 0, planned, max(planned, before or 0.0) if reached else None)


def _end(found: Course) -> Point:
    exchange, planned = found.exchange, None if found.answer.end == "hang" else found.planned(found.answer.due)
    real = found.real(exchange.delivery.ended) if exchange.has_ended else None
    return Point("end", exchange.delivery.ending, found.answer.end, None, 0, planned, real)


def _piece(data: bytes, planned: float, real: float | None) -> Point:
    head, newline, rest = data.partition(b"\n")
    name = head.removeprefix(EVENT).decode(errors="replace") if newline and head.startswith(EVENT) else ""
    point = Point("bytes", name, "", None, len(data), planned, real)
    if not name or not data.endswith(FRAME_END):
        return point
    kind: PointKind = "ping" if name == "ping" else "event"
    event = _json(rest.partition(b": ")[2])
    return replace(point, kind=kind, text=_text(event)[:LONGEST], block=event.get("index"))


def _json(data: bytes) -> dict[str, Any]:
    """What can be read; a fault may have spoilt it."""
    try:
        read = orjson.loads(data)
    except orjson.JSONDecodeError:
        read = None
    return read if isinstance(read, dict) else {}


def _text(event: dict[str, Any]) -> str:
    """What an event says, in a few words."""
    match event:
        case {"delta": {"text": str(text)} | {"thinking": str(text)} | {"partial_json": str(text)}}:
            return text
        case {"delta": {"type": str(text)} | {"stop_reason": str(text)}}:
            return text
        case {"content_block": {"type": str(kind), "name": str(name)}}:
            return f"{kind} {name}"
        case {"content_block": {"type": str(text)}} | {"error": {"message": str(text)}}:
            return text
        case {"message": {"model": str(text)}}:
            return text
    return ""


def _rounded(seconds: float) -> float:
    return round(seconds, 6)
