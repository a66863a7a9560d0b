import io
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import httpx2
import pytest

from mockgw import __version__
from mockgw.cli.serve import serve as serve_command
from tests.cli.commands import KEY, Run, Start, environment, loaded_by
from tests.support import body


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "greeting.yaml"
    rules = "rules: [{id: hi, match: {prompt: Hello}, reply: Hi there}, {match: {prompt: Fail}, error: 429}]"
    path.write_text(f"description: Greets\n{rules}\n", encoding="utf-8")
    return path


def test_the_banner_can_be_acted_on(start: Start) -> None:
    serving = start()
    exported = f"export ANTHROPIC_BASE_URL={serving.url} ANTHROPIC_AUTH_TOKEN=mock ANTHROPIC_API_KEY= CLAUDE_CODE_"
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", serving.url)
    assert exported in serving.banner
    assert f'client = anthropic.Anthropic(base_url="{serving.url}", api_key="mock")' in serving.banner
    assert re.search(r"^  \* default  +Says", serving.banner, re.MULTILINE)
    assert re.search(r"^    hello ", serving.banner, re.MULTILINE)
    assert serving.banner.endswith("\n\nReady.\n")


@pytest.mark.skipif(not shutil.which("curl"), reason="there is no curl here")
def test_the_curl_of_the_banner_works(start: Start) -> None:
    banner = start().banner
    command = banner[banner.index("  curl ") : banner.index("\n\nScenarios")]
    answer = subprocess.run(["sh", "-c", command], check=True, capture_output=True, env=environment({"NO_PROXY": "*"}))
    assert json.loads(answer.stdout)["content"][0]["type"] == "text"


def test_each_request_is_one_line(start: Start, scenario: Path) -> None:
    serving = start(scenario)
    serving.ask(more={"x-mockgw-session": "mine"})
    serving.ask("Fail")
    serving.ask("What?")
    httpx2.get(f"{serving.url}/nowhere", trust_env=False)
    printed = [re.sub(r"\d+ ms", "N ms", serving.line()) for _ in range(6)]
    lines = [line.split("  ")[1:] for line in printed if not line.startswith(" ")]
    assert lines == [
        ["mine", "claude-sonnet-4-5", "greeting/hi", "text, end_turn", "200", "N ms"],
        ["default", "claude-sonnet-4-5", "greeting/rule-2", "rate_limit_error", "429", "N ms"],
        ["default", "claude-sonnet-4-5", "greeting", "invalid_request_error [no_match]", "400", "N ms"],
        ["default", "GET /nowhere", "-", "not_found_error [not_found]", "404", "N ms"],
    ]
    assert [line.strip() for line in printed if line.startswith(" ")][1] == "Not Found"


def test_a_hostile_request_cannot_break_its_line(start: Start, scenario: Path) -> None:
    serving = start(scenario)
    serving.ask("\x1b[2J\nReady.", {"x-mockgw-session": b"\x9b31mred\xff"}, model="\x1b[31m\r\nReady.")
    line = serving.line()
    assert line.isprintable()
    assert "\ufffd[31m\ufffd\ufffdReady." in line
    assert serving.stop() == (0, "", "")


def test_every_line_is_json_when_json_is_asked_for(start: Start, scenario: Path) -> None:
    serving = start(scenario, "--log-format", "json")
    ready = json.loads(serving.banner)
    assert ready == {"event": "ready", "message": "Ready.", "url": serving.url, "scenarios": ["greeting"]}
    serving.ask()
    line = json.loads(serving.line())
    assert (line["event"], line["status"], line["rule"]) == ("request", 200, "hi")
    assert KEY["x-api-key"] not in repr(line)
    assert serving.stop() == (0, "", "")


def test_quiet_prints_the_url_and_no_requests(start: Start, scenario: Path) -> None:
    serving = start(scenario, "--quiet")
    serving.ask()
    assert serving.banner == f"mockgw {__version__} answers at {serving.url}\nReady.\n"
    assert serving.stop() == (0, "", "")


