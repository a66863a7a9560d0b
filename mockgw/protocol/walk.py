"""Walk: a request that is as nearly all are, checked and counted in one go from end to end.

It says of a body what the rules of `parameters` and the estimate of `tokens` say, or nothing: then they are asked.
"""

from functools import lru_cache
from typing import Any

from mockgw.protocol.parameters import (
    BLOCK,
    CALL_ID,
    CALL_NAME,
    CREATE_REST,
    MOST_MESSAGES,
    OFFERED_NAME,
    ROLES,
    TOOL,
)
from mockgw.protocol.rules import Mismatch
from mockgw.protocol.tokens import (
    MESSAGE_TOKENS,
    TOOLS_TOKENS,
    estimate,
    json_estimate,
    text_estimate,
    texts_estimate,
    tool_estimate,
)

# An agent sends the ids and the names of its whole transcript again with each request.
call_id, call_name, offered_name = [lru_cache(4096)(rule) for rule in (CALL_ID, CALL_NAME, OFFERED_NAME)]


def input_tokens(body: Any) -> int | None:
    """The input tokens of the body of a `POST /v1/messages`; None if there may be something wrong with it."""
    try:
        total = _messages(body["messages"]) + _tools(body.get("tools", []))
        _rest(body)
        system = body.get("system")
        return max(1, total + (text_estimate(system) if type(system) is str else estimate(system)))
    except (Mismatch, LookupError, TypeError, AttributeError):
        return None


def _rest(body: Any) -> None:
    if "model" not in body or "max_tokens" not in body:
        raise Mismatch("required")
    for name, value in body.items():
        if name in CREATE_REST:
            passing, rule = CREATE_REST[name]
            if type(value) is not passing:
                rule(value)


def _messages(messages: Any) -> int:
    if type(messages) is not list or not 0 < len(messages) <= MOST_MESSAGES:
        raise Mismatch("messages")
    texts: list[str] = []
    blocks: list[Any] = []
    for message in messages:
        if message["role"] not in ROLES:
            raise Mismatch("role")
        content = message["content"]
        if type(content) is str:
            texts.append(content)
        elif type(content) is list:
            blocks += content
        else:
            raise Mismatch("content")
    return MESSAGE_TOKENS * len(messages) + _blocks(blocks, texts) + texts_estimate(texts)


def _blocks(blocks: list[Any], texts: list[str]) -> int:
    """The tokens of content blocks; of the three kinds that agents send by the dozen at a glance.

    What is only a text is left to `texts`: many are counted sooner than one and one.
    """
    total = 0
    for block in blocks:
        kind, keys = block["type"], len(block)
        if kind == "text" and keys == 2 and type(text := block["text"]) is str:
            texts.append(text)
        elif kind == "tool_use" and keys == 4 and type(arguments := block["input"]) is dict:
            call_id(block["id"])
            call_name(name := block["name"])
            texts.append(name)
            total += json_estimate(arguments)
        elif (
            kind == "tool_result" and keys == 3 and type(text := block["content"]) is type(block["tool_use_id"]) is str
        ):
            texts.append(text)
        else:
            BLOCK(block)
            total += estimate(block)
    return total


def _tools(tools: Any) -> int:
    if type(tools) is not list:
        raise Mismatch("tools")
    return TOOLS_TOKENS + sum(map(_tool, tools)) if tools else 0


def _tool(tool: Any) -> int:
    """The tokens of a tool; of one that is described and nothing more at a glance."""
    if len(tool) == 3 and type(tool.get("description")) is str and tool["input_schema"]["type"] == "object":
        offered_name(tool["name"])
        return json_estimate(tool)
    TOOL(tool)
    return tool_estimate(tool)
