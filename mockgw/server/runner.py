"""Runner: the server, in the foreground or in a thread."""

import asyncio
import contextlib
import gc
import logging
import signal
import socket
import threading
from collections.abc import Callable, Coroutine, Iterator, Sequence
from functools import partial
from http import HTTPStatus
from types import FrameType
from typing import TYPE_CHECKING, Any, Literal

import uvicorn

from mockgw.delivery.actions import Chunk, Delivery, Head
from mockgw.pipeline import Pipeline
from mockgw.server.app import App, shortcut, unreadable
from mockgw.server.limits import raise_open_files
from mockgw.server.listening import BACKLOG, bind, url_of
from mockgw.server.playback import Playbacks
from mockgw.server.sockets import protocol

if TYPE_CHECKING:
    from mockgw.control.control import Control
    from mockgw.reload import Reloader

KEEP_ALIVE = 75  # seconds: longer than clients keep an idle connection, so that they end it and not we
GRACE = 1.0  # seconds that clients have, when the server stops, to take what was sent to them
GENERATION = 50_000  # allocations between garbage collections: requests leave no cycles to speak of

Companion = Callable[[], Coroutine[Any, Any, None]]


class Server:
    """mockgw on a port. `start` and `stop` run it in a thread, `run` in the foreground until a signal comes.

    Companions run beside it from its start to its end. Without `logs`, what uvicorn has to complain of goes where the
    program's own logging sends it.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        on_ready: Callable[[str], None] = lambda url: None,
        companions: Sequence[Companion] = (),
        listening: socket.socket | None = None,
        *,
        reloader: "Reloader | None" = None,
        http: Literal["httptools", "h11"] = "httptools",
        loop: Literal["auto", "asyncio", "uvloop"] = "auto",
        logs: bool = True,
    ) -> None:
        settings = pipeline.settings
        self._http, self._loop, self._logs = http, loop, logs
        self.pipeline = pipeline
        self._playbacks = Playbacks(pipeline.clock, settings.time_scale)
        self._app = App(pipeline, self._playbacks, reloader)
        self._shortcut = shortcut(pipeline, self._playbacks)
        self._socket = listening or bind(settings.host, settings.port)
        self.url = url_of(self._socket)
        self._ready = threading.Event()
        self._on_ready = on_ready
        self._uvicorn = _Uvicorn(self._config(), self._playbacks, self._announce, companions)
        self._thread: threading.Thread | None = None

    @property
    def control(self) -> "Control":
        """What can be asked of it and done with it while it runs, by whoever is on its loop."""
        return self._app.control

    @property
    def token(self) -> str:
        """What its control API asks for; empty if for nothing."""
        return self._app.token

    def run(self) -> None:
        """Serve until SIGINT or SIGTERM; open streams are ended then."""
        raise_open_files()
        gc.freeze()
        gc.set_threshold(GENERATION, 20, 20)
        self._uvicorn.run(sockets=[self._socket])

    def start(self) -> "Server":
        """Serve in a thread; returns when requests are taken."""
        self._thread = threading.Thread(target=self._uvicorn.run, kwargs={"sockets": [self._socket]}, daemon=True)
        self._thread.start()
        self._ready.wait()
        return self

    def stop(self, patience: float | None = None) -> None:
        """End, and wait for the end: so many seconds at most."""
        self._uvicorn.should_exit = True
        if self._thread is not None:
            self._thread.join(patience)
        self._socket.close()

    def abandon(self) -> None:
        """End at once, from any thread: there is nobody left to take what is under way."""
        self._uvicorn.abandon()

    @property
    def app(self) -> App:
        """What answers requests."""
        return self._app

    @property
    def thread(self) -> threading.Thread:
        """The thread that it was started in."""
        assert self._thread is not None
        return self._thread

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """Where requests are answered, once it has started."""
        loop = self._uvicorn._loop
        assert loop is not None
        return loop

    def __enter__(self) -> "Server":
        return self.start()

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def _announce(self) -> None:
        self._on_ready(self.url)
        self._ready.set()

    def _refuse(self, problem: str, received: bytes) -> bytes:
        """The answer, as bytes, to a request that the parser cannot read."""
        incoming, error = unreadable(self._app, problem, received)
        opened = self.pipeline.refuse(incoming, error)
        lines = [f"HTTP/1.1 {error.status} {HTTPStatus(error.status).phrase}", "connection: close"]
        body = b""
        for action in opened.exchange.actions:
            match action:
                case Head(_, headers):
                    lines += [f"{name}: {value}" for name, value in headers.items()]
                case Chunk(data):
                    body += data
        now = self.pipeline.clock.now()
        self.pipeline.settle(opened, Delivery(opened.exchange.started, now, now, len(body), ending="whole"))
        return "\r\n".join([*lines, "", ""]).encode("ascii") + body

    def _config(self) -> uvicorn.Config:
        if self._logs:
            _log_to_stderr()
        return uvicorn.Config(
            self._app,
            loop=self._loop,
            http=partial(protocol(self._http), refuse=self._refuse, shortcut=self._shortcut),  # type: ignore[arg-type]  # uvicorn only ever calls it
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            backlog=BACKLOG,
            timeout_keep_alive=KEEP_ALIVE,
        )


class _Uvicorn(uvicorn.Server):
    """Says when it is ready, ends open streams when it stops, and takes a signal as a wish, not as an accident."""

    def __init__(
        self,
        config: uvicorn.Config,
        playbacks: Playbacks,
        on_ready: Callable[[], object],
        companions: Sequence[Companion],
    ) -> None:
        super().__init__(config)
        self._playbacks = playbacks
        self._on_ready = on_ready
        self._companions = companions
        self._tasks: list[asyncio.Task[None]] = []
        self._grace = GRACE
        self._loop: asyncio.AbstractEventLoop | None = None
        self._abandoned = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets=sockets)
        self._tasks = [asyncio.create_task(companion()) for companion in self._companions]
        for task in self._tasks:
            task.add_done_callback(_complain)
        self._on_ready()

    async def main_loop(self) -> None:
        """uvicorn's own looks ten times a second whether it is to end."""
        ticking = asyncio.create_task(super().main_loop())
        abandoned = asyncio.create_task(self._abandoned.wait())
        await asyncio.wait({ticking, abandoned}, return_when=asyncio.FIRST_COMPLETED)
        abandoned.cancel()
        ticking.cancel()

    def abandon(self) -> None:
        self._grace = 0.0
        self.should_exit = True
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended by itself
                self._loop.call_soon_threadsafe(self._abandoned.set)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for task in self._tasks:
            task.cancel()
        if self._abandoned.is_set() and not self.server_state.tasks:
            self._leave()
            return
        self._playbacks.stop()
        cutting = asyncio.get_running_loop().call_later(self._grace, self._cut)
        await super().shutdown(sockets=sockets)
        cutting.cancel()

    def _leave(self) -> None:
        """End without uvicorn's tenth of a second for good-byes: all is settled, and nobody is there to hear them."""
        for server in self.servers:
            server.close()
        self._cut()

    def _cut(self) -> None:
        """End the connections of clients that neither finish what they send nor take what they are sent."""
        for connection in list(self.server_state.connections):
            connection.transport.abort()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self._stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.handle_exit(number, frame)


def _complain(task: asyncio.Task[None]) -> None:
    """A companion that fails is a bug of ours: asyncio prints what a callback raises, at once."""
    if not task.cancelled():
        task.result()


def _log_to_stderr() -> None:
    """What uvicorn has to complain of goes to stderr, in one line each."""
    logger = logging.getLogger("uvicorn")
    if not logger.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("mockgw: %(levelname)s: %(message)s"))
        logger.addHandler(handler)
    logger.setLevel(logging.WARNING)
    logger.propagate = False
