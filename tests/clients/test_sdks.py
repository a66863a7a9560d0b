"""The official SDKs against the real server: the newest for Python, one from before 1.0, the one for TypeScript."""

import json
import re
from collections.abc import Callable
from time import perf_counter

import pytest

from tests.clients.conftest import Serve
from tests.clients.driver import Driver, Reply
from tests.clients.serving import Server

Ask = Callable[..., Reply]

TEXT = "It is sunny, and it will stay sunny until STOP the evening comes."
WEATHER = {
    "name": "weather",
    "description": "The weather of a city.",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer"}}},
}

# The newest class and, where it did not exist before 1.0, the older one.
CLASSES = {
    400: ("BadRequestError", "BadRequestError"),
    401: ("AuthenticationError", "AuthenticationError"),
    402: ("PaymentRequiredError", "APIStatusError"),
    403: ("PermissionDeniedError", "PermissionDeniedError"),
    404: ("NotFoundError", "NotFoundError"),
    408: ("RequestTimeoutError", "APIStatusError"),
    409: ("ConflictError", "ConflictError"),
    413: ("ContentTooLargeError", "RequestTooLargeError"),
    429: ("RateLimitError", "RateLimitError"),
    500: ("InternalServerError", "InternalServerError"),
    502: ("InternalServerError", "InternalServerError"),
    503: ("ServiceUnavailableError", "InternalServerError"),
    504: ("GatewayTimeoutError", "InternalServerError"),
    529: ("OverloadedError", "OverloadedError"),
}

both_ways = pytest.mark.parametrize("call", ["create", "stream"])


NEWEST = [
    pytest.param("newest_python_sdk", id="python"),
    pytest.param("typescript_sdk", id="typescript", marks=pytest.mark.node),
]


@pytest.fixture(params=[*NEWEST, pytest.param("old_python_sdk", id="python-old")])
def sdk(request: pytest.FixtureRequest) -> Driver:
    driver: Driver = request.getfixturevalue(request.param)
    return driver


@pytest.fixture
def ask(sdk: Driver, sdk_server: Server, request: pytest.FixtureRequest) -> Ask:
    """Call a method of the SDK: `ask("create", "text", max_tokens=5)`, in a session of this test's own."""
    session = re.sub(r"\W+", "-", request.node.name)

    def call(name: str, scenario: str, *, prompt: str = "Is it sunny?", retries: int = 0, **more: object) -> Reply:
        headers = {"x-mockgw-session": session, "x-mockgw-scenario": scenario}
        options = {"base_url": sdk_server.url, "max_retries": retries, "default_headers": headers}
        message = {"role": "user", "content": prompt}
        limit = {} if name == "count_tokens" else {"max_tokens": 1000}
        arguments = {"model": "claude-opus-5-5", "messages": [message], **limit, **more}
        return sdk.call(name, options=options, arguments=arguments)

    return call


@pytest.fixture
def list_models(sdk: Driver, sdk_server: Server) -> Ask:
    """Call a method of `client.models`, which takes other arguments."""
    return lambda name, **arguments: sdk.call(name, options={"base_url": sdk_server.url}, arguments=arguments)


@both_ways
def test_a_text_arrives(ask: Ask, call: str) -> None:
    reply = ask(call, "text")

    assert [block["text"] for block in reply.result["content"]] == [TEXT]
    assert reply.result["stop_reason"] == "end_turn"
    assert reply.result["model"] == "claude-opus-5-5"


def test_streamed_pieces_make_up_the_text(ask: Ask) -> None:
    reply = ask("stream", "text")

    assert len(reply.deltas) > 1
    assert "".join(reply.deltas) == TEXT


@both_ways
def test_thinking_comes_first_and_is_signed(ask: Ask, call: str) -> None:
    thinking, text = ask(call, "thinking").result["content"]

    assert (thinking["type"], thinking["thinking"]) == ("thinking", "The sky is blue.")
    assert thinking["signature"]
    assert text["text"] == "It is sunny."


