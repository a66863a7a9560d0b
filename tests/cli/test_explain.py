import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.commands import Run, Start, started
from tests.support import body

CAPTURES = Path(__file__).parent.parent / "clients" / "captures"


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "weather.yaml"
    rules = "rules: [{id: sun, match: {prompt: {contains: weather}}, attempts: [{error: 529}, It is sunny.]}]"
    path.write_text(rules, encoding="utf-8")
    return path


MORE = ["lacking", "otherwise", "then"]


def written(folder: Path, request: Any) -> Path:
    path = folder / "request.json"
    path.write_text(request if isinstance(request, str) else json.dumps(request), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("request_", "code", "shown"),
    [
        pytest.param(body("the weather"), 0, "529 by sun (weather.yaml:1), attempts: answer 1 of 2", id="answer"),
        pytest.param(body("the snow"), 1, "400 by mockgw itself (no_match)", id="miss"),
        pytest.param('{"model": ', 1, "400 by mockgw itself\n", id="no-json"),
        pytest.param(body(max_tokens=None), 1, "max_tokens: Field required", id="bad-body"),
        pytest.param("curl http://x/v1/messages -H x-api-key:k -d '{}'", 1, "Send the header content-type", id="curl"),
    ],
)
def test_the_exit_code_says_whether_a_scenario_answers(
    run: Run, scenario: Path, tmp_path: Path, request_: Any, code: int, shown: str
) -> None:
    done = run("explain", written(tmp_path, request_), scenario)
    assert (done.returncode, done.stderr) == (code, "")
    assert shown in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["explain", "none.json"], 3, "mockgw: none.json: No such file or directory; expected the JSON body"),
        (["explain", "my.yaml"], 3, "mockgw explain REQUEST my.yaml"),
        (["explain", "BROKEN", "REQUEST"], 3, "mockgw: REQUEST comes first; "),
        (["explain", "REQUEST", "none.yaml"], 3, "none.yaml: there is no such file or folder"),
        (["explain", "REQUEST", "BROKEN"], 4, "unknown key 'mach'; did you mean 'match'?"),
        (["explain", "REQUEST", "--attempt", "0"], 2, "0 is not in the range"),
        (["explain", "REQUEST", "--scenario", "nope"], 3, "--scenario nope: no such scenario is loaded"),
    ],
    ids=["no-file", "scenario", "swapped", "no-scenario", "broken-scenario", "usage", "unknown"],
)
def test_what_cannot_be_explained(run: Run, tmp_path: Path, arguments: list[str], code: int, told: str) -> None:
    (tmp_path / "broken.yaml").write_text("rules: [{mach: {step: 1}, reply: a}]", encoding="utf-8")
    names = {"REQUEST": str(written(tmp_path, body())), "BROKEN": str(tmp_path / "broken.yaml")}
    done = run(*[names.get(argument, argument) for argument in arguments])
    assert (done.returncode, done.stdout) == (code, "")
    assert told in done.stderr


def test_doubts_about_the_scenario_go_to_stderr(run: Run, tmp_path: Path) -> None:
    (tmp_path / "loop.yaml").write_text("tool_use: {name: Bash}", encoding="utf-8")
    done = run("explain", written(tmp_path, body()), tmp_path / "loop.yaml")
    assert (done.returncode, "warning: " in done.stderr) == (0, True)
    assert "tool_use: Bash {}" in done.stdout


def test_flags_are_those_of_serve(run: Run, scenario: Path, tmp_path: Path) -> None:
    request = written(tmp_path, body("the weather"))
    assert "attempts: answer 2 of 2" in run("explain", request, scenario, "--attempt", "2").stdout
    assert "error: overloaded_error: Overloaded" in run("explain", request, scenario, "--dialect", "anthropic").stdout
    made_up = tmp_path / "made-up.yaml"
    made_up.write_text("generate: {words: 5}", encoding="utf-8")
    one, other = (run("explain", request, made_up, "--seed", seed).stdout for seed in "12")
    assert one != other


def test_json_for_programs(run: Run, scenario: Path, tmp_path: Path) -> None:
    data = json.loads(run("explain", written(tmp_path, body("the weather")), scenario, "--format", "json").stdout)
    assert list(data) == ["source", "request", "scenario", "answer", "rules", "nearest", "suggestion", *MORE]
    assert data["scenario"]["why"] == "it is the first file that was named"
    assert data["rules"][0]["checks"] == [
        {
            "held": True, "wanted": "text that contains 'weather'", "found": "'the weather'", "hint": "",
            "key": "prompt", "parts": [],
        }
    ]  # fmt: skip


