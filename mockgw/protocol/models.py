"""Models: the catalogue, its spellings, and the list that /v1/models shows."""

import re
from functools import lru_cache
from typing import Any, Literal

from mockgw.protocol.abilities import (
    CLAUDE_3_5,
    CLAUDE_3_7,
    CLAUDE_4_6,
    CLAUDE_4_8,
    EVERYTHING,
    FABLE_5,
    HAIKU_4_5,
    OPUS_4_5,
    OPUS_4_7,
    OPUS_5,
    OPUS_5_5,
    PREVIEW,
    SONNET_4_5,
    SONNET_5,
    SONNET_5_5,
    Abilities,
    capabilities,
)
from mockgw.values import light

Lifecycle = Literal["active", "deprecated", "retired"]
Line = Literal["haiku", "sonnet", "opus", "fable", "mythos"]

SCENARIO_PREFIX = "claude-mock/"

# The API's own stand-in for a release date that is unknown.
EPOCH = "1970-01-01T00:00:00Z"

# No real id is half as long; longer names would only fill the cache.
LONGEST_NAME = 256

MILLION = 1_000_000


@light
class Model:
    """A model of the catalogue; a limit that is not published is None."""

    id: str
    display_name: str
    created_at: str
    line: Line | None
    abilities: Abilities
    max_input_tokens: int | None = None
    max_tokens: int | None = None
    aliases: tuple[str, ...] = ()
    lifecycle: Lifecycle = "active"
    deprecated_at: str | None = None
    retires_at: str | None = None


def _large(id: str, display_name: str, day: str, line: Line, abilities: Abilities) -> Model:
    return Model(id, display_name, _date(day), line, abilities, MILLION, 128_000)


def _date(day: str) -> str:
    return f"{day}T00:00:00Z"


# https://platform.claude.com/docs/en/models and .../model-deprecations; newest first, as the list shows them.
# The days of the 5.1, 5.2 and 5.5 models are estimates, save Opus 5.5's; they keep the order of the SDK's own list.
CATALOGUE = (
    Model("claude-fable-5-2", "Claude Fable 5.2", _date("2026-11-20"), "fable", OPUS_5_5),
    Model("claude-mythos-5-2", "Claude Mythos 5.2", _date("2026-11-20"), "mythos", OPUS_5_5),
    _large("claude-haiku-5-5", "Claude Haiku 5.5", "2026-10-15", "haiku", OPUS_5),
    _large("claude-sonnet-5-5", "Claude Sonnet 5.5", "2026-09-29", "sonnet", SONNET_5_5),
    _large("claude-fable-5-1", "Claude Fable 5.1", "2026-09-24", "fable", OPUS_5_5),
    _large("claude-opus-5-5", "Claude Opus 5.5", "2026-09-24", "opus", OPUS_5_5),
    Model("claude-mythos-5-1", "Claude Mythos 5.1", _date("2026-09-24"), "mythos", OPUS_5_5),
    _large("claude-opus-5", "Claude Opus 5", "2026-07-24", "opus", OPUS_5),
    _large("claude-sonnet-5", "Claude Sonnet 5", "2026-06-30", "sonnet", SONNET_5),
    _large("claude-fable-5", "Claude Fable 5", "2026-06-09", "fable", FABLE_5),
    _large("claude-mythos-5", "Claude Mythos 5", "2026-06-09", "mythos", FABLE_5),
    _large("claude-opus-4-8", "Claude Opus 4.8", "2026-05-28", "opus", CLAUDE_4_8),
    _large("claude-opus-4-7", "Claude Opus 4.7", "2026-04-16", "opus", OPUS_4_7),
    Model(
        "claude-mythos-preview", "Claude Mythos Preview", _date("2026-04-07"), "mythos", PREVIEW,
        lifecycle="deprecated", retires_at=_date("2026-06-30")
    ),
    _large("claude-sonnet-4-6", "Claude Sonnet 4.6", "2026-02-17", "sonnet", CLAUDE_4_6),
    _large("claude-opus-4-6", "Claude Opus 4.6", "2026-02-04", "opus", CLAUDE_4_6),
    Model(
        "claude-opus-4-5-20251101", "Claude Opus 4.5", _date("2025-11-24"), "opus", OPUS_4_5, 200_000, 64_000,
        aliases=("claude-opus-4-5",)
    ),
    Model(
        "claude-haiku-4-5-20251001", "Claude Haiku 4.5", _date("2025-10-15"), "haiku", HAIKU_4_5, 200_000, 64_000,
        aliases=("claude-haiku-4-5",)
    ),
    Model(
        "claude-sonnet-4-5-20250929", "Claude Sonnet 4.5", _date("2025-09-29"), "sonnet", SONNET_4_5, 200_000, 64_000,
        aliases=("claude-sonnet-4-5",), lifecycle="deprecated", retires_at=_date("2026-11-30")
    ),
    Model(
        "claude-3-7-sonnet-20250219", "Claude Sonnet 3.7", _date("2025-02-24"), "sonnet", CLAUDE_3_7,
        aliases=("claude-3-7-sonnet",), lifecycle="retired",
        deprecated_at=_date("2025-10-28"), retires_at=_date("2026-02-19")
    ),
    Model(
        "claude-3-5-sonnet-20240620", "Claude Sonnet 3.5", _date("2024-06-20"), "sonnet", CLAUDE_3_5,
        aliases=("claude-3-5-sonnet",), lifecycle="retired",
        deprecated_at=_date("2025-08-13"), retires_at=_date("2025-10-28")
    ),
)  # fmt: skip


