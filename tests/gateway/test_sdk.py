"""The real SDK and a gateway that behaves, through a socket."""

import asyncio
from collections.abc import Iterator
from typing import Any

import anthropic
import pytest

from mockgw.pipeline import Pipeline
from mockgw.server.runner import Server
from tests.support import live

LIMIT = 20
PRICES = "models: {'*': {prices: {input: 3, output: 15}}}"
ASKED: dict[str, Any] = {"model": "claude-opus-5", "messages": [{"role": "user", "content": "Hello"}]}


def client(server: Server, key: str = "sk-test", **options: Any) -> anthropic.Anthropic:
    return anthropic.Anthropic(base_url=server.url, api_key=key, **{"max_retries": 0} | options)


@pytest.fixture
def served(request: pytest.FixtureRequest) -> Iterator[tuple[Pipeline, Server]]:
    gateway = live(request.param)
    with Server(gateway) as server:
        yield gateway, server


async def ask_all(server: Server, calls: int) -> list[str]:
    async with anthropic.AsyncAnthropic(base_url=server.url, api_key="sk-test") as parallel:
        messages = [parallel.messages.create(max_tokens=10, **ASKED) for _ in range(calls)]
        return [message.content[0].text for message in await asyncio.gather(*messages)]


@pytest.mark.parametrize("served", [f"gateway: {{limits: {{requests: {LIMIT}/s}}}}\nreply: Hi"], indirect=True)
def test_fifty_parallel_calls_get_through_by_doing_as_they_are_told(served: tuple[Pipeline, Server]) -> None:
    gateway, server = served
    assert asyncio.run(ask_all(server, 50)) == ["Hi"] * 50

    exchanges = list(gateway.journal)
    assert sum(one.status == 200 for one in exchanges) == 50
    left, before = float(LIMIT), exchanges[0].clock
    for one in exchanges:  # as the bucket has to see them
        left, before = min(LIMIT, left + LIMIT * (one.clock - before)), one.clock
        assert (left >= 1 - 1e-6) if one.status == 200 else (left < 1 + 1e-6)
        left -= one.status == 200
    assert any(one.status == 429 for one in exchanges)


@pytest.mark.parametrize("served", [f"gateway: {{credits: {{balance: 0.001}}, {PRICES}}}\nreply: Hi"], indirect=True)
def test_who_asks_for_more_than_can_be_paid_is_refused_before_anything_is_sent(served: tuple[Pipeline, Server]) -> None:
    _, server = served
    with client(server) as asking:
        with pytest.raises(anthropic.APIStatusError) as refused:
            asking.messages.create(max_tokens=20_000, **ASKED)
        raw = asking.messages.with_raw_response.create(max_tokens=20, **ASKED)
    assert (refused.value.status_code, refused.value.type) == (402, "billing_error")
    assert float(raw.headers["x-mockgw-balance"]) < 0.001


@pytest.mark.parametrize(
    "served",
    [
        f"gateway: {{credits: {{balance: 0.00005, reserve: input, exhausted: error_event}}, {PRICES}}}\n"
        "reply: one two three four"
    ],
    indirect=True,
)
def test_the_money_for_a_stream_may_run_out(served: tuple[Pipeline, Server]) -> None:
    _, server = served
    heard: list[str] = []

    def listen(asking: anthropic.Anthropic) -> None:
        with asking.messages.stream(max_tokens=100, **ASKED) as stream:
            heard.extend(stream.text_stream)

    with client(server) as asking, pytest.raises(anthropic.APIStatusError) as refused:
        listen(asking)
    assert "".join(heard) == "one two"
    assert refused.value.type == "billing_error"


@pytest.mark.parametrize("served", ["gateway: {keys: {sk-1: {uses: 1}}, bearer_only: true}\nreply: Hi"], indirect=True)
def test_a_key_is_a_bearer_that_is_used_up(served: tuple[Pipeline, Server]) -> None:
    _, server = served
    with client(server, "sk-1") as asking:
        assert asking.messages.create(max_tokens=10, **ASKED).stop_reason == "end_turn"
        with pytest.raises(anthropic.AuthenticationError, match="API key has expired"):
            asking.messages.create(max_tokens=10, **ASKED)
    with (
        anthropic.Anthropic(
            base_url=server.url,
            api_key=None,
            auth_token="k",
            default_headers={"authorization": "", "x-api-key": "sk-1"},
        ) as old,
        pytest.raises(anthropic.AuthenticationError, match="expected 'Authorization: Bearer <key>', found x-api-key"),
    ):
        old.messages.create(max_tokens=10, **ASKED)


@pytest.mark.parametrize("served", ["reply: Hi"], indirect=True)
def test_the_second_turn_reads_what_the_first_one_wrote(served: tuple[Pipeline, Server]) -> None:
    _, server = served
    system: Any = [{"type": "text", "text": "x" * 8000, "cache_control": {"type": "ephemeral", "ttl": "1h"}}]
    turn: list[Any] = [{"role": "user", "content": "Hello"}]
    usages = []
    with client(server) as asking:
        for _ in range(2):
            counted = asking.messages.count_tokens(model="claude-opus-5", system=system, messages=turn).input_tokens
            with asking.messages.stream(max_tokens=10, model="claude-opus-5", system=system, messages=turn) as stream:
                usage = stream.get_final_message().usage
            assert usage.cache_creation is not None
            read, written = usage.cache_read_input_tokens or 0, usage.cache_creation_input_tokens or 0
            assert counted == usage.input_tokens + read + written
            usages.append((read, written, usage.cache_creation.ephemeral_1h_input_tokens))
            turn += [{"role": "assistant", "content": "Hi"}, {"role": "user", "content": "Again"}]
    assert usages == [(0, 2000, 2000), (2000, 0, 0)]


