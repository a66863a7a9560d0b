"""Hosts: where a gateway answers while a Python program goes on - in a thread, with a port or without one."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError, Future, wait
from typing import Any, TypeVar

from mockgw.errors import MockgwError
from mockgw.pipeline import Pipeline
from mockgw.server.app import App
from mockgw.server.playback import Playbacks
from mockgw.server.runner import Server

R = TypeVar("R")
GLANCE = 0.5  # seconds between two looks whether the thread that has to answer is still there
LAST = 5.0  # seconds that a thread has to end
NOWHERE = "http://mockgw.invalid"  # the URL of a host without a port: no resolver will ever know it


class GatewayEnded(MockgwError):
    """Something was asked of a gateway that does not run."""

    def __init__(self) -> None:
        super().__init__("this gateway has ended; what you want of it has to happen before")


class Host:
    """A thread with an event loop on which every request is answered, and all that touches sessions happens.

    `url` is where clients find it; that of a host without a port leads nowhere but through a transport.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        app: App,
        url: str,
        loop: asyncio.AbstractEventLoop,
        thread: threading.Thread,
        end: Callable[[], object],
    ) -> None:
        self.pipeline, self.app, self.url = pipeline, app, url
        self.known: set[str] = set()  # the sessions that somebody holds in his hand
        self._loop, self._thread, self._end = loop, thread, end

    @property
    def is_here(self) -> bool:
        """Whether this is its own thread."""
        return threading.current_thread() is self._thread

    def call(self, function: Callable[[], R]) -> R:
        """Carry something out between two requests, and wait for what comes of it; from any thread."""
        if self.is_here:
            return function()
        return self.result(self.submit(_at_once(function)))

    def submit(self, work: Coroutine[Any, Any, R]) -> "Future[R]":
        """Begin something that takes time, from any thread."""
        try:
            return asyncio.run_coroutine_threadsafe(work, self._loop)
        except RuntimeError:
            work.close()
            raise GatewayEnded from None

    def result(self, future: "Future[R]") -> R:
        """What comes of something that was begun here. GatewayEnded when nothing can."""
        while not wait([future], GLANCE).done:
            if not self._thread.is_alive():
                raise GatewayEnded
        try:
            return future.result()
        except CancelledError:
            raise GatewayEnded from None

    def stop(self) -> None:
        """End, whatever clients have left open."""
        self._end()


async def _at_once(function: Callable[[], R]) -> R:
    return function()


def with_port(pipeline: Pipeline) -> Host:
    """A server on the port that the settings name; PortInUseError if it cannot be had."""
    server = Server(pipeline, logs=False).start()

    def end() -> None:
        server.abandon()
        server.stop(LAST)

    return Host(pipeline, server.app, server.url, server.loop, server.thread, end)


def without_port(pipeline: Pipeline) -> Host:
    """No server: requests come through a transport."""
    playbacks = Playbacks(pipeline.clock, pipeline.settings.time_scale)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=_run, args=(loop,), name="mockgw", daemon=True)
    thread.start()

    def end() -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(loop.stop)
            thread.join(LAST)

    return Host(pipeline, App(pipeline, playbacks), NOWHERE, loop, thread, end)


def _run(loop: asyncio.AbstractEventLoop) -> None:
    """Until it is stopped; what is under way ends then."""
    try:
        loop.run_forever()
    finally:
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()
