import asyncio
import base64
import json
import os
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import anthropic
import httpx2
import jsonschema
import pytest
from anthropic.types import Message

from mockgw.clock import SystemClock, VirtualClock
from mockgw.delivery.actions import Action
from mockgw.lint.check import problems
from mockgw.pipeline import Pipeline
from mockgw.protocol import sse
from mockgw.protocol.dialects import SIRAYA
from mockgw.scenario.library import open_library, shipped
from mockgw.scenario.loader import load
from mockgw.server.runner import Server
from mockgw.settings import Settings
from tests.delivery.streams import played, sends
from tests.support import ask as opened_by
from tests.support import body

NAMES = [
    "attachment",
    "bad-day",
    "bad-key",
    "broken-stream",
    "coding-agent",
    "compaction",
    "connection-reset",
    "default",
    "failover",
    "five-a-minute",
    "five-cents",
    "flaky-network",
    "forced-tool",
    "hello",
    "html-error",
    "key-table",
    "malformed-stream",
    "moderation",
    "no-provider",
    "no-route",
    "out-of-credits",
    "overloaded",
    "parallel-tools",
    "provider-down",
    "rate-limited",
    "recovery",
    "refusal",
    "sequence",
    "slow-model",
    "stall",
    "stall-with-pings",
    "structured-output",
    "sub-agents",
    "thinking",
    "timeout",
    "usage-limit",
    "web-search",
]
MODELINE = "# yaml-language-server: $schema=scenario.schema.json"
PICKER_WIDTH = 60  # Claude Code's list of models cuts what is longer
CAPTURES = Path(__file__).parent / "clients" / "captures"
TITLE, COMPACT = CAPTURES / "title.json", CAPTURES / "compact.json"

Ask = Callable[..., Message]
Transcript = list[dict[str, Any]]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """All the shipped scenarios, as `mockgw serve` has them, without their waits."""
    with Server(Pipeline(open_library([]), Settings(port=0, time_scale=0))) as running:
        yield running


@pytest.fixture
def client(server: Server, request: pytest.FixtureRequest) -> Iterator[anthropic.Anthropic]:
    """The real SDK, in a session of this test's own."""
    session = {"x-mockgw-session": request.node.name}
    with anthropic.Anthropic(base_url=server.url, api_key="mock", max_retries=0, default_headers=session) as client:
        yield client


@pytest.fixture
def ask(client: anthropic.Anthropic) -> Ask:
    """Ask a scenario: with what was typed, or with a whole transcript; streamed, as agents do."""

    def stream(scenario: str, asked: str | Transcript = "Hello", **more: Any) -> Message:
        messages: Any = [{"role": "user", "content": asked}] if isinstance(asked, str) else asked
        model = f"claude-mock/{scenario}"
        with client.messages.stream(model=model, max_tokens=1000, messages=messages, **more) as events:
            return events.get_final_message()

    return stream


def text(message: Message) -> str:
    return "\n".join(block.text for block in message.content if block.type == "text")


def calls(message: Message) -> list[tuple[str, Any]]:
    return [(block.name, block.input) for block in message.content if block.type == "tool_use"]


def continued(transcript: Transcript, message: Message, *results: str) -> Transcript:
    """The transcript with the model's message and what the tools that it called have said."""
    uses = [block for block in message.content if block.type == "tool_use"]
    answers = [
        {"type": "tool_result", "tool_use_id": use.id, "content": result}
        for use, result in zip(uses, results, strict=True)
    ]
    said = [block.model_dump(exclude_none=True) for block in message.content]
    return [*transcript, {"role": "assistant", "content": said}, {"role": "user", "content": answers}]


def title_of(client: anthropic.Anthropic, name: str) -> Any:
    """The title that a scenario gives to a session of Claude Code."""
    captured = json.loads(TITLE.read_text(encoding="utf-8"))
    headers = {key: captured["headers"][key] for key in ("x-app", "x-claude-code-session-id", "anthropic-beta")}
    asked = {key: value for key, value in captured["body"].items() if key not in ("stream", "model")}
    with client.messages.stream(**asked, model=f"claude-mock/{name}", extra_headers=headers) as events:
        answered = json.loads(text(events.get_final_message()))
    assert list(answered) == ["title"]
    return answered["title"]


