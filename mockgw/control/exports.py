"""Exports: an exchange as a curl command, as a rule in YAML, or as a test for pytest."""

import re
import shlex
from collections.abc import Iterator, Mapping
from pprint import pformat
from typing import Any
from urllib.parse import quote

import orjson

from mockgw.control import transcripts
from mockgw.control.errors import ControlError
from mockgw.delivery.faults import ALONE
from mockgw.engine.suggestion import match_of
from mockgw.journal import Exchange
from mockgw.protocol.sent import SECRETS
from mockgw.scenario.spelling import as_yaml, verbatim
from mockgw.sessions import DEFAULT
from mockgw.verify.asked import context_of

HERE = "http://127.0.0.1:6625"
LOOPBACK = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?")
ENDED = "MOCKGW"  # of a body that is too long for one argument
MOST_ARGUMENT = 100_000
KEY = "${ANTHROPIC_API_KEY:-mock}"
# What curl says itself, and what belongs to the connection or to a browser.
LEFT_OUT = (
    "host",
    "content-length",
    "connection",
    "accept-encoding",
    "transfer-encoding",
    "expect",
    "content-encoding",
)
# What tells Claude Code's own requests from others.
KEPT_HEADERS = ("anthropic-beta", "x-app", "x-claude-code-session-id", "x-claude-code-agent-id")
USUAL_REASONS = ("end_turn", "tool_use")
WIDTH = 100

TEST = '''\
"""What came to mockgw once, as a test: it needs pytest, anthropic and mockgw."""

import anthropic
{imports}
REQUEST = {request}
HEADERS = {headers}


def test_what_was_asked(mockgw):
    mockgw.on({match}).{answer}
    client = anthropic.Anthropic(max_retries=0, timeout=60)
{call}
'''
CREATE = """client.messages.create(
    model=REQUEST["model"],
    max_tokens=REQUEST["max_tokens"],
    messages=REQUEST["messages"],
    extra_body=REQUEST,
    extra_headers=HEADERS,
)"""


def curl(exchange: Exchange) -> str:
    """A command for a shell; its key is that of the environment."""
    method = [] if exchange.method in ("GET", "POST") else [f"-X {exchange.method}"]
    lines = [" ".join(["curl -sS", *method, shlex.quote(_url(exchange))]), *_headers(exchange.headers)]
    body = exchange.body.decode(errors="replace")
    if not body:
        return _joined(lines)
    if len(body) <= MOST_ARGUMENT:
        return _joined([*lines, f"--data-raw {shlex.quote(body)}"])
    ended = ENDED
    while ended in body:  # else what follows it would be commands
        ended += "_"
    return _joined([*lines, f"--data-binary @- <<'{ended}'"]) + f"{body}\n{ended}\n"


def _joined(lines: list[str]) -> str:
    return " \\\n  ".join(lines) + "\n"


def _url(exchange: Exchange) -> str:
    host = exchange.headers.get("host", "")
    base = f"http://{host}" if LOOPBACK.fullmatch(host) else HERE  # whoever runs it gives it a key: it stays here
    named = exchange.session == DEFAULT or "x-mockgw-session" in exchange.headers
    return base + ("" if named else f"/s/{quote(exchange.session, safe='')}") + exchange.path


def _headers(headers: Mapping[str, str]) -> Iterator[str]:
    for name, value in headers.items():
        if name in ("authorization", "x-api-key"):
            yield f'-H "{name}: {"Bearer " if name == "authorization" else ""}{KEY}"'
        elif name not in (*LEFT_OUT, *SECRETS) and not name.startswith("sec-"):
            yield f"-H {shlex.quote(f'{name}: {value}')}"


def rule(exchange: Exchange) -> str:
    """A scenario with one rule, which answers this request as it was answered."""
    return as_yaml({"rules": [_rule(exchange)]})


def _rule(exchange: Exchange) -> dict[str, Any]:
    context = context_of(exchange)
    if context is None or (exchange.refusal and exchange.refusal != "no_match"):
        told = exchange.message or "it asks for no message"
        raise ControlError(f"no rule could answer {exchange.request_id}: {told}", "unavailable")
    return {"match": match_of(context), **_answer(exchange)}


