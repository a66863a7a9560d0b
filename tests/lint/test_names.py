import pytest

from mockgw.lint.names import unknown
from tests.support import scenario

NO_GROUP = "there is no group 'x': the rule's match has no regular expression with a (?P<name>…) in it"


def rule(match: str, reply: str) -> str:
    return f"rules:\n  - match: {match}\n    reply: '{reply}'\n"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(rule("{prompt: {matches: '(?P<x>a)'}}", '{{ groups.x }} {{ groups["x"] }}'), id="regex"),
        pytest.param(rule("{prompt: {any: [{matches: '(?P<x>a)'}]}}", "{{ groups.x }}"), id="in-a-condition"),
        pytest.param(rule("{any: [{model: {matches: '(?P<x>a)'}}]}", "{{ groups.x }}"), id="in-any"),
        pytest.param(rule("{tool_result: {name: {matches: '(?P<x>a)'}}}", "{{ groups.x }}"), id="tool-name"),
        pytest.param("reply: '{{ groups.items() }} {{ groups | length }}'", id="as-a-mapping"),
        pytest.param("reply: '{{ groups.x | default(\"none\") }}'", id="default"),
        pytest.param("reply: '{% if groups.x is defined %}{{ groups.x }}{% endif %}'", id="defined"),
        pytest.param("reply: '{% set groups = {} %}{{ groups.x }}'", id="another"),
        pytest.param("reply: '{{ now.year }} {{ prompt.upper() }} {{ request.x.y }} {{ fake.name() }}'", id="parts"),
        pytest.param("reply: '{{ groups.x'", id="unreadable"),
        pytest.param(f"reply: '{{{{ {'(' * 9000} }}}}'", id="nested"),
        pytest.param(f"reply: '{'{{ groups.x }}' * 2001}'", id="endless"),
        pytest.param("description: '{{ groups.x }}'\nx-y: '{{ groups.x }}'\nreply: a", id="not-rendered"),
        pytest.param("'{{ groups }} is text'", id="text"),
        pytest.param("defaults: {headers: {a: '{{ groups.x }}'}}\nrules: [{reply: a}]", id="for-whichever-rule"),
    ],
)
def test_what_may_be_there_is_no_problem(text: str) -> None:
    assert list(unknown(scenario(text))) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("reply: '{{ groups.x }}'", f"1:8: {NO_GROUP}", id="no-regex"),
        pytest.param("'{{ groups.x }}'", f"1:1: {NO_GROUP}", id="only-a-text"),
        pytest.param(
            rule("{none: [{prompt: {matches: '(?P<x>a)'}}]}", "{{ groups.x }}"), f"3:12: {NO_GROUP}", id="none"
        ),
        pytest.param(
            rule("{prompt: {matches: '(?P<number>a)'}}", "{{ groups.nubmer }}"),
            "3:12: no regular expression of this rule has a group 'nubmer'; did you mean 'number'?",
            id="typo",
        ),
        pytest.param(
            rule("{prompt: {matches: '(?P<number>a)(?P<b>b)'}}", "{{ groups.zzz }}"),
            "3:12: no regular expression of this rule has a group 'zzz'; there are b, number",
            id="other",
        ),
        pytest.param(
            rule("{prompt: {matches: '(?P<number>a)'}}", "{{ groups[1] }}"),
            "3:12: groups are taken by name, not by number; there are number",
            id="by-number",
        ),
    ],
)
def test_a_group_that_no_regex_has_is_an_error(text: str, expected: str) -> None:
    (problem,) = unknown(scenario(text))
    assert (str(problem), problem.code, problem.severity) == (f"test.yaml:{expected}", "unknown-group", "error")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ now.yeer }}", "'now' is a date and time and has no 'yeer'; did you mean 'year'?"),
        ("{{ step.first }}", "'step' is a number and has no 'first'"),
        ("{{ prompt.uper() }}", "'prompt' is a text and has no 'uper'; did you mean 'upper'?"),
        ("{{ fake.username() }}", "Faker has no 'username'; did you mean 'user_name'?"),
        ("{{ fake.xyzzy() }}", "Faker has no 'xyzzy'; Faker's documentation lists what there is"),
    ],
)
def test_a_part_that_a_name_does_not_have_is_an_error(text: str, expected: str) -> None:
    (problem,) = unknown(scenario(f"content:\n  - tool_use: {{name: T, input: {{'{text}': a, b: [c]}}}}"))
    assert (problem.message, problem.code) == (expected, "bad-template")


def test_what_hardly_any_request_has_is_a_warning() -> None:
    (problem,) = unknown(scenario("reply: '{{ request.body.messages }} {{ request.stream }}'"))
    assert (problem.severity, problem.code) == ("warning", "doubtful-answer")
    assert problem.message == "'request' is the body itself and has no 'body'; write request.messages, request.system …"
