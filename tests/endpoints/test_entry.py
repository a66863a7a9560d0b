import pytest

from mockgw.endpoints import batches
from mockgw.endpoints.entry import base_of
from mockgw.protocol.requests import Incoming
from tests.endpoints.asking import client
from tests.support import pipeline


def test_a_gateway_that_has_no_such_endpoint_says_which_has() -> None:
    status, message = client(dialect="siraya").refused(batches.listed)
    assert (status, message) == (
        404,
        "Not Found: the dialect 'anthropic' has this: mockgw serve --dialect anthropic, or "
        "gateway: {dialect: anthropic}",
    )


def test_that_comes_before_the_key() -> None:
    assert client(dialect="siraya").refused(batches.listed, x_api_key="")[0] == 404
    assert client().refused(batches.listed, x_api_key="") == (401, "x-api-key header is required")


def test_the_scenario_may_say_which_dialect_it_is() -> None:
    assert client("{gateway: {dialect: anthropic}, reply: a}", dialect="siraya").call(batches.listed)
    assert client("{gateway: {dialect: siraya}, reply: a}").refused(batches.listed)[0] == 404


def test_a_key_that_is_not_good_is_refused() -> None:
    asked = client("{gateway: {keys: {k: active}}, reply: a}")
    assert [asked.call(batches.listed, x_api_key=key).exchange.status for key in ("k", "other")] == [200, 401]


@pytest.mark.parametrize(
    ("headers", "prefix", "url"),
    [
        ({"host": "127.0.0.1:4000"}, "", "http://127.0.0.1:4000"),
        ({"host": "mock.test"}, "my shop", "http://mock.test/s/my%20shop"),
        ({"host": "mock.test", "x-forwarded-proto": "https"}, "", "https://mock.test"),
        ({"host": "mock.test", "x-forwarded-proto": "javascript"}, "", "http://mock.test"),
        ({}, "", "http://127.0.0.1:6625"),
    ],
)
def test_urls_to_follow_lead_back_the_way_that_the_client_came(headers: dict[str, str], prefix: str, url: str) -> None:
    assert base_of(pipeline("a"), Incoming("GET", "/", headers, prefix=prefix)) == url
