"""Scenarios: valid ones of every kind, and what a slip of the hand makes of them."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, get_args

from hypothesis import strategies as st

from mockgw.delivery.faults import ALONE, GROUPS, name_of
from mockgw.delivery.faults import NAMES as FAULTS
from mockgw.delivery.faults.malformed import Kind
from mockgw.delivery.pacing import PROFILES
from mockgw.delivery.places import EventType
from mockgw.protocol.scripted import STATUS_OF
from mockgw.scenario.conditions import TEXTUAL
from mockgw.scenario.gateway.states import ALONE as STATES_ALONE
from mockgw.scenario.gateway.states import STATES as PROVIDERS_STATES
from mockgw.scenario.gateway.states import name_of as name_of_state
from mockgw.scenario.kinds import BESIDE, ENDING, INHERITED, OF_MESSAGE
from mockgw.scenario.patterns import Agent

Values = st.SearchStrategy[Any]
Path = tuple[str | int, ...]
Slip = Callable[[Any], Any]

TEXTS = st.sampled_from(["Hello.", "", "{{ prompt }}", 404, 1.5])
COUNTS = st.integers(1, 3)
TIMES = st.integers(0, 2) | st.sampled_from([{"at_least": 0}, {"at_most": 2}, {"at_least": 1, "at_most": 1}])
SHARES = st.sampled_from([0, 0.5, 1])
BOOLEANS = st.booleans()
DURATIONS = st.sampled_from([0, 2, 0.5, "250ms", "1.5s", " 2m ", "7d"])
PERIODS = st.sampled_from([2, 0.5, "0.5s", "10ms"])
OF_PINGS = st.sampled_from([7, 60.5, "8s", "1m"])  # in a week's silence more often is too often
ANYTHING = st.sampled_from([True, 1, 2.5, "a", ["a", None], {}, {"type": "a", "b": [1]}])
HEADERS = st.dictionaries(st.sampled_from(["x-a", "X-B!", "{{ model }}"]), TEXTS, max_size=2)


def mapping(optional: dict[str, Values], **required: Values) -> Values:
    """A mapping with keys that must be there, and at most two of those that may."""
    names = st.lists(st.sampled_from(sorted(optional)), max_size=2, unique=True)

    @st.composite
    def drawn(draw: st.DrawFn) -> Any:
        return {name: draw(values) for name, values in (required | {key: optional[key] for key in draw(names)}).items()}

    return drawn()


def one_key(values: dict[str, Values]) -> Values:
    return st.one_of(*(st.fixed_dictionaries({name: value}) for name, value in values.items()))


def both(one: Values, other: Values) -> Values:
    """Two mappings in one."""

    @st.composite
    def drawn(draw: st.DrawFn) -> Any:
        return draw(one) | draw(other)

    return drawn()


def several(values: Values) -> Values:
    return st.lists(values, min_size=1, max_size=2)


DELAYS = DURATIONS | st.one_of(
    st.fixed_dictionaries({"type": st.just("fixed"), "delay": DURATIONS}),
    st.just({"type": "uniform", "lower": "1s", "upper": 2}),
    mapping({"max": DURATIONS}, type=st.just("lognormal"), median=DURATIONS, sigma=SHARES),
)
SPEEDS: Values = one_key({"tps": COUNTS, "interval": DURATIONS}) | st.just({})
JITTERS = SHARES | st.sampled_from(["20ms", "1s"])
PACES = st.sampled_from(sorted(PROFILES)) | both(
    SPEEDS, mapping({"ttft": DELAYS, "jitter": JITTERS, "chunk": COUNTS, "ping_every": OF_PINGS})
)
ABOUT_ERRORS = {
    "message": TEXTS,
    "param": TEXTS,
    "retry_after": DURATIONS | st.just("{{ step }}"),
    "should_retry": BOOLEANS,
    "headers": HEADERS,
    "body": ANYTHING,
}
ERROR_TYPES = st.sampled_from(["{{ prompt }}", *STATUS_OF])
ERRORS = st.one_of(
    st.sampled_from([400, 529]) | ERROR_TYPES,
    mapping(ABOUT_ERRORS | {"type": TEXTS}, status=st.sampled_from([429, "{{ step }}"])),
    mapping(ABOUT_ERRORS, type=ERROR_TYPES),
)
ANCHORS = {"event": COUNTS, "fraction": SHARES, "bytes": COUNTS, "after": DURATIONS}
PLACES = both(
    one_key(ANCHORS) | mapping({"nth": COUNTS}, type=st.sampled_from(get_args(EventType))), mapping({"block": COUNTS})
)
ABOUT_FAULTS = {"rate": SHARES, "max_hits": COUNTS, "at": PLACES}
SLICES = {"average_size": COUNTS, "size_variation": st.integers(0, 2), "delay": DURATIONS}
NEEDY = {"limit_data": {"bytes": 1}, "bandwidth": {"bytes_per_second": 1}}  # what no fault of its name can be without
ONE_FAULT = st.sampled_from(ALONE) | st.one_of(
    mapping(ABOUT_FAULTS | {"error": ERRORS}, type=st.just("error_event")),
    *(mapping(ABOUT_FAULTS, type=st.just(name)) for name in FAULTS if name not in NEEDY),
    mapping(ABOUT_FAULTS | {"for": DURATIONS, "pings": BOOLEANS}, type=st.just("stall")),
    mapping(ABOUT_FAULTS | {"for": DURATIONS, "timeout": DURATIONS}, type=st.just("timeout")),
    mapping(ABOUT_FAULTS | {"for": DURATIONS, "delay": DURATIONS}, type=st.just("slow_close")),
    mapping(ABOUT_FAULTS | {"for": DURATIONS}, type=st.just("limit_data"), bytes=st.integers(0, 2)),
    mapping(ABOUT_FAULTS | {"for": DURATIONS}, type=st.just("bandwidth"), bytes_per_second=COUNTS),
    mapping(ABOUT_FAULTS | {"for": DURATIONS} | SLICES, type=st.just("slicer")),
    mapping(ABOUT_FAULTS | {"for": DURATIONS, "delay": DURATIONS, "jitter": DURATIONS}, type=st.just("latency")),
    mapping(ABOUT_FAULTS | {"kind": st.sampled_from(get_args(Kind))}, type=st.just("malformed_sse")),
    mapping(ABOUT_FAULTS | {"status": st.integers(400, 599)}, type=st.just("html_error_page")),
    mapping(ABOUT_FAULTS | {"content_type": TEXTS}, type=st.just("wrong_content_type")),
    mapping(ABOUT_FAULTS | {"by": st.sampled_from([-3, 3])}, type=st.just("content_length_mismatch")),
    mapping(ABOUT_FAULTS | {"error": ERRORS}, type=st.just("error_body_200")),
)
TOKENS = st.sampled_from([0, 12, "{{ step }}"])
OPTIONS = {
    "stop_reason": TEXTS,
    "stop_sequence": TEXTS,
    "stop_details": mapping({"category": TEXTS, "explanation": TEXTS, "recommended_model": TEXTS}),
    "usage": mapping(
        dict.fromkeys(("input_tokens", "output_tokens", "cache_read_input_tokens"), TOKENS)
        | {"speed": TEXTS, "web_search_requests": TOKENS}
    ),
    "model": TEXTS,
    "container": mapping({"id": TEXTS, "expires_at": TEXTS, "skills": st.just([{"skill_id": "pdf"}])}),
    "context_management": mapping(
        {
            "applied_edits": several(
                mapping({"cleared_input_tokens": st.integers(0, 2)}, cleared_tool_uses=st.integers(0, 2))
                | mapping({"cleared_input_tokens": st.integers(0, 2)}, cleared_thinking_turns=COUNTS)
            )
        }
    ),
    "headers": HEADERS,
    "delay": DELAYS,
    "pace": PACES,
    "fault": ONE_FAULT | several(ONE_FAULT),
}
DELTAS = TEXTS | st.lists(TEXTS, max_size=2)
INPUTS = st.dictionaries(st.sampled_from(["a", "b"]), ANYTHING, max_size=1) | several(TEXTS)
OF_CALL = {"id": TEXTS}
FAILED = mapping(OF_CALL, error=TEXTS)
PAGES_FOUND = several(mapping({"title": TEXTS, "page_age": TEXTS}, url=TEXTS))
OF_MCP = {"server_name": TEXTS, "name": TEXTS}
SERVER_TOOLS = {
    "web_search": FAILED | mapping(OF_CALL | {"results": PAGES_FOUND}, query=TEXTS),
    "web_fetch": FAILED | mapping(OF_CALL | {"text": TEXTS, "title": TEXTS}, url=TEXTS),
    "code_execution": FAILED
    | both(
        one_key({"code": TEXTS, "command": TEXTS}),
        mapping(
            OF_CALL | {"stdout": TEXTS, "stderr": TEXTS, "return_code": st.integers(0, 2), "files": several(TEXTS)}
        ),
    ),
    "tool_search": FAILED | mapping(OF_CALL | {"tools": several(TEXTS)}, query=TEXTS),
    "mcp_tool_use": mapping(OF_CALL | {"input": st.just({"a": 1})}, **OF_MCP)
    | mapping({"input": st.just({})}, result=TEXTS, **OF_MCP)
    | st.fixed_dictionaries({"error": TEXTS, **OF_MCP}),
}
WHICH = st.sampled_from(["Report", "{{ prompt }}"]) | st.integers(0, 2)
OF_CITATION = {"cited_text": TEXTS, "title": TEXTS}
CITATIONS = several(
    mapping(OF_CITATION, url=TEXTS)
    | mapping(OF_CITATION | {"page": COUNTS}, document=WHICH)
    | mapping(OF_CITATION, search_result=WHICH)
)
BLOCKS = {
    **SERVER_TOOLS,
    "text": DELTAS,
    "thinking": DELTAS,
    "redacted_thinking": TEXTS,
    "tool_use": mapping({"input": INPUTS, "id": TEXTS}, name=TEXTS),
    "generate": one_key({"words": COUNTS, "sentences": COUNTS, "json": st.just(True), "tool": TEXTS | st.just(True)}),
    "block": st.fixed_dictionaries({"type": TEXTS.filter(lambda one: isinstance(one, str)), "more": ANYTHING}),
}
CITED = st.fixed_dictionaries({"text": DELTAS, "citations": CITATIONS})
CONTENTS = st.lists(DELTAS | one_key(BLOCKS) | CITED, max_size=2)


def picked(names: Sequence[str]) -> Values:
    """Some of the options."""
    return mapping({name: OPTIONS[name] for name in names if name in OPTIONS})


def answers(own: Values, depth: int) -> Values:
    """Mappings with an answer's keys and some of their own; answers stand in answers so deep."""
    kinds = [
        both(one_key(BLOCKS | {"content": CONTENTS}) | CITED, picked(OF_MESSAGE)),
        both(st.fixed_dictionaries({"error": ERRORS}), picked(BESIDE["error"])),
        both(st.fixed_dictionaries({"fault": ONE_FAULT}), picked(OF_MESSAGE)),
    ]
    if depth:
        kinds += nested(depth - 1)
    return both(st.one_of(*kinds), own)


