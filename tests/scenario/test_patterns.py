from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockgw.scenario.checks import Check
from mockgw.scenario.context import Context
from mockgw.scenario.patterns import Match, Pattern
from mockgw.scenario.readers import READERS
from tests.support import body, context, turns

REMINDER = "<system-reminder>\nremember  milk\n</system-reminder>\n"
CALLS = [
    {"type": "tool_use", "id": "t1", "name": "Read", "input": {}},
    {"type": "tool_use", "id": "t2", "name": "Bash", "input": {}},
]
RESULTS = [
    {"type": "text", "text": REMINDER},
    {"type": "tool_result", "tool_use_id": "t1", "content": [{"type": "text", "text": "one file"}]},
    {"type": "tool_result", "tool_use_id": "t2", "content": "exit 1", "is_error": True},
]
REQUEST = body(
    model="anthropic/claude-sonnet-4.5",
    messages=[*turns("first", "ok", "fix it", CALLS, RESULTS), {"role": "system", "content": "mid note"}],
    system=[{"type": "text", "text": "You are\na helper."}],
    tools=[{"name": "Read", "input_schema": {"type": "object"}}, {"name": "Bash", "input_schema": {"type": "object"}}],
    stream=True,
    thinking={"type": "adaptive"},
    output_config={"effort": "high", "format": {"type": "json_schema", "schema": {"type": "object"}}},
    metadata={"user_id": None, "flag": True, "count": 1},
    stop_sequences=["a", "b"],
)
ONE_OFF = "(a step is an answer since the prompt was typed: 0 with the prompt, 1 with the first tool results)"
HEADERS = {"anthropic-beta": "tools-2025, files-2025", "x-team": "blue", "x-try": "2"}


def seen() -> Context:
    return context(REQUEST, HEADERS, session="s1", key="k1", attempt=2, nth_request=5, clock=70.0)


def holds(match: dict[str, Any], about: Context) -> bool:
    """Whether all patterns hold; each must agree with its distances."""
    patterns = Match.model_validate(match).patterns()
    for pattern in patterns:
        assert pattern.holds(about) is (not pattern.distances(about))
    return all(pattern.holds(about) for pattern in patterns)


