"""The real Claude Code and a gateway that behaves: its prompts are cached, and its money runs out."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from mockgw.scenario.library import shipped
from tests.clients import serving
from tests.clients.claude import Claude
from tests.clients.conftest import Serve
from tests.clients.serving import can_isolate

pytestmark = pytest.mark.node


def test_five_cents_are_used_up_and_later_sessions_read_what_the_first_has_cached(
    claude: Claude, tmp_path: Path
) -> None:
    journal = tmp_path / "journal.jsonl"
    options = [str(shipped() / "five-cents.yaml"), "--journal", str(journal)]
    server = serving.start(options, folder=tmp_path, isolated=can_isolate())
    runs = [claude.ask(server, "hello") for _ in range(8)]
    server.stop()

    asked = [json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines()]
    answered = [one for one in asked if one["status"] == 200]
    assert "This answer was paid for." in runs[0].text
    assert runs[-1].text.startswith("API Error: 402 Your account or API key has insufficient credits.")
    assert answered[0]["cache_creation_input_tokens"] > 5000
    assert answered[1]["cache_read_input_tokens"] == answered[0]["cache_creation_input_tokens"]
    assert Decimal("0.04") < sum(Decimal(one["cost"]) for one in asked) < Decimal("0.06")


def test_a_key_that_has_expired_is_told(claude: Claude, serve_offline: Serve) -> None:
    server = serve_offline(keys="gateway: {keys: {'*': session_expired}}\nreply: never")

    assert "OAuth session expired" in claude.ask(server, "hello").text


def test_a_model_that_there_is_not_is_told(claude: Claude, serve_offline: Serve) -> None:
    server = serve_offline(models="gateway: {model_naming: strict}\nreply: never")

    assert "There's an issue with the selected model" in claude.ask(server, "hello", "--model", "acme-1").text


PROVIDERS = """
gateway:
  providers:
    anthropic: {state: down}
    bedrock: {prices: {input: 50, output: 50}}
    vertex: {prices: {input: 60, output: 60}, state: {type: break, events: 3, times: 1}}
reply: Which provider has served this?
"""


@pytest.mark.parametrize(
    ("wants", "tried"),
    [
        ({}, [["anthropic:502", "bedrock:200"]]),
        ({"provider": {"order": ["bedrock"]}}, [["bedrock:200"]]),
        ({"extra_body": {"provider": {"ignore": ["anthropic"], "sort": "price"}}}, [["bedrock:200"]]),
        ({"provider": {"only": ["vertex"]}}, [["vertex:200"], ["vertex:200"]]),
    ],
    ids=["nothing", "order", "extra-body", "broken-stream"],
)
def test_it_says_which_providers_it_wants(
    claude: Claude, tmp_path: Path, wants: dict[str, Any], tried: list[list[str]]
) -> None:
    journal, scenario = tmp_path / "journal.jsonl", tmp_path / "providers.yaml"
    scenario.write_text(PROVIDERS, encoding="utf-8")
    server = serving.start([str(scenario), "--journal", str(journal)], folder=tmp_path, isolated=can_isolate())
    run = claude.ask(server, "hello", CLAUDE_CODE_EXTRA_BODY=json.dumps(wants))
    server.stop()

    assert run.text == "Which provider has served this?"
    asked = [json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines()]
    assert [one["tried"] for one in asked if one["path"].endswith("/messages")] == tried
    assert {one["provider"] for one in asked if one["status"] == 200} == {tried[-1][-1].partition(":")[0]}


@pytest.mark.parametrize(
    ("wants", "message"),
    [
        ({"zdr": True}, "API Error: 503 There is no available model provider that meets your routing requirements"),
        ({"only": ["anthropic"]}, "API Error: 502 Your chosen model is down"),
        ({"sort": "karma"}, "API Error: 400 provider.sort: Input should be 'price', 'throughput' or 'latency'"),
    ],
    ids=["no-route", "down", "wrong"],
)
def test_what_it_cannot_have_is_told(claude: Claude, serve_offline: Serve, wants: dict[str, Any], message: str) -> None:
    server = serve_offline(providers=PROVIDERS)
    wish = json.dumps({"provider": wants})

    assert message in claude.ask(server, "hello", CLAUDE_CODE_EXTRA_BODY=wish, CLAUDE_CODE_MAX_RETRIES="1").text
