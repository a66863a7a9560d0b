"""A running server is followed from another terminal: a real server, and the command in a process of its own."""

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from mockgw.cli import tail as module
from mockgw.cli.remote import Event
from mockgw.server.listening import bind
from mockgw.server.runner import Server
from tests.cli.commands import KEY, Run, Start, environment, loaded_by
from tests.cli.screens import shown
from tests.support import body, live, port_of

RULES = """\
rules:
  - {id: hello, match: {prompt: {contains: Hello}}, reply: Hi}
  - {id: fails, match: {prompt: Fail}, error: 429}
  - {id: cut, match: {prompt: Cut}, reply: Cut, fault: truncate}
"""
ASKED = (("Hello", "a"), ("Nope", "a"), ("Fail", "b"), ("Cut", "b"), ("Hello again", "b"))


@pytest.fixture
def server() -> Iterator[Server]:
    """Somebody has asked for five things in two sessions."""
    with Server(live(RULES)) as server:
        for prompt, session in ASKED:
            ask(server.url, prompt, session)
        yield server


def ask(url: str, prompt: str = "Hello", session: str = "default") -> None:
    headers = {**KEY, "x-mockgw-session": session}
    try:
        httpx2.post(f"{url}/v1/messages", json=body(prompt), headers=headers, trust_env=False)
    except httpx2.RemoteProtocolError:
        assert prompt == "Cut"


@pytest.mark.parametrize(
    ("filters", "rules"),
    [
        ((), ["hello", "", "fails", "cut", "hello"]),
        (("-n", "2"), ["cut", "hello"]),
        (("-n", "0"), []),
        (("--session", "a"), ["hello", ""]),
        (("--errors",), ["", "fails", "cut"]),
        (("--unmatched",), [""]),
        (("--faulted",), ["cut"]),
        (("--text", "AGAIN"), ["hello"]),
        (("--rule", "hello", "--session", "b"), ["hello"]),
        (("--status", "4xx", "--scenario", "test"), ["", "fails"]),
        (("--model", "other"), []),
    ],
    ids=" ".join,
)
def test_what_was_is_shown_as_it_is_wanted(
    server: Server, run: Run, filters: tuple[str, ...], rules: list[str]
) -> None:
    done = run("tail", server.url, "--no-follow", "--json", *filters)
    assert (done.returncode, done.stderr) == (0, "")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["rule"] for line in lines] == rules
    assert all(line["event"] == "request" for line in lines)


