"""Answers: messages of every kind, and every way to stream one."""

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from mockgw.protocol.events import Deltas, block_text
from mockgw.protocol.messages import (
    Block,
    Message,
    OtherBlock,
    RedactedThinking,
    Text,
    Thinking,
    ToolUse,
    Usage,
)

TEXTS = st.text(max_size=30)
WORDS = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=12)
SCALARS = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    SCALARS | TEXTS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3), max_leaves=6
)
INPUTS = st.dictionaries(TEXTS, VALUES, max_size=4)
CITATIONS = st.lists(st.fixed_dictionaries({"type": st.just("char_location"), "cited_text": TEXTS}), max_size=2)

CALLS = st.builds(ToolUse, WORDS.map("toolu_{}".format), WORDS, INPUTS)
SERVER_CALLS = st.builds(
    lambda kind, id, input: OtherBlock({"type": kind, "id": id, "name": "web_search", "input": input}),
    st.sampled_from(["server_tool_use", "mcp_tool_use", "tool_use"]),
    WORDS,
    INPUTS,
)
CITED = st.builds(Text, TEXTS, CITATIONS)
FOUND = st.fixed_dictionaries(
    {
        "type": st.just("web_search_result"),
        "title": TEXTS,
        "url": WORDS,
        "encrypted_content": WORDS,
        "page_age": st.none(),
    }
)
RESULTS = st.builds(
    lambda id, found: OtherBlock({"type": "web_search_tool_result", "tool_use_id": id, "content": found}),
    WORDS,
    st.lists(FOUND, max_size=2),
)
ODD = st.dictionaries(WORDS, VALUES, max_size=3).map(lambda fields: OtherBlock(fields | {"type": "of_tomorrow"}))
OWN_BLOCKS = st.one_of(
    st.builds(Text, TEXTS), st.builds(Thinking, TEXTS, WORDS), st.builds(RedactedThinking, WORDS), CALLS
)
COMPACTED = st.fixed_dictionaries(
    {"type": st.just("compaction"), "content": st.none() | TEXTS}, optional={"encrypted_content": st.none() | WORDS}
).map(OtherBlock)
BLOCKS: st.SearchStrategy[Block] = OWN_BLOCKS | SERVER_CALLS | CITED | RESULTS | COMPACTED | ODD

COUNTS = st.integers(0, 10**6)
OTHER_USAGE = st.fixed_dictionaries(
    {},
    optional={
        "server_tool_use": st.just({"web_search_requests": 1, "web_fetch_requests": 0}),
        "service_tier": st.just("priority"),
        "speed": st.just("fast"),
    },
)
USAGES = st.builds(Usage, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS, OTHER_USAGE)
CONTAINER = {"id": "container_1", "expires_at": "2026-11-22T12:00:00Z", "skills": None}
REFUSAL = {"type": "refusal", "category": None, "explanation": None}


def messages(blocks: st.SearchStrategy[Block] = BLOCKS) -> st.SearchStrategy[Message]:
    return st.builds(
        Message,
        id=WORDS.map("msg_{}".format),
        model=WORDS,
        content=st.lists(blocks, max_size=5).map(tuple),
        stop_reason=st.sampled_from(["end_turn", "tool_use", "max_tokens", "stop_sequence", "refusal", "pause_turn"]),
        stop_sequence=st.none() | TEXTS,
        usage=USAGES,
        stop_details=st.none() | st.just(REFUSAL),
        container=st.none() | st.just(CONTAINER),
        context_management=st.none() | st.just({"applied_edits": []}),
    )


@st.composite
def streamed(draw: st.DrawFn, blocks: st.SearchStrategy[Block] = BLOCKS) -> tuple[Message, Sequence[Deltas | None]]:
    """A message, and for each block either no deltas or its text in any pieces, empty ones among them."""
    message = draw(messages(blocks))
    return message, [draw(st.none() | _pieces(block_text(block))) for block in message.content]


@st.composite
def _pieces(draw: st.DrawFn, text: str) -> list[str]:
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=5)))
    return [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]


def message(*content: Block, **more: Any) -> Message:
    """A small message with these blocks."""
    usual: dict[str, Any] = {"stop_reason": "end_turn", "stop_sequence": None, "usage": Usage(12, 7)}
    return Message(**{"id": "msg_1", "model": "claude", "content": content} | usual | more)