def nested(depth: int) -> list[Values]:
    items = several(shortened(answers(mapping({"times": COUNTS}), depth)))
    choices = several(shortened(answers(mapping({"weight": st.sampled_from([1, 0.5])}), depth)))
    ends = mapping({"then": st.sampled_from(["repeat_last", "loop", "next_rule", "error"])})
    return [
        both(st.fixed_dictionaries({"reply": shortened(answers(st.just({}), depth))}), picked(OF_MESSAGE)),
        both(both(one_key(dict.fromkeys(ENDING, items)), ends), picked(INHERITED)),
        both(st.fixed_dictionaries({"choose": choices}), picked(INHERITED)),
    ]


def shortened(mappings: Values) -> Values:
    return TEXTS | CONTENTS | mappings


def conditions(values: Values, depth: int = 1, textual: bool = True, **own: Values) -> Values:
    operands = values | several(values)
    texts = TEXTS | several(TEXTS)
    operators = dict.fromkeys(("equals", "in", "gt", "gte", "lt", "lte"), operands) | {"present": BOOLEANS, **own}
    if textual:
        operators |= dict.fromkeys(TEXTUAL[:-1], texts) | {TEXTUAL[-1]: st.just(r"v(\d+)")}
    if depth:
        inner = conditions(values, depth - 1, textual, **own)
        operators |= {"not": inner} | dict.fromkeys(("all", "any", "none"), several(inner))
    return values | several(values) | mapping(operators)


