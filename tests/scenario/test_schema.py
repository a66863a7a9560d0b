"""The schema accepts what the loader accepts, and nothing else but what is listed here."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from docs import tables
from mockgw.errors import ScenarioError
from mockgw.scenario import document, loader
from mockgw.scenario.library import shipped
from mockgw.scenario.schema import NAMES, schema, text
from tests.documents import PROJECT, blocks
from tests.scenario import test_loader
from tests.scenario.scenarios import PLACED, SCENARIOS, STRAY, slipped

FILE = Path("test.yaml")
SCHEMA = schema()
FAST = jsonschema_rs.Draft202012Validator(SCHEMA)
SLIPS = 5  # per scenario

# What JSON Schema cannot say: scenarios that only the loader refuses, and its reasons.
UNSAID = {
    "regex": ({"rules": [{"match": {"key": {"matches": "("}}, "reply": "a"}]}, "is not a regular expression"),
    "ids": ({"rules": [{"id": "a", "reply": "b"}, {"id": "a", "reply": "b"}]}, "have the same id"),
    "bounds": ({"reply": "a", "delay": {"type": "uniform", "lower": "2s", "upper": "1s"}}, "is above 'upper'"),
    "turned": ({"rules": [{"reply": "a", "expect": {"at_least": 2, "at_most": 1}}]}, "is above 'at_most'"),
    "too-long": ({"reply": "a", "delay": "99999999999d"}, r"expected a duration .*, found '[0-9]{6,}"),
    "pings": ({"reply": "a", "pace": {"ttft": "1h", "ping_every": "1ms"}}, "makes more than 100,000 pings"),
    "decimal-point": ({"replies": [{"text": "a", "times": 2.0}]}, r"expected a whole number, found [0-9]+\.0$"),
    "decimals": ({"reply": "a", "gateway": {"credits": {"balance": 1e-13}}}, "expected at most 12 decimals"),
    "no-such-day": (
        {"reply": "a", "gateway": {"keys": {"a": {"expires": "2026-02-30"}}}},
        "expected a date that there is",
    ),
    "too-large": ({"reply": 10**30}, "this number is too large"),
}


def refusals(value: Any) -> list[str]:
    """What the loader has against it."""
    try:
        loader.build(document.Document(FILE, value, {(): (1, 1)}))
    except ScenarioError as error:
        return [problem.message for problem in error.problems]
    return []


def agreed(value: Any) -> bool:
    """Whether both accept it, or both refuse it, but for what a schema cannot say."""
    reasons = [message for message in refusals(value) if not any(re.search(one, message) for _, one in UNSAID.values())]
    return FAST.is_valid(value) is not bool(reasons)


@settings(max_examples=400)
@given(st.data())
def test_the_schema_accepts_what_the_loader_accepts(data: st.DataObject) -> None:
    scenario = data.draw(SCENARIOS)

    assert refusals(scenario) == []
    assert FAST.is_valid(scenario)
    for _ in range(SLIPS):
        assert agreed(data.draw(slipped(scenario)))


@pytest.mark.parametrize("name", PLACED)
def test_of_every_value_of_every_key_both_think_the_same(name: str) -> None:
    whole, place = PLACED[name]
    definition = SCHEMA["$defs"].get(name, SCHEMA)
    keys = definition.get("then", definition)["properties"]
    alone = [{key: stray} for key in [*keys, "unknown"] for stray in STRAY]
    beside = [whole | one for one in alone]
    missing = [{key: part for key, part in whole.items() if key != left} for left in whole]

    assert [one for one in (whole, *alone, *beside, *missing, *STRAY) if not agreed(place(one))] == []


def test_every_class_has_its_place() -> None:
    assert PLACED.keys() == {"ScenarioForm", *SCHEMA["$defs"]}


@pytest.mark.parametrize(("value", "reason"), UNSAID.values(), ids=UNSAID)
def test_what_a_schema_cannot_say_the_loader_says(value: Any, reason: str) -> None:
    with pytest.raises(ScenarioError, match=reason):
        loader.parse(json.dumps(value), FILE)
    assert FAST.is_valid(value)


def written() -> Iterator[tuple[str, str]]:
    """Every scenario of the project, by its place."""
    for file in sorted(shipped().glob("*.yaml")):
        yield file.name, file.read_text(encoding="utf-8")
    for page in [PROJECT / "README.md", *sorted((PROJECT / "docs").glob("*.md"))]:
        yield from ((block.place, block.text) for block in blocks(page) if block.language == "yaml" and not block.flag)


@pytest.mark.parametrize("source", [pytest.param(source, id=place) for place, source in written()])
def test_every_scenario_that_is_shown_fits(source: str) -> None:
    value = document.plain(document.parse(source, FILE).value)

    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(value)] == []


def broken() -> Iterator[Any]:
    """What the broken files of other tests hold, if it is YAML."""
    [cases] = test_loader.test_a_broken_file_is_explained_in_one_line.pytestmark  # type: ignore[attr-defined]
    sources = [case.values[0] for case in cases.args[1]]
    sources += [file.read_bytes() for file in sorted((PROJECT / "tests" / "lint" / "broken").glob("*.yaml"))]
    for source in sources:
        try:
            found = document.parse(source, FILE)
        except ScenarioError:
            continue
        if not found.problems:
            yield document.plain(found.value)


def test_of_broken_files_both_think_the_same() -> None:
    values = list(broken())

    assert len(values) > 100
    assert [value for value in values if not agreed(value)] == []


@pytest.mark.parametrize(
    ("value", "accepted"),
    [
        pytest.param("Hello.", True, id="text-alone"),
        pytest.param(404, True, id="number-alone"),
        pytest.param(["a", ["b", "c"], {"thinking": "d"}], True, id="blocks-alone"),
        pytest.param({"fault": "stall"}, True, id="fault-alone"),
        pytest.param({"fault": "stall", "then": "loop"}, False, id="fault-and-then"),
        pytest.param({"fault": "stall", "rules": ["a"]}, False, id="fault-and-rules"),
        pytest.param(None, False, id="null-alone"),
        pytest.param([None], False, id="null-as-block"),
        pytest.param({"content": [{"text": None}]}, False, id="null-in-block"),
        pytest.param({"generate": {"json": None}}, False, id="null-in-generate"),
        pytest.param({"rules": ["a"], "defaults": {"pace": None}}, False, id="null-in-defaults"),
        pytest.param({"text": "a", "pace": {"jitter": None}}, False, id="null-in-pace"),
        pytest.param({"rules": [{"text": "a", "match": {"body": {"x": {"not": None}}}}]}, True, id="null-in-the-body"),
        pytest.param({"rules": [{"text": "a", "match": {"key": {"not": None}}}]}, False, id="null-as-text"),
        pytest.param({"rules": [{"text": "a", "match": {"key": [["a"], {"not": "b"}]}}]}, True, id="nested-conditions"),
        pytest.param({"generate": {"json": 1}}, False, id="one-is-not-true"),
        pytest.param({"generate": {"json": True, "words": 1}}, False, id="two-things"),
        pytest.param({"steps": ["a"], "then": "again"}, False, id="unknown-end"),
        pytest.param({"fault": {"type": "stall", "at": {"type": "message_stop", "nth": 0}}}, False, id="nth-0"),
        pytest.param({"fault": {"type": "stall", "at": {"event": 1, "block": -1}}}, False, id="block-below-0"),
        pytest.param({"text": "a", "version": None, "x-": [], "$schema": 1}, True, id="keys-of-others"),
        pytest.param({"reply": {"text": "a", "x-mine": 1}}, False, id="not-further-down"),
    ],
)
def test_what_both_think(value: Any, accepted: bool) -> None:
    assert (FAST.is_valid(value), not refusals(value)) == (accepted, accepted)


def schemas(value: Any = SCHEMA) -> Iterator[dict[str, Any]]:
    """Every mapping in the schema."""
    if isinstance(value, dict):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from schemas(part)


def test_it_is_a_schema_of_its_dialect() -> None:
    Draft202012Validator.check_schema(SCHEMA)

    assert list(SCHEMA)[:3] == ["$schema", "title", "description"]
    assert {one["$ref"] for one in schemas() if "$ref" in one} == {f"#/$defs/{name}" for name in SCHEMA["$defs"]}


def test_definitions_are_called_by_their_classes_and_say_what_they_are() -> None:
    classes = {name for name in SCHEMA["$defs"] if name not in NAMES.values()}

    bases = {"Fault", "Breaking", "Shaping", "Heading", "Options", "Condition", "PartCondition"}
    bases |= {"ServerTool", "Script", "ProviderState"}
    beside = ("mockgw.control", "mockgw.verify")  # what is written there stands in no scenario
    elsewhere = {name for name, model in tables.classes().items() if model.__module__.startswith(beside)}
    assert classes == tables.classes().keys() - {"ScenarioForm", "Jitter", *bases, *elsewhere}
    assert [name for name, one in SCHEMA["$defs"].items() if not (one["description"] and one["title"])] == []


def test_every_key_is_explained_where_it_can_be_written() -> None:
    forms = [one for one in schemas() if one.get("additionalProperties") is False]
    options = [(key, option) for form in forms for key, option in form["properties"].items()]
    unexplained = [key for key, option in options if not option.keys() & {"description", "$ref"}]

    assert len(forms) == len(SCHEMA["$defs"]) + 1
    assert unexplained == []


def test_the_file_for_editors_is_the_schema() -> None:
    assert (shipped() / "scenario.schema.json").read_text(encoding="utf-8") == text(), "run `make docs`"
