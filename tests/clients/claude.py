"""Claude Code: the real client, headless or on a screen, offline and with a home of its own.

What it does on the wire that a scenario has to live with (2.1.330; captures/ has the bodies):

- `-p` makes no side calls. On a screen it asks for a title of the session, but only if non-essential traffic is
  allowed and the prompt is not very short; `/context` asks count_tokens some 25 times at once; in auto mode, the
  default on a screen, it asks a classifier (`stop_sequences: ["</block>"]`) about every tool call that could do harm.
- What slash commands print stands in the next message as `<local-command-stdout>`, except that of `/context`, which
  stands there bare; the typed text is the last block.
- Sub-agents add `x-claude-code-agent-id`, run beside the main agent, and report in a message of reminders only.
"""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.clients.serving import Server, clean_environment
from tests.clients.terminal import Terminal

Event = dict[str, Any]
STREAM_JSON = ("--output-format", "stream-json", "--verbose")


@dataclass(frozen=True, slots=True)
class Run:
    """What one headless run printed: its messages, and `api_retry` events in between."""

    events: list[Event]
    exit_code: int

    @property
    def result(self) -> Event:
        return next(event for event in reversed(self.events) if event["type"] == "result")

    @property
    def text(self) -> str:
        return str(self.result["result"])

    @property
    def retries(self) -> list[int]:
        """The status that each retry answers."""
        return [event["error_status"] for event in self.events if event.get("subtype") == "api_retry"]

    @property
    def tools(self) -> list[str]:
        return [block["name"] for block in self.blocks() if block["type"] == "tool_use"]

    def blocks(self) -> Iterator[Event]:
        for event in self.events:
            if event["type"] == "assistant":
                yield from event["message"]["content"]


@dataclass(frozen=True, slots=True)
class Claude:
    """The client's binary, a home that no other test uses, and the folder that it works in."""

    binary: Path
    home: Path
    folder: Path

    def environment(self, server: Server, **more: str) -> dict[str, str]:
        """An empty key counts as unset: a real one can never be sent."""
        return clean_environment(
            self.home,
            TMPDIR=str(self.home),
            ANTHROPIC_BASE_URL=server.url,
            ANTHROPIC_AUTH_TOKEN="mock",
            ANTHROPIC_API_KEY="",
            DISABLE_AUTOUPDATER="1",
            **more,
        )

    def ask(self, server: Server, prompt: str, *options: str, **settings: str) -> Run:
        """One headless run (`-p`), read to its end."""
        finished = subprocess.run(
            [*server.enter, str(self.binary), "-p", prompt, *STREAM_JSON, *options],
            env=self.environment(server, CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC="1", **settings),
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
            check=False,
        )
        assert finished.stdout, finished.stderr.decode()
        return Run([json.loads(line) for line in finished.stdout.splitlines()], finished.returncode)

    def open(self, server: Server, name: str, *options: str) -> Terminal:
        """On a screen, past onboarding, with all its own traffic allowed: the server's network has to be isolated."""
        assert server.enter, "the client would reach the Internet"
        self.skip_onboarding()
        discovery = {"CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY": "1", "TERM": "xterm-256color"}
        terminal = Terminal(name, self.environment(server, **discovery))
        terminal.open([str(self.binary), *options], folder=self.folder, enter=server.enter)
        return terminal

    def skip_onboarding(self) -> None:
        trusted = {str(self.folder): {"hasTrustDialogAccepted": True}}
        settings = {"hasCompletedOnboarding": True, "projects": trusted}
        (self.home / ".claude.json").write_text(json.dumps(settings), encoding="utf-8")

    def titles(self) -> list[str]:
        """The titles that the client has accepted for its sessions."""
        transcripts = self.home.glob(".claude/projects/*/*.jsonl")
        entries = [json.loads(line) for path in transcripts for line in path.read_text(encoding="utf-8").splitlines()]
        return [entry["aiTitle"] for entry in entries if entry["type"] == "ai-title"]
