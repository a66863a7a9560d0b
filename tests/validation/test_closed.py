"""The closed tables, held to the SDK's types and to what real clients send."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from anthropic.types import message_create_params
from anthropic.types.beta import BetaContentBlockParam, BetaToolUnionParam
from anthropic.types.beta import message_create_params as beta_create_params

from mockgw.protocol.requests import check, check_count
from mockgw.protocol.rules import Mismatch, Rule
from mockgw.validation import blocks, closed, tooling
from mockgw.validation.subject import CITING, COUNTING, PROVIDER, SAMPLING
from tests.support import body
from tests.validation.checking import BEFORE, LOOK, NOW, block, message, text, told

CAPTURES = sorted((Path(__file__).parent.parent / "clients" / "captures").glob("*.json"))
EXTRA = "Extra inputs are not permitted"
each_capture = pytest.mark.parametrize("path", CAPTURES, ids=lambda path: path.stem)
EVERYTHING = closed.ASKED - {COUNTING}


def types_of(union: Any) -> Iterator[tuple[str, set[str]]]:
    """Each type of a union of the SDK, and the keys that it has."""
    for member in get_args(union):
        if isinstance(member, type):  # the rest are classes of answers, which the SDK takes back as they are
            hints = get_type_hints(member, include_extras=True)
            for name in re.findall(r"'([a-z0-9_]+)'", str(hints["type"])):
                yield name, hints.keys() - {"type"}


def refusal(rule: Rule, value: Any) -> str:
    try:
        rule(value)
    except Mismatch as mismatch:
        return str(mismatch)
    return ""


TYPES = [
    *((blocks.BLOCKS, name, keys) for name, keys in types_of(BetaContentBlockParam)),
    *((tooling.TOOLS, name, keys) for name, keys in types_of(BetaToolUnionParam)),
]


@pytest.mark.parametrize(("table", "name", "keys"), TYPES, ids=[name for _, name, _ in TYPES])
def test_every_key_of_the_sdk_is_known(table: Mapping[str, Rule], name: str, keys: set[str]) -> None:
    """Whatever is wrong with such values, it is not that their keys are unknown."""
    for key in keys:
        assert not refusal(table[name], {"type": name, key: object()}).endswith(EXTRA), key


@pytest.mark.parametrize(
    ("table", "union"), [(blocks.BLOCKS, BetaContentBlockParam), (tooling.TOOLS, BetaToolUnionParam)]
)
def test_no_type_is_known_that_the_sdk_does_not_know(table: Mapping[str, Rule], union: Any) -> None:
    assert table.keys() == {name for name, _ in types_of(union)}


def test_every_parameter_of_the_sdk_is_known() -> None:
    hints = {
        *get_type_hints(message_create_params.MessageCreateParamsBase),
        *get_type_hints(beta_create_params.MessageCreateParamsBase),
    }
    for name in hints - {"betas", "user_profile_id", "workspace_id"}:  # which are headers
        assert refusal(closed.request(EVERYTHING), body() | {name: object()}) != f"{name}: {EXTRA}"


@each_capture
@pytest.mark.parametrize("dialect", ["siraya", "anthropic"])
def test_what_claude_code_sends_passes(path: Path, dialect: str) -> None:
    capture = json.loads(path.read_text(encoding="utf-8"))
    headers = {name.replace("-", "_"): text for name, text in capture["headers"].items()}

    assert told(capture["body"], dialect=dialect, counting="count_tokens" in capture["path"], **headers) == ""


@each_capture
def test_a_beta_parameter_needs_its_header(path: Path) -> None:
    request = json.loads(path.read_text(encoding="utf-8"))["body"]

    for name in closed.BETA_FIELDS.keys() & request.keys():
        assert told(body() | {name: request[name]}) == f"{name}: {EXTRA}"


def test_parameters_of_the_gateway_are_legal_for_the_gateway_only() -> None:
    given: dict[str, Any] = {"provider": {"sort": "price"}, "temperature": 0.5, "top_p": 0.5, "top_k": 5}
    for version in (BEFORE, NOW):
        assert told(body(model="claude-opus-5", **given), dialect="siraya", anthropic_version=version) == ""
    assert told(body(provider={})) == f"provider: {EXTRA}"
    assert told(body(provider={"karma": 1}), dialect="siraya") == f"provider.karma: {EXTRA}"
    assert told(body(top_k=5), anthropic_version=NOW) == f"top_k: {EXTRA}"
    assert told(body(top_k=5), anthropic_version=BEFORE) == ""


def test_known_fields_come_before_unknown_keys() -> None:
    assert told({"foo": 1, "model": 5}) == "model: Input should be a valid string"
    assert told(body(foo=1)) == f"foo: {EXTRA}"


def test_counting_takes_less() -> None:
    assert told(body(max_tokens=None), counting=True) == ""
    for name, value in {"max_tokens": 5, "stream": True, "metadata": {}, "stop_sequences": []}.items():
        assert told(body(max_tokens=None) | {name: value}, counting=True) == f"{name}: {EXTRA}"


def test_betas_open_what_they_are_about() -> None:
    thinking = {"type": "adaptive", "display": "updates"}
    request = body(model="claude-opus-5", thinking=thinking)
    assert told(request, anthropic_beta="thinking-display-updates-2026-08-18") == ""
    assert told(request) == "thinking.adaptive.display: Input should be 'summarized' or 'omitted'"
    bound = body(
        model="claude-opus-5", thinking={"type": "adaptive", "block_binding": {"prefix_mismatch_behavior": "error"}}
    )
    assert told(bound, anthropic_beta="thinking-binding-controls-2026-08-01") == ""
    budget = body(model="claude-opus-5", output_config={"task_budget": {"type": "tokens", "total": 20_000}})
    assert told(budget, anthropic_beta="task-budgets-2026-03-13") == ""
    cleared = message("system", "Be brief.", clear_at="never")
    late = body(model="claude-opus-5", messages=[message("user"), cleared])
    assert told(late, anthropic_beta="mid-conversation-system-clear-at-2026-08-21") == ""


PASSING: dict[str, dict[str, Any]] = {
    "container": {"container": {"skills": [{"skill_id": "pdf", "type": "anthropic", "version": "latest"}]}},
    "container id": {"container": "container_01"},
    "geo": {"inference_geo": "us"},
    "nulls": {"metadata": None, "inference_geo": None, "stop_sequences": None, "cache_control": None},
    "choice": {"tools": [LOOK], "tool_choice": {"type": "tool", "name": "look", "disable_parallel_tool_use": True}},
    "document": {
        "messages": [
            message("user", [block("document", source=block("content", content=[text()]), citations={"enabled": True})])
        ]
    },
    "speed": {"speed": "fast", "diagnostics": {"previous_message_id": None}},
}


@pytest.mark.parametrize("fields", PASSING.values(), ids=PASSING.keys())
def test_what_the_api_takes_passes(fields: dict[str, Any]) -> None:
    execution: Any = [{"type": "code_execution_20260521", "name": "code_execution"}]

    assert told(body(**fields, **({"tools": execution} if "container" in fields else {}))) == ""


def test_tables_are_made_once_for_what_they_ask_for() -> None:
    assert closed.request(frozenset({SAMPLING, CITING, "oauth"})) is closed.request(frozenset({SAMPLING, CITING}))
    assert closed.request(frozenset({PROVIDER})) is not closed.request(frozenset())


@each_capture
def test_what_strict_takes_schema_takes(path: Path) -> None:
    capture = json.loads(path.read_text(encoding="utf-8"))
    read = check_count if "count_tokens" in capture["path"] else check

    assert read(capture["body"]).body == capture["body"]