def _answer(exchange: Exchange) -> dict[str, Any]:
    """What was planned, whatever a fault has left of it."""
    if exchange.refusal:
        return {"reply": "Hello."}
    message = transcripts.planned(exchange)
    if exchange.status >= 400:
        told = message.get("error") or {}
        error = {"status": exchange.status, "type": told.get("type"), "message": verbatim(told.get("message"))}
        return {"error": {key: value for key, value in error.items() if value}}
    faults = [name for name in exchange.faults if name in ALONE]
    return {**_reply(message), **({"fault": faults} if faults else {})}


def _reply(message: Mapping[str, Any]) -> dict[str, Any]:
    blocks = [_block(block) for block in message.get("content") or () if isinstance(block, dict)]
    reason = message.get("stop_reason")
    alone = blocks[0]["text"] if len(blocks) == 1 and "text" in blocks[0] else blocks or ""
    return {"reply": alone, **({} if reason in (None, *USUAL_REASONS) else {"stop_reason": reason})}


def _block(block: dict[str, Any]) -> dict[str, Any]:
    match block.get("type"):
        case "text" if not block.get("citations"):
            return {"text": verbatim(str(block.get("text") or ""))}
        case "thinking":
            return {"thinking": verbatim(str(block.get("thinking") or ""))}
        case "redacted_thinking":
            return {"redacted_thinking": verbatim(str(block.get("data") or ""))}
        case "tool_use" if isinstance(block.get("input"), dict):
            return {"tool_use": {"name": verbatim(str(block.get("name"))), "input": verbatim(block["input"])}}
    return {"block": verbatim(block)}


def test(exchange: Exchange) -> str:
    """A test that has the rule and sends the request by Anthropic's SDK."""
    made = _rule(exchange)
    request = {key: value for key, value in orjson.loads(exchange.body).items() if key != "stream"}
    sent = {name: exchange.headers[name] for name in KEPT_HEADERS if name in exchange.headers}
    fails = "error" in made
    return TEST.format(
        imports="import pytest\n" if fails else "",
        request=_python(request),
        headers=_python(sent),
        match=", ".join(f"{key}={value!r}" for key, value in made["match"].items()),
        answer=_python_answer(made),
        call=_indented(_call(exchange, made), 4),
    )


def _python(value: Any) -> str:
    return pformat(value, width=WIDTH, sort_dicts=False)


def _python_answer(made: Mapping[str, Any]) -> str:
    if "error" in made:
        said = ", ".join(f"{key}={value!r}" for key, value in made["error"].items() if key != "status")
        return f"error({made['error']['status']}{', ' if said else ''}{said})"
    more = f", stop_reason={made['stop_reason']!r}" if "stop_reason" in made else ""
    return f"reply({_python(made['reply'])}{more})"


def _call(exchange: Exchange, made: Mapping[str, Any]) -> str:
    struck = (
        [f"# Here {', '.join(exchange.faults)} has struck; the rule says so with fault=….\n"] if exchange.faults else []
    )
    if "error" in made:
        call = f"with pytest.raises(anthropic.APIStatusError) as raised:\n{_indented(CREATE, 4)}\n"
        return "".join([*struck, call, f"assert raised.value.status_code == {exchange.status}"])
    return "".join([*struck, f"message = {CREATE}\n", _expected(exchange, made["reply"])])


def _expected(exchange: Exchange, reply: Any) -> str:
    if isinstance(reply, list):
        return f"assert [block.type for block in message.content] == {list(map(_type, reply))!r}"
    if not reply:
        return "assert message.content == []"
    said = reply if exchange.refusal else str(transcripts.planned(exchange)["content"][0]["text"])
    return f"assert message.content[0].text == {said!r}"


def _type(block: Mapping[str, Any]) -> str:
    [kind] = block
    return str(block["block"].get("type")) if kind == "block" else kind


def _indented(text: str, columns: int) -> str:
    return "\n".join(" " * columns + line if line else line for line in text.splitlines())