@pytest.mark.parametrize("capture", sorted(CAPTURES.glob("*.json")), ids=lambda path: path.stem)
def test_real_requests_of_an_agent(run: Run, capture: Path) -> None:
    done = run("explain", capture, "--scenario", "coding-agent")
    if capture.stem == "count-tokens":
        assert (done.returncode, "this is POST /v1/messages/count_tokens" in done.stderr) == (3, True)
        return
    assert (done.returncode, done.stderr) == (0, "")
    assert "scenario  coding-agent" in done.stdout


def test_a_journal_explains_what_was_served(start: Start, run: Run, scenario: Path, tmp_path: Path) -> None:
    journal = tmp_path / "journal.jsonl"
    serving = start(scenario, "--journal", journal)
    assert [serving.ask("the weather").status_code for _ in range(2)] == [529, 200]
    serving.stop()
    kept = [json.loads(line) for line in journal.read_bytes().splitlines()]
    assert [(line["attempt"], line["status"], line["request"]["headers"]["x-api-key"]) for line in kept] == [
        (1, 529, "\u2026"),
        (2, 200, "\u2026"),
    ]
    assert "200 by sun (weather.yaml:1), attempts: answer 2 of 2" in run("explain", journal, scenario).stdout
    assert "attempts: answer 1 of 2" in run("explain", journal, scenario, "--line", "1").stdout


def test_a_journal_brings_back_what_the_session_had_used_up(run: Run, tmp_path: Path) -> None:
    counted = tmp_path / "counted.yaml"
    counted.write_text("rules: [{times: 1, reply: a}, {replies: [b, c]}]", encoding="utf-8")
    request = {"path": "/v1/messages", "headers": {"x-api-key": "k"}, "body": body()}
    line = {"run": "r", "session": "default", "attempt": 1, "ending": "whole", "request": request}
    times = ["2026-01-01T00:00:00+00:00", "2026-01-01T00:00:10+00:00", "2026-01-01T00:00:25+00:00"]
    journal = written(tmp_path, "\n".join(json.dumps({"time": time, **line}) for time in times))
    data = json.loads(run("explain", journal, counted, "--format", "json").stdout)
    assert [rule["outcome"] for rule in data["rules"]] == ["used_up", "answers"]
    assert data["answer"]["lists"] == [{"kind": "replies", "number": 2, "length": 2, "repeated": False}]
    assert (data["request"]["nth_request"], data["request"]["clock"]) == (3, 25.0)


@pytest.mark.parametrize(
    ("recorded", "then"),
    [({"status": 529, "rule": "sun"}, ""), ({"status": 400, "refusal": "no_match"}, "then      400 no_match: it was")],
    ids=["same", "other"],
)
def test_what_was_answered_differently_then_is_told(
    run: Run, scenario: Path, tmp_path: Path, recorded: dict[str, Any], then: str
) -> None:
    request = {"path": "/v1/messages", "headers": {"x-api-key": "k"}, "body": body("the weather")}
    done = run("explain", written(tmp_path, {"request": request, **recorded}), scenario)
    assert (then in done.stdout, "then  " in done.stdout) == (True, bool(then))


def test_the_lines_of_a_journal_are_listed(run: Run, tmp_path: Path) -> None:
    journal = written(tmp_path, "\n".join(json.dumps(body(prompt)) for prompt in ("one", "two")))
    lines = run("explain", journal, "--lines").stdout.splitlines()
    assert [(line[0], line.split()[-1]) for line in lines] == [("1", "'one'"), ("2", "'two'")]
    nothing = run("explain", written(tmp_path, "Hello"), "--lines")
    assert (nothing.returncode, "expected lines of a journal" in nothing.stderr) == (3, True)


def test_without_a_request_there_is_stdin(scenario: Path, tmp_path: Path) -> None:
    done = started("explain", "-", scenario, PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stdout) == (3, "")
    assert "mockgw: stdin: expected the JSON body of a request" in done.stderr


def test_a_terminal_without_unicode(scenario: Path, tmp_path: Path) -> None:
    done = started("explain", written(tmp_path, body("the weather")), scenario, PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert "rules     + sun (weather.yaml:1) answers\n" in done.stdout


def test_nobody_waits_at_a_terminal(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", Terminal())
    done = run("explain")
    assert (done.returncode, done.stdout) == (2, "")
    assert "expected a REQUEST: a file, or - for stdin" in done.stderr


class Terminal:
    def isatty(self) -> bool:
        return True
