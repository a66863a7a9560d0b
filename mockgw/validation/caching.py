"""Caching: where breakpoints of the prompt cache may stand.

Source: https://platform.claude.com/docs/en/build-with-claude/prompt-caching, and the wordings' own.
"""

from collections.abc import Iterator
from typing import Any

from mockgw.protocol.rules import Refusal
from mockgw.validation.subject import Subject, blocks

MOST = 4
Path = tuple[str | int, ...]


def check_texts(subject: Subject) -> None:
    """No breakpoint on an empty text: told before the text is found to be empty."""
    for path, block in _breakpoints(subject.body):
        if block.get("type") == "text" and not block.get("text"):
            raise Refusal("cache_empty", *path, "text", path=_dotted(path))


def check(subject: Subject) -> None:
    """Not too many breakpoints, and none that lives longer than one before it."""
    found = list(_breakpoints(subject.body))
    count = len(found) + _has_automatic(subject)
    if count > MOST:
        raise Refusal("cache_many", found=count)
    short = False
    for path, block in found:
        lasting = block["cache_control"].get("ttl") == "1h"
        if lasting and short:
            raise Refusal("cache_order", *path, "cache_control", "ttl", path=_dotted(path))
        short = short or not lasting


def _has_automatic(subject: Subject) -> bool:
    """Whether the automatic one is one more: it is none where the last block has one of its own."""
    last = blocks(subject.messages[-1])[-1:]
    return bool(subject.body.get("cache_control")) and not (last and last[0].get("cache_control"))


def _breakpoints(body: dict[str, Any]) -> Iterator[tuple[Path, dict[str, Any]]]:
    """What has a breakpoint, and where it stands, in the order in which the API reads."""
    for name in ("tools", "system"):
        if isinstance(body.get(name), list):
            yield from _of((name,), body[name])
    for index, message in enumerate(body["messages"]):
        if isinstance(message["content"], list):
            yield from _of(("messages", index, "content"), message["content"])


def _of(above: Path, blocks: list[dict[str, Any]]) -> Iterator[tuple[Path, dict[str, Any]]]:
    for index, block in enumerate(blocks):
        path = (*above, index)
        if block.get("type") == "tool_result" and isinstance(block.get("content"), list):
            yield from _of((*path, "content"), block["content"])
        if block.get("cache_control"):
            yield path, block


def _dotted(path: Path) -> str:
    return ".".join(map(str, path))
