from mockgw.endpoints import models
from mockgw.protocol.requests import Incoming
from tests.support import parsed, pipeline

KEY = {"x-api-key": "test"}


def test_the_scenarios_are_listed_first() -> None:
    opened = models.listed(pipeline("Hello"), Incoming("GET", "/v1/models", KEY, query={"limit": "2"}))
    page = parsed(opened)
    assert (page["first_id"], page["has_more"], len(page["data"])) == ("claude-mock/test", True, 2)
    assert (opened.exchange.status, opened.exchange.answer) == (200, "2 models")


def test_a_model_is_found_in_any_spelling() -> None:
    opened = models.shown(pipeline("Hello"), Incoming("GET", "/v1/models/x", KEY), "anthropic/claude-opus-4.5")
    assert parsed(opened)["id"] == "claude-opus-4-5-20251101"
    assert (opened.exchange.answer, opened.exchange.model) == ("model", "anthropic/claude-opus-4.5")


def test_an_unknown_model_is_a_404_that_names_it() -> None:
    opened = models.shown(pipeline("Hello"), Incoming("GET", "/v1/models/x", KEY), "gpt-99")
    assert (opened.exchange.status, opened.exchange.message) == (404, "model: gpt-99")


def test_nobody_is_told_without_a_key() -> None:
    assert models.listed(pipeline("Hello"), Incoming("GET", "/v1/models", {})).exchange.status == 401


def test_the_list_can_be_of_one_lifecycle() -> None:
    query = {"lifecycle[]": "deprecated,retired"}
    page = parsed(models.listed(pipeline("Hello"), Incoming("GET", "/v1/models", KEY, query=query)))
    assert {one["lifecycle"] for one in page["data"]} == {"deprecated"}