def matches(depth: int = 1) -> Values:
    texts = conditions(TEXTS)
    counts, booleans = (conditions(values, textual=False) for values in (COUNTS, BOOLEANS))
    json = conditions(ANYTHING.filter(lambda one: not isinstance(one, dict | list)) | st.none())
    keys = dict.fromkeys(("prompt", "system", "tools", "model", "effort", "key"), texts)
    keys |= dict.fromkeys(("step", "attempt"), counts) | {"stream": booleans, "structured": booleans}
    keys |= {"header": st.dictionaries(TEXTS.map(str), texts, max_size=1)}
    keys |= {"body": st.dictionaries(TEXTS.map(str), json, max_size=1)}
    keys |= {"tool_result": conditions(TEXTS, name=texts, is_error=BOOLEANS)}
    kinds = conditions(st.sampled_from(["document", "image"]))
    named = {"name": texts, "media_type": texts, "url": texts, "file_id": texts}
    keys |= {"attachment": conditions(TEXTS, 1, True, type=kinds, size_bytes=counts, **named)}
    keys |= {"agent": conditions(st.sampled_from(get_args(Agent)))}
    keys |= {"clock": conditions(DURATIONS, textual=False, every=PERIODS)}
    if depth:
        keys |= dict.fromkeys(("all", "any", "none"), several(matches(depth - 1)))
    return mapping(keys)


