"""The document of the control API: every operation of it is called on a real server, and answers as it says."""

from collections.abc import Iterator
from typing import Any

import httpx2
import jsonschema
import pytest

from mockgw.lint.check import open_checked
from mockgw.pipeline import Pipeline
from mockgw.reload import Reloader, look
from mockgw.server.openapi import document
from mockgw.server.operations import OPERATIONS, PREFIX
from mockgw.server.runner import Server
from mockgw.settings import Settings
from tests.support import body

RULES = """
gateway:
  credits: {balance: 1}
  limits: {requests: 1000/m, concurrent: 9}
  subscription: {five_hour: {tokens: 100000}}
  providers: {bedrock: {state: {type: error, for: 1h, times: 9}}, vertex/europe: {}}
rules: [{id: hi, match: {prompt: Hello}, reply: Hi, expect: 1}, {id: other, match: {prompt: Other}, reply: O}]
"""
RULE = {"match": {"prompt": "a"}, "reply": "A"}
S = "/sessions/default"
# What each operation is called with, and the status that is to come; `{id}` is the id of what was made or asked last.
CALLS: dict[str, list[tuple[str, Any, int]]] = {
    "health": [("/health", None, 200)],
    "ready": [("/ready", None, 200)],
    "version": [("/version", None, 200)],
    "config": [("/config", None, 200)],
    "reload": [("/reload", None, 200)],
    "reset": [("/reset", None, 200)],
    "scenarios": [("/scenarios", None, 200)],
    "scenario": [("/scenarios/served", None, 200), ("/scenarios/sirved", None, 404)],
    "rule": [("/scenarios/served/rules/hi", None, 200), ("/scenarios/served/rules/ho", None, 404)],
    "problems": [("/scenarios/served/problems", None, 200), ("/scenarios/sirved/problems", None, 404)],
    "sessions": [("/sessions", None, 200)],
    "create_session": [
        ("/sessions", None, 201),
        ("/sessions", {"name": "a", "scenario": "served"}, 201),
        ("/sessions", {"name": "b", "scenario": {"rules": [RULE]}}, 201),
        ("/sessions", {"name": "a"}, 409),
        ("/sessions", {"name": "c", "scenario": "sirved"}, 404),
        ("/sessions", {"nam": "a"}, 400),
    ],
    "session": [(S, None, 200), ("/sessions/nobody", None, 404)],
    "delete_session": [("/sessions/a", None, 200), ("/sessions/a", None, 404)],
    "reset_session": [(f"{S}/reset", None, 200), ("/sessions/nobody/reset", None, 404)],
    "choose": [
        (f"{S}/scenario", {"name": "served"}, 200),
        (f"{S}/scenario", {"yaml": "reply: Hi"}, 200),
        (f"{S}/scenario", {"reply": "Hi"}, 200),
        (f"{S}/scenario", {"repli": "Hi"}, 400),
        (f"{S}/scenario", {"name": "sirved"}, 404),
    ],
    "unchoose": [(f"{S}/scenario", None, 200), ("/sessions/nobody/scenario", None, 404)],
    "overrides": [(f"{S}/overrides", None, 200), ("/sessions/nobody/overrides", None, 404)],
    "override": [
        (f"{S}/overrides", RULE, 201),
        (f"{S}/overrides", [RULE], 201),
        (f"{S}/overrides", {"rules": [RULE]}, 201),
        (f"{S}/overrides", {"yaml": "- {match: {prompt: a}, reply: A}"}, 201),
        (f"{S}/overrides", {"match": {"promt": "a"}, "reply": "A"}, 400),
        ("/sessions/nobody/overrides", RULE, 404),
    ],
    "withdraw": [(f"{S}/overrides/override-1", None, 200), (f"{S}/overrides/override-1", None, 404)],
    "withdraw_all": [(f"{S}/overrides", None, 200), ("/sessions/nobody/overrides", None, 404)],
    "faults": [(f"{S}/faults", None, 200), ("/sessions/nobody/faults", None, 404)],
    "arm": [
        (f"{S}/faults", {"error": 429, "times": 2, "for": "2h", "rate": 0.5}, 201),
        (f"{S}/faults", "truncate", 201),
        (f"{S}/faults", {"type": "truncate", "at": {"event": 2}}, 201),
        (f"{S}/faults", {"error": 429, "tims": 2}, 400),
        ("/sessions/nobody/faults", "truncate", 404),
    ],
    "disarm": [(f"{S}/faults/{{id}}", None, 200), (f"{S}/faults/{{id}}", None, 404)],
    "disarm_all": [(f"{S}/faults", None, 200), ("/sessions/nobody/faults", None, 404)],
    "timing": [(f"{S}/timing", None, 200), ("/sessions/nobody/timing", None, 404)],
    "time": [
        (f"{S}/timing", {"delay": "1s", "pace": {"tps": 20}, "time_scale": 0.5}, 200),
        (f"{S}/timing", {"pace": "slow"}, 200),
        (f"{S}/timing", {}, 400),
        ("/sessions/nobody/timing", {"delay": 1}, 404),
    ],
    "untime": [(f"{S}/timing", None, 200), ("/sessions/nobody/timing", None, 404)],
    "clock": [(f"{S}/clock", None, 200), ("/sessions/nobody/clock", None, 404)],
    "advance": [
        (f"{S}/clock/advance", {"by": "2h"}, 200),
        (f"{S}/clock/advance", {"seconds": 2}, 200),
        (f"{S}/clock/advance", {"by": "2 hours"}, 400),
        ("/sessions/nobody/clock/advance", {"by": "2h"}, 404),
    ],
    "gateway": [
        (f"{S}/gateway", None, 200),
        (f"{S}/gateway?key=k", None, 200),
        (f"{S}/gateway?kay=k", None, 400),
        ("/sessions/nobody/gateway", None, 404),
    ],
    "top_up": [
        (f"{S}/gateway/credits", {"key": "k", "add": 0.5, "scenario": "served"}, 200),
        (f"{S}/gateway/credits", {"key": "k", "balance": 1}, 200),
        (f"{S}/gateway/credits", {"key": "k"}, 400),
        (f"{S}/gateway/credits", {"key": "k", "add": 1, "scenario": "sirved"}, 404),
    ],
    "refill": [
        (f"{S}/gateway/refill", None, 200),
        (f"{S}/gateway/refill", {"key": "k"}, 200),
        (f"{S}/gateway/refill", {"kay": "k"}, 400),
        ("/sessions/nobody/gateway/refill", None, 404),
    ],
    "set_provider": [
        (f"{S}/gateway/providers/bedrock", {"state": "up"}, 200),
        (
            f"{S}/gateway/providers/vertex%2Feurope",
            {"state": [429, {"type": "down", "for": "30s"}], "then": "loop"},
            200,
        ),
        (f"{S}/gateway/providers/bedrock", {"state": "dwn"}, 400),
        (f"{S}/gateway/providers/bedrok", {"state": "up"}, 404),
        ("/sessions/nobody/gateway/providers/bedrock", {"state": "up"}, 404),
    ],
    "release_provider": [
        (f"{S}/gateway/providers/bedrock", None, 200),
        (f"{S}/gateway/providers/bedrock?scenario=served", None, 200),
        (f"{S}/gateway/providers/bedrock?scenario=sirved", None, 404),
        (f"{S}/gateway/providers/bedrock?a=b", None, 400),
    ],
    "journal": [
        ("/journal", None, 200),
        ("/journal?session=default&limit=1&unmatched=true&faulted=false&status=4xx&text=nope&since=0", None, 200),
        ("/journal?format=jsonl", None, 200),
        ("/journal?limit=none", None, 400),
        ("/journal?session=nobody", None, 404),
    ],
    "count": [
        ("/journal/count?rule=hi&model=m&scenario=served&refusal=no_match", None, 200),
        ("/journal/count?a=b", None, 400),
        ("/journal/count?session=nobody", None, 404),
    ],
    "exchange": [("/journal/{request}", None, 200), ("/journal/req_none", None, 404)],
    "activity": [
        ("/journal/activity?session=default&since=0", None, 200),
        ("/journal/activity?sesion=default", None, 400),
    ],
    "answer": [("/journal/{request}/answer", None, 200), ("/journal/req_none/answer", None, 404)],
    "timeline": [("/journal/{request}/timeline", None, 200), ("/journal/req_none/timeline", None, 404)],
    "transcript": [("/journal/{request}/transcript", None, 200), ("/journal/req_none/transcript", None, 404)],
    "why": [("/journal/{request}/why", None, 200), ("/journal/req_none/why", None, 404)],
    "export": [
        ("/journal/{request}/export?as=curl", None, 200),
        ("/journal/{request}/export?as=rule", None, 200),
        ("/journal/{request}/export?as=pytest", None, 200),
        ("/journal/{request}/export?as=python", None, 400),
        ("/journal/req_none/export?as=curl", None, 404),
    ],
    "clear": [("/journal?session=nobody", None, 200), ("/journal?sesion=a", None, 400)],
    "explain": [
        ("/explain", {"request": body("Hello"), "headers": {"x-api-key": "k"}, "session": "a", "attempt": 2}, 200),
        ("/explain", {"request_id": "{request}"}, 200),
        ("/explain", {"request_id": "{request}", "scenario": {"yaml": "reply: Hi"}}, 200),
        ("/explain", {"request_id": "{request}", "scenario": "sirved"}, 404),
        ("/explain", {"request_id": "req_none"}, 404),
        ("/explain", {}, 400),
    ],
    "verify": [
        ("/verify", None, 200),
        ("/verify", {"match": {"prompt": "Hello"}, "times": {"at_least": 1}, "session": "default"}, 200),
        ("/verify", {"order": [{"match": {"prompt": "Nope"}}, {"match": {"prompt": "Hello"}}]}, 406),
        ("/verify", {"match": {"promt": "Hello"}}, 400),
        ("/verify", {"session": "nobody"}, 404),
    ],
    "wait": [
        ("/wait", {"match": {"prompt": "Hello"}, "count": 1, "timeout": "5s", "ended": True, "since": 0}, 200),
        ("/wait", {"count": 9, "timeout": 0}, 406),
        ("/wait", {"count": 0}, 400),
    ],
    "unmatched": [("/unmatched", None, 200), ("/unmatched?session=nobody", None, 404), ("/unmatched?a=b", None, 400)],
    "unused": [("/unused", None, 200), ("/unused?session=nobody", None, 404), ("/unused?a=b", None, 400)],
    "expectations": [("/expectations", None, 200), ("/expectations?session=nobody", None, 404)],
    "verdict": [("/verdict?session=default", None, 200), ("/verdict?session=nobody", None, 404)],
    "events": [("/events", None, 200)],
}
# What the tests of other modules bring about: a server that stops, files that cannot be used, a token.
ELSEWHERE = {401, 403, 413, 415, 503, 504}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx2.Client]:
    file = tmp_path_factory.mktemp("scenarios") / "served.yaml"
    file.write_text(RULES, encoding="utf-8")
    seen = look([file])
    pipeline = Pipeline(open_checked([file])[0], Settings(port=0))
    reloader = Reloader(pipeline, [file], None, seen, lambda news: None)
    with Server(pipeline, reloader=reloader) as server, httpx2.Client(base_url=server.url, trust_env=False) as client:
        yield client


