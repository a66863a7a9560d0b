"""Answers: those that cannot be made, and those that a client will hardly understand."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import orjson

from mockgw.delivery.faults.base import HALF_WAY
from mockgw.engine import generate
from mockgw.errors import Problem
from mockgw.lint.leaves import Leaf, conditions, leaves
from mockgw.lint.tools import misfits
from mockgw.notation import is_template, shown
from mockgw.protocol.parameters import TOOL_NAME
from mockgw.scenario.document import Path
from mockgw.scenario.model import Scenario
from mockgw.scenario.nodes import Reply
from mockgw.scenario.replies import BlockForm, ToolUse
from mockgw.scenario.written import plain
from mockgw.suggest import did_you_mean
from mockgw.values import light

STOP_REASONS = (
    "end_turn", "max_tokens", "stop_sequence", "tool_use", "pause_turn", "refusal", "model_context_window_exceeded",
    "compaction",
)  # fmt: skip
RESULT = {"tool_use_id": (str,), "content": (dict, list)}
CALL = {"id": (str,), "name": (str,), "input": (dict,)}
# What a block of each type has on the wire.
BLOCKS: Mapping[str, Mapping[str, tuple[type, ...]]] = {
    "text": {"text": (str,)},
    "thinking": {"thinking": (str,), "signature": (str,)},
    "redacted_thinking": {"data": (str,)},
    "tool_use": {"name": (str,), "input": (dict,)},  # its id is made
    "server_tool_use": CALL,
    "mcp_tool_use": CALL | {"server_name": (str,)},
    "mcp_tool_result": {"tool_use_id": (str,)},
    "web_search_tool_result": RESULT,
    "web_fetch_tool_result": RESULT,
    "code_execution_tool_result": RESULT,
    "bash_code_execution_tool_result": RESULT,
    "text_editor_code_execution_tool_result": RESULT,
    "tool_search_tool_result": RESULT,
    "container_upload": {"file_id": (str,)},
}
EVERY = ("invalid_tool_input", "unavailable", "too_many_requests")
CODE = (*EVERY, "execution_time_exceeded", "output_file_too_large")
# The error codes of each of the API's own tools (types of the Python SDK 2.12).
ERROR_CODES: Mapping[str, Collection[str]] = {
    "web_search": (*EVERY, "max_uses_exceeded", "query_too_long", "request_too_large"),
    "web_fetch": (
        *(*EVERY, "max_uses_exceeded", "url_too_long", "url_not_allowed", "url_not_in_prior_context"),
        *("url_not_accessible", "unsupported_content_type", "content_too_large"),
    ),
    "code_execution": CODE,
    "tool_search": (*EVERY, "execution_time_exceeded"),
}
WORDS: Mapping[type, str] = {str: "text", dict: "a mapping", list: "a list"}
SCHEMA = "body.output_config.format.schema"


@light
class _Message:
    """A reply, and the leaf that it is."""

    leaf: Leaf
    reply: Reply

    def doubt(self, message: str, path: Path, code: str = "doubtful-answer") -> Problem:
        return self.leaf.document.warning(message, path, code)

    def impossible(self, message: str, path: Path) -> Problem:
        return self.leaf.document.problem(message, path, "impossible-answer")

    def blocks(self) -> Iterator[tuple[BlockForm, Path]]:
        """Each block, and where its own key stands."""
        for index, block in enumerate(self.reply.blocks):
            yield block, self.leaf.key_path(index, block)

    @property
    def calls(self) -> bool:
        """Whether one of the client's tools is called."""
        return any(block.calls_tool for block in self.reply.blocks)


def doubtful(scenario: Scenario) -> Iterator[Problem]:
    """What a client will hardly take, and what no request can get."""
    for leaf in leaves(scenario):
        if isinstance(leaf.answer, Reply):
            message = _Message(leaf, leaf.answer)
            yield from _stop_reason(message)
            yield from _structured(message)
            yield from _nothing_to_break(message)
            for block, path in message.blocks():
                yield from _block(message, block, path)


def _stop_reason(message: _Message) -> Iterator[Problem]:
    reason = message.reply.options.stop_reason
    if reason is None or is_template(reason):
        return
    path = message.leaf.option_path("stop_reason")
    if reason not in STOP_REASONS:
        hint = did_you_mean(reason, STOP_REASONS) or f"; it has {', '.join(STOP_REASONS)}"
        yield message.doubt(f"the API has no stop_reason {reason!r}{hint}", path)
    elif reason == "tool_use" and not message.calls:
        yield message.doubt("stop_reason is 'tool_use', but no tool is called; add a 'tool_use', or leave it out", path)
    elif reason != "refusal" and message.reply.options.stop_details is not None:
        told = f"'stop_details' tell of a refusal, but stop_reason is {reason!r}; leave stop_reason out"
        yield message.doubt(told, path)
    elif reason == "end_turn" and message.calls:
        told = "a tool is called, but stop_reason is 'end_turn', so clients may not run it; leave stop_reason out"
        yield message.doubt(told, path)


