"""Where a gateway's terms come from, whose they are, and what is shown of them."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from mockgw.delivery.actions import Delivery
from mockgw.endpoints import models
from mockgw.errors import ScenarioError
from mockgw.opened import Opened
from mockgw.pipeline import Pipeline
from mockgw.protocol.requests import Incoming
from mockgw.scenario.library import Library
from mockgw.settings import Settings
from tests.support import answer, ask, body, head, parsed, pipeline, scenario

SECRET = "sk-ant-a-very-secret-key"
CACHED: dict[str, Any] = {"system": [{"type": "text", "text": "x" * 8000, "cache_control": {"type": "ephemeral"}}]}


def status(gateway: Pipeline, request: dict[str, Any] | None = None, **headers: str) -> int:
    opened = ask(gateway, request, **headers)
    gateway.settle(opened, Delivery(ending="whole"))
    return opened.exchange.status


def usage(gateway: Pipeline, request: dict[str, Any] | None = None, **headers: str) -> tuple[int, int, int]:
    found = answer(gateway, body(**CACHED) if request is None else request, **headers)["usage"]
    return found["input_tokens"], found["cache_creation_input_tokens"], found["cache_read_input_tokens"]


def incoming(path: str, request: dict[str, Any] | None = None, key: str = "test") -> Incoming:
    return Incoming(
        "POST" if request else "GET", path, {"x-api-key": key}, body=orjson.dumps(request) if request else b""
    )


def test_a_request_without_terms_has_no_passage() -> None:
    opened = ask(pipeline("{gateway: {dialect: anthropic}, text: a}"))
    assert (opened.passage, opened.use, opened.exchange.summary()["cost"]) == (None, None, None)


def test_the_second_request_reads_what_the_first_wrote_without_any_configuration() -> None:
    gateway = pipeline("reply: Hello")
    assert [usage(gateway), usage(gateway)] == [(6, 2000, 0), (6, 0, 2000)]
    assert usage(gateway, x_mockgw_session="another") == (6, 2000, 0)
    gateway.reset("default")
    assert usage(gateway) == (6, 2000, 0)


@pytest.mark.parametrize("stream", [False, True])
def test_what_is_counted_is_the_whole(stream: bool) -> None:
    gateway = pipeline("reply: Hello")
    counted = parsed(gateway.count_tokens(incoming("/v1/messages/count_tokens", body(**CACHED))))["input_tokens"]
    for _ in range(2):
        opened = ask(gateway, body(**CACHED, stream=stream))
        found = opened.exchange.usage
        assert found is not None
        assert counted == found.input_tokens + found.cache_creation_input_tokens + found.cache_read_input_tokens


def test_an_answer_that_is_none_writes_nothing() -> None:
    gateway = pipeline("replies: [{error: 529}, Hello, Hello]")
    assert status(gateway, body(**CACHED)) == 529
    assert [usage(gateway), usage(gateway)] == [(6, 2000, 0), (6, 0, 2000)]


def test_caching_can_be_turned_off() -> None:
    gateway = pipeline("{gateway: {caching: false}, reply: Hello}")
    assert [usage(gateway), usage(gateway)] == [(2006, 0, 0)] * 2
    five = body(system=[{"type": "text", "text": "a", "cache_control": {"type": "ephemeral"}}] * 5)
    assert status(gateway, five) == 200
    assert status(pipeline("reply: Hello"), five) == 400


@pytest.mark.parametrize(
    "more",
    [
        {"system": [{"type": "text", "text": "a", "cache_control": None}]},
        {"tools": [{"name": "a", "input_schema": {"type": "object"}, "content": [1]}]},
    ],
)
def test_what_is_no_breakpoint_is_none(more: dict[str, Any]) -> None:
    opened = ask(pipeline("reply: Hello"), body(**more))
    assert (opened.exchange.status, opened.use) == (200, None)


def test_breakpoints_are_checked_when_tokens_are_counted() -> None:
    five = body(system=[{"type": "text", "text": "a", "cache_control": {"type": "ephemeral"}}] * 5)
    opened = pipeline("reply: Hello").count_tokens(incoming("/v1/messages/count_tokens", five))
    assert parsed(opened)["error"]["message"] == "A maximum of 4 blocks with cache_control may be provided. Found 5."


def test_a_script_may_say_what_was_cached() -> None:
    gateway = pipeline("reply: {text: Hello, usage: {cache_creation_input_tokens: 7}}")
    found = answer(gateway, body(**CACHED))["usage"]
    assert found["cache_creation"] == {"ephemeral_5m_input_tokens": 7, "ephemeral_1h_input_tokens": 0}
    assert (found["input_tokens"], found["cache_creation_input_tokens"]) == (6, 7)


def test_the_journal_has_what_was_cached() -> None:
    gateway = pipeline("reply: Hello")
    opened = ask(gateway, body(**CACHED))
    found = opened.exchange.summary()
    assert (found["cache_creation_input_tokens"], found["cache_read_input_tokens"]) == (2000, 0)


def test_with_a_table_of_keys_no_key_chooses_a_session() -> None:
    gateway = pipeline(
        "{gateway: {keys: {mock-a: active, mock-b: active}, limits: {requests: 1}}, replies: [one, two]}"
    )
    seen = [ask(gateway, x_api_key=key).exchange for key in ("mock-a", "mock-b")]
    assert [(one.session, one.status, one.nth_request) for one in seen] == [("default", 200, 1), ("default", 200, 2)]
    assert ask(gateway, x_api_key="mock-a", x_mockgw_session="mine").exchange.session == "mine"
    plain = pipeline("{gateway: {limits: {requests: 1}}, reply: a}")
    assert ask(plain, x_api_key="mock-a").exchange.session == "a"


def test_what_was_counted_is_the_sessions_and_ends_with_it() -> None:
    gateway = pipeline("{gateway: {limits: {requests: 1/h}}, reply: a}")
    assert [status(gateway), status(gateway)] == [200, 429]
    assert status(gateway, x_mockgw_session="mine") == 200
    gateway.reset("default")
    assert [status(gateway), status(gateway, x_mockgw_session="mine")] == [200, 429]


def test_two_scenarios_with_the_same_gateway_share_what_was_counted() -> None:
    gateway = pipeline("{gateway: {limits: {requests: 1/h}}, reply: a}")
    for name, limits in (("same", "1/h"), ("other", "1/2h")):
        text = f"{{gateway: {{limits: {{requests: {limits}}}}}, reply: b}}"
        gateway.library.scenarios[name] = scenario(text, name)
    assert status(gateway) == 200
    assert [status(gateway, x_mockgw_scenario=name) for name in ("same", "other")] == [429, 200]


def test_explain_counts_nothing() -> None:
    gateway = pipeline("{gateway: {keys: {k: {uses: 1}}, limits: {requests: 1/h}, credits: {balance: 1}}, reply: a}")
    asked = incoming("/v1/messages", body(**CACHED), key="k")
    assert [gateway.explain(asked).answer.status for _ in range(2)] == [200, 200]
    gateway.settle(gateway.messages(asked), Delivery(ending="whole"))
    explained = gateway.explain(asked)
    assert (explained.answer.status, (explained.answer.error or {})["message"]) == (401, "API key has expired")


@pytest.mark.parametrize(("stream", "code"), [(False, 402), (True, 200)])
def test_explain_knows_what_cannot_be_paid(stream: bool, code: int) -> None:
    gateway = pipeline(
        "{gateway: {credits: {balance: 0.00005, reserve: input, exhausted: error_event}, "
        "models: {'*': {prices: {input: 3, output: 15}}}}, reply: one two three four}"
    )
    asked = incoming("/v1/messages", body(stream=stream))
    assert gateway.explain(asked).answer.status == code
    assert gateway.messages(asked).exchange.status == code


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "gateway.yaml"
    path.write_text("dialect: anthropic\nkeys: {sk-1: active}\n", encoding="utf-8")
    return path


def test_a_file_counts_where_a_scenario_has_no_section_of_its_own(file: Path) -> None:
    gateway = pipeline("reply: a", gateway=file)
    gateway.library.scenarios["own"] = scenario("{gateway: {}, reply: a}", "own")
    assert parsed(ask(gateway))["error"]["message"] == "invalid x-api-key"
    assert status(gateway, x_api_key="sk-1") == 200
    assert status(gateway, x_mockgw_scenario="own") == 200
    assert parsed(ask(gateway, x_mockgw_scenario="nothing"))["type"] == "error"


def test_a_file_that_cannot_be_read_is_told_at_the_start(tmp_path: Path) -> None:
    loaded = scenario("reply: a")

    with pytest.raises(ScenarioError, match="there is no such file"):
        Pipeline(Library({"test": loaded}, "test"), Settings(gateway=tmp_path / "nothing.yaml"))


@pytest.mark.parametrize(
    "section",
    [
        "{keys: {other: active}}",
        f"{{keys: {{{SECRET}: disabled}}}}",
        f"{{keys: {{{SECRET}: active}}, limits: {{requests: 1/h}}}}",
    ],
)
def test_no_key_is_ever_shown(section: str) -> None:
    gateway = pipeline(f"{{gateway: {section}, reply: a}}")
    opened = [ask(gateway, x_api_key=SECRET) for _ in range(2)]
    for one in opened:
        shown = [one.exchange.record(), one.exchange.headers, head(one).headers, parsed(one), one.exchange.key]
        assert SECRET not in repr(shown)


def test_models_are_listed_for_a_good_key_only() -> None:
    gateway = pipeline("{gateway: {keys: {k: active}, limits: {requests: 1/h}}, reply: a}")

    def listed(key: str) -> Opened:
        return models.listed(gateway, incoming("/v1/models", key=key))

    assert [listed("k").exchange.status for _ in range(3)] == [200] * 3
    assert listed("other").exchange.status == 401


def test_seven_days_pass_as_fast_as_the_sessions_clock_is_moved() -> None:
    gateway = pipeline("{gateway: {subscription: {seven_day: {tokens: 10, used: 1}}}, reply: a}")
    assert [status(gateway), status(gateway, x_mockgw_session="other")] == [429, 429]
    gateway.sessions.of("default", gateway.clock.now()).advanced += 7 * 86400
    assert [status(gateway), status(gateway, x_mockgw_session="other")] == [200, 429]