def _names() -> dict[str, Model]:
    """Every name of a model; a line's bare name (`claude-sonnet`) is its newest model."""
    lines = {f"claude-{model.line}": model for model in reversed(CATALOGUE)}
    return lines | {name: model for model in CATALOGUE for name in (model.id, *model.aliases)}


_NAMES = _names()

_SCENARIO = re.compile(rf"~?(?:[^/]+/)*?{SCENARIO_PREFIX}(.*?)(?:\[1m\])?", re.IGNORECASE | re.DOTALL)

# What to take off or rewrite, in this order: spellings of OpenRouter, Claude Code, Bedrock and Vertex.
_SPELLINGS = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"^.*/", ""),  # a vendor, or the path of an inference profile
        (r"^~", ""),
        (r"\[1m\]", ""),
        (r"^(?:[a-z-]+\.)?anthropic\.", ""),
        (r"-v\d+(?::\d+)?$", ""),
        (r":.*$", ""),
        (r"@(?=\d{8}$)", "-"),
        (r"(?<=\d)\.(?=\d)", "-"),
        (r"[-@](?:latest|default)$", ""),
    )
)


def scenario_of(name: str) -> str | None:
    """The scenario that a model id names, spelled as it was given."""
    return _scenario_of(name) if len(name) <= LONGEST_NAME else None


@lru_cache(1024)
def _scenario_of(name: str) -> str | None:
    found = _SCENARIO.fullmatch(name.strip())
    return found[1] if found else None


def canonical(name: str) -> str:
    """The one spelling of a model: its id if it is known, lower-case and dashed if not."""
    scenario = scenario_of(name)
    if scenario is not None:
        return SCENARIO_PREFIX + scenario
    model = find(name)
    return model.id if model else _spelling(name)


def find(name: str) -> Model | None:
    """The model of the catalogue that a name means, however it is spelled."""
    return _found(name) if len(name) <= LONGEST_NAME else None


def resolve(name: str) -> str:
    """The id as the API answers it: an alias becomes the dated id, an unknown name stays as it is."""
    model = find(name)
    return model.id if model else name


@lru_cache(1024)
def _found(name: str) -> Model | None:
    return None if scenario_of(name) is not None else _NAMES.get(_spelling(name))


def _spelling(name: str) -> str:
    spelling = name.strip().lower()
    for pattern, replacement in _SPELLINGS:
        spelling = pattern.sub(replacement, spelling)
    return spelling


def model_info(model: Model) -> dict[str, Any]:
    """A model as /v1/models shows it, keys in the API's order."""
    return {
        "type": "model",
        "id": model.id,
        "display_name": model.display_name,
        "created_at": model.created_at,
        "lifecycle": model.lifecycle,
        "line": model.line,
        "max_input_tokens": model.max_input_tokens,
        "max_tokens": model.max_tokens,
        "deprecated_at": model.deprecated_at,
        "retires_at": model.retires_at,
        "capabilities": capabilities(model.abilities),
    }


def scenario_info(name: str, description: str) -> dict[str, Any]:
    """A scenario as /v1/models shows it; it takes whatever any model takes. Claude Code's menu shows no ids."""
    id, label = SCENARIO_PREFIX + name, f"{name}: {description}" if description else name
    return model_info(Model(id, label, EPOCH, None, EVERYTHING, MILLION, 128_000))
