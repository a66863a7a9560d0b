"""Strategies: rules and requests of few words, so that they often meet."""

from typing import Any

from hypothesis import strategies as st

from tests.support import body, turns

WORDS = st.sampled_from(["a", "b", "a b", "ab", " a", "1", "x"])
PATTERNS = st.sampled_from(["a", "^a", "b$", "a.*b", "(?i)A", r"\d"])
NUMBERS = st.integers(-1, 3)
TEXT_OPERATORS = {
    **dict.fromkeys(("equals", "in", "contains", "starts_with", "ends_with", "gt", "lte"), WORDS),
    "matches": PATTERNS,
}
COUNT_OPERATORS = dict.fromkeys(("equals", "in", "gt", "gte", "lt", "lte"), NUMBERS)


def conditions(operators: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    one = st.sampled_from(sorted(operators)).flatmap(
        lambda name: st.fixed_dictionaries({name: st.one_of(operators[name], st.lists(operators[name], min_size=1))})
    )
    simple = st.one_of(operators["equals"], one, st.fixed_dictionaries({"present": st.booleans()}))
    return st.recursive(
        simple,
        lambda inner: st.one_of(
            st.fixed_dictionaries({"not": inner}),
            *(
                st.fixed_dictionaries({name: st.lists(inner, min_size=1, max_size=2)})
                for name in ("all", "any", "none")
            ),
        ),
        max_leaves=3,
    )


TEXTS, COUNTS = conditions(TEXT_OPERATORS), conditions(COUNT_OPERATORS)
RESULTS = st.fixed_dictionaries(
    {}, optional={"name": TEXTS, "is_error": st.booleans(), "contains": WORDS, "present": st.booleans()}
).filter(bool)
KEYS: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(("prompt", "system", "tools", "reminders"), TEXTS),
    **dict.fromkeys(("step", "turn", "nth_prompt", "nth_request", "attempt"), COUNTS),
    "stream": st.booleans(),
    "structured": st.booleans(),
    "agent": st.sampled_from(["main", "sub", "side", ["main", "side"], {"not": "sub"}]),
    "tool_result": RESULTS,
    "header": st.fixed_dictionaries({"X-A": TEXTS}),
    "body": st.fixed_dictionaries({}, optional={"metadata.user_id": TEXTS, "stop_sequences.*": TEXTS}).filter(bool),
}


def matches(keys: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    simple = st.fixed_dictionaries({}, optional={key: KEYS[key] for key in keys})
    lists = {name: st.lists(simple, min_size=1, max_size=2) for name in ("all", "any", "none")}
    return st.one_of(simple, st.fixed_dictionaries({}, optional={**{key: KEYS[key] for key in keys}, **lists}))


ANSWERS: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [
        {"reply": "x"},
        {"error": 429},
        {"steps": ["x", "y"], "then": "next_rule"},
        {"attempts": ["x"], "then": "next_rule"},
        {"replies": ["x"], "then": "next_rule"},
        {"choose": ["x", {"steps": ["x"], "then": "next_rule"}]},
        {"reply": "x", "times": 1},
        {"reply": "x", "fallback": True},
    ]
)


@st.composite
def rules(draw: st.DrawFn) -> list[dict[str, Any]]:
    """A few rules about a few keys."""
    keys = draw(st.lists(st.sampled_from(sorted(KEYS)), min_size=1, max_size=3, unique=True))
    found = draw(st.lists(matches(keys), min_size=2, max_size=4))
    return [{"id": f"r{index}", "match": match, **draw(ANSWERS)} for index, match in enumerate(found)]


@st.composite
def conversations(draw: st.DrawFn) -> list[dict[str, Any]]:
    contents: list[Any] = [draw(st.one_of(WORDS, st.just([{"type": "text", "text": " "}])))]
    for index in range(draw(st.integers(0, 2))):
        call = {"type": "tool_use", "id": f"t{index}", "name": draw(WORDS).strip(), "input": {}}
        result = {"type": "tool_result", "tool_use_id": f"t{index}", "content": draw(WORDS)}
        said = draw(st.one_of(WORDS, st.just("<system-reminder>a</system-reminder>")))
        contents += [[call], [result | {"is_error": draw(st.booleans())}]] if draw(st.booleans()) else ["ok", said]
    return turns(*contents)


@st.composite
def requests(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, str]]:
    """A body and its headers."""
    schema = {"format": {"type": "json_schema", "schema": {"type": "object"}}}
    more: dict[str, Any] = {
        "system": draw(st.none() | WORDS),
        "stream": draw(st.none() | st.booleans()),
        "tools": draw(st.none() | st.builds(lambda name: [{"name": name, "input_schema": {"type": "object"}}], WORDS)),
        "output_config": draw(st.none() | st.just(schema)),
        "stop_sequences": draw(st.none() | st.lists(WORDS, max_size=2)),
        "metadata": draw(st.none() | st.builds(lambda word: {"user_id": word}, WORDS)),
    }
    headers = draw(
        st.fixed_dictionaries(
            {}, optional={"x_a": WORDS, "x_app": st.just("cli"), "x_claude_code_agent_id": st.just("s")}
        )
    )
    return body(messages=draw(conversations()), **more), headers
