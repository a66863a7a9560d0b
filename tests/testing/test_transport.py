import asyncio
from typing import Any

import anthropic
import httpx2
import pytest

from mockgw.testing import Gateway, serve
from tests.testing.gateways import ask, asked, client, in_process


def async_client(gateway: Gateway, **options: Any) -> anthropic.AsyncAnthropic:
    http = anthropic.DefaultAsyncHttpxClient(transport=gateway.transport())
    return anthropic.AsyncAnthropic(
        base_url=gateway.url, api_key="k", http_client=http, **({"max_retries": 0} | options)
    )


def test_a_sync_client_streams_without_a_socket() -> None:
    with in_process() as gw, client(gw) as sdk:
        gw.reply("One two three.")
        with sdk.messages.stream(**asked()) as stream:
            assert "".join(stream.text_stream) == "One two three."
        assert [request.ending for request in gw.requests] == ["whole"]


def test_an_async_client_streams_and_waits_without_a_socket() -> None:
    async def talk(gateway: Gateway) -> list[str]:
        async with async_client(gateway) as sdk:
            waiting = asyncio.ensure_future(gateway.wait_async(prompt="Hello", count=2))
            async with sdk.messages.stream(**asked()) as stream:
                text = await stream.get_final_text()
            message = await sdk.messages.create(**asked())
            return [text, message.content[0].text, *(one.prompt or "" for one in await waiting)]

    with in_process() as gw:
        gw.replies("One two three.", "Four.")
        assert asyncio.run(talk(gw)) == ["One two three.", "Four.", "Hello", "Hello"]


def test_retries_and_errors_are_those_of_a_server() -> None:
    with in_process() as gw:
        gw.error(429, retry_after=0, times=2)
        gw.reply("Done.")
        assert ask(gw, retries=2) == "Done."
        assert [request.status for request in gw.requests] == [429, 429, 200]


def test_a_fault_that_needs_a_socket_says_so() -> None:
    with in_process() as gw:
        gw.reply("Hi.", fault="connection_reset_by_peer")
        assert ask(gw) == "400 fault"
        assert gw.requests[0].message.endswith("this connection is no socket, and 'connection_reset_by_peer' needs one")
        assert [one.kind for one in gw.unmatched] == ["fault"]


def test_a_client_gives_up_after_its_own_timeout() -> None:
    async def talk(gateway: Gateway) -> None:
        async with async_client(gateway, timeout=0.05) as sdk:
            await sdk.messages.create(**asked())

    with in_process() as gw:
        gw.reply("late", delay="1h")
        with client(gw, timeout=0.05) as sdk, pytest.raises(anthropic.APITimeoutError):
            sdk.messages.create(**asked())
        with pytest.raises(anthropic.APITimeoutError):
            asyncio.run(talk(gw))
        gw.wait(count=2)


def test_a_client_that_leaves_ends_its_stream() -> None:
    with in_process() as gw, client(gw) as sdk:
        gw.reply("one two three four", pace={"tps": 0.01})
        with sdk.messages.create(**asked(), stream=True) as stream:
            assert next(iter(stream)).type == "message_start"
        gone(gw)


def test_an_async_client_that_is_cancelled_leaves() -> None:
    async def talk(gateway: Gateway) -> None:
        async with async_client(gateway) as sdk:
            asking = asyncio.ensure_future(sdk.messages.create(**asked()))
            await gateway.wait_async()
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)

    with in_process() as gw:
        gw.reply("late", delay="1h")
        asyncio.run(talk(gw))
        gone(gw)


def gone(gateway: Gateway) -> None:
    """That the gateway hears of a client that has left."""
    from tests.clients.waiting import wait_until

    wait_until(lambda: gateway.requests[0].ending == "left", seconds=5, otherwise=lambda: str(gateway.requests))


def test_a_transport_leads_to_its_session_whatever_the_url() -> None:
    with in_process() as gw:
        gw.reply("Hi.")
        with httpx2.Client(transport=gw.transport(), base_url="https://api.anthropic.com") as http:
            assert http.get("/").text.startswith("mockgw")
            assert http.post("/v1/messages", json={}).status_code == 401
        assert [(one.session, one.path) for one in gw.exchanges] == [("test", "/"), ("test", "/v1/messages")]


def test_a_gateway_with_a_port_has_a_transport_too() -> None:
    with serve() as gw:
        gw.reply("Hi.")
        assert ask(gw) == "Hi."


def test_a_bug_of_the_app_is_raised() -> None:
    async def broken(*_: object) -> None:
        raise ZeroDivisionError

    with in_process() as gw:
        transport = gw.transport()
        transport._host.app = broken  # type: ignore[assignment]
        with httpx2.Client(transport=transport) as http, pytest.raises(ZeroDivisionError):
            http.get("http://x/")
