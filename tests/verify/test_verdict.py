from collections.abc import Callable
from typing import Any

import anthropic
import pytest

from mockgw.server.runner import Server
from mockgw.verify import retries
from mockgw.verify.verdict import RULES, Find, meaning_of, verdict
from tests.support import body, live, turns
from tests.verify.sessions import Client


def test_of_a_client_that_does_as_it_should_there_is_nothing_to_say() -> None:
    attempts = "attempts: [{error: {status: 429, retry_after: 2s}}, {error: 529}, Done.]"
    client = Client(f"rules: [{{match: {{turn: 0}}, {attempts}}}, {{reply: Bye.}}]")
    for pause in (0.0, 2.1, 0.8):
        client.ask(after=pause)
    client.ask(body(messages=turns("Hello", "Done.", "Thanks")))
    assert verdict(client.exchanges) == ()


def test_all_that_is_to_be_said_comes_by_the_first_request_that_shows_it() -> None:
    client = Client("rules: [{match: {prompt: a}, error: 529}, {match: {prompt: b}, error: 400}, {reply: Hi}]")
    for prompt in "abb":
        client.ask(prompt, after=1.0)
    first, second, third = (exchange.request_id for exchange in client.exchanges)
    assert [(one.rule, one.severity, one.text, one.requests) for one in verdict(client.exchanges)] == [
        ("gave_up_without_retry", "warning", "gave up after a 529, without a second try", (first,)),
        ("retried_what_must_not_be_retried", "error", "sent again as it was 1 s after a 400", (second, third)),
    ]


def test_a_session_that_goes_on_is_judged_by_what_is_known() -> None:
    client = Client("error: 529")
    client.ask()
    assert verdict(client.exchanges, now=client.clock.now()) == ()
    assert len(verdict(client.exchanges)) == 1


def test_nothing_comes_of_nothing() -> None:
    assert verdict([]) == ()


@pytest.mark.parametrize(
    ("find", "numbers"),
    [
        (retries.retry_after_ignored, [f"{retries.EARLY_SHARE * 100:g} %", f"{retries.EARLY * 1000:g} ms"]),
        (retries.retried_what_must_not_be_retried, [str(status) for status in retries.FINAL]),
        (retries.retry_storm, [f"more than {most} times" for most, _ in retries.STORMS]),
        (retries.no_backoff, [f"{retries.AT_ONCE:g} s", f"{retries.SHORT:g} s"]),
    ],
)  # fmt: skip
def test_what_is_said_of_a_rule_has_its_numbers(find: Find, numbers: list[str]) -> None:
    assert [number for number in numbers if number not in meaning_of(find)] == []


def test_every_rule_says_what_it_is_about() -> None:
    assert all(meaning_of(find).endswith(".") for find in RULES)


LOOP = """
steps:
  - content: [thinking: Let me see., tool_use: {name: look}]
  - content: [thinking: And once more., tool_use: {name: look}]
  - content: [thinking: That is all., text: It rains.]
"""
TOOLS: Any = [{"name": "look", "description": "Looks out of the window. " * 300, "input_schema": {"type": "object"}}]


def _loop(client: anthropic.Anthropic, kept: Callable[[Any], bool], system: Callable[[int], str]) -> None:
    """A conversation with tools, as the SDK's documentation has it: what was said is sent back, and results with it."""
    messages: list[Any] = [{"role": "user", "content": "Does it rain?"}]
    for number in range(3):
        answer = client.messages.create(
            model="claude-opus-5-5",
            max_tokens=1000,
            system=system(number),
            tools=TOOLS,
            cache_control={"type": "ephemeral"},
            messages=messages,
        )
        calls = [block.id for block in answer.content if block.type == "tool_use"]
        results = [{"type": "tool_result", "tool_use_id": id, "content": "Rain."} for id in calls]
        said = [block for block in answer.content if kept(block)]
        messages += [{"role": "assistant", "content": said}, {"role": "user", "content": results}]


@pytest.mark.parametrize(
    ("kept", "system", "found"),
    [
        (lambda block: True, lambda number: "Be brief.", []),
        (lambda block: block.type != "thinking", lambda number: "Be brief.", ["dropped_thinking", "dropped_thinking"]),
        (lambda block: True, lambda number: f"It is {number} o'clock.", ["cache_never_hit"]),
    ],
    ids=["as-it-should", "without-thinking", "with-the-time-in-the-prompt"],
)
def test_the_sdk_in_a_loop_of_tools(
    kept: Callable[[Any], bool], system: Callable[[int], str], found: list[str]
) -> None:
    gateway = live(LOOP)
    with Server(gateway) as server, anthropic.Anthropic(base_url=server.url, api_key="mock", max_retries=0) as client:
        _loop(client, kept, system)

    assert [one.rule for one in verdict(list(gateway.journal))] == found