RATES = st.sampled_from([5, "5/m", " 20 / s ", "100/5h"])
MONEY = st.sampled_from([0, 3, 0.05, 1e9])
MOMENTS = st.sampled_from(["1h", 60, "2026-12-31", "2026-12-31T23:59:00Z", "2026-12-31 23:59+01:00"])
CLASSES = st.sampled_from(["haiku", "sonnet", "opus", "fable", "mythos", "other"])
OF_CLASSES = mapping(
    dict.fromkeys(("requests", "tokens", "input_tokens", "output_tokens"), RATES) | {"concurrent": COUNTS}
)
LIMITS = both(OF_CLASSES, mapping({"models": st.dictionaries(CLASSES, OF_CLASSES, max_size=2)}))
STATES = st.sampled_from(["active", "disabled", "expired", "session_expired"])
GATEWAY_KEYS = STATES | mapping(
    {"state": STATES, "expires": MOMENTS, "uses": COUNTS, "balance": MONEY, "limits": LIMITS}
)
WINDOWS = mapping({"used": SHARES}, tokens=COUNTS)
PRICES = mapping(dict.fromkeys(("cache_write_5m", "cache_write_1h", "cache_read"), MONEY), input=MONEY, output=MONEY)
NAMES = st.sampled_from(["a", "*", "claude-opus-5"])
ENDS = {"for": PERIODS, "times": COUNTS}
PROVIDER_STATES = st.sampled_from([*STATES_ALONE, 429, 599]) | st.one_of(
    mapping(ENDS, type=st.sampled_from(STATES_ALONE)),
    mapping(ENDS, type=st.just("slow"), delay=PERIODS),
    mapping(ENDS | {"status": st.integers(400, 599), "retry_after": DURATIONS}, type=st.just("error")),
    mapping(ENDS | {"events": COUNTS, "ending": st.sampled_from(["error_event", "truncate"])}, type=st.just("break")),
)
OF_ENDPOINTS = {
    "prices": PRICES,
    "throughput": st.sampled_from([1, 0.5]),
    "latency": DURATIONS,
    "max_tokens": COUNTS,
    "supports": st.lists(TEXTS, max_size=2),
    "quantization": st.sampled_from(["fp8", "unknown"]),
}
PROVIDERS = mapping(
    OF_ENDPOINTS
    | {
        "models": TEXTS | several(TEXTS) | st.dictionaries(NAMES, mapping(OF_ENDPOINTS), min_size=1, max_size=2),
        "data_collection": BOOLEANS,
        "zdr": BOOLEANS,
        "state": PROVIDER_STATES | several(PROVIDER_STATES),
        "then": st.sampled_from(["up", "loop"]),
    }
)
GATEWAYS = mapping(
    {
        "dialect": st.sampled_from(["siraya", "anthropic"]),
        "keys": st.dictionaries(NAMES, GATEWAY_KEYS, min_size=1, max_size=2),
        "bearer_only": BOOLEANS,
        "limits": LIMITS,
        "subscription": mapping({"five_hour": WINDOWS, "seven_day": WINDOWS, "warning": SHARES, "overage": BOOLEANS}),
        "credits": mapping(
            {
                "low": MONEY,
                "reserve": st.sampled_from(["max_tokens", "input"]),
                "exhausted": st.sampled_from(["finish", "error_event"]),
                "message": st.sampled_from(["page", "affordable"]),
            },
            balance=MONEY,
        ),
        "models": st.dictionaries(
            NAMES,
            mapping({"window": COUNTS, "max_tokens": COUNTS, "cache_minimum": st.integers(0, 3), "prices": PRICES}),
            max_size=2,
        ),
        "providers": st.dictionaries(st.sampled_from(["a", "b/c.d"]), PROVIDERS, max_size=2),
        "unroutable": st.sampled_from([503, 404]),
        "model_naming": st.sampled_from(["lenient", "strict"]),
        "fallbacks": st.dictionaries(NAMES, st.lists(TEXTS, max_size=2), max_size=2),
        "caching": BOOLEANS,
        "batches": mapping({"duration": DURATIONS}),
        "files": st.fixed_dictionaries({"a": mapping({"mime_type": TEXTS}, filename=TEXTS, text=TEXTS)}),
        "downloadable_uploads": BOOLEANS,
        "unknown_ids": st.sampled_from(("refuse", "invent")),
    }
)
RULES = answers(mapping({"match": matches(), "fallback": BOOLEANS, "times": COUNTS, "expect": TIMES}), 1)
ABOUT_FILES = {
    "description": TEXTS,
    "defaults": picked(INHERITED),
    "gateway": GATEWAYS,
    "x-mine": ANYTHING,
    "version": TEXTS,
    "$schema": TEXTS,
}
RULED = st.fixed_dictionaries({"rules": several(shortened(RULES))})
SCENARIOS = shortened(st.one_of(both(RULED, mapping(ABOUT_FILES)), answers(mapping(ABOUT_FILES), 2)))

