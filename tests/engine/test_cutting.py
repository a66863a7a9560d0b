from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockgw.engine.cutting import Part, cut
from mockgw.protocol import tokens
from mockgw.protocol.events import input_json
from mockgw.protocol.messages import OtherBlock, RedactedThinking, Text, Thinking, ToolUse

WORDS = "one two three four five six"


def text(*deltas: str, exact: bool = False) -> Part:
    whole = "".join(deltas)
    return Part(Text(whole), deltas if exact else None, whole)


def thinking(*deltas: str) -> Part:
    return Part(Thinking("".join(deltas), "sig"), deltas, "".join(deltas))


def call(**input: Any) -> Part:
    return Part(ToolUse("id", "Read", input), None, input_json(input) or "Read")


def test_exactly_the_limit_is_no_cut() -> None:
    size = tokens.count(WORDS)
    result = cut([text(WORDS)], max_tokens=size, stop_sequences=[])

    assert (result.stop_reason, result.output_tokens, result.parts[0].block) == (None, size, Text(WORDS))


def test_one_token_less_is_a_cut() -> None:
    size = tokens.count(WORDS)
    result = cut([text(WORDS)], max_tokens=size - 1, stop_sequences=[])

    assert (result.stop_reason, result.output_tokens) == ("max_tokens", size - 1)
    assert result.parts[0].block == Text("".join(tokens.split(WORDS)[:-1]))


@pytest.mark.parametrize(
    "parts", [[text(WORDS)], [], [Part(RedactedThinking(""), None, "")]], ids=["text", "none", "empty"]
)
def test_nothing_is_left_of_nothing(parts: list[Part]) -> None:
    result = cut(parts, max_tokens=0, stop_sequences=[])

    assert (result.parts, result.output_tokens, result.stop_reason) == ((), 0, "max_tokens")


def test_no_limit_keeps_all() -> None:
    assert cut([text(WORDS)], max_tokens=None, stop_sequences=[]).parts == (text(WORDS),)


def test_the_cut_may_fall_into_thinking() -> None:
    result = cut([thinking("one ", "two ", "three"), text("end")], max_tokens=2, stop_sequences=[])

    (part,) = result.parts
    assert isinstance(part.block, Thinking)
    assert (part.block.thinking, part.block.signature) == ("".join(tokens.split("one two three")[:2]), "sig")
    assert "".join(part.exact or ()) == part.block.thinking


def test_thinking_that_is_not_shown_is_counted_all_the_same() -> None:
    hidden = Part(Thinking("", "sig"), (), WORDS)
    result = cut([hidden, text("end")], max_tokens=2, stop_sequences=[])

    assert (result.stop_reason, [part.block for part in result.parts]) == ("max_tokens", [Thinking("", "sig")])


def test_a_cut_between_blocks_leaves_no_empty_one() -> None:
    result = cut([text("one"), text("two")], max_tokens=tokens.count("one"), stop_sequences=[])

    assert ([part.block for part in result.parts], result.stop_reason) == ([Text("one")], "max_tokens")


def test_a_call_keeps_the_arguments_that_are_complete() -> None:
    first = tokens.count(input_json({"path": "a.py"}))
    result = cut([call(path="a.py", text=WORDS)], max_tokens=first, stop_sequences=[])

    assert [part.block for part in result.parts] == [ToolUse("id", "Read", {"path": "a.py"})]
    assert result.stop_reason == "max_tokens"


def test_a_call_without_room_is_left_out() -> None:
    result = cut([text("one"), call(path="a.py")], max_tokens=tokens.count("one"), stop_sequences=[])

    assert [part.block for part in result.parts] == [Text("one")]


def test_a_call_that_does_not_parse_has_nothing_complete() -> None:
    broken = Part(ToolUse("id", "Read", {}), ('{"a": "', WORDS), '{"a": "' + WORDS)
    result = cut([broken], max_tokens=3, stop_sequences=[])

    assert [(part.block, part.exact) for part in result.parts] == [(ToolUse("id", "Read", {}), None)]


