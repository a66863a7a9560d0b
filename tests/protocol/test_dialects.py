"""Dialects: the same error, as each gateway says it."""

from typing import Any

import pytest

from mockgw.protocol.dialects import ANTHROPIC, DIALECTS, SIRAYA, Dialect, error_bytes, error_frame
from mockgw.protocol.errors import ApiError
from mockgw.protocol.sse import encode

ERROR = ApiError(429, "Slow down", param="model")
DIALECT = pytest.mark.parametrize("dialect", [SIRAYA, ANTHROPIC], ids=lambda dialect: dialect.name)


@pytest.mark.parametrize(
    ("dialect", "body"),
    [
        pytest.param(
            SIRAYA,
            b'{"error":{"message":"Slow down","type":"rate_limit_error","param":"model","code":429}}',
            id="siraya",
        ),
        pytest.param(
            ANTHROPIC,
            b'{"type":"error","error":{"type":"rate_limit_error","message":"Slow down"},"request_id":"req_1"}',
            id="anthropic",
        ),
    ],
)
def test_the_body_of_an_error(dialect: Dialect, body: bytes) -> None:
    assert error_bytes(dialect, ERROR, "req_1") == body


def test_the_page_shows_all_four_keys_even_without_a_parameter() -> None:
    assert error_bytes(SIRAYA, ApiError(500, "No"), "req_1") == (
        b'{"error":{"message":"No","type":"api_error","param":"","code":500}}'
    )


def test_what_mockgw_itself_refuses_can_be_read_by_clients_of_the_api_alone() -> None:
    assert error_bytes(SIRAYA, ApiError(400, "No rule", kind="no_match"), "req_1") == (
        b'{"type":"error","error":{"message":"No rule","type":"invalid_request_error","param":"","code":400}}'
    )


@pytest.mark.parametrize(
    ("dialect", "data"),
    [
        pytest.param(
            SIRAYA,
            b'{"type":"error","error":{"message":"Slow down","type":"rate_limit_error","param":"model","code":429}}',
            id="siraya",
        ),
        pytest.param(
            ANTHROPIC,
            b'{"type":"error","error":{"type":"rate_limit_error","message":"Slow down"},"request_id":"req_1"}',
            id="anthropic",
        ),
    ],
)
def test_the_event_of_an_error(dialect: Dialect, data: bytes) -> None:
    assert encode(error_frame(dialect, ERROR, "req_1")) == b"event: error\ndata: " + data + b"\n\n"


@DIALECT
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param("<h1>502</h1> é", "<h1>502</h1> é".encode(), id="text-as-it-is"),
        pytest.param("", b"", id="nothing"),
        pytest.param({"detail": ["a"]}, b'{"detail":["a"]}', id="json"),
        pytest.param([], b"[]", id="empty-list"),
        pytest.param(False, b"false", id="false"),
    ],
)
def test_a_raw_body_replaces_the_whole(dialect: Dialect, body: Any, expected: bytes) -> None:
    assert error_bytes(dialect, ApiError(502, "No", body=body), "req_1") == expected


@pytest.mark.parametrize("type", ["overloaded", 5, None], ids=str)
def test_a_raw_body_in_a_stream_is_still_an_error_event(type: object) -> None:
    error = ApiError(529, "No", body={"detail": "a", "type": type})
    assert encode(error_frame(SIRAYA, error, "req_1")) == b'event: error\ndata: {"type":"error","detail":"a"}\n\n'


def test_a_raw_text_has_no_place_in_a_stream() -> None:
    error = ApiError(529, "No", body="<h1>")
    assert error_frame(ANTHROPIC, error, "req_1")["error"] == {"type": "overloaded_error", "message": "No"}


@pytest.mark.parametrize(
    ("status", "page", "api"),
    [
        (400, "Bad Request (invalid or missing params, CORS)", "Invalid request"),
        (
            401,
            "Invalid credentials (OAuth session expired, disabled/invalid API key)",
            "Invalid authentication credentials",
        ),
        (
            402,
            "Your account or API key has insufficient credits. Add more credits and retry the request.",
            "Your credit balance is too low to access the Anthropic API. "
            "Please go to Plans & Billing to upgrade or purchase credits.",
        ),
        (
            403,
            "Your chosen model requires moderation and your input was flagged",
            "Your API key does not have permission to use the specified resource.",
        ),
        (404, "Not Found", "Not Found"),
        (408, "Your request timed out", "Request timed out"),
        (409, "Conflict", "Conflict"),
        (
            413,
            "Request exceeds the maximum allowed number of bytes.",
            "Request exceeds the maximum allowed number of bytes.",
        ),
        (429, "You are being rate limited", "This request would exceed your organization's rate limit."),
        (500, "Internal server error", "Internal server error"),
        (502, "Your chosen model is down or we received an invalid response from it", "Bad gateway"),
        (
            503,
            "There is no available model provider that meets your routing requirements",
            "Service unavailable",
        ),
        (504, "Gateway timeout", "Gateway timeout"),
        (529, "Overloaded", "Overloaded"),
        (418, "HTTP status 418", "HTTP status 418"),
    ],
)
def test_the_default_message_of_each_status(status: int, page: str, api: str) -> None:
    assert (SIRAYA.message(status), ANTHROPIC.message(status)) == (page, api)


def test_the_table_of_differences() -> None:
    assert {name: (dialect.credentials, dialect.echoes_model) for name, dialect in DIALECTS.items()} == {
        "siraya": (("authorization", "x-api-key"), True),
        "anthropic": (("x-api-key", "authorization"), False),
    }
