"""Cutting: where `max_tokens` and `stop_sequences` end an answer."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from mockgw.protocol import tokens
from mockgw.protocol.events import Deltas, input_json
from mockgw.protocol.messages import Block, Text, Thinking, ToolUse
from mockgw.values import light

Exact = Deltas | None


@light
class Part:
    """A block, the deltas that a script wrote for it, and the text that its tokens are counted on."""

    block: Block
    exact: Exact
    counted: str


@light
class Cut:
    """What is left of an answer, and why it ended early, if it did."""

    parts: tuple[Part, ...]
    output_tokens: int
    stop_reason: str | None = None
    stop_sequence: str | None = None


def cut(
    parts: Sequence[Part],
    *,
    max_tokens: int | None,
    stop_sequences: Sequence[str],
    eager: Callable[[str], bool] = lambda name: False,
) -> Cut:
    """The parts up to the limit or the first stop sequence in a text, whichever comes first.

    `eager` says of a tool whether its input is streamed as it is written, so that it may end anywhere.
    """
    kept: list[Part] = []
    used = 0
    for part in parts:
        stop = _first_stop(part, stop_sequences)
        shorter = _ended(part, stop[0]) if stop else part
        size, length = _measured(shorter.counted, max_tokens, used)
        if length < len(shorter.counted):
            kept.extend(_within(shorter, size, length, eager))
            return Cut(tuple(kept), used + size, "max_tokens")
        used += size
        if not stop or _text(shorter.block):
            kept.append(shorter)
        if stop:
            return Cut(tuple(kept), used, "stop_sequence", stop[1])
    if max_tokens == 0:
        return Cut((), 0, "max_tokens")
    return Cut(tuple(kept), used)


def _first_stop(part: Part, stop_sequences: Sequence[str]) -> tuple[int, str] | None:
    if not isinstance(part.block, Text):
        return None
    found = [(index, stop) for stop in stop_sequences if stop and (index := part.block.text.find(stop)) >= 0]
    return min(found, default=None)


def _measured(text: str, max_tokens: int | None, used: int) -> tuple[int, int]:
    """The tokens that are still paid for, and the characters that they are."""
    return (tokens.count(text), len(text)) if max_tokens is None else tokens.within(text, max_tokens - used)


def _within(part: Part, budget: int, length: int, eager: Callable[[str], bool]) -> list[Part]:
    """As much of a part as the budget pays for."""
    if isinstance(part.block, ToolUse):
        whole = [_arguments_within(part, part.block, budget)] if budget else []
        return [_broken_off(part, one, length) if eager(part.block.name) else one for one in whole]
    return [_ended(part, length)] if length else []


def _ended(part: Part, length: int) -> Part:
    """The part with its text cut to a length."""
    exact = None if part.exact is None else tuple(_trimmed(part.exact, length))
    counted = part.counted[:length]
    match part.block:
        case Text(text, citations):
            return Part(Text(text[:length], citations), exact, counted)
        case Thinking(thinking):
            return Part(replace(part.block, thinking=thinking[:length]), exact, counted)
    return replace(part, counted=counted)


def _arguments_within(part: Part, call: ToolUse, budget: int) -> Part:
    """A call with the arguments that are complete within the budget: the API streams one at a time."""
    complete: dict[str, Any] = {}
    for key, value in call.input.items():
        if tokens.count(input_json(complete | {key: value})) > budget:
            break
        complete[key] = value
    return Part(replace(call, input=complete), None, input_json(complete))


def _broken_off(part: Part, whole: Part, length: int) -> Part:
    """A call whose JSON ends in the middle; what is complete of it is its input where nothing is streamed."""
    assert isinstance(part.block, ToolUse)
    written = part.exact if part.exact is not None else tokens.pieces(input_json(part.block.input), 1)
    return replace(whole, exact=tuple(_trimmed(written, length)), counted=part.counted[:length])


def _trimmed(deltas: Deltas, length: int) -> Deltas:
    kept: list[str] = []
    for delta in deltas:
        if length > 0:
            kept.append(delta[:length])
        length -= len(delta)
    return kept


def _text(block: Block) -> str:
    return block.text if isinstance(block, Text) else ""
