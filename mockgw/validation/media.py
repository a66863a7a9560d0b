"""Media: whether images and PDFs are what they say they are, and not too large; whether files are there.

Sources: https://platform.claude.com/docs/en/build-with-claude/vision, .../pdf-support and .../files.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Any

from mockgw.protocol.models import MILLION
from mockgw.protocol.rules import Refusal, shown
from mockgw.validation.sizes import Size, fitted, media_type, size_of
from mockgw.validation.subject import Subject
from mockgw.values import light

MANY = 20
WIDEST, WIDEST_OF_MANY = 8000, 2000
SEEN, SEEN_SHARPLY = {"edge": 1568, "patches": 1568}, {"edge": 2576, "patches": 4784}
MEGABYTE = 1024 * 1024
MOST_PAGES, MOST_PAGES_OF_LARGE = 100, 600
PAGE = re.compile(rb"/Type\s*/Page\b(?!s)")
Path = tuple[str | int, ...]


@light
class Medium:
    """An image or a document that came as base64, or a file that was named, and where it stands."""

    path: Path
    block: dict[str, Any]

    @property
    def kind(self) -> str:
        return str(self.block["type"])

    @property
    def source(self) -> dict[str, Any]:
        source: dict[str, Any] = self.block["source"]
        return source

    @property
    def file(self) -> str | None:
        """The id of the file, if it is one."""
        named = self.block if self.kind == "container_upload" else self.source
        return named.get("file_id")

    @property
    def stays(self) -> bool:
        """Whether it is an error if it would be reduced."""
        return (self.block.get("transformations") or {}).get("oversized_image") == "error"

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
    """Every file that is named, and then every image and PDF, in the order in which they stand."""
    media = list(_media(subject))
    for medium in media:
        if medium.file is not None and not subject.known.has_file(medium.file):
            raise Refusal("file", *medium.path, found=shown(medium.file))
    found = [medium for medium in media if medium.file is None]
    many = sum(medium.kind == "image" for medium in found) > MANY
    large = subject.model is None or subject.model.max_input_tokens == MILLION
    for medium in found:
        if medium.kind == "image":
            size = _check_image(medium, many=many, megabytes=10 if large else 5)
            if size is not None and medium.stays:
                _check_fits(medium, size, sharp=subject.model is None or subject.model.abilities.sharp)
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
            if source["type"] in ("base64", "file"):
                yield Medium(path, block)
            if isinstance(source.get("content"), list):
                yield from _inside((*path, "source", "content"), source["content"])
        if kind == "container_upload":
            yield Medium(path, block)
        if kind == "tool_result" and isinstance(block.get("content"), list):
            yield from _inside((*path, "content"), block["content"])


def _check_image(medium: Medium, *, many: bool, megabytes: int) -> Size | None:
    """Its size, if it can be told and is not too large."""
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
    size = size_of(data, found)
    widest = max(size or (0, 0))
    if widest > WIDEST:
        raise medium.refusal("image_size")
    if many and widest > WIDEST_OF_MANY:
        raise medium.refusal("image_size_many")
    return size


def _check_fits(medium: Medium, size: Size, *, sharp: bool) -> None:
    limits = SEEN_SHARPLY if sharp else SEEN
    fitting = fitted(size, **limits)
    if fitting != size:
        raise medium.refusal("image_resized", found=_by(size), fitting=_by(fitting))


def _by(size: Size) -> str:
    return f"{size[0]}x{size[1]}"


def _check_pdf(medium: Medium, most: int) -> None:
    """Only what can be seen without a reader of PDFs: pages inside compressed objects are not counted."""
    data = medium.data
    if data is None or not data.startswith(b"%PDF-"):
        raise medium.refusal("pdf")
    if b"/Encrypt" in data:
        raise medium.refusal("pdf_locked")
    if len(PAGE.findall(data)) > most:
        raise medium.refusal("pdf_pages", most=most)
