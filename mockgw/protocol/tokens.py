"""Tokens: an estimate, stable and cheap, for text, tools, images and whole requests."""

import binascii
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

import orjson

# The API's tokenizer is not public: these numbers are near its own on English text and code, no more.
BYTES_PER_TOKEN = 4
MESSAGE_TOKENS = 4

# The system prompt that tools bring with them: https://platform.claude.com/docs/en/agents-and-tools/tool-use/overview
TOOLS_TOKENS = 346

# https://platform.claude.com/docs/en/build-with-claude/vision: width * height / 750, scaled to 1568 pixels a side.
PIXELS_PER_TOKEN = 750
LONGEST_SIDE = 1568
IMAGE_TOKENS_MOST = 1600
IMAGE_TOKENS = 1500

# https://platform.claude.com/docs/en/build-with-claude/pdf-support: 1,500 to 3,000 tokens a page; the size is a guess.
PAGE_TOKENS = 2000
PAGE_SIZE_BYTES = 40_000

# Fields that steer the server, or that the model never reads as text.
UNCOUNTED = frozenset(
    {"cache_control", "caller", "citations", "id", "is_error", "media_type", "signature", "tool_use_id", "type"}
    | {"encrypted_content", "encrypted_index", "encrypted_stdout"}
)
# Blocks whose keys are the protocol's own: a string and a list of one text block count the same.
PLAIN = frozenset({"text", "thinking", "tool_result", "document", "content", "search_result"})

# Far enough for the size of a JPEG behind a small preview; a cheap look, not a decoder.
HEADER_CHARS = 32_768

_IDEOGRAPHS = r"\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_PIECES = re.compile(
    rf" ?[^\W\d_{_IDEOGRAPHS}]{{1,7}}"  # a word, or a part of a long one
    rf"|[{_IDEOGRAPHS}]"
    r"| ?\d{1,3}"
    r"| ?[^\w\s]{1,2}|_+"
    r"|\s{1,16}(?= \S)|\s{1,16}"  # white space leaves its last space to the word after it
    r"|.",
    re.DOTALL,
)


SHORT = 4096  # characters: the tokens of longer texts are counted anew, so that the cache stays small


def split(text: str) -> list[str]:
    """The text in pieces of about one token; joined, they are the text again."""
    return _PIECES.findall(text)


def count(text: str) -> int:
    """The tokens of a text that is written out."""
    return _short_count(text) if len(text) <= SHORT else len(split(text))


@lru_cache(maxsize=1024)  # a scenario gives the same texts again and again
def _short_count(text: str) -> int:
    return len(split(text))


def within(text: str, limit: int) -> tuple[int, int]:
    """How many tokens of a text, `limit` at most, and how many of its characters they are."""
    if len(text) <= SHORT and (tokens := _short_count(text)) <= limit:
        return tokens, len(text)
    ends = [match.end() for match in islice(_PIECES.finditer(text), limit)]
    return len(ends), ends[-1] if ends else 0


def pieces(text: str, chunk: int) -> list[str]:
    """The text in pieces of `chunk` tokens; the last one may be shorter."""
    tokens = split(text)
    if chunk == 1:
        return tokens
    return ["".join(tokens[start : start + chunk]) for start in range(0, len(tokens), chunk)]


