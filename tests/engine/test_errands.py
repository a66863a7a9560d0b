import json
from pathlib import Path
from typing import Any

import pytest

from tests.support import answer, ask, body, head, pipeline, text

CAPTURES = Path(__file__).parent.parent / "clients" / "captures"


def captured(name: str, **more: Any) -> tuple[dict[str, Any], dict[str, str]]:
    recorded = json.loads((CAPTURES / f"{name}.json").read_text())
    return recorded["body"] | {"stream": False} | more, recorded["headers"]


TITLE, CLASSIFIER = captured("title"), captured("classifier")


def test_a_title_fits_its_schema() -> None:
    request, headers = TITLE
    received = answer(pipeline("reply: Hello"), request, **headers)

    title = json.loads(received["content"][0]["text"])
    assert list(title) == ["title"]
    assert isinstance(title["title"], str)


def test_auto_mode_is_told_that_nothing_needs_to_be_blocked() -> None:
    request, headers = CLASSIFIER
    received = answer(pipeline("reply: Hello"), request, **headers)

    assert received["content"] == [{"type": "text", "text": "<block>no"}]
    assert (received["stop_reason"], received["stop_sequence"]) == ("stop_sequence", "</block>")


def test_the_second_stage_has_no_stop_sequence() -> None:
    request, headers = captured("classifier", stop_sequences=[], max_tokens=8192)

    assert text(pipeline("reply: Hello"), request, **headers) == "<block>no</block>"


def test_the_answer_says_whose_it_is() -> None:
    request, headers = TITLE

    assert head(ask(pipeline("reply: Hello"), request, **headers)).headers["x-mockgw-rule"] == "errand"


def test_side_calls_never_eat_an_answer() -> None:
    gateway = pipeline("replies: [one, two]")
    for request, headers in (TITLE, CLASSIFIER):
        answer(gateway, request, **headers)

    assert [text(gateway, body("a")), text(gateway, body("b"))] == ["one", "two"]


def test_side_calls_are_not_counted() -> None:
    gateway = pipeline("rules: [{match: {nth_request: 1}, reply: first}]")
    answer(gateway, TITLE[0], **TITLE[1])

    assert text(gateway) == "first"


@pytest.mark.parametrize("match", ["{agent: side}", "{structured: true}", "{any: [{prompt: x}, {structured: true}]}"])
def test_a_rule_that_names_them_answers_them(match: str) -> None:
    gateway = pipeline(f"rules: [{{reply: for all}}, {{match: {match}, reply: mine}}]")

    assert text(gateway, TITLE[0], **TITLE[1]) == "mine"
    assert text(gateway) == "for all"


def test_a_named_rule_that_does_not_match_leaves_the_built_in_answer() -> None:
    gateway = pipeline("rules: [{match: {agent: side, structured: true}, reply: title}, {reply: for all}]")

    assert text(gateway, CLASSIFIER[0], **CLASSIFIER[1]) == "<block>no"
    assert text(gateway, TITLE[0], **TITLE[1]) == "title"


def test_a_schema_that_cannot_be_met_is_refused() -> None:
    format = {"type": "json_schema", "schema": {"properties": {"a": False}, "required": ["a"], "type": "object"}}
    request, headers = captured("title", output_config={"format": format})

    refusal = "cannot generate an answer: the schema at /properties/a allows no value"
    assert text(pipeline("reply: a"), request, **headers) == refusal
