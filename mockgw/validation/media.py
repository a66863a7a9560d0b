"""Media: whether images and PDFs are what they say they are, and not too large.

Sources: https://platform.claude.com/docs/en/build-with-claude/vision and .../pdf-support.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Any

from mockgw.protocol.models import MILLION
from mockgw.protocol.rules import Refusal
from mockgw.validation.sizes import media_type, size_of
from mockgw.validation.subject import Subject
from mockgw.values import light

MANY = 20
WIDEST, WIDEST_OF_MANY = 8000, 2000
MEGABYTE = 1024 * 1024
MOST_PAGES, MOST_PAGES_OF_LARGE = 100, 600
PAGE = re.compile(rb"/Type\s*/Page\b(?!s)")
Path = tuple[str | int, ...]


@light
class Medium:
    """An image or a document that came as base64, and where it stands."""

    path: Path
    kind: str
    source: dict[str, Any]

    @property
    def dotted(self) -> str:
        return ".".join(map(str, self.path))

    @property
    def data(self) -> bytes | None:
        """What it is, if it is base64."""
        try:
            return base64.b64decode(self.source["data"], validate=True)
        except (binascii.Error, ValueError):
            return None

    def refusal(self, code: str, **values: Any) -> Refusal:
        return Refusal(code, *self.path, "source", path=self.dotted, **values)


def check(subject: Subject) -> None:
    """Every image and PDF, in the order in which they stand."""
    found = list(_media(subject))
    many = sum(medium.kind == "image" for medium in found) > MANY
    large = subject.model is None or subject.model.max_input_tokens == MILLION
    for medium in found:
        if medium.kind == "image":
            _check_image(medium, many=many, megabytes=10 if large else 5)
        else:
            _check_pdf(medium, MOST_PAGES_OF_LARGE if large else MOST_PAGES)


def _media(subject: Subject) -> Iterator[Medium]:
    for index, message in enumerate(subject.messages):
        if isinstance(message["content"], list):
            yield from _inside(("messages", index, "content"), message["content"])


def _inside(above: Path, blocks: list[dict[str, Any]]) -> Iterator[Medium]:
    for index, block in enumerate(blocks):
        path, kind, source = (*above, index), block["type"], block.get("source")
        if kind in ("image", "document") and isinstance(source, dict):
            if source["type"] == "base64":
                yield Medium(path, kind, source)
            if isinstance(source.get("content"), list):
                yield from _inside((*path, "source", "content"), source["content"])
        if kind == "tool_result" and isinstance(block.get("content"), list):
            yield from _inside((*path, "content"), block["content"])


def _check_image(medium: Medium, *, many: bool, megabytes: int) -> None:
    length, most = len(medium.source["data"]), megabytes * MEGABYTE
    if length > most:
        raise medium.refusal("image_bytes", megabytes=megabytes, found=length, most=most)
    data = medium.data
    found = media_type(data) if data else None
    if data is None or found is None:
        raise medium.refusal("image")
    said = medium.source["media_type"]
    if found != said:
        raise medium.refusal("image_type", said=said, found=found)
    widest = max(size_of(data, found) or (0, 0))
    if widest > WIDEST:
        raise medium.refusal("image_size")
    if many and widest > WIDEST_OF_MANY:
        raise medium.refusal("image_size_many")


def _check_pdf(medium: Medium, most: int) -> None:
    """Only what can be seen without a reader of PDFs: pages inside compressed objects are not counted."""
    data = medium.data
    if data is None or not data.startswith(b"%PDF-"):
        raise medium.refusal("pdf")
    if b"/Encrypt" in data:
        raise medium.refusal("pdf_locked")
    if len(PAGE.findall(data)) > most:
        raise medium.refusal("pdf_pages", most=most)
