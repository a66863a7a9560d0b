"""Parameters: what each field of a request must be.

The tables know types, ranges and union tags. What they do not name passes: unknown keys, content blocks and tools of
unknown types, new values of open lists. The order of the fields is the order in which the real API reports them, as
are the places where it takes null for absent. Where a wording is no pydantic text, it is the API's own.
"""

from typing import Any

from mockgw.protocol.preferences import PROVIDER, extra_body
from mockgw.protocol.rules import (
    OPAQUE,
    Fields,
    Mismatch,
    Optional,
    Refusal,
    Rule,
    anything,
    array,
    boolean,
    integer,
    literal,
    nullable,
    number,
    passing_of,
    record,
    shown,
    string,
    text_or,
    union,
)

# https://platform.claude.com/docs/en/api/errors: at most 100,000 messages in a request
MOST_MESSAGES = 100_000
IMAGES = ("image/jpeg", "image/png", "image/gif", "image/webp")

TEXT = string()
NAME = string(least=1)
COUNT_FROM_0 = integer(least=0, refusal="least")
BUDGET = integer(least=1024)
OBJECT = record({})

CACHE_CONTROL = Optional(nullable(union({"ephemeral": record({"ttl": Optional(literal("5m", "1h"))})})))
CITED = Optional(nullable(record({"enabled": Optional(boolean)})))

TEXT_FIELDS: Fields = {"text": TEXT, "citations": Optional(nullable(array(anything))), "cache_control": CACHE_CONTROL}
TEXT_BLOCK = record({"type": literal("text"), **TEXT_FIELDS})

# Sources: https://platform.claude.com/docs/en/build-with-claude/vision, …/pdf-support, …/files
URL = record({"url": TEXT})
FILE = record({"file_id": TEXT})
IMAGE = record(
    {
        "source": union(
            {"base64": record({"media_type": literal(*IMAGES), "data": TEXT}), "url": URL, "file": FILE},
        ),
        "cache_control": CACHE_CONTROL,
    }
)


def content(blocks: dict[str, Rule]) -> Rule:
    """A string or an array of blocks; blocks of other types pass."""
    return text_or(array(union(blocks, unknown=anything)))


DOCUMENT = record(
    {
        "source": union(
            {
                "base64": record({"media_type": literal("application/pdf"), "data": TEXT}),
                "content": record({"content": content({"text": record(TEXT_FIELDS), "image": IMAGE})}),
                "file": FILE,
                "text": record({"media_type": literal("text/plain"), "data": TEXT}),
                "url": URL,
            }
        ),
        "title": Optional(nullable(string(least=1, most=500))),
        "context": Optional(nullable(NAME)),
        "citations": CITED,
        "cache_control": CACHE_CONTROL,
    }
)
SEARCH_RESULT = record(
    {
        "source": TEXT,
        "title": TEXT,
        "content": array(TEXT_BLOCK),
        "citations": CITED,
        "cache_control": CACHE_CONTROL,
    }
)
MEDIA: dict[str, Rule] = {
    "document": DOCUMENT,
    "image": IMAGE,
    "search_result": SEARCH_RESULT,
    "text": record(TEXT_FIELDS),
}

CALL_ID = string(pattern="^[a-zA-Z0-9_-]+$")
CALL_NAME = string(least=1, most=200)
TOOL_USE = record(
    {
        "id": CALL_ID,
        "name": CALL_NAME,
        "input": OBJECT,
        "caller": Optional(OBJECT),
        "cache_control": CACHE_CONTROL,
    }
)
TOOL_RESULT = record(
    {
        "tool_use_id": TEXT,
        "content": Optional(content(MEDIA)),
        "is_error": Optional(boolean),
        "cache_control": CACHE_CONTROL,
    }
)
BLOCKS: dict[str, Rule] = {
    **MEDIA,
    "redacted_thinking": record({"data": TEXT}),
    "server_tool_use": record({"id": TEXT, "name": TEXT, "input": OBJECT, "cache_control": CACHE_CONTROL}),
    "thinking": record({"thinking": TEXT, "signature": TEXT}),
    "tool_result": TOOL_RESULT,
    "tool_use": TOOL_USE,
}
BLOCK = union(BLOCKS, unknown=anything)
MESSAGES = array(record({"role": TEXT, "content": text_or(array(BLOCK))}), most=MOST_MESSAGES)

