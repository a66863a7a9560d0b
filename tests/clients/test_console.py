"""The console in a real browser: what a person sees there and does, one path after the other."""

import json
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path
from threading import Event, Thread
from typing import Any

import anthropic
import httpx2
import pytest

from mockgw.delivery.actions import Delivery
from mockgw.server.runner import Server as ServerHere
from tests.clients import environments, serving
from tests.clients.claude import Claude
from tests.clients.conftest import Serve, require_browser, require_environment
from tests.clients.page import NARROW, Page, browser
from tests.clients.serving import Server
from tests.support import ask, body, live

TRAVEL = """
defaults: {pace: {interval: 5ms}}
gateway:
  credits: {balance: 5}
  models: {"*": {prices: {input: 3, output: 15}}}
  limits: {requests: 1000/m}
  providers: {near: {}, far: {}}
rules:
  - id: plan
    match: {prompt: {contains: Lisbon}}
    reply: Two days in Lisbon, on foot.
  - id: busy
    match: {prompt: {contains: busy}}
    attempts:
      - error: 529
      - error: {status: 429, retry_after: 0}
      - reply: The third try is good.
  - id: broken
    match: {prompt: {contains: break}}
    reply: This answer will never come to its end.
    fault: {type: truncate, at: {event: 6}}
"""
ROW = "#list .row"
WIDE_PARTS = """[...document.querySelectorAll('body, header, nav, #traffic, #list, .side > section')]
  .filter(one => one.checkVisibility() && one.scrollWidth > one.clientWidth).map(one => one.id || one.className)"""


