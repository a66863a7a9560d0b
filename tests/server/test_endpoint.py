import asyncio
import re
from collections.abc import Iterator
from random import Random

import anthropic
import httpx2
import orjson
import pytest
from starlette.types import Message, Scope

from mockgw.opened import Opened
from mockgw.pipeline import Pipeline
from mockgw.protocol.requests import MAX_BODY_BYTES, Incoming
from mockgw.server.endpoint import Endpoint, read_body
from mockgw.server.playback import Playbacks
from mockgw.server.runner import Server
from tests.protocol import bodies
from tests.support import body, exchanged, live

HELLO = "rules: [{match: {prompt: Hello}, reply: 'Hello, world'}, {fallback: true, reply: Anything}]"
KEY = {"x-api-key": "test", "content-type": "application/json"}


@pytest.fixture(scope="module", params=["siraya", "anthropic"])
def client(request: pytest.FixtureRequest) -> Iterator[httpx2.Client]:
    with (
        Server(live(HELLO, dialect=request.param)) as server,
        httpx2.Client(base_url=server.url, headers=KEY, trust_env=False, timeout=30) as client,
    ):
        yield client


def is_envelope(answer: httpx2.Response) -> bool:
    received = answer.json()
    if "request_id" in received:
        assert received["request_id"] == answer.headers["request-id"]
        return set(received) == {"type", "error", "request_id"} and set(received["error"]) == {"type", "message"}
    own = {"type"} if "x-mockgw-error" in answer.headers else set()
    return set(received) == {"error"} | own and set(received["error"]) == {"message", "type", "param", "code"}


def padded(size_bytes: int) -> bytes:
    """A valid body of exactly this size."""
    usual = orjson.dumps(body())
    return usual[:-1] + b" " * (size_bytes - len(usual)) + b"}"


def test_a_body_of_32_mb_is_taken(client: httpx2.Client) -> None:
    assert client.post("/v1/messages", content=padded(MAX_BODY_BYTES)).status_code == 200


def in_pieces(data: bytes) -> Iterator[bytes]:
    yield from (data[start : start + 1_000_000] for start in range(0, len(data), 1_000_000))


@pytest.mark.parametrize("chunked", [False, True], ids=["with a length", "chunked"])
def test_a_larger_body_is_a_413_and_the_connection_lives_on(client: httpx2.Client, chunked: bool) -> None:
    data = padded(MAX_BODY_BYTES + 1)
    answer = client.post("/v1/messages", content=in_pieces(data) if chunked else data)
    assert (answer.status_code, answer.json()["error"]["type"]) == (413, "request_too_large")
    assert is_envelope(answer)
    assert client.post("/v1/messages", json=body()).status_code == 200


def test_the_sdk_hears_why_its_request_is_too_large(client: httpx2.Client) -> None:
    prompt = "x" * MAX_BODY_BYTES
    with (
        anthropic.Anthropic(base_url=str(client.base_url), api_key="test", max_retries=0) as sdk,
        pytest.raises(anthropic.RequestTooLargeError),
    ):
        sdk.messages.create(model="claude-opus-5", max_tokens=10, messages=[{"role": "user", "content": prompt}])


def test_a_client_that_reads_only_at_the_end_hears_why_too(client: httpx2.Client) -> None:
    head = f"POST /v1/messages HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {MAX_BODY_BYTES + 1}\r\n\r\n"
    received = exchanged(str(client.base_url).rstrip("/"), head.encode() + b" " * (MAX_BODY_BYTES + 1))
    assert received.startswith(b"HTTP/1.1 413 ")


DEEP = b'{"a":' * 5000 + b"1" + b"}" * 5000
BAD_BODIES = {
    "empty": b"",
    "cut": b'{"model":',
    "no JSON": b"hello",
    "not UTF-8": b'{"model":"\xff\xfe"}',
    "a list": b"[]",
    "deep": DEEP,
    "deep list": b"[" * 100_000,
    "a lone surrogate": b'{"model":"\\ud800"}',
    "400 digits": orjson.dumps(body()).replace(b"1000", b"9" * 400),
    "NaN": orjson.dumps(body()).replace(b"1000", b"NaN"),
    "a byte order mark": b"\xef\xbb\xbf" + orjson.dumps(body()),
}


