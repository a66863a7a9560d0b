"""Requests: what comes in, and the body of `POST /v1/messages`, parsed and checked."""

from collections.abc import Mapping
from dataclasses import field
from typing import Any

import orjson

from mockgw.protocol import preferences, tokens, walk
from mockgw.protocol.errors import invalid
from mockgw.protocol.messages import Usage
from mockgw.protocol.parameters import COUNT, CREATE
from mockgw.protocol.rules import Mismatch, Rule, shown
from mockgw.protocol.sent import Sent
from mockgw.values import found, lazy, light

# orjson writes 254 levels at most, and what is kept of a request is written again inside other objects.
MOST_LEVELS = 200
MAX_BODY_BYTES = 32 * 1024 * 1024  # https://platform.claude.com/docs/en/api/errors: Messages and count_tokens
ROOM = 254 - MOST_LEVELS


@lazy
class Incoming:
    """A request as it came, header names in lower case.

    `prefix` is the session that its URL names. `socket` says whether its connection is one that can be cut. `batch` is
    the message batch that it is part of, and its own id there. `then` is what rules saw beside it, if it is one that
    the journal has kept: its keys are masked.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    socket: bool = True
    prefix: str = ""
    batch: str = ""
    then: Mapping[str, Any] | None = None

    @found
    def sent(self) -> Sent:
        """The headers, and what they say."""
        return self.headers if isinstance(self.headers, Sent) else Sent(self.headers)

    @property
    def session(self) -> str:
        """The session that the URL names, else the header, else the key."""
        return self.prefix or self.sent.session

    @property
    def chosen_session(self) -> str:
        """The session that the URL names, else the header; empty if neither does."""
        return self.prefix or self.sent.get("x-mockgw-session", "").strip()


@light
class Cached:
    """The part of a request's input that is read from the cache, and what is written to it for 5 minutes or an hour."""

    read: int
    written_5m: int
    written_1h: int


@light
class MessagesRequest:
    """A request that passed every check; `body` is what the client sent, unaltered, `input_tokens` all that it holds.

    `model` is the one that serves it. `cached` is None when the cache has nothing to do with it.
    """

    body: dict[str, Any]
    model: str
    messages: list[dict[str, Any]]
    max_tokens: int | None
    stream: bool
    stop_sequences: tuple[str, ...]
    input_tokens: int
    cached: Cached | None = None

    @property
    def marked(self) -> bool:
        """Whether there is a `cache_control` in it: to look at its blocks takes less than to search its bytes."""
        body = self.body
        if "cache_control" in body:
            return True
        for blocks in (body.get("system"), body.get("tools"), *[message["content"] for message in self.messages]):
            if type(blocks) is list and _any_marked(blocks):
                return True
        return False

    @property
    def system(self) -> str | list[dict[str, Any]] | None:
        return self.body.get("system")

    @property
    def tools(self) -> list[dict[str, Any]]:
        tools: list[dict[str, Any]] = self.body.get("tools", [])
        return tools

    @property
    def tool_choice(self) -> dict[str, Any] | None:
        return self.body.get("tool_choice")

    @property
    def thinking(self) -> dict[str, Any] | None:
        return self.body.get("thinking")

    @property
    def output_config(self) -> dict[str, Any]:
        return self.body.get("output_config") or {}

    @property
    def metadata(self) -> dict[str, Any]:
        return self.body.get("metadata") or {}

    @property
    def provider(self) -> Mapping[str, Any]:
        return preferences.of_body(self.body)


def _any_marked(blocks: list[Any]) -> bool:
    for block in blocks:
        if type(block) is dict and ("cache_control" in block or ("content" in block and _holds_marked(block))):
            return True
    return False


def _holds_marked(block: dict[str, Any]) -> bool:
    return type(block["content"]) is list and _any_marked(block["content"])


def usage_of(request: MessagesRequest, output_tokens: int) -> Usage:
    """What a request with so much output uses: all of its input is written to the cache, read from it, or neither."""
    cached = request.cached
    if cached is None:
        return Usage(request.input_tokens, output_tokens)
    written = cached.written_5m + cached.written_1h
    plain = request.input_tokens - written - cached.read
    return Usage(plain, output_tokens, written, cached.read, cached.written_5m, cached.written_1h)


def parse(body: bytes, *, content_type: str | None = None, content_encoding: str | None = None) -> MessagesRequest:
    """The request of a `POST /v1/messages`, or the 400 that names what is wrong with it."""
    return check(decode(body, content_type=content_type, content_encoding=content_encoding))


def decode(body: bytes, *, content_type: str | None = None, content_encoding: str | None = None) -> Any:
    """The JSON of a body, whatever it is, or the 400 that says why it cannot be read."""
    if content_type != "application/json" or content_encoding:
        _check_headers(content_type, content_encoding)
    return _decoded(body)


def model_named(body: Any) -> str | None:
    """The model that a body asks for, before anything else in it is looked at."""
    model = body.get("model") if isinstance(body, dict) else None
    return model if isinstance(model, str) else None


def check(body: Any) -> MessagesRequest:
    """The request that the body of a `POST /v1/messages` is."""
    if (input_tokens := walk.input_tokens(body)) is None:
        _refuse_mistakes(body, CREATE)
    return _request(body, input_tokens)


def check_count(body: Any) -> MessagesRequest:
    """The request of a `POST /v1/messages/count_tokens`, which needs no `max_tokens`."""
    _refuse_mistakes(body, COUNT)
    return _request(body, None)


def _check_headers(content_type: str | None, content_encoding: str | None) -> None:
    encoding = (content_encoding or "").strip().lower()
    if encoding not in ("", "identity"):
        told = "Send the body as it is, without the header content-encoding"
        raise invalid(f"content-encoding: '{shown(encoding)}' is not supported. {told}", "content-encoding")
    media_type = (content_type or "").partition(";")[0].strip().lower()
    if media_type and not _is_json(media_type):
        told = "Send the header content-type: application/json (curl -d needs it spelled out)"
        found = f"Input should be 'application/json', not '{shown(media_type)}'"
        raise invalid(f"content-type: {found}. {told}", "content-type")


def _is_json(media_type: str) -> bool:
    return media_type == "application/json" or (media_type.startswith("application/") and media_type.endswith("+json"))


def _decoded(body: bytes) -> Any:
    try:
        parsed = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise invalid(f"The request body is not valid JSON: {error}") from None
    if len(body) > 2 * MOST_LEVELS and _too_deep(parsed):
        raise invalid(f"The request body is nested too deeply: at most {MOST_LEVELS} levels are accepted")
    return parsed


def _too_deep(parsed: Any) -> bool:
    """Whether orjson could not write this inside ROOM more levels: much faster than to walk the body."""
    for _ in range(ROOM):
        parsed = [parsed]
    try:
        orjson.dumps(parsed)
    except orjson.JSONEncodeError:
        return True
    return False


def _refuse_mistakes(body: Any, phases: tuple[Rule, ...]) -> None:
    try:
        for phase in phases:
            phase(body)
    except Mismatch as mismatch:
        raise invalid(str(mismatch), ".".join(mismatch.param)) from None


def _request(body: dict[str, Any], input_tokens: int | None) -> MessagesRequest:
    return MessagesRequest(
        body,
        body["model"],
        body["messages"],
        body.get("max_tokens"),
        body.get("stream", False),
        tuple(body.get("stop_sequences") or ()),
        tokens.request_estimate(body) if input_tokens is None else input_tokens,
    )