@both_ways
@pytest.mark.parametrize(
    ("model", "thinking", "shown"),
    [
        ("claude-opus-5-5", {"type": "adaptive"}, [""]),
        ("claude-opus-5-5", {"type": "adaptive", "display": "summarized"}, ["The sky is blue."]),
        ("claude-opus-5", {"type": "disabled"}, []),
    ],
)
def test_thinking_as_asked(ask: Ask, call: str, model: str, thinking: dict[str, str], shown: list[str]) -> None:
    *thoughts, text = ask(call, "as-asked", model=model, thinking=thinking).result["content"]

    assert text["text"] == "It is sunny."
    assert [thought["thinking"] for thought in thoughts] == shown
    assert all(thought["signature"] for thought in thoughts)


@both_ways
def test_redacted_thinking_keeps_its_data(ask: Ask, call: str) -> None:
    redacted, text = ask(call, "redacted").result["content"]

    assert (redacted["type"], redacted["data"]) == ("redacted_thinking", "c2VjcmV0")
    assert text["text"] == "It is sunny."


@both_ways
def test_a_tool_is_called_with_its_input(ask: Ask, call: str) -> None:
    reply = ask(call, "tool", tools=[WEATHER])

    text, use = reply.result["content"]
    assert text["text"] == "Let me look."
    assert (use["name"], use["input"]) == ("weather", {"city": "Paris", "days": 2})
    assert reply.result["stop_reason"] == "tool_use"


@both_ways
def test_parallel_tools_have_ids_of_their_own(ask: Ask, call: str) -> None:
    first, second = ask(call, "parallel", tools=[WEATHER]).result["content"]

    assert (first["input"], second["input"]) == ({"city": "Paris"}, {"city": "Oslo"})
    assert first["id"] != second["id"]


@both_ways
def test_max_tokens_cuts_the_text(ask: Ask, call: str) -> None:
    reply = ask(call, "text", max_tokens=4)

    assert reply.result["stop_reason"] == "max_tokens"
    assert reply.result["usage"]["output_tokens"] == 4
    [block] = reply.result["content"]
    assert 0 < len(block["text"]) < len(TEXT)
    assert TEXT.startswith(block["text"])


@both_ways
def test_a_stop_sequence_cuts_the_text_before_itself(ask: Ask, call: str) -> None:
    reply = ask(call, "text", stop_sequences=["evening", "STOP"])

    assert (reply.result["stop_reason"], reply.result["stop_sequence"]) == ("stop_sequence", "STOP")
    assert reply.result["content"][0]["text"] == "It is sunny, and it will stay sunny until "


def test_streamed_or_not_the_usage_is_the_same_and_count_tokens_agrees(ask: Ask) -> None:
    counted = ask("count_tokens", "text", tools=[WEATHER])
    whole, streamed = (ask(call, "text", tools=[WEATHER]) for call in ("create", "stream"))

    assert whole.result["usage"] == streamed.result["usage"]
    assert whole.result["usage"]["input_tokens"] == counted.result["input_tokens"] > 0
    assert whole.result["usage"]["output_tokens"] > 0


@both_ways
@pytest.mark.parametrize("status", CLASSES)
def test_each_status_raises_its_class(ask: Ask, status: int, call: str, request: pytest.FixtureRequest) -> None:
    reply = ask(call, "errors", prompt=str(status))

    newest, before = CLASSES[status]
    expected = before if "python-old" in request.node.name else newest
    assert reply.error["classes"][0] == expected
    assert reply.error["status"] == status


def test_retry_after_is_obeyed(ask: Ask) -> None:
    started = perf_counter()

    reply = ask("create", "rate-limited", retries=2)

    assert (reply.retries, reply.result["content"][0]["text"]) == (1, "Here you are.")
    assert perf_counter() - started >= 1  # an SDK's own first pause is half a second


def test_an_error_in_the_stream_is_raised_after_the_text_before_it(ask: Ask) -> None:
    reply = ask("stream", "broken", retries=2)

    assert reply.deltas == ["It is ", "sunny "]
    assert reply.error["type"] == "overloaded_error"


