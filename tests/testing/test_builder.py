import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mockgw.errors import ScenarioError
from mockgw.protocol.scripted import ScriptedError
from mockgw.scenario import document
from mockgw.scenario.document import parse
from mockgw.scenario.kinds import ANSWERS
from mockgw.scenario.library import shipped
from mockgw.scenario.model import RuleForm
from mockgw.scenario.replies import Generate, ToolUse
from mockgw.testing import answers, conditions
from mockgw.testing.builder import Answering, Built, on
from tests.documents import PROJECT, blocks

OF_A_FILE = ("description", "defaults", "chaos", "gateway", "version", "$schema")


def written(text: str) -> Any:
    """What a YAML text says."""
    return parse(text, Path("rule.yaml")).value


def untyped(**keys: Any) -> Any:
    """Keys that mypy does not look at."""
    return keys


def said_of(**match: Any) -> Answering[Built]:
    return on(**untyped(**match))


def rules_of(source: Any) -> list[Any]:
    """The rules in a scenario's value: one that is an answer is one rule."""
    if isinstance(source, dict) and "rules" in source:
        return list(source["rules"])
    if not isinstance(source, dict):
        return [source]
    return [{key: part for key, part in source.items() if key not in OF_A_FILE and not key.startswith("x-")}]


def said(rule: Any) -> Built:
    """A rule of a YAML file as calls of the builder."""
    if not isinstance(rule, dict):
        return on().answer(rule)
    rest = dict(rule)
    asked = on(**rest.pop("match", {}))
    kind = next((kind for kind in ANSWERS if kind in rule), "fault")
    value = rest.pop(kind)
    match kind:
        case "tool_use":
            return asked.tool_use(value["name"], value.get("input"), tool_id=value.get("id"), **rest)
        case "generate":
            return asked.generate(**value, **rest)
        case "error" if isinstance(value, dict):
            more = {key: value[key] for key in value if key not in ("status", "headers")}
            kept = {key: value[key] for key in value if key in ("status", "headers")}
            first = kept if "headers" in kept else kept.get("status")
            return asked.error(first, **more, **rest)
        case "fault":
            return asked.answer({"fault": value, **rest})
    built: Built = getattr(asked, kind)(value, **rest)
    return built


def documented() -> Iterator[Any]:
    """Every rule that ships, and every one of the documents."""
    for file in sorted(shipped().glob("*.yaml")):
        for rule in rules_of(document.read(file).value):
            yield pytest.param(rule, id=file.stem)
    for page in sorted((PROJECT / "docs").glob("*.md")):
        for block in (one for one in blocks(page) if one.language == "yaml" and not one.flag):
            for rule in rules_of(written(block.text)):
                yield pytest.param(rule, id=block.place)


@pytest.mark.parametrize("rule", list(documented()))
def test_what_yaml_says_the_builder_says(rule: Any) -> None:
    built = said(rule)
    expected = rule if isinstance(rule, dict) else {"content" if isinstance(rule, list) else "text": rule}
    assert RuleForm.model_validate(built.data) == RuleForm.model_validate(expected)
    assert written(built.yaml) == [built.data]


def test_every_key_of_a_match_can_be_said() -> None:
    from mockgw.scenario.patterns import Match

    keys = {field.alias or name for name, field in Match.model_fields.items()}
    assert conditions.MatchKeys.__annotations__.keys() == keys


def test_every_key_of_a_rule_can_be_said() -> None:
    beside = RuleForm.model_fields.keys() - {*ANSWERS, "match", "then"}
    assert answers.Options.__annotations__.keys() == beside | {"weight"}


@pytest.mark.parametrize("kind", [*ANSWERS, "fault"])
def test_every_answer_is_a_method_and_a_function(kind: str) -> None:
    assert callable(getattr(Answering, kind))
    assert callable(getattr(answers, kind))


@pytest.mark.parametrize(
    ("function", "model", "elsewhere"),
    [
        (answers.error, ScriptedError, {"status", "headers"}),
        (answers.tool_use, ToolUse, {"id"}),
        (answers.generate, Generate, {"json_"}),
    ],
)
def test_every_key_inside_of_an_answer_can_be_said(function: Any, model: Any, elsewhere: set[str]) -> None:
    assert set(model.model_fields) - elsewhere <= inspect.signature(function).parameters.keys()


def test_a_rule_is_what_its_yaml_says() -> None:
    built = on(prompt=conditions.contains("weather"), step=0).tool_use("look", {"at": "Paris"}, id="look", times=2)
    assert built.yaml == (
        "- id: look\n"
        "  match:\n"
        "    prompt: {contains: weather}\n"
        "    step: 0\n"
        "  times: 2\n"
        "  tool_use:\n"
        "    name: look\n"
        "    input: {at: Paris}\n"
    )


