from typing import Any

import pytest
from pydantic import ValidationError

from mockgw.scenario.options import Options
from mockgw.scenario.replies import Answer, BlockForm, Choice, Generate, Item, read_answer
from mockgw.scenario.written import WrittenFloat, WrittenInt


def answer(value: Any) -> Answer:
    return Answer.model_validate(read_answer(value))


def problem(value: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        answer(value)
    return str(caught.value.errors()[0]["msg"])


@pytest.mark.parametrize(
    ("written", "kind", "blocks"),
    [
        pytest.param("Hi", "text", ["text"], id="text"),
        pytest.param(["a", {"thinking": "b"}], "content", ["text", "thinking"], id="blocks"),
        pytest.param({"text": ["a", "b"]}, "text", ["text"], id="deltas"),
        pytest.param({"content": []}, "content", [], id="no-blocks"),
        pytest.param({"tool_use": {"name": "Read"}}, "tool_use", ["tool_use"], id="tool"),
        pytest.param({"redacted_thinking": "x"}, "redacted_thinking", ["redacted_thinking"], id="redacted"),
        pytest.param({"generate": {"words": 3}}, "generate", ["generate"], id="generate"),
        pytest.param({"block": {"type": "x"}}, "block", ["block"], id="block"),
        pytest.param({"fault": "stall"}, "content", [], id="only-a-fault"),
        pytest.param({"error": 429}, "error", [], id="error"),
        pytest.param({"reply": "x"}, "reply", [], id="reply"),
        pytest.param({"steps": ["a"]}, "steps", [], id="list"),
    ],
)
def test_every_kind_of_answer(written: Any, kind: str, blocks: list[str]) -> None:
    found = answer(written)

    assert found.kind == kind
    assert [block.kind for block in found.blocks()] == blocks


@pytest.mark.parametrize(
    ("written", "text"),
    [
        pytest.param(WrittenInt("404"), "404", id="whole"),
        pytest.param(WrittenFloat("1.10"), "1.10", id="as-written"),
        pytest.param(["a", WrittenFloat("1.10")], ["a", "1.10"], id="in-deltas"),
    ],
)
def test_numbers_are_text_where_text_is_wanted(written: Any, text: Any) -> None:
    assert BlockForm.model_validate({"text": written}).text == text


def test_numbers_in_a_tools_input_lose_their_spelling() -> None:
    read = answer({"tool_use": {"name": "T", "input": {"a": WrittenFloat("1.10")}}})

    assert read.tool_use is not None
    assert [type(value) for value in read.tool_use.input.values()] == [float]  # type: ignore[union-attr]  # a dict here


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param({"reply": "a", "text": "b"}, "found 'reply' and 'text'", id="two"),
        pytest.param({}, "found nothing", id="none"),
        pytest.param({"texte": "a"}, "did you mean 'text'?", id="typo"),
        pytest.param({"text": None}, "'text' is null; give it a value or leave it out", id="null"),
        pytest.param({"text": "a", "pace": None}, "'pace' is null", id="null-option"),
        pytest.param({"error": 429, "pace": "fast"}, "'pace' has no meaning beside 'error'", id="error-pace"),
        pytest.param({"error": 429, "usage": {}}, "'usage' has no meaning beside 'error'", id="error-usage"),
        pytest.param({"steps": ["a"], "model": "m"}, "'model' has no meaning beside 'steps'", id="list-model"),
        pytest.param({"steps": ["a"], "fault": "stall"}, "'fault' has no meaning beside 'steps'", id="list-fault"),
        pytest.param({"choose": ["a"], "then": "loop"}, "'then' has no meaning beside 'choose'", id="choose-then"),
        pytest.param({"text": "a", "then": "loop"}, "'then' has no meaning beside 'text'", id="text-then"),
        pytest.param({"reply": "a", "then": "loop"}, "'then' has no meaning beside 'reply'", id="reply-then"),
        pytest.param({"content": [{"text": "a", "thinking": "b"}]}, "a block has exactly one of", id="two-in-a-block"),
        pytest.param({"text": "a", "times": 2}, "unknown key 'times'", id="times-outside"),
        pytest.param({"steps": [{"text": "a", "weight": 2}]}, "unknown key 'weight'", id="weight-outside"),
        pytest.param({"choose": [{"text": "a", "times": 2}]}, "unknown key 'times'", id="times-in-choose"),
        pytest.param({"choose": [{"text": "a", "weight": 0}]}, "a weight above 0, found 0", id="weight-0"),
        pytest.param({"generate": {"words": 1, "sentences": 1}}, "expected exactly one of", id="generate-two"),
        pytest.param({"generate": {}}, "expected exactly one of", id="generate-none"),
        pytest.param({"block": {"type": 1}}, "a block needs a 'type', as in", id="block-type"),
        pytest.param({"text": "a", "usage": {"output_tokens": -1}}, "expected at least 0, found -1", id="usage"),
        pytest.param({"text": "a", "pace": "fats"}, "did you mean 'fast'?", id="pace"),
    ],
)
def test_an_answer_that_makes_no_sense_is_refused(written: Any, expected: str) -> None:
    assert expected in problem(written)


@pytest.mark.parametrize("kind", ["text", "error", "steps", "choose"])
def test_delay_and_headers_may_stand_beside_everything(kind: str) -> None:
    value: Any = {"text": "a", "error": 429}.get(kind, ["a"])

    assert answer({kind: value, "delay": "1s", "headers": {"x": WrittenInt("1")}}).headers == {"x": "1"}


def test_only_calls_of_the_clients_tools_are_calls() -> None:
    calls = [{"tool_use": {"name": "Bash"}}, {"generate": {"tool": True}}, {"block": {"type": "tool_use"}}]
    others = [{"text": "a"}, {"generate": {"words": 3}}, {"block": {"type": "server_tool_use"}}]
    assert [BlockForm.model_validate(block).calls_tool for block in (*calls, *others)] == [True] * 3 + [False] * 3


def test_items_and_choices_have_a_share_of_their_own() -> None:
    assert (Item.model_validate({"text": "a"}).times, Choice.model_validate({"text": "a"}).weight) == (1, 1.0)
    assert Item.model_validate({"steps": ["a"], "times": 3}).times == 3


def test_one_fault_is_a_list_of_one() -> None:
    assert [fault.type for fault in Options.model_validate({"fault": "truncate"}).fault] == ["truncate"]
    several = Options.model_validate({"fault": ["truncate", {"type": "stall", "for": "1s"}]})
    assert [fault.type for fault in several.fault] == ["truncate", "stall"]


@pytest.mark.parametrize("pace", ["instant", "fast", "typical", "slow", {"ttft": "1s", "tps": 5}])
def test_a_pace_is_a_profile_or_a_mapping(pace: Any) -> None:
    assert Options.model_validate({"pace": pace}).pace is not None


def test_what_was_read_can_be_read_again() -> None:
    read = answer("Hi")

    assert read_answer(read) is read
    assert Answer.model_validate(read) is read
    assert BlockForm.model_validate(BlockForm.model_validate("Hi")).text == "Hi"
    assert Generate.model_validate({"tool": True}).tool is True
