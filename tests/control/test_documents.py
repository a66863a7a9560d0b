"""What comes in the scenario language at run time: read as files are, refused with its place."""

from typing import Any

import pytest

from mockgw.control.documents import accepted_rules, chaos_of, rules_of, scenario_of
from mockgw.control.views import troubles
from mockgw.delivery.faults import ALONE
from mockgw.errors import ScenarioError

RULE = {"match": {"prompt": "a"}, "reply": "A"}
OTHER = {"id": "named", "match": {"prompt": "b"}, "reply": "B"}
YAML = "- match: {prompt: a}\n  reply: A\n- id: named\n  match: {prompt: b}\n  reply: B\n"


@pytest.mark.parametrize(
    ("value", "places"),
    [
        (RULE, ["override"]),
        ([RULE, OTHER], ["override[0]", "override[1]"]),
        ({"rules": [RULE, OTHER]}, ["override rules[0]", "override rules[1]"]),
        ("match: {prompt: a}\nreply: A\n", ["override:1"]),
        (YAML, ["override:1", "override:3"]),
        ("rules:\n" + YAML, ["override:2", "override:4"]),
    ],
    ids=["rule", "list", "rules", "yaml rule", "yaml list", "yaml rules"],
)
def test_rules_come_as_data_or_as_yaml(value: Any, places: list[str]) -> None:
    rules = rules_of(value, "override")
    assert [rule.place for rule in rules] == places
    assert [rule.named for rule in rules] == [False, True][: len(places)]


def test_defaults_are_for_the_rules_they_stand_beside() -> None:
    [rule] = rules_of({"rules": [RULE], "defaults": {"delay": "2s"}}, "override")
    assert rule.node.options.delay is not None  # type: ignore[union-attr]  # it is a reply


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({"match": {"promt": "a"}, "reply": "A"}, "match.promt: unknown key 'promt'; did you mean 'prompt'?"),
        ([RULE, {**OTHER, "repli": 1}], "[1].repli: unknown key 'repli'; did you mean 'replies'?"),
        (
            {"rules": [{"match": {"promt": "a"}, "repli": "A"}]},
            "rules[0].match.promt: unknown key 'promt'; did you mean 'prompt'? (and 1 more: rules[0].repli)",
        ),
        ("- match: {promt: a}\n  reply: A", "override:1:11: unknown key 'promt'; did you mean 'prompt'?"),
        ({"reply": "{{ promt }}"}, "reply: unknown name 'promt' in a template; did you mean 'prompt'?"),
        (
            [RULE, RULE],
            "[1]: rule-2 can never answer: rule-1 ([0]) has the same match; move it up, or make rule-1 narrower",
        ),
        (
            {"rules": [RULE], "chaos": []},
            "chaos: 'chaos' cannot stand beside rules that are put in front of a scenario's own: "
            "it belongs to a scenario",
        ),
        (None, "override: expected a rule, a list of rules or a mapping with 'rules', found null"),
        ("Hello", "override:1:1: expected a rule, a list of rules or a mapping with 'rules', found 'Hello'"),
        ([], "override: expected at least one item, found an empty list"),
        (
            "weather.yaml",
            "override: expected the scenario itself, found what looks like the name of a file: 'weather.yaml'",
        ),
        ({"reply": {"headers": {"a b": "c"}, "text": "A"}}, 'reply.headers["a b"]: '),
    ],
)
def test_what_is_wrong_is_told_with_its_place(value: Any, told: str) -> None:
    with pytest.raises(ScenarioError) as raised:
        rules_of(value, "override")
    assert str(raised.value).startswith(told)


