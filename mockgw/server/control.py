"""Control: the control API as HTTP - the guard, the path, the body, the answer; imported when it is first called."""

import asyncio
import contextlib
import inspect
import traceback
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any, cast
from urllib.parse import parse_qsl, unquote

import orjson
from starlette.types import Scope

from mockgw.control.activities import origin_of
from mockgw.control.control import Control
from mockgw.control.errors import ControlError, Kind
from mockgw.control.questions import Following
from mockgw.control.views import troubles
from mockgw.protocol import headers
from mockgw.protocol.errors import ApiError
from mockgw.protocol.requests import MAX_BODY_BYTES, decode
from mockgw.server.endpoint import Disconnected, read_body
from mockgw.server.events import HEADERS, Events, let_go
from mockgw.server.guard import Denied, Guard
from mockgw.server.operation import Call, Operation
from mockgw.server.operations import OPERATIONS, PREFIX
from mockgw.server.playback import Connection, Playbacks, left
from mockgw.suggest import did_you_mean
from mockgw.values import light
from mockgw.wording import shortened

STATUSES: Mapping[Kind, int] = {
    "invalid": 400, "unknown": 404, "exists": 409, "full": 409, "files": 409, "unavailable": 409, "timeout": 504,
}  # fmt: skip
WRITES = ("POST", "PUT", "PATCH", "DELETE")
NOT_AS_WANTED = 406
OPENAPI = "openapi.json"
WIDEST = 100
DESCRIBED = Operation("GET", "", "described", "What there is.", lambda control, call: None, dict)
# No page of another origin may read, embed or keep what is answered here.
USUAL = {
    "cache-control": "no-store",
    "cross-origin-resource-policy": "same-origin",
    "x-content-type-options": "nosniff",
}


@light
class Reply:
    """What is answered."""

    status: int
    body: bytes
    headers: Mapping[str, str]


def as_json(status: int, value: Any, more: Mapping[str, str] | None = None) -> Reply:
    options = orjson.OPT_NON_STR_KEYS | orjson.OPT_APPEND_NEWLINE
    return Reply(status, orjson.dumps(value, option=options), {"content-type": headers.JSON, **(more or {})})


def refusal(status: int, kind: str, message: str, problems: Sequence[Any] = (), **more: str) -> Reply:
    """Every error has this shape."""
    error = {"message": message, "kind": kind, "problems": problems}
    return as_json(status, {"error": error}, {name.replace("_", "-"): value for name, value in more.items()})


class ControlApi:
    """The control API, as an ASGI app."""

    def __init__(self, control: Control, guard: Guard, playbacks: Playbacks) -> None:
        self._control = control
        self._guard = guard
        self._playbacks = playbacks

    async def __call__(self, connection: Connection) -> None:
        scope = connection.scope
        sent = headers.read(scope["headers"])
        try:
            body = await read_body(connection.receive) if scope["method"] not in ("GET", "HEAD") else b""
            reply = await self._answered(connection, sent, body)
        except Disconnected:
            return
        if reply is not None:
            await send(connection, reply)

    async def _answered(self, connection: Connection, sent: Mapping[str, str], body: bytes) -> Reply | None:
        """The answer, whatever happens; None when it has been given, or nobody is there to take it."""
        try:
            operation, path = self._found(connection.scope, sent)
            if operation is DESCRIBED:
                return await self._described(connection)
            call = _call(connection.scope, sent, body, path)
            if operation.result == "events" and connection.scope["method"] == "HEAD":
                return Reply(200, b"", HEADERS)
            if operation.result == "events":
                await self._listened(connection, sent, cast(Following, operation.run(self._control, call)))
                return None
            reply = await self._result(operation, call, connection)
            if operation.changes and reply is not None and reply.status < 400:
                self._note(operation, call, connection.scope, sent)
            return reply
        except Denied as denied:
            return refusal(denied.status, denied.kind, denied.message, **denied.headers)
        except ControlError as error:
            return refusal(STATUSES[error.kind], error.kind, str(error), troubles(error.problems))
        except ApiError as error:
            return refusal(error.status, "invalid", error.message)
        except Exception as bug:
            traceback.print_exc()
            told = f"mockgw has a bug: {type(bug).__name__}: {bug} (the traceback is in the server's terminal)"
            return refusal(500, "bug", told)

    def _note(self, operation: Operation, call: Call, scope: Scope, sent: Mapping[str, str]) -> None:
        """What was done is told to whoever looks."""
        session = call.path.get("session") or call.query.get("session", "")
        path = f"{operation.method} {scope['path']}"
        time, origin = self._control.pipeline.clock.wall(), origin_of(sent)
        self._control.activities.note(
            time, operation.name, path, session=session, value=call.body or dict(call.query) or None, origin=origin
        )

    def _found(self, scope: Scope, sent: Mapping[str, str]) -> tuple[Operation, dict[str, str]]:
        """The operation that is meant, and the parts of its path; Denied if this may not be asked."""
        parts = parts_of(scope)
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        fitting = [operation for operation in OPERATIONS if _fits(operation, parts)]
        chosen = next((operation for operation in fitting if operation.method == method), None)
        self._guard.check(sent, without_token=chosen is not None and chosen.is_open)
        if method == "GET" and parts in ([], [OPENAPI]):
            return DESCRIBED, {}
        if chosen is not None:
            return chosen, _named(chosen, parts)
        if allowed := [operation.method for operation in fitting] or (["GET"] if parts in ([], [OPENAPI]) else []):
            raise _not_allowed(scope["method"], allowed)
        raise _nowhere(parts)

    async def _described(self, connection: Connection) -> Reply | None:
        if parts_of(connection.scope):
            from mockgw.server.openapi import document  # few ask for it

            made = await self._playbacks.work(asyncio.to_thread(document), connection)  # it takes a moment
            return as_json(200, made) if made else None
        listed = [f"{operation.method} {PREFIX}/{operation.path}" for operation in OPERATIONS]
        return as_json(200, {"openapi": f"{PREFIX}/{OPENAPI}", "operations": listed})

    async def _result(self, operation: Operation, call: Call, connection: Connection) -> Reply | None:
        result = operation.run(self._control, call)
        if inspect.isawaitable(result):
            result = await self._waited(result, connection)
            if result is None:
                return None
        if isinstance(result, Reply):
            return result
        if isinstance(result, str):
            return Reply(200, result.encode(errors="replace"), {"content-type": "text/plain; charset=utf-8"})
        if isinstance(result, bytes):
            return Reply(200, result, {"content-type": "application/jsonl"})
        holds = operation.holds is None or operation.holds(result)
        return as_json(operation.status if holds else NOT_AS_WANTED, result)

    async def _waited(self, work: Awaitable[Any], connection: Connection) -> Any:
        """The result of what takes its time; None when the client has left, 503 when the server stops."""
        try:
            return await self._playbacks.work(work, connection)
        except asyncio.CancelledError:
            return refusal(503, "stopped", "the server stops")

    async def _listened(self, connection: Connection, sent: Mapping[str, str], wanted: Following) -> None:
        events = Events(self._control.feed, wanted, connection, USUAL)
        with contextlib.suppress(asyncio.CancelledError):  # the server stops
            await self._playbacks.work(events.send(sent.get("last-event-id", "")), connection)
        let_go(connection)
        await left(connection.receive)


