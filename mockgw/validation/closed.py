"""Closed: what every field of a request may be, and that nothing else stands in it.

The tables of `protocol.parameters` let pass what they do not know; these know all that the API takes. What a beta adds
is there when its header is. Sources: the types of the Python SDK 2.12, and https://platform.claude.com/docs/en/api.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from mockgw.protocol.parameters import (
    BUDGET,
    COUNT_FROM_0,
    MOST_MESSAGES,
    OBJECT,
    TEXT,
)
from mockgw.protocol.preferences import CLOSED_PROVIDER
from mockgw.protocol.rules import (
    OPAQUE,
    Fields,
    Mismatch,
    Optional,
    Rule,
    array,
    boolean,
    literal,
    nullable,
    number,
    record,
    string,
    text_or,
    union,
)
from mockgw.protocol.wordings import said
from mockgw.validation.blocks import BETA_BLOCKS, BLOCKS, CACHE_CONTROL, CITED_TEXT, closed, tagged
from mockgw.validation.subject import CITING, COUNTING, PROVIDER, SAMPLING
from mockgw.validation.tooling import BETA_TOOLS, TOOLS

EFFORTS = ("low", "medium", "high", "xhigh", "max")
GEOS = ("global", "us")

# The parameters that a beta adds, and which betas do: any of them.
BETA_FIELDS: Mapping[str, tuple[Rule, tuple[str, ...]]] = {
    "billing_policy": (OBJECT, ("user-profiles-billing",)),
    "compaction": (OBJECT, ("compact",)),
    "context_management": (nullable(OBJECT), ("context-management", "compact")),
    "fallback_credit_token": (text_or(OBJECT), ("fallback-credit",)),
    "fallbacks": (text_or(array(OBJECT)), ("server-side-fallback",)),
    "mcp_servers": (array(OBJECT, most=20), ("mcp-client", "mcp-servers")),
    "output_format": (nullable(OBJECT), ("structured-outputs",)),
    "safeguards": (array(OBJECT), ("dangerous-tool-use",)),  # seen on the wire: Claude Code 2.1.330
    "thread": (OBJECT, ("message-threads",)),
}
# What they add deeper down.
SYSTEM_OUTPUT = ("mid-conversation-output-config", "per-turn-control")
CLEAR_AT = ("mid-conversation-system-clear-at", "per-turn-control")
# Parameters that count_tokens does not have.
NOT_COUNTED = ("max_tokens", "metadata", "stop_sequences", "stream", "container", "inference_geo", "service_tier")
# All that a table here asks for: no other feature needs tables of its own.
ASKED = frozenset(
    {SAMPLING, CITING, COUNTING, PROVIDER, *SYSTEM_OUTPUT, *CLEAR_AT, *BETA_BLOCKS.values(), *BETA_TOOLS.values()}
    | {beta for _, betas in BETA_FIELDS.values() for beta in betas}
    | {"task-budgets", "thinking-binding-controls", "thinking-display-updates"}
)


def request(features: frozenset[str]) -> Rule:
    """The rule for the body of a request that has these features."""
    return _request(features & ASKED)


@lru_cache(64)
def _request(features: frozenset[str]) -> Rule:
    return record(_fields(features), closed=True)


def _fields(features: frozenset[str]) -> Fields:
    """The parameters in the order in which the API reports them."""
    fields: dict[str, Rule | Optional] = {
        "model": string(least=1, most=256),
        "tool_choice": Optional(TOOL_CHOICE),
        "tools": Optional(array(_tools(features))),
        "messages": array(_message(features), most=MOST_MESSAGES),
        "system": Optional(SYSTEM),
        "thinking": Optional(_thinking(features)),
        "output_config": Optional(_output_config(features)),
        "cache_control": Optional(CACHE_CONTROL),
        "max_tokens": COUNT_FROM_0,
        "metadata": Optional(nullable(METADATA)),
        "stop_sequences": Optional(nullable(array(TEXT))),
        "temperature": Optional(number(least=0, most=1)),
        "service_tier": Optional(literal("auto", "standard_only")),
        "top_k": Optional(COUNT_FROM_0),
        "top_p": Optional(number(least=0, most=1)),
        "stream": Optional(boolean),
        "container": Optional(nullable(container)),
        "inference_geo": Optional(nullable(geo)),
        "diagnostics": Optional(nullable(closed({"previous_message_id": Optional(nullable(TEXT))}))),
        "speed": Optional(nullable(literal("standard", "fast"))),
        "provider": Optional(CLOSED_PROVIDER),
    }
    fields |= {name: Optional(rule) for name, (rule, betas) in BETA_FIELDS.items() if features & {*betas}}
    if PROVIDER in features:
        fields |= {"models": Optional(array(TEXT)), "fallbacks": Optional(text_or(array(OBJECT)))}
    absent = {"provider"} - features | (set(NOT_COUNTED) if COUNTING in features else set())
    absent |= set() if SAMPLING in features else {"temperature", "top_k", "top_p"}
    return {name: rule for name, rule in fields.items() if name not in absent}


def _message(features: frozenset[str]) -> Rule:
    """A message; what one of the role `system` may have, and no other, is left to `turns`."""
    fields: dict[str, Rule | Optional] = {"role": TEXT, "content": text_or(array(_block(features)))}
    if features & {*SYSTEM_OUTPUT}:
        fields["output_config"] = Optional(nullable(closed({"effort": Optional(nullable(literal(*EFFORTS)))})))
    if features & {*CLEAR_AT}:
        fields["clear_at"] = Optional(literal("next_user_message", "never"))
    return record(fields, closed=True)


def _block(features: frozenset[str]) -> Rule:
    return tagged({name: rule for name, rule in BLOCKS.items() if BETA_BLOCKS.get(name) in (None, *features)})


def _tools(features: frozenset[str]) -> Rule:
    known = {name: rule for name, rule in TOOLS.items() if BETA_TOOLS.get(name) in (None, *features)}
    return tagged(known, untyped="custom")


def _thinking(features: frozenset[str]) -> Rule:
    shown = ("summarized", "omitted") + (("updates",) if "thinking-display-updates" in features else ())
    fields: dict[str, Rule | Optional] = {"display": Optional(nullable(literal(*shown)))}
    if "thinking-binding-controls" in features:
        behavior = Optional(literal("error", "drop_block"))
        fields["block_binding"] = Optional(closed({"prefix_mismatch_behavior": behavior}))
    return union(
        {
            "adaptive": closed(fields),
            "between_tools": closed({}),
            "disabled": closed({}),
            "enabled": closed({"budget_tokens": BUDGET, **fields}),
        }
    )


def _output_config(features: frozenset[str]) -> Rule:
    form = closed({"schema": OBJECT}, type=literal("json_schema"))
    fields: dict[str, Rule | Optional] = {
        "effort": Optional(nullable(literal(*EFFORTS))),
        "format": Optional(nullable(form)),
    }
    if "task-budgets" in features:
        fields["task_budget"] = Optional(nullable(OBJECT))
    return record(fields, refusal=OPAQUE, closed=True)


def geo(value: Any) -> None:
    if value not in GEOS:
        raise Mismatch(said("geo"))


def container(value: Any) -> None:
    """The id of a container, or what one is to have."""
    if isinstance(value, str):
        return
    try:
        CONTAINER(value)
    except Mismatch as mismatch:
        raise mismatch.tagged("ContainerParams") from None


SKILL = closed({"skill_id": string(least=1, most=64), "version": Optional(TEXT)}, type=literal("anthropic", "custom"))
CONTAINER = record(
    {"id": Optional(nullable(TEXT)), "skills": Optional(nullable(array(SKILL, most=20)))}, refusal=OPAQUE, closed=True
)
METADATA = record({"user_id": Optional(nullable(string(most=512)))}, refusal=OPAQUE, closed=True)
SYSTEM = text_or(array(record({"type": literal("text"), **CITED_TEXT}, refusal=OPAQUE, closed=True)))
PARALLEL: Fields = {"disable_parallel_tool_use": Optional(boolean)}
TOOL_CHOICE = union(
    {
        "auto": closed(PARALLEL),
        "any": closed(PARALLEL),
        "tool": closed({"name": TEXT, **PARALLEL}),
        "none": closed({}),
    }
)
