from mockgw.testing import tool_use
from mockgw.testing.requests import Request
from tests import support
from tests.support import body, pipeline
from tests.testing.gateways import ask, asked, client, in_process

TOOL = {"name": "look", "input_schema": {"type": "object"}}


def test_what_was_asked_can_be_read() -> None:
    with in_process() as gw:
        gw.reply("Hello there.", id="greeting")
        ask(gw, "Hi", system="Be kind.", tools=[TOOL])
        [request] = gw.requests
        assert (request.prompt, request.system, request.tools) == ("Hi", "Be kind.", ["look"])
        assert (request.model, request.stream, request.body["max_tokens"]) == ("claude-opus-5-5", False, 1000)
        assert (request.status, request.rule, request.attempt) == (200, "greeting", 1)
        assert (request.scenario, request.session, request.answer) == ("python", "test", "text, end_turn")
        assert (request.method, request.path, request.refusal, request.message) == ("POST", "/v1/messages", "", "")
        assert request.headers["x-stainless-lang"] == "python"
        assert request.headers["authorization"] == "Bearer …"
        assert request.usage is not None
        assert request.usage.output_tokens > 0
        assert request.messages == [{"role": "user", "content": "Hi"}]
        assert repr(request) == "<POST /v1/messages 'Hi': 200 by greeting>"


def test_what_was_refused_can_be_read() -> None:
    with in_process() as gw:
        ask(gw)
        [request] = gw.requests
        assert (request.refusal, request.usage, request.faults) == ("no_match", None, ())
        assert "has no rule yet" in request.message


def test_what_became_of_a_stream_can_be_read() -> None:
    with in_process() as gw:
        gw.content("Look.", tool_use("look", {"at": "x"}))
        with client(gw) as sdk, sdk.messages.stream(**asked()) as stream:
            assert [block.type for block in stream.get_final_message().content] == ["text", "tool_use"]
        [request] = gw.requests
        assert (request.stream, request.answer) == (True, "text, look(), tool_use")
        assert gw.wait()[0].id == request.id


def test_a_body_that_cannot_be_read_has_no_prompt() -> None:
    for refused in ({"messages": ["x"]}, {"messages": "x", "tools": [1]}, {"messages": None}):
        request = Request(support.ask(pipeline("Hi"), body(**refused)).exchange)
        assert (request.prompt, request.system, request.tools) == (None, "", [])
    exchange = support.ask(pipeline("Hi")).exchange
    exchange.body = b"no JSON"
    assert (Request(exchange).body, Request(exchange).messages) == (None, [])


def test_an_answer_under_way_has_no_end() -> None:
    gateway = pipeline("Hi")
    request = Request(support.ask(gateway).exchange)
    assert (request.ending, request.duration) == ("", None)
    assert request.received.year == 2026


def test_an_answer_that_left_has_a_duration() -> None:
    with in_process() as gw:
        gw.reply("Hi.")
        assert ask(gw) == "Hi."
        [request] = gw.exchanges
        assert request.duration is None or request.duration >= 0
        assert isinstance(request.id, str)