def asked(name: str) -> Sequence[Action]:
    """What a scenario's answer to a stream puts on the wire."""
    gateway = Pipeline(open_library([]), Settings(), VirtualClock())
    return opened_by(gateway, body(model=f"claude-mock/{name}", stream=True)).exchange.actions


def heard(name: str) -> list[tuple[float, str]]:
    """The events of a scenario's stream and when they are sent, in seconds from the request."""
    notes, _ = asyncio.run(played(asked(name)))
    bodies = [(moment, note[0] if isinstance(note, tuple) else note) for moment, note in notes]
    return [(moment, event["type"]) for moment, sent in bodies if isinstance(sent, bytes) for event in sse.decode(sent)]


def silences(name: str, *, pings: bool = False) -> list[float]:
    """The times between the events of a stream, its pings left out unless they are wanted."""
    moments = [moment for moment, event in heard(name) if pings or event != "ping"]
    return [later - earlier for earlier, later in pairwise(moments)]


def test_these_scenarios_are_shipped() -> None:
    assert sorted(path.stem for path in shipped().glob("*.yaml")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_an_editor_finds_its_schema(name: str) -> None:
    assert (shipped() / f"{name}.yaml").read_text(encoding="utf-8").splitlines()[0] == MODELINE


@pytest.mark.parametrize("name", NAMES)
def test_it_loads_and_is_described_in_one_short_line(name: str) -> None:
    scenario = load(shipped() / f"{name}.yaml")

    assert problems(scenario) == []
    assert 0 < len(scenario.description) <= PICKER_WIDTH
    assert "\n" not in scenario.description


UNTITLED = ("bad-day", "key-table")  # the one spares nothing, the other wants a key of its own


@pytest.mark.parametrize("name", [name for name in NAMES if name not in UNTITLED])
def test_claude_code_gets_a_valid_title_from_it(client: anthropic.Anthropic, name: str) -> None:
    title = title_of(client, name)

    assert isinstance(title, str)
    assert title


def test_default_says_that_it_is_a_mock_quotes_the_prompt_and_names_the_file(ask: Ask) -> None:
    answer = text(ask("default", "Who wrote Hamlet?"))

    assert "This is mockgw, a mock" in answer
    assert "\nWho wrote Hamlet?\n" in answer
    assert "mockgw serve my.yaml" in answer


def test_what_default_proposes_works(ask: Ask, tmp_path: Path) -> None:
    proposed = text(ask("default")).partition("say my.yaml:\n\n")[2].partition("\n\nand start")[0]
    file = tmp_path / "my.yaml"
    file.write_text(proposed, encoding="utf-8")

    assert [rule.id for rule in load(file).rules] == ["rule-1"]


def test_default_ends_a_loop_of_tools(ask: Ask) -> None:
    call = {"type": "tool_use", "id": "toolu_1", "name": "Read", "input": {}}
    result = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "its content"}
    transcript: Transcript = [
        {"role": "user", "content": "Read it"},
        {"role": "assistant", "content": [call]},
        {"role": "user", "content": [result]},
    ]

    assert text(ask("default", transcript)).startswith("The tool answered")


def test_default_answers_a_picture_without_a_word(ask: Ask) -> None:
    picture = {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}}

    assert "no text" in text(ask("default", [{"role": "user", "content": [picture]}]))


def test_hello_says_hello(ask: Ask) -> None:
    assert text(ask("hello")) == "Hello!"


def test_coding_agent_writes_reads_mends_and_tests(ask: Ask) -> None:
    transcript: Transcript = [{"role": "user", "content": "Please fix the demo"}]
    used = []
    for result in ("written", "1 def add", "edited", "test passed"):
        message = ask("coding-agent", transcript)
        used += calls(message)
        transcript = continued(transcript, message, result)

    assert [name for name, _ in used] == ["Write", "Read", "Edit", "Bash"]
    assert {given["file_path"] for _, given in used if "file_path" in given} == {"./mockgw_demo.py"}
    assert text(ask("coding-agent", transcript)).endswith("The test says: test passed")


