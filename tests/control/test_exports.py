"""What is taken along of an exchange works elsewhere: the command runs, the rule answers, the test passes."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mockgw.cli import curl as commands
from mockgw.control import exports
from mockgw.control.errors import ControlError
from mockgw.delivery.actions import Delivery
from mockgw.journal import Exchange
from mockgw.lint.check import problems
from mockgw.server.runner import Server
from tests.support import ask, body, exchange, live, parsed, pipeline, scenario, sent_bytes, turns

BLOCKS = """
rules:
  - reply:
      - thinking: Let me see
      - text: "Hello {% raw %}{{ you }}{% endraw %}"
      - tool_use: {name: Read, input: {path: "1e5"}}
      - block: {type: text, text: a, citations: [{type: page_location}]}
    stop_reason: tool_use
"""
CALL = {"type": "tool_use", "id": "toolu_1", "name": "Read", "input": {}}
RESULT = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "data"}
LONG = "Why is it that " * 20


def answered(text: str, request: dict[str, Any] | None = None, **headers: str) -> Exchange:
    gateway = pipeline(text)
    opened = ask(gateway, request, **headers)
    gateway.settle(opened, Delivery(size_bytes=len(sent_bytes(opened)), ending="whole"))
    return opened.exchange


def content(text: str, request: dict[str, Any] | None = None, **headers: str) -> Any:
    """What a request is answered, without what is made anew for each."""
    opened = ask(pipeline(text), request, **headers)
    found = parsed(opened)
    blocks = [{key: value for key, value in block.items() if key not in ("id", "signature")} for block in
              found.get("content", [])]  # fmt: skip
    return opened.exchange.status, blocks or found["error"]["message"], found.get("stop_reason")


@pytest.mark.parametrize(
    ("text", "request_", "headers"),
    [
        ("reply: Hi", body("Hello"), {}),
        ("reply: Hi", body(LONG), {}),
        ("reply: Hi", body("a: {b} 'c'\n# d"), {}),
        ("rules: [{reply: one two three}]", body(max_tokens=2), {}),
        (BLOCKS, body("Hello"), {}),
        ("error: {status: 529, message: 'Too {% raw %}{{much}}{% endraw %}'}", body("Hello"), {}),
        ("error: {status: 402, type: billing_error}", body("Hello"), {}),
        ("reply: Hi", body(messages=turns("Read it", [CALL], [RESULT])), {}),
        ("rules: [{match: {agent: sub}, reply: Hi}]", body("Hello"), {"x_claude_code_agent_id": "7"}),
    ],
    ids=["text", "long", "signs", "cut", "blocks", "error", "402", "step", "sub"],
)
def test_the_rule_answers_the_request_as_it_was_answered(
    text: str, request_: dict[str, Any], headers: dict[str, str]
) -> None:
    kept = answered(text, request_, **headers)
    written = exports.rule(kept)
    assert [one for one in problems(scenario(written)) if one.severity == "error"] == []
    assert content(written, request_, **headers) == content(text, request_, **headers)


def test_a_streamed_answer_makes_the_same_rule() -> None:
    streamed, whole = (scenario(exports.rule(answered(BLOCKS, body(stream=stream)))) for stream in (True, False))
    assert streamed.document.value == whole.document.value


def test_a_miss_makes_a_rule_to_begin_with() -> None:
    written = exports.rule(answered("rules: [{match: {prompt: Hello}, reply: Hi}]", body("Helo")))
    assert content(written, body("Helo"))[1] == [{"type": "text", "text": "Hello."}]


def test_a_fault_is_in_the_rule_if_its_name_says_enough() -> None:
    kept = answered("rules: [{reply: Hi, fault: truncate}]", body(stream=True))
    assert "fault: [truncate]" in exports.rule(kept)


@pytest.mark.parametrize(
    "kept",
    [exchange(path="/v1/models", method="GET"), exchange(path="/v1/messages", body=b"{", message="no JSON")],
    ids=["models", "broken"],
)
@pytest.mark.parametrize("export", [exports.rule, exports.test], ids=["rule", "test"])
def test_what_no_rule_could_answer_makes_none(kept: Exchange, export: Any) -> None:
    with pytest.raises(ControlError, match=f"no rule could answer {kept.request_id}: "):
        export(kept)


def as_read(kept: Exchange, folder: Path) -> Any:
    return commands.read(exports.curl(kept), folder)


@pytest.mark.parametrize("prompt", ["Hello", "it's 'quoted' $HOME `id`\n", "@file", LONG * 500 + "\nMOCKGW\nid"])
def test_the_command_sends_the_same_request(prompt: str, tmp_path: Path) -> None:
    kept = answered("reply: Hi", body(prompt), anthropic_beta="a, b", host="127.0.0.1:1234")
    read = as_read(kept, tmp_path)
    assert read.body.rstrip(b"\n") == kept.body
    assert (read.path, read.headers["anthropic-beta"], read.headers["content-type"]) == (
        "/v1/messages", "a, b", "application/json"
    )  # fmt: skip


def test_the_command_has_no_key_and_goes_to_the_same_session(tmp_path: Path) -> None:
    kept = answered("reply: Hi", body(), authorization="Bearer mock-a b", x_mockgw_token="t", origin="http://localhost")
    command = exports.curl(kept)
    assert '-H "authorization: Bearer ${ANTHROPIC_API_KEY:-mock}"' in command
    assert "x-mockgw-token" not in command
    assert as_read(kept, tmp_path).path == "/s/a%20b/v1/messages"
    named = answered("reply: Hi", body(), x_mockgw_session="mine")
    assert as_read(named, tmp_path).path == "/v1/messages"


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("localhost:7", "http://localhost:7/v1/messages"),
        ("[::1]:7", "'http://[::1]:7/v1/messages'"),
        ("evil.example", "http://127.0.0.1:6625/v1/messages"),
        ("127.0.0.1:7@evil.example", "http://127.0.0.1:6625/v1/messages"),
        ("", "http://127.0.0.1:6625/v1/messages"),
    ],
)
def test_the_command_sends_the_key_nowhere_else(host: str, url: str) -> None:
    assert exports.curl(answered("reply: Hi", body(), host=host)).startswith(f"curl -sS {url} ")


def test_a_command_without_a_body_is_a_get(tmp_path: Path) -> None:
    read = as_read(exchange(path="/v1/models", method="GET"), tmp_path)
    assert (read.method, read.path, read.body) == ("GET", "/v1/models", b"")
    assert "-X DELETE" in exports.curl(exchange(method="DELETE"))


@pytest.mark.parametrize("prompt", ["Hello", LONG * 500], ids=["short", "long"])
def test_the_command_runs(prompt: str, tmp_path: Path) -> None:
    script = tmp_path / "command.sh"
    with Server(live("reply: It works")) as server:
        kept = answered("reply: It works", body(prompt), host=server.url.removeprefix("http://"))
        script.write_text(exports.curl(kept), encoding="utf-8")
        done = subprocess.run(["sh", str(script)], capture_output=True, timeout=60, check=True)
    assert b"It works" in done.stdout


def test_the_tests_pass(tmp_path: Path) -> None:
    kept = [
        answered("reply: Hi", body("Hello", stream=True, max_tokens=64_000)),
        answered(BLOCKS, body(LONG), anthropic_beta="a"),
        answered("error: 529", body()),
        answered("rules: [{match: {prompt: Hello}, reply: Hi}]", body("Helo")),
        answered("rules: [{reply: Hi there, fault: stall}]", body(stream=True)),
        answered("rules: [{match: {agent: sub}, reply: Hi}]", body("Hello"), x_claude_code_agent_id="7"),
        answered("reply: ''", body()),
    ]
    for number, one in enumerate(kept):
        (tmp_path / f"test_copied_{number}.py").write_text(exports.test(one), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "ignore", "--rootdir", "."]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=120, check=False)
    assert f"{len(kept)} passed" in done.stdout, done.stdout
