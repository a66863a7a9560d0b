"""Context: everything about a request that a scenario can ask for, read when it is asked."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mockgw.protocol import attachments, conversation, models
from mockgw.protocol.attachments import Attachment, Find, find_nothing
from mockgw.protocol.conversation import Conversation, ToolResult
from mockgw.protocol.headers import betas
from mockgw.protocol.requests import MessagesRequest
from mockgw.values import found, lazy

MAIN, SUB, SIDE = "main", "sub", "side"


class Collapsed(str):
    """Text whose white space is collapsed already."""

    @found
    def folded(self) -> "Collapsed":
        """Without case: made once, since texts are long and rules are many."""
        return Collapsed(self.casefold())


def collapse(text: str) -> Collapsed:
    """Each run of white space as one blank, none at the ends."""
    return text if isinstance(text, Collapsed) else Collapsed(" ".join(text.split()))


@lazy
class Context:
    """A request as a rule sees it. `clock` is in seconds since the session began; counts start at 1.

    `find_file` knows the files of its session.
    """

    request: MessagesRequest
    headers: Mapping[str, str]
    conversation: Conversation
    session: str
    key: str
    agent: str
    attempt: int = 1
    nth_request: int = 1
    clock: float = 0.0
    find_file: Find = find_nothing

    @found
    def values(self) -> dict[str, tuple[Any, ...]]:
        """What conditions have looked at so far, by its key: many rules ask for the same."""
        return {}

    @found
    def prompt(self) -> Collapsed | None:
        prompt = self.conversation.prompt
        return None if prompt is None else collapse(prompt)

    @found
    def system_text(self) -> str:
        return "\n".join(conversation.texts(self.request.system or ""))

    @found
    def system(self) -> Collapsed | None:
        return collapse(self.system_text) if self.request.system else None

    @found
    def reminders_text(self) -> list[str]:
        return conversation.reminders(self.request.messages)

    @found
    def reminders(self) -> tuple[Collapsed, ...]:
        return tuple(collapse(text) for text in self.reminders_text)

    @found
    def tool_results(self) -> tuple[ToolResult, ...]:
        """Those in the last user message, their texts collapsed."""
        return tuple(replace(result, text=collapse(result.text)) for result in self.conversation.tool_results)

    @found
    def attachments(self) -> tuple[Attachment, ...]:
        """Those that came with the last typed prompt or since, their texts collapsed."""
        found = attachments.read(self.request.messages[max(0, self.conversation.position) :], self.find_file)
        return tuple(replace(attachment, text=collapse(attachment.text)) for attachment in found)

    @found
    def model(self) -> tuple[str, ...]:
        """The model as it was asked for, and as the catalogue has it."""
        return self.request.model, model_identity(self.request.model)

    @property
    def run(self) -> tuple[str, ...]:
        return run_of(self.headers)

    @property
    def tools(self) -> tuple[str, ...]:
        return tuple(tool["name"] for tool in self.request.tools if isinstance(tool.get("name"), str))

    @property
    def beta(self) -> tuple[str, ...]:
        return betas(self.headers)

    @property
    def structured(self) -> bool:
        return self.schema is not None

    @property
    def schema(self) -> dict[str, Any] | None:
        """The JSON Schema that the answer is asked to fit."""
        asked = self.request.output_config.get("format") or {}
        schema = asked.get("schema")
        return schema if isinstance(schema, dict) else None

    @property
    def thinking(self) -> str | None:
        thinking = self.request.thinking
        return thinking["type"] if thinking else None

    @property
    def effort(self) -> str | None:
        effort = self.request.output_config.get("effort")
        return effort if isinstance(effort, str) else None


def model_identity(name: str) -> str:
    """One name for all spellings of a model."""
    found = models.find(name)
    return found.id if found else models.canonical(name)


def run_of(headers: Mapping[str, str]) -> tuple[str, ...]:
    """Which run of an agent sends this: its session and its own id, as Claude Code names them."""
    return headers.get("x-claude-code-session-id", ""), headers.get("x-claude-code-agent-id", "")


def agent_of(request: MessagesRequest, headers: Mapping[str, str]) -> str:
    """Who asks: an agent's main loop (or any client), a sub-agent, or an agent's errand such as a title."""
    if "x-claude-code-agent-id" in headers:
        return SUB
    if request.tools or not _is_agent(request, headers):
        return MAIN
    return SIDE if request.output_config.get("format") or asks_for_permission(request) else MAIN


def _is_agent(request: MessagesRequest, headers: Mapping[str, str]) -> bool:
    """Whether Claude Code asks: by its headers, or by the session in its metadata (seen on the wire)."""
    if "x-claude-code-session-id" in headers or headers.get("x-app") == "cli":
        return True
    return "session_id" in (request.metadata.get("user_id") or "")


def asks_for_permission(request: MessagesRequest) -> bool:
    """Whether this is Claude Code's auto mode asking if a tool call is safe (2.1.330: wants `<block>no` or `yes`)."""
    return "</block>" in request.stop_sequences or "You are a security monitor" in "".join(
        conversation.texts(request.system or "")[:2]
    )
