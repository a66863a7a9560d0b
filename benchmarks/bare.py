"""Bare uvicorn: reads the body and sends what mockgw once answered, as constant bytes. Run by run.py."""

import asyncio
import socket
import sys
from pathlib import Path
from typing import Any

import uvicorn
from cases import CASES, PACED, STEP, Case

FRAME_END = b"\n\n"
DELTA = b'"text_delta"'
JSON = [(b"content-type", b"application/json")]
SSE = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-cache")]


class Bare:
    """The ASGI app. A stream is sent event by event, as an app does that knows nothing of what comes next."""

    def __init__(self, folder: Path, time_scale: float) -> None:
        self._answers = {f"case={case.name}".encode(): (case, _pieces(case, folder)) for case in CASES}
        self._step = STEP * time_scale

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        while (await receive()).get("more_body", False):
            pass
        case, pieces = self._answers[scope["query_string"]]
        length = [] if case.deltas else [(b"content-length", str(len(pieces[0])).encode())]
        headers = [*(SSE if case.deltas else JSON), *length]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await (self._paced(pieces, send) if case is PACED else _at_once(pieces, send))

    async def _paced(self, pieces: list[bytes], send: Any) -> None:
        """Each delta has a moment of its own, counted from the start, so that lateness does not add up."""
        deadline = asyncio.get_running_loop().time()
        first = True
        for piece in pieces:
            if DELTA in piece and not first:
                deadline += self._step
                await _sleep_until(deadline)
            first = first and DELTA not in piece
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _at_once(pieces: list[bytes], send: Any) -> None:
    for piece in pieces[:-1]:
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": pieces[-1], "more_body": False})


async def _sleep_until(deadline: float) -> None:
    await asyncio.sleep(deadline - asyncio.get_running_loop().time())


def _pieces(case: Case, folder: Path) -> list[bytes]:
    answer = (folder / f"{case.name}.answer").read_bytes()
    if not case.deltas:
        return [answer]
    return [frame + FRAME_END for frame in answer.split(FRAME_END)[:-1]]


def main() -> None:
    port, folder, time_scale = int(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3])
    # With the protocol named, asyncio sets TCP_NODELAY on what it accepts.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", port))
    config = uvicorn.Config(
        Bare(folder, time_scale),
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        backlog=2048,
        timeout_keep_alive=75,
    )
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
