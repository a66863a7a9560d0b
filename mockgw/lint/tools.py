"""Tools: the arguments that Claude Code's own tools take."""

from collections.abc import Iterator, Mapping
from typing import Any

from mockgw.notation import is_template, shown
from mockgw.suggest import did_you_mean
from mockgw.values import light

VERSION = "2.1.330"  # of Claude Code, whose requests offer these tools so

TEXT, NUMBER, INTEGER, BOOLEAN, LIST = "text", "a number", "a whole number", "true or false", "a list"
KINDS: Mapping[str, tuple[type, ...]] = {
    TEXT: (str,),
    NUMBER: (int, float),
    INTEGER: (int,),
    BOOLEAN: (bool,),
    LIST: (list,),
}
# What others call it.
SYNONYMS = {"path": "file_path", "filename": "file_path", "file": "file_path", "cmd": "command", "script": "command"}
SYNONYMS |= {"text": "content", "contents": "content", "old": "old_string", "new": "new_string", "q": "query"}


@light
class Tool:
    """The kinds of its arguments: those that every call has, and the others."""

    required: Mapping[str, str]
    optional: Mapping[str, str]


TOOLS: Mapping[str, Tool] = {
    "Agent": Tool(
        {"description": TEXT, "prompt": TEXT},
        {"subagent_type": TEXT, "model": TEXT, "effort": TEXT, "run_in_background": BOOLEAN, "isolation": TEXT},
    ),
    "Bash": Tool(
        {"command": TEXT},
        {
            "timeout": NUMBER,
            "description": TEXT,
            "run_in_background": BOOLEAN,
            "dangerouslyDisableSandbox": BOOLEAN,
        },
    ),
    "Edit": Tool({"file_path": TEXT, "old_string": TEXT, "new_string": TEXT}, {"replace_all": BOOLEAN}),
    "NotebookEdit": Tool(
        {"notebook_path": TEXT, "new_source": TEXT}, {"cell_id": TEXT, "cell_type": TEXT, "edit_mode": TEXT}
    ),
    "Read": Tool({"file_path": TEXT}, {"offset": INTEGER, "limit": INTEGER, "pages": TEXT, "allow_large": BOOLEAN}),
    "Skill": Tool({"skill": TEXT}, {"args": TEXT}),
    "WebFetch": Tool({"url": TEXT, "prompt": TEXT}, {"offset": INTEGER}),
    "WebSearch": Tool({"query": TEXT}, {"allowed_domains": LIST, "blocked_domains": LIST}),
    "Write": Tool({"file_path": TEXT, "content": TEXT}, {}),
}


@light
class Misfit:
    """What is wrong with a call, and with which of its arguments; None if one is missing."""

    message: str
    key: str | None = None


def misfits(name: str, given: Mapping[str, Any]) -> Iterator[Misfit]:
    """What Claude Code's tool of this name would refuse. Templates may become anything."""
    if name not in TOOLS:
        return
    tool = TOOLS[name]
    whose = f"{name} of Claude Code {VERSION}"
    known = {**tool.required, **tool.optional}
    unknown = [key for key in given if key not in known and not is_template(key)]
    for key in unknown:
        yield Misfit(f"{whose} has no {key!r}{_hint(key, known)}", key)
    absent = [key for key in tool.required if key not in given]
    if absent and not unknown and not any(map(is_template, given)):
        yield Misfit(f"{whose} needs {' and '.join(map(repr, absent))}")
    for key, kind in known.items():
        if key in given and not _fits(given[key], kind):
            yield Misfit(f"{key!r} of {whose} is {kind}, found {shown(given[key])}", key)


def _hint(key: str, known: Mapping[str, str]) -> str:
    if SYNONYMS.get(key) in known:
        return f"; did you mean {SYNONYMS[key]!r}?"
    return did_you_mean(key, known) or f"; it has {', '.join(known)}"


def _fits(value: Any, kind: str) -> bool:
    if is_template(value):
        return True
    return isinstance(value, KINDS[kind]) and (kind == BOOLEAN or not isinstance(value, bool))