@pytest.fixture
def made(client: httpx2.Client) -> dict[str, str]:
    """Something to ask about."""
    json = {"content-type": "application/json"}
    client.post(f"{PREFIX}/reset", headers=json)
    for prompt in ("Hello", "Nope"):
        answer = client.post("/v1/messages", json=body(prompt), headers={"x-api-key": "k"})
    client.post(f"{PREFIX}/sessions", json={"name": "a"})
    client.post(f"{PREFIX}{S}/overrides", json=RULE)
    fault = client.post(f"{PREFIX}{S}/faults", json={"error": 429, "times": 3}).json()
    return {"{request}": answer.headers["request-id"], "{id}": fault["id"]}


def filled(value: Any, made: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: filled(part, made) for key, part in value.items()}
    return made.get(value, value) if isinstance(value, str) and value.startswith("{") else value


def call(client: httpx2.Client, method: str, path: str, value: Any) -> httpx2.Response:
    headers = {"content-type": "application/json"} if method in ("POST", "PUT") else {}
    if path == "/events":
        with client.stream(method, PREFIX + path) as answer:
            assert next(answer.iter_lines()) == "retry: 1000"
            return answer
    return client.request(method, PREFIX + path, headers=headers, **({} if value is None else {"json": value}))


def checked(schema: Any, value: Any) -> None:
    whole = {**schema, "components": document()["components"]}
    jsonschema.Draft202012Validator(whole).validate(value)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_operation_answers_as_the_document_says(
    client: httpx2.Client, made: dict[str, str], operation: Any
) -> None:
    told = document()["paths"][f"{PREFIX}/{operation.path}"][operation.method.lower()]
    seen = set()
    if operation.name == "create_session":
        client.delete(f"{PREFIX}/sessions/a")
    for path, value, status in CALLS[operation.name]:
        for name, id in made.items():
            path = path.replace(name, id)
        value = filled(value, made)
        answer = call(client, operation.method, path, value)
        assert answer.status_code == status, answer.text
        content = told["responses"][str(status)]["content"][answer.headers["content-type"].partition(";")[0]]
        if answer.headers["content-type"] == "application/json":
            checked(content["schema"], answer.json())
        if value is not None and status < 300:
            checked(told["requestBody"]["content"]["application/json"]["schema"], value)
        seen.add(str(status))
    assert seen >= told["responses"].keys() - set(map(str, ELSEWHERE)) - {"400", "409"}


def test_the_document_is_served_and_is_valid(client: httpx2.Client) -> None:
    served = client.get(f"{PREFIX}/openapi.json").json()
    assert served == document()
    references = set(_references(served))
    assert references
    assert references <= {f"#/components/schemas/{name}" for name in served["components"]["schemas"]}
    for schema in served["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


def _references(value: Any) -> Iterator[str]:
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        if key == "$ref":
            yield part
        else:
            yield from _references(part)


def test_every_route_is_in_the_document_and_listed(client: httpx2.Client) -> None:
    listed = client.get(f"{PREFIX}/").json()
    routes = {f"{method.upper()} {path}" for path, item in document()["paths"].items() for method in item}
    assert set(listed["operations"]) == routes == {f"{one.method} {PREFIX}/{one.path}" for one in OPERATIONS}
    assert listed["openapi"] == f"{PREFIX}/openapi.json"


def test_what_the_forms_refuse_the_document_refuses() -> None:
    schema = document()["components"]["schemas"]["Advance"]
    with pytest.raises(jsonschema.ValidationError):
        checked(schema, {"by": "2h", "seconds": 2})
    with pytest.raises(jsonschema.ValidationError):
        checked(document()["components"]["schemas"]["NewSession"], {"name": "a/b"})
