"""The real Claude Code against the real server, offline: headless, and on a screen under tmux."""

import json
import re
import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.clients.claude import Claude
from tests.clients.conftest import Serve
from tests.clients.terminal import Terminal
from tests.clients.waiting import wait_until

pytestmark = pytest.mark.node
Screen = Callable[..., Terminal]

RATE_LIMITED_TWICE = """
attempts:
  - error: 429
    times: 2
  - text: Here you are.
"""

BROKEN_STREAM = """
attempts:
  - text: This is a rather long answer that nobody will see the end of.
    fault: {fault}
  - text: This one is whole.
"""

SUB_AGENT = """
rules:
  - match: {agent: sub}
    reply: Nothing here.
  - steps:
      - tool_use: {name: Agent, input: {description: look, prompt: look around, subagent_type: general-purpose}}
      - text: I have sent somebody.
"""

WRITES_WITH_BASH = """
steps:
  - tool_use: {name: Bash, input: {command: 'rm -f *.old; touch note.txt', description: Leave a note}}
  - text: It is there.
"""

AFTER_A_COMMAND = """
rules:
  - match: {prompt: and now}
    reply: Exactly what was typed.
  - reply: Something else.
"""


def test_headless_answers(claude: Claude, serve_offline: Serve) -> None:
    run = claude.ask(serve_offline(hello="reply: Hello from a scenario."), "good morning")

    assert (run.text, run.result["is_error"]) == ("Hello from a scenario.", False)


def test_the_coding_agent_really_mends_a_file(claude: Claude, serve_offline: Serve) -> None:
    server = serve_offline("scenarios/coding-agent.yaml")

    run = claude.ask(server, "fix the demo", "--allowedTools", "Read,Write,Edit,Bash")

    assert not run.result["is_error"], run.text
    assert run.tools[0] == "Write"
    assert set(run.tools) == {"Write", "Read", "Edit", "Bash"}
    demo = claude.folder / "mockgw_demo.py"
    [written] = [block["input"]["content"] for block in run.blocks() if block.get("name") == "Write"]
    assert demo.read_text(encoding="utf-8") != written
    subprocess.run([sys.executable, demo.name], cwd=claude.folder, check=True)


def test_rate_limited_twice_is_tried_again_and_every_run_is_the_same(claude: Claude, serve_offline: Serve) -> None:
    server = serve_offline(limited=RATE_LIMITED_TWICE)

    for _ in range(2):
        run = claude.ask(server, "may I")
        assert (run.retries, run.text) == ([429, 429], "Here you are.")


def test_out_of_credits_stops_at_once_with_the_message(claude: Claude, serve_offline: Serve) -> None:
    server = serve_offline(broke="error: {status: 402, message: Not a cent left.}")

    run = claude.ask(server, "one more")

    assert (run.retries, run.result["is_error"]) == ([], True)
    assert "402" in run.text
    assert "Not a cent left." in run.text


@pytest.mark.parametrize("fault", ["truncate", "error_event"])
def test_a_stream_that_breaks_is_made_good_by_the_second_request(
    claude: Claude, serve_offline: Serve, fault: str
) -> None:
    run = claude.ask(serve_offline(breaks=BROKEN_STREAM.format(fault=fault)), "tell me")

    assert (run.text, run.result["is_error"]) == ("This one is whole.", False)


def test_a_sub_agent_meets_rules_of_its_own(claude: Claude, serve_offline: Serve) -> None:
    run = claude.ask(serve_offline(agents=SUB_AGENT), "have a look", "--allowedTools", "Agent")

    assert run.tools == ["Agent"]
    assert run.text == "I have sent somebody."
    assert "Nothing here." in json.dumps(run.events)


