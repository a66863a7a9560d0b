"""Synthesis: a reply and a request become a message - ids, signatures, stop reason, usage."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING, Any

import orjson

from mockgw.chance import Chance
from mockgw.engine import generate
from mockgw.engine.cutting import Exact, Part, cut
from mockgw.protocol import models
from mockgw.protocol.dialects import Dialect
from mockgw.protocol.events import block_text, input_json
from mockgw.protocol.messages import (
    Block,
    Message,
    OtherBlock,
    RedactedThinking,
    Text,
    Thinking,
    ToolUse,
    Usage,
    block_from_json,
)
from mockgw.protocol.requests import MessagesRequest, usage_of
from mockgw.protocol.rules import shown as printable
from mockgw.protocol.signatures import sign, verdict
from mockgw.protocol.thinking import Shown, shown_as_asked, shown_as_written
from mockgw.scenario.context import Context
from mockgw.scenario.options import REQUESTS, SERVICE, Options, UsageForm
from mockgw.scenario.replies import BlockForm, Generate
from mockgw.scenario.replies import ToolUse as ToolUseForm
from mockgw.values import light

if TYPE_CHECKING:
    from mockgw.engine import server_tools
    from mockgw.scenario.citations import Citation

FINE_GRAINED = "fine-grained-tool-streaming"  # the beta, from before tools said it each for itself
SERVED = ("inference_geo", "speed")  # of a request: how it is served


@light
class Maker:
    """Makes messages for one request, at this time of day: its chance is spent on ids and on generated content.

    `as_asked` is whether it thinks only where the request and its model do.
    """

    context: Context
    chance: Chance
    seed: int
    dialect: Dialect
    wall: datetime
    as_asked: bool = False

    def shown(self) -> Shown:
        """What the request is shown of thinking."""
        request, step = self.context.request, self.context.conversation.step
        if self.as_asked:
            return shown_as_asked(request, between_calls=step > 0, betas=self.context.beta)
        return shown_as_written(request)

    def message(self, blocks: Sequence[BlockForm], options: Options) -> tuple[Message, tuple[Exact, ...]]:
        """The message, cut as the request wants it, and the deltas that a script wrote for its blocks."""
        request = self.context.request
        parts = self.parts(blocks, shown=self.shown(), paused=options.stop_reason == "pause_turn")
        result = cut(
            [part for part in parts if not is_empty(part)],
            max_tokens=request.max_tokens,
            stop_sequences=request.stop_sequences,
            eager=self._is_eager,
        )
        reason = options.stop_reason or result.stop_reason or derived_reason(result.parts, options)
        stop = options.stop_sequence or result.stop_sequence
        content = tuple(self._signed(part.block) for part in result.parts)
        message = self.around(content, result.output_tokens, options, reason, stop)
        if any(isinstance(block, OtherBlock) for block in content):
            message = self._of_server_tools().traced(message, options)
        return message, tuple(part.exact for part in result.parts)

    def parts(self, blocks: Sequence[BlockForm], *, shown: Shown, paused: bool = False) -> list[Part]:
        """The blocks of a reply, nothing cut off, with what is `shown` of thinking; `paused` leaves out the result of a
        last call."""
        parts: list[Part] = []
        for index, form in enumerate(blocks):
            if (tool := form.server_tool) is not None:
                running = paused and index == len(blocks) - 1
                parts.extend(self._of_server_tools().parts(tool, index, running=running))
            else:
                part = self._part(form, index, omit=shown == "omitted")
                parts.append(part if form.citations is None else self._cited(part, form.citations, blocks))
        return [part for part in parts if not is_thought(part)] if shown == "nothing" else parts

    def _is_eager(self, name: str) -> bool:
        """Whether a tool's input is to be streamed as it is written: fine-grained tool streaming."""
        if any(beta.startswith(FINE_GRAINED) for beta in self.context.beta):
            return True
        return any(
            tool.get("name") == name and tool.get("eager_input_streaming") for tool in self.context.request.tools
        )

    def _of_server_tools(self) -> "server_tools.Maker":
        from mockgw.engine import server_tools  # few answers have such blocks

        return server_tools.Maker(self.context.request, self.chance, self.seed, self.wall)

    def _cited(self, part: Part, citations: Sequence["Citation"], blocks: Sequence[BlockForm]) -> Part:
        from mockgw.engine.citing import Citing  # as above

        citing = Citing(self.context.request.messages, blocks, self.seed)
        text = part.counted
        return replace(part, block=Text(text, [citing.wire(citation, text) for citation in citations]))

    def around(
        self, content: tuple[Block, ...], output_tokens: int, options: Options, reason: str, stop_sequence: str | None
    ) -> Message:
        """The message that has this content."""
        return Message(
            "msg_01" + self.chance.letters[20:42],
            options.model or self._model(),
            content,
            reason,
            stop_sequence,
            usage(self.context.request, output_tokens, options.usage),
            self._stop_details(reason, options),
            None if options.container is None else self._of_server_tools().container(options.container),
            self._context_management(options),
        )

    def _stop_details(self, reason: str, options: Options) -> dict[str, Any] | None:
        if options.stop_details is not None:
            details: dict[str, Any] = options.stop_details.wire()
            return details
        return {"type": "refusal", "category": None, "explanation": None} if reason == "refusal" else None

    def _context_management(self, options: Options) -> dict[str, Any] | None:
        """Who asks for edits is told which were made."""
        if options.context_management is not None:
            managed: dict[str, Any] = options.context_management.wire()
            return managed
        return {"applied_edits": []} if self.context.request.body.get("context_management") else None

    def _model(self) -> str:
        asked = self.context.request.model
        return asked if self.dialect.echoes_model else models.resolve(asked)

    def _part(self, form: BlockForm, index: int, *, omit: bool) -> Part:
        match form.kind:
            case "text":
                text, exact = _written(form.text)
                return Part(Text(text), exact, text)
            case "thinking":
                return self._thinking(*_written(form.thinking), omit=omit)
            case "redacted_thinking":
                return Part(RedactedThinking(form.redacted_thinking or ""), None, form.redacted_thinking or "")
            case "tool_use" if form.tool_use is not None:
                return self._tool_use(form.tool_use, index)
            case "generate" if form.generate is not None:
                return self._generated(form.generate, index)
        return self._other(form.block or {}, index)

    def _thinking(self, text: str, exact: Exact, *, omit: bool) -> Part:
        block = Thinking(text, sign(text, self.seed))
        if omit:
            return Part(Thinking("", block.signature), (), text)
        return Part(block, exact, text)

    def _signed(self, block: Block) -> Block:
        """A thinking block that was cut gets the signature of what is left of it."""
        if isinstance(block, Thinking) and verdict(block.signature, block.thinking, self.seed) == "changed":
            return replace(block, signature=sign(block.thinking, self.seed))
        return block

    def _tool_use(self, form: ToolUseForm, index: int) -> Part:
        if isinstance(form.input, list):
            written = "".join(form.input)
            return Part(self._call(form.name, _parsed(written), form.id, index), tuple(form.input), written)
        return self._call_part(self._call(form.name, form.input, form.id, index))

    def _call(self, name: str, input: dict[str, Any], id: str | None, index: int) -> ToolUse:
        return ToolUse(id or call_id(self.chance, index), name, input)

    def _call_part(self, call: ToolUse) -> Part:
        return Part(call, None, input_json(call.input) or call.name)

    def _generated(self, form: Generate, index: int) -> Part:
        rng = self.chance.rng("generate", index)
        if form.tool is not None:
            return self._generated_call(form.tool, rng, index)
        text = self._generated_text(form, rng)
        return Part(Text(text), None, text)

    def _generated_text(self, form: Generate, rng: Random) -> str:
        if form.words is not None:
            return generate.words(form.words, rng)
        if form.sentences is not None:
            return generate.sentences(form.sentences, rng)
        if self.context.schema is None:
            raise generate.refused("generate: {json: true} needs a request with output_config.format")
        return json.dumps(generate.value(self.context.schema, rng), ensure_ascii=False, separators=(",", ":"))

    def _generated_call(self, wanted: str | bool, rng: Random, index: int) -> Part:
        choice = self.context.request.tool_choice or {}
        name = wanted if isinstance(wanted, str) else choice.get("name")
        offered = [tool for tool in self.context.request.tools if _is_whole(tool)]
        tool = next((tool for tool in offered if name in (None, tool["name"])), None)
        if tool is None:
            names = ", ".join(printable(tool["name"]) for tool in offered) or "no tool with a schema"
            lacking = printable(str(name)) if name else "that is wanted"
            raise generate.refused(f"the request does not offer the tool {lacking}; it offers {names}")
        made = generate.value(tool["input_schema"], rng, of=f"the input_schema of {tool['name']}")
        return self._call_part(self._call(tool["name"], made, None, index))

    def _other(self, value: dict[str, Any], index: int) -> Part:
        match {"input": {}, "id": None} | value:
            case {"type": "tool_use", "name": str(name), "input": dict(input), "id": str() | None as id}:
                return self._call_part(self._call(name, input, id, index))
        block = block_from_json(value)
        whole = orjson.dumps(value).decode() if isinstance(block, OtherBlock) else ""
        return Part(block, None, block_text(block) or whole)


