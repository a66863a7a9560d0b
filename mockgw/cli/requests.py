"""Requests: what people have of a request, in a file or on stdin - a body, a curl command, a line of a journal."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from mockgw.cli import curl
from mockgw.errors import SettingsError
from mockgw.notation import shown
from mockgw.protocol.requests import Incoming
from mockgw.values import light

MESSAGES = "/v1/messages"
EXPECTED = "expected the JSON body of a request, a curl command, or lines of a journal (mockgw serve --journal FILE)"
USUAL_HEADERS = {"content-type": "application/json", "x-api-key": "mock"}
BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}  # PowerShell writes the latter


@light
class Earlier:
    """A request that the same session had sent before, when (if that is known), and how its answer ended."""

    incoming: Incoming
    time: datetime | None
    ending: str


@light
class Received:
    """A request, what it was read from, and, if that is known, which try of its call it was and when."""

    incoming: Incoming
    source: str
    attempt: int | None = None
    time: datetime | None = None
    earlier: tuple[Earlier, ...] = ()
    then: str = ""  # how it was answered: its status, and the rule or the refusal


def read(name: str, line: int | None = None) -> Received:
    """The request in a file, or on stdin for `-`; of several lines that one, else the last that asks for a message."""
    place, text = _read(name)
    if curl.is_curl(text):
        folder = Path() if name == "-" else Path(name).parent
        return Received(_asking(curl.read(text, folder), place), f"a curl command ({place})")
    whole = _json(text)
    if isinstance(whole, dict) and line in (None, 1):
        return _received(whole, place) or Received(_body(text.encode()), f"a body ({place})")
    lines = _lines(text)
    if all(isinstance(record, dict) for record in lines.values()) and len(lines) > (0 if whole is not None else 1):
        return _of_lines(lines, place, line)
    if not text.startswith(("{", "[")):
        raise SettingsError(f"{place}: {EXPECTED}; found {_begins(text)}")
    return Received(_body(text.encode()), f"a body ({place})")


def records(name: str) -> dict[int, Any]:
    """What stands in the lines of a file, by their numbers. SettingsError if there is none."""
    place, text = _read(name)
    found = _lines(text)
    if not found:
        raise SettingsError(
            f"{place}: expected lines of a journal (mockgw serve --journal FILE); found {_begins(text)}"
        )
    return found


def _read(name: str) -> tuple[str, str]:
    """What a file is called in messages, and its text."""
    data = _standard_input() if name == "-" else _contents(Path(name))
    place = "stdin" if name == "-" else name
    return place, _decoded(data, place)


def _lines(text: str) -> dict[int, Any]:
    return {number: found for number, one in enumerate(text.splitlines(), 1) if (found := _json(one)) is not None}


def _body(data: bytes) -> Incoming:
    return Incoming("POST", MESSAGES, USUAL_HEADERS, body=data)


def _standard_input() -> bytes:
    return b"" if sys.stdin is None else sys.stdin.buffer.read()


def _contents(path: Path) -> bytes:
    if path.suffix in (".yaml", ".yml"):
        raise SettingsError(f"REQUEST comes first; {path} looks like a scenario: mockgw explain REQUEST {path}")
    try:
        return path.read_bytes()
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}; {EXPECTED}") from None


def _decoded(data: bytes, place: str) -> str:
    encoding = next((encoding for bom, encoding in BOMS.items() if data.startswith(bom)), "utf-8")
    try:
        return data.decode(encoding).strip()
    except UnicodeDecodeError:
        raise SettingsError(f"{place}: {EXPECTED}; found bytes that are no UTF-8") from None


def _json(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None


def _begins(text: str) -> str:
    return f"text that begins with {shown(text[:40])}" if text else "nothing"


def _of_lines(records: dict[int, Any], place: str, line: int | None) -> Received:
    """One of several lines, and what its session had sent before it."""
    more = f" of {max(records)}; --line takes another, --lines lists them" if line is None and len(records) > 1 else ""
    if line is None:
        line = next((n for n in reversed(records) if _path(records[n]) == MESSAGES), max(records))
    if line not in records:
        raise SettingsError(f"{place}: --line {line}: there is no request; there are lines up to {max(records)}")
    chosen = records[line]
    before = [record for number, record in records.items() if number < line and _same_session(record, chosen)]
    where = f"{place}, line {line}{more}"
    return _received(chosen, where, before) or Received(_body(orjson.dumps(chosen)), f"a body ({where})")


def _same_session(one: dict[str, Any], other: dict[str, Any]) -> bool:
    keys = ("run", "session")
    return "run" in one and all(one.get(key) == other.get(key) for key in keys) and _path(one) == MESSAGES


def _received(record: dict[str, Any], place: str, before: Sequence[dict[str, Any]] = ()) -> Received | None:
    """A journal's line or a captured request; None for anything else."""
    if isinstance(record.get("request"), dict):
        incoming = _asking(_incoming(record["request"]), place)
        earlier = tuple(map(_earlier, before))
        return Received(incoming, f"a journal ({place})", _attempt(record), _time(record), earlier, _then(record))
    if "body" in record and "headers" in record:
        return Received(_asking(_incoming(record), place), f"a captured request ({place})")
    if "event" in record and "request_id" in record:
        raise SettingsError(f"{place}: the log has no bodies; {EXPECTED}")
    return None


def _earlier(record: dict[str, Any]) -> Earlier:
    return Earlier(_incoming(record["request"]), _time(record), str(record.get("ending", "whole")))


def _then(record: dict[str, Any]) -> str:
    why = record.get("refusal") or record.get("rule")
    return f"{record.get('status')} {why}" if why else ""


def _attempt(record: dict[str, Any]) -> int | None:
    attempt = record.get("attempt")
    return attempt if isinstance(attempt, int) and attempt > 0 else None


def _time(record: dict[str, Any]) -> datetime | None:
    try:
        return datetime.fromisoformat(str(record.get("time"))).astimezone(UTC)
    except ValueError:
        return None


def _path(record: dict[str, Any]) -> str:
    request = record.get("request", record)
    return str(request.get("path", MESSAGES)).partition("?")[0] if isinstance(request, dict) else ""


def _incoming(request: dict[str, Any]) -> Incoming:
    """A request as the journal has it: `{method, path, headers, body}`."""
    headers = request.get("headers")
    sent = headers.items() if isinstance(headers, dict) else ()
    return Incoming(
        method=str(request.get("method", "POST")),
        path=str(request.get("path", MESSAGES)).partition("?")[0],
        headers={str(name).lower(): str(value) for name, value in sent},
        body=_bytes(request.get("body", "")),
    )


def _bytes(body: Any) -> bytes:
    try:
        return body.encode() if isinstance(body, str) else orjson.dumps(body)
    except orjson.JSONEncodeError as problem:
        raise SettingsError(f"the body of the request cannot be read: {problem}") from None


def _asking(incoming: Incoming, place: str) -> Incoming:
    """The request, if it asks for a message: nothing else is answered by rules."""
    if (incoming.method, incoming.path) != ("POST", MESSAGES):
        found = f"{incoming.method} {incoming.path}"
        raise SettingsError(f"{place}: only POST {MESSAGES} is answered by rules, and this is {found}")
    return incoming
