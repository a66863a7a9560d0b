from typing import Any

import orjson
import pytest

from mockgw.gateway.models import candidates, check_name, check_size, class_of, names_others
from mockgw.protocol import requests
from mockgw.protocol.errors import ApiError
from mockgw.protocol.requests import MessagesRequest
from mockgw.scenario.gateway.terms import Terms
from tests.support import body, scenario


def terms(section: str) -> Terms:
    found = scenario(f"gateway: {section}\ntext: a").terms
    assert found is not None
    return found


def request(**more: Any) -> MessagesRequest:
    return requests.parse(orjson.dumps(body(**more)))


STRICT = terms("{model_naming: strict, models: {acme-1: {}}}")


@pytest.mark.parametrize(
    ("name", "models"),
    [
        ("anthropic/claude-sonnet-4.5", "sonnet"),
        ("claude-haiku-4-5", "haiku"),
        ("claude-opus-5[1m]", "opus"),
        ("claude-fable-5", "fable"),
        ("gpt-7", "other"),
        ("claude-mock/hello", "other"),
    ],
)
def test_models_are_limited_by_their_class(name: str, models: str) -> None:
    assert class_of(name) == models


@pytest.mark.parametrize(
    "name", ["claude-opus-5", "claude-sonnet-4-5", "claude-sonnet-4-5-20250929", "acme-1", "claude-mock/hello"]
)
def test_strict_naming_takes_what_is_in_the_list(name: str) -> None:
    check_name(name, STRICT)


@pytest.mark.parametrize(
    "name", ["acme-2", "anthropic/claude-sonnet-4.5", "claude-sonnet-4.5", "claude-3-7-sonnet", "Claude-Opus-5"]
)
def test_strict_naming_refuses_anything_else_in_the_words_of_the_api(name: str) -> None:
    with pytest.raises(ApiError) as refused:
        check_name(name, STRICT)
    assert (refused.value.status, refused.value.type, refused.value.message) == (
        404,
        "not_found_error",
        f"model: {name}",
    )
    check_name(name, terms("{models: {acme-1: {}}}"))


def test_a_prompt_that_is_too_long_is_refused_so_that_agents_compact() -> None:
    asked = request(messages=[{"role": "user", "content": "x" * 400}])
    check_size(asked, terms("{models: {claude-sonnet-4-5: {window: 104}}}"))
    with pytest.raises(ApiError) as refused:
        check_size(asked, terms("{models: {claude-sonnet-4-5-20250929: {window: 103}}}"))
    assert (refused.value.status, refused.value.message) == (400, "prompt is too long: 104 tokens > 103 maximum")


def test_more_output_than_the_model_has_is_refused() -> None:
    asked = request(max_tokens=501)
    with pytest.raises(ApiError) as refused:
        check_size(asked, terms("{models: {'*': {max_tokens: 500}}}"))
    assert refused.value.param == "max_tokens"
    assert refused.value.message == (
        "max_tokens: 501 > 500, which is the maximum allowed number of output tokens for claude-sonnet-4-5"
    )


@pytest.mark.parametrize(
    ("more", "names"),
    [
        ({}, ["claude-sonnet-4-5", "b"]),
        ({"model": "z"}, ["z"]),
        ({"models": ["c", "d"]}, ["claude-sonnet-4-5", "c", "d"]),
        ({"fallbacks": [{"model": "c"}]}, ["claude-sonnet-4-5", "c"]),
    ],
)
def test_the_requests_own_fallbacks_come_before_the_gateways(more: dict[str, Any], names: list[str]) -> None:
    assert list(candidates(request(**more), terms("{fallbacks: {claude-sonnet-4-5: [b]}}"))) == names
    assert names_others(body(**more)) is (len(more) == 1 and "model" not in more)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"models": "c"}, "models: Input should be a valid array"),
        ({"models": [1]}, "models.0: Input should be a valid string"),
        ({"fallbacks": ["c"]}, "fallbacks.0: Input should be an object"),
        ({"fallbacks": [{}]}, "fallbacks.0: Input should be a valid string"),
        ({"fallbacks": [{"model": "c"}] * 4}, "fallbacks: List should have at most 3 items after validation, not 4"),
        ({"fallbacks": [], "models": []}, "fallbacks: cannot be used together with models"),
    ],
)
def test_fallbacks_that_cannot_be_read_are_refused(more: dict[str, Any], message: str) -> None:
    with pytest.raises(ApiError) as refused:
        list(candidates(request(**more), terms("{}")))
    assert (refused.value.status, refused.value.message) == (400, message)


def test_a_body_may_be_anything() -> None:
    assert not names_others(None)
    assert not names_others([{"models": 1}])
