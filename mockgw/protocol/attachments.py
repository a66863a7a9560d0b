"""Attachments: the documents and images that a request brings along."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

from mockgw.protocol.conversation import texts
from mockgw.values import light

Json = Mapping[str, Any]
KINDS = ("document", "image")
FIELDS = ("type", "name", "media_type", "size_bytes", "text", "url", "file_id")


@light
class Attachment:
    """A document or an image. `text` is that of a plain one, else empty; what it does not say is None."""

    type: str
    name: str | None
    media_type: str | None
    size_bytes: int | None
    text: str
    url: str | None = None
    file_id: str | None = None


@light
class Contents:
    """What a file is that an attachment names by its id."""

    name: str
    media_type: str
    size_bytes: int
    text: str


Find = Callable[[str], Contents | None]


def find_nothing(id: str) -> None:
    """Where there are no files."""


def read(messages: Sequence[Json], find: Find = find_nothing) -> tuple[Attachment, ...]:
    """All that these messages bring along, and what tools gave back in them; `find` knows files by their ids."""
    return tuple(_attachment(block, find) for block in _blocks(messages))


def _blocks(messages: Sequence[Json]) -> Iterator[Json]:
    for message in messages:
        if message["role"] != "user" or isinstance(message["content"], str):
            continue
        for block in message["content"]:
            inner = block.get("content") if block.get("type") == "tool_result" else None
            for one in (block, *(inner if isinstance(inner, list) else ())):
                if one.get("type") in KINDS and isinstance(one.get("source"), dict):
                    yield one


def _attachment(block: Json, find: Find) -> Attachment:
    source = block["source"]
    data, url, id = source.get("data"), source.get("url"), source.get("file_id")
    if isinstance(id, str) and (file := find(id)):
        name = block.get("title") or file.name
        return Attachment(block["type"], name, file.media_type, file.size_bytes, file.text, None, id)
    name = block.get("title") or (_file_name(url) if isinstance(url, str) else None)
    size, text = None, ""
    match source.get("type"):
        case "base64" if isinstance(data, str):
            size = len(data) * 3 // 4 - data[-2:].count("=")
        case "text" if isinstance(data, str):
            size, text = len(data.encode(errors="replace")), data
        case "content" if isinstance(source.get("content"), str | list):
            text = "\n".join(texts(source["content"]))
            size = len(text.encode(errors="replace"))
    return Attachment(block["type"], name, source.get("media_type"), size, text, url, id)


def attached(attachment: Attachment) -> dict[str, Any]:
    """It as plain data."""
    return {name: getattr(attachment, name) for name in FIELDS}


def _file_name(url: str) -> str | None:
    return unquote(urlsplit(url).path.rpartition("/")[2]) or None
