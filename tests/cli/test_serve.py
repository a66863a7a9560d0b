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
from contextlib import chdir
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest

from mockgw import __version__
from mockgw.cli.serve import serve as serve_command
from mockgw.cli.serve import spread
from mockgw.errors import Problem
from mockgw.reload import News, Refused, Reloaded
from mockgw.server.runner import Server
from tests.cli.commands import KEY, Run, Start, environment, loaded_by
from tests.clients.waiting import wait_until
from tests.support import body, live, port_of


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


def replace(file: Path, content: str) -> None:
    """As careful editors write."""
    beside = file.with_suffix(".new")
    beside.write_text(content, encoding="utf-8")
    beside.replace(file)


def test_files_that_change_are_picked_up(start: Start, scenario: Path) -> None:
    serving = start(scenario)
    assert "\n\nEdit them while mockgw runs: " in serving.banner
    replace(scenario, "reply: Hi again")
    assert re.fullmatch(r"\d\d:\d\d:\d\d  reloaded greeting\.yaml \(changed\); 1 scenario", serving.line())
    assert serving.ask().json()["content"][0]["text"] == "Hi again"
    code, _, errors = serving.stop()
    assert (code, errors) == (0, "")


def test_a_broken_file_is_told_and_the_last_good_one_answers(start: Start, scenario: Path) -> None:
    serving = start(scenario, "--log-format", "json")
    replace(scenario, "repl: Hi")
    line = json.loads(serving.line())
    assert (line["event"], len(line["problems"])) == ("reload_failed", 1)
    assert serving.ask().json()["content"][0]["text"] == "Hi there"
    replace(scenario, "reply: Mended")
    assert [json.loads(serving.line())["event"] for _ in range(2)] == ["request", "reload"]
    problem, kept = serving.stop()[2].splitlines()
    assert re.fullmatch(r".*greeting\.yaml:1:1: error: .*'repl'.*", problem)
    assert re.fullmatch(r"mockgw: not reloaded; the scenarios that were loaded at .* go on answering", kept)


AT = datetime(2026, 1, 1, tzinfo=UTC)
RELOADED = Reloaded(AT, (), (Problem("odd", Path("a.yaml"), 1, 2, "yaml", "warning"),), ("a",), "a")
REFUSED = Refused(AT, AT, ("a.yaml:1:2: error: no",))


@pytest.mark.parametrize(
    ("news", "log_format", "quiet", "output"),
    [
        (RELOADED, "text", False, r".*  reloaded, no scenario changed; 1 scenario\n"),
        (RELOADED, "json", False, r'\{"event":"reload",.*\}\n'),
        (RELOADED, "text", True, ""),
        (REFUSED, "text", False, ""),
        (REFUSED, "json", False, r'\{"event":"reload_failed",.*\}\n'),
        (REFUSED, "json", True, ""),
    ],
)
def test_problems_go_to_stderr_and_the_log_has_a_line(
    capsys: pytest.CaptureFixture[str], news: News, log_format: str, quiet: bool, output: str
) -> None:
    spread(news, log_format, quiet=quiet)
    captured = capsys.readouterr()
    assert re.fullmatch(output, captured.out)
    assert captured.err == f"{news.complaint}\n"


def test_a_reload_without_problems_tells_none(capsys: pytest.CaptureFixture[str]) -> None:
    spread(Reloaded(AT, (), (), ("a",), "a"), "text", quiet=True)
    assert capsys.readouterr() == ("", "")


def test_quiet_tells_errors_of_changed_files_only(start: Start, scenario: Path) -> None:
    serving = start(scenario, "--quiet")
    assert serving.process.stderr is not None
    replace(scenario, "repl: Hi")
    assert "'repl'" in serving.process.stderr.readline()
    replace(scenario, "reply: Mended")
    wait_until(lambda: "Mended" in serving.ask().text, seconds=10, otherwise=lambda: "nothing was picked up")
    assert serving.stop()[:2] == (0, "")


