from collections.abc import Iterator
from typing import Any, Literal
from urllib.parse import quote

import anthropic
import httpx2
import pytest

from mockgw.server.app import ROUTES
from mockgw.server.endpoint import PATHS
from mockgw.server.runner import Server
from tests.support import body, live

GREETING = """
description: Says hello
rules:
  - match: {prompt: Hello}
    reply: Hello, world
"""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with Server(live(GREETING)) as server:
        yield server.url


@pytest.fixture(scope="module")
def client(url: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=url, headers={"x-api-key": "test"}, trust_env=False) as client:
        yield client


def test_routes() -> None:
    assert {path: tuple(handlers) for path, handlers in ROUTES.items()} == {
        "/v1/messages": ("POST",),
        "/v1/messages/count_tokens": ("POST",),
        "/v1/models": ("GET",),
        "/v1/models/": (),
        "/v1/models/{id:path}": ("GET",),
        "/v1/messages/batches": ("POST", "GET"),
        "/v1/messages/batches/{id}": ("GET", "DELETE"),
        "/v1/messages/batches/{id}/cancel": ("POST",),
        "/v1/messages/batches/{id}/results": ("GET",),
        "/v1/files": ("POST", "GET"),
        "/v1/files/{id}": ("GET", "DELETE"),
        "/v1/files/{id}/content": ("GET",),
        "/": ("HEAD", "GET"),
        "/api/hello": ("HEAD", "GET"),
    }


@pytest.mark.parametrize("query", ["", "?", "?beta=true", "?a=1&a=2&b", "?%ff=%zz&=&&;", "?x=" + "y" * 50_000])
def test_messages_takes_any_query(client: httpx2.Client, query: str) -> None:
    answer = client.post(f"/v1/messages{query}", json=body())
    assert answer.status_code == 200
    assert answer.json()["content"][0]["text"] == "Hello, world"


@pytest.mark.parametrize("path", ["/", "/api/hello"])
def test_knocking_is_answered_without_a_key(client: httpx2.Client, path: str) -> None:
    head, get = client.head(path), client.get(path)
    assert (head.status_code, head.content, get.status_code) == (200, b"", 200)
    assert "POST /v1/messages" in get.text


UNKNOWN = (
    "/_stainless_unknown_path",
    "/v1/messages/",
    "/v1/message",
    "/v1",
    "//v1/messages",
    "/V1/messages",
    "/v1/models/",
)


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("path", UNKNOWN)
def test_an_unknown_path_is_a_404_for_every_method(client: httpx2.Client, method: str, path: str) -> None:
    answer = client.request(method, httpx2.URL(str(client.base_url).rstrip("/") + path))
    assert answer.status_code == 404
    assert answer.headers["request-id"].startswith("req_")
    assert answer.headers["x-should-retry"] == "false"
    if method != "HEAD":
        assert answer.json()["error"]["type"] == "not_found_error"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/v1/messages", "POST, OPTIONS"),
        ("HEAD", "/v1/messages", "POST, OPTIONS"),
        ("DELETE", "/v1/messages/count_tokens", "POST, OPTIONS"),
        ("POST", "/v1/models", "GET, OPTIONS"),
        ("PUT", "/v1/models/claude-opus-5", "GET, OPTIONS"),
        ("POST", "/", "HEAD, GET, OPTIONS"),
    ],
)
def test_a_wrong_method_is_a_405_that_names_the_right_ones(
    client: httpx2.Client, method: str, path: str, allowed: str
) -> None:
    answer = client.request(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
    if method != "HEAD":
        assert answer.json()["error"] == {
            "message": "Method Not Allowed", "type": "invalid_request_error", "param": "", "code": 405
        }  # fmt: skip


@pytest.mark.parametrize(
    ("scenario", "settings"),
    [(GREETING, {"dialect": "anthropic"}), ("{gateway: {dialect: anthropic}, reply: Hello}", {})],
    ids=["the-server's", "the-scenario's"],
)
def test_the_anthropic_dialect_has_its_own_envelope(scenario: str, settings: dict[str, Any]) -> None:
    with Server(live(scenario, **settings)) as server:
        answer = httpx2.get(f"{server.url}/v1/v1/models", trust_env=False)
    error = {"type": "not_found_error", "message": "Not Found: base_url must not end in /v1"}
    assert answer.json() == {"type": "error", "error": error, "request_id": answer.headers["request-id"]}


HINTS = {
    "/v1/v1/messages": ": base_url must not end in /v1",
    "/v1/chat/completions": ": this speaks Anthropic's API: POST /v1/messages",
    "/_mockgww/health": "; did you mean '/_mockgw/health'?",
    "/mockgw/journal/count": "; did you mean '/_mockgw/journal/count'?",
    "/_mockwg": "; did you mean '/_mockgw'?",
    "/v1/message": "; did you mean '/v1/messages'?",
    "/v1/complete": ": text completions are no longer part of the API: POST /v1/messages",
    "/v1/file": "; did you mean '/v1/files'?",
    "/v1/messages/batch": "; did you mean '/v1/messages/batches'?",
    "/v1/skills": "",
    "/v1/organizations/me": "",
    "/messages": ": it is /v1/messages, so the base URL of this client has to end in /v1",
    "/v1/messages/count_token": "; did you mean '/v1/messages/count_tokens'?",
    "/v1/models/": "; did you mean '/v1/models'?",
    "/_stainless_unknown_path": "",
}


@pytest.mark.parametrize(("path", "hint"), HINTS.items())
def test_an_unknown_path_that_looks_familiar_is_told_the_right_one(client: httpx2.Client, path: str, hint: str) -> None:
    answer = client.post(path, json=body())
    assert (answer.status_code, answer.json()["error"]["message"]) == (404, f"Not Found{hint}")


def test_only_paths_that_exist_are_recommended() -> None:
    assert set(PATHS) < ROUTES.keys()


def test_the_scenarios_stand_first_among_the_models(client: httpx2.Client) -> None:
    page = client.get("/v1/models").json()
    assert (page["data"][0]["id"], page["data"][0]["display_name"]) == ("claude-mock/test", "test: Says hello")
    assert page["first_id"] == "claude-mock/test"
    assert all(model["type"] == "model" for model in page["data"])


def test_a_list_in_the_query_is_read_whole(client: httpx2.Client) -> None:
    page = client.get("/v1/models?limit=1000&lifecycle[]=deprecated&lifecycle%5B%5D=active").json()
    assert {one["lifecycle"] for one in page["data"]} == {"active", "deprecated"}


def test_the_sdk_pages_through_all_models(url: str) -> None:
    sdk = anthropic.Anthropic(base_url=url, api_key="test")
    with sdk:
        ids = [model.id for model in sdk.models.list(limit=3)]
    assert ids[0] == "claude-mock/test"
    assert len(ids) == len(set(ids)) > 10


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "limit=x", "limit=", "after_id=nope", "before_id=%00"])
def test_a_page_that_cannot_be_is_a_400(client: httpx2.Client, query: str) -> None:
    answer = client.get(f"/v1/models?{query}")
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, query.partition("=")[0])