TOOL_NAME = "[a-zA-Z0-9_-]{1,128}"
OFFERED_NAME = string(least=1, most=128, pattern=f"^{TOOL_NAME}$")
CUSTOM_TOOL = record(
    {
        "name": OFFERED_NAME,
        "description": Optional(TEXT),
        "input_schema": record({"type": literal("object")}),
        "allowed_callers": Optional(array(TEXT)),
        "cache_control": CACHE_CONTROL,
        "defer_loading": Optional(boolean),
        "eager_input_streaming": Optional(nullable(boolean)),
        "input_examples": Optional(array(OBJECT)),
        "strict": Optional(boolean),
    }
)
SERVER_TOOL = record({"name": Optional(TEXT), "cache_control": CACHE_CONTROL})
TOOL = union({"custom": CUSTOM_TOOL}, unknown=SERVER_TOOL, untyped="custom")
TOOLS = array(TOOL)

PARALLEL: Fields = {"disable_parallel_tool_use": Optional(boolean)}
TOOL_CHOICE = union(
    {"auto": record(PARALLEL), "any": record(PARALLEL), "tool": record({"name": TEXT, **PARALLEL}), "none": OBJECT}
)

DISPLAY: Fields = {"display": Optional(nullable(TEXT))}
THINKING = union(
    {
        "adaptive": record(DISPLAY),
        "between_tools": OBJECT,
        "disabled": OBJECT,
        "enabled": record({"budget_tokens": BUDGET, **DISPLAY}),
    }
)
FORMAT = record({"type": literal("json_schema"), "schema": OBJECT})
OUTPUT_CONFIG = record(
    {"effort": Optional(nullable(TEXT)), "format": Optional(nullable(FORMAT))},
    refusal=OPAQUE,
)
METADATA = record({"user_id": Optional(nullable(string(most=512)))}, refusal=OPAQUE)
SYSTEM = text_or(array(record({"type": literal("text"), **TEXT_FIELDS}, refusal=OPAQUE)))


def container(value: Any) -> None:
    if type(value) is not str and type(value) is not dict:
        raise Mismatch(OPAQUE).tagged("ContainerParams")


COUNT_FIELDS: Fields = {
    "model": string(least=1, most=256),
    "tool_choice": Optional(TOOL_CHOICE),
    "tools": Optional(TOOLS),
    "messages": MESSAGES,
    "system": Optional(SYSTEM),
    "thinking": Optional(THINKING),
    "output_config": Optional(OUTPUT_CONFIG),
    "cache_control": CACHE_CONTROL,
    "max_tokens": Optional(COUNT_FROM_0),
    "metadata": Optional(nullable(METADATA)),
    "stop_sequences": Optional(nullable(array(TEXT))),
    "temperature": Optional(number(least=0, most=1)),
    "service_tier": Optional(literal("auto", "standard_only")),
    "top_k": Optional(COUNT_FROM_0),
    "top_p": Optional(number(least=0, most=1)),
    "stream": Optional(boolean),
    "container": Optional(nullable(container)),
    "inference_geo": Optional(nullable(TEXT)),
    "provider": Optional(PROVIDER),
    "extra_body": Optional(extra_body),
}
CREATE_FIELDS: Fields = {**COUNT_FIELDS, "max_tokens": COUNT_FROM_0}

ROLES = frozenset({"user", "assistant", "system"})


def conversation(body: dict[str, Any]) -> None:
    """What the API asks of the messages as a whole, once every field has passed."""
    if not body["messages"]:
        raise Refusal("no_messages", "messages")
    role = next((message["role"] for message in body["messages"] if message["role"] not in ROLES), None)
    if role is not None:
        raise Refusal("role", "messages", found=shown(role))


# The phases of the API's validation, one after the other; the first thing found is the one reported.
CREATE: tuple[Rule, ...] = (record(CREATE_FIELDS), conversation)
COUNT: tuple[Rule, ...] = (record(COUNT_FIELDS), conversation)

# What is left to check of a body whose messages and tools have been seen to be right.
SEEN = ("messages", "tools")
CREATE_REST = {name: passing_of(field) for name, field in CREATE_FIELDS.items() if name not in SEEN}