def _is_whole(tool: dict[str, Any]) -> bool:
    """Whether it has a name and a schema: not all is checked on every level."""
    return isinstance(tool.get("input_schema"), dict) and isinstance(tool.get("name"), str)


def _written(deltas: str | list[str] | None) -> tuple[str, Exact]:
    """The text, and the deltas if it was written as a list of them."""
    if isinstance(deltas, list):
        return "".join(deltas), tuple(deltas)
    return deltas or "", None


def _parsed(written: str) -> dict[str, Any]:
    """Exact JSON deltas as an object; a script may break them on purpose, then not streamed there is nothing."""
    try:
        value = orjson.loads(written)
    except orjson.JSONDecodeError:
        return {}
    return value if isinstance(value, dict) else {}


def derived_reason(parts: Iterable[Part], options: Options) -> str:
    """Why an answer ends that is not cut, when its script does not say."""
    if options.stop_sequence is not None:
        return "stop_sequence"
    if options.stop_details is not None:
        return "refusal"
    return "tool_use" if any(isinstance(part.block, ToolUse) for part in parts) else "end_turn"


def is_empty(part: Part) -> bool:
    """Text without a character: the API has no such block."""
    return isinstance(part.block, Text) and not part.block.text


def is_thought(part: Part) -> bool:
    return isinstance(part.block, Thinking | RedactedThinking)