def parts_of(scope: Scope) -> list[str]:
    """The parts of the path behind the prefix, decoded one by one: no %2F in a name makes two of it."""
    raw = scope.get("raw_path") or scope["path"].encode()
    parts = raw.decode("latin-1").partition("?")[0].split("/")[2:]
    return [unquote(part) for part in (parts[:-1] if parts[-1:] == [""] else parts)]


def _fits(operation: Operation, parts: list[str]) -> bool:
    if len(parts) != len(operation.segments) or not all(parts):
        return False
    return all(own.startswith("{") or own == part for own, part in zip(operation.segments, parts, strict=True))


def _named(operation: Operation, parts: list[str]) -> dict[str, str]:
    pairs = zip(operation.segments, parts, strict=True)
    return {own[1:-1]: part for own, part in pairs if own.startswith("{")}


def _nowhere(parts: list[str]) -> Denied:
    path = shortened("/".join(parts), WIDEST)
    hint = did_you_mean(path, ["/".join(_likened(operation, parts)) for operation in OPERATIONS])
    told = f"the control API has no {f'{PREFIX}/{path}'!r}{hint}; GET {PREFIX}/ lists what there is"
    return Denied(404, "not_found", told)


def _likened(operation: Operation, parts: list[str]) -> list[str]:
    """The path of an operation, with the names that were given in it."""
    given = [*parts, *operation.segments[len(parts) :]]
    return [part if own.startswith("{") else own for own, part in zip(operation.segments, given, strict=False)]


def _not_allowed(method: str, allowed: Sequence[str]) -> Denied:
    names = ", ".join(dict.fromkeys([*allowed, *(["HEAD"] if "GET" in allowed else [])]))
    return Denied(405, "method", f"this path takes {names}, not {method}", {"allow": names})


def _call(scope: Scope, sent: Mapping[str, str], body: bytes, path: dict[str, str]) -> Call:
    query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
    return Call(path, query, _json(scope["method"], sent, body), sent.get("accept", ""))


def _json(method: str, sent: Mapping[str, str], body: bytes) -> Any:
    if method in WRITES and (body or method != "DELETE"):
        _check_content_type(sent.get("content-type", ""))
    if len(body) > MAX_BODY_BYTES:
        raise Denied(413, "too_large", f"a body has at most {MAX_BODY_BYTES // 1024**2} MB")
    if not body.strip():
        return None
    return decode(body, content_type=headers.JSON, content_encoding=sent.get("content-encoding"))


def _check_content_type(content_type: str) -> None:
    """A page from elsewhere cannot send this type without asking first, which it is refused."""
    if content_type.partition(";")[0].strip().lower() != headers.JSON:
        found = f"found {shortened(content_type, WIDEST)!r}" if content_type else "found none"
        told = f"what changes something needs the header 'content-type: {headers.JSON}', {found}"
        raise Denied(415, "content_type", f"{told}; with curl: -H 'content-type: {headers.JSON}'")


async def send(connection: Connection, reply: Reply) -> None:
    sent = {**USUAL, "content-length": str(len(reply.body)), **reply.headers}
    raw = [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in sent.items()]
    await connection.send({"type": "http.response.start", "status": reply.status, "headers": raw})
    await connection.send({"type": "http.response.body", "body": reply.body, "more_body": False})
