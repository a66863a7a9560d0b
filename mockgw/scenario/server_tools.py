"""Server tools: calls that the API makes itself, each with what came of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from mockgw.later import Later
from mockgw.notation import Integer, JsonSchema, Text, Written, exclusive_schemas
from mockgw.protocol.signatures import sealed
from mockgw.scenario.kinds import misplaced
from mockgw.scenario.written import plain
from mockgw.values import light

Json = dict[str, Any]


@light
class Moment:
    """What a result is made with: the run's seed, the time of day, and the block that called the tool."""

    seed: int
    wall: datetime
    call: Json

    @property
    def name(self) -> str:
        return str(self.call["name"])


def asked_and_given(asked: Sequence[str], given: Sequence[str]) -> ConfigDict:
    """What `ServerTool` checks, as JSON Schema."""
    schema: JsonSchema = {"anyOf": [{"required": [key]} for key in (*asked, *given, "error")]}
    exclusive = exclusive_schemas(asked) if len(asked) > 1 else {}
    schema["dependentSchemas"] = exclusive | {"error": {"properties": dict.fromkeys(given, False)}}
    return ConfigDict(json_schema_extra=schema)


class ServerTool(Written):
    """A tool that the API runs itself: its call, and what came of it.

    `asked` are the keys of the one, `given` those of the other; `called_as` are the names that its calls have.
    """

    asked: ClassVar[tuple[str, ...]] = ()
    given: ClassVar[tuple[str, ...]] = ()
    prefix: ClassVar[str] = "srvtoolu_01"
    called_as: ClassVar[tuple[str, ...]] = ()

    id: Text | None = None
    """The id of the call; made when absent."""
    error: Text | None = None
    """It failed, with this error code."""

    @model_validator(mode="after")
    def _whole(self) -> "ServerTool":
        asked = [key for key in self.asked if key in self.model_fields_set]
        given = [key for key in self.given if key in self.model_fields_set]
        if len(asked) > 1:
            raise misplaced(asked[1], f"has no meaning beside {asked[0]!r}; a call has one of them")
        if self.error is not None and given:
            raise misplaced(given[0], "has no meaning beside 'error': a call fails, or it gives something")
        if not asked and not self.ended:
            told = f"needs {' or '.join(map(repr, self.asked))}"
            raise ValueError(f"{told}; without it, say what came of a call that was paused")
        return self

    @property
    def begun(self) -> bool:
        """Whether the call itself is part of the answer; without it, it is that of an answer that was paused."""
        return not self.model_fields_set.isdisjoint(self.asked)

    @property
    def ended(self) -> bool:
        """Whether it is said what came of it."""
        return self.error is not None or not self.model_fields_set.isdisjoint(self.given)

    def call(self, offered: Sequence[str]) -> Json:
        """The block that calls it, but for its id; `offered` are the names of the request's tools."""
        raise NotImplementedError

    def outcome(self, moment: Moment) -> Json:
        """The block with what came of it, but for the id of its call."""
        kind = self._result_type(moment.name)
        failed = {"type": f"{kind}_error", "error_code": self.error}
        return {"type": kind, "content": failed if self.error is not None else self._content(moment)}

    def _result_type(self, name: str) -> str:
        return f"{name}_tool_result"

    def _content(self, moment: Moment) -> Any:
        raise NotImplementedError


DIRECT = {"caller": {"type": "direct"}}


def called(name: str, **input: Any) -> Json:
    return {"type": "server_tool_use", "id": "", "name": name, "input": input, **DIRECT}


class WebResult(Written):
    """A page that was found."""

    url: Text
    """Its address."""
    title: Text = ""
    """Its title."""
    page_age: Text | None = None
    """How old it is, as in `April 30, 2026`."""

    def wire(self, seed: int) -> Json:
        sealing = sealed(f"{self.url} {self.title}", seed)
        page = {"type": "web_search_result", "title": self.title, "url": self.url}
        return page | {"encrypted_content": sealing, "page_age": self.page_age}


class WebSearch(ServerTool):
    """A search of the web, and what was found."""

    model_config = asked_and_given(("query",), ("results",))
    asked = ("query",)
    given = ("results",)
    called_as = ("web_search",)

    query: Text | None = None
    """What is searched for."""
    results: list[Later[WebResult]] = Field(default_factory=list)
    """The pages that were found; none when absent."""

    def call(self, offered: Sequence[str]) -> Json:
        return called("web_search", query=self.query)

    def outcome(self, moment: Moment) -> Json:
        return super().outcome(moment) | DIRECT

    def _content(self, moment: Moment) -> Any:
        return [result.wire(moment.seed) for result in self.results]


