"""Tokens: an estimate that is stable, never 0, and never fails."""

import json
from base64 import b64encode
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockgw.protocol.tokens import (
    IMAGE_TOKENS,
    PAGE_TOKENS,
    count,
    pieces,
    request_estimate,
    split,
    text_estimate,
    texts_estimate,
    within,
)

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
KINDS = st.sampled_from(["text", "image", "document", "tool_use", "tool_result", "base64", "url", "thinking", "new"])
KEYS = st.sampled_from(["content", "source", "data", "input", "text", "name"]) | st.text(max_size=5)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.builds(
            lambda fields, kind: fields | {"type": kind}, st.dictionaries(KEYS, inner, max_size=4), KINDS | inner
        )
    ),
    max_leaves=20,
)


def user(content: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": content}]}


def image(header: bytes) -> dict[str, Any]:
    data = b64encode(header + bytes(3000)).decode()
    return {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": data}}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("Hello, world!", ["Hello", ",", " world", "!"]),
        ("internationalization", ["interna", "tionali", "zation"]),
        ("in 12345 days", ["in", " 123", "45", " days"]),
        ("中文字", ["中", "文", "字"]),
        ("日本 語", ["日", "本", " ", "語"]),
        ("def f(x):\n    return x_1", ["def", " f", "(", "x", "):", "\n   ", " return", " x", "_", "1"]),
        ("a\n\n\nb", ["a", "\n\n\n", "b"]),
        ("end  ", ["end", "  "]),
        ("née 🙂", ["née", " 🙂"]),
    ],
)
def test_text_is_split_into_pieces_of_about_one_token(text: str, expected: list[str]) -> None:
    assert split(text) == expected
    assert count(text) == len(expected)


@settings(deadline=None)
@given(st.text())
def test_the_pieces_joined_are_the_text(text: str) -> None:
    assert "".join(split(text)) == text


@settings(deadline=None)
@given(st.text(), st.integers(1, 7))
def test_chunks_hold_as_many_tokens_as_asked_for(text: str, chunk: int) -> None:
    chunks = pieces(text, chunk)

    assert "".join(chunks) == text
    assert len(chunks) == -(-count(text) // chunk)
    assert chunk > 1 or chunks == split(text)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [("", 0), ("a", 1), ("abcd", 1), ("abcde", 2), ("x" * 100_000, 25_000), ("中文", 2), ("\ud800", 1)],
    ids=["empty", "one", "four", "five", "long", "wide", "half-a-pair"],
)
def test_text_that_is_read_counts_by_its_size(text: str, tokens: int) -> None:
    assert text_estimate(text) == tokens


@given(st.lists(st.text(max_size=20)))
def test_texts_that_are_counted_together_cost_what_each_costs(texts: list[str]) -> None:
    assert texts_estimate(texts) == sum(map(text_estimate, texts))


@pytest.mark.parametrize("body", [{}, {"messages": []}, {"system": "", "tools": []}, {"messages": None}])
def test_no_request_is_free(body: dict[str, Any]) -> None:
    assert request_estimate(body) == 1


def test_a_string_and_a_list_of_one_text_block_cost_the_same() -> None:
    text = "Read the file, then mend it."
    blocks = [{"type": "text", "text": text, "cache_control": {"type": "ephemeral", "ttl": "5m"}}]

    assert request_estimate(user(blocks)) == request_estimate(user(text))
    assert request_estimate({"system": blocks}) == request_estimate({"system": text})


@pytest.mark.parametrize(
    "extra",
    [
        {"metadata": {"user_id": "u" * 400}},
        {"cache_control": {"type": "ephemeral"}},
        {"context_management": {"edits": []}},
        {"model": "claude-opus-5"},
    ],
    ids=lambda extra: next(iter(extra)),
)
def test_what_the_model_never_reads_costs_nothing(extra: dict[str, Any]) -> None:
    assert request_estimate(user("hello") | extra) == request_estimate(user("hello"))