def test_flags_can_be_set_in_the_environment(start: Start, scenario: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text("{reply: 'I am the other', delay: 1h}", encoding="utf-8")
    serving = start(
        *(scenario, other),
        MOCKGW_SCENARIO="other",
        MOCKGW_DIALECT="anthropic",
        MOCKGW_TIME_SCALE="0",
        MOCKGW_CORS="any",
        MOCKGW_SEED="7",
        MOCKGW_HOST="localhost",
        MOCKGW_LOG_FORMAT="json",
    )
    answer = serving.ask(more={"origin": "https://example.com"})
    assert answer.json()["content"][0]["text"] == "I am the other"
    assert httpx2.get(f"{serving.url}/nowhere", trust_env=False).json()["type"] == "error"


def test_a_seed_decides_every_id(start: Start, scenario: Path) -> None:
    one, same, other = (start(scenario, "--quiet", "--seed", seed).ask() for seed in ("1", "1", "2"))
    assert one.content == same.content != other.content
    assert one.headers["request-id"] == same.headers["request-id"] != other.headers["request-id"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_a_signal_ends_it_cleanly_with_a_stream_open(start: Start, tmp_path: Path, number: signal.Signals) -> None:
    (tmp_path / "stall.yaml").write_text("{reply: Hello to you all, fault: stall}", encoding="utf-8")
    serving = start(tmp_path / "stall.yaml")
    url = f"{serving.url}/v1/messages"
    with httpx2.stream("POST", url, json=body(stream=True), headers=KEY, trust_env=False) as answer:
        received = answer.iter_bytes()
        next(received)
        code, output, errors = serving.stop(number)
    assert (code, errors) == (0, "")
    assert "; fault: stall (stopped)" in output


def test_it_serves_on_when_nobody_reads_its_lines(start: Start, scenario: Path) -> None:
    serving = start(scenario)
    assert serving.process.stdout is not None
    serving.process.stdout.close()
    assert [serving.ask().status_code for _ in range(3)] == [200, 200, 200]
    serving.process.send_signal(signal.SIGTERM)
    assert serving.process.wait(timeout=10) == 0
    assert serving.process.stderr is not None
    assert serving.process.stderr.read() == ""


def test_a_terminal_that_knows_only_ascii_gets_every_line(start: Start, tmp_path: Path) -> None:
    (tmp_path / "umlaut.yaml").write_text("{description: Gr\u00fc\u00dfe, reply: Hi}", encoding="utf-8")
    serving = start(tmp_path / "umlaut.yaml", PYTHONIOENCODING="ascii")
    assert "umlaut  Gr\\xfc\\xdfe\n" in serving.banner


BROKEN = {
    "broken": ("rules: [{repl: x}]", 4, r"mockgw: .*bad\.yaml:1:\d+: .*'repl'.*"),
    "no YAML": ("rules: [", 4, r"mockgw: .*bad\.yaml:2:\d+: .*"),
    "bad template": ("reply: '{{ promt }}'", 4, r"mockgw: .*bad\.yaml:1:\d+: unknown name 'promt' .*did you mean.*"),
    "unreadable template": ("reply: '{{ prompt'", 4, r"mockgw: .*bad\.yaml:1:\d+: the template cannot be read: .*"),
}


@pytest.mark.parametrize(("text", "code", "message"), BROKEN.values(), ids=BROKEN)
def test_a_broken_scenario_is_one_line(run: Run, tmp_path: Path, text: str, code: int, message: str) -> None:
    (tmp_path / "bad.yaml").write_text(text, encoding="utf-8")
    done = run("serve", tmp_path / "bad.yaml", MOCKGW_PORT="0")
    assert (done.returncode, done.stdout) == (code, "")
    assert re.fullmatch(message + "\n", done.stderr)


MISTAKES: dict[str, tuple[tuple[str, ...], int, str]] = {
    "a missing file": (("nope.yaml",), 3, "mockgw: nope.yaml: there is no such file or folder"),
    "an unknown scenario": (("--scenario", "helo"), 3, "mockgw: --scenario helo: no such scenario .*hello.*"),
    "no such flag": (("--prot", "1"), 2, "mockgw: No such option.*--port.*"),
    "a port that is none": (("--port", "65536"), 2, "mockgw: Invalid value for '--port'.*"),
    "a port that is no number": (("--port", "http"), 2, "mockgw: Invalid value for '--port'.*"),
    "an endless scale": (("--time-scale", "inf"), 2, "mockgw: Invalid value for '--time-scale'.*"),
    "a scale that is no number": (("--time-scale", "nan"), 2, "mockgw: Invalid value for '--time-scale'.*"),
    "a negative scale": (("--time-scale", "-1"), 2, "mockgw: Invalid value for '--time-scale'.*"),
    "an unknown dialect": (("--dialect", "openai"), 2, "mockgw: Invalid value for '--dialect'.*siraya.*"),
    "a seed that is no number": (("--seed", "x"), 2, "mockgw: Invalid value for '--seed'.*"),
    "no address": (("--host", "256.0.0.1"), 5, "mockgw: --host 256.0.0.1: this is no address of this machine.*"),
}


@pytest.mark.parametrize(("arguments", "code", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_one_line(run: Run, arguments: tuple[str, ...], code: int, message: str) -> None:
    done = run("serve", *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert re.fullmatch(message + "\n", done.stderr)


def test_a_mistake_in_the_environment_is_one_line(run: Run) -> None:
    done = run("serve", MOCKGW_PORT="many")
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"mockgw: Invalid value for '--port' \(env var: 'MOCKGW_PORT'\).*\n", done.stderr)


def test_an_empty_folder_is_one_line(run: Run, tmp_path: Path) -> None:
    done = run("serve", tmp_path)
    assert (done.returncode, done.stderr) == (3, f"mockgw: {tmp_path}: there is no .yaml file in this folder\n")


def test_a_port_in_use_is_one_line(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("serve", "--port", str(port))
    assert (done.returncode, done.stdout) == (5, "")
    assert re.fullmatch(rf"mockgw: cannot listen on 127\.0\.0\.1:{port}: .*--port 0.*\n", done.stderr)


def test_help_explains_every_flag_and_its_variable(run: Run) -> None:
    shown = " ".join(run("serve", "--help").stdout.split())
    for parameter in serve_command.params[1:]:
        flag = parameter.opts[0]
        assert parameter.help, flag
        assert f"{parameter.help} " in shown
        assert "MOCKGW_" + flag.removeprefix("--").upper().replace("-", "_") in shown
    assert "mockgw serve weather.yaml --port 0" in shown


def test_flags() -> None:
    assert [parameter.opts[0] for parameter in serve_command.params] == [
        "paths", "--scenario", "--host", "--port", "--dialect", "--seed", "--time-scale", "--cors", "--log-format",
        "--quiet",
    ]  # fmt: skip


def test_faker_is_loaded_only_for_templates_that_want_it() -> None:
    asking = "from tests.support import *; import mockgw.server.runner; text(pipeline({reply!r}))"
    assert loaded_by(asking.format(reply="reply: 'You said {{ prompt }}'"), "faker") == "[]"
    assert loaded_by(asking.format(reply="reply: '{{ fake.name() }}'"), "faker") == "['faker']"


class Terminal(io.TextIOWrapper):
    """A stdout whose reader asks once the server is ready, and then stops it."""

    def write(self, text: str) -> int:
        if "Ready." in text:
            url = re.findall(r"http://[^\s\",]+:\d+", text)[0]
            threading.Thread(target=visit, args=(url,)).start()
        return super().write(text)


def visit(url: str) -> None:
    httpx2.get(url, trust_env=False)
    os.kill(os.getpid(), signal.SIGTERM)


@pytest.mark.parametrize(
    ("flags", "last"),
    [((), "GET /  -  hello  200  "), (("--log-format", "json"), '{"event":"request"'), (("--quiet",), "Ready.")],
    ids=["text", "json", "quiet"],
)
def test_it_serves_until_it_is_told_to_stop(
    run: Run, scenario: Path, flags: tuple[str, ...], last: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Terminal(io.BytesIO(), encoding="utf-8") as terminal:
        monkeypatch.setattr(sys, "stdout", terminal)
        done = run("serve", scenario, "--port", "0", *flags)
        terminal.seek(0)
        assert last in terminal.read().splitlines()[-1]
    assert (done.returncode, done.stderr) == (0, "")
