import pytest

from mockgw.lint.loops import endless
from tests.support import scenario

CALL = "tool_use: {name: Bash, input: {command: ls}}"
PAUSE = "web_search: {query: a}, stop_reason: pause_turn"
BELOW = f"  - match: {{prompt: {{contains: fix}}}}\n    {CALL}"


def places(text: str) -> list[tuple[int | None, int | None]]:
    return [(problem.line, problem.column) for problem in endless(scenario(text))]


def test_a_call_with_nothing_after_it_is_told() -> None:
    (problem,) = endless(scenario(f"rules:\n{BELOW}"))

    assert (problem.code, problem.severity, problem.line, problem.column) == ("endless-tool-call", "warning", 3, 15)
    assert problem.message == (
        "after the tool's result this call is made again, for ever; put it into 'steps' with an answer after it, "
        "match {step: 0} here and answer the rest below, or match {tool_result: …} in a rule above"
    )


def test_a_pause_without_an_end_is_told_where_it_is_said() -> None:
    (problem,) = endless(scenario(f"{{{PAUSE}}}"))

    assert (problem.code, problem.line, problem.column) == ("endless-tool-call", 1, 39)
    assert problem.message == "sent back, this pauses again, for ever; put it into 'steps' with an answer after it"


def test_a_pause_with_an_end_is_none() -> None:
    assert places(f"steps: [{{{PAUSE}}}, a]") == []
    assert places(f"rules:\n  - {{match: {{step: 0}}, {PAUSE}}}\n  - reply: a") == []


def test_a_file_without_rules_has_none_to_be_above() -> None:
    (problem,) = endless(scenario(CALL))

    assert problem.message.endswith("put it into 'steps' with an answer after it")


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(CALL, id="tool-use"),
        pytest.param("generate: {tool: true}", id="generate"),
        pytest.param("generate: {tool: Bash}", id="generate-by-name"),
        pytest.param("block: {type: tool_use, name: Bash}", id="block"),
        pytest.param("reply: {tool_use: {name: '{{ prompt }}'}}", id="template"),
        pytest.param(f"content: [Let me see., {{{CALL}}}]", id="content"),
        pytest.param(f"reply: [Let me see., {{{CALL}}}]", id="list"),
        pytest.param(f"{{{CALL}, stop_reason: tool_use}}", id="stop-reason"),
        pytest.param(f"steps: [{{{CALL}}}]", id="steps"),
        pytest.param(f"{{steps: [{{{CALL}}}, {{{CALL}}}], then: loop}}", id="steps-that-loop"),
        pytest.param(f"{{match: {{step: {{gte: 1}}}}, steps: [a, {{{CALL}}}]}}", id="steps-from-the-second"),
        pytest.param(f"attempts: [{{{CALL}}}, a]", id="attempts"),
        pytest.param(f"replies: [a, {{{CALL}}}]", id="replies"),
        pytest.param(f"{{replies: [{{{CALL}}}, {{{CALL}}}], then: loop}}", id="replies-that-loop"),
        pytest.param(f"choose: [a, {{{CALL}}}]", id="choose"),
        pytest.param(PAUSE, id="pause"),
        pytest.param(f"steps: [{{{CALL}}}, {{{PAUSE}}}]", id="steps-that-pause"),
        pytest.param(f"{{match: {{tool_result: {{name: Bash}}}}, {CALL}}}", id="after-its-own-result"),
        pytest.param(f"{{match: {{tool_result: {{present: true}}}}, {CALL}}}", id="after-any-result"),
        pytest.param(f"{{match: {{turn: {{gte: 3}}}}, {CALL}}}", id="later-turns"),
        pytest.param(f"{{match: {{prompt: {{matches: '(?i)fix'}}, tools: Bash}}, {CALL}}}", id="regex"),
        pytest.param(f"{{match: {{any: [{{step: 0}}, {{prompt: a}}]}}, {CALL}}}", id="one-of-several-ways"),
    ],
)
def test_calls_that_are_made_for_ever(answer: str) -> None:
    text = answer if answer.startswith("{") else f"{{{answer}}}"

    assert len(places(f"rules:\n  - {text}")) == 1


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param("reply: a", id="text"),
        pytest.param("generate: {words: 3}", id="words"),
        pytest.param("block: {type: server_tool_use, id: x, name: web_search, input: {}}", id="server-tool"),
        pytest.param("error: 529", id="error"),
        pytest.param(f"steps: [{{{CALL}}}, done]", id="steps"),
        pytest.param(f"steps: [a, {{{CALL}}}]", id="steps-that-end-before"),
        pytest.param(f"{{steps: [{{{CALL}}}, done], then: loop}}", id="steps-that-loop"),
        pytest.param(f"{{steps: [{{{CALL}}}], then: next_rule}}", id="next-rule"),
        pytest.param(f"{{replies: [{{{CALL}}}], then: error}}", id="used-up"),
        pytest.param(f"{{replies: [{{{CALL}}}, a], then: loop}}", id="replies-that-loop"),
        pytest.param(f"replies: [{{{CALL}}}, a]", id="replies"),
        pytest.param(f"attempts: [{{error: 529}}, {{{CALL}}}]", id="attempts"),
        pytest.param(f"{{{CALL}, stop_reason: end_turn}}", id="stop-reason"),
        pytest.param(f"{{{CALL}, stop_sequence: END}}", id="stop-sequence"),
        pytest.param(f"{{{CALL}, fault: truncate}}", id="fault"),
        pytest.param(f"{{times: 1, {CALL}}}", id="times"),
        pytest.param(f"{{match: {{step: 0}}, {CALL}}}", id="first-step"),
        pytest.param(f"{{match: {{turn: {{lt: 3}}}}, {CALL}}}", id="first-turns"),
        pytest.param(f"{{match: {{nth_request: 1}}, {CALL}}}", id="first-request"),
        pytest.param(f"{{match: {{attempt: {{gt: 1}}}}, {CALL}}}", id="retries"),
        pytest.param(f"{{match: {{tool_result: {{present: false}}}}, {CALL}}}", id="no-result"),
        pytest.param(f"{{match: {{tool_result: {{name: Read}}}}, {CALL}}}", id="another-result"),
        pytest.param(f"{{match: {{tool_result: {{contains: more}}}}, {CALL}}}", id="some-results"),
        pytest.param(f"{{match: {{tool_result: {{is_error: true}}}}, {CALL}}}", id="failed-results"),
        pytest.param(f"{{match: {{clock: {{lt: 10s}}}}, {CALL}}}", id="clock"),
        pytest.param(f"{{match: {{body: {{messages.-1.role: user}}}}, {CALL}}}", id="body"),
        pytest.param(f"{{match: {{body: {{tool_choice.type: tool}}}}, {CALL}}}", id="forced"),
    ],
)
def test_calls_that_come_to_an_end_or_may(answer: str) -> None:
    text = answer if answer.startswith("{") else f"{{{answer}}}"

    assert places(f"rules:\n  - {text}") == []


