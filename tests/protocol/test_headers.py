"""Headers: read from a request, written on every answer."""

import re

import pytest

from mockgw.chance import Chance
from mockgw.protocol.errors import ApiError
from mockgw.protocol.headers import betas, new_request_id, of_error, of_json, of_stream, read


def test_names_are_lower_case_and_repeated_headers_are_joined() -> None:
    raw = [(b"X-A", b"1"), (b"x-b", b"b"), (b"x-a", b"2")]
    assert read(raw) == {"x-a": "1, 2", "x-b": "b"}


@pytest.mark.parametrize("value", ["café".encode("latin-1"), "café".encode()], ids=["latin-1", "utf-8"])
def test_a_value_may_be_in_either_encoding(value: bytes) -> None:
    assert read([(b"x-a", value)]) == {"x-a": "café"}


@pytest.mark.parametrize(
    ("header", "flags"),
    [
        pytest.param({}, (), id="none"),
        pytest.param({"anthropic-beta": ""}, (), id="empty"),
        pytest.param({"anthropic-beta": "a-1,b-2"}, ("a-1", "b-2"), id="two"),
        pytest.param({"anthropic-beta": " a-1 ,, b-2,"}, ("a-1", "b-2"), id="loosely-written"),
    ],
)
def test_beta_flags_are_listed(header: dict[str, str], flags: tuple[str, ...]) -> None:
    assert betas(header) == flags


def test_a_request_id_looks_like_the_api_s_and_comes_from_the_seed() -> None:
    made = new_request_id(Chance(0, "a"))
    assert re.fullmatch(r"req_011C[1-9A-HJ-NP-Za-km-z]{20}", made)
    assert made == new_request_id(Chance(0, "a"))
    assert len({made, new_request_id(Chance(1, "a")), new_request_id(Chance(0, "b"))}) == 3


def test_a_stream_is_neither_cached_nor_held_back() -> None:
    assert of_stream("req_1") == {
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-cache",
        "x-accel-buffering": "no",
        "request-id": "req_1",
    }


def test_a_body_says_what_it_is() -> None:
    assert of_json("req_1") == {"content-type": "application/json", "request-id": "req_1"}


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        pytest.param(ApiError(429, "a"), {"x-should-retry": "true"}, id="try-again"),
        pytest.param(ApiError(400, "a"), {"x-should-retry": "false"}, id="do-not-try-again"),
        pytest.param(ApiError(400, "a", should_retry=True), {"x-should-retry": "true"}, id="scripted"),
        pytest.param(
            ApiError(400, "a", kind="no_match"), {"x-should-retry": "false", "x-mockgw-error": "no_match"}, id="our-own"
        ),
        pytest.param(
            ApiError(502, "a", headers={"Content-Type": "text/html", "retry-after": "2"}),
            {"x-should-retry": "true", "content-type": "text/html", "retry-after": "2"},
            id="its-own-headers-win",
        ),
    ],
)
def test_an_error_says_whether_to_try_again(error: ApiError, expected: dict[str, str]) -> None:
    assert of_error(error, "req_1") == of_json("req_1") | expected


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (None, "application/json"),
        ({"a": 1}, "application/json"),
        (' {"a": 1}', "application/json"),
        ("<h1>Bad Gateway</h1>", "text/html; charset=utf-8"),
        ("upstream connect error", "text/plain; charset=utf-8"),
    ],
    ids=["none", "mapping", "json-text", "html", "plain"],
)
def test_a_raw_body_has_the_type_that_it_looks_like(body: object, media_type: str) -> None:
    assert of_error(ApiError(502, "down", body=body), "req_1")["content-type"] == media_type
    own = ApiError(502, "down", body=body, headers={"Content-Type": "x/y"})
    assert of_error(own, "req_1")["content-type"] == "x/y"