def test_what_coding_agent_does_to_the_file_mends_it(ask: Ask) -> None:
    transcript: Transcript = [{"role": "user", "content": "fix the demo"}]
    given = []
    for _ in range(3):
        message = ask("coding-agent", transcript)
        given += [arguments for _, arguments in calls(message)]
        transcript = continued(transcript, message, "done")
    written, edit = given[0]["content"], given[2]

    with pytest.raises(AssertionError):
        exec(written, {})
    assert written.count(edit["old_string"]) == 1
    exec(written.replace(edit["old_string"], edit["new_string"]), {"print": lambda _: None})


def test_coding_agent_works_where_the_agent_works(client: anthropic.Anthropic) -> None:
    message = client.messages.create(
        model="claude-mock/coding-agent",
        max_tokens=1000,
        system=" - Primary working directory: /home/me/project",
        messages=[{"role": "user", "content": "fix the demo"}],
    )

    [(_, given)] = calls(message)
    assert given["file_path"] == "/home/me/project/mockgw_demo.py"


def test_coding_agent_says_what_to_say(ask: Ask) -> None:
    assert "`fix the demo`" in text(ask("coding-agent", "What can you do?"))


def test_thinking_thinks_before_and_between_its_answers(ask: Ask) -> None:
    blocks = ask("thinking", "Why is the sky blue?").content

    assert [block.type for block in blocks] == ["thinking", "redacted_thinking", "text", "thinking", "text"]
    thoughts = [block for block in blocks if block.type == "thinking"]
    assert "Why is the sky blue?" in thoughts[0].thinking
    signatures = {thought.signature for thought in thoughts}
    assert len(signatures) == 2
    assert all(base64.b64decode(signature, validate=True) for signature in signatures)


def test_parallel_tools_calls_two_at_once_and_uses_both_results(ask: Ask) -> None:
    message = ask("parallel-tools", "How is the weather?")
    transcript = continued([{"role": "user", "content": "How is the weather?"}], message, "sunny", "rainy")

    assert calls(message) == [("get_weather", {"city": "Paris"}), ("get_weather", {"city": "Rome"})]
    assert message.stop_reason == "tool_use"
    assert len({block.id for block in message.content if block.type == "tool_use"}) == 2
    assert text(ask("parallel-tools", transcript)) == "Both tools have answered:\nsunny\nrainy"


def test_rate_limited_refuses_twice_then_answers_and_every_run_is_the_same(ask: Ask) -> None:
    for _ in range(2):
        for _ in range(2):
            with pytest.raises(anthropic.RateLimitError) as refused:
                ask("rate-limited", "May I?")
            assert refused.value.response.headers["retry-after"] == "1"
        assert text(ask("rate-limited", "May I?")) == "It worked on attempt 3."


def test_five_a_minute_answers_five_times_and_says_when_to_come_again(ask: Ask) -> None:
    assert [text(ask("five-a-minute")) for _ in range(5)] == ["This is one of five."] * 5
    with pytest.raises(anthropic.RateLimitError) as refused:
        ask("five-a-minute")
    assert refused.value.response.headers["x-ratelimit-remaining"] == "0"
    assert 0 < int(refused.value.response.headers["retry-after"]) <= 12


def test_five_a_minute_lets_five_of_a_dozen_parallel_calls_through(ask: Ask) -> None:
    def outcome(_: int) -> str:
        try:
            return text(ask("five-a-minute"))
        except anthropic.RateLimitError as refused:
            return f"{refused.status_code}"

    clock = SystemClock()
    started = clock.now()
    with ThreadPoolExecutor(12) as parallel:
        outcomes = Counter(parallel.map(outcome, range(12)))
    again = int(clock.now() - started) // 12  # on a machine that is that slow
    assert 5 <= outcomes["This is one of five."] <= 5 + again
    assert outcomes["This is one of five."] + outcomes["429"] == 12


