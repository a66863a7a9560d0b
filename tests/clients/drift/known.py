"""Known: the parts of the API that mockgw knows, read from its own tables and from answers that it makes."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mockgw.endpoints import batches, files
from mockgw.lint import answers
from mockgw.opened import Opened
from mockgw.pipeline import Pipeline
from mockgw.protocol import errors, events, messages, models
from mockgw.protocol.requests import Incoming
from mockgw.protocol.rules import PARTS, PASSING, Rule
from mockgw.validation import betas, blocks, closed
from mockgw.validation.subject import COUNTING
from tests.support import parsed, pipeline

Steps = Mapping[str, Rule]

# Rules that are functions of their own, and what they are made of.
OWN: dict[Rule, Rule] = {closed.container: closed.CONTAINER}
# An answer with all that ours can have: what `messages` has no room for is lost on the way through it.
ANSWER: dict[str, Any] = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "claude",
    "content": [
        {"type": "text", "text": "Hi.", "citations": [{"type": "char_location", "cited_text": "Hi."}]},
        {"type": "thinking", "thinking": "Hm.", "signature": "sig"},
        {"type": "tool_use", "id": "toolu_1", "name": "look", "input": {"at": "it"}, "caller": {"type": "direct"}},
        {"type": "compaction", "content": "All.", "encrypted_content": "QWxs"},
    ],
    "stop_reason": "refusal",
    "stop_sequence": None,
    "stop_details": {"type": "refusal", "category": None, "explanation": None},
    "container": {"id": "container_1", "expires_at": "2026-01-01T00:00:00Z", "skills": None},
    "context_management": {"applied_edits": []},
    "diagnostics": {"cache_miss_reason": None},
    "input_transformations": [],
    "usage": {
        "input_tokens": 1,
        "output_tokens": 1,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 0,
        "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
        "output_tokens_details": {"thinking_tokens": 1},
        "server_tool_use": {"web_search_requests": 0, "web_fetch_requests": 0},
        "service_tier": "standard",
        "inference_geo": "not_available",
        "speed": "standard",
    },
}


@dataclass(frozen=True, slots=True)
class Known:
    """Parts that are known, and those that are taken with whatever is in them.

    Those from `elsewhere` no SDK has to have: they were seen on the wire, or are of the past.
    """

    parts: frozenset[str]
    opaque: frozenset[str] = frozenset()
    elsewhere: frozenset[str] = frozenset()


def known() -> dict[str, Known]:
    """The parts of each area."""
    answer = messages.from_json(ANSWER)
    body = {key: value for key, value in messages.to_json(answer).items() if key != "content"}
    return {
        "request": of_rule(closed.request(closed.ASKED - {COUNTING})),
        "answer": of_data([body | {"content": None}]),
        "block": _of_steps({f"<{tag}>": rule for tag, rule in blocks.BLOCKS.items()}),
        "event": of_data(_bare(event) for event in events.stream(answer)),
        "stop reason": of_values(answers.STOP_REASONS),
        "error type": of_values(errors.TYPES.values()),
        "beta": of_values(betas.OF_THE_SDK.split(), elsewhere=f"{betas.SINCE} {betas.OF_CLIENTS}".split()),
        "model": of_values(_names(retired=False), elsewhere=_names(retired=True)),
        "model info": of_data([models.model_info(model) for model in models.CATALOGUE]),
        "batch": of_data([_got(batches.shown, "/v1/messages/batches/msgbatch_1")]),
        "file": of_data([_got(files.shown, "/v1/files/file_1")]),
    }


def _got(endpoint: Callable[[Pipeline, Incoming, str], Opened], path: str) -> dict[str, Any]:
    """What an endpoint answers that knows any id."""
    gateway = pipeline("{gateway: {dialect: anthropic, unknown_ids: invent}, reply: Hi.}")
    headers = {"x-api-key": "mock", "host": "mock"}
    return parsed(endpoint(gateway, Incoming("GET", path, headers), path.rpartition("/")[2]))


def _bare(event: dict[str, Any]) -> dict[str, Any]:
    """An event without the message, block or citation in it: they are areas of their own."""
    delta = {name: None if name == "citation" else value for name, value in event.get("delta", {}).items()}
    apart = {name: None for name in ("message", "content_block") if name in event}
    return event | apart | ({"delta": delta} if delta else {})


def _names(*, retired: bool) -> list[str]:
    of_these = [model for model in models.CATALOGUE if (model.lifecycle == "retired") is retired]
    return [name for model in of_these for name in (model.id, *model.aliases)]


def of_values(values: Iterable[str], *, elsewhere: Iterable[str] = ()) -> Known:
    others = frozenset(f"={value}" for value in elsewhere)
    return Known(frozenset(f"={value}" for value in values) | others, elsewhere=others)


def of_rule(rule: Rule) -> Known:
    """What a rule of the validation lets pass by name."""
    return _of_steps(_steps(rule))


def _of_steps(steps: Steps) -> Known:
    found = {way: ends for first, rule in steps.items() for way, ends in _ways(rule, first)}
    return Known(frozenset(found), frozenset(way for way, ends in found.items() if ends))


def _steps(rule: Rule) -> Steps:
    """The steps into a rule; the type of an object is the tag of what is in it."""
    rule = _inner(rule)
    steps = PARTS.get(rule, {})
    tags = PARTS.get(_inner(steps[".type"]), {}) if ".type" in steps else {}
    fields = {step: inner for step, inner in steps.items() if step != ".type"}
    return {f"<{tag[1:]}>{step}": inner for tag in tags for step, inner in (fields | {"": rule}).items()} or fields


def _inner(rule: Rule) -> Rule:
    """A rule without what lets null or text pass beside it."""
    while rule not in PARTS and rule in PASSING and PASSING[rule][0] in (type(None), str):
        rule = PASSING[rule][1]
    return OWN.get(rule, rule)


def _ways(rule: Rule, way: str) -> Iterator[tuple[str, bool]]:
    """The way to a rule and to all in it, and whether it ends there without our knowing what is in it."""
    steps = _steps(rule)
    yield way, not steps and _inner(rule) not in PARTS and "=" not in way
    for step, inner in steps.items():
        if inner is _inner(rule):
            yield way + step, False  # the object itself, by its tag
        else:
            yield from _ways(inner, way + step)


def of_data(values: Iterable[Any]) -> Known:
    """What there is in values; where one is null, empty or a text, no more is known of it."""
    found = [pair for value in values for pair in _in_data(value, "")]
    filled = {way for way, ends in found if not ends}
    return Known(frozenset(way for way, _ in found if way), frozenset(way for way, _ in found if way not in filled))


def _in_data(value: Any, way: str) -> Iterator[tuple[str, bool]]:
    match value:
        case dict() if value:
            tag = f"<{value['type']}>" if "type" in value else ""
            yield way, False
            yield way + tag, False
            for name, inner in value.items():
                if name != "type":
                    yield from _in_data(inner, f"{way}{tag}.{name}")
        case list() if value:
            yield way, False
            for inner in value:
                yield from _in_data(inner, f"{way}[]")
        case _:
            yield way, True