def text_estimate(text: str) -> int:
    """The tokens of a text that is read, from its size alone."""
    size_bytes = len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
    return -(-size_bytes // BYTES_PER_TOKEN)


def texts_estimate(texts: Sequence[str]) -> int:
    """The tokens of texts that are read, each by itself."""
    if all(map(str.isascii, texts)):
        return sum([-(-len(text) // BYTES_PER_TOKEN) for text in texts])
    return sum(map(text_estimate, texts))


def request_estimate(body: Mapping[str, Any]) -> int:
    """The input tokens of a whole request; never 0, and no request makes it fail."""
    return max(1, estimate(body.get("system")) + _tools(body.get("tools")) + _messages(body.get("messages")))


def from_size(size_bytes: int) -> int:
    """The tokens of so many bytes."""
    return -(-size_bytes // BYTES_PER_TOKEN)


def _messages(messages: Any) -> int:
    if type(messages) is not list:
        return estimate(messages)
    contents = [message.get("content") if type(message) is dict else message for message in messages]
    return MESSAGE_TOKENS * len(messages) + estimate(contents)


def _tools(tools: Any) -> int:
    if not tools:
        return 0
    return TOOLS_TOKENS + sum(map(tool_estimate, tools if type(tools) is list else [tools]))


def tool_estimate(tool: Any) -> int:
    if type(tool) is dict and "cache_control" in tool:
        tool = {key: value for key, value in tool.items() if key != "cache_control"}
    return json_estimate(tool)


def json_estimate(value: Any) -> int:
    try:
        return from_size(len(orjson.dumps(value)))
    except orjson.JSONEncodeError:  # nested deeper than orjson writes, half a surrogate pair, or beyond 64 bits
        return estimate(value)


# Each request is walked from end to end here: types are compared with `is`, and texts are counted where they are found.
def estimate(content: Any) -> int:
    """The tokens of anything found in a request; a stack, because a request may be nested deeper than calls can be."""
    total = 0
    pending = [content]
    while pending:
        value = pending.pop()
        kind = type(value)
        if kind is dict:
            total += _block(value, pending)
        elif kind is list:
            pending.extend(value)
        elif kind is str:
            total += text_estimate(value)
        elif value is not None:
            total += 1
    return total


def _block(block: dict[str, Any], pending: list[Any]) -> int:
    """The tokens that a block has by itself; the parts of it still to be counted go to `pending`."""
    kind = block.get("type")
    if type(kind) is not str or kind not in PLAIN:
        return _special(kind, block, pending)
    total = 0
    for key, value in block.items():
        if key not in UNCOUNTED:
            if type(value) is str:
                total += text_estimate(value)
            else:
                pending.append(value)
    return total


def _special(kind: Any, block: dict[str, Any], pending: list[Any]) -> int:
    match kind:
        case "image":
            return _image(block.get("source"))
        case "base64":
            return _pages(block.get("data"))
        case "url" | "file":
            return PAGE_TOKENS
        case "redacted_thinking":
            return _opaque(block.get("data"))
        case "tool_use" | "server_tool_use" | "mcp_tool_use":
            pending.append(block.get("name"))
            return json_estimate(block.get("input"))
    counted = [key for key in block if key not in UNCOUNTED]
    pending.extend(block[key] for key in counted)
    return sum(text_estimate(str(key)) for key in counted)


def _opaque(data: Any) -> int:
    return from_size(_decoded_size(data))


def _pages(data: Any) -> int:
    return PAGE_TOKENS * max(1, -(-_decoded_size(data) // PAGE_SIZE_BYTES))


def _decoded_size(data: Any) -> int:
    return len(data) * 3 // 4 if isinstance(data, str) else 0


def _image(source: Any) -> int:
    data = source.get("data") if isinstance(source, Mapping) else None
    size = _pixels(data) if isinstance(data, str) else None
    if size is None:
        return IMAGE_TOKENS
    width, height = size
    scale = min(1.0, LONGEST_SIDE / max(width, height))
    return min(IMAGE_TOKENS_MOST, max(1, int(width * height * scale * scale / PIXELS_PER_TOKEN)))


def _pixels(data: str) -> tuple[int, int] | None:
    """Width and height from the header of a base64 image, if it has one that is easily read."""
    try:
        header = binascii.a2b_base64(data[:HEADER_CHARS])
    except ValueError:
        return None
    found = next((read(header) for magic, read in _READERS.items() if header.startswith(magic)), None)
    return found if found and min(found) > 0 else None


def _png(header: bytes) -> tuple[int, int]:
    return int.from_bytes(header[16:20]), int.from_bytes(header[20:24])


def _gif(header: bytes) -> tuple[int, int]:
    return int.from_bytes(header[6:8], "little"), int.from_bytes(header[8:10], "little")


def _webp(header: bytes) -> tuple[int, int] | None:
    """https://developers.google.com/speed/webp/docs/riff_container: three kinds, three places."""
    match header[8:16]:
        case b"WEBPVP8X":
            return int.from_bytes(header[24:27], "little") + 1, int.from_bytes(header[27:30], "little") + 1
        case b"WEBPVP8L":
            bits = int.from_bytes(header[21:25], "little")
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"WEBPVP8 ":
            return int.from_bytes(header[26:28], "little") & 0x3FFF, int.from_bytes(header[28:30], "little") & 0x3FFF
    return None


def _jpeg(header: bytes) -> tuple[int, int] | None:
    return next((_frame(header, start) for marker, start in _segments(header) if marker in _FRAMES), None)


def _segments(header: bytes) -> Iterator[tuple[int, int]]:
    """The marker and the start of each segment of a JPEG, as far as the header reaches."""
    start = 2
    while start + 9 <= len(header) and header[start] == 0xFF:
        yield header[start + 1], start
        start += 2 + int.from_bytes(header[start + 2 : start + 4])


def _frame(header: bytes, start: int) -> tuple[int, int]:
    return int.from_bytes(header[start + 7 : start + 9]), int.from_bytes(header[start + 5 : start + 7])


# The start-of-frame markers of ITU T.81; C4, C8 and CC mean something else.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}

_READERS: dict[bytes, Callable[[bytes], tuple[int, int] | None]] = {
    b"\x89PNG\r\n\x1a\n": _png,
    b"GIF8": _gif,
    b"RIFF": _webp,
    b"\xff\xd8": _jpeg,
}