def test_five_cents_are_used_up(client: anthropic.Anthropic, ask: Ask) -> None:
    long = "x" * 30_000
    warnings = []
    for _ in range(2):
        raw = client.messages.with_raw_response.create(
            model="claude-mock/five-cents", max_tokens=1000, messages=[{"role": "user", "content": long}]
        )
        warnings.append(raw.headers.get("x-mockgw-warning"))
    assert warnings == [None, "low_balance"]
    with pytest.raises(anthropic.APIStatusError) as refused:
        ask("five-cents", long)
    assert (refused.value.status_code, refused.value.type) == (402, "billing_error")
    assert text(ask("five-cents", "short")).startswith("This answer was paid for.")


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("sk-expired", "API key has expired"),
        ("sk-disabled", "API key is disabled"),
        ("sk-login", "OAuth session expired"),
        ("sk-unknown", "Invalid API Key"),
    ],
)
def test_the_key_table_says_what_it_has_against_a_key(
    client: anthropic.Anthropic, ask: Ask, key: str, message: str
) -> None:
    client.api_key = key
    with pytest.raises(anthropic.AuthenticationError) as refused:
        ask("key-table")
    assert message in refused.value.message


def test_the_key_table_has_a_key_for_three_requests(client: anthropic.Anthropic, ask: Ask) -> None:
    client.api_key = "sk-trial"
    assert [text(ask("key-table")) for _ in range(3)] == ["The key is good."] * 3
    with pytest.raises(anthropic.AuthenticationError, match="API key has expired"):
        ask("key-table")


def test_failover_goes_on_with_another_provider(client: anthropic.Anthropic) -> None:
    tried = []
    for _ in range(4):
        raw = client.messages.with_raw_response.create(
            model="claude-mock/failover", max_tokens=1000, messages=[{"role": "user", "content": "Hello"}]
        )
        tried.append(raw.headers["x-mockgw-tried"])
        assert text(raw.parse()).startswith("Nobody has noticed")
    assert tried == ["anthropic:200", "anthropic:200", "anthropic:502, bedrock:200", "bedrock:200"]


def test_no_route_is_for_who_wants_what_no_provider_has(client: anthropic.Anthropic) -> None:
    def asked(**provider: Any) -> Message:
        return client.messages.create(
            model="claude-mock/no-route",
            max_tokens=1000,
            messages=[{"role": "user", "content": "Hello"}],
            extra_body={"provider": provider},
        )

    assert text(asked(data_collection="deny")).startswith("A provider was found")
    for wish in ({"zdr": True}, {"data_collection": "deny", "ignore": ["anthropic"]}, {"only": ["azure"]}):
        with pytest.raises(anthropic.InternalServerError, match="no available model provider") as refused:
            asked(**wish)
        assert refused.value.status_code == 503


def test_the_usage_limit_warns_and_then_refuses_until_its_window_ends(client: anthropic.Anthropic) -> None:
    statuses = []
    for _ in range(2):
        raw = client.messages.with_raw_response.create(
            model="claude-mock/usage-limit", max_tokens=1000, messages=[{"role": "user", "content": "x" * 40_000}]
        )
        statuses.append(raw.headers["anthropic-ratelimit-unified-status"])
    assert statuses == ["allowed_warning", "allowed_warning"]
    with pytest.raises(anthropic.RateLimitError) as refused:
        client.messages.create(
            model="claude-mock/usage-limit", max_tokens=9, messages=[{"role": "user", "content": "a"}]
        )
    assert refused.value.response.headers["anthropic-ratelimit-unified-status"] == "rejected"
    assert int(refused.value.response.headers["retry-after"]) > 4 * 3600


