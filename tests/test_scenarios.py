import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import anthropic
import pytest
from anthropic.types import Message

from mockgw.lint.check import problems
from mockgw.pipeline import Pipeline
from mockgw.protocol.dialects import SIRAYA
from mockgw.scenario.library import open_library, shipped
from mockgw.scenario.loader import load
from mockgw.server.runner import Server
from mockgw.settings import Settings

NAMES = [
    "broken-stream",
    "coding-agent",
    "default",
    "hello",
    "no-provider",
    "out-of-credits",
    "parallel-tools",
    "rate-limited",
    "thinking",
]
PICKER_WIDTH = 60  # Claude Code's list of models cuts what is longer
TITLE = Path(__file__).parent / "clients" / "captures" / "title.json"

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

    def stream(scenario: str, asked: str | Transcript = "Hello") -> Message:
        messages: Any = [{"role": "user", "content": asked}] if isinstance(asked, str) else asked
        with client.messages.stream(model=f"claude-mock/{scenario}", max_tokens=1000, messages=messages) as events:
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


def test_these_scenarios_are_shipped() -> None:
    assert sorted(path.stem for path in shipped().iterdir()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_it_loads_and_is_described_in_one_short_line(name: str) -> None:
    scenario = load(shipped() / f"{name}.yaml")

    assert problems(scenario) == []
    assert 0 < len(scenario.description) <= PICKER_WIDTH
    assert "\n" not in scenario.description


@pytest.mark.parametrize("name", NAMES)
def test_claude_code_gets_a_valid_title_from_it(client: anthropic.Anthropic, name: str) -> None:
    captured = json.loads(TITLE.read_text(encoding="utf-8"))
    headers = {key: captured["headers"][key] for key in ("x-app", "x-claude-code-session-id", "anthropic-beta")}

    with client.messages.stream(
        **{key: value for key, value in captured["body"].items() if key not in ("stream", "model")},
        model=f"claude-mock/{name}",
        extra_headers=headers,
    ) as events:
        title = json.loads(text(events.get_final_message()))

    assert list(title) == ["title"]
    assert isinstance(title["title"], str)
    assert title["title"]


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


@pytest.mark.parametrize(
    ("name", "status", "type_", "retried"),
    [("out-of-credits", 402, "billing_error", "false"), ("no-provider", 503, "api_error", "true")],
)
def test_it_refuses_in_the_words_of_the_gateway(ask: Ask, name: str, status: int, type_: str, retried: str) -> None:
    with pytest.raises(anthropic.APIStatusError) as refused:
        ask(name)

    error = refused.value.response.json()["error"]
    assert (refused.value.status_code, error["type"], error["code"]) == (status, type_, status)
    assert error["message"] == SIRAYA.message(status)
    assert refused.value.response.headers["x-should-retry"] == retried


def test_broken_stream_breaks_after_some_text_and_the_second_try_is_whole(
    ask: Ask, client: anthropic.Anthropic
) -> None:
    heard: list[str] = []
    question: Any = {"max_tokens": 1000, "messages": [{"role": "user", "content": "Hello"}]}

    with (
        client.messages.stream(model="claude-mock/broken-stream", **question) as events,
        pytest.raises(anthropic.APIStatusError, match="overloaded_error"),
    ):
        heard.extend(events.text_stream)

    assert "".join(heard) == "This answer will not come to its end, because"
    assert text(ask("broken-stream")) == "This is the whole answer, on attempt 2."
