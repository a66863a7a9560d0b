"""Streams: generated scenarios and requests, and what is sent of the same answer as a stream and as JSON."""

import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from hypothesis import strategies as st

from mockgw.clock import VirtualClock
from mockgw.delivery.actions import Chunk
from mockgw.pipeline import Pipeline
from mockgw.scenario import loader
from mockgw.scenario.document import Document
from mockgw.scenario.library import Library
from mockgw.settings import Settings
from mockgw.validation.blocks import BETA_BLOCKS
from tests.support import ask, body

Json = dict[str, Any]
Values = st.SearchStrategy[Any]


def mapping(optional: Mapping[str, Values] | None = None, /, **required: Values) -> Values:
    return st.fixed_dictionaries(required, optional=optional or {})


def cut(text: str, places: list[int]) -> list[str]:
    cuts = sorted(min(place, len(text)) for place in places)
    return [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]


def deltas(texts: Values) -> Values:
    """Lists of deltas that make up such a text; some are empty."""
    return st.builds(cut, texts, st.lists(st.integers(0, 30), max_size=4))


# What begins with `{{`, `{%` or `{#` is a template, and made-up text is none.
PROSE = st.sampled_from(
    [
        "It is sunny in Zürich.",
        "日本語と絵文字 👩‍👩‍👧‍👦 🇨🇭",
        "a\u2028b\u0085c\x00d",
        "e\u0301\ufeff",
        "\r\n\n",
        "data: x",
    ]
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="{"), max_size=30) | PROSE
NAMES = st.from_regex(r"[a-z_]{1,12}", fullmatch=True)
NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
INPUTS = st.dictionaries(TEXTS, ANY_JSON, max_size=3)
WRITTEN_INPUTS = deltas(st.builds(json.dumps, INPUTS, ensure_ascii=st.booleans()))

CALLER = st.just({"type": "direct"})
CALL_IDS = NAMES.map("toolu_{}".format)
SERVER_CALL_IDS = NAMES.map("srvtoolu_{}".format)
FOUND = mapping(type=st.just("web_search_result"), title=TEXTS, url=NAMES, encrypted_content=NAMES, page_age=st.none())
IN_DOCUMENT: dict[str, Values] = {
    "cited_text": TEXTS,
    "document_index": st.integers(0, 3),
    "document_title": st.none() | TEXTS,
    "file_id": st.none(),
}
ON_THE_WEB: dict[str, Values] = {"cited_text": TEXTS, "encrypted_index": NAMES, "title": TEXTS, "url": NAMES}


def of_types(kinds: Mapping[str, Values]) -> Values:
    """Objects that name their type."""
    return st.one_of(*(mapping(type=st.just(kind)).flatmap(_with(fields)) for kind, fields in kinds.items()))


def _with(fields: Values) -> Callable[[Json], Values]:
    return lambda typed: fields.map(lambda more: typed | more)


