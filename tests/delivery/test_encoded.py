"""Encoded: the content of an answer as bytes."""

import pytest

from mockgw.delivery.encoded import pieces
from mockgw.protocol.messages import RedactedThinking, Text, ToolUse


@pytest.mark.parametrize(
    ("chunk", "text"),
    [
        (1, ["Hello", " there", ",", " you"]),
        (2, ["Hello there", ", you"]),
        (3, ["Hello there,", " you"]),
        (9, ["Hello there, you"]),
    ],
)
def test_a_text_goes_in_deltas_of_so_many_tokens(chunk: int, text: list[str]) -> None:
    assert pieces([Text("Hello there, you")], [None], chunk) == [text]


def test_scripted_deltas_stay_as_they_are() -> None:
    content = (Text("ab"), RedactedThinking("x"), ToolUse("1", "a", {"b": 1}), Text(""))
    found = pieces(content, [("a", "", "b"), None, None, None], 1)
    assert found[0] == ("a", "", "b")
    assert (found[1], "".join(found[2]), found[3]) == ([], '{"b": 1}', [])
