"""Console: the live page and its files, as they stand in the package. There is no secret in them."""

from collections.abc import Mapping
from pathlib import Path

from starlette.types import Scope

from mockgw.chance import summed
from mockgw.protocol import headers
from mockgw.server.control import Reply, refusal, send
from mockgw.server.guard import Denied, Guard
from mockgw.server.playback import Connection
from mockgw.wording import shortened

PAGE = "index.html"
STATIC = Path(__file__).parent / "static"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
# What clients send is shown on this page: whatever it is, nothing of it runs, and nothing is sent elsewhere.
POLICY = "; ".join(
    (
        *("default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "connect-src 'self'"),
        *("base-uri 'none'", "frame-ancestors 'none'", "form-action 'none'"),
    )
)
USUAL = {
    "cache-control": "no-cache",  # kept, but asked for each time: the next version has the same names
    "content-security-policy": POLICY,
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "no-referrer",
}
WIDEST = 60


class Console:
    """The page, and its files below a path, as an ASGI app."""

    def __init__(self, guard: Guard, path: str) -> None:
        self._guard = guard
        self._path = path

    async def __call__(self, connection: Connection) -> None:
        await send(connection, self._reply(connection.scope))

    def _reply(self, scope: Scope) -> Reply:
        sent = headers.read(scope["headers"])
        try:
            self._guard.check(_as_navigated(sent), without_token=True)
            if scope["method"] not in ("GET", "HEAD"):
                raise Denied(405, "method", f"this path takes GET, HEAD, not {scope['method']}", {"allow": "GET, HEAD"})
            return _file(scope["path"].removeprefix(self._path).strip("/") or PAGE, sent.get("if-none-match", ""))
        except Denied as denied:
            return refusal(denied.status, denied.kind, denied.message, **denied.headers)


def _as_navigated(sent: Mapping[str, str]) -> Mapping[str, str]:
    """A link on any page may lead here: it opens a page of its own, of which that one sees nothing."""
    if (sent.get("sec-fetch-mode"), sent.get("sec-fetch-dest")) != ("navigate", "document"):
        return sent
    return {name: value for name, value in sent.items() if name != "sec-fetch-site"}


def _file(name: str, known: str) -> Reply:
    """A file of the page; 304 for who has it already."""
    path = next((path for path in STATIC.iterdir() if path.name == name and path.suffix in TYPES), None)
    if path is None:
        raise Denied(404, "not_found", f"the console has no file {shortened(name, WIDEST)!r}")
    data = path.read_bytes()
    tag = f'"{summed(data)}"'
    if tag in known:
        return Reply(304, b"", {**USUAL, "etag": tag})
    return Reply(200, data, {**USUAL, "etag": tag, "content-type": TYPES[path.suffix]})
