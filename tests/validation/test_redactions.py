import pytest

from mockgw.validation.redactions import known
from tests.support import body, pipeline, scenario, text
from tests.validation.checking import block, message

WRITES = """
rules:
  - match: {prompt: a}
    replies:
      - content: [redacted_thinking: one, text: a]
      - steps: [{redacted_thinking: two}, {error: 429}]
  - block: {type: redacted_thinking, data: three}
"""


@pytest.mark.parametrize(
    ("written", "found"),
    [
        (WRITES, {"one", "two", "three"}),
        ("Hello", set()),
        ("redacted_thinking: '{{ prompt }}'", None),
        ("block: {type: text, text: a}", set()),
    ],
)
def test_what_a_scenario_writes_is_known(written: str, found: set[str] | None) -> None:
    assert known(scenario(written)) == found


def back(data: str) -> dict[str, object]:
    return body(
        messages=[message("user"), message("assistant", [block("redacted_thinking", data=data)]), message("user")]
    )


def test_what_was_written_can_be_sent_back() -> None:
    gateway = pipeline("content: [redacted_thinking: one, text: Hi]\ngateway: {validate: strict}")
    assert text(gateway, back("one")) == "Hi"
    assert text(gateway, back("two")) == "messages.1.content.0: Invalid `data` in `redacted_thinking` block"


def test_what_a_template_may_have_written_is_taken() -> None:
    gateway = pipeline("content: [redacted_thinking: '{{ prompt }}', text: Hi]\ngateway: {validate: strict}")
    assert text(gateway, back("anything")) == "Hi"