def test_lines_are_those_of_the_server_itself(start: Start, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "served.yaml"
    file.write_text(RULES, encoding="utf-8")
    serving = start(file)
    for prompt, session in ASKED:
        ask(serving.url, prompt, session)
    done = run("tail", serving.url, "--no-follow")
    assert done.stdout == serving.stop()[1]
    assert "no rule of the scenario 'served'" in done.stdout


def test_a_url_of_a_session_shows_that_session(server: Server, run: Run) -> None:
    done = run("tail", f"{server.url}/s/a", "--no-follow", "--json")
    assert [json.loads(line)["session"] for line in done.stdout.splitlines()] == ["a", "a"]


PLACES = {
    "as it is said": (["{port}"], {"MOCKGW_URL": "http://127.0.0.1:1"}),
    "by a flag": (["--port", "{port}"], {"MOCKGW_URL": "http://127.0.0.1:1"}),
    "MOCKGW_URL": ([], {"MOCKGW_URL": "{url}", "MOCKGW_PORT": "1"}),
    "MOCKGW_PORT": ([], {"MOCKGW_PORT": "{port}"}),
}


@pytest.mark.parametrize(("said", "variables"), PLACES.values(), ids=PLACES)
def test_the_server_is_where_it_was_said_last(
    server: Server, run: Run, said: list[str], variables: dict[str, str]
) -> None:
    known = {"port": port_of(server.url), "url": server.url}
    told = {name: value.format(**known) for name, value in variables.items()}
    done = run("tail", *(word.format(**known) for word in said), "--no-follow", **told)
    assert (done.returncode, done.stderr, done.stdout.count("  hello  ")) == (0, "", 0)
    assert done.stdout.count("/hello  ") == 2


def test_a_server_is_said_once(run: Run) -> None:
    done = run("tail", "8080", "--port", "8081")
    assert (done.returncode, "say once where the server is" in done.stderr) == (2, True)


def test_a_token_is_that_of_the_environment_or_of_a_flag(run: Run) -> None:
    with Server(live("Hello", token="s3cret")) as server:
        assert run("tail", server.url, "--no-follow", MOCKGW_TOKEN="s3cret").returncode == 0
        assert run("tail", server.url, "--no-follow", "--token", "s3cret", MOCKGW_TOKEN="").returncode == 0
        done = run("tail", server.url, "--no-follow", "--token", "other")
    assert (done.returncode, "wants its token, and another one was given" in done.stderr) == (1, True)


def test_without_a_server_it_says_so_at_once(run: Run) -> None:
    with bind("127.0.0.1", 0) as listening:
        port = listening.getsockname()[1]
    done = run("tail", str(port))
    assert (done.returncode, done.stderr) == (1, f"mockgw: no answer at http://127.0.0.1:{port}: Connection refused\n")


def test_a_person_follows_a_server_that_comes_and_goes(start: Start) -> None:
    serving = start("hello")
    port = str(port_of(serving.url))
    with shown("tail", port, "--session", "a") as screen:
        screen.wait_for(rf"^mockgw: following {serving.url}; Ctrl-C ends it$")
        screen.wait_for(r"^mockgw: http.*: there is no session 'a'.*; waiting for it to begin$")
        ask(serving.url, session="b")
        ask(serving.url, session="a")
        assert "text, end_turn" in screen.wait_for(r"^\x1b\[2m.* \x1b\[36m a\x1b.*$")[0]
        serving.stop()
        screen.wait_for(r" has gone; waiting for it to come back$")
        ask(start("hello", MOCKGW_PORT=port).url, session="a")
        screen.wait_for(r" is back$")
        screen.wait_for(r"^\x1b\[2m.* \x1b\[36m a\x1b")
        assert screen.text.count("\x1b[36m") == 2
        screen.process.send_signal(signal.SIGINT)
        assert screen.process.wait(10) == 130


def test_files_that_change_are_told_of(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "served.yaml"
    file.write_text("reply: Before", encoding="utf-8")
    serving = start(file)
    with shown("tail", serving.url, "--json") as screen:
        screen.wait_for("^mockgw: following")
        for text, told in (("reply: After", r'^\{"event":"reload"'), ("repli: Wrong", "unknown key 'repli'")):
            file.write_text(text, encoding="utf-8")
            httpx2.post(f"{serving.url}/_mockgw/reload", headers={"content-type": "application/json"}, trust_env=False)
            screen.wait_for(told)
        screen.wait_for(r"go on answering$")


def test_a_reader_that_has_enough_ends_it_without_a_word(server: Server) -> None:
    command = [sys.executable, "-m", "mockgw", "tail", server.url, "-n", "1"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment({}), stdout=pipe, stderr=pipe) as process:
        assert process.stdout
        assert b"/hello  " in process.stdout.readline()
        process.stdout.close()
        ask(server.url)
        assert process.wait(10) == 0
        assert process.stderr
        assert process.stderr.read() == b""


def test_whether_anybody_reads_is_seen_while_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    told = Event("session.begun", b'{"session": "a"}')
    ours, theirs = os.pipe()
    with open(theirs, "wb") as write:
        monkeypatch.setattr(sys, "stdout", write)
        module._hear(told, as_json=False)
        os.close(ours)
        with pytest.raises(module.Unread):
            module._hear(None, as_json=False)
        monkeypatch.setattr(sys, "stdout", io.StringIO())
        module._hear(None, as_json=False)


def test_it_is_quick() -> None:
    assert loaded_by("import mockgw.cli.tail", "uvicorn", "mockgw.scenario.library", "mockgw.cli.serve") == "[]"
