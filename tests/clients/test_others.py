"""Clients that reach the API by other ways: LiteLLM, LangChain, Pydantic AI, the Vercel AI SDK and llm, offline."""

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from docs import others
from docs.others import Other
from tests.clients import other, verdicts
from tests.clients.conftest import require, require_environment
from tests.clients.other import TALKS, Asked
from tests.clients.serving import ISOLATED, can_isolate
from tests.clients.verdicts import PIECES, WHOLE

Ask = Callable[..., Asked]
TROUBLES = {
    "rate_limited": ("create", "You are being rate limited"),
    "overloaded": ("create", "Too many are here."),
    "out_of_credits": ("create", "Not a cent left."),
    "no_match": ("create", "no rule of the scenario 'talks'"),
    "truncate": ("stream", ""),
    "error_event": ("stream", "Too many are here."),
}


def each(client: Other) -> object:
    return pytest.param(client, id=client.client, marks=[pytest.mark.node] if client.client == "ai" else [])


each_client = pytest.mark.parametrize("client", [each(client) for client in others.others()])


@pytest.fixture
def ask(tmp_path: Path) -> Iterator[Ask]:
    """A client with a server: `ask(client)`."""
    with ExitStack() as stack:

        def start(client: Other, *flags: str) -> Asked:
            require_client(client)
            asked, stop = other.asking(client, tmp_path, *flags)
            stack.callback(stop)
            return asked

        yield start


def require_client(client: Other) -> None:
    require(client.client != "ai" or shutil.which("node"), "Node.js is not installed")
    require_environment(other.environment(client))


@each_client
def test_a_conversation_of_each_kind(client: Other, ask: Ask) -> None:
    asked = ask(client).in_session("checkout")

    whole, streamed, tool = (asked.ask(call, call) for call in ("create", "stream", "tool"))

    assert verdicts.of_other(whole, "") == verdicts.of_other(streamed, "") == "whole"
    assert client.client == "llm" or streamed.deltas == PIECES
    assert tool.result["content"][0]["text"].endswith("The tool says: Rain.")
    assert tool.result["arguments"] == {"city": "Paris", "days": 2}
    asked.server.stop()
    for reply, prompt in ((whole, "create"), (streamed, "stream")):
        [exchange] = asked.exchanges(prompt)
        seen = {"input": exchange["input_tokens"], "output": exchange["output_tokens"]}
        assert (reply.result["usage"], exchange["session"]) == (seen, "checkout")
    assert [exchange["status"] for exchange in asked.exchanges("tool")] == [200, 200]


@pytest.mark.parametrize("client", [each(client) for client in others.others() if client.client != "llm"])
def test_a_scenario_is_chosen_by_its_model(client: Other, ask: Ask) -> None:
    asked = ask(client, "hello")

    reply = asked.of_scenario("hello").ask("create", "create")

    assert reply.result["content"] == [{"text": "Hello!"}]


@each_client
def test_what_it_makes_of_trouble(client: Other, ask: Ask) -> None:
    asked = ask(client)
    replies = {trouble: asked.ask(call, trouble) for trouble, (call, _) in TROUBLES.items()}
    asked.server.stop()

    found = {
        trouble: verdicts.of_other(reply, TROUBLES[trouble][1]) + verdicts.on_try(len(asked.exchanges(trouble)))
        for trouble, reply in replies.items()
    }

    assert found == {trouble: getattr(client, trouble) for trouble in TROUBLES}


@each_client
def test_its_environment_leads_it_under_run(client: Other, tmp_path: Path) -> None:
    require_client(client)
    mockgw = [sys.executable, "-m", "mockgw", "run", "--api-key", str(TALKS), "--"]
    running = other.start(client, tmp_path, [*(ISOLATED if can_isolate() else []), *mockgw])

    reply = running.call("create", options={"line": client.environment}, arguments={"prompt": "create"})
    running.stop()

    assert reply.result["content"] == [{"text": WHOLE}]


@pytest.mark.node
def test_the_dialect_of_the_api_has_the_messages_that_the_ai_sdk_wants(ask: Ask) -> None:
    [client] = [client for client in others.others() if client.client == "ai"]
    asked = ask(client, "--dialect", "anthropic")

    for trouble in ("overloaded", "out_of_credits", "no_match"):
        call, told = TROUBLES[trouble]
        assert told in asked.ask(call, trouble).error["message"]


def test_the_page_has_the_tables_of_the_file() -> None:
    page = others.PAGE.read_text(encoding="utf-8")

    assert page == others.filled(page), "run `make docs`"
