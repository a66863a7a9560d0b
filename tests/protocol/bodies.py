"""Bodies: valid requests as real clients send them, and broken ones made from them by chance."""

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import orjson

Path = tuple[str | int, ...]

EPHEMERAL = {"type": "ephemeral"}
READ = {
    "name": "Read",
    "description": "Reads a file.",
    "input_schema": {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {"file_path": {"type": "string"}, "limit": {"type": "integer", "minimum": 0}},
        "required": ["file_path"],
        "additionalProperties": False,
    },
}
SMALL: dict[str, Any] = {
    "model": "anthropic/claude-sonnet-4.5",
    "max_tokens": 1024,
    "messages": [{"role": "user", "content": "Hello"}],
    "temperature": 0.5,
    "top_p": 1,
    "top_k": 5,
    "stop_sequences": ["END"],
    "stream": False,
    "provider": {"sort": "price", "allow_fallbacks": True},
}
TOOL_LOOP: dict[str, Any] = {
    "model": "claude-opus-5",
    "max_tokens": 4096,
    "tools": [
        READ,
        {"type": "custom", "name": "get_weather", "input_schema": {"type": "object"}, "strict": True},
        {"type": "web_search_20250305", "name": "web_search", "max_uses": 5, "allowed_domains": ["example.com"]},
        {"type": "computer_toolset_20260801", "configs": {"zoom": {"enabled": False}}},
    ],
    "tool_choice": {"type": "auto", "disable_parallel_tool_use": True},
    "thinking": {"type": "enabled", "budget_tokens": 2048, "display": "omitted"},
    "messages": [
        {"role": "user", "content": "Compare the two files."},
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "Both must be read.", "signature": "EqQBCgIYAhIM"},
                {"type": "redacted_thinking", "data": "EmwKAhgBEgy3"},
                {"type": "text", "text": "I read both.", "citations": None},
                {
                    "type": "tool_use",
                    "id": "toolu_01",
                    "name": "Read",
                    "input": {"file_path": "a"},
                    "caller": {"type": "direct"},
                },
                {"type": "tool_use", "id": "toolu_02", "name": "Read", "input": {"file_path": "b"}},
                {"type": "server_tool_use", "id": "srvtoolu_01", "name": "web_search", "input": {"query": "q"}},
                {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_01", "content": []},
            ],
        },
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "toolu_01", "content": "alpha", "is_error": False},
                {
                    "type": "tool_result",
                    "tool_use_id": "toolu_02",
                    "content": [{"type": "text", "text": "beta"}, {"type": "tool_reference", "tool_name": "Read"}],
                    "cache_control": EPHEMERAL,
                },
            ],
        },
    ],
}
PNG = {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}
MEDIA: dict[str, Any] = {
    "model": "claude-haiku-4-5-20251001",
    "max_tokens": 0,
    "system": "Describe what you see.",
    "messages": [
        {
            "role": "user",
            "content": [
                {"type": "image", "source": PNG, "cache_control": EPHEMERAL},
                {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}},
                {"type": "image", "source": {"type": "file", "file_id": "file_01"}},
                {
                    "type": "document",
                    "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0="},
                    "title": "A paper",
                    "context": None,
                    "citations": {"enabled": True},
                },
                {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "Plain."}},
                {"type": "document", "source": {"type": "content", "content": "Plain."}},
                {
                    "type": "document",
                    "source": {
                        "type": "content",
                        "content": [{"type": "text", "text": "One."}, {"type": "image", "source": PNG}],
                    },
                },
                {"type": "document", "source": {"type": "url", "url": "https://example.com/a.pdf"}},
                {"type": "document", "source": {"type": "file", "file_id": "file_02"}},
                {
                    "type": "search_result",
                    "source": "https://example.com",
                    "title": "Found",
                    "content": [{"type": "text", "text": "A passage."}],
                    "citations": {"enabled": False},
                },
                {"type": "container_upload", "file_id": "file_03"},
            ],
        }
    ],
}
CODING_AGENT: dict[str, Any] = {
    "model": "claude-opus-5",
    "messages": [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "<system-reminder>\nToday is Monday.\n</system-reminder>"},
                {"type": "text", "text": "Fix the bug — \u00fc\U0001f600\u2028 please", "cache_control": EPHEMERAL},
            ],
        },
        {"role": "system", "content": [{"type": "text", "text": "The tools have changed."}]},
        {"role": "assistant", "content": "On it."},
        {"role": "system", "content": "Be short."},
    ],
    "system": [
        {"type": "text", "text": "x-billing-header: version=2.1"},
        {"type": "text", "text": "You are a coding agent.", "cache_control": EPHEMERAL},
        {"type": "text", "text": "Working directory: /src", "cache_control": {"type": "ephemeral", "ttl": "1h"}},
    ],
    "tools": [READ, {**READ, "name": "mcp__files__write-it", "cache_control": EPHEMERAL}],
    "metadata": {"user_id": '{"device_id":"d","session_id":"s"}'},
    "max_tokens": 64000,
    "thinking": {"type": "adaptive", "display": "omitted"},
    "context_management": {"edits": [{"type": "clear_thinking_20251015", "keep": "all"}]},
    "output_config": {"effort": "medium", "format": {"type": "json_schema", "schema": {"type": "object"}}},
    "stream": True,
}
VALID: dict[str, dict[str, Any]] = {
    "small": SMALL,
    "tool loop": TOOL_LOOP,
    "media": MEDIA,
    "coding agent": CODING_AGENT,
}

