"""The shipped scenarios, seen as the comments at their tops say, with the real Claude Code, offline."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from mockgw.scenario.library import shipped
from tests.clients.claude import Claude
from tests.clients.conftest import PROMPT, Serve, require
from tests.clients.serving import ISOLATED, can_isolate, clean_environment
from tests.clients.terminal import Terminal
from tests.clients.waiting import wait_until

pytestmark = pytest.mark.node

SEEN = {
    "attachment": ["The report says that all is well."],
    "bad-day": ["The answer to hello is here"],
    "bad-key": ["API Error: 401", "The key is good."],
    "broken-stream": ["This is the whole answer, on attempt 2."],
    "coding-agent": ["The test says: test passed"],
    "compaction": ['"subtype":"compact_boundary"'],
    "connection-reset": ["This is the whole answer, on attempt 2."],
    "default": ["This is mockgw, a mock"],
    "failover": ["Nobody has noticed which provider"],
    "five-a-minute": ["This is one of five."],
    "five-cents": ["API Error: 402 Your account or API key has insufficient credits."],
    "hello": ["Hello!"],
    "html-error": ["It worked on attempt 2."],
    "key-table": ["The key is good."],
    "malformed-stream": ["This is the whole answer, on attempt 2."],
    "moderation": ["API Error: 403 Your chosen model requires moderation and your input was flagged"],
    "no-provider": ["API Error: 503 There is no available model provider"],
    "no-route": ["API Error: 503 There is no available model provider"],
    "out-of-credits": ["API Error: 402 Your account or API key has insufficient credits."],
    "overloaded": ["Overloaded"],
    "provider-down": ["API Error: 502 Your chosen model is down"],
    "rate-limited": ["It worked on attempt 3."],
    "recovery": [
        "The signature was refused, and the thinking left out.",
        "The system message was refused, and its text put elsewhere.",
        "The prompt was too long, and was made shorter.",
    ],
    "refusal": ["Details: `[bio]`"],
    "sequence": ["The first answer.\nThe second answer.\nThe last answer, after a refusal."],
    "structured-output": ['"structured_output":{"name":"'],
    "sub-agents": ["My scout is back."],
    "thinking": ['"thinking":"The question is'],
    "timeout": ["It worked on attempt 2."],
    "usage-limit": ["This is one of the last answers"],
    "web-search": ["It rains: https://example.com/paris says so."],
}
WATCHED = {
    "flaky-network": "in the middle of a “character”.",
    "slow-model": "faster than you can read them.",
    "stall": "to its end.",
    "stall-with-pings": "still there.",
}


def commands(name: str) -> list[str]:
    """The commands in the comments of a shipped scenario."""
    text = (shipped() / f"{name}.yaml").read_text(encoding="utf-8").replace("\\\n#", "")
    comments = [line.removeprefix("# ") for line in text.splitlines() if line.startswith("# ")]
    return [comment for comment in comments if "mockgw run " in comment]


@pytest.fixture
def environment(claude: Claude, tmp_path: Path) -> dict[str, str]:
    """A shell's, in which `mockgw` and `claude` are installed; waits are cut short."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, program in {"mockgw": f'"{sys.executable}" -m mockgw', "claude": f'"{claude.binary}"'}.items():
        (programs / name).write_text(f'#!/bin/sh\nexec {program} "$@"\n', encoding="utf-8")
        (programs / name).chmod(0o755)
    quiet = {"DISABLE_AUTOUPDATER": "1", "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1", "TERM": "xterm-256color"}
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    return clean_environment(claude.home, PATH=path, TMPDIR=str(claude.home), MOCKGW_TIME_SCALE="0.02", **quiet)


@pytest.fixture
def shell(claude: Claude, environment: dict[str, str]) -> Callable[[str], str]:
    """Run a command in the client's folder: what it prints."""

    def run(command: str) -> str:
        isolated = [*(ISOLATED if can_isolate() else []), "sh", "-c", command]
        return subprocess.run(
            isolated,
            env=environment,
            cwd=claude.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        ).stdout

    return run


@pytest.fixture
def watch(claude: Claude, environment: dict[str, str], tmp_path: Path) -> Iterator[Callable[[str], Terminal]]:
    """Run a command on a screen, past onboarding."""
    require(shutil.which("tmux"), "tmux is not installed")
    require(can_isolate(), "network namespaces cannot be made here (they need root, unshare, nsenter and ip)")
    with ExitStack() as stack:

        def open_screen(command: str) -> Terminal:
            claude.skip_onboarding()
            terminal = Terminal(f"mockgw-{os.getpid()}-{tmp_path.name}"[-60:], environment)
            terminal.open(["sh", "-c", command], folder=claude.folder, enter=ISOLATED)
            stack.callback(terminal.close)
            terminal.wait_for(PROMPT)
            return terminal

        yield open_screen


def test_every_command_in_a_comment_is_tried() -> None:
    with_commands = {path.stem for path in shipped().glob("*.yaml") if commands(path.stem)}

    assert with_commands == {*SEEN, *WATCHED}


@pytest.mark.parametrize("name", SEEN)
def test_the_comment_of_an_example_says_how_to_see_it(claude: Claude, shell: Callable[[str], str], name: str) -> None:
    (claude.folder / "report.pdf").write_bytes(b"%PDF-1.4\n%%EOF\n")

    for command, seen in zip(commands(name), SEEN[name], strict=True):
        assert seen in shell(command)


@pytest.mark.parametrize("name", WATCHED)
def test_an_example_can_be_watched_on_a_screen(watch: Callable[[str], Terminal], name: str) -> None:
    [command] = commands(name)
    terminal = watch(command)

    terminal.type("go on")

    terminal.wait_for(WATCHED[name])


def test_a_conversation_goes_on_after_it_was_compacted(claude: Claude, serve_offline: Serve) -> None:
    server = serve_offline("scenarios/compaction.yaml")

    first = claude.ask(server, "work hard")
    second = claude.ask(server, "and once more", "--continue")

    for run in (first, second):
        [boundary] = [event for event in run.events if event.get("subtype") == "compact_boundary"]
        assert boundary["compact_metadata"]["trigger"] == "auto"
        assert run.text == "It was too much, now we have a summary and can go on."
    assert first.tools == ["Bash"] * 3


def test_on_a_screen_the_sub_agents_session_has_its_title(
    claude: Claude, screen: Callable[..., Terminal], serve_offline: Serve
) -> None:
    terminal = screen(serve_offline("scenarios/sub-agents.yaml"))

    terminal.type("please have a good look around in this project")
    terminal.dismiss("We're changing auto mode")  # said once, before its classifier is first asked

    terminal.wait_for("My scout is back.")
    wait_until(claude.titles, seconds=10, otherwise=lambda: f"no title:\n{terminal.screen()}")
    assert set(claude.titles()) == {"A look around"}


def test_claude_code_follows_what_init_writes(shell: Callable[[str], str]) -> None:
    *_, run = shell("mockgw init").splitlines()

    assert shell(run) == "Hello! Change this line and ask again.\n"
    for prompt, answer in {
        "look around": "I have found:\n.\n..\nscenarios\n",
        "deploy": "Deployed on attempt 3.\n",
        "slowly": "One word after the other, as if a model were thinking about each of them.\n",
        "anything": 'You said "anything". Say hello, look around, deploy or slowly.\n',
    }.items():
        assert shell(run.replace("hello", prompt)) == answer


def test_claude_code_follows_a_copy_of_a_shipped_scenario(shell: Callable[[str], str]) -> None:
    *_, run = shell("mockgw init --from rate-limited").splitlines()

    assert shell(run) == "It worked on attempt 3.\n"