@pytest.fixture(scope="module")
def travelling(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("travel")
    (folder / "travel.yaml").write_text(TRAVEL, encoding="utf-8")
    server = serving.start([str(folder / "travel.yaml")], folder=folder)
    yield server
    server.stop()


@pytest.fixture
def travel(travelling: Server) -> Server:
    """A server that has forgotten all earlier tests."""
    httpx2.post(f"{travelling.url}/_mockgw/reset", json={}, trust_env=False).raise_for_status()
    return travelling


def say(server: Server, prompt: str, session: str = "", retries: int = 0, **more: Any) -> None:
    """Ask by the real SDK, and mind nothing that comes."""
    prefix = f"/s/{session}" if session else ""
    usual = {"model": "claude-opus-5-5", "max_tokens": 1000, "messages": [{"role": "user", "content": prompt}]}
    with (
        suppress(anthropic.APIError, httpx2.HTTPError, AssertionError),
        anthropic.Anthropic(base_url=server.url + prefix, api_key="mock", max_retries=retries) as client,
        client.messages.stream(**{**usual, **more}) as stream,
    ):
        stream.until_done()


def rows(page: Page, kind: str = "call") -> list[str]:
    """What stands in the rows of one kind, from top to bottom."""
    script = f"""[...document.querySelectorAll('#list .row.{kind}')]
      .sort((one, other) => one.getBoundingClientRect().top - other.getBoundingClientRect().top)
      .map(row => row.innerText.replace(/\\s+/g, ' ').trim())"""
    return list(page.evaluate(script))


def shows(page: Page, count: int) -> None:
    """Wait until so many calls are listed."""
    page.until(f"document.querySelectorAll('#list .row.call').length === {count}")


def control(server: Server, path: str) -> Any:
    return httpx2.get(f"{server.url}/_mockgw/{path}", trust_env=False).json()


def test_an_empty_page_teaches_how_a_client_is_pointed_here(travel: Server, tab: Page) -> None:
    tab.open(travel.url)

    tab.wait("text=Nothing has come yet")
    tab.click("[aria-label='Copy: Claude Code']")

    assert tab.clipboard == f"ANTHROPIC_BASE_URL={travel.url} ANTHROPIC_AUTH_TOKEN=mock claude"
    assert "travel" in tab.text("#welcome")


def test_exchanges_come_as_they_happen_the_newest_on_top(travel: Server, tab: Page) -> None:
    tab.open(travel.url)
    tab.wait("text=Nothing has come yet")

    say(travel, "A weekend in Lisbon")
    shows(tab, 1)
    say(travel, "Please break off")
    shows(tab, 2)

    newest, first = rows(tab)
    assert "travel / broken" in newest
    assert "truncate" in newest
    assert "travel / plan · claude-opus-5-5" in first
    assert "200" in first


def test_tries_of_one_call_are_folded_into_one_row(travel: Server, tab: Page) -> None:
    say(travel, "Are you busy?", retries=2)
    tab.open(travel.url)
    shows(tab, 1)

    assert "3 tries" in rows(tab)[0]
    assert rows(tab, "try") == []
    tab.click(f"{ROW}.call .fold")
    tab.wait(f"{ROW}.try")

    assert [row.split()[1] for row in rows(tab, "try")] == ["200", "429", "529"]
    assert tab.evaluate("document.querySelector('#list .row.call').getAttribute('aria-expanded')") == "true"


def test_filters_stay_while_more_comes_and_stand_in_the_address(travel: Server, tab: Page) -> None:
    tab.open(travel.url)
    say(travel, "A weekend in Lisbon")
    say(travel, "What nobody has scripted", session="other")
    shows(tab, 2)

    tab.click("#chips >> text=Unmatched")
    shows(tab, 1)
    say(travel, "Lisbon again")
    say(travel, "And nobody this either", session="other")
    shows(tab, 2)
    assert all("no rule" in row for row in rows(tab))

    address = tab.evaluate("location.href")
    tab.open(address)
    shows(tab, 2)
    tab.click("#chips >> text=Unmatched")
    shows(tab, 4)
    tab.choose("#session", "other")
    shows(tab, 2)
    tab.choose("#session", "")
    tab.press("/")
    tab.fill("#search", "LISBON")  # it stands in the request, and nowhere in the list's own words
    shows(tab, 2)


def test_the_list_is_held_cleared_and_taken_home(travel: Server, tab: Page) -> None:
    say(travel, "A weekend in Lisbon")
    tab.open(travel.url)
    shows(tab, 1)

    tab.press("p")
    say(travel, "Another in Lisbon")
    tab.wait("text=Paused; 1 exchange since.")
    assert len(rows(tab)) == 1
    tab.press("p")
    shows(tab, 2)

    lines = tab.do("download", selector="#export").splitlines()
    assert [json.loads(line)["rule"] for line in lines] == ["plan", "plan"]

    tab.click("#clear")
    assert tab.text("#clear") == "Forget 2 exchanges?"
    tab.click("#clear")
    tab.wait("text=Nothing has come yet")
    assert control(travel, "journal/count")["count"] == 0


def test_a_fault_is_armed_by_a_click_counted_down_and_switched_off(travel: Server, tab: Page) -> None:
    tab.open(travel.url)
    tab.click(".preset >> text=429 for 30 s")
    tab.wait(".armed-row >> text=s left")

    say(travel, "A weekend in Lisbon")
    shows(tab, 1)
    assert "429" in rows(tab)[0]
    assert "error:429 (fault-1)" in rows(tab)[0]

    tab.click(".armed-row button")
    tab.wait("#control >> text=none armed")
    say(travel, "A weekend in Lisbon")
    tab.wait(f"{ROW} >> text=2 tries")
    assert "200" in rows(tab)[0]


def test_a_fault_of_ones_own_strikes_the_next_requests_and_no_more(travel: Server, tab: Page) -> None:
    tab.open(travel.url)
    tab.click("text=Make your own")
    tab.choose(".arming select", "fault:truncate")
    tab.click(".arming >> text=Arm")
    tab.wait(".armed-row >> text=next request")

    say(travel, "A weekend in Lisbon")
    say(travel, "Lisbon again")
    tab.wait("#control >> text=none armed")

    shows(tab, 2)
    assert ["truncate" in row for row in rows(tab)] == [False, True]


def test_a_session_gets_another_scenario_by_a_click(serve: Serve, tab: Page) -> None:
    server = serve(sunny="reply: It is sunny.", rainy="reply: It rains.")
    tab.open(server.url)
    tab.click(".option >> text=rainy")
    tab.wait(".option[aria-pressed=true] >> text=rainy")

    say(server, "How is the weather?")
    shows(tab, 1)
    assert "rainy" in rows(tab)[0]
    tab.click(".option >> text=As requests say")
    tab.wait(".option[aria-pressed=true] >> text=As requests say")
    assert control(server, "sessions/default")["scenario"] is None


def test_limits_are_seen_draining_and_the_clock_refills_them(serve: Serve, tab: Page) -> None:
    server = serve(metered="{gateway: {limits: {requests: 2/7d}}, reply: Hello.}")
    tab.open(server.url)
    say(server, "One")
    tab.wait(".limit >> text=1 of 2")
    say(server, "Two")
    tab.wait(".gauge[aria-valuenow='0']")

    tab.click("text=+ 7d")
    tab.wait(".gauge[aria-valuenow='2']")

    assert control(server, "sessions/default/clock")["advanced"] == 7 * 86400


def test_scenarios_show_what_their_rules_did_and_a_request_is_tried(travel: Server, tab: Page) -> None:
    say(travel, "A weekend in Lisbon")
    tab.open(travel.url)
    tab.press("3")
    tab.click(".scenario summary")
    tab.wait(".rule-row >> text=answered once")

    tab.fill("#trial-request", "Please break off")
    tab.click("text=Try it")
    tab.wait(".trial-result .rule.matched >> text=broken")
    tab.fill("#trial-request", "What nobody has scripted")
    tab.click("text=Try it")
    tab.wait(".trial-result >> text=A rule that takes this request")

    assert control(travel, "journal/count")["count"] == 1


HOSTILE = (
    "<script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\"> "
    "\x1b[31mred \u202eright to left"
)


def test_what_clients_send_is_text_and_never_a_part_of_the_page(travel: Server, tab: Page) -> None:
    say(travel, f"{HOSTILE} {'Lisbon' * 170_000}")
    tab.open(travel.url)
    shows(tab, 1)
    tab.click(ROW)
    tab.click("[role=tab] >> text=Request")
    tab.wait("text=Show all")

    assert "<script>" in tab.text("#exchange-body")
    assert "ESC[31mred RLOright to left" in tab.text("#exchange-body")
    tab.click("text=Show all (")
    tab.wait("#exchange-body .block")

    assert tab.evaluate("document.title") == "mockgw"
    assert tab.evaluate("document.querySelectorAll('main script, aside script, aside img').length") == 0
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert tab.evaluate("((one) => one.scrollWidth <= one.clientWidth)(document.querySelector('#exchange'))")


def test_everything_can_be_reached_by_keys(travel: Server, tab: Page) -> None:
    say(travel, "A weekend in Lisbon")
    say(travel, "Please break off")
    tab.open(travel.url)
    shows(tab, 2)

    tab.press("j", "j", "k", "Enter")
    tab.wait("#exchange h2 >> text=truncate")
    tab.press("j", "Enter")
    tab.wait("#exchange .facts >> text=plan")
    tab.press("Escape")
    tab.wait("#control .preset")
    assert tab.evaluate("document.activeElement.id") == "list"

    tab.press("?")
    tab.wait("#help >> text=Keys")
    tab.press("Escape")
    tab.press("/")
    assert tab.evaluate("document.activeElement.id") == "search"
    tab.press("Escape", "e")
    shows(tab, 0)
    tab.press("e", "b")
    assert tab.evaluate("document.documentElement.hasAttribute('data-present')")


def test_in_presenters_mode_no_type_is_smaller_than_24_pixels(travel: Server, tab: Page) -> None:
    say(travel, "A weekend in Lisbon")
    say(travel, "Please break off")
    tab.open(travel.url, size=(1920, 1080))
    shows(tab, 2)
    tab.press("b")

    smallest = """(() => {
      const seen = [...document.querySelectorAll('body *')].filter(node =>
        node.checkVisibility() && [...node.childNodes].some(one => one.nodeType === 3 && one.data.trim()));
      return Math.min(...seen.map(node => parseFloat(getComputedStyle(node).fontSize)));
    })()"""
    tab.press("j", "Enter")
    for panel in ("1", "2", "3"):
        tab.press(panel)
        assert tab.evaluate(smallest) >= 24


@pytest.mark.parametrize("panel", ["traffic", "exchange", "control", "scenarios"])
def test_a_narrow_screen_never_scrolls_sideways(travel: Server, tab: Page, panel: str) -> None:
    say(travel, "What nobody has scripted")
    say(travel, f"Lisbon {'x' * 500}")
    tab.open(travel.url, size=NARROW)
    shows(tab, 2)
    tab.click(ROW)
    tab.click(f"#tabs [data-panel={panel}]")

    for tabbed in ["Conversation", "Stream", "Why", "Request", "Answer"] if panel == "exchange" else [""]:
        if tabbed:
            tab.click(f"[role=tab] >> text={tabbed}")
        assert tab.evaluate(WIDE_PARTS) == []
        assert tab.evaluate("document.documentElement.scrollWidth") == NARROW[0]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_serious_stands_in_the_way_of_those_who_cannot_see_it(travel: Server, tab: Page, theme: str) -> None:
    require_environment(environments.axe())
    axe = (environments.axe().folder / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    tab.open(travel.url, theme=theme)
    tab.wait("text=Nothing has come yet")
    tab.evaluate(axe)
    found = {"empty": serious(tab)}
    say(travel, "Are you busy?", retries=2)
    say(travel, "Please break off")
    say(travel, "What nobody has scripted", session="other")
    shows(tab, 3)
    tab.click(f"{ROW}.call")
    for name in ["Conversation", "Stream", "Why", "Request", "Answer"]:
        tab.click(f"[role=tab] >> text={name}")
        found[name] = serious(tab)
    tab.press("2")
    tab.click("text=429 for 30 s")
    tab.wait(".armed-row")
    tab.wait(".provider")
    found["control"] = serious(tab)
    tab.press("3")
    tab.click(".scenario summary")
    tab.wait(".rule-row")
    found["scenarios"] = serious(tab)
    tab.press("?")
    found["help"] = serious(tab)
    assert {view: problems for view, problems in found.items() if problems} == {}


def serious(page: Page) -> list[str]:
    """What axe finds that is serious, and where."""
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [
        f"{one['id']}: {node['html'][:200]} {node['failureSummary']}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


def test_the_real_claude_code_is_watched_without_any_network(
    serve_offline: Serve, claude: Claude, tmp_path: Path
) -> None:
    """The browser is in the same network as the server, which has nothing else."""
    server = serve_offline("scenarios/coding-agent.yaml")
    require_browser()
    with browser(tmp_path, enter=server.enter) as page:
        page.open(server.url)
        page.wait("text=Nothing has come yet")
        page.click(".preset >> text=529, next 2")
        page.wait(".armed-row")

        run = claude.ask(server, "fix the demo", "--allowedTools", "Write,Read,Edit,Bash")

        assert run.exit_code == 0
        page.wait("#list .conversation >> text=5 calls")
        assert "3 tries" in rows(page)[-1]
        assert [row.count("coding-agent / fix") for row in rows(page)] == [1] * 5
        page.press("j", "j", "Enter")
        for text in ("fix the demo", "Write", "The test says", "reminder", "tools"):
            page.wait(f"#exchange-body >> text={text}")


MANY = 10_000
A_SECOND = 50
SECONDS = 5
LONGEST = 100_000  # microseconds


def test_ten_thousand_exchanges_and_fifty_more_a_second_never_hold_the_page_up(tab: Page, tmp_path: Path) -> None:
    """What counts is the processor's time of a task of the page: others want the machine too. The trace is kept."""
    pipeline = live("reply: It is sunny.")
    for number in range(MANY):
        opened = ask(pipeline, body(f"How is the weather? {number}"), x_mockgw_session=f"shop-{number % 7}")
        pipeline.settle(opened, Delivery(ending="whole"))
    with ServerHere(pipeline) as server:
        tab.open("about:blank")
        tab.do("trace", path=str(tmp_path / "trace.json"))
        tab.do("go", url=server.url)
        tab.until("document.querySelector('#totals dd')?.innerText === '10k'")
        thread = Thread(target=ask_steadily, args=(server.url,))
        thread.start()
        tab.press("e", "e", "g", "g")
        thread.join()
        tab.wait(f"{ROW} >> text=number {A_SECOND * SECONDS - 1}")
        tab.do("traced")

    assert [task for task in tasks(tmp_path / "trace.json") if task > LONGEST] == []


def ask_steadily(url: str) -> None:
    """So many requests a second, on one connection."""
    connection = HTTPConnection(url.removeprefix("http://"))
    headers = {"x-api-key": "mock", "content-type": "application/json"}
    pause = Event()
    for number in range(A_SECOND * SECONDS):
        connection.request("POST", "/v1/messages", json.dumps(body(f"number {number}", stream=True)), headers)
        connection.getresponse().read()
        pause.wait(1 / A_SECOND)
    connection.close()


def tasks(trace: Path) -> list[int]:
    """The processor's time of each task on the main thread of a page, in microseconds."""
    events = json.loads(trace.read_text(encoding="utf-8"))["traceEvents"]
    threads = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    found = [
        event["tdur"]
        for event in events
        if event["name"].endswith("RunTask") and (event["pid"], event["tid"]) in threads and "tdur" in event
    ]
    assert len(found) > MANY / 100, "nothing was traced"
    return found


def test_an_exchange_is_read_replayed_explained_and_taken_along(travel: Server, tab: Page) -> None:
    say(travel, "Please break off")
    say(travel, "What nobody has scripted")
    tab.open(f"{travel.url}/#group=no")
    shows(tab, 2)

    tab.click("#list .row >> text=break off")
    tab.wait("#exchange-body .turn.user >> text=Please break off")
    tab.wait("#exchange-body .turn.answer.failed >> text=This answer")
    tab.click("[role=tab] >> text=Stream")
    tab.wait(".struck-list >> text=truncate")
    tab.click("text=Replay")
    tab.until("document.querySelector('.replayed').innerText.startsWith('This answer')")
    assert "message_start" in tab.text(".events tbody tr:nth-child(2)")
    tab.click("[role=tab] >> text=Answer")
    tab.wait("#exchange-body >> text=event: content_block_delta")

    for name, begins in (("curl", "curl "), ("rule", "rules:"), ("pytest", '"""')):
        tab.click(f".exchange-actions >> text={name}")
        tab.wait(f"#toast >> text=Copied: {name}")
        assert begins in tab.clipboard

    tab.press("k", "Enter")
    tab.click("[role=tab] >> text=Why")
    tab.wait("#exchange-body >> text=A rule that takes this request")
    tab.click("[aria-label='Copy the rule']")
    assert "What nobody has scripted" in tab.clipboard


def test_answers_come_slower_when_a_slider_is_moved(travel: Server, tab: Page) -> None:
    tab.open(travel.url)
    tab.wait("#slider-tps")
    tab.evaluate("document.querySelector('#slider-tps').focus()")
    tab.press("ArrowRight")
    tab.wait("#control >> text=1 tokens/s")

    assert control(travel, "sessions/default/timing")["pace"] == {"tps": 1.0}
    tab.click("#control button >> text=As scripted")
    tab.until("document.querySelector('output').innerText === 'as scripted'")
    assert control(travel, "sessions/default/timing")["pace"] is None
    tab.wait(".activities >> text=console")


def test_a_key_is_given_money_and_a_provider_is_taken_down_and_brought_up(serve: Serve, tab: Page) -> None:
    section = "credits: {balance: 1}, models: {'*': {prices: {input: 3, output: 15}}}, providers: {near: {}, far: {}}"
    server = serve(paid=f"{{gateway: {{{section}}}, reply: Hello.}}")
    say(server, "One")
    tab.open(server.url)
    tab.click(".money >> text=+ $10")
    tab.until("Number(document.querySelector('.balance').innerText.slice(1)) > 10.9")
    tab.click(".money >> text=Empty")
    tab.until("document.querySelector('.balance').innerText === '$0'")

    tab.click("text=Take down")
    tab.wait("text=Bring up")
    assert [one["state"] for one in providers(server)] == ["down", "up"]
    tab.click("text=Bring up")
    tab.wait("text=Bring up", state="detached")
    assert [one["state"] for one in providers(server)] == ["up", "up"]


def providers(server: Server) -> Any:
    return control(server, "sessions/default/gateway")["gateways"][0]["providers"]


def test_where_a_token_is_wanted_the_page_asks_for_it(tab: Page) -> None:
    with ServerHere(live("reply: It is sunny.", token="a secret")) as server:
        tab.open("about:blank")
        tab.do("forgive", told="401")
        tab.do("go", url=server.url)
        tab.fill("#token-field", "another")
        tab.press("Enter")
        tab.wait("#token >> text=the token that was sent is another one")
        tab.fill("#token-field", "a secret")
        tab.press("Enter")
        tab.wait("#live[data-state=live]")
        tab.wait(".preset")
