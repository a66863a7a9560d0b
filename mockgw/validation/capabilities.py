"""Capabilities: what the model that is asked for can do."""

from typing import Any

from mockgw.protocol import models, tokens
from mockgw.protocol.abilities import Abilities
from mockgw.protocol.models import MILLION, Model
from mockgw.protocol.rules import Refusal, shown
from mockgw.validation.pairs import Turn, turns_of
from mockgw.validation.subject import OLD_VERSION, Subject
from mockgw.validation.turns import prefills

ON = ("enabled", "adaptive")
FORCED = ("any", "tool")
QUIET = ("disabled", "between_tools")
LEAST_TOP_P = 0.95
THOUGHTS = ("thinking", "redacted_thinking")


def check(subject: Subject) -> None:
    """The model itself, its limits, then what it refuses. Of a scenario that stands for a model nothing is refused."""
    _check_known(subject)
    if subject.model is not None:
        _check_limits(subject, subject.model)
        _check_abilities(subject, subject.model.abilities)
    _check_warming(subject)
    _check_thinking(subject)
    _check_sampling(subject)


def _check_known(subject: Subject) -> None:
    """A gateway knows models by many spellings, the API by its own ids and aliases, and retired ones no longer."""
    name: str = subject.body["model"]
    if name in subject.known.own or models.scenario_of(name) is not None:
        return
    model = subject.model
    exact = model is not None and name in (model.id, *model.aliases) and model.lifecycle != "retired"
    if model is None or not (exact or subject.is_gateway):
        raise Refusal("model", "model", model=shown(name, most=models.LONGEST_NAME))


def _check_limits(subject: Subject, model: Model) -> None:
    asked = subject.body.get("max_tokens")
    if asked is not None and model.max_tokens is not None and asked > model.max_tokens:
        raise Refusal("max_tokens", "max_tokens", found=asked, most=model.max_tokens, model=model.id)
    room = MILLION if "context-1m" in subject.features else model.max_input_tokens
    found = tokens.request_estimate(subject.body)
    if room is not None and found > room:
        raise Refusal("prompt", "messages", found=found, most=room)


def _check_abilities(subject: Subject, abilities: Abilities) -> None:
    if not abilities.system_role and any(message["role"] == "system" for message in subject.messages):
        raise Refusal("system_role", "messages")
    if subject.thinking is not None and subject.thinking not in abilities.thinking:
        raise Refusal(_no_such_thinking(subject.thinking, abilities), "thinking", "type")
    _check_effort(subject, abilities)
    if _forces(subject) and not abilities.forces:
        raise Refusal("no_forcing", "tool_choice", "type")
    if prefills(subject) and not abilities.prefills:
        raise Refusal("prefill", "messages")


def _no_such_thinking(kind: str, abilities: Abilities) -> str:
    """The wording; of thinking that cannot be turned off, it says what there is instead."""
    instead = [other for other in ("between_tools", "enabled") if other in abilities.thinking]
    return f"no_disabled_but_{instead[0]}" if kind == "disabled" and instead else f"no_{kind}"


def _check_effort(subject: Subject, abilities: Abilities) -> None:
    effort = (subject.body.get("output_config") or {}).get("effort")
    if effort is None:
        return
    at = ("output_config", "effort")
    if not abilities.efforts:
        raise Refusal("no_effort", *at)
    if effort not in abilities.efforts:
        raise Refusal("effort_level", *at, found=effort, levels=", ".join(sorted(abilities.efforts)))
    if subject.thinking in QUIET and effort not in abilities.quiet_efforts:
        raise Refusal("quiet_effort", *at, found=effort)


def _forces(subject: Subject) -> bool:
    return (subject.body.get("tool_choice") or {}).get("type") in FORCED


def _check_warming(subject: Subject) -> None:
    """What has no use where nothing is answered."""
    if subject.body.get("max_tokens") != 0:
        return
    useless = {
        "stream: true": subject.body.get("stream") is True,
        "thinking of the type enabled": subject.thinking == "enabled",
        "output_config.format": (subject.body.get("output_config") or {}).get("format") is not None,
        "a tool_choice that forces tool use": _forces(subject),
    }
    if (what := next((what for what, is_there in useless.items() if is_there), None)) is not None:
        raise Refusal("warming", "max_tokens", what=what)


def _check_thinking(subject: Subject) -> None:
    if subject.thinking not in ON:
        return
    if _forces(subject):
        raise Refusal("thinking_forced", "tool_choice")
    if subject.thinking == "enabled":
        _check_budget(subject)
        _check_loop(subject, list(turns_of(subject.messages)))


def _check_budget(subject: Subject) -> None:
    """Thinking between calls may take more than one answer has room for."""
    room = subject.body.get("max_tokens")
    if "interleaved-thinking" in subject.features or room is None:
        return
    if subject.body["thinking"]["budget_tokens"] >= room:
        raise Refusal("budget", "max_tokens")


def _check_loop(subject: Subject, turns: list[Turn]) -> None:
    """What the model said since it was last asked something begins with what it thought, if it did think."""
    asked = max(index for index, turn in enumerate(turns) if _asks(turn) or not index)
    start = next((turn for turn in turns[asked:] if turn.role == "assistant" and turn.placed), None)
    if start is not None and start.placed[0].type not in THOUGHTS and not _was_thoughtless(subject, start):
        first = start.placed[0]
        at = ("messages", first.index, "content", first.block, "type")
        raise Refusal("thinking_first", *at, index=first.index, found=first.type)


def _was_thoughtless(subject: Subject, turn: Turn) -> bool:
    """Whether it was answered here without thinking: a scenario may do so, and its clients are not to blame."""
    return any(subject.known.thoughtless(call.value["id"]) for call in turn.of("tool_use"))


def _asks(turn: Turn) -> bool:
    """Whether somebody says something, rather than a tool."""
    return turn.role == "user" and any(one.type != "tool_result" for one in turn.placed)


def _check_sampling(subject: Subject) -> None:
    """A gateway keeps these parameters for all models, whatever becomes of them."""
    body: dict[str, Any] = subject.body
    if subject.is_gateway or subject.version != OLD_VERSION:
        return
    if subject.model is not None and subject.model.abilities.sampling == "none":
        _check_unsampled(body)
    if (
        subject.model is not None
        and subject.model.abilities.sampling == "one"
        and {"temperature", "top_p"} <= body.keys()
    ):
        raise Refusal("both_sampled", "temperature")
    if subject.thinking in ON:
        _check_thinking_sampled(body)


def _check_unsampled(body: dict[str, Any]) -> None:
    """Their defaults pass: https://platform.claude.com/docs/en/about-claude/models/migration-guide."""
    for name, usual in (("temperature", 1), ("top_p", 1), ("top_k", None)):
        if name in body and body[name] != usual:
            raise Refusal("sampled", name, name=name)


def _check_thinking_sampled(body: dict[str, Any]) -> None:
    if body.get("temperature", 1) != 1:
        raise Refusal("thinking_temperature", "temperature")
    if "top_k" in body:
        raise Refusal("thinking_top_k", "top_k")
    if body.get("top_p", 1) < LEAST_TOP_P:
        raise Refusal("thinking_top_p", "top_p")