@pytest.mark.parametrize(
    "spelling", ["claude-sonnet-4-5", "anthropic/claude-sonnet-4.5", "claude-sonnet-4-5@20250929", "CLAUDE-SONNET-4-5"]
)
@pytest.mark.parametrize("escaped", [True, False], ids=["escaped", "plain"])
def test_a_model_is_found_in_any_spelling(client: httpx2.Client, spelling: str, escaped: bool) -> None:
    path = quote(spelling, safe="") if escaped else spelling
    assert client.get(f"/v1/models/{path}").json()["display_name"] == "Claude Sonnet 4.5"


@pytest.mark.parametrize("path", ["claude-mock/test", "claude-mock%2Ftest"])
def test_a_scenario_is_found_as_a_model(client: httpx2.Client, path: str) -> None:
    assert client.get(f"/v1/models/{path}").json()["display_name"] == "test: Says hello"


@pytest.mark.parametrize("name", ["gpt-99", "claude-mock/nope", "no/such/model", "\u6a21\u578b"])
def test_an_unknown_model_is_a_404_that_names_it(client: httpx2.Client, name: str) -> None:
    answer = client.get(f"/v1/models/{name}")
    assert (answer.status_code, answer.json()["error"]["message"]) == (404, f"model: {name}")


TOOLS = [{"name": "Read", "description": "Reads a file.", "input_schema": {"type": "object"}}]


@pytest.mark.parametrize("more", [{}, {"system": "Be brief. " * 20}, {"tools": TOOLS}], ids=["bare", "system", "tools"])
def test_tokens_are_counted_as_the_answer_counts_them(client: httpx2.Client, more: dict[str, Any]) -> None:
    count = client.post("/v1/messages/count_tokens", json=body(**more, max_tokens=None)).json()
    whole = client.post("/v1/messages", json=body(**more)).json()
    streamed = client.post("/v1/messages", json=body(**more, stream=True)).text
    assert count == {"input_tokens": whole["usage"]["input_tokens"]}
    assert f'"input_tokens":{count["input_tokens"]},' in streamed


LISTED = "{replies: [one, two, three]}"


@pytest.mark.parametrize("http", ["httptools", "h11"])
def test_the_url_may_name_a_session_on_every_path(http: Literal["httptools", "h11"]) -> None:
    with (
        Server(live(LISTED), http=http) as server,
        httpx2.Client(base_url=f"{server.url}/s/shop", headers={"x-api-key": "k"}, trust_env=False) as shop,
        httpx2.Client(base_url=server.url, headers={"x-api-key": "k"}, trust_env=False) as other,
    ):
        said = [one.post("/v1/messages?beta=true", json=body()).json()["content"][0]["text"] for one in (shop, other)]
        counted = shop.post("/v1/messages/count_tokens", json=body()).json()
        listed = shop.get("/v1/models").json()["data"]
        streamed = shop.post("/v1/messages", json=body(stream=True)).text
        sessions = [(one.session, one.path) for one in server.pipeline.journal]
    assert said == ["one", "one"]
    assert counted["input_tokens"] > 0
    assert listed[0]["id"] == "claude-mock/test"
    assert "two" in streamed
    assert sessions == [
        ("shop", "/v1/messages"),
        ("default", "/v1/messages"),
        ("shop", "/v1/messages/count_tokens"),
        ("shop", "/v1/models"),
        ("shop", "/v1/messages"),
    ]


def test_the_sdk_needs_only_another_base_url(url: str) -> None:
    client = anthropic.Anthropic(base_url=f"{url}/s/shop", api_key="k")
    said = client.messages.create(
        model="claude-opus-5-5", max_tokens=9, messages=[{"role": "user", "content": "Hello"}]
    )
    assert said.content[0].type == "text"


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("/s/a%0Ab/v1/messages", 400, "a session cannot be called 'a\\nb'"),
        ("/s//v1/messages", 404, "Not Found"),
        ("/s/shop", 404, "Not Found"),
        ("/s/shop/v1/v1/messages", 404, "base_url must not end in /v1"),
        ("/s/a/s/b/v1/messages", 404, "Not Found"),
    ],
)
def test_a_url_that_names_no_session_is_refused(client: httpx2.Client, path: str, status: int, told: str) -> None:
    answer = client.post(path, json=body())
    assert (answer.status_code, told in answer.json()["error"]["message"]) == (status, True)