# What may stand where it should not; no whole number has a decimal point, since JSON Schema does not see it.
STRAY: list[Any] = [None, True, False, 0, -1, 1, 11, 0.5, 2.5, -0.5, 399, 450, 600, 10**9, 10**9 + 1]
STRAY += ["", "x", "2s", " 2s ", "0s", "0.0ms", "0.01s", "2w", "2", "fast", "stall", "loop", "main", "{{ step }}", "{%"]
STRAY += ["siraya", "message_start", "overloaded_error", [], {}, [None], [[]], ["a"], [1], ["a", ["b", True]]]
STRAY += [{"type": "stall"}, {"type": 1}, {"type": "fixed", "delay": 1}, {"text": "a"}, {"x": None}, {"x": 1}]
STRAY += [
    {"x y": "a"},
    {"Content-Length": 1},
    {"{{ step }}": "a"},
    [{"text": "a"}],
    [{"thinking": True}],
    {"not": None},
]
STRAY += [
    {"tps": 0},
    {"nth": 1},
    {"status": 1},
    {"type": "x"},
    {"status": "{{ step }}"},
    {"name": 1, "input": ["{", 1]},
]
KEYS = [
    "text",
    "reply",
    "content",
    "error",
    "steps",
    "choose",
    "rules",
    "fault",
    "then",
    "pace",
    "usage",
    "match",
    "id",
]
KEYS += [
    "times",
    "expect",
    "at_most",
    "weight",
    "type",
    "status",
    "at",
    "nth",
    "event",
    "interval",
    "tps",
    "not",
    "any",
    "name",
    "input",
]
KEYS += ["keys", "limits", "models", "requests", "uses", "expires", "balance", "tokens", "prices", "credits"]
KEYS += ["x-mine", "version", "$schema", "nope", "Content-Length", "two words", "delay", "share", "equals", "every"]


