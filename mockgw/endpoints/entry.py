"""Entry: who may ask the endpoints that only the API itself has."""

from collections.abc import Callable, Sequence
from urllib.parse import quote

from mockgw import admission
from mockgw.delivery.actions import Action
from mockgw.opened import Opened
from mockgw.pipeline import Pipeline
from mockgw.protocol.errors import ApiError
from mockgw.protocol.requests import Incoming

Answer = Callable[[Pipeline, Opened], Sequence[Action]]


def answered(pipeline: Pipeline, incoming: Incoming, answer: Answer) -> Opened:
    """A request with the actions of its answer, if it may ask."""

    def entered(opened: Opened) -> Sequence[Action]:
        enter(pipeline, opened)
        return answer(pipeline, opened)

    return pipeline.answered(incoming, entered)


def enter(pipeline: Pipeline, opened: Opened) -> None:
    """404 where a gateway has no such endpoint, which comes before anything is asked of its key."""
    admission.choose(opened, pipeline.library, pipeline.sessions, None, pipeline.terms)
    dialect = pipeline.dialect(opened)
    if not dialect.whole_api:
        told = "the dialect 'anthropic' has this: mockgw serve --dialect anthropic, or gateway: {dialect: anthropic}"
        raise ApiError(404, f"Not Found: {told}", kind="not_found")
    pipeline.admit(opened, None)


def base_of(pipeline: Pipeline, incoming: Incoming) -> str:
    """The URL by which a client came here, session and all, for URLs that it is to follow."""
    sent, settings = incoming.headers, pipeline.settings
    scheme = "https" if sent.get("x-forwarded-proto", "").strip().lower() == "https" else "http"
    host = sent.get("host") or f"{settings.host}:{settings.port}"
    return f"{scheme}://{host}{f'/s/{quote(incoming.prefix)}' if incoming.prefix else ''}"
