import httpx2
import pytest

from mockgw.protocol.errors import ApiError
from mockgw.server import origins
from mockgw.server.runner import Server
from tests.support import body, live

NEAR = (
    "http://localhost",
    "http://localhost:3000",
    "https://127.0.0.1:8443",
    "http://[::1]:5173",
    "HTTP://LOCALHOST:1",
)
FAR = (
    "chrome-extension://localhost",
    "http://evil.example@localhost",
    *("chrome-extension://localhost", "http://evil.example@localhost"),
    *("https://example.com", "http://localhost.example.com", "http://127.0.0.1.nip.io", "null", "", "file://", "*"),
    *("http://[::1", "http://192.168.0.1", "http://evil.example/?http://localhost", "http://localhost@evil.example"),
)
FAMILIES = {"access-control-request-method": "POST", "access-control-request-headers": "authorization,content-type"}


@pytest.mark.parametrize("origin", NEAR)
def test_pages_from_this_machine_may(origin: str) -> None:
    origins.check({"origin": origin}, "loopback")
    assert origins.answer_headers({"origin": origin}, "loopback")["access-control-allow-origin"] == origin


@pytest.mark.parametrize("origin", FAR)
def test_pages_from_elsewhere_may_not(origin: str) -> None:
    with pytest.raises(ApiError) as refused:
        origins.check({"origin": origin}, "loopback")
    assert (refused.value.status, refused.value.kind) == (400, "cors")
    assert refused.value.message.startswith(f"CORS: the origin {origin!r} may not use this server")
    assert origins.answer_headers({"origin": origin}, "loopback") == {}


@pytest.mark.parametrize("origin", [*NEAR, *FAR])
def test_cors_any_lets_every_page(origin: str) -> None:
    origins.check({"origin": origin}, "any")
    assert origins.answer_headers({"origin": origin}, "any")["access-control-allow-origin"] == origin


def test_what_is_no_page_needs_no_headers() -> None:
    origins.check({}, "loopback")
    assert origins.answer_headers({}, "loopback") == {}
    assert origins.preflight_headers({}, "loopback", "POST, OPTIONS") == {
        "allow": "POST, OPTIONS", "content-length": "0"
    }  # fmt: skip


def test_a_preflight_is_answered_with_what_a_page_may_send() -> None:
    with Server(live("Hello")) as server:
        headers = {"origin": "http://localhost:3000", **FAMILIES}
        answer = httpx2.options(f"{server.url}/v1/messages", headers=headers, trust_env=False)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == "http://localhost:3000"
    assert answer.headers["access-control-allow-methods"] == "POST, OPTIONS"
    assert answer.headers["access-control-allow-headers"] == "authorization,content-type"


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("cors", ["loopback", "any"])
def test_a_page_can_read_the_answer(stream: bool, cors: str) -> None:
    origin = "http://localhost:3000" if cors == "loopback" else "https://example.com"
    with Server(live("Hello", cors=cors)) as server:
        headers = {"origin": origin, "x-api-key": "k"}
        answer = httpx2.post(f"{server.url}/v1/messages", json=body(stream=stream), headers=headers, trust_env=False)
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, origin)
    assert (answer.headers["access-control-expose-headers"], answer.headers["vary"]) == ("*", "Origin")


@pytest.mark.parametrize("method", ["POST", "OPTIONS"])
def test_a_page_from_elsewhere_gets_the_400_and_cannot_read_it(method: str) -> None:
    with Server(live("Hello")) as server:
        url = f"{server.url}/v1/messages"
        answer = httpx2.request(method, url, json=body(), headers={"origin": "null", **FAMILIES}, trust_env=False)
    assert (answer.status_code, answer.headers["x-mockgw-error"]) == (400, "cors")
    assert "access-control-allow-origin" not in answer.headers