NESTED: dict[str, Any] = {}
NESTED["reply"] = NESTED


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({"reply": {1, 2}}, "reply: expected what JSON has, found set"),
        ({"reply": float("nan")}, "reply: this number is too large, or none: nan"),
        ({"reply": 2**70}, "reply: this number is too large, or none: 1180591620717411303424"),
        ({"reply": "\ud800"}, "reply: this text is no Unicode: half of a surrogate pair stands in it"),
        ({1: "A"}, "override: a key must be text, found 1"),
        (NESTED, "reply.reply.reply: nested deeper than 64 levels"),
        ({"reply": ["a"] * 100_001}, "override: holds more than 100,000 values"),
        ({"reply": ["a" * 1024**2] * 17}, "override: is larger than 16 MB"),
        ("[" * 100, "override:1:65: nested deeper than 64 levels"),
        ("a: &a [x]\nb: [*a, *b]", "override:2:9: there is no '&b' above; quote text that starts with '*'"),
        ("!!python/object/apply:os.system ['true']", "override:1:1: tags are not known here"),
    ],
    ids=["set", "nan", "large", "surrogate", "key", "endless", "many", "long", "deep", "alias", "tag"],
)
def test_data_have_the_bounds_of_files(value: Any, told: str) -> None:
    with pytest.raises(ScenarioError) as raised:
        rules_of(value, "override")
    assert str(raised.value).startswith(told)


def test_doubts_are_told_beside_what_is_accepted() -> None:
    call = {"match": {"step": 0}, "tool_use": {"name": "Bash", "input": {"command": "ls", "cmd": 1}}}
    [warning] = troubles(accepted_rules(call, "override").warnings)
    assert (warning.path, warning.code) == ("tool_use.input.cmd", "tool-input")
    text = "match: {step: 0}\ntool_use: {name: Bash, input: {command: ls, cmd: 1}}"
    [warning] = troubles(accepted_rules(text, "override").warnings)
    assert (warning.line, warning.column, warning.severity) == (2, 45, "warning")


@pytest.mark.parametrize("value", [{"reply": "Hi"}, "reply: Hi", "Hi", {"rules": [{"reply": "Hi"}]}], ids=str)
def test_a_scenario_comes_as_data_or_as_yaml(value: Any) -> None:
    scenario = scenario_of(value, "mine.of.two")
    assert scenario.name == "mine.of.two"
    assert [rule.id for rule in scenario.rules] == ["rule-1"]


@pytest.mark.parametrize(
    ("value", "name", "rate"),
    [
        ("truncate", "truncate", 1.0),
        ("error:429", "error:429", 1.0),
        ("delay:2s", "delay", 1.0),
        ('{"type": "truncate", "at": {"event": 5}}', "truncate", 1.0),
        ({"type": "truncate", "at": {"event": 5}}, "truncate", 1.0),
        ({"error": 429, "rate": 0.5}, "error:429", 0.5),
        ("error: 429\nrate: 0.5", "error:429", 0.5),
        (["latency", "truncate"], "latency, truncate", 1.0),
        ({"fault": ["latency"], "match": {"prompt": "a"}}, "latency", 1.0),
    ],
    ids=str,
)
def test_what_strikes_comes_as_in_the_header_or_in_a_file(value: Any, name: str, rate: float) -> None:
    chaos = chaos_of(value)
    assert (chaos.name, chaos.rate) == (name, rate)


@pytest.mark.parametrize("name", ALONE)
def test_every_fault_can_be_armed(name: str) -> None:
    assert [chaos_of(value).name for value in (name, {"type": name}, {"fault": name})] == [name] * 3


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("trunc", "fault: unknown fault 'trunc'; did you mean 'truncate'?"),
        ("none", "fault: 'none' is for the header x-mockgw-fault of one request"),
        ({"type": "truncat"}, "fault: unknown fault 'truncat'; did you mean 'truncate'?"),
        ({"error": 429, "rate": 2}, "rate: expected a share from 0 to 1, found 2; 2 percent is 0.02"),
        ({"error": {"status": 500, "message": "{{ promt }}"}}, "error.message: unknown name 'promt' in a template"),
        ({"match": {}}, "fault: expected exactly one of error, fault and delay; found none"),
        (5, "fault: expected a mapping, found 5"),
    ],
    ids=str,
)
def test_what_cannot_strike_is_told(value: Any, told: str) -> None:
    with pytest.raises(ScenarioError) as raised:
        chaos_of(value)
    assert str(raised.value).startswith(told)