def _ruled(match: Any) -> Any:
    return {"rules": [{"match": match, "reply": "a"}]}


def _gateway(section: Any) -> Any:
    return {"text": "a", "gateway": section}


def _with_fault(fault: Any) -> Any:
    return {"text": "a", "fault": fault}


def _with_delay(delay: Any) -> Any:
    return {"text": "a", "delay": delay}


# Of every class that people write, a small mapping and a scenario for it to stand in.
PLACED: dict[str, tuple[dict[str, Any], Callable[[Any], Any]]] = {
    "ScenarioForm": ({"text": "a"}, lambda one: one),
    "RuleForm": ({"text": "a"}, lambda one: {"rules": [one]}),
    "Answer": ({"text": "a"}, lambda one: {"reply": one}),
    "Item": ({"text": "a"}, lambda one: {"steps": [one]}),
    "Choice": ({"text": "a"}, lambda one: {"choose": [one]}),
    "BlockForm": ({}, lambda one: {"content": [one]}),
    "ToolUse": ({"name": "Read"}, lambda one: {"tool_use": one}),
    "WebSearch": ({"query": "a"}, lambda one: {"web_search": one}),
    "WebResult": ({"url": "a"}, lambda one: {"web_search": {"query": "a", "results": [one]}}),
    "WebFetch": ({"url": "a"}, lambda one: {"web_fetch": one}),
    "CodeExecution": ({"code": "a"}, lambda one: {"code_execution": one}),
    "ToolSearch": ({"query": "a"}, lambda one: {"tool_search": one}),
    "McpToolUse": ({"server_name": "a", "name": "b"}, lambda one: {"mcp_tool_use": one}),
    "Citation": ({"url": "a"}, lambda one: {"text": "a", "citations": [one]}),
    "StopDetails": ({}, lambda one: {"text": "a", "stop_details": one}),
    "Container": ({}, lambda one: {"text": "a", "container": one}),
    "ContextManagement": ({}, lambda one: {"text": "a", "context_management": one}),
    "Edit": ({"cleared_tool_uses": 1}, lambda one: {"text": "a", "context_management": {"applied_edits": [one]}}),
    "Generate": ({}, lambda one: {"generate": one}),
    "UsageForm": ({}, lambda one: {"text": "a", "usage": one}),
    "ChaosForm": ({"delay": 1}, lambda one: {"rules": ["a"], "chaos": [one]}),
    "Defaults": ({}, lambda one: {"rules": ["a"], "defaults": one}),
    "Gateway": ({}, lambda one: {"rules": ["a"], "gateway": one}),
    "Key": ({}, lambda one: _gateway({"keys": {"a": one}})),
    "ClassLimits": ({}, lambda one: _gateway({"limits": {"models": {"opus": one}}})),
    "Limits": ({}, lambda one: _gateway({"limits": one})),
    "Subscription": ({}, lambda one: _gateway({"subscription": one})),
    "Window": ({"tokens": 1}, lambda one: _gateway({"subscription": {"five_hour": one}})),
    "Credits": ({"balance": 1}, lambda one: _gateway({"credits": one})),
    "ModelForm": ({}, lambda one: _gateway({"models": {"a": one}})),
    "Prices": ({"input": 1, "output": 5}, lambda one: _gateway({"models": {"a": {"prices": one}}})),
    "Moderation": ({"reasons": {"a": "b"}}, lambda one: _gateway({"moderation": one})),
    "Reason": ({"words": "a"}, lambda one: _gateway({"moderation": {"reasons": {"a": one}}})),
    "FileForm": ({"filename": "a", "text": "b"}, lambda one: _gateway({"files": {"a": one}})),
    "BatchesForm": ({"duration": 1}, lambda one: _gateway({"batches": one})),
    "Timeouts": ({"total": 1}, lambda one: _gateway({"timeout": one})),
    "Provider": ({}, lambda one: _gateway({"providers": {"a": one}})),
    "Endpoint": ({}, lambda one: _gateway({"providers": {"a": {"models": {"b": one}}}})),
    **{
        state.__name__: (
            {"type": name_of_state(state), **({"delay": 1} if name_of_state(state) == "slow" else {})},
            lambda one: _gateway({"providers": {"a": {"state": one}}}),
        )
        for state in PROVIDERS_STATES
    },
    "ScriptedError": ({"status": 429}, lambda one: {"error": one}),
    "Pace": ({}, lambda one: {"text": "a", "pace": one}),
    "Fixed": ({"type": "fixed", "delay": 1}, _with_delay),
    "Uniform": ({"type": "uniform", "lower": 0, "upper": "7d"}, _with_delay),
    "Lognormal": ({"type": "lognormal", "median": 1, "sigma": 1}, _with_delay),
    **{
        fault.__name__: ({"type": name_of(fault), **NEEDY.get(name_of(fault), {})}, _with_fault)
        for faults in GROUPS.values()
        for fault in faults
    },
    "At": ({}, lambda one: _with_fault({"type": "stall", "at": one})),
    "Match": ({}, _ruled),
    "Times": ({"at_least": 1}, lambda one: {"rules": [{"reply": "a", "expect": one}]}),
    "TextCondition": ({}, lambda one: _ruled({"prompt": one})),
    "CountCondition": ({}, lambda one: _ruled({"step": one})),
    "BooleanCondition": ({}, lambda one: _ruled({"stream": one})),
    "ModelCondition": ({}, lambda one: _ruled({"model": one})),
    "AgentCondition": ({}, lambda one: _ruled({"agent": one})),
    "JsonCondition": ({}, lambda one: _ruled({"body": {"a.b": one}})),
    "ToolResultCondition": ({}, lambda one: _ruled({"tool_result": one})),
    "AttachmentCondition": ({}, lambda one: _ruled({"attachment": one})),
    "KindCondition": ({}, lambda one: _ruled({"attachment": {"type": one}})),
    "ClockCondition": ({}, lambda one: _ruled({"clock": one})),
}


