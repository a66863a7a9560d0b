"""The page: who gets it, what else may not, and what a browser is told about it."""

from collections.abc import Iterator

import httpx2
import pytest

from mockgw.pipeline import Pipeline
from mockgw.server import console as module
from mockgw.server.runner import Server
from mockgw.settings import Settings
from tests.support import live

RULES = "rules: [{match: {prompt: Hello}, reply: Hi}]"
BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
LINKED = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; form-action 'none'"
)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server(live(RULES)) as server:
        yield server


@pytest.fixture(scope="module")
def client(server: Server) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=server.url, trust_env=False) as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/_mockgw/console", "/_mockgw/console/", "/_mockgw/console/index.html"])
def test_a_browser_gets_the_page(client: httpx2.Client, path: str) -> None:
    answer = client.get(path, headers=BROWSER)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert answer.text.startswith("<!doctype html>")


def test_others_get_at_the_root_what_they_always_got(client: httpx2.Client, server: Server) -> None:
    asked = [client.get("/"), client.get("/", headers={"accept": "application/json"})]
    head = client.head("/", headers=BROWSER)
    assert [answer.headers["content-type"] for answer in (*asked, head)] == ["text/plain; charset=utf-8"] * 3
    assert all("POST /v1/messages" in answer.text for answer in asked)
    assert client.post("/", headers=BROWSER).status_code == 405


def test_the_page_is_not_part_of_the_journal(client: httpx2.Client, server: Server) -> None:
    before = len(server.pipeline.journal)
    client.get("/", headers=BROWSER)
    client.get("/_mockgw/console/console.js")
    assert len(server.pipeline.journal) == before


def test_nothing_that_is_shown_can_run_or_leave(client: httpx2.Client) -> None:
    headers = client.get("/", headers=BROWSER).headers
    assert headers["content-security-policy"] == POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == headers["cross-origin-opener-policy"] == "same-origin"


@pytest.mark.parametrize("file", sorted(path.name for path in module.STATIC.iterdir()))
def test_every_file_is_served_as_what_it_is(client: httpx2.Client, file: str) -> None:
    answer = client.get(f"/_mockgw/console/{file}")
    assert answer.content == (module.STATIC / file).read_bytes()
    assert answer.headers["content-type"] == module.TYPES[f".{file.rpartition('.')[2]}"]
    assert "style=" not in answer.text or not file.endswith(".html")


def test_what_a_browser_has_already_is_not_sent_again(client: httpx2.Client) -> None:
    first = client.get("/_mockgw/console/console.js")
    again = client.get("/_mockgw/console/console.js", headers={"if-none-match": first.headers["etag"]})
    other = client.get("/_mockgw/console/console.js", headers={"if-none-match": '"another"'})
    assert first.headers["cache-control"] == "no-cache"
    assert (again.status_code, again.content, other.status_code) == (304, b"", 200)


@pytest.mark.parametrize(
    "file",
    ["nope.js", "../console.py", "..%2fconsole.py", "%2e%2e/console.py", "/etc/passwd", "a/index.html", "x" * 999],
)
def test_nothing_else_is_served(client: httpx2.Client, file: str) -> None:
    answer = client.get(f"/_mockgw/console/{file}")
    assert (answer.status_code, answer.json()["error"]["kind"]) == (404, "not_found")
    assert len(answer.content) < 500


def test_a_file_is_only_read(client: httpx2.Client) -> None:
    answer = client.post("/_mockgw/console/console.js")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({"host": "evil.example"}, "host"),
        ({"origin": "http://evil.example"}, "origin"),
        ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "script"}, "origin"),
        ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"}, "origin"),
    ],
    ids=str,
)
def test_pages_from_elsewhere_get_nothing(client: httpx2.Client, headers: dict[str, str], kind: str) -> None:
    for path in ("/", "/_mockgw/console/console.js"):
        answer = client.get(path, headers=BROWSER | headers)
        assert (answer.status_code, answer.json()["error"]["kind"]) == (403, kind)


def test_a_link_may_lead_to_the_page(client: httpx2.Client) -> None:
    assert client.get("/", headers=BROWSER | LINKED).status_code == 200


def test_the_page_is_open_where_the_control_api_wants_a_token() -> None:
    gateway = Pipeline(live(RULES).library, Settings(host="0.0.0.0", port=0))
    with Server(gateway) as server, httpx2.Client(base_url=server.url, trust_env=False) as client:
        page, script = client.get("/", headers=BROWSER), client.get("/_mockgw/console/console.js")
        assert (page.status_code, script.status_code) == (200, 200)
        assert server.token not in page.text + script.text
        assert client.get("/_mockgw/version").status_code == 401
