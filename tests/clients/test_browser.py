"""Web pages that try to use the control API, in a real browser."""

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2
import pytest

from mockgw.server.runner import Server
from tests.clients import environments
from tests.clients.conftest import require_browser
from tests.clients.serving import clean_environment
from tests.support import live

BROWSER = Path(__file__).with_name("browser.py")
REBOUND = "rebound.test"  # a name that leads to this machine, as a page's own server can arrange
SANDBOX = ["--no-sandbox", f"--host-resolver-rules=MAP {REBOUND} 127.0.0.1"]

# What a page can try; each gives what it could read, or that it could not.
TRIES = """
async ([api]) => {
  const tried = async (path, options) => {
    try {
      const answer = await fetch(api + path, options);
      return answer.type === 'opaque' ? 'opaque' : `${answer.status} ${(await answer.text()).slice(0, 200)}`;
    } catch (error) { return 'refused'; }
  };
  const heard = () => new Promise(resolve => {
    const source = new EventSource(api + '/events');
    source.onopen = () => { source.close(); resolve('heard'); };
    source.onerror = () => { source.close(); resolve('refused'); };
  });
  const form = () => new Promise(resolve => {
    const frame = Object.assign(document.createElement('iframe'), {name: 'target'});
    const form = Object.assign(document.createElement('form'),
      {method: 'POST', action: api + '/reset', target: 'target', enctype: 'text/plain'});
    document.body.append(frame, form);
    frame.onload = () => { if (form.sent) resolve('sent'); };
    form.sent = true;
    form.submit();
  });
  const json = {'content-type': 'application/json'};
  return {
    read: await tried('/sessions'),
    read_opaque: await tried('/sessions', {mode: 'no-cors'}),
    openapi: await tried('/openapi.json'),
    write: await tried('/sessions', {method: 'POST', headers: json, body: '{"name": "evil"}'}),
    write_as_text: await tried('/sessions', {method: 'POST', body: '{"name": "evil"}'}),
    write_opaque: await tried('/sessions', {method: 'POST', mode: 'no-cors', body: '{"name": "evil"}'}),
    remove: await tried('/sessions/kept', {method: 'DELETE', headers: json}),
    events: await heard(),
    form: await form(),
  };
}
"""


class Page(BaseHTTPRequestHandler):
    """An empty page, from wherever it is asked for."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>A page</title><body>")

    def log_message(self, format: str, *arguments: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def foreign() -> Iterator[int]:
    """The port of somebody else's server on this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.fixture
def gateway() -> Iterator[Server]:
    with Server(live("Hi")) as server:
        session = server.pipeline.sessions.of("kept", server.pipeline.clock.now())
        assert session.name == "kept"
        yield server


def opened(tmp_path: Path, *pages: tuple[str, str]) -> list[dict[str, str]]:
    """What a page at each URL gets that tries everything with the control API at another."""
    require_browser()
    chromium = shutil.which("chromium")
    told = [{"url": url, "script": f"({TRIES})({json.dumps([api])})"} for url, api in pages]
    done = subprocess.run(
        [environments.browser().python, BROWSER],
        input=json.dumps({"executable": chromium, "arguments": SANDBOX, "pages": told}),
        env=clean_environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: list[dict[str, str]] = json.loads(done.stdout)
    return found


def sessions(server: Server) -> list[Any]:
    listed: list[Any] = httpx2.get(f"{server.url}/_mockgw/sessions", trust_env=False).json()["sessions"]
    return [one["name"] for one in listed if one["name"] != "default"]  # that one begins with a visit


def test_no_page_from_elsewhere_reads_or_changes_anything(gateway: Server, foreign: int, tmp_path: Path) -> None:
    api = f"{gateway.url}/_mockgw"
    pages = [f"http://127.0.0.1:{foreign}/", f"http://localhost:{foreign}/", f"http://{REBOUND}:{foreign}/"]

    found = opened(tmp_path, *[(page, api) for page in pages])

    for one in found:
        assert one.pop("form") == "sent"
        blind = {one.pop("read_opaque"), one.pop("write_opaque")}
        assert blind <= {"opaque", "refused"}  # what it may ask, as browsers let pages, it cannot read
        assert set(one.values()) == {"refused"}
    assert sessions(gateway) == ["kept"]


def test_a_name_that_was_made_to_lead_here_gets_nothing(gateway: Server, tmp_path: Path) -> None:
    port = gateway.url.rpartition(":")[2]

    [found] = opened(tmp_path, (f"http://{REBOUND}:{port}/", f"http://{REBOUND}:{port}/_mockgw"))

    told = {
        name: value for name, value in found.items() if name not in ("events", "form", "read_opaque", "write_opaque")
    }
    assert found["events"] == "refused"
    for value in told.values():
        assert value.startswith("403 ")
        assert f"is not called by the name '{REBOUND}:{port}'" in value
    assert sessions(gateway) == ["kept"]


def test_a_page_of_its_own_may_do_it_all(gateway: Server, tmp_path: Path) -> None:
    [found] = opened(tmp_path, (f"{gateway.url}/", f"{gateway.url}/_mockgw"))

    assert found["read"].startswith('200 {"sessions":[{"name":')
    assert found["write"].startswith('201 {"name":"evil"')
    assert found["write_as_text"].startswith("415 ")
    assert found["events"] == "heard"
    assert found["remove"].startswith("200 ")
