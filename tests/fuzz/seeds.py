"""Seeds: requests that are right, of which mutants are made - with every parameter, every block and every tool."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from mockgw.protocol.signatures import sign
from tests.protocol.bodies import EPHEMERAL, PNG, VALID

CAPTURES = Path(__file__).parent.parent / "clients" / "captures"
PATH = "/v1/messages"
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Seed:
    """A body that is right, with the headers and the path that it comes with."""

    name: str
    body: Json
    headers: dict[str, str]
    path: str = PATH


def block(type: str, **fields: Any) -> Json:
    return {"type": type, **fields}


def text(text: str = "Hello", **fields: Any) -> Json:
    return block("text", text=text, **fields)


def call(id: str, **fields: Any) -> Json:
    return block("tool_use", id=id, name="look", input={"place": "Oslo"}, **fields)


def server(name: str, number: int, type: str, content: Any) -> list[Json]:
    """A call of a server's tool, and its result."""
    id = f"srvtoolu_{number}"
    return [
        block("server_tool_use", id=id, name=name, input={"q": 1}),
        block(type, tool_use_id=id, content=content),
    ]


PASSAGE = {"cited_text": "a", "search_result_index": 0, "source": "s", "title": None}
CITED = {"cited_text": "a", "document_index": 0, "document_title": None}
CITATIONS = [
    block("char_location", **CITED, start_char_index=0, end_char_index=1),
    block("page_location", **CITED, start_page_number=1, end_page_number=2),
    block("content_block_location", **CITED, start_block_index=0, end_block_index=1),
    block("web_search_result_location", cited_text="a", url="u", title=None, encrypted_index="e"),
    block(
        "search_result_location",
        **PASSAGE,
        start_block_index=0,
        end_block_index=1,
    ),
]
EXECUTED = {"stdout": "", "stderr": "", "return_code": 0, "content": []}
SERVED = [
    ("web_search", "web_search_tool_result", [block("web_search_result", url="u", title="t", encrypted_content="e")]),
    ("web_fetch", "web_fetch_tool_result", block("web_fetch_tool_result_error", error_code="unavailable")),
    ("code_execution", "code_execution_tool_result", block("code_execution_result", **EXECUTED)),
    (
        "bash_code_execution",
        "bash_code_execution_tool_result",
        block("bash_code_execution_result", **EXECUTED),
    ),
    (
        "text_editor_code_execution",
        "text_editor_code_execution_tool_result",
        block("text_editor_code_execution_create_result", is_file_update=False),
    ),
    (
        "tool_search_tool_bm25",
        "tool_search_tool_result",
        block("tool_search_tool_search_result", tool_references=[block("tool_reference", tool_name="look")]),
    ),
    ("advisor", "advisor_tool_result", block("advisor_result", text="Wait.")),
]
SAID = [
    block("thinking", thinking="Hm.", signature=sign("Hm.", seed=0)),
    text("It is so.", citations=CITATIONS, cache_control=EPHEMERAL),
    *[one for number, (name, type, content) in enumerate(SERVED) for one in server(name, number, type, content)],
    block("mcp_tool_use", id="mcptoolu_1", name="m", server_name="s", input={}),
    block("mcp_tool_result", tool_use_id="mcptoolu_1", is_error=False, content=[text()]),
    block("mcp_tool_listing", mcp_server_name="s", tools=[{}]),
    block("compaction", content="Before, …", encrypted_content=None),
    block("fallback", **{"from": {"model": "a"}, "to": {"model": "b"}}, trigger=None),
    call("toolu_1", caller=block("direct"), toolset_name=None),
    call("toolu_2", caller=block("code_execution_20260120", tool_id="srvtoolu_2"), cache_control=None),
]
GIVEN = [
    block(
        "tool_result",
        tool_use_id="toolu_1",
        is_error=False,
        content=[
            text("Rain."),
            block("image", source=block("url", url="https://example.com/a.png")),
            block("document", source=block("url", url="https://example.com/a.pdf"), title="A", context="c"),
            block("search_result", source="s", title="t", content=[text("x")], citations={"enabled": True}),
            block("tool_reference", tool_name="look"),
            block("browser_state", tabs=[{"tab_id": "1", "title": "t", "url": "u"}]),
        ],
    ),
    block("tool_result", tool_use_id="toolu_2", content="Sun.", cache_control=block("ephemeral", ttl="5m")),
    text("And now?"),
    block("image", source=PNG, transformations={"oversized_image": "downsize"}),
    block("document", source=block("content", content=[text("a"), block("image", source=PNG)]), citations=None),
    block("container_upload", file_id="file_1"),
]
SCHEMA: Json = {
    "type": "object",
    "properties": {"place": {"type": "string"}, "days": {"type": "array", "items": {"$ref": "#/$defs/day"}}},
    "$defs": {"day": {"anyOf": [{"type": "integer"}, {"type": "null"}]}},
    "required": ["place"],
    "additionalProperties": False,
}
SEARCH = {"max_uses": 3, "blocked_domains": ["example.com"], "user_location": block("approximate", country="NO")}
FETCH = {"citations": {"enabled": True}, "max_content_tokens": 5, "url_sources": None, "use_cache": False}
TOOLS = [
    {"name": "look", "description": "Looks.", "input_schema": SCHEMA, "input_examples": [{"place": "Oslo"}]},
    block("custom", name="ask", input_schema={"type": "object"}, strict=True, eager_input_streaming=None),
    block("bash_20250124", name="bash", cache_control=block("ephemeral", ttl="1h")),
    block("text_editor_20250728", name="str_replace_based_edit_tool", max_characters=100),
    block("memory_20250818", name="memory"),
    block("code_execution_20260521", name="code_execution", allowed_callers=["direct"]),
    block("web_search_20260318", name="web_search", **SEARCH, response_inclusion="full"),
    block("web_fetch_20260318", name="web_fetch", **FETCH),
    block("tool_search_tool_bm25", name="tool_search_tool_bm25", defer_loading=False),
    block("computer_toolset_20260801", configs={"zoom": {"enabled": False}}),
    block("browser_toolset_20260801", configs=None),
    block("mcp_toolset", mcp_server_name="s", default_config={"enabled": True}),
    block("advisor_20260301", name="advisor", model="claude-opus-5", max_uses=None),
]
EVERYTHING: Json = {
    "model": "claude-sonnet-4-6",
    "max_tokens": 1024,
    "system": [text("Be brief."), text("Be kind.", citations=None, cache_control=block("ephemeral", ttl="1h"))],
    "messages": [
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": SAID},
        {"role": "user", "content": GIVEN},
    ],
    "tools": TOOLS,
    "tool_choice": block("auto", disable_parallel_tool_use=True),
    "thinking": block("adaptive", display="summarized", block_binding={"prefix_mismatch_behavior": "error"}),
    "output_config": {"effort": "low", "format": None, "task_budget": block("tokens", total=20_000)},
    "cache_control": None,
    "stop_sequences": ["END"],
    "stream": False,
    "metadata": {"user_id": "me"},
    "container": {"id": None, "skills": [{"skill_id": "pdf", "type": "anthropic", "version": "latest"}]},
    "diagnostics": {"previous_message_id": None},
    "inference_geo": "us",
    "service_tier": "auto",
    "speed": "standard",
    "temperature": 1,
    "billing_policy": block("billing_policy", bill_to="self"),
    "compaction": block("summarize", instructions=None),
    "context_management": {"edits": [block("clear_tool_uses_20250919", keep=block("tool_uses", value=3))]},
    "fallback_credit_token": "t",
    "fallbacks": [{"model": "claude-haiku-4-5"}],
    "mcp_servers": [block("url", name="s", url="https://example.com/mcp", tool_configuration={"enabled": True})],
    "thread": block("create"),
}
BETAS = (
    "advisor-tool-2026-03-01,compact-2026-01-12,context-management-2025-06-27,fallback-credit-2026-07-01,"
    "mcp-client-2025-11-20,message-threads-2026-08-12,server-side-fallback-2026-07-01,task-budgets-2026-03-13,"
    "thinking-binding-controls-2026-08-01,user-profiles-billing-2026-10-01"
)
FORCED: Json = {
    "model": "claude-haiku-4-5",
    "max_tokens": 500,
    "messages": [{"role": "user", "content": [text("Look.")]}],
    "tools": [TOOLS[0]],
    "tool_choice": block("tool", name="look"),
    "stream": True,
}
STRUCTURED: Json = {
    "model": "claude-opus-5",
    "max_tokens": 500,
    "messages": [{"role": "user", "content": "As JSON."}, {"role": "system", "content": [text("Be brief.")]}],
    "output_config": {"format": block("json_schema", schema=SCHEMA)},
}
VERSION = {"anthropic-version": "2023-06-01"}


@cache
def seeds() -> tuple[Seed, ...]:
    """All of them."""
    return tuple(_seeds())


def _seeds() -> Iterator[Seed]:
    yield Seed("everything", EVERYTHING, {**VERSION, "anthropic-beta": BETAS})
    yield Seed("forced", FORCED, VERSION)
    yield Seed("structured", STRUCTURED, VERSION)
    for name, body in VALID.items():
        yield Seed(name, body, VERSION)
    for path in sorted(CAPTURES.glob("*.json")):
        captured = json.loads(path.read_text(encoding="utf-8"))
        yield Seed(path.stem, captured["body"], captured["headers"], captured["path"].partition("?")[0])