def call_id(chance: Chance, index: int) -> str:
    """The id of a tool call without one of its own."""
    return "toolu_01" + chance.token("tool", index, length=22)


def _served(body: dict[str, Any]) -> dict[str, Any]:
    if "speed" not in body and "inference_geo" not in body:
        return {}
    return {key: body[key] for key in SERVED if body.get(key)}


def usage(request: MessagesRequest, output_tokens: int, scripted: UsageForm | None) -> Usage:
    """The tokens: estimated from the whole request and the real output, but for what a script sets."""
    least = 0 if request.max_tokens == 0 else 1
    usual = usage_of(request, max(least, output_tokens))
    served = _served(request.body)
    if scripted is None:
        return replace(usual, other=served) if served else usual
    said: dict[str, Any] = {name: getattr(scripted, name) for name in scripted.model_fields_set}
    used = {name: said.pop(name) for name in REQUESTS if name in said}
    other = served | {name: said.pop(name) for name in SERVICE if name in said}
    if used:
        other["server_tool_use"] = dict.fromkeys(REQUESTS, 0) | used
    if "cache_creation_input_tokens" in said:
        said |= {"ephemeral_5m_input_tokens": said["cache_creation_input_tokens"], "ephemeral_1h_input_tokens": 0}
    return replace(usual, **said, other=other)
