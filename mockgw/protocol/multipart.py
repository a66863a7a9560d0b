"""Multipart: the parts of a form with files (RFC 7578)."""

import re
from urllib.parse import unquote, unquote_to_bytes

from mockgw.protocol.errors import invalid
from mockgw.protocol.rules import shown
from mockgw.values import light

BOUNDARY = re.compile(r'multipart/form-data\b.*?;\s*boundary=(?:"([^"]+)"|([^\s;"]+))', re.IGNORECASE | re.DOTALL)
PARAMETER = re.compile(r';\s*([\w-]+\*?)=(?:"((?:[^"\\]|\\.)*)"|([^;]*))')
ESCAPED = re.compile(r'\\(["\\])|(%22|%0D|%0A)', re.IGNORECASE)  # as curl has it, and as browsers and SDKs do


@light
class Part:
    """A field of a form; a file need not have a `filename`."""

    name: str
    filename: str | None
    content_type: str
    data: bytes


def parse(content_type: str, body: bytes) -> dict[str, Part]:
    """The fields of a form by name, or the 400 that says why it is none."""
    found = BOUNDARY.match(content_type.strip())
    if found is None:
        told = f"Input should be 'multipart/form-data' with a boundary, not '{shown(content_type)}'"
        raise invalid(f"content-type: {told}", "content-type")
    delimiter = b"\r\n--" + (found[1] or found[2]).encode("latin-1", "replace")
    _, *parts, end = (b"\r\n" + body).split(delimiter) if delimiter in b"\r\n" + body else (b"", b"")
    if not end.startswith(b"--"):
        raise invalid("The request body is not valid multipart/form-data: it does not end in its boundary")
    read = [_part(part) for part in parts]
    return {part.name: part for part in read}


def _part(part: bytes) -> Part:
    head, _, data = part.partition(b"\r\n\r\n")
    headers = dict(_header(line) for line in head.decode(errors="replace").split("\r\n") if ":" in line)
    named = PARAMETER.finditer(headers.get("content-disposition", ""))
    disposition = {found[1].lower(): _value(found) for found in named}
    if "name" not in disposition:
        raise invalid("The request body is not valid multipart/form-data: a part of it has no name")
    filename = disposition.get("filename*", disposition.get("filename"))
    return Part(disposition["name"], filename, headers.get("content-type", ""), data)


def _header(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name.strip().lower(), value.strip()


def _value(found: re.Match[str]) -> str:
    if found[1].endswith("*"):
        charset, _, text = (found[2] or found[3]).partition("''")
        return unquote_to_bytes(text).decode("latin-1" if charset.lower() == "iso-8859-1" else "utf-8", "replace")
    return found[3].strip() if found[2] is None else ESCAPED.sub(_unescaped, found[2])


def _unescaped(found: re.Match[str]) -> str:
    return found[1] or unquote(found[2])
