"""Replies: every answer that a rule can give, as a person writes it."""

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from mockgw.later import Elsewhere, Later
from mockgw.notation import (
    ABOVE_ZERO_SCHEMA,
    TEXT_SCHEMA,
    Count,
    JsonSchema,
    Number,
    Text,
    Written,
    read_boolean,
    read_text,
)
from mockgw.protocol.scripted import AnyError, ScriptedError
from mockgw.scenario.kinds import (
    ANSWERS,
    BLOCKS,
    LISTS,
    OF_MESSAGE,
    SERVER_TOOLS,
    answer_schema,
    block_schema,
    check_answer,
    check_citations,
    exactly_one,
)
from mockgw.scenario.options import Options
from mockgw.scenario.written import plain

if TYPE_CHECKING:
    from mockgw.scenario.server_tools import ServerTool


def read_deltas(value: Any) -> Any:
    """Text, or a list of texts."""
    return [read_text(piece) for piece in value] if isinstance(value, list) else read_text(value)


Deltas = Annotated[
    str | list[str],
    BeforeValidator(read_deltas),
    WithJsonSchema({"anyOf": [TEXT_SCHEMA, {"type": "array", "items": TEXT_SCHEMA}]}),
]
TOOLS = "mockgw.scenario.server_tools"  # what few answers have, in a module that others need not import
# Exactly one key, whichever.
ONE_KEY = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})


class ToolUse(Written):
    """A call of one of the client's tools."""

    name: Text
    """The tool's name."""
    input: Annotated[dict[str, Any] | list[Text], AfterValidator(plain)] = Field(default_factory=dict)
    """Its arguments; a list of strings is exactly these pieces of JSON."""
    id: Text | None = None
    """Its id; made when absent."""


class Generate(Written):
    """Content that is made up from the seed: exactly one of these keys."""

    model_config = ONE_KEY

    words: Count | None = None
    """Text of so many words."""
    sentences: Count | None = None
    """Text of so many sentences."""
    json_: Annotated[Literal[True], BeforeValidator(read_boolean)] | None = Field(default=None, alias="json")
    """JSON that fits the schema which the request asks for."""
    tool: Text | Literal[True] | None = None
    """A valid call: of the tool of this name; `true`: of the forced tool, else of the first."""

    @model_validator(mode="after")
    def _one_thing(self) -> "Generate":
        if len(self.model_fields_set) != 1:
            raise ValueError("expected exactly one of words, sentences, json and tool")
        return self


def typed(block: Any) -> Any:
    """A block as it is on the wire: the client tells blocks by their type."""
    if isinstance(block, dict) and not isinstance(block.get("type"), str):
        raise ValueError("a block needs a 'type', as in block: {type: server_tool_use, id: srvtoolu_1}")
    return plain(block)


BLOCK_SCHEMA: JsonSchema = {"type": "object", "properties": {"type": {"type": "string"}}, "required": ["type"]}


class BlockForm(Written):
    """One content block: text, a list of its deltas, or a mapping with exactly one of these keys."""

    model_config = ConfigDict(json_schema_extra=block_schema())

    text: Deltas | None = None
    """Text, or a list: exactly these deltas."""
    thinking: Deltas | None = None
    """Thinking, or a list: exactly these deltas; its signature is made."""
    redacted_thinking: Text | None = None
    """The data of a redacted thinking block."""
    tool_use: Later[ToolUse] | None = None
    """A call of one of the client's tools."""
    web_search: Annotated[Any, Elsewhere(TOOLS, "WebSearch")] = None
    """A search of the web by the API itself, and what was found."""
    web_fetch: Annotated[Any, Elsewhere(TOOLS, "WebFetch")] = None
    """A page that the API itself fetches."""
    code_execution: Annotated[Any, Elsewhere(TOOLS, "CodeExecution")] = None
    """Code or a command that the API itself runs, and what it printed."""
    tool_search: Annotated[Any, Elsewhere(TOOLS, "ToolSearch")] = None
    """A search among the tools that are deferred."""
    mcp_tool_use: Annotated[Any, Elsewhere(TOOLS, "McpToolUse")] = None
    """A call of an MCP server's tool by the API itself."""
    generate: Later[Generate] | None = None
    """Made-up content."""
    block: Annotated[dict[str, Any], AfterValidator(typed), WithJsonSchema(BLOCK_SCHEMA)] | None = None
    """Any other block, as it is on the wire."""
    citations: list[Annotated[Any, Elsewhere("mockgw.scenario.citations", "Citation")]] | None = None
    """Where a `text`, beside which they stand, has it from."""

    @model_validator(mode="before")
    @classmethod
    def _one_key(cls, value: Any) -> Any:
        if cls is BlockForm:
            value = {"text": read_deltas(value)} if not isinstance(value, dict | Written) else value
            exactly_one(value, BLOCKS, "a block")
            check_citations(value)
        return value

    @classmethod
    def _elsewhere(cls, key: str, value: Mapping[str, Any]) -> str:
        if key in ("error", *LISTS):
            return f"{key!r} is an answer, not a block; list answers under 'replies:' or 'attempts:'"
        return super()._elsewhere(key, value)

    @classmethod
    def _in_short(cls, options: Mapping[str, JsonSchema]) -> list[JsonSchema]:
        return list(options["text"]["anyOf"])

    @property
    def kind(self) -> str:
        return next(name for name in BLOCKS if getattr(self, name) is not None)

    @property
    def server_tool(self) -> "ServerTool | None":
        """The tool that the API itself runs, if it is one."""
        tool: ServerTool | None = getattr(self, self.kind) if self.kind in SERVER_TOOLS else None
        return tool

    @property
    def calls_tool(self) -> bool:
        """Whether it is a call of one of the client's tools."""
        if self.generate is not None:
            return self.generate.tool is not None
        return self.tool_use is not None or (self.block is not None and self.block["type"] == "tool_use")