@pytest.mark.parametrize(("flags", "more"), [(("--no-reload",), {}), ((), {"MOCKGW_RELOAD": "0"})], ids=["flag", "env"])
def test_without_reload_the_files_are_not_looked_at(
    start: Start, scenario: Path, flags: tuple[str, ...], more: dict[str, str]
) -> None:
    assert "Edit them" not in start(scenario, *flags, **more).banner


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
def test_it_ends_although_a_file_is_still_being_read(start: Start, scenario: Path) -> None:
    serving = start(scenario)
    os.mkfifo(scenario.with_name("pipe"))
    scenario.with_name("pipe").replace(scenario)
    with scenario.open("wb"):  # opens when it is opened for reading, too
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
    "broken": ("rules: [{repl: x}]", 4, r".*bad\.yaml:1:\d+: error: .*'repl'.* \[unknown-key\]"),
    "no YAML": ("rules: [", 4, r".*bad\.yaml:2:\d+: error: .* \[yaml\]"),
    "bad template": ("reply: '{{ promt }}'", 4, r".*bad\.yaml:1:\d+: error: unknown name 'promt' .*did you mean.*"),
    "unreadable template": ("reply: '{{ prompt'", 4, r".*bad\.yaml:1:\d+: error: the template cannot be read: .*"),
}


@pytest.mark.parametrize(("text", "code", "message"), BROKEN.values(), ids=BROKEN)
def test_a_broken_scenario_is_one_line(run: Run, tmp_path: Path, text: str, code: int, message: str) -> None:
    (tmp_path / "bad.yaml").write_text(text, encoding="utf-8")
    done = run("serve", tmp_path / "bad.yaml", MOCKGW_PORT="0")
    assert (done.returncode, done.stdout) == (code, "")
    assert re.fullmatch(message + "\n", done.stderr)


def test_warnings_are_told_before_it_serves(run: Run, tmp_path: Path) -> None:
    (tmp_path / "odd.yaml").write_text("{reply: a, stop_reason: tired}", encoding="utf-8")
    done = run("serve", tmp_path, "--host", "256.0.0.1")
    assert re.match(r".*odd\.yaml:1:\d+: warning: .* \[doubtful-answer\]\nmockgw: --host ", done.stderr)


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
    "several processes": (("--workers", "4"), 2, "mockgw: --workers 4: mockgw is one process: its sessions.*"),
    "a flag of chaos without a rate": (("--chaos", "truncate"), 2, "mockgw: .*'truncate' does not say how often.*"),
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


def test_a_port_that_a_mockgw_has_leads_to_it(run: Run) -> None:
    with Server(live("Hello")) as server:
        done = run("serve", "--port", str(port_of(server.url)))
    assert (done.returncode, done.stdout) == (5, "")
    assert f"a mockgw answers there already; `mockgw env --port {port_of(server.url)}` leads to it" in done.stderr


@pytest.mark.parametrize(("paths", "told"), [([], True), (["hello"], False)], ids=["none", "named"])
def test_scenarios_that_nobody_named_are_pointed_out(run: Run, tmp_path: Path, paths: list[str], told: bool) -> None:
    (tmp_path / "scenarios").mkdir()
    with chdir(tmp_path):
        empty = run("serve", *paths, "--host", "256.0.0.1")
        (tmp_path / "scenarios" / "mine.yml").write_text("reply: a", encoding="utf-8")
        done = run("serve", *paths, "--host", "256.0.0.1")
    hint = "mockgw: there are scenarios in ./scenarios; `mockgw serve scenarios` serves them\n"
    assert (hint in done.stderr, hint in empty.stderr) == (told, False)


