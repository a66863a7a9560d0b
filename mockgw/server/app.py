"""App: every route in one list."""

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from http import HTTPMethod
from importlib import import_module
from typing import TYPE_CHECKING

from starlette.types import Receive, Scope, Send

from mockgw import __version__
from mockgw.delivery.actions import Head
from mockgw.opened import Opened
from mockgw.pipeline import Pipeline
from mockgw.protocol.errors import ApiError
from mockgw.protocol.requests import Incoming
from mockgw.server import sockets
from mockgw.server.endpoint import SESSION, Endpoint, Handler
from mockgw.server.playback import Connection, Playbacks
from mockgw.server.shortcut import PATH, Shortcut, session_of

if TYPE_CHECKING:
    from starlette.routing import Router

    from mockgw.control.control import Control
    from mockgw.reload import Reloader
    from mockgw.server.console import Console
    from mockgw.server.control import ControlApi
    from mockgw.server.guard import Guard


def messages(pipeline: Pipeline, incoming: Incoming, scope: Scope) -> Opened:
    return pipeline.messages(incoming)


def count_tokens(pipeline: Pipeline, incoming: Incoming, scope: Scope) -> Opened:
    return pipeline.count_tokens(incoming)


def beside(endpoint: str, call: str) -> Handler:
    """A call of an endpoint beside messages, which is imported when it is first made: few clients do."""

    def handle(pipeline: Pipeline, incoming: Incoming, scope: Scope) -> Opened:
        asked = getattr(import_module(f"mockgw.endpoints.{endpoint}"), call)
        opened: Opened = asked(pipeline, incoming, *scope["path_params"].values())
        return opened

    return handle


def greet(pipeline: Pipeline, incoming: Incoming, scope: Scope) -> Opened:
    """What Claude Code knocks at when it starts; a browser gets the console."""
    text = f"mockgw {__version__}: an Anthropic-compatible gateway that answers from scenarios. POST /v1/messages\n"
    head = Head(200, {"content-type": "text/plain; charset=utf-8", "content-length": str(len(text))})
    return pipeline.say(incoming, "hello", head, text.encode())


KNOCK: Mapping[str, Handler] = {"HEAD": greet, "GET": greet}
ROUTES: Mapping[str, Mapping[str, Handler]] = {
    PATH: {"POST": messages},
    "/v1/messages/count_tokens": {"POST": count_tokens},
    "/v1/models": {"GET": beside("models", "listed")},
    "/v1/models/": {},  # no model has an empty name
    "/v1/models/{id:path}": {"GET": beside("models", "shown")},
    "/v1/messages/batches": {"POST": beside("batches", "create"), "GET": beside("batches", "listed")},
    "/v1/messages/batches/{id}": {"GET": beside("batches", "shown"), "DELETE": beside("batches", "delete")},
    "/v1/messages/batches/{id}/cancel": {"POST": beside("batches", "cancel")},
    "/v1/messages/batches/{id}/results": {"GET": beside("batches", "results")},
    "/v1/files": {"POST": beside("files", "upload"), "GET": beside("files", "listed")},
    "/v1/files/{id}": {"GET": beside("files", "shown"), "DELETE": beside("files", "delete")},
    "/v1/files/{id}/content": {"GET": beside("files", "content")},
    "/": KNOCK,
    "/api/hello": KNOCK,
}


def shortcut(pipeline: Pipeline, playbacks: Playbacks) -> Shortcut:
    """Round the ASGI app, to the handler of the one path that matters."""
    endpoint = Endpoint(pipeline, playbacks, ROUTES[PATH])
    return Shortcut(pipeline, lambda incoming: endpoint.handled(incoming, {}))


CONSOLE = "/_mockgw/console"
REQUEST_LINE = re.compile(rb"([A-Za-z-]+) (/[^ ?]*)[^ ]* HTTP/1\.[01]\r?\n")


def is_control(path: str) -> bool:
    """Whether the control API is called."""
    return path.startswith("/_mockgw") and path[8:9] in ("", "/")


def is_console(scope: Scope) -> bool:
    """Whether the page is asked for, or one of its files: at `/` browsers get it, and Claude Code what it expects."""
    path = scope["path"]
    if path == "/":
        accepted = (value for name, value in scope["headers"] if name == b"accept")
        return scope["method"] == "GET" and any(b"text/html" in value for value in accepted)
    return bool(path == CONSOLE or path.startswith(f"{CONSOLE}/"))


class App:
    """The ASGI app. Starlette's router alone: errors have one catch of our own, in the endpoint.

    What comes from the shortcut was decided already, and knows its way.
    """

    def __init__(self, pipeline: Pipeline, playbacks: Playbacks, reloader: "Reloader | None" = None) -> None:
        self._pipeline = pipeline
        self._playbacks = playbacks
        self._reloader = reloader

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if (opened := sockets.opened_in(scope)) is not None:
            await self._endpoint({}).play(opened, Connection(scope, receive, send))
        elif is_console(scope):
            await self._console(Connection(scope, receive, send))
        elif is_control(scope["path"]):
            await self._control_api(Connection(scope, receive, send))
        else:
            prefix, path = session_of(scope["path"])
            await self._router({**scope, "path": path, SESSION: prefix} if prefix else scope, receive, send)

    def endpoint(self, path: str) -> Endpoint:
        """What answers requests to a path."""
        from starlette.routing import Route

        routes = (route for route in self._router.routes if isinstance(route, Route))
        endpoint = next((route.app for route in routes if route.path_regex.match(path)), self._router.default)
        assert isinstance(endpoint, Endpoint)
        return endpoint

    @cached_property
    def control(self) -> "Control":
        """What the control API calls."""
        from mockgw.control.control import Control  # no ordinary request needs it

        return Control(self._pipeline, self._reloader)

    @cached_property
    def token(self) -> str:
        """What the control API asks for; empty if for nothing."""
        from mockgw.server.guard import token_for  # as above

        return token_for(self._pipeline.settings)

    @cached_property
    def _guard(self) -> "Guard":
        from mockgw.server.guard import Guard  # as above

        settings = self._pipeline.settings = replace(self._pipeline.settings, token=self.token)
        return Guard(settings.host, settings.hosts, self.token)

    @cached_property
    def _control_api(self) -> "ControlApi":
        from mockgw.server.control import ControlApi  # as above

        return ControlApi(self.control, self._guard, self._playbacks)

    @cached_property
    def _console(self) -> "Console":
        from mockgw.server.console import Console  # as above

        return Console(self._guard, CONSOLE)

    @cached_property
    def _router(self) -> "Router":
        from starlette.routing import Route, Router  # slow to import, and most requests take the shortcut

        routes = [Route(path, self._endpoint(handlers)) for path, handlers in ROUTES.items()]
        return Router(routes, redirect_slashes=False, default=self._endpoint({}))

    def _endpoint(self, handlers: Mapping[str, Handler]) -> Endpoint:
        return Endpoint(self._pipeline, self._playbacks, handlers)


def unreadable(app: App, problem: str, received: bytes) -> tuple[Incoming, ApiError]:
    """What is refused, and how, when the parser cannot read it: it may only not know the method."""
    line = REQUEST_LINE.match(received)
    if line is None or line[1].decode() in HTTPMethod.__members__:
        return Incoming("-", "-", {}), ApiError(400, problem, kind="http")
    incoming = Incoming(line[1].decode(), line[2].decode("latin-1"), {})
    try:
        app.endpoint(incoming.path).check(incoming)
    except ApiError as error:
        return incoming, error
    raise AssertionError("no endpoint knows a method that the parser does not know")
