"""Files: what can be asked of them."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import orjson

from mockgw.batches import moment
from mockgw.delivery.actions import Action
from mockgw.endpoints import invented
from mockgw.endpoints.answers import as_bytes, as_json
from mockgw.endpoints.entry import Answer, answered
from mockgw.files import MOST_BYTES, MOST_BYTES_OF_ALL, MOST_FILES, File, extension_of, type_of
from mockgw.opened import Opened
from mockgw.pipeline import Pipeline
from mockgw.protocol import multipart
from mockgw.protocol.errors import ApiError, invalid
from mockgw.protocol.multipart import Part
from mockgw.protocol.paging import page
from mockgw.protocol.requests import Incoming
from mockgw.protocol.rules import shown as printable

# https://platform.claude.com/docs/en/build-with-claude/files
FORBIDDEN = re.compile(r'[<>:"|?*\\/\x00-\x1f]')
LONGEST_NAME = 255
QUOTA, NOT_DOWNLOADABLE, EXPIRED = "storage_quota_exceeded", "file_not_downloadable", "file_expired"
SHORTEST, LONGEST = 3600, 90 * 24 * 3600  # seconds
PAGE = "page_"

AnswerOne = Callable[[Opened, File], Sequence[Action]]


def upload(pipeline: Pipeline, incoming: Incoming) -> Opened:
    """`POST /v1/files`."""
    return answered(pipeline, incoming, _upload)


def listed(pipeline: Pipeline, incoming: Incoming) -> Opened:
    """`GET /v1/files`: the newest first, in pages as they were in the beta, and as they are now."""
    return answered(pipeline, incoming, _listed)


def shown(pipeline: Pipeline, incoming: Incoming, id: str) -> Opened:
    """`GET /v1/files/{id}`."""
    return answered(pipeline, incoming, _of_one(id, _shown))


def delete(pipeline: Pipeline, incoming: Incoming, id: str) -> Opened:
    """`DELETE /v1/files/{id}`."""
    return answered(pipeline, incoming, _of_one(id, _delete))


def content(pipeline: Pipeline, incoming: Incoming, id: str) -> Opened:
    """`GET /v1/files/{id}/content`, of those that can be downloaded."""
    return answered(pipeline, incoming, _of_one(id, _content))


def _of_one(id: str, answer: AnswerOne) -> Answer:
    def found(pipeline: Pipeline, opened: Opened) -> Sequence[Action]:
        file = opened.files.find(id)
        if file is None and opened.invents:
            file = invented.file(id, opened)
        if file is None:
            raise ApiError(404, f"File `{id}` not found.")
        return answer(opened, file)

    return found


def _upload(pipeline: Pipeline, opened: Opened) -> Sequence[Action]:
    incoming = opened.incoming
    form = multipart.parse(incoming.headers.get("content-type", ""), incoming.body)
    opened.exchange.body = b""  # the journal is for requests that people read
    if "file" not in form:
        raise invalid("file: Field required", "file")
    file = _file(form["file"], _lasts(form.get("expires_in_seconds")), opened)
    opened.exchange.body = orjson.dumps({"file": file.filename, "size_bytes": file.size_bytes})
    everything = sum(session.files_bytes for session in pipeline.sessions.all(opened.exchange.started))
    if everything + file.size_bytes > MOST_BYTES_OF_ALL or not opened.files.add(file):
        most, of_all = MOST_BYTES // 1024**2, MOST_BYTES_OF_ALL // 1024**2
        told = f"mockgw keeps {MOST_FILES:,} files of a session, {most} MB of them, and {of_all} MB of all sessions"
        raise ApiError(400, f"Storage quota exceeded: {told}.", kind="full", details={"error_code": QUOTA})
    return _shown(opened, file)


def _file(part: Part, lasts: int | None, opened: Opened) -> File:
    name = re.split(r"[/\\]", part.filename or "")[-1]
    mime_type = type_of(name, part.content_type)
    name = name or f"unnamed{extension_of(mime_type)}"
    if FORBIDDEN.search(name) or len(name) > LONGEST_NAME:
        told = f'of 1 to {LONGEST_NAME} characters, none of them < > : " | ? * or a control character'
        raise invalid(f"file: expected a filename {told}; found '{printable(name)}'", "file")
    id = f"file_011C{opened.chance.token('file', length=20)}"
    return File(id, name, mime_type, part.data, opened.session.wall(opened.exchange.received), lasts)


def _lasts(part: Part | None) -> int | None:
    """For how many seconds a file is kept."""
    if part is None:
        return None
    text, param = part.data.decode(errors="replace"), "expires_in_seconds"
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise invalid(f"{param}: Input should be a valid integer, unable to parse string as an integer", param)
    if int(text) < SHORTEST:
        raise invalid(f"{param}: Input should be greater than or equal to {SHORTEST}", param)
    if int(text) > LONGEST:
        raise invalid(f"{param}: Input should be less than or equal to {LONGEST}", param)
    return int(text)


def _listed(pipeline: Pipeline, opened: Opened) -> Sequence[Action]:
    query = dict(opened.incoming.query)
    infos = [_info(opened, file) for file in opened.files.newest_first()]
    if query.get("scope_id"):
        infos = []  # nothing here belongs to anything
    if wanted := query.get("ids[]"):
        infos, query = [info for info in infos if info["id"] in wanted.split(",")], {"limit": "1000"}
    if cursor := query.get("page"):
        query["after_id"] = cursor.removeprefix(PAGE)
    found = page(infos, query, of="file", invents=opened.invents)
    onwards = found["has_more"] and not query.get("before_id")
    found["next_page"] = f"{PAGE}{found['last_id']}" if onwards else None
    return as_json(opened, f"{len(found['data'])} files", found)


def _shown(opened: Opened, file: File) -> Sequence[Action]:
    return as_json(opened, "file", _info(opened, file))


def _delete(opened: Opened, file: File) -> Sequence[Action]:
    opened.files.remove(file.id)
    return as_json(opened, "deleted", {"id": file.id, "type": "file_deleted"})


def _content(opened: Opened, file: File) -> Sequence[Action]:
    if not _is_downloadable(opened, file):
        told = "only files that a tool has made can be downloaded"
        raise ApiError(400, f"File `{file.id}` is not downloadable: {told}.", details={"error_code": NOT_DOWNLOADABLE})
    if file.has_expired(opened.session.wall(opened.exchange.received)):
        raise ApiError(404, f"File `{file.id}` has expired.", details={"error_code": EXPIRED})
    return as_bytes(opened, f"{file.size_bytes} bytes", file.data, file.mime_type)


def _is_downloadable(opened: Opened, file: File) -> bool:
    return file.made or (opened.terms is not None and opened.terms.section.downloadable_uploads)


def _info(opened: Opened, file: File) -> dict[str, Any]:
    return {
        "id": file.id,
        "type": "file",
        "filename": file.filename,
        "mime_type": file.mime_type,
        "size_bytes": file.size_bytes,
        "created_at": moment(file.created),
        "downloadable": _is_downloadable(opened, file),
        "expires_at": file.expires and moment(file.expires),
    }
