"""Errors of the API: the table of statuses and types."""

import pytest

from mockgw.protocol.errors import TYPES, ApiError, invalid, retriable, type_of


def test_every_status_has_the_type_of_the_api() -> None:
    assert TYPES == {
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


@pytest.mark.parametrize(
    ("status", "type"), [(418, "invalid_request_error"), (499, "invalid_request_error"), (599, "api_error")]
)
def test_any_other_status_has_the_type_of_its_class(status: int, type: str) -> None:
    assert type_of(status) == type


def test_the_statuses_that_clients_try_again() -> None:
    assert [status for status in TYPES if retriable(status)] == [408, 409, 429, 500, 502, 503, 504, 529]


def test_an_error_fills_in_its_type_and_whether_to_try_again() -> None:
    error = ApiError(529, "Overloaded")
    assert (error.type, error.should_retry, error.param, dict(error.headers)) == ("overloaded_error", True, "", {})


def test_what_is_said_stays() -> None:
    error = ApiError(529, "Overloaded", type="mine", should_retry=False)
    assert (error.type, error.should_retry) == ("mine", False)


def test_an_invalid_request_names_its_parameter() -> None:
    error = invalid("max_tokens: Field required", "max_tokens")
    assert (error.status, error.message, error.param, error.should_retry) == (
        400,
        "max_tokens: Field required",
        "max_tokens",
        False,
    )
