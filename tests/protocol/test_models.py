"""Models: the catalogue, its spellings, and the list."""

from typing import Any, Literal, get_args, get_origin

import anthropic.types
import pytest
from anthropic.types import ModelInfo
from pydantic import TypeAdapter

from mockgw.protocol.models import (
    CATALOGUE,
    Model,
    canonical,
    find,
    model_info,
    resolve,
    scenario_info,
    scenario_of,
)

SONNET = "claude-sonnet-4-5-20250929"


@pytest.mark.parametrize(
    "name",
    [
        "claude-sonnet-4-5-20250929",
        "claude-sonnet-4-5",
        "claude-sonnet-4-5-latest",
        "claude-sonnet-4.5",
        "Claude-Sonnet-4.5",
        " claude-sonnet-4-5 ",
        "anthropic/claude-sonnet-4.5",
        "~anthropic/claude-sonnet-4.5",
        "anthropic/claude-sonnet-4.5:nitro",
        "anthropic/claude-sonnet-4.5:free",
        "vertex/claude-sonnet-4-5@20250929",
        "claude-sonnet-4-5@20250929",
        "claude-sonnet-4-5@default",
        "claude-sonnet-4-5[1m]",
        "claude-sonnet-4-5[1m]:floor",
        "anthropic.claude-sonnet-4-5-20250929-v1:0",
        "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "arn:aws:bedrock:us-east-1:1:inference-profile/global.anthropic.claude-sonnet-4-5-20250929-v1:0",
    ],
)
def test_every_spelling_leads_to_one_model(name: str) -> None:
    assert canonical(name) == resolve(name) == SONNET


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("claude-3-5-sonnet@20240620", "claude-3-5-sonnet-20240620"),
        ("claude-3-7-sonnet@20250219", "claude-3-7-sonnet-20250219"),
        ("claude-3.7-sonnet", "claude-3-7-sonnet-20250219"),
        ("claude-sonnet-4.6", "claude-sonnet-4-6"),
        ("claude-haiku-4-5", "claude-haiku-4-5-20251001"),
        ("~anthropic/claude-sonnet-latest", "claude-sonnet-5-5"),
        ("~anthropic/claude-opus-latest", "claude-opus-5-5"),
        ("anthropic.claude-opus-4-6-v1", "claude-opus-4-6"),
    ],
)
def test_names_resolve_to_the_ids_that_the_api_answers(name: str, id: str) -> None:
    assert resolve(name) == id


@pytest.mark.parametrize(
    ("name", "spelling"),
    [
        ("openai/GPT-4.1:free", "gpt-4-1"),
        ("claude-sonnet-4-5@20991231", "claude-sonnet-4-5-20991231"),
        ("", ""),
    ],
)
def test_an_unknown_name_is_spelled_like_the_others_but_answered_as_given(name: str, spelling: str) -> None:
    assert canonical(name) == spelling
    assert resolve(name) == name
    assert find(name) is None


def test_a_name_too_long_to_be_one_is_unknown() -> None:
    name = "anthropic/" * 100 + "claude-opus-5"

    assert find(name) is None
    assert scenario_of("claude-mock/" + name) is None


@pytest.mark.parametrize("model", CATALOGUE, ids=lambda model: model.id)
def test_each_id_and_alias_finds_its_own_model(model: Model) -> None:
    assert [find(name) for name in (model.id, *model.aliases)] == [model] * (1 + len(model.aliases))
    assert canonical(canonical(model.id)) == model.id


def test_no_two_models_share_a_name() -> None:
    names = [name for model in CATALOGUE for name in (model.id, *model.aliases)]

    assert len(names) == len(set(names))


def test_the_catalogue_is_newest_first() -> None:
    days = [model.created_at for model in CATALOGUE]

    assert days == sorted(days, reverse=True)


def test_the_catalogue_has_the_ids_that_the_sdk_knows() -> None:
    known = {name for model in CATALOGUE for name in (model.id, *model.aliases)}

    assert set(_sdk_ids()) <= known


def _sdk_ids() -> list[str]:
    literal = next(part for part in get_args(anthropic.types.Model) if get_origin(part) is Literal)
    return list(get_args(literal))


@pytest.mark.parametrize(
    ("name", "scenario"),
    [
        ("claude-mock/hello", "hello"),
        ("Claude-Mock/Hello", "Hello"),
        ("anthropic/claude-mock/hello", "hello"),
        ("~anthropic/claude-mock/hello", "hello"),
        ("claude-mock/hello[1m]", "hello"),
        ("claude-mock/team/hello", "team/hello"),
        ("claude-mock/", ""),
        ("claude-mock", None),
        ("not-claude-mock/hello", None),
        ("claude-sonnet-4-5", None),
    ],
)
def test_a_model_id_can_name_a_scenario(name: str, scenario: str | None) -> None:
    assert scenario_of(name) == scenario


def test_a_scenario_keeps_its_prefix_and_is_no_model() -> None:
    assert canonical("anthropic/claude-mock/v1.5[1m]") == "claude-mock/v1.5"
    assert resolve("claude-mock/claude-sonnet-4-5") == "claude-mock/claude-sonnet-4-5"
    assert find("claude-mock/claude-sonnet-4-5") is None


@pytest.mark.parametrize(
    "info",
    [*map(model_info, CATALOGUE), scenario_info("hello", "Mock: hello"), scenario_info("hello", "")],
    ids=lambda info: info["id"],
)
def test_every_info_is_the_sdks_model_info_with_no_key_of_our_own(info: dict[str, Any]) -> None:
    model = TypeAdapter(ModelInfo).validate_python(info)

    assert set(info) == set(ModelInfo.model_fields)
    assert model.capabilities is not None
    assert not model.model_extra
    assert model.to_dict(mode="json") == info


def test_a_scenario_is_labelled_by_its_name_and_its_description() -> None:
    described, bare = scenario_info("hello", "Mock: says hello"), scenario_info("hello", "")

    assert described["id"] == bare["id"] == "claude-mock/hello"
    assert (described["display_name"], bare["display_name"]) == ("hello: Mock: says hello", "hello")