@pytest.mark.parametrize(
    "served", ["gateway: {model_naming: strict, fallbacks: {acme-1: [claude-sonnet-5]}}\nreply: Hi"], indirect=True
)
def test_a_model_that_is_not_served_is_not_found_or_another_answers(served: tuple[Pipeline, Server]) -> None:
    _, server = served
    with client(server) as asking:
        with pytest.raises(anthropic.NotFoundError, match="model: acme-2"):
            asking.messages.create(max_tokens=10, **ASKED | {"model": "acme-2"})
        assert asking.messages.create(max_tokens=10, **ASKED | {"model": "acme-1"}).model == "claude-sonnet-5"


@pytest.mark.parametrize(
    "served", ["gateway: {timeout: 50ms}\nreplies: [{text: Late, delay: 1h}, In time]"], indirect=True
)
def test_an_answer_that_is_late_is_tried_again(served: tuple[Pipeline, Server]) -> None:
    gateway, server = served
    with client(server, max_retries=1) as asking:
        assert asking.messages.create(max_tokens=10, **ASKED).content[0].text == "In time"
    assert [(one.status, one.attempt) for one in gateway.journal] == [(408, 1), (200, 2)]


@pytest.mark.parametrize(
    "served",
    ["gateway: {timeout: 50ms}\nreply: {text: Hello, fault: {type: stall, at: {type: content_block_stop}}}"],
    indirect=True,
)
def test_a_stream_that_falls_silent_ends_in_an_error(served: tuple[Pipeline, Server]) -> None:
    _, server = served
    heard: list[str] = []

    def listen(asking: anthropic.Anthropic) -> None:
        with asking.messages.stream(max_tokens=100, **ASKED) as stream:
            heard.extend(stream.text_stream)

    with client(server) as asking, pytest.raises(anthropic.APIStatusError) as refused:
        listen(asking)
    assert ("".join(heard), refused.value.type) == ("Hello", "timeout_error")


@pytest.mark.parametrize("served", ["gateway: {moderation: {reasons: {greeting: hello}}}\nreply: Hi"], indirect=True)
def test_who_is_flagged_is_told_why(served: tuple[Pipeline, Server]) -> None:
    _, server = served
    with client(server, max_retries=2) as asking, pytest.raises(anthropic.PermissionDeniedError) as refused:
        asking.messages.create(max_tokens=10, **ASKED)
    assert refused.value.body["error"]["metadata"]["reasons"] == ["greeting"]  # type: ignore[index]  # as it is


PROVIDERS = """
gateway:
  providers:
    anthropic: {state: [{type: error, status: 503, times: 1}, {type: break, events: 3, times: 1}, down]}
    bedrock: {models: claude-opus-5, prices: {input: 50, output: 50}}
    limited: {models: acme-1, state: {type: error, status: 429, for: 1s}}
reply: Hi
"""


@pytest.mark.parametrize("served", [PROVIDERS], indirect=True)
def test_nobody_notices_that_a_provider_fails_before_the_first_byte(served: tuple[Pipeline, Server]) -> None:
    _, server = served
    with client(server) as asking:
        raw = asking.messages.with_raw_response.create(max_tokens=10, **ASKED)
    assert raw.parse().content[0].text == "Hi"
    assert (raw.headers["x-mockgw-provider"], raw.headers["x-mockgw-tried"]) == (
        "bedrock",
        "anthropic:503, bedrock:200",
    )


@pytest.mark.parametrize("served", [PROVIDERS], indirect=True)
def test_what_breaks_behind_it_is_an_error_in_the_stream(served: tuple[Pipeline, Server]) -> None:
    gateway, server = served
    heard: list[str] = []
    wish: dict[str, Any] = {"provider": {"order": ["anthropic"], "allow_fallbacks": False}}

    def listen(asking: anthropic.Anthropic) -> None:
        with asking.messages.stream(max_tokens=100, extra_body=wish, **ASKED) as stream:
            heard.extend(stream.text_stream)

    with client(server, max_retries=1) as asking, pytest.raises(anthropic.APIStatusError) as refused:
        listen(asking)
    assert ("".join(heard), refused.value.type) == ("Hi", "api_error")
    assert [(one.status, one.tried) for one in gateway.journal] == [
        (502, ("anthropic:503",)),
        (200, ("anthropic:200",)),
    ]


@pytest.mark.parametrize("served", [PROVIDERS], indirect=True)
def test_who_obeys_the_retry_after_of_a_limited_provider_gets_through(served: tuple[Pipeline, Server]) -> None:
    gateway, server = served
    wish: dict[str, Any] = {"provider": {"only": ["limited"]}}
    with client(server, max_retries=1) as asking:
        answer = asking.messages.create(max_tokens=10, extra_body=wish, **ASKED | {"model": "acme-1"})
    assert answer.stop_reason == "end_turn"
    assert [(one.status, one.provider) for one in gateway.journal] == [(429, ""), (200, "limited")]


@pytest.mark.parametrize("served", [PROVIDERS], indirect=True)
def test_a_wish_that_is_wrong_is_named(served: tuple[Pipeline, Server]) -> None:
    _, server = served
    with (
        client(server) as asking,
        pytest.raises(anthropic.BadRequestError, match=r"provider\.only: Input should be") as told,
    ):
        asking.messages.create(max_tokens=10, extra_body={"provider": {"only": "bedrock"}}, **ASKED)
    assert told.value.body["error"]["param"] == "provider.only"  # type: ignore[index]  # as it is
