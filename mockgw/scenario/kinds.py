"""Kinds: the keys of answers, and what may stand beside each."""

from collections.abc import Mapping
from typing import Any

from pydantic_core import PydanticCustomError

from mockgw.notation import JsonSchema, exclusive_schemas

SERVER_TOOLS = ("web_search", "web_fetch", "code_execution", "tool_search", "mcp_tool_use")
BLOCKS = ("text", "thinking", "redacted_thinking", "tool_use", *SERVER_TOOLS, "generate", "block")
ENDING = ("steps", "attempts", "replies")  # the last of which is something to say what follows
LISTS = (*ENDING, "choose")
ANSWERS = ("reply", *BLOCKS, "content", "error", *LISTS)
INHERITED = ("pace", "delay", "headers", "usage")
STOPPING = ("stop_reason", "stop_sequence", "stop_details")
OF_MESSAGE = (*INHERITED, *STOPPING, "model", "container", "context_management", "fault")
# What may stand beside an answer, by its kind; beside all others stand the options of a message.
BESIDE = {
    "rules": (),
    "error": ("delay", "headers", "fault"),
    **dict.fromkeys(ENDING, (*INHERITED, "then")),
    "choose": INHERITED,
}


def exactly_one(value: Mapping[str, Any], keys: tuple[str, ...], what: str) -> str:
    found = [key for key in value if key in keys]
    if len(found) > 1:
        names = " and ".join(map(repr, found))
        raise ValueError(f"{what} has exactly one of {', '.join(keys)}; found {names}{_together(found, what)}")
    if not found:
        names = ", ".join(map(repr, value)) or "nothing"
        raise ValueError(f"{what} needs one of {', '.join(keys)}; found {names}")
    return found[0]


def _together(found: list[str], what: str) -> str:
    """What to do about several blocks that were meant for one message, or about an error before an answer."""
    if "error" in found:
        return "; to fail first and answer then, list both under 'attempts:'"
    if any(key not in ("reply", *BLOCKS) for key in found):
        return ""
    advice = "begin each with '- '" if what == "a block" else "list them under 'content:'"
    return f"; to give {'both' if len(found) == 2 else 'all'}, {advice}"


def check_answer(value: Mapping[str, Any], what: str, instead: tuple[str, ...] = ()) -> None:
    """An answer has one of its keys, or nothing but a fault, and beside it only what has a meaning there."""
    kinds = (*instead, *ANSWERS)
    alone = "fault" in value and not any(key in value for key in kinds)
    kind = "fault" if alone else exactly_one(value, kinds, what)
    allowed = BESIDE.get(kind, OF_MESSAGE)
    check_citations(value)
    for option in (key for key in value if key in (*OF_MESSAGE, "then") and key not in allowed):
        raise misplaced(option, f"has no meaning beside {kind!r}; there may be {', '.join(allowed)}")


def check_citations(value: Mapping[str, Any]) -> None:
    """Only a text has them, and they stand beside it."""
    if "citations" in value and "text" not in value:
        raise misplaced("citations", "belongs beside a 'text', as in {text: It rains., citations: [{url: …}]}")


CITING: JsonSchema = {"citations": {"required": ["text"]}}


def block_schema() -> JsonSchema:
    """What a block is: exactly one of its keys, and citations beside a text."""
    return {"anyOf": [{"required": [kind]} for kind in BLOCKS], "dependentSchemas": exclusive_schemas(BLOCKS) | CITING}


def answer_schema(instead: tuple[str, ...] = ()) -> JsonSchema:
    """What `check_answer` says, as JSON Schema."""
    kinds = (*instead, *ANSWERS)
    beside = exclusive_schemas(kinds)
    for kind in (kind for kind in kinds if kind in BESIDE):
        meaningless = [option for option in OF_MESSAGE if option not in BESIDE[kind]]
        beside[kind]["properties"] |= dict.fromkeys(meaningless, False)
    beside |= CITING
    beside["then"] = {"anyOf": [{"required": [kind]} for kind in ENDING]}
    return {"anyOf": [{"required": [kind]} for kind in (*kinds, "fault")], "dependentSchemas": beside}


def misplaced(key: str, problem: str) -> PydanticCustomError:
    """The error of a key that cannot stand where it does; its place is the key's."""
    return PydanticCustomError("misplaced", "{key} {problem}", {"key": repr(key), "problem": problem, "name": key})
