from typing import Any

import pytest

from mockgw.engine import template
from mockgw.engine.jinja import OURS
from mockgw.engine.template import Scope, Unrenderable, rendered
from mockgw.scenario.options import UsageForm
from tests.support import answer, ask, body, head, parsed, pipeline, scenario, text, turns

CALL = [{"type": "tool_use", "id": "t", "name": "Read", "input": {}}]
RESULTS = [
    {"type": "tool_result", "tool_use_id": "t", "content": "one"},
    {"type": "tool_result", "tool_use_id": "t", "content": [{"type": "text", "text": "two"}]},
]
LOOP = body(
    messages=turns("fix  code 7", CALL, RESULTS),
    system="You work.\nWorking directory: /home/me\nNothing else.",
)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("{{ prompt }}", "fix  code 7", id="prompt"),
        pytest.param("{{ model }}", "claude-sonnet-4-5", id="model"),
        pytest.param("{{ step }}-{{ turn }}-{{ attempt }}", "1-1-1", id="counts"),
        pytest.param("{{ session }}", "mine", id="session"),
        pytest.param("{{ tool_result }}", "one\ntwo", id="tool-result"),
        pytest.param("{{ cwd }}/calc.py", "/home/me/calc.py", id="cwd"),
        pytest.param("{{ groups.code }}", "7", id="groups"),
        pytest.param("{{ request.max_tokens + 1 }}", "1001", id="request"),
        pytest.param("{{ request.messages[0].content | upper }}", "FIX  CODE 7", id="filter"),
        pytest.param("{{ now.isoformat() }}", "2026-01-01T00:00:00+00:00", id="now"),
        pytest.param("{{ fake.random_int(5, 5) }}", "5", id="fake"),
        pytest.param("{% if step %}later{% endif %}{# no #}", "later", id="statement"),
        pytest.param("{% for n in range(3) %}{{ n }}{% endfor %}", "012", id="loop"),
        pytest.param("{% set a = 1 %}{{ a }}", "1", id="own-name"),
        pytest.param("{% raw %}{{ 7*7 }}{% endraw %}", "{{ 7*7 }}", id="raw"),
        pytest.param("{{ 1 }}\n", "1\n", id="line-break-stays"),
    ],
)
def test_every_name(written: str, expected: str) -> None:
    gateway = pipeline(
        f"""
        rules:
          - match: {{prompt: {{matches: 'code (?P<code>[0-9]+)'}}}}
            text: "{written.replace(chr(10), chr(92) + "n")}"
        """
    )

    assert text(gateway, LOOP, x_mockgw_session="mine") == expected


def test_names_have_a_value_when_there_is_nothing() -> None:
    image = {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}}
    gateway = pipeline("reply: '[{{ prompt }}][{{ tool_result }}][{{ cwd }}][{{ groups }}]'")

    assert text(gateway, body(messages=turns([image]))) == "[][][.][{}]"


def test_the_names_are_all_there() -> None:
    everything = " ".join(f"{{{{ {name} }}}}" for name in template.NAMES)

    assert "undefined" not in text(pipeline(f"reply: '{everything}'"), LOOP)


@pytest.mark.parametrize("typed", ["{{ 7*7 }}", "{% raw %}", "{{ prompt }}", "{# x", "{{ '{{ 7*7 }}' }}"])
def test_request_text_is_data(typed: str) -> None:
    gateway = pipeline("content: [{text: 'You said {{ prompt }}'}, {text: '{{ prompt }}'}]")

    assert text(gateway, body(typed)) == f"You said {typed}{typed}"


@pytest.mark.parametrize(
    ("written", "value"),
    [
        pytest.param("'{{ step }}'", 1, id="number"),
        pytest.param("'{{ true }}'", True, id="boolean"),
        pytest.param("'{{ none }}'", None, id="null"),
        pytest.param("'{{ [1, {}] }}'", [1, {}], id="list"),
        pytest.param("' {{ step }} '", " 1 ", id="blanks-make-text"),
        pytest.param("'{{- step -}}'", 1, id="stripping"),
        pytest.param("'step {{ step }}'", "step 1", id="mixed"),
        pytest.param("'{{ step }}{{ step }}'", "11", id="two"),
        pytest.param("'{{ step }}{# c #}'", "1", id="comment"),
        pytest.param("['{{ step }}', {a: '{{ turn }}'}]", [1, {"a": 1}], id="deep"),
        pytest.param("'{{ now }}'", "2026-01-01T00:00:00+00:00", id="date"),
        pytest.param("'{{ request.messages[0] }}'", {"role": "user", "content": "fix  code 7"}, id="mapping"),
    ],
)
def test_one_expression_keeps_its_type_in_a_tools_input(written: str, value: Any) -> None:
    received = answer(pipeline(f"tool_use: {{name: T, input: {{a: {written}}}}}"), LOOP)

    (call,) = received["content"]
    assert call["input"] == {"a": value}
    assert type(call["input"]["a"]) is type(value)


