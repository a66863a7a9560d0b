"""Conversation: what an agent's transcript says - the typed prompt, reminders, step, turn, tool results."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mockgw.values import found, light

Json = Mapping[str, Any]

# What Claude Code adds to the person's words (seen on the wire, 2.1.197 and 2.1.330).
REMINDER = "system-reminder"
NOTES = (
    *("local-command-caveat", "local-command-stdout", "local-command-stderr"),
    *("command-name", "command-message", "command-args", "bash-input", "bash-stdout", "bash-stderr"),
)
OPENING = re.compile(f"<({'|'.join((REMINDER, *NOTES))})>")
INTERRUPTED = re.compile(r"\[Request interrupted by user[^\]\n]{0,100}\]")
ENFORCED = "[structured-output-enforce]"  # what follows is the client's own, when a wanted tool was not called
QUEUED = re.compile(r"The user sent a new message while you were working:\n(.*?)\n\nThis is how Claude Code", re.DOTALL)
SUMMARY = "This session is being continued from a previous conversation"  # after it was compacted
WORKING_DIRECTORY = re.compile(r"[Ww]orking directory: *(\S.*)")


@light
class ToolResult:
    """What one of the client's tools gave back."""

    name: str | None
    text: str
    is_error: bool


class Conversation:
    """A transcript, of which each thing is read when it is asked: most requests ask for the end of it only."""

    def __init__(self, messages: Sequence[Json]) -> None:
        self._messages = messages

    @property
    def prompt(self) -> str | None:
        """What was typed last; None if nothing was."""
        return self._last[0]

    @property
    def position(self) -> int:
        """The index of the message that it stands in; -1 if nothing was typed."""
        return self._last[1]

    @found
    def nth_prompt(self) -> int:
        """How many prompts were typed."""
        return sum(message["role"] == "user" and bool(typed(message["content"])) for message in self._messages)

    @found
    def step(self) -> int:
        """The assistant messages since the prompt."""
        return _answers(self._messages[self.position + 1 :])

    @found
    def turn(self) -> int:
        """The assistant messages in the whole transcript."""
        return _answers(self._messages)

    @found
    def tool_results(self) -> tuple[ToolResult, ...]:
        """Those in the last user message."""
        return tuple(_tool_results(self._messages))

    @found
    def _last(self) -> tuple[str | None, int]:
        for position in range(len(self._messages) - 1, -1, -1):
            message = self._messages[position]
            if message["role"] == "user" and (text := typed(message["content"])):
                return text, position
        return None, -1


def read(messages: Sequence[Json]) -> Conversation:
    """What the transcript says."""
    return Conversation(messages)


def _answers(messages: Sequence[Json]) -> int:
    return sum(message["role"] == "assistant" for message in messages)


def typed(content: str | Sequence[Json]) -> str:
    """What a person typed in a user message: its text without reminders and the client's own notes.

    After a slash command only the last text counts: the command may leave a report that no tag marks. So it is after
    the summary of a conversation that was compacted; one that stands alone asks to go on, and counts itself.
    """
    if isinstance(content, str):
        return _typed_text(content)
    parts = texts(content)
    words = [text for part in parts if (text := _typed_text(part))]
    after_note = len(words) > 1 and (words[0].startswith(SUMMARY) or any("<command-name>" in part for part in parts))
    return words[-1] if after_note else "\n".join(words)


def _typed_text(text: str) -> str:
    if text.startswith(ENFORCED):
        return ""
    if "<" in text:
        text, _ = parted(text)
    if "[Request interrupted" in text:
        text = INTERRUPTED.sub("", text)
    queued = QUEUED.match(text)
    return (queued[1] if queued else text).strip()


def parted(text: str) -> tuple[str, list[str]]:
    """A text without what the client added to it, and the reminders that were in it. One pass, whatever it holds."""
    found = list(pieces(text))
    kept = "".join([piece for name, piece in found if not name])
    return kept, [piece.strip() for name, piece in found if name == REMINDER]


def pieces(text: str) -> Iterator[tuple[str, str]]:
    """The pieces of a text in their order, each with the name of the tag that the client put round it, or none."""
    unclosed: set[str] = set()
    position = 0
    while opening := OPENING.search(text, position):
        name = opening[1]
        end = -1 if name in unclosed else text.find(f"</{name}>", opening.end())
        if end < 0:  # no closing tag follows this one, nor any later one of its name
            unclosed.add(name)
            yield "", text[position : opening.end()]
            position = opening.end()
            continue
        yield "", text[position : opening.start()]
        yield name, text[opening.end() : end]
        position = end + len(name) + len("</>")
    yield "", text[position:]


def texts(content: str | Sequence[Json]) -> list[str]:
    """The texts of a message's or a system prompt's content."""
    if isinstance(content, str):
        return [content]
    return [part["text"] for part in content if part.get("type") == "text" and isinstance(part.get("text"), str)]


def calls_of_first_answer(messages: Sequence[Json], position: int) -> list[str]:
    """The ids of the tool calls in the first answer to the prompt at a position."""
    after = messages[position + 1 :]
    first = next((message["content"] for message in after if message["role"] == "assistant"), "")
    return [block["id"] for block in first if isinstance(block, dict) and block.get("type") == "tool_use"]


def reminders(messages: Sequence[Json]) -> list[str]:
    """The texts of `<system-reminder>`s and of system messages in mid-conversation."""
    found: list[str] = []
    for message in messages:
        if message["role"] == "system":
            found.extend(texts(message["content"]))
        elif message["role"] == "user":
            found.extend(note for text in texts(message["content"]) for note in parted(text)[1])
    return found


def working_directory(system: str, notes: Sequence[str] = ()) -> str:
    """Where an agent says that it works: in its system prompt or its reminders; `.` when it does not say."""
    for text in (system, *notes):
        if found := WORKING_DIRECTORY.search(text):
            return found[1].strip()
    return "."


def _tool_results(messages: Sequence[Json]) -> Iterator[ToolResult]:
    last = next((message for message in reversed(messages) if message["role"] == "user"), None)
    if last is None or isinstance(last["content"], str):
        return
    results = [block for block in last["content"] if block.get("type") == "tool_result"]
    names = _tool_names(messages) if results else {}
    for block in results:
        content = block.get("content") or ""
        yield ToolResult(names.get(block["tool_use_id"]), "\n".join(texts(content)), block.get("is_error") is True)


def _tool_names(messages: Sequence[Json]) -> dict[str, str]:
    calls = (
        block
        for message in messages
        if message["role"] == "assistant" and not isinstance(message["content"], str)
        for block in message["content"]
        if block.get("type") == "tool_use"
    )
    return {block["id"]: block["name"] for block in calls}
