"""The control API over HTTP: what is refused and how, what takes its time, and that nobody gets in who should not."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import orjson
import pytest

from mockgw.lint.check import open_checked
from mockgw.pipeline import Pipeline
from mockgw.reload import Reloader, look
from mockgw.server.runner import Server
from mockgw.settings import Settings
from tests.clients.waiting import wait_until
from tests.support import body, exchanged, live

RULES = "rules: [{match: {prompt: Hello}, reply: Hi}]"
JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server(live(RULES)) as server:
        yield server


@pytest.fixture(scope="module")
def client(server: Server) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=f"{server.url}/_mockgw", trust_env=False) as client:
        yield client


def error(answer: httpx2.Response) -> dict[str, Any]:
    found: dict[str, Any] = answer.json()["error"]
    assert found.keys() == {"message", "kind", "problems"}
    return found


def asked(url: str, prompt: str = "Hello") -> httpx2.Response:
    return httpx2.post(f"{url}/v1/messages", json=body(prompt), headers={"x-api-key": "k"}, trust_env=False)


def test_an_unknown_path_is_told_what_was_probably_meant(client: httpx2.Client) -> None:
    for path, meant in {
        "/helth": "health",
        "/sessions/a/overide": "sessions/a/overrides",
        "/scenario": "scenarios",
    }.items():
        answer = client.get(path)
        assert answer.status_code == 404
        assert f"did you mean {meant!r}?" in error(answer)["message"]


@pytest.mark.parametrize("path", ["/v1/messages", "/sessions//reset", "/" + "x" * 5_000, "/%00", "/..%2f..%2fetc"])
def test_what_is_no_path_is_no_path(client: httpx2.Client, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, error(answer)["kind"]) == (404, "not_found")
    assert len(answer.content) < 500


def test_a_wrong_method_is_told_the_right_ones(client: httpx2.Client) -> None:
    answer = client.post("/health", headers=JSON)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
    answer = client.patch("/sessions/default/faults", headers=JSON)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST, DELETE, HEAD")
    assert client.options("/").headers["allow"] == "GET, HEAD"


def test_head_has_no_body(client: httpx2.Client) -> None:
    answer = client.head("/health")
    assert (answer.status_code, answer.content) == (200, b"")
    answer = client.head("/events")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")


def test_a_slash_at_the_end_is_no_matter(client: httpx2.Client) -> None:
    assert client.get("/health/").json() == client.get("/health").json()
    assert client.get("").json() == client.get("/").json()


def test_sessions_may_have_any_name_that_a_url_can_carry(client: httpx2.Client) -> None:
    for name in ("a b", "ä/"[:1], "50%", "a?b#c", "%2F", "sessions", "reset", "..."):
        assert client.post("/sessions", json={"name": name}).status_code == 201
        escaped = "".join(f"%{byte:02x}" for byte in name.encode())
        assert client.get(f"/sessions/{escaped}").json()["name"] == name
        assert client.delete(f"/sessions/{escaped}").status_code == 200


@pytest.mark.parametrize("name", ["..", ".", "a/b", "", "x" * 101, "a\nb", "a\x00b", "../../etc/passwd"])
def test_no_session_has_a_name_that_leads_elsewhere(client: httpx2.Client, name: str) -> None:
    answer = client.post("/sessions", json={"name": name})
    assert answer.status_code == 400
    assert error(answer)["problems"][0]["path"] == "name"
    escaped = "".join(f"%{byte:02x}" for byte in name.encode())
    assert client.get(f"/sessions/{escaped}/clock").status_code == 404


@pytest.mark.parametrize("name", ["../scenarios/default", "/etc/passwd", "default.yaml", "~/secret"])
def test_no_scenario_is_read_from_a_file(client: httpx2.Client, name: str) -> None:
    assert client.put("/sessions/default/scenario", json={"name": name}).status_code == 404
    assert client.put("/sessions/default/scenario", json={"reply": "x", "include": name}).status_code == 400
    assert client.put("/sessions/default/scenario", json={"body_file": name}).status_code == 400
    escaped = "".join(f"%{byte:02x}" for byte in name.encode())
    assert client.get(f"/scenarios/{escaped}").status_code == 404


@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize(
    "kind",
    [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonx"],
)
def test_what_changes_something_says_that_it_is_json(client: httpx2.Client, method: str, kind: str | None) -> None:
    headers = {} if kind is None else {"content-type": kind}
    path = {"POST": "/sessions/default/overrides", "PUT": "/sessions/default/scenario"}[method]
    answer = client.request(method, path, headers=headers, content=b'{"reply": "pwned"}')
    assert (answer.status_code, error(answer)["kind"]) == (415, "content_type")
    assert client.request(method, path, headers=headers).status_code == 415
    assert client.get("/sessions/default/overrides").json()["overrides"] == []


def test_a_body_of_another_kind_is_refused_where_none_is_needed(client: httpx2.Client) -> None:
    answer = client.request("DELETE", "/sessions/default/faults", headers={"content-type": "text/plain"}, content=b"x")
    assert answer.status_code == 415


BOMB = "\n".join(["x0: &x0 [a, a]", *(f"x{n + 1}: &x{n + 1} [*x{n}, *x{n}]" for n in range(40))])


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        (b"{", "The request body is not valid JSON: unexpected end of data: line 1 column 2 (char 1)"),
        (b"[" * 100_000 + b"]" * 100_000, "The request body is not valid JSON: "),
        (b"[" * 150 + b"]" * 150, "nested deeper than 64 levels"),
        (b'{"reply": "\xff"}', "The request body is not valid JSON: "),
        (b'{"reply": "\\ud800"}', "The request body is not valid JSON: "),
        (b"null", "expected a rule, a list of rules or a mapping with 'rules', found null"),
        (b'"weather.yaml"', "expected the scenario itself, found what looks like the name of a file"),
        (b'[{"reply": 1}, {"reply": [' + b"1," * 100_001 + b"1]}]", "holds more than 100,000 values"),
        (orjson.dumps({"yaml": BOMB}), "aliases expand to more than 100,000 values"),
    ],
    ids=["cut", "very deep", "deep", "no UTF-8", "half a pair", "null", "file", "many", "aliases"],
)
def test_bad_bodies_are_refused(client: httpx2.Client, sent: bytes, told: str) -> None:
    answer = client.post("/sessions/default/overrides", headers=JSON, content=sent)
    assert answer.status_code == 400
    assert told in error(answer)["message"]


def test_a_giant_body_is_refused(client: httpx2.Client) -> None:
    answer = client.post("/sessions/default/overrides", headers=JSON, content=b'"' + b"x" * (33 * 1024**2) + b'"')
    assert (answer.status_code, error(answer)["kind"]) == (413, "too_large")


def test_a_compressed_body_is_refused(client: httpx2.Client) -> None:
    answer = client.post("/reset", headers={**JSON, "content-encoding": "gzip"}, content=b"\x1f\x8b")
    assert answer.status_code == 400
    assert "content-encoding" in error(answer)["message"]


@pytest.mark.parametrize("path", ["/", "/health", "/openapi.json", "/journal", "/events", "/nowhere"])
@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({"host": "evil.example"}, "host"),
        ({"host": "127.0.0.1.evil.example:80"}, "host"),
        ({"origin": "http://evil.example"}, "origin"),
        ({"origin": "http://localhost"}, "origin"),
        ({"origin": "null"}, "origin"),
        ({"sec-fetch-site": "cross-site"}, "origin"),
        ({"sec-fetch-site": "same-site"}, "origin"),
    ],
    ids=str,
)
def test_nothing_is_told_to_pages_from_elsewhere(
    client: httpx2.Client, path: str, headers: dict[str, str], kind: str
) -> None:
    answer = client.get(path, headers=headers)
    assert (answer.status_code, error(answer)["kind"]) == (403, kind)
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_a_page_that_asks_first_whether_it_may_is_told_nothing(client: httpx2.Client) -> None:
    headers = {"origin": "http://localhost:3000", "access-control-request-method": "POST"}
    answer = client.options("/reset", headers=headers)
    assert answer.status_code == 403
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_no_page_may_keep_or_embed_what_is_answered(client: httpx2.Client) -> None:
    headers = client.get("/health").headers
    assert headers["cache-control"] == "no-store"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["x-content-type-options"] == "nosniff"


def test_a_request_without_a_host_is_refused(server: Server) -> None:
    answer = exchanged(server.url, b"GET /_mockgw/health HTTP/1.0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 403 ")


def test_the_control_api_belongs_to_no_session(client: httpx2.Client, server: Server) -> None:
    answer = httpx2.get(f"{server.url}/s/a/_mockgw/health", trust_env=False)
    assert answer.status_code == 404
    assert "the control API is not part of a session" in answer.text


def test_the_paths_of_the_gateway_are_open_as_before(server: Server) -> None:
    answer = httpx2.post(
        f"{server.url}/v1/messages",
        json=body("Hello"),
        headers={"x-api-key": "k", "host": "mockgw:6625", "sec-fetch-site": "cross-site"},
        trust_env=False,
    )
    assert answer.status_code == 200


def test_it_is_not_part_of_the_journal(client: httpx2.Client) -> None:
    client.delete("/journal")
    client.get("/health")
    client.get("/nowhere")
    assert client.get("/journal/count").json()["count"] == 0


def test_a_bug_is_told_as_one(
    client: httpx2.Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("mockgw.control.control.Control.health", lambda self: 1 / 0)
    answer = client.get("/health")
    assert (answer.status_code, error(answer)["kind"]) == (500, "bug")
    assert "ZeroDivisionError" in capsys.readouterr().err


@pytest.fixture(scope="module")
def others() -> Iterator[Server]:
    with Server(Pipeline(live(RULES).library, Settings(host="0.0.0.0", port=0, hosts=("mockgw",)))) as server:
        yield server


def test_all_but_health_wants_it(others: Server) -> None:
    with httpx2.Client(base_url=f"{others.url}/_mockgw", trust_env=False) as client:
        assert client.get("/health").status_code == 200
        for path in ("/", "/ready", "/openapi.json", "/events", "/nowhere", "/sessions"):
            answer = client.get(path)
            assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert client.post("/reset", headers=JSON).status_code == 401
        assert client.post("/health", headers=JSON).status_code == 401


def test_it_opens_everything_to_those_who_know_the_name(others: Server) -> None:
    token = {"x-mockgw-token": others.token}
    with httpx2.Client(base_url=f"{others.url}/_mockgw", headers=token, trust_env=False) as client:
        assert client.get("/sessions").status_code == 200
        assert client.get("/sessions", headers={"host": "mockgw:6625"}).status_code == 200
        assert client.get("/sessions", headers={"host": "other:6625"}).status_code == 403
        assert client.get("/config").json()["token_required"] is True


def test_it_is_shown_nowhere(others: Server) -> None:
    token = {"x-mockgw-token": others.token}
    httpx2.post(f"{others.url}/v1/messages", json=body(), headers={**token, "x-api-key": "k"}, trust_env=False)
    with httpx2.Client(base_url=f"{others.url}/_mockgw", headers=token, trust_env=False) as client:
        shown = [client.get(path).text for path in ("/", "/config", "/journal?format=jsonl", "/openapi.json", "/ready")]
    assert not any(others.token in text for text in shown)
    assert "x-mockgw-token" in shown[2]


def test_a_session_made_over_http_is_that_of_its_requests(server: Server, client: httpx2.Client) -> None:
    client.post("/sessions", json={"name": "mine"})
    client.post("/sessions/mine/overrides", json={"match": {"prompt": "Hello"}, "reply": "Mine"})
    client.post("/sessions/mine/faults", json={"error": 529, "times": 1})
    first, second = asked(f"{server.url}/s/mine"), asked(f"{server.url}/s/mine")
    assert (first.status_code, second.json()["content"][0]["text"]) == (529, "Mine")
    assert asked(server.url).json()["content"][0]["text"] == "Hi"
    client.post("/sessions/mine/reset", headers=JSON)
    assert asked(f"{server.url}/s/mine").json()["content"][0]["text"] == "Hi"


def test_templates_of_overrides_reach_nothing_and_prompts_are_no_templates(
    server: Server, client: httpx2.Client
) -> None:
    client.post("/sessions", json={"name": "templates"})
    for text in ATTACKS:
        client.post("/sessions/templates/overrides", json={"reply": text})
        answer = asked(f"{server.url}/s/templates", "{{ 7 * 7 }}").json()
        said = answer.get("content", [{"text": ""}])[0]["text"]
        assert "root:" not in said
        assert "os" not in said.split()
        client.delete("/sessions/templates/overrides")
    client.post("/sessions/templates/overrides", json={"reply": "{{ prompt }}"})
    assert asked(f"{server.url}/s/templates", "{{ 7 * 7 }}").json()["content"][0]["text"] == "{{ 7 * 7 }}"


ATTACKS = (
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ self.__init__.__globals__ }}",
    "{{ request.__class__.__init__.__globals__ }}",
    "{{ ''|attr('__class__') }}",
    "{% include '/etc/passwd' %}",
    "{% import 'os' as os %}{{ os }}",
    "{{ '{0.__class__}'.format(now) }}",
    "{{ fake.get_formatter('__init__').__globals__ }}",
    "{{ fake.add_provider('os') }}",
)


def test_a_wait_ends_when_the_request_comes(server: Server, client: httpx2.Client) -> None:
    client.delete("/journal")
    answers = in_background(
        lambda: client.post("/wait", json={"match": {"prompt": "Hello"}, "count": 2, "timeout": 30})
    )
    until(lambda: bool(server.pipeline.journal.watchers))
    asked(server.url)
    asked(server.url, "Other")
    asked(server.url)
    [answer] = answers()
    assert (answer.status_code, answer.json()["count"]) == (200, 2)
    assert server.pipeline.journal.watchers == []


def test_a_wait_that_is_left_leaves_nothing_behind(server: Server, client: httpx2.Client) -> None:
    with pytest.raises(httpx2.ReadTimeout):
        client.post("/wait", json={"count": 1_000, "timeout": 600}, timeout=0.2)
    until(lambda: not server.pipeline.journal.watchers)


def test_what_waits_ends_with_the_server() -> None:
    with Server(live(RULES)) as server:
        url = f"{server.url}/_mockgw"
        waits = in_background(lambda: httpx2.post(f"{url}/wait", json={"timeout": 600}, trust_env=False, timeout=60))
        until(lambda: bool(server.pipeline.journal.watchers))
    [answer] = waits()
    assert (answer.status_code, error(answer)["kind"]) == (503, "stopped")


def test_a_reload_is_told_and_one_that_is_refused_too(tmp_path: Path) -> None:
    file = tmp_path / "served.yaml"
    file.write_text("reply: Before", encoding="utf-8")
    seen = look([file])
    pipeline = Pipeline(open_checked([file])[0], Settings(port=0))
    reloader = Reloader(pipeline, [file], None, seen, lambda news: None)
    with (
        Server(pipeline, reloader=reloader) as server,
        httpx2.Client(base_url=f"{server.url}/_mockgw", trust_env=False) as client,
    ):
        file.write_text("reply: After", encoding="utf-8")
        told = client.post("/reload", headers=JSON).json()
        assert (told["files"]["state"], told["changes"]) == ("loaded", [{"file": str(file), "change": "changed"}])
        file.write_text("repli: Wrong", encoding="utf-8")
        answer = client.post("/reload", headers=JSON)
        assert (answer.status_code, error(answer)["kind"]) == (409, "files")
        assert error(answer)["problems"][0]["line"] == 1
        files = client.get("/ready").json()["files"]
        assert files["state"] == "stale"
        assert "unknown key 'repli'" in files["problems"][0]
        assert asked(server.url).json()["content"][0]["text"] == "After"


def test_without_files_there_is_nothing_to_reload(client: httpx2.Client) -> None:
    answer = client.post("/reload", headers=JSON)
    assert (answer.status_code, error(answer)["kind"]) == (409, "unavailable")


def in_background(work: Callable[[], httpx2.Response]) -> Callable[[], list[httpx2.Response]]:
    """Do it in a thread; the result is called for its answer."""
    answers: list[httpx2.Response] = []
    thread = threading.Thread(target=lambda: answers.append(work()))
    thread.start()

    def joined() -> list[httpx2.Response]:
        thread.join(timeout=30)
        return answers

    return joined


def until(happened: Callable[[], bool]) -> None:
    wait_until(happened, seconds=10, otherwise=lambda: "it never happened")


def test_what_a_page_did_and_others_is_in_the_journal(client: httpx2.Client) -> None:
    last = client.get("/journal/activity").json()["last"]
    page = {"sec-fetch-site": "same-origin", **JSON}
    client.post("/sessions/default/faults", json={"error": 429, "times": 1}, headers=page)
    client.delete("/sessions/default/faults", headers={"user-agent": "curl/8"})
    client.post("/explain", json={"request": body("Hello")})
    client.post("/sessions/default/faults", json={"eror": 429})
    client.delete("/journal?session=default", headers={"user-agent": "me"})
    told = client.get(f"/journal/activity?since={last}").json()["activities"]
    assert [(one["operation"], one["session"], one["detail"], one["origin"]) for one in told] == [
        ("arm", "default", '{"error":429,"times":1}', "console"),
        ("disarm_all", "default", "", "curl/8"),
        ("clear", "default", '{"session":"default"}', "me"),
    ]