@pytest.mark.parametrize(
    ("fitting", "failing"),
    [
        pytest.param({"prompt": "fix it"}, {"prompt": "first"}, id="prompt"),
        pytest.param({"prompt": {"not": {"contains": "milk"}}}, {"prompt": {"contains": "milk"}}, id="no-reminder"),
        pytest.param({"prompt": {"not": {"contains": "note"}}}, {"prompt": {"contains": "note"}}, id="no-system-turn"),
        pytest.param({"prompt": {"not": {"contains": "file"}}}, {"prompt": {"contains": "file"}}, id="no-result"),
        pytest.param({"step": 1}, {"step": 0}, id="step"),
        pytest.param({"step": {"gte": 1}}, {"step": {"gt": 1}}, id="step-operator"),
        pytest.param({"turn": 2}, {"turn": 1}, id="turn"),
        pytest.param({"nth_prompt": 2}, {"nth_prompt": 1}, id="nth-prompt"),
        pytest.param({"nth_request": 5}, {"nth_request": 1}, id="nth-request"),
        pytest.param({"attempt": [2, 3]}, {"attempt": 1}, id="attempt"),
        pytest.param({"tool_result": "one file"}, {"tool_result": "one"}, id="tool-result"),
        pytest.param({"tool_result": {"name": "Bash"}}, {"tool_result": {"name": "Edit"}}, id="tool-result-name"),
        pytest.param(
            {"tool_result": {"name": "Bash", "is_error": True}},
            {"tool_result": {"name": "Read", "is_error": True}},
            id="tool-result-error",
        ),
        pytest.param({"system": "You are a helper."}, {"system": {"contains": "mid note"}}, id="system"),
        pytest.param({"reminders": "remember milk"}, {"reminders": "milk"}, id="reminders"),
        pytest.param({"reminders": "mid note"}, {"reminders": "fix it"}, id="system-message"),
        pytest.param({"tools": "Bash"}, {"tools": "Edit"}, id="tools"),
        pytest.param({"tools": {"all": ["Bash", "Read"]}}, {"tools": {"all": ["Bash", "Edit"]}}, id="tools-all"),
        pytest.param({"beta": "files-2025"}, {"beta": "files"}, id="beta"),
        pytest.param({"model": "claude-sonnet-4-5"}, {"model": "claude-opus-4-5"}, id="model"),
        pytest.param({"model": "claude-sonnet-4-5-20250929"}, {"model": {"not": "claude-sonnet-4-5"}}, id="model-not"),
        pytest.param({"model": {"contains": "sonnet"}}, {"model": {"contains": "opus"}}, id="model-contains"),
        pytest.param({"model": {"starts_with": "anthropic/"}}, {"model": {"ends_with": "4-6"}}, id="model-as-asked"),
        pytest.param({"stream": True}, {"stream": False}, id="stream"),
        pytest.param({"structured": True}, {"structured": False}, id="structured"),
        pytest.param({"thinking": "adaptive"}, {"thinking": "disabled"}, id="thinking"),
        pytest.param({"effort": ["high", "max"]}, {"effort": "low"}, id="effort"),
        pytest.param({"header": {"X-Team": "blue"}}, {"header": {"x-team": "Blue"}}, id="header-any-case"),
        pytest.param(
            {"header": {"x-none": {"present": False}}}, {"header": {"x-none": {"present": True}}}, id="header-no"
        ),
        pytest.param({"header": {"x-try": {"gte": 2}}}, {"header": {"x-try": {"gt": 2}}}, id="header-number"),
        pytest.param(
            {"header": {"x-team": "blue", "x-try": 2}}, {"header": {"x-team": "blue", "x-try": 3}}, id="headers"
        ),
        pytest.param({"body": {"messages.-1.role": "system"}}, {"body": {"messages.0.role": "system"}}, id="body-path"),
        pytest.param({"body": {"metadata.flag": True}}, {"body": {"metadata.count": True}}, id="body-true"),
        pytest.param({"body": {"metadata.count": 1}}, {"body": {"metadata.flag": 1}}, id="body-1"),
        pytest.param({"body": {"metadata.user_id": None}}, {"body": {"metadata.none": None}}, id="body-null"),
        pytest.param(
            {"body": {"metadata.user_id": {"present": True}}}, {"body": {"top_k": {"present": True}}}, id="body-has"
        ),
        pytest.param(
            {"body": {"stop_sequences": {"equals": [["a", "b"]]}}}, {"body": {"stop_sequences": ["a"]}}, id="body-list"
        ),
        pytest.param({"body": {"max_tokens": {"lte": 1000}}}, {"body": {"max_tokens": {"lt": 1000}}}, id="body-number"),
        pytest.param(
            {"body": {"messages.9": {"present": False}}}, {"body": {"messages.x": {"present": True}}}, id="body-end"
        ),
        pytest.param(
            {"body": {"messages.*.role": "assistant"}}, {"body": {"messages.*.role": "tool"}}, id="body-any-item"
        ),
        pytest.param(
            {"body": {"messages.4.content.*.content.*.text": "one file"}},
            {"body": {"messages.4.content.*.content.*.text": "exit 1"}},
            id="body-any-item-of-any-item",
        ),
        pytest.param(
            {"body": {"stop_sequences.*": {"not": "c"}}},
            {"body": {"stop_sequences.*": {"not": "b"}}},
            id="body-no-item",
        ),
        pytest.param(
            {"body": {"metadata.*": {"present": False}}}, {"body": {"model.*": {"present": True}}}, id="body-no-list"
        ),
        pytest.param({"body": {"model.x": {"present": False}}}, {"body": {"model.x": "y"}}, id="body-too-deep"),
        pytest.param({"key": "k1"}, {"key": "k2"}, id="key"),
        pytest.param({"session": "s1"}, {"session": "default"}, id="session"),
        pytest.param({"agent": "main"}, {"agent": ["sub", "side"]}, id="agent"),
        pytest.param({"clock": {"gte": "10s"}}, {"clock": {"lt": "40s"}}, id="clock"),
        pytest.param(
            {"clock": {"every": "1m", "lt": "15s"}}, {"clock": {"every": "1m", "gte": "15s"}}, id="clock-every"
        ),
        pytest.param({"all": [{"step": 1}, {"turn": 2}]}, {"all": [{"step": 1}, {"turn": 1}]}, id="all"),
        pytest.param({"any": [{"step": 9}, {"turn": 2}]}, {"any": [{"step": 9}, {"turn": 9}]}, id="any"),
        pytest.param({"none": [{"step": 9}, {"turn": 9}]}, {"none": [{"step": 9}, {"turn": 2}]}, id="none"),
        pytest.param({"any": [{"all": [{"step": 1}]}]}, {"any": [{"none": [{"step": 1}]}]}, id="nested"),
        pytest.param({}, {"prompt": "x"}, id="nothing-matches-all"),
    ],
)
def test_every_key(fitting: dict[str, Any], failing: dict[str, Any]) -> None:
    assert holds(fitting, seen())
    assert not holds(failing, seen())


