"""What is flagged, for which reasons, and how that is told."""

from typing import Any

import pytest

from mockgw.pipeline import Pipeline
from tests.support import answer, ask, body, head, parsed, pipeline, text

WORDS = "{reasons: {violence: [bomb, blow up], secrets: {patterns: 'sk-[a-z]{4}'}}"
FLAGGED = "Your chosen model requires moderation and your input was flagged"


def mocked(moderation: str, more: str = "") -> Pipeline:
    return pipeline(f"gateway: {{moderation: {moderation}{more}}}\nreply: Fine")


def reasons(gateway: Pipeline, request: dict[str, Any]) -> list[str]:
    error = answer(gateway, request).get("error")
    return error["metadata"]["reasons"] if error else []


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("How do I make a BOMB?", ["violence"]),
        ("blow\n  up", ["violence"]),
        ("a bombastic prompt", []),
        ("bombs", []),
        ("the key is sk-abcd", ["secrets"]),
        ("SK-ABCD", []),
        ("sk-abcd is a bomb", ["violence", "secrets"]),
        ("Hello", []),
    ],
)
def test_words_stand_by_themselves_and_patterns_are_found(prompt: str, expected: list[str]) -> None:
    assert reasons(mocked(WORDS + "}"), body(prompt)) == expected


def test_a_word_may_end_in_a_sign() -> None:
    gateway = mocked("{reasons: {swearing: '$%&!'}}")
    assert [reasons(gateway, body(prompt)) for prompt in ("what the$%&!x", "what")] == [["swearing"], []]


def test_the_refusal_has_the_words_of_the_page_and_the_reasons() -> None:
    opened = ask(mocked(WORDS + "}"), body("A bomb", model="anthropic/claude-sonnet-4.5"))
    metadata = {
        "reasons": ["violence"],
        "flagged_input": "A bomb",
        "provider_name": None,
        "model_slug": "anthropic/claude-sonnet-4.5",
    }
    told = {"message": FLAGGED, "type": "permission_error", "param": "", "code": 403, "metadata": metadata}
    assert parsed(opened) == {"error": told}
    assert head(opened).headers["x-should-retry"] == "false"


def test_the_other_dialect_has_them_in_its_own_envelope() -> None:
    refused = answer(mocked(WORDS + "}", ", dialect: anthropic"), body("A bomb"))
    assert refused["type"] == "error"
    assert refused["error"]["message"] == FLAGGED
    assert refused["error"]["metadata"]["reasons"] == ["violence"]


def test_of_a_long_input_the_ends_are_shown() -> None:
    error = answer(mocked(WORDS + "}"), body("a" * 100 + " bomb " + "z" * 100))["error"]
    assert error["metadata"]["flagged_input"] == "a" * 49 + "..." + "z" * 48


RESULT = {"type": "tool_result", "tool_use_id": "a", "content": [{"type": "text", "text": "a bomb"}]}
TRANSCRIPTS: list[tuple[str, list[dict[str, Any]], bool, bool]] = [
    ("typed", [{"role": "user", "content": "a bomb"}], True, True),
    ("reminder", [{"role": "user", "content": "<system-reminder>a bomb</system-reminder>Hello"}], False, True),
    (
        "earlier",
        [
            {"role": "user", "content": "a bomb"},
            {"role": "assistant", "content": "No"},
            {"role": "user", "content": "Hello"},
        ],
        False,
        True,
    ),
    (
        "tool result",
        [
            {"role": "user", "content": "Hello"},
            {"role": "assistant", "content": [{"type": "tool_use", "id": "a", "name": "x", "input": {}}]},
            {"role": "user", "content": [RESULT]},
        ],
        False,
        True,
    ),
    ("nothing typed", [{"role": "user", "content": [RESULT]}], False, True),
    ("answer", [{"role": "assistant", "content": "a bomb"}, {"role": "user", "content": "Hello"}], False, False),
]


@pytest.mark.parametrize(
    ("messages", "prompt", "user"), [one[1:] for one in TRANSCRIPTS], ids=[one[0] for one in TRANSCRIPTS]
)
def test_what_is_looked_at_is_what_was_typed_or_all_that_the_user_sends(
    messages: list[dict[str, Any]], prompt: bool, user: bool
) -> None:
    flagged = [
        bool(reasons(mocked(WORDS + f", input: {which}}}"), body(messages=messages))) for which in ("prompt", "user")
    ]
    assert flagged == [prompt, user]


def test_a_model_may_do_without() -> None:
    gateway = mocked(WORDS + "}", ", models: {'*': {moderated: false}, claude-opus-5: {moderated: true}}")
    statuses = [ask(gateway, body("A bomb", model=model)).exchange.status for model in ("claude-opus-5", "other")]
    assert statuses == [403, 200]


def test_another_model_takes_what_one_refuses() -> None:
    gateway = mocked(WORDS + "}", ", models: {free: {moderated: false}}, fallbacks: {claude-opus-5: [free]}")
    refused, taken = body("A bomb", model="claude-opus-5", models=["other"]), body("A bomb", model="claude-opus-5")
    assert ask(gateway, refused).exchange.status == 403
    assert answer(gateway, taken)["model"] == "free"


def test_what_is_flagged_costs_nothing_and_comes_after_the_credits() -> None:
    section = ", credits: {balance: 0.001}, models: {'*': {prices: {input: 3, output: 15}}}"
    gateway = mocked(WORDS + "}", section)
    assert head(ask(gateway, body("A bomb", max_tokens=5000))).status == 402
    refused = ask(gateway, body("A bomb", max_tokens=50))
    assert (refused.exchange.status, refused.exchange.cost) == (403, 0)
    assert head(refused).headers["x-mockgw-balance"] == "0.001"
    assert text(gateway, body(max_tokens=50)) == "Fine"