@pytest.mark.parametrize("path", ["/v1/messages", "/v1/messages/count_tokens"])
@pytest.mark.parametrize("data", BAD_BODIES.values(), ids=BAD_BODIES)
def test_a_bad_body_is_a_400(client: httpx2.Client, data: bytes, path: str) -> None:
    answer = client.post(path, content=data)
    if b"999" in data and path.endswith("count_tokens"):
        assert answer.status_code in (200, 400)  # it takes no max_tokens
        return
    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "invalid_request_error")
    assert is_envelope(answer)


@pytest.mark.parametrize(
    "header",
    [
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "multipart/form-data; boundary=x"},
        {"content-encoding": "gzip"},
    ],
    ids=str,
)
def test_a_body_of_another_type_is_a_400_that_names_the_header(client: httpx2.Client, header: dict[str, str]) -> None:
    answer = client.post("/v1/messages", content=orjson.dumps(body()), headers=header)
    assert answer.status_code == 400
    assert next(iter(header)) in answer.json()["error"]["message"]


def streaming(data: bytes) -> bytes:
    """The same body as a stream, where it is a body."""
    return data.replace(b'{"model"', b'{"stream":true,"model"', 1)


@pytest.mark.parametrize("change", [bytes, streaming], ids=["whole", "streamed"])
@pytest.mark.parametrize("path", ["/v1/messages", "/v1/messages/count_tokens"])
def test_1000_mutated_bodies_never_break_the_server(client: httpx2.Client, path: str, change: type[bytes]) -> None:
    statuses = set()
    for number, data in enumerate(bodies.mutated(7, 1000)):
        answer = client.post(path, content=change(data))
        statuses.add(answer.status_code)
        assert answer.status_code < 500, (number, data)
        assert answer.status_code == 200 or is_envelope(answer), (number, data)
    assert statuses == {200, 400}


ODD_HEADER_VALUES: tuple[bytes, ...] = (
    *(b"", b",", b",,,", b"a" * 30_000, b'"', b"\\", b"%00", b"{{ prompt }}", b"\x7f", b"null", b"../../etc/passwd"),
    *("sch\u00f6n".encode(), "\u6a21\u578b \U0001f600".encode(), b"\xff\xfe", b"\x80", "req_\u202e".encode()),
)
ODD_HEADERS = (
    *("anthropic-beta", "anthropic-version", "x-mockgw-session", "x-mockgw-scenario", "x-claude-code-session-id"),
    *(
        "x-claude-code-agent-id",
        "x-app",
        "user-agent",
        "origin",
        "content-type",
        "authorization",
        "x-api-key",
        "accept",
    ),
    *("x-stainless-retry-count", "content-encoding", "access-control-request-headers", "cookie", "connection"),
)


@pytest.mark.parametrize("name", ODD_HEADERS)
def test_odd_headers_never_break_the_server(client: httpx2.Client, name: str) -> None:
    for value in ODD_HEADER_VALUES:
        for method, path in (("POST", "/v1/messages"), ("GET", "/v1/models"), ("OPTIONS", "/v1/messages")):
            content = orjson.dumps(body()) if method == "POST" else b""
            answer = client.request(method, path, content=content, headers={name.encode(): value})
            assert answer.status_code < 500, (name, value)
            assert answer.status_code in (200, 204) or is_envelope(answer), (name, value)


def test_odd_paths_and_queries_never_break_the_server(client: httpx2.Client) -> None:
    rng = Random(7)
    url = str(client.base_url).rstrip("/")
    for _ in range(150):
        noise = "".join(rng.choice("/?&=;%+.~@:!$'()*,[]0aZ\xe9\x00\n") for _ in range(rng.randrange(30)))
        target = rng.choice(("/", "/v1/models", "/v1/models/", "/v1/messages?")).encode() + noise.encode("latin-1")
        received = exchanged(url, b"GET " + target + b" HTTP/1.1\r\nx-api-key: k\r\nconnection: close\r\n\r\n")
        assert not received.startswith(b"HTTP/1.1 5"), target


