"""Blocks: every content block that a message may hold, with all its fields.

Sources: the input types of the Python SDK 2.12; https://platform.claude.com/docs/en/api/messages.
"""

from collections.abc import Mapping

from mockgw.protocol.parameters import CALL_ID, CALL_NAME, COUNT_FROM_0, IMAGES, NAME, OBJECT, TEXT
from mockgw.protocol.rules import (
    Fields,
    Optional,
    Rule,
    anything,
    array,
    boolean,
    literal,
    nullable,
    record,
    string,
    text_or,
    union,
)


def closed(fields: Fields, *, type: Rule = anything) -> Rule:
    """An object with a type and these fields, and no others; `type` checks the type where no union does."""
    kind: Rule | Optional = type if type is not anything else Optional(anything)
    return record({"type": kind, **fields}, closed=True)


def tagged(members: Mapping[str, Rule], *, untyped: str | None = None) -> Rule:
    """A union that names its members in their alphabetical order, as the API does."""
    return union(dict(sorted(members.items())), untyped=untyped)


CACHE_CONTROL = nullable(union({"ephemeral": closed({"ttl": Optional(literal("5m", "1h"))})}))
CACHED: Fields = {"cache_control": Optional(CACHE_CONTROL)}
ENABLED = Optional(nullable(closed({"enabled": Optional(boolean)})))
CALLER = union(
    {
        "direct": closed({}),
        "code_execution_20250825": closed({"tool_id": TEXT}),
        "code_execution_20260120": closed({"tool_id": TEXT}),
        "code_execution_20260521": closed({"tool_id": TEXT}),
    }
)
CALLED: Fields = {"caller": Optional(CALLER)}

TITLE = Optional(nullable(TEXT))
FILED: Fields = {"file_id": Optional(nullable(TEXT))}
DOCUMENT_PLACE: Fields = {"cited_text": TEXT, "document_index": COUNT_FROM_0, "document_title": TITLE, **FILED}
CITATION = tagged(
    {
        "char_location": closed({**DOCUMENT_PLACE, "start_char_index": COUNT_FROM_0, "end_char_index": COUNT_FROM_0}),
        "page_location": closed({**DOCUMENT_PLACE, "start_page_number": COUNT_FROM_0, "end_page_number": COUNT_FROM_0}),
        "content_block_location": closed(
            {**DOCUMENT_PLACE, "start_block_index": COUNT_FROM_0, "end_block_index": COUNT_FROM_0}
        ),
        "web_search_result_location": closed(
            {"cited_text": TEXT, "url": TEXT, "title": Optional(nullable(string(most=512))), "encrypted_index": TEXT}
        ),
        "search_result_location": closed(
            {
                "cited_text": TEXT,
                "search_result_index": COUNT_FROM_0,
                "source": TEXT,
                "title": TITLE,
                "start_block_index": COUNT_FROM_0,
                "end_block_index": COUNT_FROM_0,
            }
        ),
    }
)
CITED_TEXT: Fields = {"text": TEXT, "citations": Optional(nullable(array(CITATION))), **CACHED}
TEXT_BLOCK = closed(CITED_TEXT)

URL = closed({"url": TEXT})
FILE = closed({"file_id": TEXT})
SIZING = closed({"oversized_image": Optional(literal("downsize", "error"))})
IMAGE = closed(
    {
        "source": tagged(
            {"base64": closed({"media_type": literal(*IMAGES), "data": TEXT}), "url": URL, "file": FILE},
        ),
        "transformations": Optional(nullable(SIZING)),
        **CACHED,
    }
)
DOCUMENT = closed(
    {
        "source": tagged(
            {
                "base64": closed({"media_type": literal("application/pdf"), "data": TEXT}),
                "content": closed({"content": text_or(array(tagged({"text": TEXT_BLOCK, "image": IMAGE})))}),
                "file": FILE,
                "text": closed({"media_type": literal("text/plain"), "data": TEXT}),
                "url": URL,
            }
        ),
        "title": Optional(nullable(string(least=1, most=500))),
        "context": Optional(nullable(NAME)),
        "citations": ENABLED,
        **CACHED,
    }
)
SEARCH_RESULT = closed(
    {
        "source": TEXT,
        "title": TEXT,
        "content": array(closed(CITED_TEXT, type=literal("text"))),
        "citations": ENABLED,
        **CACHED,
    }
)
TOOL_REFERENCE = closed({"tool_name": string(least=1, most=256), **CACHED})
BROWSER_STATE = closed({"tabs": array(OBJECT), "state_changes": Optional(nullable(array(OBJECT))), **CACHED})
RESULT = tagged(
    {
        "browser_state": BROWSER_STATE,
        "document": DOCUMENT,
        "image": IMAGE,
        "search_result": SEARCH_RESULT,
        "text": TEXT_BLOCK,
        "tool_reference": TOOL_REFERENCE,
    }
)
TOOLSET: Fields = {"toolset_name": Optional(nullable(TEXT))}
SERVER_TOOLS = (
    *("web_search", "web_fetch", "code_execution", "bash_code_execution", "text_editor_code_execution"),
    *("tool_search_tool_regex", "tool_search_tool_bm25", "advisor"),
)

