from typing import Any

import pytest

from mockgw.protocol.signatures import sign
from tests.support import answer, body, pipeline
from tests.validation.checking import block, message, told

THINKS = """
content: [thinking: This is a rather long thought about nothing at all., text: Hello.]
gateway: {validate: strict}
"""


def thought(text: str = "x", of: str = "x", seed: int = 0) -> dict[str, Any]:
    return block("thinking", thinking=text, signature=sign(of, seed))


def conversation(*thoughts: dict[str, Any]) -> dict[str, Any]:
    answers = [part for one in thoughts for part in (message("assistant", [one]), message("user"))]
    return body(messages=[message("user"), *answers])


def test_blocks_that_come_back_as_they_were_pass() -> None:
    assert told(conversation(thought(), thought("", "y"), thought("z", "z"))) == ""
    assert told(conversation(thought(seed=7)), seed=7) == ""


def test_a_changed_text_is_told_by_where_it_stands() -> None:
    assert "cannot be modified" in told(conversation(thought(), thought("y")))
    assert (
        told(conversation(thought("y"), thought())) == "messages.1.content.0: Invalid `signature` in `thinking` block"
    )


def test_a_block_of_another_seed_is_invented() -> None:
    assert told(conversation(thought(seed=7))) == "messages.1.content.0: Invalid `signature` in `thinking` block"


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"max_tokens": 5},
        {"model": "claude-opus-5", "thinking": {"type": "adaptive", "display": "omitted"}},
    ],
    ids=["whole", "cut", "omitted"],
)
@pytest.mark.parametrize("seed", [0, 7])
def test_what_was_answered_can_be_sent_back(asked: dict[str, Any], seed: int) -> None:
    gateway = pipeline(THINKS, seed=seed)
    given = answer(gateway, body(**asked))["content"]
    back = body(messages=[message("user"), message("assistant", given), message("user", "And?")], **asked)

    assert given[0]["type"] == "thinking"
    assert "error" not in answer(gateway, back)
    given[0] |= {"thinking": "Something else."}
    assert "cannot be modified" in answer(gateway, back)["error"]["message"]