DEFECTS: tuple[tuple[str, int, str | None], ...] = (
    ("path", 404, "not_found"),
    ("method", 405, "method"),
    ("origin", 400, "cors"),
    ("size", 413, "too_large"),
    ("scenario", 404, "unknown_scenario"),
    ("key", 401, "refused"),
    ("body", 400, "refused"),
    ("prompt", 400, "no_match"),
)


def flawed(defects: set[str]) -> httpx2.Request:
    """A request with these things wrong."""
    headers = {
        "content-type": "application/json",
        "origin": "https://evil.example" if "origin" in defects else "http://localhost:3000",
        "x-mockgw-scenario": "nope" if "scenario" in defects else "test",
        "x-api-key": "" if "key" in defects else "k",
    }
    content = b"{" if "body" in defects else orjson.dumps(body("Bye" if "prompt" in defects else "Hello"))
    content += b" " * MAX_BODY_BYTES if "size" in defects else b""
    path = "/nowhere" if "path" in defects else "/v1/messages"
    method = "PUT" if "method" in defects else "POST"
    return httpx2.Request(method, f"http://localhost{path}", headers=headers, content=content)


def test_checks_come_in_this_order() -> None:
    pipeline = live("rules: [{match: {prompt: Hello}, reply: Hi}]")
    with Server(pipeline) as server, httpx2.Client(trust_env=False) as client:
        for index, (_, status, refusal) in enumerate(DEFECTS):
            request = flawed({defect for defect, _, _ in DEFECTS[index:]})
            request.url = httpx2.URL(server.url + request.url.path)
            assert client.send(request).status_code == status
            assert [*pipeline.journal][-1].refusal == refusal


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"authorization": "Bearer k"}, 200),
        ({"authorization": "BEARER   k"}, 200),
        ({"x-api-key": "k"}, 200),
        ({"x-api-key": "k", "authorization": "Basic dTpw"}, 200),
        ({"x-api-key": "k", "authorization": "Bearer other"}, 200),
        ({}, 401),
        ({"x-api-key": ""}, 401),
        ({"authorization": ""}, 401),
        ({"authorization": "Bearer"}, 401),
        ({"authorization": "k"}, 401),
        ({"authorization": "Basic dTpw"}, 401),
    ],
    ids=str,
)
def test_any_key_opens_and_none_does_not(client: httpx2.Client, headers: dict[str, str], status: int) -> None:
    answer = httpx2.post(client.base_url.join("/v1/messages"), json=body(), headers=headers, trust_env=False)
    assert answer.status_code == status
    assert status == 200 or answer.json()["error"]["type"] == "authentication_error"


def test_a_stream_has_the_headers_of_one(client: httpx2.Client) -> None:
    answer = client.post("/v1/messages", json=body(stream=True))
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["x-accel-buffering"] == "no"
    assert answer.headers["transfer-encoding"] == "chunked"
    assert answer.headers["request-id"].startswith("req_011C")
    assert answer.text.startswith("event: message_start\n")
    assert "content-length" not in answer.headers


def test_a_connection_serves_on_after_every_kind_of_answer(client: httpx2.Client) -> None:
    url = str(client.base_url).rstrip("/")
    data = orjson.dumps(body())
    post = b"POST %b HTTP/1.1\r\nx-api-key: k\r\ncontent-length: %d\r\n%b\r\n%b"
    requests = [
        b"GET /nowhere HTTP/1.1\r\n\r\n",
        b"HEAD / HTTP/1.1\r\n\r\n",
        b"HEAD /nowhere HTTP/1.1\r\n\r\n",
        b"OPTIONS /v1/messages HTTP/1.1\r\n\r\n",
        post % (b"/v1/messages", 1, b"", b"{"),
        post % (b"/v1/messages", len(data), b"", data),
        post % (b"/v1/messages", len(data), b"connection: close\r\n", data),
    ]
    received = exchanged(url, b"".join(requests))
    statuses = re.findall(rb"HTTP/1.1 (\d{3})", received)
    assert statuses == [b"404", b"200", b"404", b"204", b"400", b"200", b"200"]


