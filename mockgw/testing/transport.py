"""Transport: a gateway in the process of its client, without a socket, for httpx2."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future
from typing import Any, TypeVar

import httpx2

from mockgw.testing.hosts import Host

R = TypeVar("R")
Head = tuple[int, list[tuple[bytes, bytes]]]
END = None


class _Answer:
    """An answer, from the host's loop to whoever reads it; all of its coroutines run there."""

    def __init__(self, host: Host, scope: dict[str, Any], body: bytes) -> None:
        self._app, self._scope = host.app, scope
        self._asked = [{"type": "http.request", "body": body, "more_body": False}]
        self._sent: asyncio.Queue[Any] = asyncio.Queue()
        self._left = asyncio.Event()
        self._running: asyncio.Task[None] | None = None

    async def head(self) -> Head:
        """Status and headers, as soon as they are there."""
        self._running = asyncio.ensure_future(self._run())
        head: Head = await self.next()
        return head

    async def next(self) -> Any:
        """The head, then each part of the body, then None."""
        sent = await self._sent.get()
        if isinstance(sent, Exception):
            raise sent
        return sent

    async def leave(self) -> None:
        """The client has all, or wants no more."""
        self._left.set()

    async def _run(self) -> None:
        try:
            await self._app(self._scope, self._receive, self._send)
        except Exception as bug:
            self._sent.put_nowait(bug)
        self._sent.put_nowait(END)

    async def _receive(self) -> dict[str, Any]:
        if self._asked:
            return self._asked.pop()
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self._sent.put_nowait((message["status"], message["headers"]))
            return
        if message.get("body"):
            self._sent.put_nowait(message["body"])
        if not message.get("more_body"):
            self._sent.put_nowait(END)


class _Body(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    """The body of an answer, each part as it comes."""

    def __init__(self, reading: "_Reading") -> None:
        self._reading = reading

    def __iter__(self) -> Iterator[bytes]:
        while (part := self._reading.part()) is not END:
            yield part

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while (part := await self._reading.part_async()) is not END:
            yield part

    def close(self) -> None:
        self._reading.leave()

    async def aclose(self) -> None:
        self._reading.leave()


class _Reading:
    """How a client reads an answer: with its own patience, whatever thread or loop it is in."""

    def __init__(self, host: Host, answer: _Answer, request: httpx2.Request) -> None:
        self._host, self._answer, self._request = host, answer, request
        self._patience: float | None = request.extensions.get("timeout", {}).get("read")

    def head(self) -> Head:
        return self._read(self._host.submit(self._answer.head()))

    async def head_async(self) -> Head:
        return await self._read_async(self._host.submit(self._answer.head()))

    def part(self) -> bytes | None:
        part: bytes | None = self._read(self._host.submit(self._answer.next()))
        return part

    async def part_async(self) -> bytes | None:
        part: bytes | None = await self._read_async(self._host.submit(self._answer.next()))
        return part

    def leave(self) -> None:
        self._host.submit(self._answer.leave())

    def _read(self, future: "Future[R]") -> R:
        try:
            return future.result(self._patience)
        except TimeoutError:
            self._give_up(future)
            raise self._timeout() from None
        except BaseException:
            self._give_up(future)
            raise

    async def _read_async(self, future: "Future[R]") -> R:
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), self._patience)
        except TimeoutError:
            self._give_up(future)
            raise self._timeout() from None
        except BaseException:
            self._give_up(future)
            raise

    def _give_up(self, future: "Future[Any]") -> None:
        future.cancel()
        self.leave()

    def _timeout(self) -> httpx2.ReadTimeout:
        return httpx2.ReadTimeout("The read operation timed out", request=self._request)


class Transport(httpx2.BaseTransport, httpx2.AsyncBaseTransport):
    """For `httpx2.Client(transport=…)` and `httpx2.AsyncClient(transport=…)`: every request goes to one session.

    There is no socket, so that faults which need one (such as `connection_reset_by_peer`) are refused with a 400 that
    says so.
    """

    def __init__(self, host: Host, prefix: str) -> None:
        self._host, self._prefix = host, prefix

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Ask, and return as soon as the head of the answer is there."""
        reading = self._reading(request, request.read())
        status, headers = reading.head()
        return httpx2.Response(status, headers=headers, stream=_Body(reading))

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """As `handle_request`, while the event loop goes on."""
        reading = self._reading(request, await request.aread())
        status, headers = await reading.head_async()
        return httpx2.Response(status, headers=headers, stream=_Body(reading))

    def _reading(self, request: httpx2.Request, body: bytes) -> _Reading:
        answer = self._host.call(lambda: _Answer(self._host, self._scope(request), body))
        return _Reading(self._host, answer, request)

    def _scope(self, request: httpx2.Request) -> dict[str, Any]:
        path = request.url.path
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": request.method,
            "scheme": request.url.scheme,
            "path": path if path.startswith("/s/") else self._prefix + path,
            "query_string": request.url.query,
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
        }


def transport(host: Host, prefix: str) -> Transport:
    """A transport to one session."""
    return Transport(host, prefix)
