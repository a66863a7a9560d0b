from typing import Any

import pytest

from mockgw.protocol.abilities import THINKING
from mockgw.protocol.models import CATALOGUE
from mockgw.protocol.signatures import sign
from tests.support import body
from tests.validation.checking import LOOK, NOW, block, call, message, result, text, told

BUDGET = {"type": "enabled", "budget_tokens": 1024}
THOUGHT = block("thinking", thinking="x", signature=sign("x", 0))
ENABLED: dict[str, Any] = {"model": "claude-sonnet-4-5", "max_tokens": 2000, "thinking": BUDGET}


@pytest.mark.parametrize("model", CATALOGUE, ids=lambda model: model.id)
def test_the_api_knows_its_own_names_of_what_it_serves(model: Any) -> None:
    for name in (model.id, *model.aliases):
        assert told(body(model=name)) == ("" if model.lifecycle != "retired" else f"model: {name}")


@pytest.mark.parametrize(
    "name", ["anthropic/claude-sonnet-4.5", "claude-opus-5[1m]", "us.anthropic.claude-opus-5-v1:0"]
)
def test_a_gateway_knows_other_spellings(name: str) -> None:
    assert told(body(model=name), dialect="siraya") == ""
    assert told(body(model=name)) == f"model: {name}"


@pytest.mark.parametrize("dialect", ["siraya", "anthropic"])
def test_a_scenario_is_a_model_that_can_do_everything(dialect: str) -> None:
    prefilled = [message("user"), message("system", "Be brief."), message("assistant")]
    request = body(model="claude-mock/x", max_tokens=10**9, messages=prefilled, thinking={"type": "disabled"})
    assert told(request | {"temperature": 0.5, "top_p": 0.5}, dialect=dialect) == ""


@pytest.mark.parametrize(
    "fields",
    [
        {"model": "claude-opus-4-7", "temperature": 1, "top_p": 1},
        {"model": "claude-sonnet-4-5", "temperature": 0.5},
        {"model": "claude-sonnet-4-6", "thinking": {"type": "adaptive"}, "temperature": 1, "top_p": None},
        {"model": "claude-sonnet-4-6", "thinking": {"type": "adaptive"}, "top_p": 0.95},
        {"model": "claude-sonnet-4-6", "thinking": {"type": "disabled"}, "top_k": 5},
        {"model": "claude-fable-5-2", "max_tokens": 10**9},
        {**ENABLED, "tools": [LOOK], "tool_choice": {"type": "auto"}},
        {"model": "claude-opus-5-5", "tools": [LOOK], "tool_choice": {"type": "auto"}},
        {"model": "claude-opus-5", "tools": [LOOK], "tool_choice": {"type": "any"}},
        {"model": "claude-opus-5", "thinking": {"type": "disabled"}, "output_config": {"effort": "high"}},
        {"model": "claude-opus-5", "output_config": {"effort": "max"}},
        {"model": "claude-sonnet-5", "thinking": {"type": "disabled"}, "output_config": {"effort": "xhigh"}},
        {"max_tokens": 0},
        {"max_tokens": 0, "stream": False, "output_config": {"format": None}},
    ],
)
def test_what_models_can_do_passes(fields: dict[str, Any]) -> None:
    assert told(body(**fields)) == ""


def test_a_larger_window_is_a_beta() -> None:
    request = body(model="claude-sonnet-4-5", system="to be or not " * 100_000)
    assert told(request).startswith("prompt is too long: ")
    assert told(request, anthropic_beta="context-1m-2025-08-07") == ""


def test_a_budget_between_calls_may_be_larger_than_an_answer() -> None:
    request = body(**ENABLED) | {"max_tokens": 1024}
    assert told(request).startswith("`max_tokens` must be greater than")
    assert told(request, anthropic_beta="interleaved-thinking-2025-05-14") == ""
    assert told(body(model="claude-sonnet-4-5", max_tokens=None, thinking=BUDGET), counting=True) == ""


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"stream": True}, "stream: true"),
        ({"thinking": BUDGET}, "thinking of the type enabled"),
        ({"tools": [LOOK], "tool_choice": {"type": "any"}}, "a tool_choice that forces tool use"),
        (
            {"output_config": {"format": {"type": "json_schema", "schema": {"type": "string"}}}},
            "output_config.format",
        ),
    ],
)
def test_where_nothing_is_answered_some_things_have_no_use(fields: dict[str, Any], what: str) -> None:
    found = told(body(max_tokens=0, **fields))
    assert found == f"max_tokens: 0 only fills the prompt cache, and cannot be combined with {what}"


@pytest.mark.parametrize(
    "model", [model for model in CATALOGUE if model.lifecycle != "retired"], ids=lambda one: one.id
)
def test_each_model_takes_the_thinking_that_it_says_it_takes(model: Any) -> None:
    for kind in THINKING:
        about = {"budget_tokens": 1024} if kind == "enabled" else {}
        found = told(body(model=model.id, max_tokens=2000, thinking={"type": kind, **about}))
        assert (found == "") is (kind in model.abilities.thinking), found


LOOPS = {
    "asked": ([message("user")], True),
    "answered without thinking before": ([message("user"), message("assistant"), message("user")], True),
    "a loop that thinks": (
        [message("user"), message("assistant", [THOUGHT, call()]), message("user", [result()])],
        True,
    ),
    "a loop that does not": ([message("user"), message("assistant", [call()]), message("user", [result()])], False),
    "a loop that thinks at its start": (
        [
            *(message("user"), message("assistant", [THOUGHT, call("a")]), message("user", [result("a")])),
            *(message("assistant", [call("b")]), message("user", [result("b")])),
        ],
        True,
    ),
    "a loop that somebody spoke into": (
        [message("user"), message("assistant", [call()]), message("user", [result(), text()])],
        True,
    ),
}


@pytest.mark.parametrize(("messages", "passes"), LOOPS.values(), ids=LOOPS.keys())
def test_a_loop_begins_with_thinking(messages: list[dict[str, Any]], passes: bool) -> None:
    found = told(body(messages=messages, **ENABLED))
    assert found == "" if passes else found.startswith("messages.1.content.0.type: Expected `thinking` or")


def test_the_new_version_has_no_sampling_to_mind() -> None:
    assert told(body(model="claude-opus-5"), anthropic_version=NOW) == ""