class Answer(Options, BlockForm):
    """An answer: text, a list of blocks, or a mapping with exactly one of these keys, and options."""

    model_config = ConfigDict(json_schema_extra=answer_schema())

    reply: "Annotated[Later[Answer], BeforeValidator(read_answer)] | None" = None
    """An answer: text, a list of blocks, or a mapping."""
    content: Annotated[list[Later[BlockForm]] | None, Field()] = None
    """The blocks of a message."""
    error: AnyError | None = None
    """An error instead: a status, a type, or a mapping."""
    steps: "list[Annotated[Later[Item], BeforeValidator(read_answer)]] | None" = Field(default=None, min_length=1)
    """Answers, one for each step since the last typed prompt."""
    attempts: "list[Annotated[Later[Item], BeforeValidator(read_answer)]] | None" = Field(default=None, min_length=1)
    """Answers, one for each try of one call."""
    replies: "list[Annotated[Later[Item], BeforeValidator(read_answer)]] | None" = Field(default=None, min_length=1)
    """Answers, one after the other."""
    choose: "list[Annotated[Later[Choice], BeforeValidator(read_answer)]] | None" = Field(default=None, min_length=1)
    """Answers, one by chance."""
    then: Literal["repeat_last", "loop", "next_rule", "error"] | None = None
    """What follows the last of `steps`, `attempts` or `replies`; `repeat_last` when absent."""

    @classmethod
    def _elsewhere(cls, key: str, value: Mapping[str, Any]) -> str:
        if ("error" in value or ("status" in value and key != "status")) and key in ScriptedError.model_fields:
            return f"{key!r} belongs in 'error', as in error: {{status: 429, retry_after: 2s}}"
        if key in ("status", "status_code"):
            status = value[key] if value[key] in range(400, 600) else 429
            return f"unknown key {key!r}; write error: {status}, or error: {{status: {status}, …}}"
        return super()._elsewhere(key, value)

    @classmethod
    def _expected(cls, known: Collection[str]) -> str:
        """Of so many keys, grouped: an answer, how it is given, and the others."""
        options = (*OF_MESSAGE, "then")
        others = [name for name in known if name not in (*ANSWERS, *options)]
        told = f"an answer ({', '.join(ANSWERS)}), its options ({', '.join(options)})"
        return ", ".join([told, *others])

    @classmethod
    def _completed(cls, value: dict[str, Any]) -> dict[str, Any]:
        return value if any(key in ("rules", *ANSWERS) for key in value) else {**value, "text": ""}

    @model_validator(mode="before")
    @classmethod
    def _one_answer(cls, value: dict[str, Any]) -> dict[str, Any]:
        cls._check(value)
        return value

    @classmethod
    def _check(cls, value: dict[str, Any]) -> None:
        check_answer(value, "an answer")

    @classmethod
    def _in_short(cls, options: Mapping[str, JsonSchema]) -> list[JsonSchema]:
        blocks = {key: part for key, part in options["content"].items() if key != "description"}
        return [TEXT_SCHEMA, blocks]

    @property
    def kind(self) -> str:
        """The answer's key; `content` for a fault that stands alone."""
        return next((name for name in ANSWERS if getattr(self, name) is not None), "content")

    def blocks(self) -> Iterator[BlockForm]:
        """The blocks of a message, in order."""
        if self.content is not None:
            yield from self.content
        elif self.kind in BLOCKS:
            given = {name: getattr(self, name) for name in (self.kind, "citations") if getattr(self, name) is not None}
            yield BlockForm.model_construct(_fields_set=set(given), **given)


class Item(Answer):
    """An answer in a list."""

    times: Count = 1
    """It answers so often in a row."""


class Choice(Answer):
    """An answer that chance may choose."""

    weight: Annotated[Number, WithJsonSchema(ABOVE_ZERO_SCHEMA)] = 1.0
    """How likely it is, beside the others."""

    @model_validator(mode="after")
    def _above_zero(self) -> "Choice":
        if self.weight <= 0:
            raise ValueError(f"expected a weight above 0, found {self.weight:g}")
        return self


def read_answer(value: Any) -> Any:
    """Text stands for `text`, a list for `content`."""
    if isinstance(value, dict | Written):
        return value
    return {"content": value} if isinstance(value, list) else {"text": value}


Answer.model_rebuild()  # now that Item and Choice are there
