"""Runner: the server, in the foreground or in a thread."""

import asyncio
import contextlib
import errno
import gc
import logging
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http import HTTPStatus
from types import FrameType

import uvicorn

from mockgw.delivery.actions import Chunk, Delivery, Head
from mockgw.errors import PortInUseError
from mockgw.pipeline import Pipeline
from mockgw.server.app import create_app, unreadable
from mockgw.server.playback import Playbacks
from mockgw.server.sockets import Protocol

KEEP_ALIVE = 75  # seconds: longer than clients keep an idle connection, so that they end it and not we
BACKLOG = 2048
GRACE = 1.0  # seconds that clients have, when the server stops, to take what was sent to them
HINTS = {
    errno.EADDRINUSE: "; another program listens there; choose another with --port, or --port 0 for any free one",
    errno.EADDRNOTAVAIL: "; this machine has no such address; --host 127.0.0.1 always works",
    errno.EACCES: "; ports below 1024 need special rights; choose another with --port, or --port 0 for any free one",
}
GENERATION = 50_000  # allocations between garbage collections: requests leave no cycles to speak of


class Server:
    """mockgw on a port. `start` and `stop` run it in a thread, `run` in the foreground until a signal comes."""

    def __init__(self, pipeline: Pipeline, on_ready: Callable[[str], None] = lambda url: None) -> None:
        settings = pipeline.settings
        self.pipeline = pipeline
        self._playbacks = Playbacks(pipeline.clock, settings.time_scale)
        self._app = create_app(pipeline, self._playbacks)
        self._socket = bind(settings.host, settings.port)
        self.url = url_of(self._socket)
        self._ready = threading.Event()
        self._on_ready = on_ready
        self._uvicorn = _Uvicorn(self._config(), self._playbacks, self._announce)
        self._thread: threading.Thread | None = None

    def run(self) -> None:
        """Serve until SIGINT or SIGTERM; open streams are ended then."""
        gc.collect()
        gc.freeze()
        gc.set_threshold(GENERATION, 20, 20)
        self._uvicorn.run(sockets=[self._socket])

    def start(self) -> "Server":
        """Serve in a thread; returns when requests are taken."""
        self._thread = threading.Thread(target=self._uvicorn.run, kwargs={"sockets": [self._socket]}, daemon=True)
        self._thread.start()
        self._ready.wait()
        return self

    def stop(self) -> None:
        self._uvicorn.should_exit = True
        if self._thread is not None:
            self._thread.join()
        self._socket.close()

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
        _log_to_stderr()
        return uvicorn.Config(
            self._app,
            http=partial(Protocol, refuse=self._refuse),  # type: ignore[arg-type]  # uvicorn only ever calls it
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

    def __init__(self, config: uvicorn.Config, playbacks: Playbacks, on_ready: Callable[[], object]) -> None:
        super().__init__(config)
        self._playbacks = playbacks
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._playbacks.stop()
        cutting = asyncio.get_running_loop().call_later(GRACE, self._cut)
        await super().shutdown(sockets=sockets)
        cutting.cancel()

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


def bind(host: str, port: int) -> socket.socket:
    """A listening address, taken before anything is promised; PortInUseError says why not."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError) as error:
        raise PortInUseError(f"--host {host}: this is no address of this machine ({error})") from None
    # With the protocol named, asyncio sets TCP_NODELAY on what it accepts.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        # On Windows it would let two servers share a port; elsewhere it lets a server start again at once.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, sys.platform != "win32")
        listening.bind(address)
        listening.listen(BACKLOG)  # of two that bind at the same moment, one hears of it here
    except OSError as error:
        listening.close()
        raise not_listening(host, port, error) from None
    return listening


def not_listening(host: str, port: int, error: OSError) -> PortInUseError:
    hint = HINTS.get(error.errno or 0, "")
    return PortInUseError(f"cannot listen on {host}:{port}: {error.strerror or error}{hint}")


def url_of(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}"


def _log_to_stderr() -> None:
    """What uvicorn has to complain of goes to stderr, in one line each."""
    logger = logging.getLogger("uvicorn")
    if not logger.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("mockgw: %(levelname)s: %(message)s"))
        logger.addHandler(handler)
    logger.setLevel(logging.WARNING)
    logger.propagate = False
