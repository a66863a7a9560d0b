"""The real Claude Code and the real SDK, seen from another terminal."""

import re
from contextlib import suppress

import anthropic
import pytest

from tests.cli.screens import shown
from tests.clients.claude import Claude
from tests.clients.conftest import Serve

AGENT = """
rules:
  - {id: busy, times: 1, error: {status: 429, retry_after: 0}}
  - id: works
    steps:
      - tool_use: {name: Read, input: {file_path: /nowhere/at/all}}
      - text: There is no such file.
"""
HOSTILE = "wether \x1b[2J\x1b[31m\u202e\nReady."
RULES = """
rules:
  - match: {prompt: {contains: weather}}
    reply: It is sunny.
"""


def plain(text: str) -> str:
    return re.sub(r"\x1b\[\d*m", "", text)


@pytest.mark.node
def test_a_session_of_claude_code_is_watched(serve_offline: Serve, claude: Claude) -> None:
    server = serve_offline(agent=AGENT)
    with shown("tail", server.url, enter=server.enter) as screen:
        screen.wait_for("^mockgw: following")
        run = claude.ask(server, "Read it", "--allowedTools", "Read")
        assert run.text == "There is no such file."
        screen.wait_for(r"text, end_turn.*$")
    rows = [re.split(" {2,}", line) for line in plain(screen.text).splitlines() if "agent/" in line]
    assert [(row[1], row[4], row[5]) for row in rows] == [
        ("429", "agent/busy", "rate_limit_error"),
        ("200", "agent/works", "attempt 2: Read(), tool_use"),
        ("200", "agent/works", "text, end_turn"),
    ]


def test_what_an_sdk_is_refused_is_shown_with_the_nearest_rule(serve: Serve) -> None:
    server = serve(weather=RULES)
    client = anthropic.Anthropic(base_url=server.url, api_key="mock")
    with shown("tail", server.url, "--unmatched") as screen, client:
        screen.wait_for("^mockgw: following")
        for prompt in ("weather", HOSTILE):
            with suppress(anthropic.BadRequestError):
                client.messages.create(
                    model="claude-opus-5-5", max_tokens=10, messages=[{"role": "user", "content": prompt}]
                )
        screen.wait_for(r"\[no_match\]")
        screen.wait_for(r"Nearest is rule-1")
        screen.wait_for(r"found 'wether")
    assert "/rule-1" not in screen.text
    assert all(line.isprintable() for line in plain(screen.text).split("\n"))