CITATIONS = of_types(
    {
        "char_location": mapping(start_char_index=st.just(0), end_char_index=st.just(9), **IN_DOCUMENT),
        "page_location": mapping(start_page_number=st.just(1), end_page_number=st.just(2), **IN_DOCUMENT),
        "web_search_result_location": mapping(**ON_THE_WEB),
    }
)
# Blocks as they are on the wire, by type: what `block` holds in a scenario.
WIRE: dict[str, Values] = {
    "text": mapping(text=TEXTS, citations=st.lists(CITATIONS, max_size=3)),
    "tool_use": mapping(id=CALL_IDS, name=NAMES, input=INPUTS, caller=CALLER),
    "server_tool_use": mapping(id=SERVER_CALL_IDS, name=st.just("web_search"), input=INPUTS, caller=CALLER),
    "web_search_tool_result": mapping(tool_use_id=SERVER_CALL_IDS, caller=CALLER, content=st.lists(FOUND, max_size=2)),
    "container_upload": mapping(file_id=NAMES),
    "compaction": mapping({"encrypted_content": NAMES}, content=TEXTS),
    "mcp_tool_use": mapping(id=NAMES, name=NAMES, server_name=NAMES, input=INPUTS),
    "mcp_tool_result": mapping(tool_use_id=NAMES, is_error=st.booleans(), content=TEXTS),
    "of_tomorrow": mapping(anything=ANY_JSON),
}
CALLED = {"id": SERVER_CALL_IDS}  # those that are made differ between one request and the next
CODES = st.sampled_from(["unavailable", "max_uses_exceeded"])  # of others the SDK warns
PAGES = st.lists(mapping({"title": TEXTS, "page_age": TEXTS}, url=NAMES), max_size=2)
PRINTED = {"stdout": TEXTS, "stderr": TEXTS, "return_code": st.integers(0, 9), "files": st.lists(NAMES, max_size=2)}
# Blocks as people write them, by key.
WRITTEN: dict[str, Values] = {
    "text": TEXTS | deltas(TEXTS),
    "thinking": TEXTS | deltas(TEXTS),
    "redacted_thinking": NAMES,
    "tool_use": mapping(id=CALL_IDS, name=NAMES, input=INPUTS | WRITTEN_INPUTS),
    "web_search": mapping({"results": PAGES}, query=TEXTS, **CALLED) | mapping(query=TEXTS, error=CODES, **CALLED),
    "web_fetch": mapping({"text": TEXTS, "title": TEXTS}, url=NAMES, **CALLED),
    "code_execution": mapping(PRINTED, code=TEXTS, **CALLED) | mapping(PRINTED, command=TEXTS, **CALLED),
    "tool_search": mapping({"tools": st.lists(NAMES, max_size=2)}, query=TEXTS, **CALLED),
    "mcp_tool_use": mapping({"input": INPUTS, "result": TEXTS}, server_name=NAMES, name=NAMES, **CALLED),
    "block": of_types(WIRE),
}
CITED = mapping(
    text=TEXTS | deltas(TEXTS),
    citations=st.lists(mapping({"title": TEXTS, "cited_text": TEXTS}, url=NAMES), min_size=1, max_size=2),
)
BLOCKS = st.one_of(CITED, *(mapping(**{key: values}) for key, values in WRITTEN.items()))
COUNTS = st.integers(0, 10**6)
OPTIONS: dict[str, Values] = {
    "stop_reason": st.sampled_from(["end_turn", "max_tokens", "tool_use", "pause_turn", "refusal", "of_tomorrow"]),
    "stop_sequence": TEXTS,
    "stop_details": mapping({"category": NAMES, "explanation": TEXTS}),
    "model": NAMES,
    "container": mapping(
        {"skills": st.just([{"skill_id": "pdf"}])}, id=NAMES, expires_at=st.just("2026-12-01T00:00:00Z")
    ),
    "context_management": mapping(applied_edits=st.just([{"cleared_tool_uses": 2, "cleared_input_tokens": 9}])),
    "usage": mapping(
        {
            **dict.fromkeys(("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"), COUNTS),
            "web_search_requests": COUNTS,
            "speed": st.just("fast"),
        },
        output_tokens=COUNTS,
    ),
    "pace": mapping(
        {"ttft": st.just("1s"), "interval": st.just("50ms"), "ping_every": st.just("30ms")}, chunk=st.integers(1, 5)
    ),
}
REPLIES = mapping(OPTIONS, content=st.lists(BLOCKS, max_size=5))
# What may happen to a stream that still has to be read as if nothing had.
HARMLESS = st.sampled_from(
    [
        {"type": "slicer", "average_size": 7, "size_variation": 5},
        {"type": "malformed_sse", "kind": "unknown_event"},
        {"type": "malformed_sse", "kind": "comments"},
        {"type": "malformed_sse", "kind": "crlf"},
        {"type": "stall", "for": "2s", "pings": True},
    ]
)
REQUESTS = mapping(
    {
        "max_tokens": st.integers(1, 9),
        "stop_sequences": st.lists(st.sampled_from(["a", "y in", "\n"]), max_size=2),
        "thinking": st.just({"type": "adaptive", "display": "omitted"}),
    }
)


@dataclass(frozen=True, slots=True)
class Told:
    """One answer, told twice: a stream, as it is cut into sends, and JSON."""

    stream: list[bytes]
    json: bytes

    @property
    def of_beta(self) -> bool:
        """Whether it has what comes only where a beta is asked for."""
        message = orjson.loads(self.json)
        types = {block["type"] for block in message["content"]}
        return "context_management" in message or not types.isdisjoint(BETA_BLOCKS)

    @property
    def plain(self) -> Json:
        """As JSON can say it."""
        sends = [b64encode(send).decode() for send in self.stream]
        return {"stream": sends, "json": self.json.decode(), "of_beta": self.of_beta}


def told(reply: Json, request: Json, fault: Json | None = None) -> Told:
    """What a server sends for this reply; a fault strikes the stream only."""
    streamed = reply | ({"fault": fault} if fault else {})
    return Told(_sent(streamed, request | {"stream": True}), b"".join(_sent(reply, request)))


def _sent(reply: Json, request: Json) -> list[bytes]:
    scenario = loader.build(Document(Path("generated.yaml"), {"reply": reply}, {(): (1, 1)}))
    gateway = Pipeline(Library({scenario.name: scenario}, scenario.name), Settings(), VirtualClock())
    opened = ask(gateway, body(**request))
    assert opened.exchange.status == 200, opened.exchange.message
    return [action.data for action in opened.exchange.actions if isinstance(action, Chunk)]


TOLD = st.builds(told, REPLIES, REQUESTS, st.none() | HARMLESS)