def test_a_truncated_stream_gives_its_first_half_and_no_end(ask: Ask) -> None:
    reply = ask("stream", "truncated", retries=2)

    assert reply.deltas == ["It is ", "sunny "]
    assert not reply.finished


def test_models_are_listed_over_all_pages_with_the_scenarios_first(list_models: Ask) -> None:
    ids = [model["id"] for model in list_models("models", limit=5).result]

    assert len(ids) == len(set(ids))
    assert ids[0].startswith("claude-mock/")
    assert {"claude-mock/text", "claude-opus-5-5"} <= set(ids)


def test_a_scenario_can_be_retrieved_as_a_model(list_models: Ask) -> None:
    model = list_models("model", model_id="claude-mock/text").result

    assert (model["type"], model["display_name"]) == ("model", "text: A text")


@pytest.mark.parametrize("call", ["create", "stream", "count_tokens"])
def test_usual_calls_pass_a_strict_gateway(sdk: Driver, serve: Serve, call: str) -> None:
    server = serve(strict="{reply: Sunny., gateway: {dialect: anthropic, validate: strict}}")
    used = {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {"city": "Oslo"}}
    given = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "sun"}
    messages = [
        {"role": "user", "content": [{"type": "text", "text": "Is it sunny?", "cache_control": {"type": "ephemeral"}}]},
        {"role": "assistant", "content": [used]},
        {"role": "user", "content": [given]},
    ]
    limit = {} if call == "count_tokens" else {"max_tokens": 1000}
    asked = {
        "tools": [WEATHER],
        "tool_choice": {"type": "auto"},
        "thinking": {"type": "adaptive"},
        "system": "Be brief.",
    }

    reply = sdk.call(
        call,
        options={"base_url": server.url, "max_retries": 0},
        arguments={"model": "claude-opus-5-5", "messages": messages, **asked, **limit},
    )

    assert not reply.error, reply.error
    assert "[refused]" not in server.printed


# Of answers to two calls, what is another each time.
CHANGING = re.compile(r"\b(msg|req|toolu|srvtoolu|mcptoolu|container)_\w+|\d{4}-\d\d-\d\dT[\d:]+(Z|\+00:00)")
DOCUMENTS = [
    {"type": "document", "title": "Plain", "source": {"type": "text", "media_type": "text/plain", "data": "it rains"}},
    {"type": "document", "title": "Paper", "source": {"type": "base64", "media_type": "application/pdf", "data": "JV"}},
    {"type": "search_result", "source": "x", "title": "y", "content": [{"type": "text", "text": "it rains"}]},
    {"type": "text", "text": "Today"},
]


def unchanging(value: object) -> object:
    """The answer without that, and without what the TypeScript SDK's helper adds of its own."""
    return json.loads(CHANGING.sub(r"\1", json.dumps(value)), object_hook=_without_parsed)


def _without_parsed(value: dict[str, object]) -> dict[str, object]:
    return {key: part for key, part in value.items() if key != "parsed_output"}


KINDS = ["searched", "failed", "fetched", "ran", "tools", "paused", "refused", "served", DOCUMENTS]


@pytest.mark.parametrize("prompt", KINDS, ids=lambda prompt: prompt if isinstance(prompt, str) else "cited")
def test_a_rich_answer_is_the_same_streamed_and_not(ask: Ask, prompt: object) -> None:
    whole, streamed = (ask(call, "rich", prompt=prompt, tools=[WEATHER]).result for call in ("create", "stream"))

    assert whole["content"]
    assert unchanging(streamed) == unchanging(whole)


@pytest.mark.parametrize("sdk", NEWEST, indirect=True)
@pytest.mark.parametrize("prompt", ["edited", "compacted", "connected", "searched", "ran"])
def test_so_it_is_with_betas(ask: Ask, prompt: str) -> None:
    whole, streamed = (ask(call, "rich", prompt=prompt).result for call in ("beta_create", "beta_stream"))

    assert whole["content"]
    assert unchanging(streamed) == unchanging(whole)
