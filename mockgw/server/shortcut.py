"""Shortcut: an answer that needs no time leaves where its request was read, without a task of its own.

An ASGI server makes a scope and a task for each request, and sends head and body apart. That costs more than all that
mockgw does for a small answer. So on the one path that matters the parser's callback asks for the answer. If it has no
waits, wants nothing of the socket and fits into the buffers, it leaves in one write; else it is played the ASGI way.
"""

import asyncio
from collections.abc import Callable
from http import HTTPStatus

from mockgw.delivery.actions import Delivery, Head
from mockgw.delivery.plan import AtOnce
from mockgw.opened import Opened
from mockgw.pipeline import Pipeline
from mockgw.protocol import sent
from mockgw.protocol.requests import Incoming

PATH = "/v1/messages"
BUFFERED_BYTES = 64 * 1024  # what uvicorn lets a transport hold; of more it is worth knowing whether the client took it

Header = tuple[bytes, bytes]
STATUS_LINES = {status.value: b"HTTP/1.1 %d %b" % (status, status.phrase.encode()) for status in HTTPStatus}


class Shortcut:
    """The way round ASGI: `decide` and, if the answer lets it, `send`."""

    def __init__(self, pipeline: Pipeline, decide: Callable[[Incoming], Opened]) -> None:
        self._pipeline = pipeline
        self._decide = decide

    def leads(self, method: bytes, url: bytes) -> str | None:
        """The session that the URL names, or an empty text, if a request may take it; else None.

        What stands behind a question mark has no meaning here.
        """
        path = url.partition(b"?")[0].decode("latin-1")
        if method != b"POST" or not path.endswith(PATH):
            return None
        prefix, rest = session_of(path)
        return prefix if rest == PATH and "%" not in prefix else None

    def decide(self, lines: list[Header], body: bytes, prefix: str = "") -> Opened:
        """The answer to a request."""
        return self._decide(Incoming("POST", PATH, sent.read(lines), body=body, prefix=prefix))

    def send(self, opened: Opened, transport: asyncio.Transport, usual: list[Header], *, keep_alive: bool) -> bool:
        """Send an answer and settle it; False if it needs more than that."""
        answer = opened.exchange.actions
        if not isinstance(answer, AtOnce) or len(answer.data) > BUFFERED_BYTES:
            return False
        head = answer.head
        if head.status not in STATUS_LINES or "origin" in opened.incoming.headers or transport.get_write_buffer_size():
            return False
        now = self._pipeline.clock.now()
        self._pipeline.conclude(opened)
        transport.write(wire_bytes(head, answer.data, usual, keep_alive=keep_alive))
        self._pipeline.settle(opened, Delivery(now, now, now, len(answer.data), answer.events, "whole"))
        return True


def session_of(path: str) -> tuple[str, str]:
    """The session that a path names, as `/s/checkout/v1/messages` does, and the rest of it; empty if it names none."""
    if not path.startswith("/s/"):
        return "", path
    name, slash, rest = path[3:].partition("/")
    return (name, slash + rest) if name and slash else ("", path)


def wire_bytes(head: Head, data: bytes, usual: list[Header], *, keep_alive: bool) -> bytes:
    """An answer as HTTP has it, as uvicorn writes it."""
    lines = [STATUS_LINES[head.status], *map(b": ".join, usual)]
    lines.append("\r\n".join(map(": ".join, head.headers.items())).encode("latin-1", "replace"))
    if not keep_alive:
        lines.append(b"connection: close")
    if "content-length" in head.headers:
        lines += (b"", data)
    else:
        lines += (b"transfer-encoding: chunked", b"", b"%x" % len(data), data, b"0", b"", b"")
    return b"\r\n".join(lines)