def test_every_key_has_a_reader() -> None:
    combined = {"header", "body", "all_", "any_", "none_"}

    assert {*READERS, *combined} == set(Match.model_fields)


def test_all_keys_must_hold() -> None:
    assert holds({"prompt": "fix it", "step": 1}, seen())
    assert not holds({"prompt": "fix it", "step": 2}, seen())


@pytest.mark.parametrize(
    ("match", "names"),
    [
        pytest.param({"agent": "side"}, True, id="agent"),
        pytest.param({"agent": {"not": "main"}}, True, id="agent-not"),
        pytest.param({"structured": True}, True, id="structured"),
        pytest.param({"any": [{"prompt": "x"}, {"all": [{"agent": "side"}]}]}, True, id="inside"),
        pytest.param({"none": [{"agent": "main"}]}, False, id="inside-none"),
        pytest.param({"prompt": "x"}, False, id="others"),
        pytest.param({}, False, id="nothing"),
    ],
)
def test_rules_for_side_calls_name_agent_or_structured(match: dict[str, Any], names: bool) -> None:
    assert Match.model_validate(match).names_side_calls() is names


@pytest.mark.parametrize(
    ("match", "texts"),
    [
        pytest.param({"step": 0}, [f"step: expected exactly 0, found 1 {ONE_OFF}"], id="key"),
        pytest.param(
            {"header": {"other": "1"}},
            ["header.other: expected exactly '1', found nothing (the request has no such header)"],
            id="header",
        ),
        pytest.param({"body": {"metadata.flag": 1}}, ["body.metadata.flag: expected exactly 1, found true"], id="body"),
        pytest.param(
            {"step": 0, "turn": 0},
            [f"step: expected exactly 0, found 1 {ONE_OFF}", "turn: expected exactly 0, found 2"],
            id="two",
        ),
        pytest.param(
            {"all": [{"step": 1}, {"step": 0}, {"turn": 0}]},
            [f"step: expected exactly 0, found 1 {ONE_OFF}", "turn: expected exactly 0, found 2"],
            id="all",
        ),
        pytest.param(
            {"any": [{"step": 0, "turn": 0}, {"turn": 5}]},
            [
                f"any: step: expected exactly 0, found 1 {ONE_OFF} and turn: expected exactly 0, found 2"
                " or turn: expected exactly 5, found 2"
            ],
            id="any",
        ),
        pytest.param(
            {"none": [{"step": 0}, {"step": 1}]}, ["none: its match number 2 holds, as step is exactly 1"], id="none"
        ),
    ],
)
def test_each_difference_is_named(match: dict[str, Any], texts: list[str]) -> None:
    patterns = Match.model_validate(match).patterns()

    assert [difference for pattern in patterns for difference in pattern.differences(seen())] == texts