def _block(message: _Message, block: BlockForm, path: Path) -> Iterator[Problem]:
    if block.tool_use is not None:
        yield from _call(message, block.tool_use, path)
    elif block.kind in ERROR_CODES:
        yield from _error_code(message, block, path)
    elif block.block is not None:
        yield from _wire_block(message, block.block, path)
    elif block.generate is not None and block.generate.json_ and not message.leaf.takes("structured", True):
        told = "generate: {json: true} needs a request that asks for JSON, and this rule takes only others"
        yield message.impossible(f"{told}; change 'structured' in its match", path)
    elif block.generate is not None and block.generate.tool and _offers_nothing(message.leaf):
        told = "generate: {tool: …} needs a request that offers tools, and this rule takes only others"
        yield message.impossible(f"{told}; change 'tools' in its match", path)


def _offers_nothing(leaf: Leaf) -> bool:
    return any(condition.present is False for condition in conditions(leaf.rule, "tools"))


def _call(message: _Message, call: ToolUse, path: Path) -> Iterator[Problem]:
    if not is_template(call.name) and not re.fullmatch(TOOL_NAME, call.name):
        told = f"no client can have a tool {call.name!r}: the API takes up to 128 letters, digits, _ and -"
        yield message.doubt(told, (*path, "name"))
    if isinstance(call.input, list):
        yield from _pieces(message, call.input, (*path, "input"))
        return
    for misfit in misfits(call.name, call.input):
        inner = (*path, "input", misfit.key) if misfit.key else path
        place = message.leaf.document.key_place(inner)
        yield Problem(misfit.message, message.leaf.document.path, *place, "tool-input", "warning")


def _pieces(message: _Message, pieces: list[str], path: Path) -> Iterator[Problem]:
    """A list of strings is exactly these deltas: they may be broken on purpose, or by a slip."""
    written = "".join(pieces)
    if not is_template(written) and not any(isinstance(value, dict) for value in _json(written)):
        told = f"together these pieces are {shown(written)}, and that is no JSON object; clients cannot read the input"
        yield message.doubt(told, path)


def _error_code(message: _Message, block: BlockForm, path: Path) -> Iterator[Problem]:
    code = block.server_tool.error if block.server_tool else None
    known = ERROR_CODES[block.kind]
    if code is not None and code not in known and not is_template(code):
        hint = did_you_mean(code, known) or f"; it has {', '.join(known)}"
        yield message.doubt(f"{block.kind!r} has no error code {code!r}{hint}", (*path, "error"))


def _wire_block(message: _Message, block: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    kind = block["type"]
    if kind not in BLOCKS:
        hint = "" if is_template(kind) else did_you_mean(kind, BLOCKS, cutoff=0.8)
        if hint:
            yield message.doubt(f"clients know no block {kind!r}{hint}", (*path, "type"))
        return
    for key, kinds in BLOCKS[kind].items():
        if key not in block:
            yield message.doubt(f"a {kind!r} block on the wire has {key!r}; add it", path)
        elif not isinstance(block[key], kinds) and not is_template(block[key]):
            wanted = " or ".join(WORDS[one] for one in kinds)
            yield message.doubt(f"{key!r} of a {kind!r} block is {wanted}, found {shown(block[key])}", (*path, key))


def _structured(message: _Message) -> Iterator[Problem]:
    """Text where JSON is asked for."""
    text = _text(message.reply)
    schemas = list(_schemas(message.leaf))
    if text is None or not (schemas or not message.leaf.takes("structured", False)):
        return
    path = message.leaf.block_path(0)
    values = _json(text)
    if not values:
        yield message.doubt(f"the rule takes requests that ask for JSON, but {shown(text)} is none", path)
    for reason in filter(None, (generate.misfit(schema, value) for schema in schemas for value in values)):
        yield message.doubt(f"the schema that the rule asks for does not allow this answer: {reason}", path)


def _nothing_to_break(message: _Message) -> Iterator[Problem]:
    """A fault without an answer, which does not even say where it strikes."""
    halving = (fault for fault in message.reply.options.fault if fault.at is None and fault.usual_place == HALF_WAY)
    fault = next(halving, None)
    if fault is not None and not message.reply.blocks:
        told = f"{fault.type!r} strikes half-way, and there is no answer; add a 'reply', or say where with 'at'"
        yield message.doubt(told, message.leaf.option_path("fault"))


def _text(reply: Reply) -> str | None:
    """The whole text of a reply that is nothing else, if it is known; thinking is no matter."""
    said = [block for block in reply.blocks if block.thinking is None and block.redacted_thinking is None]
    if reply.templated or not said or any(block.text is None for block in said):
        return None
    return "".join("".join(block.text or "") for block in said)


def _schemas(leaf: Leaf) -> Iterator[dict[str, Any]]:
    """The schemas that the request must have, word for word."""
    for condition in conditions(leaf.rule, SCHEMA):
        if len(condition.equals) == 1 and isinstance(condition.equals[0], dict):
            yield plain(condition.equals[0])


def _json(text: str) -> tuple[Any, ...]:
    """What a text is as JSON; () when it is none."""
    try:
        return (orjson.loads(text),)
    except orjson.JSONDecodeError:
        return ()