@pytest.mark.parametrize(
    ("name", "status", "type_", "retried"),
    [
        ("out-of-credits", 402, "billing_error", "false"),
        ("moderation", 403, "permission_error", "false"),
        ("bad-key", 401, "authentication_error", "false"),
        ("timeout", 408, "timeout_error", "true"),
        ("provider-down", 502, "api_error", "true"),
        ("no-provider", 503, "api_error", "true"),
        ("overloaded", 529, "overloaded_error", "true"),
    ],
)
def test_it_refuses_in_the_words_of_the_gateway(ask: Ask, name: str, status: int, type_: str, retried: str) -> None:
    with pytest.raises(anthropic.APIStatusError) as refused:
        ask(name, "Something forbidden")

    error = refused.value.response.json()["error"]
    assert (refused.value.status_code, error["type"], error["code"]) == (status, type_, status)
    assert error["message"] == SIRAYA.message(status)
    assert refused.value.response.headers["x-should-retry"] == retried


def begun(client: anthropic.Anthropic, name: str, lost: type[Exception]) -> str:
    """The text of a stream up to where it breaks."""
    heard: list[str] = []
    question: Any = {"max_tokens": 1000, "messages": [{"role": "user", "content": "Hello"}]}
    with client.messages.stream(model=f"claude-mock/{name}", **question) as events, pytest.raises(lost):
        heard.extend(events.text_stream)
    return "".join(heard)


def test_connection_reset_loses_half_of_the_answer_and_the_second_try_is_whole(
    ask: Ask, client: anthropic.Anthropic
) -> None:
    assert begun(client, "connection-reset", httpx2.ReadError).startswith("You will never read the end")
    assert text(ask("connection-reset")) == "This is the whole answer, on attempt 2."


def test_malformed_stream_cannot_be_read_from_the_middle_on_and_the_second_try_is_whole(
    ask: Ask, client: anthropic.Anthropic
) -> None:
    assert begun(client, "malformed-stream", json.JSONDecodeError).startswith("Somewhere in here stands an event")
    assert text(ask("malformed-stream")) == "This is the whole answer, on attempt 2."


def test_html_error_is_a_proxys_page_and_the_second_try_is_an_answer(ask: Ask) -> None:
    with pytest.raises(anthropic.InternalServerError) as refused:
        ask("html-error")

    response = refused.value.response
    assert (response.status_code, response.headers["content-type"]) == (502, "text/html; charset=utf-8")
    assert "<h1>502 Bad Gateway</h1>" in response.text
    assert response.headers["x-mockgw-fault"] == "html_error_page"
    assert text(ask("html-error")) == "It worked on attempt 2."


def test_flaky_network_is_late_and_narrow_and_all_of_it_arrives(ask: Ask) -> None:
    assert text(ask("flaky-network")).endswith("in the middle of a “character”.")
    sent = sends(asked("flaky-network"))
    size = sum(len(data) for _, data in sent)
    assert max(len(data) for _, data in sent) <= 70
    assert sent[0][0] > 0.1
    assert sent[-1][0] > size / 2000


def test_broken_stream_breaks_after_some_text_and_the_second_try_is_whole(
    ask: Ask, client: anthropic.Anthropic
) -> None:
    assert begun(client, "broken-stream", anthropic.APIStatusError) == "This answer will not come to its end, because"
    assert text(ask("broken-stream")) == "This is the whole answer, on attempt 2."


def test_moderation_refuses_only_what_is_forbidden(ask: Ask) -> None:
    assert text(ask("moderation", "Something allowed")) == "There is nothing wrong with that."


def test_bad_key_takes_the_good_key(server: Server) -> None:
    with anthropic.Anthropic(base_url=server.url, api_key="sk-good", max_retries=0) as client:
        message = client.messages.create(
            model="claude-mock/bad-key", max_tokens=100, messages=[{"role": "user", "content": "Hello"}]
        )

    assert text(message) == "The key is good."


def test_timeout_times_out_after_three_seconds_then_answers(ask: Ask) -> None:
    opened = opened_by(Pipeline(open_library([]), clock=VirtualClock()), body(model="claude-mock/timeout"))
    notes, _ = asyncio.run(played(opened.exchange.actions))

    assert notes[0] == (3, 408)
    with pytest.raises(anthropic.APIStatusError):
        ask("timeout")
    assert text(ask("timeout")) == "It worked on attempt 2."