# JSON texts, valid and not, that take the place of a value.
ODD_VALUES = (
    *(b"null", b"true", b"false", b"0", b"-1", b"1.0", b"1e3", b"1e400", b"NaN", b"Infinity", b"-0", b"01"),
    *(b"18446744073709551615", b"18446744073709551616", b"-9223372036854775809", b"9" * 400, b"0." + b"1" * 400),
    *(b'""', b'" "', b'"auto"', b'"text"', b'"developer"', b'"\\u0000\\n\\r\\u2028"', b'"' + b"x" * 3000 + b'"'),
    *(b'"\\ud800"', b'"\\udc00"', b'"\\ud83d\\ude00"', b'"\xff\xfe"', b'"\xed\xa0\x80"', b'"\n"', b"'single'"),
    *(b"[]", b"{}", b"[null]", b"[[]]", b"[{}]", b'{"type":null}', b'{"type":"new"}', b'{"type":["text"]}'),
    *(b'{"type":"text"}', b'{"type":"text","text":"a","type":"image"}', b'{"":""}', b'[{"type":{}}]'),
    *(b"[" * 150 + b"]" * 150, b"[" * 300 + b"]" * 300, b"[" * 1100 + b"]" * 1100, b"[" * 2000),
    *(b'{"type":"tool_result","content":[' * 130 + b"]}" * 130, b'{"a":' * 240 + b"1" + b"}" * 240),
)
ODD_BYTES = (b"\x00", b"\xff", b"\xc3", b"\xf0\x9f\x98", b"\xef\xbb\xbf", b"{", b"]", b",", b'"', b"\\", b"\n", b"\x7f")
HOLE = "\ue000hole\ue000"

Mutation = Callable[[Random, Any], bytes]


def mutated(seed: int, count: int) -> Iterator[bytes]:
    """As many bodies as asked for, most of them broken in one place; the same for the same seed."""
    rng = Random(seed)
    originals = [orjson.dumps(body) for body in VALID.values()]
    for _ in range(count):
        yield rng.choice(MUTATIONS)(rng, orjson.loads(rng.choice(originals)))


def replace_value(rng: Random, body: Any) -> bytes:
    return filled(put(body, some_path(rng, body), HOLE), rng.choice(ODD_VALUES))


def delete_key(rng: Random, body: Any) -> bytes:
    parent, key = place(body, some_path(rng, body))
    del parent[key]
    return orjson.dumps(body)


def add_key(rng: Random, body: Any) -> bytes:
    objects = [body, *(value for path in paths(body) if isinstance(value := at(body, path), dict))]
    rng.choice(objects)[rng.choice(("extra", "type", "cache_control", "content", "\u2028\n", ""))] = HOLE
    return filled(body, rng.choice(ODD_VALUES))


def swap_values(rng: Random, body: Any) -> bytes:
    one, other = some_path(rng, body), some_path(rng, body)
    value = orjson.dumps(at(body, other))
    return filled(put(body, one, HOLE), value)


def several(rng: Random, body: Any) -> bytes:
    for _ in range(3):
        put(body, some_path(rng, body), rng.choice((None, True, -1, 1.5, "x", [], {}, [1], {"type": "x"})))
    return orjson.dumps(body)


def truncate(rng: Random, body: Any) -> bytes:
    raw = orjson.dumps(body)
    return raw[: rng.randrange(len(raw))]


def flip_byte(rng: Random, body: Any) -> bytes:
    raw = bytearray(orjson.dumps(body))
    raw[rng.randrange(len(raw))] ^= 1 << rng.randrange(8)
    return bytes(raw)


def insert_bytes(rng: Random, body: Any) -> bytes:
    raw = orjson.dumps(body)
    place = rng.randrange(len(raw) + 1)
    return raw[:place] + rng.choice(ODD_BYTES) + raw[place:]


def wrap(rng: Random, body: Any) -> bytes:
    levels = rng.choice((1, 50, 250, 1200))
    return b"[" * levels + orjson.dumps(body) + b"]" * levels


# Values are what most mistakes are about; they come up most often.
MUTATIONS: tuple[Mutation, ...] = (
    *(replace_value, replace_value, replace_value, delete_key, add_key, swap_values, several),
    *(truncate, flip_byte, insert_bytes, wrap),
)


def paths(value: Any, *above: str | int) -> Iterator[Path]:
    """The way to every value inside this one."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield (*above, key)
        yield from paths(child, *above, key)


def some_path(rng: Random, body: Any) -> Path:
    return rng.choice(list(paths(body)) or [("extra",)])


def place(body: Any, path: Path) -> tuple[Any, str | int]:
    """What holds the value at the end of a path, and under which key."""
    return at(body, path[:-1]), path[-1]


def at(body: Any, path: Path) -> Any:
    for key in path:
        body = body[key]
    return body


def put(body: Any, path: Path, value: Any) -> Any:
    parent, key = place(body, path)
    parent[key] = value
    return body


def filled(body: Any, text: bytes) -> bytes:
    return orjson.dumps(body).replace(orjson.dumps(HOLE), text)
