"""The real Claude Code and a gateway that behaves: its prompts are cached, and its money runs out."""

import json
from decimal import Decimal
from pathlib import Path

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
