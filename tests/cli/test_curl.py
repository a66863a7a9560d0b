from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockgw.cli.curl import is_curl, read
from mockgw.errors import SettingsError
from mockgw.protocol.requests import Incoming

URL = "http://127.0.0.1:6625/v1/messages"
BODY = b'{"model":"m"}'


def from_curl(rest: str) -> Incoming:
    return read(f"curl {URL} {rest}", Path())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("curl http://x", True),
        ("  $ curl -s x", True),
        ("/usr/bin/curl x", True),
        ("curl.exe x", True),
        ("#!/bin/sh\nURL=http://x\ncurl $URL", True),
        ("ANSWER=$(curl http://x)", True),
        ('{"model": "curl "}', False),
        ('{\n  "model":\n  curl x}', False),
        ("curling", False),
    ],
)
def test_a_command_for_curl_is_known_by_its_beginning(text: str, expected: bool) -> None:
    assert is_curl(text) is expected


def test_a_command_as_people_copy_it() -> None:
    command = f"""$ curl -sS -X POST '{URL}?beta=true' \\
      -H "Content-Type: application/json" --header 'X-API-Key: k'  \\
      -H 'x-empty:' -H 'x-two: a' -H 'X-Two: b' \\\r
      -d '{{"model":"m"}}' | jq .content > answer.json"""
    found = read(command, Path())
    assert (found.method, found.path, found.query) == ("POST", "/v1/messages", {"beta": "true"})
    assert found.headers == {
        "accept": "*/*", "content-type": "application/json", "x-api-key": "k", "x-two": "a, b"
    }  # fmt: skip
    assert found.body == BODY


@pytest.mark.parametrize(
    ("rest", "body"),
    [
        pytest.param("""-d '{"model":"m"}'""", BODY, id="short"),
        pytest.param("""-d'{"model":"m"}'""", BODY, id="attached"),
        pytest.param("""-sSd '{"model":"m"}'""", BODY, id="in-a-row"),
        pytest.param("""--data "{\\"model\\":\\"m\\"}" """, BODY, id="double-quotes"),
        pytest.param('''--data "{\\"model\\"\\\n:\\"m\\"}"''', BODY, id="continued"),
        pytest.param("""--data-raw $'{"model":"\\u006d"}'""", BODY, id="dollar"),
        pytest.param("""--data-binary '{"model"' --data-binary ':"m"}'""", b'{"model"&:"m"}', id="several"),
        pytest.param("--data-raw @x", b"@x", id="raw"),
        pytest.param("-d '$'", b"$", id="single-dollar"),
        pytest.param(
            """--data-raw $'it\\'s \\n\\t\\x41\\101\\e\\q \\ud83d\\ude00'""",
            b"it's \n\tAA\x1bq \xf0\x9f\x98\x80",
            id="escapes",
        ),
        pytest.param("-d 'a # b'", b"a # b", id="hash"),
    ],
)  # fmt: skip
def test_the_body_is_what_curl_would_send(rest: str, body: bytes) -> None:
    found = from_curl(rest)
    assert (found.method, found.body) == ("POST", body)


@pytest.mark.parametrize(
    ("flag", "body"),
    [("-d", b'{"a":1}'), ("--data-binary", b'{"a":\n1}\n'), ("--json", b'{"a":\n1}\n')],
    ids=["data", "binary", "json"],
)
def test_a_body_in_a_file_beside_the_command(tmp_path: Path, flag: str, body: bytes) -> None:
    (tmp_path / "body.json").write_bytes(b'{"a":\n1}\n')
    assert read(f"curl {URL} {flag} @body.json", tmp_path).body == body


@pytest.mark.parametrize(
    ("rest", "headers"),
    [
        pytest.param("-d x", {"content-type": "application/x-www-form-urlencoded"}, id="form"),
        pytest.param("--json x", {"content-type": "application/json", "accept": "application/json"}, id="json"),
        pytest.param("--json x -H 'content-type: a/b'", {"content-type": "a/b"}, id="own-type"),
        pytest.param("-A me", {"user-agent": "me"}, id="user-agent"),
        pytest.param("--oauth2-bearer k", {"authorization": "Bearer k"}, id="bearer"),
        pytest.param("-u a:b", {"authorization": "Basic \u2026"}, id="basic"),
    ],
)
def test_headers_that_flags_make(rest: str, headers: dict[str, str]) -> None:
    assert from_curl(rest).headers.items() >= headers.items()


@pytest.mark.parametrize(
    "rest",
    ["--compressed --no-buffer -k", "--max-time 5 -o out.json", "-oout.json -m5", "--unheard-of", "--max-time"],
)
def test_other_flags_are_no_matter(rest: str) -> None:
    found = from_curl(rest)
    assert (found.method, found.path, found.headers, found.body) == ("GET", "/v1/messages", {"accept": "*/*"}, b"")


def test_a_command_that_is_copied_for_cmd() -> None:
    headers = '-H ^"content-type: application/json^" ^\n  -H ^"x-a: 1 ^% 2^"'
    found = read(f'curl ^"{URL}^" ^\n  {headers} ^\r\n  --data-raw ^"^{{^\\^"model^\\^":^\\^"m^\\^"^}}^"', Path())

    assert (found.path, found.headers["x-a"], found.body) == ("/v1/messages", "1 % 2", BODY)


@pytest.mark.parametrize("end", ["EOF", "'EOF'", '"EOF"', "- EOF"])
def test_a_command_in_a_script_with_its_body_below(end: str) -> None:
    script = f"""# it's a script\nexport KEY=a\nRESPONSE=$(curl -s {URL} -d @- <<{end} | jq .
{BODY.decode()}
EOF
)\necho "$RESPONSE"
"""
    assert read(script, Path()).body == BODY


def test_a_url_may_be_a_flag_and_lack_its_scheme() -> None:
    assert read("curl --url 127.0.0.1/v1/messages -X post", Path()).method == "POST"
    assert read("curl localhost:1 -d x", Path()).path == "/"


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("curl -d x", "names no URL"),
        ("curl http://x -d", "ends after -d"),
        ("curl http://x --json", "ends after --json"),
        ("curl http://x -d '{", "No closing quotation; was all of it copied?"),
        ("curl http://x -d @-", "name a file instead"),
        ("curl 'http://[x'", "cannot be read: Invalid IPv6 URL"),
        ("curl http://x -d $'\\U00110000'", "cannot be read"),
        ("curl http://x -d @none.json", "none.json: No such file or directory"),
    ],
)
def test_a_command_that_cannot_be_read(command: str, told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        read(command, Path())


PIECES = st.sampled_from(
    [*"-'\"$\\@|;& \n", "$'", "--data", "--json", "-H", "-d", "a:b", "http://x", "\\u", "\\777", "\u00fc"]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=12).map("".join))
def test_any_text_is_a_request_or_an_error(rest: str) -> None:
    try:
        assert from_curl(rest).path
    except SettingsError as error:
        assert str(error)  # noqa: PT017 - either will do