def test_answers_stand_in_lists() -> None:
    built = on().attempts(answers.error(429, retry_after="2s", times=2), "Done.", then="error")
    expected = "[{attempts: [{error: {status: 429, retry_after: 2s}, times: 2}, Done.], then: error}]"
    assert built.data == written(expected)[0]


@pytest.mark.parametrize(
    ("kind", "arguments", "named"),
    [
        ("reply", ("a",), {"times": 2}),
        ("text", (["a", "b"],), {}),
        ("thinking", ("a",), {"pace": "fast"}),
        ("redacted_thinking", ("AA==",), {}),
        ("tool_use", ("look", {"a": 1}), {"tool_id": "t", "id": "r"}),
        ("web_search", ({"query": "a"},), {"stop_reason": "pause_turn"}),
        ("web_fetch", ({"url": "a"},), {}),
        ("code_execution", ({"code": "1"},), {"container": {"id": "c"}}),
        ("tool_search", ({"query": "a"},), {}),
        ("mcp_tool_use", ({"server_name": "a", "name": "b"},), {}),
        ("generate", (), {"words": 3}),
        ("block", ({"type": "x"},), {}),
        ("content", ("a", {"thinking": "b"}), {}),
        ("error", (429,), {"retry_after": 2}),
        ("fault", ("truncate",), {"at": {"event": 1}}),
        ("steps", ("a", "b"), {"then": "loop"}),
        ("attempts", ("a", "b"), {}),
        ("replies", ("a", "b"), {}),
        ("choose", ("a", {"text": "b", "weight": 2}), {}),
    ],
)
def test_a_method_says_what_its_function_says(kind: str, arguments: tuple[Any, ...], named: dict[str, Any]) -> None:
    assert getattr(on(), kind)(*arguments, **named).data == getattr(answers, kind)(*arguments, **named)


def test_any_answer_can_be_given_as_what_it_is_in_yaml() -> None:
    said = [on().answer(answer, times=1).data for answer in ("a", ["a"], {"error": 429})]
    assert said == [{"times": 1, **answer} for answer in ({"text": "a"}, {"content": ["a"]}, {"error": 429})]


def test_a_list_and_its_items_say_the_same() -> None:
    assert on().replies("a", "b").data == on().replies(["a", "b"]).data
    assert on().content("a", answers.thinking("b")).data == {"content": ["a", {"thinking": "b"}]}


def test_the_place_of_a_rule_is_its_line() -> None:
    line = inspect.getframeinfo(inspect.currentframe()).lineno + 1  # type: ignore[arg-type]  # there is a frame
    assert on().reply("x").rule.place == f"test_builder.py:{line}"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (lambda: said_of(promt="x").reply("y"), "unknown key 'promt'; did you mean 'prompt'? (in match)"),
        (lambda: on(prompt={"contain": "x"}).reply("y"), "did you mean 'contains'? (in match.prompt)"),
        (lambda: on().error(399), "expected a status from 400 to 599, found 399 (in error)"),
        (lambda: on().steps("a", {"eror": 1}), "unknown key 'eror'; did you mean 'error'? (in steps[1])"),
        (lambda: on().reply("{{ nope }}"), "unknown name 'nope' in a template"),
        (lambda: on().fault("truncat"), "unknown fault 'truncat'; did you mean 'truncate'? (in fault)"),
        (lambda: on().reply(**untyped(answer="x", tims=2)), "unknown key 'tims'; did you mean 'times'?"),
        (lambda: on().reply("x", fault={"type": "stall", "at": {"event": 99}}), "the answer has 6 events, not 99"),
    ],
)
def test_a_mistake_is_told_in_the_words_of_the_loader(wrong: Any, told: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        wrong()
    assert "test_builder.py:" in str(refused.value)
    assert told in str(refused.value)


def test_any_key_may_end_in_an_underscore() -> None:
    one = said_of(any_=[{"prompt": "a"}, {"prompt": conditions.condition(not_="b")}]).reply("x")
    assert one.data["match"] == {"any": [{"prompt": "a"}, {"prompt": {"not": "b"}}]}
    assert repr(one).startswith("<rule {'match':")


def test_a_fault_alone_is_an_answer() -> None:
    assert on().fault("truncate", at={"event": 3}, times=1).data == {
        "times": 1,
        "fault": {"type": "truncate", "at": {"event": 3}},
    }