def test_help_explains_every_flag_and_its_variable(run: Run) -> None:
    shown = " ".join(run("serve", "--help").stdout.split())
    for parameter in (one for one in serve_command.params[1:] if not getattr(one, "hidden", False)):
        flag = parameter.opts[0]
        assert parameter.help, flag
        assert f"{parameter.help} " in shown
        assert "MOCKGW_" + flag.removeprefix("--").upper().replace("-", "_") in shown
    assert "mockgw serve weather.yaml --port 0" in shown


def test_flags() -> None:
    assert [parameter.opts[0] for parameter in serve_command.params] == [
        "paths", "--scenario", "--reload", "--host", "--port", "--dialect", "--gateway", "--seed", "--validate",
        "--chaos", "--time-scale", "--session-age", "--allow-host", "--cors", "--log-format", "--quiet",
        "--ready-json", "--port-file", "--journal", "--report", "--fail-on", "--workers",
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


def test_a_gateway_that_cannot_be_read_is_told_and_nothing_is_served(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "gateway.yaml"
    file.write_text("credit: {balance: 1}\n", encoding="utf-8")
    done = run("serve", "hello", "--gateway", file)
    assert done.returncode == 4
    assert "gateway.yaml:1:1: error: unknown key 'credit'; did you mean 'credits'?" in done.stderr
    assert "Traceback" not in done.stderr


def test_where_others_can_ask_a_token_is_printed_once(start: Start) -> None:
    serving = start("--host", "0.0.0.0")
    found = re.findall(r"^  (\S{32})$", serving.banner, re.MULTILINE)
    assert len(found) == 1
    assert f"The control API at {serving.url}/_mockgw/ asks for this run's token" in serving.banner
    url = f"{serving.url}/_mockgw/sessions"
    assert httpx2.get(url, trust_env=False).status_code == 401
    assert httpx2.get(url, headers={"authorization": f"Bearer {found[0]}"}, trust_env=False).status_code == 200
    assert serving.ask().status_code == 200
    assert found[0] not in "".join(serving.stop()[1:])


@pytest.mark.parametrize("flags", [["--log-format", "json"], ["--quiet"]], ids=" ".join)
def test_programs_can_read_the_token_too(start: Start, flags: list[str]) -> None:
    banner = start("--host", "0.0.0.0", *flags).banner
    assert json.loads(banner)["token"] if flags[0] == "--log-format" else re.search(r"^  \S{32}$", banner, re.MULTILINE)


def test_a_token_that_was_set_is_not_printed(start: Start) -> None:
    serving = start("--log-format", "json", MOCKGW_TOKEN="s3cret-of-mine")
    assert "s3cret" not in serving.banner
    assert "token" not in json.loads(serving.banner)
    url = f"{serving.url}/_mockgw/sessions"
    assert httpx2.get(url, trust_env=False).status_code == 401
    assert httpx2.get(url, headers={"x-mockgw-token": "s3cret-of-mine"}, trust_env=False).status_code == 200


def test_a_host_can_be_allowed_by_flag_or_environment(start: Start) -> None:
    by_flag = start("--allow-host", "gateway.test", "--allow-host", "Other.test.")
    by_variable = start(MOCKGW_ALLOW_HOST="gateway.test, other.test")
    for serving in (by_flag, by_variable):
        for host, status in {"gateway.test:6625": 200, "other.test": 200, "evil.test": 403}.items():
            answer = httpx2.get(f"{serving.url}/_mockgw/health", headers={"host": host}, trust_env=False)
            assert answer.status_code == status


@pytest.mark.parametrize("host", ["http://a.test", "a.test:80", "a/b", "*", "a b/c"])
def test_what_is_no_name_of_a_host_is_refused(run: Run, host: str) -> None:
    done = run("serve", "--allow-host", host)
    assert done.returncode == 2
    assert "is no name of a host; write it alone" in done.stderr


def test_a_token_that_no_header_can_carry_is_refused(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOCKGW_TOKEN", "two words")
    done = run("serve", "--port", "0")
    assert done.returncode == 3
    assert "MOCKGW_TOKEN: no header can carry it" in done.stderr
    assert "two words" not in done.stderr