def test_keys_and_pieces_of_json_are_text() -> None:
    received = answer(
        pipeline(
            """
            content:
              - tool_use: {name: '{{ "T" }}', id: 'toolu_{{ turn }}', input: {'k{{ step }}': x}}
              - tool_use: {name: T, input: ['{"a": ', '{{ step }}', '}']}
              - block: {type: custom, n: '{{ step }}'}
            """
        ),
        LOOP,
    )

    one, two, other = received["content"]
    assert (one["name"], one["id"], one["input"]) == ("T", "toolu_1", {"k1": "x"})
    assert (two["input"], other) == ({"a": 1}, {"type": "custom", "n": 1})


def test_options_are_rendered() -> None:
    options = "model: 'm-{{ step }}'\nstop_reason: '{{ prompt }}'\nheaders: {x-step: '{{ step }}'}"
    opened = ask(pipeline(f"text: [a, '{{{{ step }}}}']\n{options}"), body("refusal"))

    received = parsed(opened)
    assert (received["model"], received["stop_reason"], received["content"][0]["text"]) == ("m-0", "refusal", "a0")
    assert head(opened).headers["x-step"] == "0"


def test_faults_with_other_names_for_their_fields_are_rendered() -> None:
    text = "reply: {text: '{{ step }}', fault: {type: stall, for: 2s}, delay: 1s, pace: fast}"

    assert head(ask(pipeline(text))).status == 200


@pytest.mark.parametrize(
    ("written", "typed", "status"),
    [
        pytest.param("{status: '{{ prompt }}'}", "429", 429, id="text"),
        pytest.param("{status: '{{ 500 + 29 }}'}", "x", 529, id="number"),
        pytest.param("{type: '{{ prompt }}'}", "overloaded_error", 529, id="type"),
        pytest.param("'{{ prompt }}'", "billing_error", 402, id="shorthand"),
        pytest.param("{status: 429, retry_after: '{{ prompt }}'}", "2s", 429, id="duration"),
        pytest.param("{status: 429, retry_after: '{{ prompt }}'}", "1.5", 429, id="seconds"),
    ],
)
def test_numbers_are_read_where_they_are_wanted(written: str, typed: str, status: int) -> None:
    opened = ask(pipeline(f"error: {written}"), body(typed))

    assert head(opened).status == status
    assert head(opened).headers.get("retry-after") in (None, "2", "1.5")


def test_usage_may_be_rendered() -> None:
    usage = "{input_tokens: '{{ prompt }}', cache_read_input_tokens: '{{ 2 * 3 }}', output_tokens: 9}"
    received = answer(pipeline(f"reply: a\nusage: {usage}"), body("12"))["usage"]

    assert (received["input_tokens"], received["cache_read_input_tokens"], received["output_tokens"]) == (12, 6, 9)


@pytest.mark.parametrize(
    ("written", "typed", "problem"),
    [
        pytest.param("error: {status: '{{ prompt }}'}", "x", "'status': expected a whole number, found 'x'", id="word"),
        pytest.param(
            "error: {status: '{{ prompt }}'}", "200", "expected a status from 400 to 599, found 200", id="200"
        ),
        pytest.param("error: {status: '{{ prompt }}'}", "{{ 1 }}", "'status' cannot be '{{ 1 }}'", id="template"),
        pytest.param("error: {type: '{{ prompt }}'}", "{{ 1 }}", "'type' cannot be '{{ 1 }}'", id="type-template"),
        pytest.param("error: {type: '{{ prompt }}'}", "x", "expected an error type, found 'x'", id="type"),
        pytest.param(
            "error: {status: 429, retry_after: '{{ prompt }}'}",
            "9" * 30,
            "'retry_after': expected a duration",
            id="huge",
        ),
        pytest.param(
            "{reply: a, usage: {input_tokens: '{{ prompt }}'}}",
            "x",
            "'input_tokens': expected a whole number",
            id="usage",
        ),
        pytest.param("reply: '{{ nope }}'", "x", "'nope' is undefined", id="unknown"),
        pytest.param("reply: '{{ groups.code }}'", "x", "has no attribute 'code'", id="no-group"),
        pytest.param("tool_use: {name: T, input: {a: '{{ groups.b }}'}}", "x", "has no attribute 'b'", id="undefined"),
        pytest.param(
            "tool_use: {name: T, input: {a: '{{ [groups.b] }}'}}", "x", "not JSON serializable", id="undefined-in"
        ),
        pytest.param("tool_use: {name: T, input: {a: '{{ fake }}'}}", "x", "not JSON serializable: Faker", id="object"),
        pytest.param("reply: '{{ 1 / 0 }}'", "x", "ZeroDivisionError: division by zero", id="python"),
        pytest.param("reply: '{% include \"x\" %}'", "x", "no loader", id="include"),
        pytest.param("reply: \"{{ '\\\\ud800' }}\"", "x", "surrogates not allowed", id="surrogate"),
    ],
)
def test_what_cannot_be_rendered_is_a_400_with_the_place(written: str, typed: str, problem: str) -> None:
    opened = ask(pipeline(written), body(typed))

    headers = head(opened).headers
    assert (head(opened).status, headers["x-mockgw-error"], headers["x-should-retry"]) == (400, "template", "false")
    message = opened.exchange.message
    assert message.startswith("rule-1 (test.yaml:1): ")
    assert problem in message