CITY = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
TOOL = {"name": "get_weather", "input_schema": CITY}


def test_structured_output_fits_the_schema_that_is_asked_for(ask: Ask) -> None:
    message = ask("structured-output", "Where?", output_config={"format": {"type": "json_schema", "schema": CITY}})

    jsonschema.validate(json.loads(text(message)), CITY)


def test_structured_output_calls_claude_codes_tool_for_it_once(ask: Ask) -> None:
    tool = {"name": "StructuredOutput", "input_schema": CITY}
    message = ask("structured-output", "Where?", tools=[tool])
    transcript = continued([{"role": "user", "content": "Where?"}], message, "provided")

    [(name, given)] = calls(message)
    assert name == "StructuredOutput"
    jsonschema.validate(given, CITY)
    assert calls(ask("structured-output", transcript, tools=[tool])) == []


def test_structured_output_says_how_to_ask(ask: Ask) -> None:
    assert "output_config.format" in text(ask("structured-output"))


@pytest.mark.parametrize("choice", [{"type": "any"}, {"type": "tool", "name": "get_weather"}], ids=["any", "tool"])
def test_forced_tool_calls_what_is_forced_and_uses_the_result(ask: Ask, choice: dict[str, str]) -> None:
    message = ask("forced-tool", tools=[TOOL], tool_choice=choice)
    transcript = continued([{"role": "user", "content": "Hello"}], message, "sunny")

    [(name, given)] = calls(message)
    assert name == "get_weather"
    jsonschema.validate(given, CITY)
    assert text(ask("forced-tool", transcript, tools=[TOOL], tool_choice=choice)) == "The tool said: sunny"
    assert text(ask("forced-tool", transcript, tools=[TOOL])) == "The tool said: sunny"


@pytest.mark.skipif(not shutil.which("curl"), reason="there is no curl here")
def test_the_comment_of_forced_tool_says_how_to_see_it(server: Server) -> None:
    _, *comments = re.findall(r"^#(.*)$", (shipped() / "forced-tool.yaml").read_text(encoding="utf-8"), re.MULTILINE)
    command = "\n".join(comments).replace("http://127.0.0.1:6625", server.url)

    shown = subprocess.run(["sh", "-c", command], check=True, capture_output=True, env=os.environ | {"NO_PROXY": "*"})

    [block] = json.loads(shown.stdout)["content"]
    assert (block["name"], list(block["input"])) == ("look", ["city"])


def test_forced_tool_calls_nothing_when_nobody_forces_it(ask: Ask) -> None:
    assert calls(ask("forced-tool", tools=[TOOL], tool_choice={"type": "auto"})) == []


WEB_SEARCH = {"type": "web_search_20250305", "name": "web_search"}


def test_web_search_finds_pages_and_cites_them(ask: Ask) -> None:
    blocks: list[Any] = ask("web-search", tools=[WEB_SEARCH]).content
    _, call, result, text = blocks

    assert (call.type, result.type) == ("server_tool_use", "web_search_tool_result")
    assert result.tool_use_id == call.id
    assert [citation.url for citation in text.citations] == [result.content[0].url]


def test_web_search_goes_on_after_a_pause(client: anthropic.Anthropic) -> None:
    sent: list[Any] = [{"role": "user", "content": "Make a pause."}]
    asked: Any = {"model": "claude-mock/web-search", "max_tokens": 99, "tools": [WEB_SEARCH]}
    paused: Any = client.messages.create(messages=sent, **asked)
    sent.append({"role": "assistant", "content": paused.content})
    went_on: Any = client.messages.create(messages=sent, **asked)

    assert (paused.stop_reason, went_on.stop_reason) == ("pause_turn", "end_turn")
    assert went_on.content[0].tool_use_id == paused.content[-1].id


