"""Response: faults of the head and of the body as a whole. They strike when the head is due."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, WithJsonSchema

from mockgw.delivery.actions import Action, Chunk, Close, Finish, Head, Raw
from mockgw.delivery.faults.base import CannotStrike, Fault, Scene, with_headers
from mockgw.delivery.places import At, Strike, size
from mockgw.notation import Integer, Text, integer_schema
from mockgw.protocol.headers import HTML, JSON, carried
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
MOST_BYTES = 10**15  # that may be promised: more digits than this no server lets into a head


def of_an_error(value: int) -> int:
    if value not in STATUSES:
        raise ValueError(f"expected a status from 400 to 599, found {value}")
    return value


def a_difference(value: int) -> int:
    if value == 0:
        raise ValueError("expected another number than 0: with it the length is right")
    if abs(value) > MOST_BYTES:
        raise ValueError(f"expected a number from {-MOST_BYTES} to {MOST_BYTES}, found {value}")
    return value


Status = Annotated[Integer, AfterValidator(of_an_error), WithJsonSchema(integer_schema(400, 599))]
Difference = Annotated[
    Integer,
    AfterValidator(a_difference),
    WithJsonSchema(integer_schema(-MOST_BYTES, MOST_BYTES) | {"not": {"const": 0}}),
]


class Heading(Fault):
    """What the faults of the response have in common: they strike a head that has not left yet."""

    usual_place: ClassVar[At | None] = None

    def place(self, actions: Sequence[Action]) -> Strike:
        place = super().place(actions)
        if any(isinstance(action, Head) for action in place.before):
            raise CannotStrike("the head has left by then, and it is the head that is struck")
        if not any(isinstance(action, Head) for action in place.after):
            raise CannotStrike("no head comes, and it is the head that is struck")
        return place


class HtmlErrorPage(Heading):
    """The page of a proxy instead of the answer: HTML where JSON was expected."""

    replaces: ClassVar[bool] = True

    type: Literal["html_error_page"]
    status: Status = 502
    """Its HTTP status, 400 to 599; 502 when absent."""

    def apply(self, actions: list[Action], scene: Scene) -> list[Action]:
        page = PAGE.format(status=self.status, phrase=_phrase(self.status)).encode()
        return [*self.place(actions).before, *_body(self.status, page, HTML)]


class WrongContentType(Heading):
    """A head that says that the body is something else than it is."""

    type: Literal["wrong_content_type"]
    content_type: Text = HTML
    """What it says; `text/html` when absent."""

    def apply(self, actions: list[Action], scene: Scene) -> list[Action]:
        place = self.place(actions)
        if _media_type(self.content_type) in _media_types(actions):
            raise CannotStrike(f"{_media_type(self.content_type)} is what the answer is")
        return [*place.before, *with_headers(place.after, **carried({"content-type": self.content_type}))]


class ContentLengthMismatch(Heading):
    """A head that promises a length which the body does not have; the connection is closed after it."""

    type: Literal["content_length_mismatch"]
    by: Difference = 10
    """So many bytes, 10 when absent, are promised and do not come; below 0, so many come that were not promised."""

    def apply(self, actions: list[Action], scene: Scene) -> list[Action]:
        place = self.place(actions)
        promised = size(place.after) + self.by
        if promised < 0:
            raise CannotStrike(f"the answer has no {-self.by} bytes")
        lying = with_headers(place.after, **{"content-length": str(promised)})
        return [*place.before, *map(_closing, lying if self.by > 0 else _beyond(lying, promised))]

    def ends(self) -> bool:
        return True

    def anywhere(self) -> Self:
        return self.model_copy(update={"at": None, "by": max(self.by, -1)})


class ErrorBody200(Heading):
    """The body of an error under the status 200."""

    replaces: ClassVar[bool] = True

    type: Literal["error_body_200"]
    error: AnyError = ScriptedError.model_construct(status=529)
    """The error: a status, a type, or a mapping as in `error`; 529 when absent."""

    def apply(self, actions: list[Action], scene: Scene) -> list[Action]:
        return [*self.place(actions).before, *_body(200, scene.error_body(self.error), JSON)]


def _media_type(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def _media_types(actions: Sequence[Action]) -> set[str]:
    return {_media_type(action.headers.get("content-type", "")) for action in actions if isinstance(action, Head)}


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