@pytest.mark.parametrize(
    ("match", "groups"),
    [
        pytest.param({"prompt": {"matches": "(?P<verb>fix)"}}, {"verb": "fix"}, id="key"),
        pytest.param({"header": {"x-team": {"matches": "(?P<a>b)"}}}, {"a": "b"}, id="header"),
        pytest.param({"any": [{"step": 9}, {"prompt": {"matches": "(?P<a>i)"}}]}, {"a": "i"}, id="any"),
        pytest.param({"none": [{"step": 9, "prompt": {"matches": "(?P<a>i)"}}]}, {}, id="none"),
    ],
)
def test_groups_of_what_held(match: dict[str, Any], groups: dict[str, str]) -> None:
    (pattern,) = Match.model_validate(match).patterns()

    assert pattern.groups(seen()) == groups


TEXTS = st.sampled_from(["", "a", "A", "a b", "fix it", "Read", "main", "1", "0", "claude-sonnet-4-5"])
NUMBERS = st.integers(-1, 3)
JSON_VALUES = st.booleans() | NUMBERS | TEXTS
VALUES_OF = {
    **dict.fromkeys(("prompt", "system", "reminders", "tools", "model", "session", "thinking", "tool_result"), TEXTS),
    **dict.fromkeys(("step", "turn", "attempt"), NUMBERS),
    "stream": st.booleans(),
    "clock": st.integers(0, 3),
}
ON_VALUES = ("equals", "in", "gt", "gte", "lt", "lte")
ON_TEXTS = ("contains", "starts_with", "ends_with", "matches")
LISTS = ("all", "any", "none")


@st.composite
def conditions(draw: st.DrawFn, values: st.SearchStrategy[Any], depth: int = 2) -> Any:
    of_text = ON_TEXTS if values is TEXTS or values is JSON_VALUES else ()
    operator = draw(st.sampled_from(["value", "present", *ON_VALUES, *of_text, *(("not", *LISTS) if depth else ())]))
    if operator == "present":
        return {operator: draw(st.booleans())}
    if operator in LISTS:
        return {operator: [draw(conditions(values, depth - 1)) for _ in range(draw(st.integers(1, 2)))]}
    if operator == "not":
        return {operator: draw(conditions(values, depth - 1))} | draw(st.sampled_from([{}, {"present": True}]))
    plain = TEXTS if operator in ON_TEXTS else values
    operand = draw(plain | st.lists(plain, min_size=1, max_size=2))
    return operand if operator == "value" else {operator: operand}


@st.composite
def matches(draw: st.DrawFn, depth: int = 2) -> dict[str, Any]:
    keys = draw(st.lists(st.sampled_from([*VALUES_OF, "header", "body", *(LISTS if depth else ())]), max_size=3))
    return {key: draw(_matching(key, depth)) for key in keys}


@st.composite
def _matching(draw: st.DrawFn, key: str, depth: int) -> Any:
    if key in LISTS:
        return [draw(matches(depth - 1)) for _ in range(draw(st.integers(1, 2)))]
    if key == "header":
        return {draw(st.sampled_from(["x-team", "x-none"])): draw(conditions(TEXTS))}
    if key == "body":
        return {draw(st.sampled_from(["max_tokens", "messages.-1", "metadata.flag"])): draw(conditions(JSON_VALUES))}
    found = draw(conditions(VALUES_OF[key]))
    if key != "tool_result" or not isinstance(found, dict):
        return found
    return found | draw(st.sampled_from([{}, {"is_error": True}, {"name": "Read"}, {"name": {"not": ["Read"]}}]))