@pytest.mark.parametrize("exact", [None, ('{"path": "a"', ', "line": 12}')], ids=["made", "written"])
def test_a_call_that_is_streamed_as_it_is_written_ends_anywhere(exact: tuple[str, ...] | None) -> None:
    whole = Part(ToolUse("id", "Read", {"path": "a", "line": 12}), exact, input_json({"path": "a", "line": 12}))
    result = cut([whole], max_tokens=9, stop_sequences=[], eager=lambda name: name == "Read")

    [part] = result.parts
    assert isinstance(part.block, ToolUse)
    assert part.block.input == {"path": "a"}
    assert part.exact
    assert "".join(part.exact) == part.counted
    assert whole.counted.startswith(part.counted)
    assert len(part.counted) > len('{"path": "a"')


def test_a_call_without_arguments_has_none_that_end_anywhere() -> None:
    whole = Part(ToolUse("id", "ReadAllOfIt", {}), None, "ReadAllOfIt")
    [part] = cut([whole], max_tokens=1, stop_sequences=[], eager=bool).parts
    assert part.exact == ()


def test_another_block_is_never_half() -> None:
    block = OtherBlock({"type": "web_search_tool_result"})
    result = cut([Part(block, None, WORDS)], max_tokens=2, stop_sequences=[])

    assert ([part.block for part in result.parts], result.output_tokens) == ([block], 2)


@pytest.mark.parametrize(
    ("deltas", "stops", "left", "met"),
    [
        pytest.param(["one END two"], ["END"], ["one "], "END", id="one-delta"),
        pytest.param(["one E", "N", "D two"], ["END"], ["one "], "END", id="across-deltas"),
        pytest.param(["one ", "END"], ["END"], ["one "], "END", id="at-the-end"),
        pytest.param(["b a"], ["a", "b"], [], "b", id="first-met-wins"),
        pytest.param(["x abc"], ["abc", "ab"], ["x "], "ab", id="shorter-is-met-first"),
        pytest.param(["END"], ["", "END"], [], "END", id="nothing-left"),
    ],
)
def test_a_stop_sequence_ends_the_text_before_it(
    deltas: list[str], stops: list[str], left: list[str], met: str
) -> None:
    result = cut([text(*deltas, exact=True), text("never")], max_tokens=100, stop_sequences=stops)

    assert (result.stop_reason, result.stop_sequence) == ("stop_sequence", met)
    assert [list(part.exact or ()) for part in result.parts] == ([left] if left else [])
    assert result.output_tokens == tokens.count("".join(left))


@pytest.mark.parametrize("stops", [[], [""], ["nowhere"]])
def test_what_is_not_met_stops_nothing(stops: list[str]) -> None:
    result = cut([text("a"), text("b")], max_tokens=100, stop_sequences=stops)

    assert (len(result.parts), result.stop_reason, result.stop_sequence) == (2, None, None)


def test_stop_sequences_are_looked_for_in_text_alone() -> None:
    result = cut([thinking("END"), call(path="END"), text("one END")], max_tokens=100, stop_sequences=["END"])

    assert [part.block for part in result.parts][2] == Text("one ")


def test_the_limit_before_the_stop_sequence_wins() -> None:
    assert cut([text(WORDS + " END")], max_tokens=2, stop_sequences=["END"]).stop_reason == "max_tokens"
    assert cut([text("a END " + WORDS)], max_tokens=2, stop_sequences=["END"]).stop_reason == "stop_sequence"


@given(
    st.lists(st.text("ab c\n", max_size=8), max_size=5), st.integers(0, 9), st.sampled_from([[], ["b"], ["c", "ab"]])
)
def test_what_is_kept_is_a_beginning(deltas: list[str], limit: int, stops: list[str]) -> None:
    result = cut([text(*deltas, exact=True)], max_tokens=limit, stop_sequences=stops)

    kept = "".join(part.block.text for part in result.parts if isinstance(part.block, Text))
    assert "".join(deltas).startswith(kept)
    assert not any(stop in kept for stop in stops)
    assert result.output_tokens <= limit
    assert all("".join(part.exact or ()) == part.counted for part in result.parts)