def test_what_is_no_http_is_refused_in_the_envelope(client: httpx2.Client) -> None:
    received = exchanged(str(client.base_url).rstrip("/"), b"\x16\x03\x01 hello\r\n\r\n")
    head, _, data = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    answer = httpx2.Response(
        400, headers=dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:]), content=data
    )
    assert is_envelope(answer)


STATUSES = (400, 401, 402, 403, 404, 408, 409, 413, 429, 500, 502, 503, 504, 529)


@pytest.mark.parametrize("dialect", ["siraya", "anthropic"])
def test_every_status_can_be_scripted(dialect: str) -> None:
    rules = "".join(f"  - {{match: {{prompt: '{status}'}}, error: {status}}}\n" for status in STATUSES)
    with Server(live("rules:\n" + rules, dialect=dialect)) as server, httpx2.Client(headers=KEY) as client:
        for status in STATUSES:
            answer = client.post(f"{server.url}/v1/messages", json=body(str(status), stream=True))
            assert answer.status_code == status
            assert is_envelope(answer)
            assert answer.headers["content-type"] == "application/json"
            assert answer.headers["x-should-retry"] == str(status in (408, 409, 429) or status >= 500).lower()


def test_an_error_is_sent_as_it_is_scripted() -> None:
    error = "{status: 429, retry_after: 7s, should_retry: false, headers: {X-Why: s\u00f3}, body: <html>busy</html>}"
    with Server(live(f"error: {error}")) as server, httpx2.Client(headers=KEY) as client:
        answer = client.post(f"{server.url}/v1/messages", json=body())
    assert (answer.status_code, answer.text) == (429, "<html>busy</html>")
    assert (answer.headers["retry-after"], answer.headers["x-should-retry"]) == ("7", "false")
    assert answer.headers["x-why"] == "s\\xf3"


def test_a_fault_that_cannot_happen_is_a_400_of_our_own(client: httpx2.Client) -> None:
    with Server(live("{reply: Hi, fault: error_event}")) as server:
        answer = httpx2.post(f"{server.url}/v1/messages", json=body(), headers=KEY, trust_env=False)
    assert (answer.status_code, answer.headers["x-mockgw-error"]) == (400, "fault")
    assert answer.headers["x-should-retry"] == "false"


def broken(pipeline: Pipeline, incoming: Incoming, scope: Scope) -> Opened:
    raise LookupError("this is the bug")


async def called(app: Endpoint, *received: Message, method: str = "POST") -> list[Message]:
    """What an ASGI app sends in answer to what it receives."""
    sent: list[Message] = []
    waiting = list(received)
    headers = [(b"content-length", b"1"), (b"host", b"x")]
    scope = {"type": "http", "method": method, "path": "/", "query_string": b"", "headers": headers}

    async def receive() -> Message:
        return waiting.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return sent


def made(pipeline: Pipeline) -> Endpoint:
    return Endpoint(pipeline, Playbacks(pipeline.clock, 1.0), {"POST": broken})


def test_a_bug_is_a_500_in_the_envelope_and_a_traceback_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    pipeline = live(HELLO)
    sent = asyncio.run(called(made(pipeline), {"type": "http.request", "body": b"x"}))
    assert sent[0]["status"] == 500
    error = orjson.loads(sent[1]["body"])["error"]
    assert (error["type"], error["code"]) == ("api_error", 500)
    assert "LookupError: this is the bug" in error["message"]
    assert "Traceback (most recent call last)" in capsys.readouterr().err
    assert [exchange.refusal for exchange in pipeline.journal] == ["bug"]


def test_a_client_that_leaves_in_the_middle_of_its_body_gets_no_answer() -> None:
    pipeline = live(HELLO)
    half: Message = {"type": "http.request", "body": b"x", "more_body": True}
    assert asyncio.run(called(made(pipeline), half, {"type": "http.disconnect"})) == []
    assert len(pipeline.journal) == 0


def test_of_a_body_without_end_no_more_is_read_than_shows_that_it_is_too_large() -> None:
    async def endless() -> Message:
        return {"type": "http.request", "body": b" " * MAX_BODY_BYTES, "more_body": True}

    assert MAX_BODY_BYTES < len(asyncio.run(read_body(endless))) <= 2 * MAX_BODY_BYTES
