"""Tooling: every tool that a request may offer, with all its fields.

Sources: the tool types of the Python SDK 2.12; https://platform.claude.com/docs/en/agents-and-tools/tool-use.
"""

from collections.abc import Mapping

from mockgw.protocol.parameters import OBJECT, OFFERED_NAME, TEXT
from mockgw.protocol.rules import (
    Fields,
    Optional,
    Rule,
    array,
    boolean,
    integer,
    literal,
    nullable,
    record,
    string,
)
from mockgw.validation.blocks import CACHE_CONTROL, CACHED, ENABLED, closed

CALLERS = ("direct", "code_execution_20250825", "code_execution_20260120", "code_execution_20260521")
COMMON: Fields = {
    "allowed_callers": Optional(nullable(array(literal(*CALLERS)))),
    **CACHED,
    "defer_loading": Optional(boolean),
    "strict": Optional(boolean),
}
CLIENT: Fields = {**COMMON, "input_examples": Optional(array(OBJECT))}
AT_LEAST_1 = integer(least=1)
PLACE = string(least=1, most=255)
USES: Fields = {
    "max_uses": Optional(nullable(AT_LEAST_1)),
    "allowed_domains": Optional(nullable(array(TEXT))),
    "blocked_domains": Optional(nullable(array(TEXT))),
}
LOCATION = closed(
    {
        "city": Optional(nullable(PLACE)),
        "country": Optional(nullable(string(least=2, most=2))),
        "region": Optional(nullable(PLACE)),
        "timezone": Optional(nullable(PLACE)),
    },
    type=literal("approximate"),
)
SEARCHES: Fields = {**USES, "user_location": Optional(nullable(LOCATION))}
FETCHES: Fields = {
    **USES,
    "citations": ENABLED,
    "max_content_tokens": Optional(nullable(AT_LEAST_1)),
    "url_sources": Optional(nullable(OBJECT)),
}
CACHES: Fields = {"use_cache": Optional(boolean)}
INCLUDES: Fields = {"response_inclusion": Optional(literal("full", "excluded"))}
SCREEN: Fields = {
    "display_width_px": AT_LEAST_1,
    "display_height_px": AT_LEAST_1,
    "display_number": Optional(nullable(integer(least=0))),
}
TOOLSET: Fields = {"configs": Optional(nullable(OBJECT)), **CACHED}


def named(name: str, more: Fields | None = None, *, of: Fields = CLIENT) -> Rule:
    """A tool whose name the API has fixed."""
    return closed({"name": literal(name), **(more or {}), **of})


CUSTOM = closed(
    {
        "name": OFFERED_NAME,
        "description": Optional(TEXT),
        "input_schema": record({"type": literal("object")}),
        **CLIENT,
        "eager_input_streaming": Optional(nullable(boolean)),
    }
)
TOOLS: Mapping[str, Rule] = {
    "custom": CUSTOM,
    "bash_20250124": named("bash"),
    "text_editor_20250124": named("str_replace_editor"),
    "text_editor_20250429": named("str_replace_based_edit_tool"),
    "text_editor_20250728": named("str_replace_based_edit_tool", {"max_characters": Optional(nullable(AT_LEAST_1))}),
    "memory_20250818": named("memory"),
    **{
        f"code_execution_{day}": named("code_execution", of=COMMON)
        for day in ("20250522", "20250825", "20260120", "20260521")
    },
    "web_search_20250305": named("web_search", SEARCHES, of=COMMON),
    "web_search_20260209": named("web_search", SEARCHES, of=COMMON),
    "web_search_20260318": named("web_search", {**SEARCHES, **INCLUDES}, of=COMMON),
    "web_fetch_20250910": named("web_fetch", FETCHES, of=COMMON),
    "web_fetch_20260209": named("web_fetch", FETCHES, of=COMMON),
    "web_fetch_20260309": named("web_fetch", {**FETCHES, **CACHES}, of=COMMON),
    "web_fetch_20260318": named("web_fetch", {**FETCHES, **CACHES, **INCLUDES}, of=COMMON),
    "tool_search_tool_bm25": named("tool_search_tool_bm25", of=COMMON),
    "tool_search_tool_bm25_20251119": named("tool_search_tool_bm25", of=COMMON),
    "tool_search_tool_regex": named("tool_search_tool_regex", of=COMMON),
    "tool_search_tool_regex_20251119": named("tool_search_tool_regex", of=COMMON),
    "computer_toolset_20260801": closed(TOOLSET),
    "browser_toolset_20260801": closed(TOOLSET),
    "bash_20241022": named("bash"),
    "computer_20241022": named("computer", SCREEN),
    "computer_20250124": named("computer", SCREEN),
    "computer_20251124": named("computer", {**SCREEN, "enable_zoom": Optional(boolean)}),
    "text_editor_20241022": named("str_replace_editor"),
    "mcp_toolset": closed(
        {
            "mcp_server_name": TEXT,
            "configs": Optional(nullable(OBJECT)),
            "default_config": Optional(nullable(OBJECT)),
            "tools": Optional(nullable(array(OBJECT))),
            **CACHED,
        }
    ),
    "advisor_20260301": named(
        "advisor",
        {
            "model": TEXT,
            "caching": Optional(CACHE_CONTROL),
            "max_tokens": Optional(nullable(AT_LEAST_1)),
            "max_uses": Optional(nullable(AT_LEAST_1)),
        },
        of=COMMON,
    ),
}
# Those that a beta adds, and which.
BETA_TOOLS: Mapping[str, str] = {
    "bash_20241022": "computer-use",
    "computer_20241022": "computer-use",
    "computer_20250124": "computer-use",
    "computer_20251124": "computer-use",
    "text_editor_20241022": "computer-use",
    "mcp_toolset": "mcp-client",
    "advisor_20260301": "advisor-tool",
}
