"""Turns: what messages must be as a conversation, apart from calls and their results.

Sources: the wordings' own; https://platform.claude.com/docs/en/build-with-claude/mid-conversation-system-messages.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from mockgw.protocol.parameters import conversation
from mockgw.protocol.rules import Refusal
from mockgw.validation.subject import CITING, Subject, blocks

Message = Mapping[str, Any]

OF_SYSTEM = ("output_config", "clear_at")
IN_SYSTEM = ("text", "tool_addition", "tool_removal")


def check(subject: Subject) -> None:
    """Roles, empty content, what a system message may be, and how the last message may end."""
    conversation(subject.body)
    for index, message in enumerate(subject.messages):
        _check_keys(index, message)
    _check_first(subject.messages)
    _check_content(subject.messages)
    for index, message in enumerate(subject.messages):
        if message["role"] == "system" and not is_directive(message):
            _check_system(subject.messages, index)
    _check_end(subject)
    if CITING not in subject.features:
        _check_new_version(subject.messages)


def is_directive(message: Message) -> bool:
    """Whether a message only sets options, and says nothing."""
    return message["role"] == "system" and message["content"] == [] and "output_config" in message


def prefills(subject: Subject) -> bool:
    """Whether the last word is the assistant's, for the model to go on from there; not of an answer that paused."""
    last = subject.messages[-1]
    return last["role"] == "assistant" and not _ends_in_server_tool(last)


def _check_keys(index: int, message: Message) -> None:
    name = next((name for name in OF_SYSTEM if name in message), None)
    if name and message["role"] != "system":
        raise Refusal("extra_in_message", "messages", index, name, index=index, name=name)


def _check_first(messages: list[dict[str, Any]]) -> None:
    spoken = [message for message in messages if not is_directive(message)]
    first = spoken[0]["role"] if spoken else "user"
    if first == "system":
        raise Refusal("system_first", "messages", 0)
    if first != "user":
        raise Refusal("first_role", "messages")


def _check_content(messages: list[dict[str, Any]]) -> None:
    for run in _runs(messages):
        silent = [index for index, message in run if not message["content"]]
        if run[0][1]["role"] == "user" and len(silent) == len(run):
            raise Refusal("empty_user", "messages", silent[0], index=silent[0])
        for index, message in run:
            _check_texts(index, message)


def _runs(messages: list[dict[str, Any]]) -> Iterator[list[tuple[int, dict[str, Any]]]]:
    """The messages with their indices, those of one role in a row together: the API merges them."""
    run: list[tuple[int, dict[str, Any]]] = []
    for index, message in enumerate(messages):
        if run and run[-1][1]["role"] != message["role"]:
            yield run
            run = []
        run.append((index, message))
    yield run


def _check_texts(index: int, message: Message) -> None:
    if message["role"] == "system":
        return
    for block in blocks(message) if message["content"] else ():
        if block["type"] == "text" and not block["text"].strip():
            raise Refusal("blank_text" if block["text"] else "empty_text", "messages", index, "content")


def _check_system(messages: list[dict[str, Any]], index: int) -> None:
    content = blocks(messages[index])
    if not content:
        raise Refusal("system_empty", "messages", index, index=index)
    if any(block["type"] not in IN_SYSTEM for block in content):
        raise Refusal("system_blocks", "messages", index, index=index)
    if any(block["type"] == "text" and not block["text"].strip() for block in content):
        raise Refusal("system_blank", "messages", index, index=index)
    before = messages[index - 1]
    if before["role"] == "assistant" and not _ends_in_server_result(before):
        raise Refusal("system_follows", "messages", index, index=index)
    if index + 1 < len(messages) and messages[index + 1]["role"] == "user":
        raise Refusal("system_followed", "messages", index, index=index)


def _ends_in_server_tool(message: Message) -> bool:
    """Whether it stops where `pause_turn` does: at a call that the server makes itself, or at its result."""
    last = blocks(message)[-1:]
    return bool(last) and (last[0]["type"] in ("server_tool_use", "mcp_tool_use") or _ends_in_server_result(message))


def _ends_in_server_result(message: Message) -> bool:
    last = blocks(message)[-1:]
    return bool(last) and str(last[0]["type"]).endswith("_tool_result")


def _check_end(subject: Subject) -> None:
    if not prefills(subject) or (subject.model and not subject.model.abilities.prefills):
        return  # without prefill the capabilities have a word for it
    last = blocks(subject.messages[-1])[-1:]
    if last and last[0]["type"] == "text" and last[0]["text"] != last[0]["text"].rstrip():
        raise Refusal("trailing_space", "messages")


def _check_new_version(messages: list[dict[str, Any]]) -> None:
    """https://platform.claude.com/docs/en/api/migration-2026-10-21: where documents and citations may stand."""
    for index, message in enumerate(messages):
        for number, block in enumerate(blocks(message)):
            at = {"index": index, "block": number}
            if message["role"] == "assistant" and block["type"] == "document":
                raise Refusal("assistant_document", "messages", index, "content", number, **at)
            if message["role"] == "user" and block["type"] == "text" and block.get("citations"):
                raise Refusal("user_citations", "messages", index, "content", number, "citations", **at)