@pytest.mark.parametrize(
    "block",
    [
        {"type": "text", "text": "TEXT"},
        {"type": "thinking", "thinking": "TEXT", "signature": "c2lnbmF0dXJl"},
        {"type": "tool_use", "id": "toolu_1", "name": "Bash", "input": {"command": "TEXT"}},
        {"type": "tool_use", "id": "toolu_1", "name": "Bash", "input": {"number": 1 << 70, "command": "TEXT"}},
        {"type": "tool_result", "tool_use_id": "toolu_1", "content": "TEXT"},
        {"type": "tool_result", "tool_use_id": "toolu_1", "content": [{"type": "text", "text": "TEXT"}]},
        {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "TEXT"}},
        {"type": "document", "source": {"type": "content", "content": [{"type": "text", "text": "TEXT"}]}},
        {"type": "search_result", "source": "s", "title": "t", "content": [{"type": "text", "text": "TEXT"}]},
        {"type": "from_the_future", "deep": {"er": ["TEXT"]}},
        "TEXT",
    ],
)
def test_text_counts_wherever_it_stands(block: Any) -> None:
    longer = json.loads(json.dumps(block).replace("TEXT", "TEXT" * 1000))

    difference = request_estimate(user([longer])) - request_estimate(user([block]))

    assert difference == pytest.approx(999, abs=1)


@pytest.mark.parametrize("source", ["url", "file"])
def test_documents_kept_elsewhere_have_a_flat_price(source: str) -> None:
    block = {"type": "document", "source": {"type": source, source: "x" * 9000}}

    assert request_estimate(user([block])) == PAGE_TOKENS + request_estimate(user([]))


