"""Dialects: the gateways that can be mocked; every difference between them is a row of this table."""

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any

import orjson

from mockgw.protocol.errors import ApiError
from mockgw.values import light

# Word for word from the gateway's own list of error codes.
PAGE_MESSAGES = {
    400: "Bad Request (invalid or missing params, CORS)",
    401: "Invalid credentials (OAuth session expired, disabled/invalid API key)",
    402: "Your account or API key has insufficient credits. Add more credits and retry the request.",
    403: "Your chosen model requires moderation and your input was flagged",
    408: "Your request timed out",
    429: "You are being rate limited",
    502: "Your chosen model is down or we received an invalid response from it",
    503: "There is no available model provider that meets your routing requirements",
}
# https://platform.claude.com/docs/en/api/errors and logs of the live API.
API_MESSAGES = {
    400: "Invalid request",
    401: "Invalid authentication credentials",
    402: "Your credit balance is too low to access the Anthropic API. "
    "Please go to Plans & Billing to upgrade or purchase credits.",
    403: "Your API key does not have permission to use the specified resource.",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request timed out",
    409: "Conflict",
    413: "Request exceeds the maximum allowed number of bytes.",
    429: "This request would exceed your organization's rate limit.",
    500: "Internal server error",
    502: "Bad gateway",
    503: "Service unavailable",
    504: "Gateway timeout",
    529: "Overloaded",
}

ErrorBody = Callable[[ApiError, str], dict[str, Any]]


def _page_body(error: ApiError, request_id: str) -> dict[str, Any]:
    # The page shows all four keys, `code` as a number.
    fields = {"message": error.message, "type": error.type, "param": error.param, "code": error.status}
    fields |= _more(error)
    # Clients that know the API's form alone must be able to show what mockgw itself has to say.
    return {"type": "error", "error": fields} if error.kind else {"error": fields}


def _page_event(error: ApiError, request_id: str) -> dict[str, Any]:
    return {"type": "error"} | _page_body(error, request_id)


def _api_body(error: ApiError, request_id: str) -> dict[str, Any]:
    fields = {"type": error.type, "message": error.message} | _more(error)
    return {"type": "error", "error": fields, "request_id": request_id}


def _more(error: ApiError) -> dict[str, Any]:
    more = {"metadata": error.metadata, "details": error.details}
    return {name: dict(value) for name, value in more.items() if value}


@light
class Dialect:
    """One gateway's ways. `credentials` are the request headers that may carry a key, the one that counts first.

    `tells_limits`: every answer says what is left of rate limits, not only the one that is refused. `whole_api`: there
    are message batches and files. `refused_keys` says why a key is not taken, by the state that it is in; `unknown` is
    one that there is not.
    """

    name: str
    error_body: ErrorBody
    error_event: ErrorBody
    credentials: tuple[str, str]
    missing_key: str
    echoes_model: bool
    tells_limits: bool
    whole_api: bool
    refused_keys: Mapping[str, str]
    messages: Mapping[int, str] = field(default_factory=dict)

    def message(self, status: int) -> str:
        """What this gateway says with a status when a script leaves the wording to it."""
        return self.messages.get(status) or API_MESSAGES.get(status) or f"HTTP status {status}"


SIRAYA = Dialect(
    name="siraya",
    error_body=_page_body,
    error_event=_page_event,
    credentials=("authorization", "x-api-key"),
    missing_key="Missing Authentication header: send 'Authorization: Bearer <key>' or 'x-api-key: <key>', with any key",
    echoes_model=True,
    tells_limits=False,
    whole_api=False,
    refused_keys={
        "unknown": "Invalid API Key",
        "disabled": "API key is disabled",
        "expired": "API key has expired",
        "session_expired": "OAuth session expired",
    },
    messages=PAGE_MESSAGES,
)
ANTHROPIC = Dialect(
    name="anthropic",
    error_body=_api_body,
    error_event=_api_body,
    credentials=("x-api-key", "authorization"),
    missing_key="x-api-key header is required",
    echoes_model=False,
    tells_limits=True,
    whole_api=True,
    refused_keys={
        "unknown": "invalid x-api-key",
        "disabled": "This API key has been disabled.",
        "expired": "This API key has expired.",
        "session_expired": "OAuth token has expired. Please obtain a new token or refresh your existing token.",
    },
)
DIALECTS = {dialect.name: dialect for dialect in (SIRAYA, ANTHROPIC)}


def error_bytes(dialect: Dialect, error: ApiError, request_id: str) -> bytes:
    """The body of an error answer: the script's own when it has one, else the dialect's."""
    if isinstance(error.body, str):
        return error.body.encode()
    return orjson.dumps(dialect.error_body(error, request_id) if error.body is None else error.body)


def error_frame(dialect: Dialect, error: ApiError, request_id: str) -> dict[str, Any]:
    """The error as an event of a stream: SDKs see only what is called `error`."""
    if isinstance(error.body, dict):
        return {"type": "error"} | error.body | {"type": "error"}  # first, and not to be overruled
    return dialect.error_event(error, request_id)