SERVER_RESULT: Fields = {"tool_use_id": TEXT, **CACHED}


def server_result(*contents: str, more: Fields | None = None) -> Rule:
    """The result of a server's tool: an object of one of these types, whose own fields are the server's."""
    return closed({**SERVER_RESULT, **(more or {}), "content": union(dict.fromkeys(contents, OBJECT))})


BLOCKS: Mapping[str, Rule] = {
    "text": TEXT_BLOCK,
    "image": IMAGE,
    "document": DOCUMENT,
    "search_result": SEARCH_RESULT,
    "thinking": closed({"thinking": TEXT, "signature": TEXT}),
    "redacted_thinking": closed({"data": TEXT}),
    "tool_use": closed({"id": CALL_ID, "name": CALL_NAME, "input": OBJECT, **CALLED, **TOOLSET, **CACHED}),
    "tool_result": closed(
        {
            "tool_use_id": TEXT,
            "content": Optional(text_or(array(RESULT))),
            "is_error": Optional(boolean),
            **TOOLSET,
            **CACHED,
        }
    ),
    "server_tool_use": closed(
        {
            "id": string(pattern="^srvtoolu_[a-zA-Z0-9_]+$"),
            "name": literal(*SERVER_TOOLS),
            "input": OBJECT,
            **CALLED,
            **CACHED,
        }
    ),
    "web_search_tool_result": closed({**SERVER_RESULT, **CALLED, "content": anything}),
    "web_fetch_tool_result": server_result("web_fetch_result", "web_fetch_tool_result_error", more=CALLED),
    "code_execution_tool_result": server_result(
        "code_execution_result", "encrypted_code_execution_result", "code_execution_tool_result_error"
    ),
    "bash_code_execution_tool_result": server_result(
        "bash_code_execution_result", "bash_code_execution_tool_result_error"
    ),
    "text_editor_code_execution_tool_result": server_result(
        "text_editor_code_execution_view_result",
        "text_editor_code_execution_create_result",
        "text_editor_code_execution_str_replace_result",
        "text_editor_code_execution_tool_result_error",
    ),
    "tool_search_tool_result": server_result("tool_search_tool_search_result", "tool_search_tool_result_error"),
    "container_upload": closed({"file_id": TEXT, **CACHED}),
    "advisor_tool_result": closed({**SERVER_RESULT, "content": OBJECT}),
    "compaction": closed(
        {
            "content": Optional(nullable(TEXT)),
            "encrypted_content": Optional(nullable(TEXT)),
            "signature": Optional(nullable(TEXT)),
            "tool_changes": Optional(nullable(array(OBJECT))),
            **CACHED,
        }
    ),
    "fallback": closed({"from": OBJECT, "to": OBJECT, "trigger": Optional(nullable(OBJECT))}),
    "mcp_tool_listing": closed({"mcp_server_name": TEXT, "tools": array(OBJECT)}),
    "mcp_tool_result": closed(
        {
            "tool_use_id": TEXT,
            "content": Optional(text_or(array(tagged({"text": TEXT_BLOCK})))),
            "is_error": Optional(boolean),
            **CACHED,
        }
    ),
    "mcp_tool_use": closed({"id": TEXT, "name": TEXT, "server_name": TEXT, "input": OBJECT, **CACHED}),
    "tool_addition": closed({"tool": OBJECT, **CACHED}),
    "tool_removal": closed({"tool": OBJECT, **CACHED}),
}
# Those that a beta adds, and which.
BETA_BLOCKS: Mapping[str, str] = {
    "advisor_tool_result": "advisor-tool",
    "compaction": "compact",
    "fallback": "server-side-fallback",
    "mcp_tool_listing": "mcp-client",
    "mcp_tool_result": "mcp-client",
    "mcp_tool_use": "mcp-client",
    "tool_addition": "mid-conversation-tool-changes",
    "tool_removal": "mid-conversation-tool-changes",
}
