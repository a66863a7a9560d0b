"""Errors of the API: what a client did wrong, or is meant to see."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# https://platform.claude.com/docs/en/api/errors; 402, 408, 409 and 504 from the SDKs' error classes.
TYPES: dict[int, str] = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    405: "invalid_request_error",
    408: "timeout_error",
    409: "conflict_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    502: "api_error",
    503: "api_error",
    504: "timeout_error",
    529: "overloaded_error",
}

# The statuses that both official SDKs try again by themselves, beside everything from 500 on.
RETRIED = frozenset({408, 409, 429})


def type_of(status: int) -> str:
    """The `error.type` that goes with an HTTP status."""
    return TYPES.get(status, "api_error" if status >= 500 else "invalid_request_error")


def retriable(status: int) -> bool:
    """Whether the API asks its clients to try again (`x-should-retry`)."""
    return status in RETRIED or status >= 500


@dataclass
class ApiError(Exception):
    """An error answer of the gateway; the dialect gives it its body.

    `param` names the parameter at fault, `kind` is set on refusals of mockgw's own (`x-mockgw-error`),
    `body` replaces the whole body: text as it is, anything else as JSON; `metadata` is told beside the message, and so
    are `details`, by which the SDKs know an error.
    """

    status: int
    message: str
    type: str = ""
    param: str = ""
    kind: str = ""
    should_retry: bool | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.type = self.type or type_of(self.status)
        if self.should_retry is None:
            self.should_retry = retriable(self.status)


def invalid(message: str, param: str = "") -> ApiError:
    """A 400 that names the parameter at fault."""
    return ApiError(400, message, param=param)
