"""App: every route in one list."""

import re
from collections.abc import Mapping
from http import HTTPMethod

from starlette.routing import Route, Router
from starlette.types import Scope

from mockgw import __version__
from mockgw.delivery.actions import Head
from mockgw.pipeline import Opened, Pipeline
from mockgw.protocol.errors import ApiError
from mockgw.protocol.requests import Incoming
from mockgw.server.endpoint import Endpoint, Handler
from mockgw.server.playback import Playbacks
from mockgw.server.shortcut import PATH, Shortcut


def messages(pipeline: Pipeline, incoming: Incoming, scope: Scope) -> Opened:
    return pipeline.messages(incoming)


def count_tokens(pipeline: Pipeline, incoming: Incoming, scope: Scope) -> Opened:
    return pipeline.count_tokens(incoming)


def list_models(pipeline: Pipeline, incoming: Incoming, scope: Scope) -> Opened:
    return pipeline.list_models(incoming)


def show_model(pipeline: Pipeline, incoming: Incoming, scope: Scope) -> Opened:
    return pipeline.show_model(incoming, scope["path_params"]["model_id"])


def greet(pipeline: Pipeline, incoming: Incoming, scope: Scope) -> Opened:
    """What Claude Code knocks at when it starts, and what a person sees in a browser."""
    text = f"mockgw {__version__}: an Anthropic-compatible gateway that answers from scenarios. POST /v1/messages\n"
    head = Head(200, {"content-type": "text/plain; charset=utf-8", "content-length": str(len(text))})
    return pipeline.say(incoming, "hello", head, text.encode())


KNOCK: Mapping[str, Handler] = {"HEAD": greet, "GET": greet}
ROUTES: Mapping[str, Mapping[str, Handler]] = {
    PATH: {"POST": messages},
    "/v1/messages/count_tokens": {"POST": count_tokens},
    "/v1/models": {"GET": list_models},
    "/v1/models/": {},  # no model has an empty name
    "/v1/models/{model_id:path}": {"GET": show_model},
    "/": KNOCK,
    "/api/hello": KNOCK,
}


def shortcut(pipeline: Pipeline, playbacks: Playbacks) -> Shortcut:
    """Round the ASGI app, to the handler of the one path that matters."""
    endpoint = Endpoint(pipeline, playbacks, ROUTES[PATH])
    return Shortcut(pipeline, lambda incoming: endpoint.handled(incoming, {}))


REQUEST_LINE = re.compile(rb"([A-Za-z-]+) (/[^ ?]*)[^ ]* HTTP/1\.[01]\r?\n")


def create_app(pipeline: Pipeline, playbacks: Playbacks) -> Router:
    """The ASGI app. Starlette's router alone: errors have one catch of our own, in the endpoint."""
    routes = [Route(path, Endpoint(pipeline, playbacks, handlers)) for path, handlers in ROUTES.items()]
    return Router(routes, redirect_slashes=False, default=Endpoint(pipeline, playbacks, {}))


def unreadable(app: Router, problem: str, received: bytes) -> tuple[Incoming, ApiError]:
    """What is refused, and how, when the parser cannot read it: it may only not know the method."""
    line = REQUEST_LINE.match(received)
    if line is None or line[1].decode() in HTTPMethod.__members__:
        return Incoming("-", "-", {}), ApiError(400, problem, kind="http")
    incoming = Incoming(line[1].decode(), line[2].decode("latin-1"), {})
    routes = (route for route in app.routes if isinstance(route, Route))
    endpoint = next((route.app for route in routes if route.path_regex.match(incoming.path)), app.default)
    assert isinstance(endpoint, Endpoint)
    try:
        endpoint.check(incoming)
    except ApiError as error:
        return incoming, error
    raise AssertionError("no endpoint knows a method that the parser does not know")
