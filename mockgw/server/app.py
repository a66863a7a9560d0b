"""App: every route in one list."""

from collections.abc import Mapping

from starlette.routing import Route, Router
from starlette.types import Scope

from mockgw import __version__
from mockgw.delivery.actions import Head
from mockgw.pipeline import Incoming, Opened, Pipeline
from mockgw.server.endpoint import Endpoint, Handler
from mockgw.server.playback import Playbacks


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
    "/v1/messages": {"POST": messages},
    "/v1/messages/count_tokens": {"POST": count_tokens},
    "/v1/models": {"GET": list_models},
    "/v1/models/": {},  # no model has an empty name
    "/v1/models/{model_id:path}": {"GET": show_model},
    "/": KNOCK,
    "/api/hello": KNOCK,
}


def create_app(pipeline: Pipeline, playbacks: Playbacks) -> Router:
    """The ASGI app. Starlette's router alone: errors have one catch of our own, in the endpoint."""
    routes = [Route(path, Endpoint(pipeline, playbacks, handlers)) for path, handlers in ROUTES.items()]
    return Router(routes, redirect_slashes=False, default=Endpoint(pipeline, playbacks, {}))
