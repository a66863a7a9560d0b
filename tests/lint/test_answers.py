import pytest

from mockgw.lint.answers import doubtful
from tests.support import scenario

SCHEMA = "{type: object, required: [title], properties: {title: {type: string}}}"
NOT_JSON = "the rule takes requests that ask for JSON, but 'Hello.' is none"


def asking_for(schema: str, reply: str) -> str:
    match = f"{{body: {{output_config.format.schema: {{equals: {schema}}}}}}}"
    return f"rules:\n  - match: {match}\n    reply: {reply}\n"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("reply: Hello.\nstop_reason: refusal", id="stop-reason"),
        pytest.param("reply: Hello.\nstop_reason: '{{ prompt }}'", id="templated-stop-reason"),
        pytest.param("tool_use: {name: T}\nstop_reason: tool_use", id="tool"),
        pytest.param("generate: {tool: true}\nstop_reason: tool_use", id="made-up-tool"),
        pytest.param("block: {type: tool_use, name: T, input: {}}\nstop_reason: tool_use", id="tool-as-on-the-wire"),
        pytest.param("tool_use: {name: '{{ prompt }}', input: ['{\"a\":', ' 1}']}", id="pieces"),
        pytest.param("tool_use: {name: T, input: ['{{ prompt }}']}", id="templated-pieces"),
        pytest.param("block: {type: image, source: {}}", id="unknown-block"),
        pytest.param("block: {type: '{{ prompt }}'}", id="templated-block"),
        pytest.param("block: {type: text, text: '{{ step }}'}", id="template-in-a-block"),
        pytest.param("error: 429", id="error"),
        pytest.param("fault: {type: stall, at: {fraction: 0}}", id="fault-with-its-place"),
        pytest.param("rules: [{match: {structured: true}, reply: '{\"a\": 1}'}]", id="json"),
        pytest.param("rules: [{match: {structured: true}, reply: '{{ prompt }}'}]", id="templated-json"),
        pytest.param("rules: [{match: {structured: true}, tool_use: {name: T}}]", id="tool-for-json"),
        pytest.param("rules: [{match: {structured: true}, thinking: Hm.}]", id="nothing-for-json"),
        pytest.param("rules: [{match: {structured: true}, generate: {json: true}}]", id="made-up-json"),
        pytest.param("rules: [{match: {tools: T}, generate: {tool: T}}]", id="offered-tool"),
        pytest.param("generate: {words: 3}", id="words"),
        pytest.param(asking_for(SCHEMA, '\'{"title": "a"}\''), id="schema"),
        pytest.param(asking_for("{type: nothing}", '\'{"title": "a"}\''), id="no-schema"),
        pytest.param(asking_for("{$ref: 'http://127.0.0.1:9/schema'}", "'{}'"), id="schema-elsewhere"),
        pytest.param(asking_for("[a, b]", "Hello."), id="several-values"),
    ],
)
def test_what_a_client_can_take_is_no_problem(text: str) -> None:
    assert list(doubtful(scenario(text))) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "reply: a\nstop_reason: tool_use",
            "2:14: stop_reason is 'tool_use', but no tool is called; add a 'tool_use', or leave it out",
            id="no-tool",
        ),
        pytest.param(
            "tool_use: {name: T}\nstop_reason: end_turn",
            "2:14: a tool is called, but stop_reason is 'end_turn', so clients may not run it; leave stop_reason out",
            id="tool",
        ),
        pytest.param(
            "reply: a\nstop_reason: endturn",
            "2:14: the API has no stop_reason 'endturn'; did you mean 'end_turn'?",
            id="stop-reason",
        ),
        pytest.param(
            "reply: a\nstop_reason: x",
            "2:14: the API has no stop_reason 'x'; it has end_turn, max_tokens, stop_sequence, tool_use, pause_turn, "
            "refusal, model_context_window_exceeded, compaction",
            id="unlike-any",
        ),
        pytest.param(
            "content: [a, {tool_use: {name: a.b}}]",
            "1:32: no client can have a tool 'a.b': the API takes up to 128 letters, digits, _ and -",
            id="tool-name",
        ),
        pytest.param(
            "tool_use: {name: T, input: ['{\"a\"', ' 1']}",
            "1:28: together these pieces are '{\"a\" 1', and that is no JSON object; clients cannot read the input",
            id="pieces",
        ),
        pytest.param("block: {type: text}", "1:8: a 'text' block on the wire has 'text'; add it", id="block"),
        pytest.param(
            "- block: {type: tool_use, name: T, input: [a]}",
            "1:43: 'input' of a 'tool_use' block is a mapping, found a list",
            id="block-value",
        ),
        pytest.param(
            "block: {type: server_tooluse}",
            "1:15: clients know no block 'server_tooluse'; did you mean 'server_tool_use'?",
            id="block-type",
        ),
        pytest.param("rules: [{match: {structured: true}, reply: Hello.}]", f"1:44: {NOT_JSON}", id="no-json"),
        pytest.param(asking_for(SCHEMA, "Hello."), f"3:12: {NOT_JSON}", id="no-json-for-a-schema"),
        pytest.param(
            asking_for(SCHEMA, '\'{"name": "a"}\''),
            '3:12: the schema that the rule asks for does not allow this answer: "title" is a required property',
            id="schema",
        ),
        pytest.param(
            "rules: [{fault: stall}]",
            "1:17: 'stall' strikes half-way, and there is no answer; add a 'reply', or say where with 'at'",
            id="fault-without-answer",
        ),
    ],
)
def test_what_a_client_will_hardly_take_is_a_warning(text: str, expected: str) -> None:
    (problem,) = doubtful(scenario(text))
    assert (str(problem), problem.code, problem.severity) == (f"test.yaml:{expected}", "doubtful-answer", "warning")


@pytest.mark.parametrize(
    ("match", "generate", "expected"),
    [
        ("structured: false", "json: true", "{json: true} needs a request that asks for JSON"),
        ("tools: {present: false}", "tool: true", "{tool: …} needs a request that offers tools"),
    ],
    ids=["json", "tool"],
)
def test_what_cannot_be_made_is_an_error(match: str, generate: str, expected: str) -> None:
    (problem,) = doubtful(scenario(f"rules: [{{match: {{{match}}}, generate: {{{generate}}}}}]"))
    assert problem.message.startswith(f"generate: {expected}, and this rule takes only others; change ")
    assert (problem.code, problem.severity) == ("impossible-answer", "error")


def test_arguments_that_claude_codes_tools_refuse_are_a_warning() -> None:
    first, second = doubtful(
        scenario("content:\n  - tool_use: {name: Read, input: {path: a}}\n  - tool_use: {name: Read}")
    )
    assert (first.line, first.column, first.code, first.severity) == (2, 36, "tool-input", "warning")
    assert (second.line, second.column) == (3, 5)
    assert first.message.endswith("has no 'path'; did you mean 'file_path'?")