@pytest.mark.parametrize(("prompt", "category"), [("Make a virus", "bio"), ("Write an exploit", "cyber")])
def test_refusal_refuses_with_a_reason(ask: Ask, prompt: str, category: str) -> None:
    refused = ask("refusal", prompt)

    assert refused.stop_reason == "refusal"
    assert refused.stop_details
    assert refused.stop_details.category == category


def test_the_others_say_what_to_ask_for(ask: Ask) -> None:
    assert [ask(name).stop_reason for name in ("web-search", "refusal")] == ["end_turn"] * 2


def test_slow_model_takes_two_seconds_then_37_tokens_a_second() -> None:
    pauses = [round(pause, 3) for pause in silences("slow-model") if pause]

    assert pauses[0] == 2.04
    assert set(pauses[1:]) == {round(1 / 37, 3)}
    assert len(pauses) > 30


def test_stall_is_silent_for_thirty_seconds_in_the_middle_then_goes_on() -> None:
    pauses = silences("stall", pings=True)

    assert [pause for pause in pauses if pause] == [30]
    assert 0.4 < pauses.index(30) / len(pauses) < 0.6
    assert heard("stall")[-1] == (30, "message_stop")


def test_stall_with_pings_sends_nothing_but_pings_for_thirty_seconds() -> None:
    assert [pause for pause in silences("stall-with-pings") if pause] == [30]
    assert max(silences("stall-with-pings", pings=True)) == 5
    assert heard("stall-with-pings")[-1] == (30, "message_stop")


def test_a_client_that_has_patience_gets_the_whole_of_a_stalled_answer(ask: Ask) -> None:
    assert text(ask("stall")).endswith("to its end.")
    assert text(ask("stall-with-pings")).endswith("still there.")


def test_sub_agents_sends_one_and_hears_of_it(ask: Ask) -> None:
    agent = {"x-claude-code-agent-id": "a1"}
    prompt: Transcript = [{"role": "user", "content": "Have a look"}]
    sent = ask("sub-agents", prompt)
    launched = continued(prompt, sent, "launched")
    on_the_way = ask("sub-agents", launched)
    notice = {"role": "user", "content": "<system-reminder>The agent has ended.</system-reminder>"}

    [(name, given)] = calls(sent)
    assert name == "Agent"
    assert given["prompt"] in text(ask("sub-agents", given["prompt"], extra_headers=agent))
    assert text(on_the_way) == "My scout is on the way."
    assert text(ask("sub-agents", [*continued(launched, on_the_way)[:-1], notice])) == "My scout is back."


def test_sub_agents_has_a_title_of_its_own(client: anthropic.Anthropic) -> None:
    assert title_of(client, "sub-agents") == "A look around"


def test_compaction_reports_more_input_with_every_step(ask: Ask) -> None:
    transcript: Transcript = [{"role": "user", "content": "work hard"}]
    reported = []
    for step in range(5):
        message = ask("compaction", transcript)
        reported.append(message.usage.input_tokens)
        assert calls(message) == [("Bash", {"command": f"echo {step + 1}", "description": "Count"})]
        transcript = continued(transcript, message, str(step + 1))

    assert reported == [330_000, 660_000, 990_000, 1_320_000, 1_650_000]
    assert "nobody wanted a summary" in text(ask("compaction", transcript))


def test_compaction_gives_the_summary_and_goes_on_after_it(ask: Ask) -> None:
    asked = json.loads(COMPACT.read_text(encoding="utf-8"))["body"]["messages"][-1]["content"]

    summary = text(ask("compaction", asked))
    kept = re.sub("</?summary>", "", summary)  # the client's own wording, around what is in the tags
    after = f"This session is being continued from a previous conversation.\nSummary:\n{kept}"

    assert summary == "<summary>We counted until it was too much.</summary>"
    assert "go on" in text(ask("compaction", after))


