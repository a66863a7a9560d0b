"""The console in a real browser: what a person sees there and does, one path after the other."""

import json
from typing import Any

import anthropic
import httpx2
import pytest

from tests.clients.conftest import Serve
from tests.clients.page import Page
from tests.clients.serving import Server

TRAVEL = """
defaults: {pace: {interval: 5ms}}
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
JSON = {"content-type": "application/json"}


@pytest.fixture
def travel(serve: Serve) -> Server:
    return serve(travel=TRAVEL)


def say(server: Server, prompt: str, session: str = "", **more: Any) -> None:
    """Ask by the real SDK, and mind nothing that comes."""
    prefix = f"/s/{session}" if session else ""
    client = anthropic.Anthropic(base_url=server.url + prefix, api_key="mock", max_retries=more.pop("retries", 0))
    usual = {"model": "claude-opus-5-5", "max_tokens": 1000, "messages": [{"role": "user", "content": prompt}]}
    try:
        with client.messages.stream(**{**usual, **more}) as stream:
            stream.until_done()
    except (anthropic.APIError, httpx2.HTTPError, AssertionError):
        pass


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

    assert [row.split()[0] for row in rows(tab, "try")] == ["200", "429", "529"]
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
