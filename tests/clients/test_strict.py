"""The real Claude Code and strict validation: nothing of what it sends is refused, and it mends what is."""

import re
from collections.abc import Callable

import pytest

from tests.clients.claude import Claude
from tests.clients.conftest import Serve
from tests.clients.terminal import Terminal

pytestmark = pytest.mark.node
Screen = Callable[..., Terminal]
TURNS = 20
RECOVERY = "scenarios/recovery.yaml"

STRICT = """
gateway: {{dialect: {dialect}, validate: strict}}
rules:
  - match: {{prompt: and now}}
    reply: Exactly what was typed.
  - match: {{agent: sub}}
    content: [thinking: There is nothing., text: Nothing here.]
  - match: {{prompt: {{contains: have a look}}}}
    steps:
      - content:
          - thinking: Somebody should look.
          - tool_use: {{name: Bash, input: {{command: 'echo hello', description: Say hello}}}}
          - tool_use: {{name: Bash, input: {{command: 'echo bye', description: Say bye}}}}
      - content:
          - thinking: Now somebody else.
          - tool_use: {{name: Agent, input: {{description: look, prompt: look around, subagent_type: general-purpose}}}}
      - text: "I have sent somebody: {{{{ prompt }}}}"
  - match: {{prompt: {{matches: leave note}}}}
    steps:
      - content:
          - thinking: A note it is.
          - text: I will.
          - tool_use: {{name: Bash, input: {{command: 'rm -f *.old; touch note.txt', description: Leave a note}}}}
      - text: "Done: {{{{ prompt }}}}"
  - match: {{prompt: {{matches: think about}}}}
    content: [thinking: Much to think about., text: "Thought: {{{{ prompt }}}}"]
  - fallback: true
    reply: A summary.
"""

# To the client it is a model that knows system messages, to the gateway an older one.
KNOWS_NO_SYSTEM_MESSAGES = "anthropic/claude-opus-4.7:claude-opus-4-8"


def strict(dialect: str = "anthropic") -> str:
    return STRICT.format(dialect=dialect)


@pytest.mark.parametrize("dialect", ["anthropic", "siraya"])
def test_nothing_of_a_long_session_is_refused(
    screen: Screen, serve_offline: Serve, dialect: str, claude: Claude
) -> None:
    server = serve_offline(strict=strict(dialect))
    terminal = screen(server)

    for number in range(TURNS):
        prompt, answer = _turn(number)
        terminal.type(prompt)
        if not number:
            terminal.dismiss("We're changing auto mode")
        terminal.wait_for(f"● {answer}")
        if number in (TURNS // 3, TURNS - 1):
            terminal.type("/context")
            terminal.wait_for("Free space")
        if number == TURNS // 2:
            terminal.type("/compact")
            terminal.wait_for("Compacted")
    terminal.type("and now")
    terminal.wait_for("● Exactly what was typed.")

    assert server.printed.count("strict/") > 2 * TURNS
    assert "[refused]" not in server.printed
    assert server.verdict() == []


def _turn(number: int) -> tuple[str, str]:
    """What is typed, and the answer that is waited for: some think, some run a command, some send a sub-agent."""
    if number % 5 == 4:
        return f"have a look {number}", f"I have sent somebody: have a look {number}"
    prompt = f"think about {number}" if number % 2 else f"leave note {number}"
    return prompt, f"{'Thought' if number % 2 else 'Done'}: {prompt}"


def test_what_strict_minds_reaches_the_person(claude: Claude, serve_offline: Serve) -> None:
    run = claude.ask(serve_offline(strict=strict()), "hello", ANTHROPIC_BETAS="odd-beta")

    assert run.result["is_error"]
    assert "Unexpected value(s) `odd-beta` for the `anthropic-beta` header." in run.text


def test_a_signature_that_is_refused_is_left_out_and_the_session_goes_on(claude: Claude, serve_offline: Serve) -> None:
    server = serve_offline(RECOVERY)

    run = claude.ask(server, "a signature", "--allowedTools", "Bash")

    assert (run.text, run.result["is_error"]) == ("The signature was refused, and the thinking left out.", False)
    assert "messages.2.content.0: Invalid `signature` in `thinking` block" in server.printed
    assert server.verdict() == []


def test_system_messages_that_are_refused_are_said_elsewhere(claude: Claude, serve_offline: Serve) -> None:
    server = serve_offline(strict=strict("siraya"))

    run = claude.ask(server, "have a look", "--allowedTools", "Agent,Bash", "--model", KNOWS_NO_SYSTEM_MESSAGES)

    assert (run.text, run.result["is_error"]) == ("I have sent somebody: have a look", False)
    assert server.printed.count("role 'system' is not supported on this model") in (1, 2)  # a sub-agent finds out too
    assert server.verdict() == []


def test_a_gateway_may_know_no_system_messages_of_any_model(claude: Claude, serve_offline: Serve) -> None:
    server = serve_offline(RECOVERY)

    run = claude.ask(server, "a system message", "--model", "claude-opus-5")

    assert run.text == "The system message was refused, and its text put elsewhere."
    assert "recovery/no-system  invalid_request_error  400" in server.printed


def test_a_prompt_that_is_too_long_is_compacted(claude: Claude, serve_offline: Serve) -> None:
    server = serve_offline(RECOVERY)

    run = claude.ask(server, "a long prompt", "--allowedTools", "Bash", "--model", "claude-haiku-4-5")

    assert (run.text, run.result["is_error"]) == ("The prompt was too long, and was made shorter.", False)
    assert re.search(r"prompt is too long: \d+ tokens > 40000 maximum", server.printed)
    [compacted] = [event for event in run.events if event.get("subtype") == "compact_boundary"]
    assert compacted["compact_metadata"]["trigger"] == "auto"
    assert server.verdict() == []


MODELS = [
    "claude-haiku-4-5",
    "claude-opus-4-5",
    "claude-sonnet-4-6",
    "claude-opus-4-7",
    "claude-opus-5",
    "claude-sonnet-5",
    "claude-sonnet-5-5",
    "claude-haiku-5-5",
]


@pytest.mark.parametrize("model", MODELS)
def test_nothing_of_what_it_asks_of_other_models_is_refused(claude: Claude, serve_offline: Serve, model: str) -> None:
    server = serve_offline(strict=strict())

    run = claude.ask(server, "have a look", "--allowedTools", "Agent,Bash", "--model", model)

    assert run.text == "I have sent somebody: have a look"
    assert "[refused]" not in server.printed
    assert server.verdict() == []