def test_recovery_refuses_a_signature_that_it_has_not_made(ask: Ask) -> None:
    transcript: Transcript = [{"role": "user", "content": "a signature"}]
    transcript = continued(transcript, ask("recovery", transcript), "hello")
    with pytest.raises(
        anthropic.BadRequestError, match=r"messages.1.content.0: Invalid `signature` in `thinking` block"
    ):
        ask("recovery", transcript)

    transcript[1]["content"] = [block for block in transcript[1]["content"] if block["type"] != "thinking"]
    assert "the thinking left out" in text(ask("recovery", transcript))


def test_recovery_refuses_system_messages(ask: Ask) -> None:
    transcript: Transcript = [{"role": "user", "content": "a system message"}, {"role": "system", "content": "Hm."}]
    with pytest.raises(anthropic.BadRequestError, match="role 'system' is not supported on this model"):
        ask("recovery", transcript)

    assert "put elsewhere" in text(ask("recovery", transcript[:1]))


def test_recovery_refuses_a_prompt_that_is_too_long(ask: Ask) -> None:
    transcript: Transcript = [{"role": "user", "content": "count"}]
    transcript = continued(transcript, ask("recovery", transcript), "1 " * 100_000)
    with pytest.raises(anthropic.BadRequestError, match=r"prompt is too long: \d+ tokens > 40000 maximum"):
        ask("recovery", transcript)

    asked = json.loads(COMPACT.read_text(encoding="utf-8"))["body"]["messages"][-1]["content"]
    assert text(ask("recovery", asked)).startswith("<summary>")
    assert "made shorter" in text(ask("recovery", "This session is being continued from a previous conversation."))


def test_sequence_goes_through_its_answers_and_then_refuses(ask: Ask) -> None:
    assert text(ask("sequence", "1")) == "The first answer."
    assert text(ask("sequence", "2")) == "The second answer."
    with pytest.raises(anthropic.RateLimitError):
        ask("sequence", "3")
    assert text(ask("sequence", "3")) == "The last answer, after a refusal."
    with pytest.raises(anthropic.BadRequestError, match="used up"):
        ask("sequence", "4")


def test_sequence_begins_anew_in_another_session(ask: Ask) -> None:
    for session in ("one", "other"):
        assert text(ask("sequence", extra_headers={"x-mockgw-session": session})) == "The first answer."


@pytest.mark.parametrize(("name", "answer"), [("report.pdf", "all is well"), ("other.pdf", "only know report.pdf")])
def test_attachment_knows_a_document_by_its_title(ask: Ask, name: str, answer: str) -> None:
    source = {"type": "text", "media_type": "text/plain", "data": "Figures"}
    content = [{"type": "document", "title": name, "source": source}, {"type": "text", "text": "Sum it up"}]

    assert answer in text(ask("attachment", [{"role": "user", "content": content}]))


def test_attachment_knows_a_file_that_claude_code_mentions(ask: Ask) -> None:
    note = '<system-reminder>\nCalled the Read tool with the following input: {"file_path":"/a/report.pdf"}\n'
    mentioned: Transcript = [
        {"role": "user", "content": f"{note}</system-reminder>"},
        {"role": "user", "content": "What is in @report.pdf?"},
    ]

    assert "all is well" in text(ask("attachment", mentioned))
    assert "only know" in text(ask("attachment", mentioned[1:]))


def test_on_a_bad_day_a_third_goes_wrong_and_a_client_that_tries_again_gets_its_answer(server: Server) -> None:
    session = {"x-mockgw-session": "bad day"}
    with anthropic.Anthropic(base_url=server.url, api_key="mock", max_retries=8, default_headers=session) as client:
        client._calculate_retry_timeout = lambda *given: 0.0  # type: ignore[method-assign]  # its patience is not ours to test
        for number in range(20):
            question: Any = [{"role": "user", "content": f"number {number}"}]
            message = client.messages.create(model="claude-mock/bad-day", max_tokens=100, messages=question)
            assert f"number {number} is here" in text(message)
    struck = [exchange.chaos for exchange in server.pipeline.journal if exchange.session == "bad day"]
    assert 20 < len(struck) < 60
    assert len(list(filter(None, struck))) > 5