def test_a_pdf_costs_by_its_size_not_as_text() -> None:
    small, large = ({"type": "base64", "data": "A" * chars} for chars in (1000, 400_000))

    prices = [request_estimate(user([{"type": "document", "source": source}])) for source in (small, large)]

    assert [price // PAGE_TOKENS for price in prices] == [1, 8]


def test_base64_in_a_block_of_the_future_is_not_text() -> None:
    block = {"type": "video", "source": {"type": "base64", "media_type": "video/mp4", "data": "A" * 40_000}}

    assert request_estimate(user([block])) < PAGE_TOKENS + 10


def test_redacted_thinking_costs_by_its_decoded_size() -> None:
    block = {"type": "redacted_thinking", "data": "A" * 400}

    assert request_estimate(user([block])) - request_estimate(user([])) == 75


@pytest.mark.parametrize(
    "header",
    [
        b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + (300).to_bytes(4) + (250).to_bytes(4),
        b"GIF89a" + (300).to_bytes(2, "little") + (250).to_bytes(2, "little"),
        b"RIFF\0\0\0\0WEBPVP8X" + bytes(8) + (299).to_bytes(3, "little") + (249).to_bytes(3, "little"),
        b"RIFF\0\0\0\0WEBPVP8L" + bytes(4) + b"\x2f" + (299 | 249 << 14).to_bytes(4, "little"),
        b"RIFF\0\0\0\0WEBPVP8 " + bytes(10) + (300).to_bytes(2, "little") + (250).to_bytes(2, "little"),
        b"\xff\xd8\xff\xe0\0\x04JF\xff\xc0\0\x11\x08" + (250).to_bytes(2) + (300).to_bytes(2),
    ],
    ids=["png", "gif", "webp-extended", "webp-lossless", "webp-lossy", "jpeg"],
)
def test_an_image_costs_by_its_pixels(header: bytes) -> None:
    assert request_estimate(user([image(header)])) - request_estimate(user([])) == 100


def test_a_huge_image_is_scaled_down_first() -> None:
    side = (100_000).to_bytes(4)

    block = image(b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + side + side)

    assert request_estimate(user([block])) - request_estimate(user([])) == 1600


@pytest.mark.parametrize(
    "block",
    [
        {"type": "image", "source": {"type": "url", "url": "http://example.invalid/a.png"}},
        {"type": "image", "source": {"type": "base64", "data": "not base64!"}},
        {"type": "image", "source": {"type": "base64", "data": "é"}},
        {"type": "image", "source": {"type": "base64", "data": ["A"]}},
        {"type": "image", "source": "A"},
        {"type": "image"},
        image(b"BM"),
        image(b"RIFF\0\0\0\0WAVEfmt "),
        image(b"\xff\xd8\xff\xe0\xff\xff"),
        image(b"\x89PNG\r\n\x1a\n"),
    ],
    ids=["url", "no-base64", "no-ascii", "list", "string", "none", "bmp", "wave", "jpeg-cut", "png-empty"],
)
def test_an_image_that_cannot_be_read_has_a_flat_price(block: dict[str, Any]) -> None:
    assert request_estimate(user([block])) - request_estimate(user([])) == IMAGE_TOKENS


def test_tools_cost_their_json_and_the_prompt_they_bring() -> None:
    tool = {"name": "Bash", "description": "Runs a command", "input_schema": {"type": "object"}}

    one, two = (request_estimate(user("hi") | {"tools": [tool] * number}) for number in (1, 2))
    cached = request_estimate(user("hi") | {"tools": [tool | {"cache_control": {"type": "ephemeral"}}]})

    assert one > request_estimate(user("hi")) + 346
    assert 346 > two - one > 10
    assert cached == one


@pytest.mark.parametrize(
    "body",
    [
        {"messages": "hello"},
        {"messages": ["hello", 1, None]},
        {"messages": [{"content": {"type": ["text"]}}]},
        {"system": 5, "tools": "Bash"},
        {"tools": [None, "Bash", {"name": 1 << 70}]},
    ],
)
def test_garbage_has_a_price_too(body: dict[str, Any]) -> None:
    assert request_estimate(body) > 1


def test_nesting_deeper_than_any_stack_has_a_price() -> None:
    content: Any = "bottom"
    for _ in range(5_000):
        content = [{"type": "tool_result", "content": content}]

    assert request_estimate(user(content)) > 1
    assert (
        request_estimate({"tools": [content], "messages": [{"content": [{"type": "tool_use", "input": content}]}]}) > 1
    )


@settings(deadline=None)
@given(JSON, JSON, JSON)
def test_no_request_makes_the_estimate_fail(system: Any, content: Any, tools: Any) -> None:
    assert request_estimate(user(content) | {"system": system, "tools": tools}) >= 1


@settings(deadline=None)
@given(st.text(), st.text(), st.sampled_from(["system", "text", "tool_use", "tool_result", "tools"]))
def test_more_text_never_costs_less(text: str, more: str, place: str) -> None:
    assert request_estimate(request_with(text + more, place)) >= request_estimate(request_with(text, place))


@settings(deadline=None)
@given(st.lists(st.text()), st.text())
def test_another_block_never_costs_less(texts: list[str], more: str) -> None:
    blocks = [{"type": "text", "text": text} for text in texts]

    assert request_estimate(user([*blocks, {"type": "text", "text": more}])) >= request_estimate(user(blocks))


def request_with(text: str, place: str) -> dict[str, Any]:
    match place:
        case "system":
            return {"system": text}
        case "tools":
            return {"tools": [{"name": "Bash", "description": text}]}
        case "tool_use":
            return user([{"type": "tool_use", "name": "Bash", "input": {"command": text}}])
        case "tool_result":
            return user([{"type": "tool_result", "content": [{"type": "text", "text": text}]}])
    return user([{"type": "text", "text": text}])


@given(st.text(max_size=200), st.integers(0, 60))
def test_within_a_limit_are_the_first_tokens(text: str, limit: int) -> None:
    count, length = within(text, limit)
    assert (count, text[:length]) == (min(limit, len(split(text))), "".join(split(text)[:limit]))


def test_a_long_text_is_looked_at_no_further_than_the_limit() -> None:
    assert within("word " * 1_000_000, 10) == (10, len("word " * 10) - 1)