def paths(value: Any, here: Path = ()) -> Iterator[Path]:
    """Of everything in a value."""
    yield here
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, part in inside:
        yield from paths(part, (*here, step))


def changed(value: Any, path: Path, change: Slip) -> Any:
    """The value with one part of it changed."""
    if not path:
        return change(value)
    step, *rest = path
    part = changed(value[step], tuple(rest), change)
    if isinstance(value, dict):
        return value | {step: part}
    return [part if index == step else other for index, other in enumerate(value)]


@st.composite
def slipped(draw: st.DrawFn, scenario: Any) -> Any:
    """A scenario with a slip or two in it."""
    for slip in draw(st.lists(SLIPS, min_size=1, max_size=2)):
        scenario = changed(scenario, draw(st.sampled_from(list(paths(scenario)))), slip)
    return scenario


def _with(key: str, part: Any) -> Slip:
    def slip(value: Any) -> Any:
        if isinstance(value, list):
            return [*value, part]
        return value | {key: part} if isinstance(value, dict) else {key: value}

    return slip


def _renamed(key: str) -> Slip:
    """The last key, or none, by another name."""

    def slip(value: Any) -> Any:
        *others, (_, part) = value.items() if isinstance(value, dict) and value else [("", value)]
        return dict(others) | {key: part}

    return slip


def _without_last(value: Any) -> Any:
    if isinstance(value, dict):
        return dict(list(value.items())[:-1])
    return value[:-1] if isinstance(value, list) else [value]


SLIPS: st.SearchStrategy[Slip] = st.one_of(
    st.sampled_from(STRAY).map(lambda stray: lambda _: stray),
    st.just(_without_last),
    st.builds(_with, st.sampled_from(KEYS), st.sampled_from(STRAY)),
    st.builds(_renamed, st.sampled_from(KEYS)),
)