def test_a_search_of_the_web_finds_what_the_scenario_says(claude: Claude, serve_offline: Serve) -> None:
    server = serve_offline("scenarios/web-search.yaml")

    run = claude.ask(server, "How is the weather in Paris?", "--allowedTools", "WebSearch")

    assert (run.tools, run.text) == (["WebSearch"], "It rains: https://example.com/paris says so.")
    [found] = [event["tool_use_result"] for event in run.events if event.get("tool_use_result")]
    assert found["searchCount"] == 1
    assert [page["title"] for page in found["results"][1]["content"]] == ["The weather in Paris", "Umbrellas"]
    assert sum(used["webSearchRequests"] for used in run.result["modelUsage"].values()) == 1


def test_a_scenario_can_be_chosen_as_a_model(claude: Claude, serve_offline: Serve) -> None:
    server = serve_offline(first="reply: The first one.", other="reply: The other one.")

    assert claude.ask(server, "who is there", "--model", "claude-mock/other").text == "The other one."


def test_on_a_screen_the_session_gets_a_title_and_the_answer(
    claude: Claude, screen: Screen, serve_offline: Serve
) -> None:
    terminal = screen(serve_offline(hello="reply: Hello from a scenario."))

    terminal.type("please explain the scheduler of this project")

    terminal.wait_for("● Hello from a scenario.")
    wait_until(claude.titles, seconds=10, otherwise=lambda: f"no title:\n{terminal.screen()}")
    assert all(isinstance(title, str) and title for title in claude.titles())


def test_side_calls_do_not_use_up_answers(claude: Claude, screen: Screen, serve_offline: Serve) -> None:
    terminal = screen(serve_offline(two="replies: [The first answer., The second answer.]"))

    terminal.type("please explain the scheduler of this project")
    assert "The second answer." not in terminal.wait_for("● The first answer.")
    wait_until(claude.titles, seconds=10, otherwise=lambda: f"no title:\n{terminal.screen()}")
    terminal.type("and what comes after that")

    terminal.wait_for("● The second answer.")


def test_on_a_screen_auto_mode_lets_a_scripted_command_run(
    claude: Claude, screen: Screen, serve_offline: Serve
) -> None:
    terminal = screen(serve_offline(works=WRITES_WITH_BASH))

    terminal.type("leave a note")
    terminal.dismiss("We're changing auto mode")  # said once, before its classifier is first asked

    terminal.wait_for("● It is there.")
    assert (claude.folder / "note.txt").exists()


def test_on_a_screen_the_coding_agent_works_in_auto_mode(claude: Claude, screen: Screen, serve_offline: Serve) -> None:
    terminal = screen(serve_offline("scenarios"), "--model", "claude-mock/coding-agent")

    terminal.type("fix the demo")
    terminal.dismiss("We're changing auto mode")

    terminal.wait_for("The test says: test passed")
    assert "return a + b" in (claude.folder / "mockgw_demo.py").read_text(encoding="utf-8")


def test_the_model_picker_lists_the_scenarios(screen: Screen, serve_offline: Serve) -> None:
    terminal = screen(
        serve_offline(hello="{description: Says hello, reply: Hello.}", rates="{description: Rate limited, error: 429}")
    )

    terminal.type("/model")

    shown = terminal.wait_for("From gateway")
    assert re.search(r"hello: Says hello +From gateway", shown)
    assert re.search(r"rates: Rate limited +From gateway", shown)


def test_what_a_command_prints_is_not_the_prompt(screen: Screen, serve_offline: Serve) -> None:
    terminal = screen(serve_offline(after=AFTER_A_COMMAND))
    terminal.type("/context")
    terminal.wait_for("Free space")

    terminal.type("and now")

    terminal.wait_for("● Exactly what was typed.")


def test_context_counts_tokens(screen: Screen, serve_offline: Serve) -> None:
    terminal = screen(serve_offline(hello="reply: Hello from a scenario."))

    terminal.type("/context")

    shown = terminal.wait_for("Free space")
    assert re.search(r"System prompt: [1-9][\d.]*k? tokens", shown)
    assert re.search(r"System tools: [1-9][\d.]*k? tokens", shown)