@pytest.mark.parametrize(
    ("above", "told"),
    [
        pytest.param("tool_result: {present: true}", False, id="any-result"),
        pytest.param("tool_result: {name: Bash, contains: passed}", False, id="some-results"),
        pytest.param("tool_result: {name: Read}", True, id="results-of-another-tool"),
        pytest.param("step: {gte: 1}", False, id="later-steps"),
        pytest.param("step: 3", False, id="a-later-step"),
        pytest.param("step: 0, prompt: a", True, id="first-step"),
        pytest.param("prompt: {contains: fix}, step: {gte: 1}", False, id="the-same-prompt"),
        pytest.param("prompt: {contains: other}, step: {gte: 1}", True, id="another-prompt"),
        pytest.param("prompt: {matches: 'f.x'}, step: {gte: 1}", False, id="a-regex-that-fits"),
        pytest.param("prompt: {not: {contains: other}}, step: {gte: 1}", False, id="not-another-prompt"),
        pytest.param("prompt: {present: false}, step: {gte: 1}", True, id="no-prompt"),
        pytest.param("system: {contains: x}, step: {gte: 1}", False, id="perhaps"),
        pytest.param("any: [{prompt: x}, {turn: 4}]", False, id="one-of-several"),
        pytest.param("reminders: {contains: x}", False, id="reminders"),
        pytest.param("prompt: {contains: fix it}", True, id="nothing-that-changes"),
    ],
)
def test_a_rule_above_may_take_the_result(above: str, told: bool) -> None:
    assert bool(places(f"rules:\n  - match: {{{above}}}\n    reply: done\n{BELOW}")) is told


@pytest.mark.parametrize(
    ("match", "above"),
    [
        pytest.param("prompt: {starts_with: a, ends_with: c, contains: b}", "prompt: a b c", id="built-from-its-parts"),
        pytest.param("prompt: {in: [x, abc]}", "prompt: {contains: b}", id="known"),
        pytest.param("prompt: {matches: '[ab]'}", "prompt: {contains: a}", id="unknown"),
        pytest.param("body: {a: {gt: 3}}", "body: {a: 5}", id="number"),
        pytest.param("tools: {contains: a}", "tools: ab", id="several-values"),
    ],
)
def test_what_a_request_of_the_rule_may_look_like(match: str, above: str) -> None:
    rules = f"rules:\n  - match: {{{above}, step: {{gte: 1}}}}\n    reply: x\n  - match: {{{match}}}\n    {CALL}"

    assert len(places(rules)) == ("in:" in match)


def test_every_rule_that_loops_is_told_once() -> None:
    both = f"rules:\n{BELOW}\n  - match: {{prompt: [a, b]}}\n    choose: [{{{CALL}}}, {{{CALL}}}]"

    assert places(both) == [(3, 15), (5, 25)]


def test_rules_above_that_take_the_result_are_found_among_many() -> None:
    rules = [
        f"  - match: {{prompt: {{contains: word {number}.}}, step: {{gte: 1}}}}\n    reply: x\n"
        f"  - match: {{prompt: {{contains: word {number}.}}}}\n    {CALL}"
        for number in range(500)
    ]

    assert list(endless(scenario("\n".join(["rules:", *rules])))) == []
