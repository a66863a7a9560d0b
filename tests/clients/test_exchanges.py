"""What the control API tells of the real Claude Code: who belongs together, what was said, when it left, and again."""

import json
import subprocess
from typing import Any

import pytest

from tests.clients.claude import Claude
from tests.clients.conftest import Serve
from tests.clients.serving import Server

pytestmark = pytest.mark.node

RUNS_A_COMMAND = """
steps:
  - tool_use: {name: Bash, input: {command: echo it works, description: Say so}}
    pace: {ttft: 20ms}
  - text: It works.
"""


def told(server: Server, path: str) -> str:
    command = [*server.enter, "curl", "-sS", f"{server.url}/_mockgw/{path}"]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout


def read(server: Server, path: str) -> Any:
    return json.loads(told(server, path))


def test_a_run_is_one_conversation_and_is_read_as_a_person_reads_it(claude: Claude, serve_offline: Serve) -> None:
    server = serve_offline(tried=RUNS_A_COMMAND)
    run = claude.ask(server, "try it", "--allowedTools", "Bash")
    claude.ask(server, "another run")
    assert run.text == "It works."

    exchanges = [one for one in read(server, "journal")["exchanges"] if one["path"] == "/v1/messages"]
    groups = [one["conversation"] for one in exchanges]
    assert groups[0] == groups[1] != groups[-1]

    found = read(server, f"journal/{exchanges[1]['request_id']}/transcript")
    [asked, *_, called, result] = found["turns"]
    assert [part["text"] for part in asked["parts"] if part["kind"] == "typed"] == ["try it"]
    assert "reminder" in {part["kind"] for part in asked["parts"]}
    assert [(part["kind"], part["input"]["command"]) for part in called["parts"]] == [("tool_use", "echo it works")]
    [came] = [part for part in result["parts"] if part["kind"] == "tool_result"]
    assert (came["name"], came["text"], came["is_error"]) == ("Bash", "it works", False)
    assert [part["text"] for part in found["answer"]["parts"]] == ["It works."]
    assert "Bash" in {tool["name"] for tool in found["tools"]}


def test_its_stream_has_a_timeline_and_its_request_can_be_sent_again(claude: Claude, serve_offline: Serve) -> None:
    server = serve_offline(tried=RUNS_A_COMMAND)
    claude.ask(server, "try it", "--allowedTools", "Bash")
    first = next(one for one in read(server, "journal")["exchanges"] if one["path"] == "/v1/messages")["request_id"]

    points = read(server, f"journal/{first}/timeline")["points"]
    deltas = [one for one in points if one["name"] == "content_block_delta"]
    assert all(one["real"] >= one["planned"] - 0.001 > 0.0 for one in deltas)
    assert points[-1]["name"] == "whole"

    why = read(server, f"journal/{first}/why")
    assert (why["same"], why["explanation"]["answer"]["lists"][0]["number"]) == (True, 1)

    script = claude.folder / "again.sh"
    script.write_text(told(server, f"journal/{first}/export?as=curl"), encoding="utf-8")
    again = subprocess.run([*server.enter, "sh", str(script)], capture_output=True, text=True, timeout=60, check=True)
    assert '"name":"Bash"' in again.stdout