@pytest.mark.parametrize(
    "escape",
    [
        "''.__class__",
        "request.__class__.__mro__",
        "fake.__init__.__globals__",
        "cycler.__init__.__globals__.os",
        "self.__init__",
        "''|attr('__class__')",
        "request.update({})",
        "request.messages.append(1)",
    ],
)
def test_nothing_escapes_from_the_sandbox(escape: str) -> None:
    gateway = pipeline(f'reply: "{{{{ {escape} }}}}"')

    assert "cannot be rendered: " in text(gateway)


def test_a_failed_template_takes_nothing_from_a_list() -> None:
    gateway = pipeline("replies: ['{{ groups.x if prompt == \"bad\" else 1 }}', '2']")

    assert "cannot be rendered" in text(gateway, body("bad"))
    assert [text(gateway, body("a")), text(gateway, body("b"))] == ["1", "2"]


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        pytest.param(
            "reply: 'a {{ promt }}'",
            "1:8: unknown name 'promt' in a template; did you mean 'prompt'?",
            id="unknown-name",
        ),
        pytest.param(
            "reply: '{{ zzz }}'",
            "1:8: unknown name 'zzz' in a template; there are prompt, model, step, turn, attempt, session, tool_result,"
            " attachments, cwd, groups, request, fake, now",
            id="nothing-near",
        ),
        pytest.param(
            "reply: '{{ prompt'",
            "1:8: the template cannot be read: unexpected end of template, expected '}}'",
            id="syntax",
        ),
        pytest.param("reply: '{{#if prompt}} a {{/if}}'", f"1:8: the template cannot be read: {OURS}", id="handlebars"),
        pytest.param("reply: '{{else}}'", f"1:8: unknown name 'else' in a template; {OURS}", id="handlebars-else"),
        pytest.param(
            "reply: '{% if prompt %} a'",
            "1:8: the template cannot be read: '{% if … %}' is never closed; write {% endif %} behind it",
            id="unclosed",
        ),
        pytest.param(
            "reply: '{{ prompt | uper }}'",
            "1:8: the template cannot be read: there is no filter 'uper'; did you mean 'upper'?",
            id="filter",
        ),
        pytest.param(f"reply: '{{{{ {'(' * 9000} }}}}'", "1:8: the template is nested too deeply", id="brackets"),
        pytest.param(
            f"reply: '{'{% for a in b %}' * 30}{'{% endfor %}' * 30}'",
            "1:8: the template is nested too deeply",
            id="loops",
        ),
        pytest.param(
            f"reply: '{'{{ prompt }}' * 2001}'",
            "1:8: the template cannot be read: it has more than 2,000 times '{{' or '{%'",
            id="endless",
        ),
        pytest.param(
            "tool_use: {name: T, input: {description: '{{ promt }}'}}", "1:42: unknown name 'promt'", id="deep"
        ),
        pytest.param("tool_use: {name: T, input: {'{{ promt }}': 1}}", "unknown name 'promt'", id="key"),
        pytest.param("rules:\n  - steps: [a, {text: '{{ promt }}'}]", "2:23: unknown name 'promt'", id="in-a-list"),
    ],
)
def test_a_bad_template_is_found_at_load(written: str, problem: str) -> None:
    [found] = template.problems(scenario(written).document)

    assert problem in str(found)


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("reply: '{{ prompt }} {{ range(3) }} {% set x = 1 %}{{ x }}'", id="known"),
        pytest.param("description: '{{ nope }}'\nreply: a", id="description"),
        pytest.param("x-note: ['{{ nope ']\nversion: '{{ nope'\n$schema: '{{ nope'\nreply: a", id="not-ours"),
        pytest.param("rules: [{id: '{{ nope }}', match: {prompt: '{{ nope }}'}, reply: a}]", id="match"),
        pytest.param("reply: '{% raw %}{{ nope }}{% endraw %}'", id="raw"),
    ],
)
def test_what_is_never_rendered_is_not_checked(written: str) -> None:
    assert list(template.problems(scenario(written).document)) == []


def test_a_prompt_that_looks_like_a_template_can_be_matched() -> None:
    gateway = pipeline("rules: [{match: {prompt: '{{ x }}'}, reply: seen}]")

    assert text(gateway, body("{{ x }}")) == "seen"


def test_a_name_is_made_once_for_an_answer() -> None:
    made: list[int] = []
    scope = Scope({"n": lambda: made.append(1) or len(made)})  # type: ignore[func-returns-value]  # it counts

    assert rendered(["{{ n }}", ("{{ n }}{{ n }}",), 5], scope) == ["1", ("11",), 5]
    assert made == [1]


def test_a_name_that_nothing_makes_is_undefined() -> None:
    with pytest.raises(Unrenderable, match="'n' is undefined"):
        rendered(UsageForm.model_construct(_fields_set={"input_tokens"}, input_tokens="{{ n }}"), Scope({}))