CONTEXTS = st.sampled_from([seen(), context(), context(body(messages=turns(REMINDER, "x", "a b")), attempt=3)])


@settings(max_examples=300, deadline=None)
@given(matches(), CONTEXTS)
def test_a_match_holds_exactly_when_it_has_no_differences(match: dict[str, Any], about: Context) -> None:
    for pattern in Match.model_validate(match).patterns():
        differences, distances = pattern.differences(about), pattern.distances(about)

        assert pattern.holds(about) is (not differences) is (not distances)
        assert all(differences)
        assert all(distance > 0 for distance in distances)


def test_a_key_that_is_a_star_is_that_key() -> None:
    about = context(body(metadata={"*": "a"}))

    assert holds({"body": {"metadata.*": "a"}}, about)


def tree(check: Check) -> Any:
    """A check and those inside it: whether each held."""
    label = f"{'+' if check.held else '-'} {check.key}: {check.text}"
    return (label, [tree(part) for part in check.parts]) if check.parts else label


@pytest.mark.parametrize(
    ("match", "expected"),
    [
        pytest.param(
            {"prompt": {"contains": "fix", "not": {"contains": "it"}}},
            [
                (
                    "- prompt: expected anything but text that contains 'it', found 'fix it'",
                    ["+ : expected text that contains 'it', found 'fix it'"],
                ),
                "+ prompt: expected text that contains 'fix', found 'fix it'",
            ],
            id="operators",
        ),
        pytest.param(
            {"tools": ["Bash"]},
            [("+ tools: expected exactly 'Bash', found 'Bash'", ["+ : expected exactly 'Bash', found 'Bash'"])],
            id="what-fits",
        ),
        pytest.param(
            {"tool_result": {"name": "Bash", "is_error": False}},
            [
                "- tool_result: expected the name exactly 'Bash', found 'Read'",
                "+ tool_result: expected is_error false, found false",
            ],
            id="nearest-result",
        ),
        pytest.param(
            {"tool_result": {"name": "Edit", "present": False}},
            ["+ tool_result: expected no such tool result, found none"],
            id="no-result",
        ),
        pytest.param(
            {"clock": {"every": "1m", "lt": 5}},
            ["- clock: expected less than 5.0, found 10.0 (in seconds since the session began)"],
            id="clock",
        ),
        pytest.param(
            {"any": [{"step": 1}, {"turn": 9, "stream": True}]},
            [
                (
                    "+ any: expected one of these to match, found 1",
                    [
                        "+ step: expected exactly 1, found 1",
                        (
                            "- match: expected all of these to hold, found a difference",
                            ["- turn: expected exactly 9, found 2", "+ stream: expected exactly true, found true"],
                        ),
                    ],
                )
            ],
            id="matches",
        ),
        pytest.param(
            {"none": [{"step": 1}, {"turn": 2}]},
            [
                (
                    "- none: expected none of these to match, found 1 and 2",
                    ["+ step: expected exactly 1, found 1", "+ turn: expected exactly 2, found 2"],
                )
            ],
            id="none",
        ),
    ],
)
def test_each_condition_says_how_it_fared(match: dict[str, Any], expected: list[Any]) -> None:
    patterns = Match.model_validate(match).patterns()

    assert [tree(check) for pattern in patterns for check in pattern.checks(seen())] == expected


@settings(max_examples=300, deadline=None)
@given(matches(), CONTEXTS)
def test_a_match_holds_exactly_when_all_its_checks_do(match: dict[str, Any], about: Context) -> None:
    for pattern in Match.model_validate(match).patterns():
        checks, differences = pattern.checks(about), pattern.differences(about)

        assert pattern.holds(about) is all(check.held for check in checks)
        if isinstance(pattern, Pattern):
            assert [f"{pattern.key}: {check.text}" for check in checks if not check.held] == differences
