"""Attached: what one of the documents and images that a request brings along must be."""

from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator

from mockgw.later import Later
from mockgw.notation import Integer, Text
from mockgw.scenario.conditions import Condition, read_condition, untextual
from mockgw.scenario.parts import PartCondition

Kind = Literal["document", "image"]
OfText = Annotated[Later[Condition[Text]], BeforeValidator(read_condition)]


class AttachmentCondition(PartCondition):
    """One document or image: operators look at the text of a plain one."""

    part: ClassVar[str] = "attachment"
    where: ClassVar[str] = "with the last typed prompt or since"

    type: Annotated[Later[Condition[Kind]], BeforeValidator(read_condition)] | None = None
    """Whether it is a `document` or an `image`."""
    name: OfText | None = None
    """A document's title; else the name of its file, or the last part of its URL."""
    media_type: OfText | None = None
    """Its media type, such as `application/pdf`."""
    size_bytes: (
        Annotated[Later[Condition[Integer]], *untextual("a number", "1, or {gte: 1}"), BeforeValidator(read_condition)]
        | None
    ) = None
    """How large it is, where it is not at a URL."""
    url: OfText | None = None
    """The URL that it is at."""
    file_id: OfText | None = None
    """The id of the file that it is in."""

    def _lacking(self, name: str) -> str:
        return f"it has no {name}"
