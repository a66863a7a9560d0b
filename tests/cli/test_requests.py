import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from mockgw.cli.requests import Received, read
from mockgw.errors import SettingsError
from tests.support import body

HEADERS = {"X-Api-Key": "k"}


def record(prompt: str = "Hello", *, path: str = "/v1/messages", **more: Any) -> dict[str, Any]:
    """A line of a journal."""
    request = {"method": "POST", "path": path, "headers": HEADERS, "body": body(prompt)}
    return {"run": "r", "session": "default", "attempt": 1, "ending": "whole", "request": request} | more


def from_file(tmp_path: Path, data: bytes | str, line: int | None = None) -> Received:
    path = tmp_path / "request"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return read(str(path), line)


def lines(*records: Any) -> str:
    return "".join(f"{json.dumps(one)}\n" for one in records)


def prompt_of(received: Received) -> str:
    return str(json.loads(received.incoming.body.decode())["messages"][0]["content"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_body_is_read_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    received = from_file(tmp_path, json.dumps(body("gr\u00fc\u00df"), ensure_ascii=False).encode(encoding))
    assert received.source == f"a body ({tmp_path}/request)"
    assert (received.incoming.method, received.incoming.headers["x-api-key"]) == ("POST", "mock")
    assert prompt_of(received) == "gr\u00fc\u00df"


def test_a_curl_command(tmp_path: Path) -> None:
    (tmp_path / "body.json").write_text(json.dumps(body("from a file")))
    received = from_file(tmp_path, "curl http://x/v1/messages -H 'x-api-key: k' --json @body.json")
    assert received.source == f"a curl command ({tmp_path}/request)"
    assert (prompt_of(received), received.incoming.headers["x-api-key"]) == ("from a file", "k")


def test_a_captured_request(tmp_path: Path) -> None:
    captured = {"path": "/v1/messages?beta=true", "headers": HEADERS, "body": body("captured")}
    received = from_file(tmp_path, json.dumps(captured, indent=1))
    assert received.source.startswith("a captured request")
    assert (prompt_of(received), received.incoming.headers) == ("captured", {"x-api-key": "k"})
    assert received.incoming.path == "/v1/messages"


@pytest.mark.parametrize("indent", [None, 1], ids=["line", "printed"])
def test_a_line_of_a_journal(tmp_path: Path, indent: int | None) -> None:
    received = from_file(tmp_path, json.dumps(record(attempt=3), indent=indent))
    assert received.source.startswith("a journal")
    assert (prompt_of(received), received.attempt, received.earlier) == ("Hello", 3, ())


def test_of_a_journal_the_last_message_is_meant(tmp_path: Path) -> None:
    records = [record("one"), record("two"), record("three", path="/v1/messages/count_tokens")]
    received = from_file(tmp_path, lines(*records))
    assert received.source == f"a journal ({tmp_path}/request, line 2 of 3; --line takes another, --lines lists them)"
    assert prompt_of(received) == "two"
    assert prompt_of(from_file(tmp_path, lines(*records), 1)) == "one"


def test_what_the_session_had_sent_before_comes_with_it(tmp_path: Path) -> None:
    others = [record("x", run="other"), record("x", session="other"), record("x", path="/v1/models")]
    received = from_file(tmp_path, lines(record("a", ending="left"), *others, record("b"), record("c")))
    found = [(json.loads(one.incoming.body)["messages"][0]["content"], one.ending) for one in received.earlier]
    assert found == [("a", "left"), ("b", "whole")]


def test_lines_may_be_bodies_too(tmp_path: Path) -> None:
    received = from_file(tmp_path, lines(body("one"), body("two")))
    assert (received.source, prompt_of(received)) == (
        f"a body ({tmp_path}/request, line 2 of 2; --line takes another, --lines lists them)",
        "two",
    )


def test_a_broken_body_is_for_the_gateway_to_refuse(tmp_path: Path) -> None:
    for broken in ('{"model":', "[1, 2]"):
        assert from_file(tmp_path, broken).incoming.body == broken.encode()


def test_a_body_on_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(body()).encode())))
    assert read("-").source == "a body (stdin)"


def test_a_command_on_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"curl http://x/v1/messages -d x")))
    assert read("-").source == "a curl command (stdin)"


@pytest.mark.parametrize(
    ("data", "line", "told"),
    [
        pytest.param("", None, "found nothing", id="empty"),
        pytest.param("Hello there", None, "a curl command, .* begins with 'Hello there'", id="text"),
        pytest.param(lines({"event": "request", "request_id": "r"}), None, "the log has no bodies", id="log"),
        pytest.param("5", None, "begins with '5'", id="number"),
        pytest.param(b"\xff\x00\x01", None, "no UTF-8", id="bytes"),
        pytest.param(lines(record(), record()), 9, "--line 9: there is no request; there are lines up to 2", id="line"),
        pytest.param(lines(body()), 2, "--line 2", id="line-of-one"),
        pytest.param(lines(record(path="/v1/models")), None, "this is POST /v1/models", id="path"),
        pytest.param("curl http://x/v1/models", None, "is answered by rules, and this is GET", id="get"),
        pytest.param(json.dumps({"headers": [], "path": 5, "body": ""}), None, "this is POST 5", id="odd"),
        pytest.param('{"headers": {}, "body": ' + "[" * 300 + "]" * 300 + "}", None, "cannot be read", id="deep"),
    ],
)  # fmt: skip
def test_anything_else_is_refused_with_what_was_found(
    tmp_path: Path, data: bytes | str, line: int | None, told: str
) -> None:
    with pytest.raises(SettingsError, match=told):
        from_file(tmp_path, data, line)


def test_a_file_that_is_not_there_or_no_request(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="No such file"):
        read(str(tmp_path / "none.json"))
    with pytest.raises(SettingsError, match=r"^REQUEST comes first; my\.yaml looks like a scenario: "):
        read("my.yaml")


@pytest.mark.parametrize(
    ("more", "attempt", "time"),
    [
        pytest.param({"time": "2026-01-01T01:00:00+01:00"}, 1, "2026-01-01T00:00:00+00:00", id="time"),
        pytest.param({"time": "soon", "attempt": 0}, None, "None", id="unknown"),
        pytest.param({"attempt": "2"}, None, "None", id="odd"),
    ],
)
def test_what_a_line_knows_of_its_request(tmp_path: Path, more: dict[str, Any], attempt: int | None, time: str) -> None:
    received = from_file(tmp_path, json.dumps(record(**more)))
    assert (received.attempt, received.time.isoformat() if received.time else "None") == (attempt, time)


@pytest.mark.parametrize(
    ("more", "then"),
    [
        ({"status": 200, "rule": "hi", "refusal": ""}, "200 hi"),
        ({"status": 400, "rule": "", "refusal": "no_match"}, "400 no_match"),
        ({}, ""),
    ],
)
def test_a_line_knows_how_it_was_answered(tmp_path: Path, more: dict[str, Any], then: str) -> None:
    assert from_file(tmp_path, json.dumps(record(**more))).then == then


def test_a_closed_stdin_has_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(SettingsError, match=r"stdin: .* found nothing"):
        read("-")