class WebFetch(ServerTool):
    """A page that is fetched, and what stands on it."""

    model_config = asked_and_given(("url",), ("text", "title"))
    asked = ("url",)
    given = ("text", "title")
    called_as = ("web_fetch",)

    url: Text | None = None
    """Its address."""
    title: Text | None = None
    """Its title."""
    text: Text = ""
    """What stands on it."""

    def call(self, offered: Sequence[str]) -> Json:
        return called("web_fetch", url=self.url)

    def outcome(self, moment: Moment) -> Json:
        return super().outcome(moment) | DIRECT

    def _content(self, moment: Moment) -> Any:
        source = {"type": "text", "media_type": "text/plain", "data": self.text}
        document = {"type": "document", "source": source, "title": self.title, "citations": None}
        url = moment.call["input"].get("url", "")
        when = moment.wall.strftime("%Y-%m-%dT%H:%M:%SZ")
        return {"type": "web_fetch_result", "url": url, "content": document, "retrieved_at": when}


class CodeExecution(ServerTool):
    """Code or a command that is run in the API's container, and what it printed."""

    model_config = asked_and_given(("code", "command"), ("stdout", "stderr", "return_code", "files"))
    asked = ("code", "command")
    given = ("stdout", "stderr", "return_code", "files")
    called_as = ("code_execution", "bash_code_execution")

    code: Text | None = None
    """Python that is run (the tool `code_execution_20250522`)."""
    command: Text | None = None
    """A command of Bash that is run (the tools since `code_execution_20250825`)."""
    stdout: Text = ""
    """What it printed."""
    stderr: Text = ""
    """What it printed of errors."""
    return_code: Integer = 0
    """Its exit status; 0 when absent."""
    files: list[Text] = Field(default_factory=list)
    """The ids of the files that it made."""

    def call(self, offered: Sequence[str]) -> Json:
        if self.command is not None:
            return called("bash_code_execution", command=self.command)
        return called("code_execution", code=self.code)

    def _content(self, moment: Moment) -> Any:
        files = [{"type": f"{moment.name}_output", "file_id": file} for file in self.files]
        printed = {"stdout": self.stdout, "stderr": self.stderr, "return_code": self.return_code}
        return {"type": f"{moment.name}_result", **printed, "content": files}


class ToolSearch(ServerTool):
    """A search among the tools that are deferred, and those that were found."""

    model_config = asked_and_given(("query",), ("tools",))
    asked = ("query",)
    given = ("tools",)
    called_as = ("tool_search_tool_regex", "tool_search_tool_bm25")

    query: Text | None = None
    """What is searched for: words, or a regular expression, as the tool wants it that the request offers."""
    tools: list[Text] = Field(default_factory=list)
    """The names of the tools that were found; none when absent."""

    def call(self, offered: Sequence[str]) -> Json:
        name = next((name for name in offered if name in self.called_as), self.called_as[0])
        return called(name, query=self.query)

    def _result_type(self, name: str) -> str:
        return "tool_search_tool_result"

    def _content(self, moment: Moment) -> Any:
        references = [{"type": "tool_reference", "tool_name": name} for name in self.tools]
        return {"type": "tool_search_tool_search_result", "tool_references": references}


class McpToolUse(ServerTool):
    """A tool of an MCP server that the API itself calls, and what it gave back."""

    model_config = asked_and_given(("name",), ("result",))
    asked = ("name",)
    given = ("result",)
    prefix = "mcptoolu_01"

    server_name: Text
    """The server's name, as in the request's `mcp_servers`."""
    name: Text
    """The tool's name."""
    input: Annotated[Json, AfterValidator(plain)] = Field(default_factory=dict)
    """Its arguments."""
    result: Text = ""
    """The text that it gave back."""

    def call(self, offered: Sequence[str]) -> Json:
        return {
            "type": "mcp_tool_use",
            "id": "",
            "name": self.name,
            "server_name": self.server_name,
            "input": self.input,
        }

    def outcome(self, moment: Moment) -> Json:
        failed = self.error is not None
        text = {"type": "text", "text": self.error if failed else self.result}
        return {"type": "mcp_tool_result", "is_error": failed, "content": [text]}
