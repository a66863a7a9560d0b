"""The pipeline notes what an answer lacks of the JSON that is asked for; see checking.compare."""

from typing import Any

import pytest

from mockgw.log import text_line
from tests.support import ask, body, head, pipeline, text

SCHEMA = {"type": "object", "properties": {"title": {"type": "string"}}, "required": ["title"]}
STRUCTURED: dict[str, Any] = {"output_config": {"format": {"type": "json_schema", "schema": SCHEMA}}}
NO_JSON = "the answer is no JSON, which output_config.format asks for"


@pytest.mark.parametrize(
    ("scenario", "request_body", "noted"),
    [
        ("reply: Hello.", STRUCTURED, NO_JSON),
        (
            "reply: '{}'",
            STRUCTURED,
            'the answer does not fit output_config.format.schema: "title" is a required property',
        ),
        ("content: [thinking: Hm., '{\"title\": ', '1}']", STRUCTURED, '1 is not of type "string"'),
        ("""reply: '{"title": "a"}'""", STRUCTURED, ""),
        ("generate: {json: true}", STRUCTURED, ""),
        ("tool_use: {name: Read}", STRUCTURED, ""),
        ("{content: [], stop_reason: refusal}", STRUCTURED, ""),
        ("reply: Hello there.", STRUCTURED | {"max_tokens": 1}, ""),
        ("error: 429", STRUCTURED, ""),
        ("reply: Hello.", {}, ""),
        ("reply: Hello.", {"output_config": {"effort": "low"}}, ""),
        ("{reply: Hello., gateway: {validate: 'off'}}", STRUCTURED, ""),
    ],
    ids=[
        "no-json",
        "another",
        "in-pieces",
        "fits",
        "made-up",
        "a-call",
        "refused",
        "cut",
        "error",
        "not-asked-for",
        "only-effort",
        "off",
    ],
)
def test_what_does_not_fit_is_noted(scenario: str, request_body: dict[str, Any], noted: str) -> None:
    opened = ask(pipeline(scenario), body(**request_body))

    assert opened.exchange.validation.endswith(noted)
    assert bool(opened.exchange.validation) is bool(noted)


def test_the_head_and_the_log_say_it_and_the_answer_goes_on() -> None:
    gateway = pipeline("reply: Hello.")
    opened = ask(gateway, body(**STRUCTURED))

    assert head(opened).headers["x-mockgw-validation"] == NO_JSON
    assert f"validation: {NO_JSON}" in text_line(opened.exchange)
    assert text(gateway, body(**STRUCTURED)) == "Hello."


def test_what_was_wrong_with_the_request_comes_first() -> None:
    opened = ask(pipeline("{reply: Hello., gateway: {validate: schema-report}}"), body(**STRUCTURED, stream="yes"))
    assert opened.exchange.validation == "stream: Input should be a valid boolean"
