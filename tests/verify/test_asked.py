from mockgw.endpoints import models
from mockgw.protocol.requests import Incoming
from mockgw.scenario.context import SIDE
from mockgw.verify.asked import asked, context_of
from tests.support import body, turns
from tests.verify.sessions import Client


def test_a_kept_exchange_is_seen_as_a_rule_saw_it() -> None:
    client = Client("attempts: [{error: 429}, Done.]")
    client.ask("Hi", x_mockgw_session="mine")
    exchange = client.ask(
        body("Hi", tools=[{"name": "Read", "input_schema": {"type": "object"}}]), after=2.5, x_mockgw_session="mine"
    )
    context = context_of(exchange)
    assert context is not None
    assert (context.prompt, context.tools, context.session) == ("Hi", ("Read",), "mine")
    assert (context.attempt, context.nth_request, context.clock) == (2, 2, 2.5)


def test_transcript_and_agent_are_read_again() -> None:
    client = Client("Hi")
    loop = client.ask(body(messages=turns("a", "b", "c")))
    errand = client.ask(body("x", output_config={"format": {"type": "json_schema", "schema": {}}}), x_app="cli")
    contexts = [one.context for one in asked([loop, errand])]
    assert [context.conversation.turn for context in contexts] == [1, 0]
    assert contexts[1].agent == SIDE


def test_what_asked_for_no_message_is_left_out() -> None:
    client = Client("Hi")
    gateway = client.gateway
    counted = gateway.count_tokens(Incoming("POST", "/v1/messages/count_tokens", {}, body=b"{}"))
    listed = models.listed(gateway, Incoming("GET", "/v1/models", {}))
    broken = client.ask({"model": "x"})
    refused = client.ask("Hello", x_api_key="")
    exchanges = [counted.exchange, listed.exchange, broken, refused]
    assert [one.exchange for one in asked(exchanges)] == [refused]
