"""Abilities: what models can do, and how /v1/models says it."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any, Literal

from mockgw.values import light

EFFORTS = ("low", "medium", "high", "xhigh", "max")
QUIET = ("low", "medium", "high")
THINKING = ("adaptive", "between_tools", "disabled", "enabled")


@light
class Abilities:
    """What a generation of models can do: `thinking` and `efforts` are the values that a request may name.

    `thinks` is whether it thinks when a request does not say, `display` how it shows that then, `quiet_efforts` what it
    takes while it does not think before it answers, `forces` whether a tool can be forced on it. `sampling` is how many
    of `temperature` and `top_p` it takes at once, `prefills` whether a conversation may end with the assistant,
    `system_role` whether the system may speak in the middle of it, `sharp` whether it sees large images as they are.
    """

    thinking: tuple[str, ...]
    efforts: tuple[str, ...] = ()
    thinks: bool = True
    display: Literal["summarized", "omitted"] = "omitted"
    quiet_efforts: tuple[str, ...] = EFFORTS
    forces: bool = True
    web_search: bool = True
    clears: bool = True
    structured: bool = True
    programmatic: bool = True
    compacts: bool = True
    sampling: Literal["both", "one", "none"] = "none"
    prefills: bool = False
    system_role: bool = True
    sharp: bool = True


# https://platform.claude.com/docs/en/build-with-claude/thinking-troubleshooting (types, what is usual), .../thinking
# (how it is shown), .../effort, .../mid-conversation-system-messages, .../vision-coordinates (sharpness) and
# .../api/errors (forced tools); sampling and prefill: the wordings that refuse them.
CLAUDE_3_5 = Abilities(
    ("disabled",),
    thinks=False,
    display="summarized",
    web_search=False,
    clears=False,
    structured=False,
    programmatic=False,
    compacts=False,
    sampling="both",
    prefills=True,
    system_role=False,
    sharp=False,
)
CLAUDE_3_7 = replace(CLAUDE_3_5, thinking=("disabled", "enabled"), web_search=True)
SONNET_4_5 = replace(CLAUDE_3_7, clears=True, structured=True, programmatic=True, sampling="one")
HAIKU_4_5 = replace(SONNET_4_5, programmatic=False)
OPUS_4_5 = replace(SONNET_4_5, efforts=("low", "medium", "high"))
CLAUDE_4_6 = replace(
    SONNET_4_5,
    thinking=("adaptive", "disabled", "enabled"),
    efforts=("low", "medium", "high", "max"),
    compacts=True,
    prefills=False,
)
CLAUDE_4_8 = Abilities(("adaptive", "disabled"), EFFORTS, thinks=False)
OPUS_4_7 = replace(CLAUDE_4_8, system_role=False)
SONNET_5 = replace(CLAUDE_4_8, thinks=True)
OPUS_5 = replace(SONNET_5, quiet_efforts=QUIET)  # Haiku 5.5 too
FABLE_5 = Abilities(("adaptive",), EFFORTS)
OPUS_5_5 = replace(FABLE_5, forces=False)  # and all of Fable and Mythos since 5.1
SONNET_5_5 = replace(OPUS_5_5, thinking=("adaptive", "between_tools"), quiet_efforts=QUIET)
PREVIEW = Abilities(("adaptive", "enabled"), ("low", "medium", "high", "max"), system_role=False)
EVERYTHING = Abilities(THINKING, EFFORTS, thinks=False, display="summarized")


def capabilities(abilities: Abilities) -> dict[str, Any]:
    return {
        "batch": _support(True),
        "citations": _support(True),
        "code_execution": _support(abilities.programmatic),
        "image_input": _support(True),
        "pdf_input": _support(True),
        "structured_outputs": _support(abilities.structured),
        "context_management": _context_management(abilities),
        "effort": _group(EFFORTS, abilities.efforts),
        "server_tools": _server_tools(abilities),
        "thinking": _thinking(abilities),
    }


def _support(supported: bool) -> dict[str, Any]:
    return {"supported": supported}


def _group(names: Sequence[str], supported: Collection[str]) -> dict[str, Any]:
    return _support(bool(supported)) | {name: _support(name in supported) for name in names}


def _context_management(abilities: Abilities) -> dict[str, Any]:
    return _support(abilities.clears) | {
        "clear_thinking_20251015": _support(abilities.clears),
        "clear_tool_uses_20250919": _support(abilities.clears),
        "compact_20260112": _support(abilities.compacts),
    }


def _server_tools(abilities: Abilities) -> dict[str, Any]:
    return _group(("web_search", "code_execution"), ("web_search", "code_execution") if abilities.web_search else ())


def _thinking(abilities: Abilities) -> dict[str, Any]:
    types = {name: _support(name in abilities.thinking) for name in THINKING}
    return {"supported": abilities.thinking != ("disabled",), "types": types}
