import pytest

from mockgw.lint.providers import doubtful
from tests.support import scenario


def told(section: str) -> list[str]:
    return [problem.message for problem in doubtful(scenario(f"gateway: {section}\nreply: Hi"))]


@pytest.mark.parametrize(
    "section",
    [
        "{}",
        "{models: {acme: {}}, fallbacks: {acme: [other]}}",
        "{providers: {a: {}, b: {models: [acme]}}, models: {other: {}}}",
        "{providers: {a: {models: [anthropic/claude-opus-5]}}, models: {claude-opus-5: {}, '*': {}}}",
        "{providers: {a: {state: down}}}",
        "{providers: {a: {state: [{type: up, for: 1s}, {type: down, times: 2}, hang]}}}",
        "{providers: {a: {state: [{type: up, for: 1s}, {type: down, times: 2}], then: loop}}}",
    ],
)
def test_what_is_right(section: str) -> None:
    assert told(section) == []


@pytest.mark.parametrize(
    ("section", "messages"),
    [
        ("{providers: {a: {state: [{type: up, times: 1}, down, up]}}}", ["this state never ends"]),
        ("{providers: {a: {state: [down, up], then: loop}}}", ["this state never ends"]),
        ("{providers: {a: {state: down, then: loop}}}", ["the last state never ends"]),
        ("{providers: {a: {models: acme}}, models: {other: {}}}", ["no provider has the model 'other'"]),
        ("{providers: {a: {models: acme}}, fallbacks: {acme: [acme, other]}}", ["no provider has the model 'other'"]),
    ],
)
def test_what_is_doubtful(section: str, messages: list[str]) -> None:
    found = told(section)
    assert len(found) == len(messages)
    assert all(one.startswith(start) for one, start in zip(found, messages, strict=True))
