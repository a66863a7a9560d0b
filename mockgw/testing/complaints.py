"""Complaints: what a test has to be told when it ends, though its application may have kept silent about it."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from mockgw.engine.suggestion import LONGEST
from mockgw.testing.gateway import Gateway
from mockgw.wording import counted

if TYPE_CHECKING:
    from mockgw.testing.requests import Request

INDENT = "  "
MOST = 10  # requests that the report of a failed test lists


def refused(gateway: Gateway, known: "set[str]") -> list["Request"]:
    """The requests that mockgw refused for want of an answer, but for those that are known."""
    ids = {one.id for one in gateway.unmatched} - known
    return [one for one in gateway.exchanges if one.id in ids] if ids else []


def of_refused(requests: "list[Request]") -> str:
    """What was asked, why nothing answered it, and the rule that would."""
    lines = [f"mockgw had no answer to {counted(len(requests), 'request')}:"]
    seen = Counter(map(_about, requests))
    for request in requests:
        if times := seen.pop(_about(request), 0):
            lines += ["", *_lines(request, times)]
    return "\n".join(lines)


def of_unanswered(gateway: Gateway) -> str:
    """The rules that were begun and have no answer, which may be why a request had none; empty if there are none."""
    return "\n".join(
        f'{INDENT}{one.line.file}:{one.line.number}: {one!r} has no answer, so it is no rule: add .reply("Hello.")'
        for one in gateway.unanswered
    )


def of_all(gateway: Gateway) -> str:
    """Everything that came, in short, and what answered it; of many, the last."""
    came = gateway.exchanges
    if not came:
        return "no request came"
    places = {rule.id: f" ({rule.rule.place})" for rule in gateway.rules}
    lines = [f"{INDENT}{_short(one)}{places.get(one.rule, '')}" for one in came[-MOST:]]
    last = f"; the last {MOST}" if len(came) > MOST else ""
    return "\n".join([f"{counted(len(came), 'request')} came{last}:", *lines])


def of_strays(requests: "list[Request]") -> str:
    """What came to a session that no test has: it may be why a test fails."""
    lines = [f"{INDENT}{one.method} {one.path} to {one.session!r}: {one.status} ({one.id})" for one in requests]
    advice = "A client that was made in another test still asks there: make it in the test, or in a fixture of it."
    return "\n".join([f"{counted(len(requests), 'request')} came to a session that no test has now:", *lines, advice])


def strict(gateway: Gateway) -> str:
    """Rules that never answered, and expectations that were not met; empty if all is well."""
    unmet = [one.text for one in gateway.expectations if one.state != "met"]
    unused = [f"{one.rule} ({one.place})" for one in gateway.unused]
    told = [f"{counted(len(unused), 'rule')} never answered: {', '.join(unused)}"] if unused else []
    return "\n".join(filter(None, [*told, *unmet, of_unanswered(gateway)]))


def _about(request: "Request") -> tuple[str, ...]:
    return request.method, request.path, str(request.prompt), request.message


def _lines(request: "Request", times: int) -> Iterator[str]:
    often = f", {times} times" if times > 1 else ""
    yield f"{INDENT}{request.method} {request.path}: {request.status} {request.refusal}{often} ({request.id})"
    yield f"{INDENT * 2}{request.message}"
    if request.refusal == "no_match":
        yield f"{INDENT * 2}A rule for it: {_rule(request)}"


def _short(request: "Request") -> str:
    prompt = request.prompt or ""
    said = f" {_quoted(prompt[:LONGEST] + '…' * (len(prompt) > LONGEST))}" if prompt else ""
    by = request.rule or request.refusal or "mockgw"
    return f"{request.method} {request.path}{said}: {request.status} by {by}"


def _rule(request: "Request") -> str:
    prompt = request.prompt
    if prompt is None:
        return 'mockgw.on(prompt={"present": False}).reply("Hello.")'
    if len(prompt) <= LONGEST:
        return f'mockgw.on(prompt={_quoted(prompt)}).reply("Hello.")'
    beginning = prompt[:LONGEST].rpartition(" ")[0] or prompt[:LONGEST]
    return f'mockgw.on(prompt={{"starts_with": {_quoted(beginning)}}}).reply("Hello.")'


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
