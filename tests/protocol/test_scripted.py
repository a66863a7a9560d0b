"""Scripted errors: what a scenario leaves out is filled in."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from mockgw.protocol.dialects import ANTHROPIC, SIRAYA
from mockgw.protocol.errors import TYPES, ApiError
from mockgw.protocol.scripted import STATUS_OF, AnyError, ScriptedError

READ: TypeAdapter[ScriptedError] = TypeAdapter(AnyError)


def _error(written: Any) -> ApiError:
    return READ.validate_python(written).api_error(SIRAYA)


@pytest.mark.parametrize("status", TYPES)
def test_a_status_stands_for_the_whole_error(status: int) -> None:
    error = _error(status)
    assert (error.status, error.type, error.message) == (status, TYPES[status], SIRAYA.message(status))


@pytest.mark.parametrize(
    ("type", "status"),
    [
        ("invalid_request_error", 400),
        ("authentication_error", 401),
        ("billing_error", 402),
        ("permission_error", 403),
        ("not_found_error", 404),
        ("timeout_error", 408),
        ("conflict_error", 409),
        ("request_too_large", 413),
        ("rate_limit_error", 429),
        ("api_error", 500),
        ("overloaded_error", 529),
    ],
)
def test_a_type_stands_for_its_lowest_status(type: str, status: int) -> None:
    error = _error(type)
    assert (error.status, error.type) == (status, type)
    assert STATUS_OF[type] == status


def test_what_is_written_wins() -> None:
    written = {"status": 418, "type": "teapot", "message": "", "param": "pot", "should_retry": True, "body": {"a": 1}}
    error = _error(written)
    assert (error.status, error.type, error.message, error.param) == (418, "teapot", "", "pot")
    assert (error.should_retry, error.body) == (True, {"a": 1})


def test_the_wording_is_the_gateway_s_own() -> None:
    scripted = READ.validate_python(402)
    assert scripted.api_error(SIRAYA).message.startswith("Your account or API key has insufficient credits.")
    assert scripted.api_error(ANTHROPIC).message.startswith("Your credit balance is too low")


@pytest.mark.parametrize(
    ("written", "header"),
    [
        ("2s", "2"),
        (2, "2"),
        (0.5, "0.5"),
        ("250ms", "0.25"),
        ("1m", "60"),
        ("7d", "604800"),
        ("30d", "2592000"),
        (0, "0"),
        (1234567, "1234567"),
    ],
    ids=str,
)
def test_retry_after_is_plain_seconds(written: object, header: str) -> None:
    assert _error({"status": 429, "retry_after": written}).headers == {"retry-after": header}


def test_a_header_that_is_written_out_wins_over_retry_after() -> None:
    error = _error({"status": 429, "retry_after": 2, "headers": {"Retry-After": "soon", "X-Count": 7}})
    assert error.headers == {"retry-after": "soon", "x-count": "7"}


def test_templates_wait_until_they_are_rendered() -> None:
    scripted = READ.validate_python({"status": "{{ 400 + 29 }}", "retry_after": "{{ 2 }}"})
    assert (scripted.status, scripted.retry_after) == ("{{ 400 + 29 }}", "{{ 2 }}")
    assert READ.validate_python({"type": "{{ prompt }}"}).type == "{{ prompt }}"


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        pytest.param({}, "an error needs a 'status' (such as 429) or a 'type'", id="nothing"),
        pytest.param({"message": "a"}, "an error needs a 'status'", id="message-alone"),
        pytest.param("overloaded", "found 'overloaded'; did you mean 'overloaded_error'?", id="no-such-type"),
        pytest.param(200, "expected a status from 400 to 599, found 200", id="not-an-error"),
        pytest.param(600, "expected a status from 400 to 599, found 600", id="beyond"),
        pytest.param(True, "expected a status, an error type or a mapping, found true", id="true"),
        pytest.param(None, "expected a status, an error type or a mapping, found null", id="null"),
        pytest.param(4.5, "expected a status, an error type or a mapping, found 4.5", id="fraction"),
        pytest.param([429], "expected a status, an error type or a mapping, found a list", id="list"),
        pytest.param({"status": "429"}, "expected a whole number, found '429'", id="quoted"),
        pytest.param({"status": 429, "retry_after": -1}, "expected a duration", id="past"),
        pytest.param({"status": 429, "mesage": "a"}, "unknown key 'mesage'; did you mean 'message'?", id="typo"),
    ],
)
def test_a_bad_error_says_what_was_expected(written: Any, problem: str) -> None:
    with pytest.raises(ValidationError) as caught:
        READ.validate_python(written)
    assert problem in str(caught.value)
