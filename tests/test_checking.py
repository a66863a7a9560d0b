from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner

from mockgw.cli.serve import serve
from mockgw.delivery.actions import Delivery
from mockgw.errors import ScenarioError
from mockgw.log import text_line
from mockgw.pipeline import Pipeline
from mockgw.protocol.requests import Incoming
from mockgw.settings import LEVELS
from tests.support import answer, ask, body, head, parsed, pipeline, scenario, text
from tests.validation.checking import message

FINE = body()
UNKNOWN_KEY = body(foo=1)
WRONG = body(temperature="hot")
TOLD = {"foo": "foo: Extra inputs are not permitted", "hot": "temperature: Input should be a valid number"}

# What each level answers to a request with an unknown key, and to one of which the schema is not kept.
ANSWERS = {
    "off": ("Hi", "Hi"),
    "schema": ("Hi", TOLD["hot"]),
    "schema-report": ("Hi", "Hi"),
    "strict": (TOLD["foo"], TOLD["hot"]),
    "strict-report": ("Hi", "Hi"),
}
NOTES = {"schema-report": ("", TOLD["hot"]), "strict-report": (TOLD["foo"], TOLD["hot"])}


def of_level(level: str) -> Pipeline:
    return pipeline(f"reply: Hi\ngateway: {{validate: {level}}}")


@pytest.mark.parametrize("level", LEVELS)
def test_a_level_tells_what_it_finds_or_answers(level: str) -> None:
    assert text(of_level(level), FINE) == "Hi"
    assert (text(of_level(level), UNKNOWN_KEY), text(of_level(level), WRONG)) == ANSWERS[level]


@pytest.mark.parametrize("level", LEVELS)
def test_what_is_only_noted_is_in_header_journal_and_log(level: str) -> None:
    for request, note in zip((UNKNOWN_KEY, WRONG), NOTES.get(level, ("", "")), strict=True):
        gateway = of_level(level)
        opened = ask(gateway, request)
        [exchange] = gateway.journal

        assert head(opened).headers.get("x-mockgw-validation", "") == note
        gateway.settle(opened, Delivery(ending="whole"))
        assert exchange.summary()["validation"] == note
        assert text_line(exchange).endswith(f"\n          validation: {note}") is bool(note)


def test_a_stream_has_the_header_too() -> None:
    opened = ask(of_level("strict-report"), body(foo=1, stream=True))
    assert head(opened).headers["x-mockgw-validation"] == TOLD["foo"]


def test_a_scenario_s_own_level_beats_the_flag() -> None:
    for own, flag in (("strict", "off"), ("off", "strict")):
        gateway = pipeline(f"reply: Hi\ngateway: {{validate: {own}}}", validate=flag)
        assert text(gateway, UNKNOWN_KEY) == ANSWERS[own][0]
    assert text(pipeline("Hi", validate="strict"), UNKNOWN_KEY) == TOLD["foo"]


def test_counting_is_checked_as_strictly() -> None:
    gateway = of_level("strict")
    headers = {"x-api-key": "test"}

    def count(raw: bytes) -> dict[str, object]:
        return parsed(gateway.count_tokens(Incoming("POST", "/v1/messages/count_tokens", headers, body=raw)))

    assert "input_tokens" in count(b'{"model": "claude-opus-5", "messages": [{"role": "user", "content": "Hi"}]}')
    assert "error" in count(b'{"model": "claude-opus-5", "max_tokens": 5, "messages": []}')


@pytest.mark.parametrize("level", LEVELS)
def test_what_is_no_json_is_refused_by_every_level(level: str) -> None:
    opened = of_level(level).messages(Incoming("POST", "/v1/messages", {"x-api-key": "test"}, body=b"{"))
    assert head(opened).status == 400


def test_a_long_finding_is_shortened_for_the_header() -> None:
    calls = [{"type": "tool_use", "id": f"call_{number}", "name": "a", "input": {}} for number in range(1000)]
    opened = ask(of_level("strict-report"), body(messages=[message("user"), message("assistant", calls)]))
    assert len(head(opened).headers["x-mockgw-validation"]) < 1100
    assert len(opened.exchange.validation) > 5000


def test_an_unknown_level_is_a_mistake_of_the_file() -> None:
    with pytest.raises(ScenarioError, match="'strikt'; did you mean 'strict'"):
        scenario("reply: Hi\ngateway: {validate: strikt}")


def test_an_unknown_level_is_a_mistake_of_the_flag(tmp_path: Path) -> None:
    ran = CliRunner().invoke(serve, ["--validate", "strikt"], env={})
    assert ran.exit_code == 2
    assert "'strikt' is not one of 'off', 'schema', 'schema-report', 'strict', 'strict-report'" in ran.output


def test_a_strict_request_that_passes_is_answered_as_ever() -> None:
    assert answer(of_level("strict"), FINE) == answer(of_level("schema"), FINE)


def test_breakpoints_that_cannot_be_are_told_or_noted_as_everything_else() -> None:
    many = body(system=[{"type": "text", "text": "a", "cache_control": {"type": "ephemeral"}}] * 5)
    found = "A maximum of 4 blocks with cache_control may be provided. Found 5."
    for level in LEVELS:
        opened = ask(of_level(level), many)
        assert head(opened).status == (200 if level == "off" or "report" in level else 400)
        assert head(opened).headers.get("x-mockgw-validation", "") == (found if "report" in level else "")


def test_models_of_the_gateway_itself_are_known() -> None:
    gateway = pipeline("reply: Hi\ngateway: {validate: strict, models: {house-blend: {window: 1000}}}")
    assert text(gateway, body(model="house-blend")) == "Hi"
    assert text(gateway, body(model="other-blend")) == "model: other-blend"


def test_an_explanation_has_what_would_be_noted() -> None:
    explained = of_level("strict-report").explain(
        Incoming("POST", "/v1/messages", {"x-api-key": "test"}, body=orjson.dumps(UNKNOWN_KEY))
    )
    assert explained.answer.headers == {"x-mockgw-validation": TOLD["foo"]}


THINKS, THINKS_NOT = "thinking: Hm., ", ""
BUDGET = {"type": "enabled", "budget_tokens": 1024}


@pytest.mark.parametrize(("thinking", "passes"), [(THINKS, False), (THINKS_NOT, True)], ids=["thought", "thoughtless"])
def test_thinking_that_a_scenario_did_not_do_is_not_asked_back(thinking: str, passes: bool) -> None:
    strict = pipeline(f"{{content: [{thinking}tool_use: {{name: look, id: a}}], gateway: {{validate: strict}}}}")
    call = {"type": "tool_use", "id": "a", "name": "look", "input": {}}
    loop = [
        message("user"),
        message("assistant", [call]),
        message("user", [{"type": "tool_result", "tool_use_id": "a"}]),
    ]

    answer(strict, body(max_tokens=2000, thinking=BUDGET))

    opened = ask(strict, body(max_tokens=2000, thinking=BUDGET, messages=loop))
    assert (head(opened).status == 200) is passes
    elsewhere = ask(strict, body(max_tokens=2000, thinking=BUDGET, messages=loop), x_mockgw_session="other")
    assert "Expected `thinking` or" in parsed(elsewhere)["error"]["message"]
