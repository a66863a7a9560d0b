"""Endpoint: what every path has in common - body, origin, method, playback, the journal."""

import traceback
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from urllib.parse import parse_qsl

from starlette.types import Receive, Scope, Send

from mockgw.delivery.actions import Action, Delivery, Head
from mockgw.opened import Opened
from mockgw.pipeline import Pipeline
from mockgw.protocol import sent
from mockgw.protocol.errors import ApiError
from mockgw.protocol.requests import MAX_BODY_BYTES, Incoming
from mockgw.server import origins, sockets
from mockgw.server.playback import Connection, Playbacks
from mockgw.suggest import did_you_mean
from mockgw.values import light
from mockgw.wording import shortened

SESSION = "mockgw.session"  # in a scope: the session that the URL names
DRAINED_BYTES = 8 * MAX_BODY_BYTES  # of a body that is too large, read so that the client hears why

# What a client may have meant that knocks at a path which does not exist.
PATHS = ("/v1/messages", "/v1/messages/count_tokens", "/v1/messages/batches", "/v1/models", "/v1/files")
CONTROL = "_mockgw"
WIDEST = 60
OPENAI_PATHS = ("/chat/completions", "/completions", "/responses", "/embeddings")

Handler = Callable[[Pipeline, Incoming, Scope], Opened]


class Disconnected(Exception):
    """The client left before its request was whole."""


@light
class Endpoint:
    """One path, as an ASGI app: a handler for each of its methods. Without any it is a path that does not exist."""

    pipeline: Pipeline
    playbacks: Playbacks
    handlers: Mapping[str, Handler]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        incoming = _read_head(scope)
        try:
            body = await read_body(receive) if _has_body(incoming) else b""
        except Disconnected:
            return
        await self.play(self.handled(replace(incoming, body=body), scope), Connection(scope, receive, send))

    async def play(self, opened: Opened, connection: Connection) -> None:
        """Give an answer, and settle it."""
        cors = origins.answer_headers(opened.incoming.headers, self.pipeline.settings.cors)
        actions = (
            [_with_headers(action, cors) for action in opened.exchange.actions] if cors else opened.exchange.actions
        )
        delivery = opened.exchange.delivery
        under_way = opened.exchange.under_way = Delivery()
        try:
            scale = opened.session.time_scale
            conclude = partial(self.pipeline.conclude, opened)
            delivery = await self.playbacks.play(actions, connection, conclude, scale, under_way)
        finally:
            self.pipeline.settle(opened, delivery)

    def handled(self, incoming: Incoming, scope: Scope) -> Opened:
        """The answer to a request, whatever happens."""
        try:
            self.check(incoming)
            if incoming.method == "OPTIONS":
                return self.pipeline.say(incoming, "preflight", Head(204, self._preflight(incoming)))
            return self.handlers[incoming.method](self.pipeline, incoming, scope)
        except ApiError as error:
            return self.pipeline.refuse(incoming, error)
        except Exception as bug:
            traceback.print_exc()
            message = f"mockgw has a bug: {type(bug).__name__}: {bug} (the traceback is in the server's terminal)"
            return self.pipeline.refuse(incoming, ApiError(500, message, kind="bug", should_retry=False))

    def check(self, incoming: Incoming) -> None:
        """404, 405, the gateway's 400 (CORS), 413: what ends here, in this order."""
        if not self.handlers:
            raise ApiError(404, f"Not Found{path_hint(incoming.path)}", kind="not_found")
        if incoming.method not in self._methods:
            raise ApiError(405, "Method Not Allowed", headers={"allow": ", ".join(self._methods)}, kind="method")
        origins.check(incoming.headers, self.pipeline.settings.cors)
        if len(incoming.body) > MAX_BODY_BYTES:
            raise ApiError(413, "Request exceeds the maximum allowed number of bytes.", kind="too_large")

    def _preflight(self, incoming: Incoming) -> dict[str, str]:
        return origins.preflight_headers(incoming.headers, self.pipeline.settings.cors, ", ".join(self._methods))

    @property
    def _methods(self) -> tuple[str, ...]:
        return (*self.handlers, "OPTIONS")


def path_hint(path: str) -> str:
    """The end of a 404: what is wrong with the path, if it looks familiar."""
    if path.startswith("/v1/v1/"):
        return ": base_url must not end in /v1"
    if f"/v1{path}" in PATHS:
        return f": it is /v1{path}, so the base URL of this client has to end in /v1"
    first, slash, rest = path.removeprefix("/").partition("/")
    if first == CONTROL:
        return ": the control API is not part of a session: its paths begin with /_mockgw/"
    if did_you_mean(first, [CONTROL], cutoff=0.85):
        return f"; did you mean '/{CONTROL}{slash}{shortened(rest, WIDEST)}'?"
    if path == "/v1/complete":
        return ": text completions are no longer part of the API: POST /v1/messages"
    if path.endswith(OPENAI_PATHS):
        return ": this speaks Anthropic's API: POST /v1/messages"
    return did_you_mean(path, PATHS, cutoff=0.85)  # not for the paths of the API that are not served


def _read_head(scope: Scope) -> Incoming:
    return Incoming(
        method=scope["method"],
        path=scope["path"],
        headers=sent.read(scope["headers"]),
        query=_query(scope["query_string"]) if scope["query_string"] else {},
        socket=sockets.transport_of(scope) is not None,
        prefix=scope.get(SESSION, ""),
    )


def _query(text: bytes) -> dict[str, str]:
    """The parameters by name; the values of a list, whose name ends in `[]`, are joined by commas."""
    query: dict[str, str] = {}
    for name, value in parse_qsl(text.decode("latin-1"), keep_blank_values=True):
        query[name] = f"{query[name]},{value}" if name in query and name.endswith("[]") else value
    return query


def _has_body(incoming: Incoming) -> bool:
    return "content-length" in incoming.headers or "transfer-encoding" in incoming.headers


def _with_headers(action: Action, more: dict[str, str]) -> Action:
    return replace(action, headers=action.headers | more) if isinstance(action, Head) else action


async def read_body(receive: Receive) -> bytes:
    """The whole body; of one that is too large no more than shows that it is."""
    chunks: list[bytes] = []
    size = 0
    more = True
    while more and size <= DRAINED_BYTES:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        chunk = message.get("body", b"")
        if size <= MAX_BODY_BYTES:
            chunks.append(chunk)
        size += len(chunk)
        more = message.get("more_body", False)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)
