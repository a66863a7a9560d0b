"""Response: faults of the head and of the body as a whole; they strike when the head is due."""

from http import HTTPStatus
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, WithJsonSchema

from mockgw.delivery.actions import Action, Chunk, Close, Finish, Head, Raw
from mockgw.delivery.faults.base import START, CannotStrike, Fault, Scene, with_headers
from mockgw.delivery.places import At, size
from mockgw.notation import INTEGER_SCHEMA, Integer, Text, integer_schema
from mockgw.protocol.headers import HTML, JSON
from mockgw.protocol.scripted import AnyError, ScriptedError

# What a common proxy says of a server behind it that does not answer.
PAGE = """\
<html>\r
<head><title>{status} {phrase}</title></head>\r
<body>\r
<center><h1>{status} {phrase}</h1></center>\r
<hr><center>nginx</center>\r
</body>\r
</html>\r
"""
STATUSES = range(400, 600)


def of_an_error(value: int) -> int:
    if value not in STATUSES:
        raise ValueError(f"expected a status from 400 to 599, found {value}")
    return value


def not_zero(value: int) -> int:
    if value == 0:
        raise ValueError("expected another number than 0: with it the length is right")
    return value


Status = Annotated[Integer, AfterValidator(of_an_error), WithJsonSchema(integer_schema(400, 599))]
Difference = Annotated[Integer, AfterValidator(not_zero), WithJsonSchema(INTEGER_SCHEMA | {"not": {"const": 0}})]


class HtmlErrorPage(Fault):
    """The page of a proxy instead of the answer: HTML where JSON was expected."""

    usual_place: ClassVar[At] = START
    type: Literal["html_error_page"]
    status: Status = 502
    """Its HTTP status."""

    def apply(self, actions: list[Action], scene: Scene) -> list[Action]:
        page = PAGE.format(status=self.status, phrase=_phrase(self.status)).encode()
        return [*self.before_head(actions).before, *_body(self.status, page, HTML)]


class WrongContentType(Fault):
    """A head that says that the body is something else than it is."""

    usual_place: ClassVar[At] = START
    type: Literal["wrong_content_type"]
    content_type: Text = HTML
    """What it says."""

    def apply(self, actions: list[Action], scene: Scene) -> list[Action]:
        place = self.before_head(actions)
        return [*place.before, *with_headers(place.after, **{"content-type": self.content_type})]


class ContentLengthMismatch(Fault):
    """A head that promises a length which the body does not have; the connection is closed after it."""

    usual_place: ClassVar[At] = START
    type: Literal["content_length_mismatch"]
    by: Difference = 10
    """So many bytes are promised that do not come; below 0, so many come that were not promised."""

    def apply(self, actions: list[Action], scene: Scene) -> list[Action]:
        place = self.before_head(actions)
        promised = size(place.after) + self.by
        if promised < 0:
            raise CannotStrike(f"the body has only {size(place.after)} bytes")
        lying = with_headers(place.after, **{"content-length": str(promised)})
        return [*place.before, *map(_closing, lying if self.by > 0 else _beyond(lying, promised))]


class ErrorBody200(Fault):
    """The body of an error under the status 200."""

    usual_place: ClassVar[At] = START
    type: Literal["error_body_200"]
    error: AnyError = ScriptedError.model_construct(status=529)
    """The error: a status, a type, or a mapping as in `error`."""

    def apply(self, actions: list[Action], scene: Scene) -> list[Action]:
        return [*self.before_head(actions).before, *_body(200, scene.error_body(self.error), JSON)]


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"


def _body(status: int, data: bytes, content_type: str) -> list[Action]:
    headers = {"content-type": content_type, "content-length": str(len(data))}
    return [Head(status, headers), Chunk(data), Finish()]


def _beyond(actions: list[Action], promised: int) -> list[Action]:
    """What the head does not promise goes past HTTP's framing."""
    place = At(bytes=promised).part(actions)
    begun = place.begun()
    return [*begun.before, *(Raw(action.data) if isinstance(action, Chunk) else action for action in begun.after)]


def _closing(action: Action) -> Action:
    return Close() if isinstance(action, Finish) else action
