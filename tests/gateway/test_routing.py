from typing import Any

import orjson
import pytest

from mockgw.gateway.routing import Routing, means, routing
from mockgw.protocol import preferences, requests
from mockgw.protocol.prices import usual
from mockgw.scenario.gateway.providers import Provider
from tests.support import body

USUAL = usual(3_000_000, 15_000_000)


def routed(given: dict[str, Any], providers: dict[str, Any], failing: str = "", **more: Any) -> Routing:
    request = requests.parse(orjson.dumps(body(**more)))
    read = {name: Provider.model_validate(one) for name, one in providers.items()}
    wanted = preferences.read(given)
    return routing(read, request, wanted, usual=USUAL, failing=lambda name: name in failing.split())


def order(given: dict[str, Any], providers: dict[str, Any], failing: str = "", **more: Any) -> list[str]:
    return [host.name for host in routed(given, providers, failing, **more).hosts]


def priced(dollars: float) -> dict[str, Any]:
    return {"prices": {"input": dollars, "output": dollars}}


THREE = {
    "a": {"prices": {"input": 3, "output": 15}, "throughput": 50, "latency": 2},
    "b": {"prices": {"input": 1, "output": 5}, "throughput": 90},
    "c": {"prices": {"input": 2, "output": 10}, "latency": "100ms"},
}


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({}, "b c a"),
        ({"sort": "price"}, "b c a"),
        ({"sort": "throughput"}, "b a c"),
        ({"sort": "latency"}, "c a b"),
        ({"sort": {"by": "latency"}}, "c a b"),
        ({"order": ["a"]}, "a b c"),
        ({"order": ["c", "x", "a", "c"]}, "c a b"),
        ({"order": ["a"], "sort": "latency"}, "a c b"),
        ({"order": ["c", "a"], "allow_fallbacks": False}, "c a"),
        ({"order": ["x"], "allow_fallbacks": False}, ""),
        ({"sort": "latency", "allow_fallbacks": False}, "c"),
        ({"allow_fallbacks": False}, "b"),
        ({"only": ["A", "b"]}, "b a"),
        ({"only": ["a", "b"], "ignore": ["b"]}, "a"),
        ({"only": ["x"]}, ""),
        ({"only": []}, "b c a"),
    ],
)
def test_they_are_tried_as_the_request_wants(given: dict[str, Any], names: str) -> None:
    assert order(given, THREE) == names.split()


def test_who_has_failed_comes_last_unless_the_request_sorts() -> None:
    assert order({}, THREE, failing="b") == ["c", "a", "b"]
    assert order({}, THREE, failing="a b c") == ["b", "c", "a"]
    assert order({"sort": "price"}, THREE, failing="b") == ["b", "c", "a"]
    assert order({"order": ["b"]}, THREE, failing="b c") == ["b", "a", "c"]


def test_those_that_are_equal_stand_as_they_are_written() -> None:
    assert order({}, {"z": {}, "a": {}, "m": {}}) == ["z", "a", "m"]
    assert order({"sort": "latency"}, {"z": {}, "a": {}}) == ["z", "a"]


def test_who_takes_tools_comes_first_where_there_are_some() -> None:
    providers = {"a": {"supports": [], **priced(1)}, "b": {"supports": ["tools"], **priced(2)}}
    tools = [{"name": "look", "input_schema": {"type": "object"}}]
    assert order({}, providers, tools=tools) == ["b", "a"]
    assert order({}, providers) == ["a", "b"]


@pytest.mark.parametrize(
    ("model", "first"),
    [("claude-opus-5:nitro", "b"), ("claude-opus-5:floor", "a"), ("acme-1:nitro", "b"), ("claude-opus-5:free", "a")],
)
def test_the_name_of_a_model_may_say_how_to_sort(model: str, first: str) -> None:
    providers = {"a": {"throughput": 1, **priced(1)}, "b": {"throughput": 2, **priced(2)}}
    assert order({}, providers, model=model)[0] == first
    assert order({"sort": "price"}, providers, model=model)[0] == "a"


@pytest.mark.parametrize(
    ("given", "provider", "reason"),
    [
        ({"data_collection": "deny"}, {"data_collection": True}, "data_collection"),
        ({"data_collection": "allow"}, {"data_collection": True}, ""),
        ({"zdr": True}, {}, "zdr"),
        ({"zdr": True}, {"zdr": True}, ""),
        ({"zdr": False}, {}, ""),
        ({"quantizations": ["fp8", "fp16"]}, {"quantization": "fp16"}, ""),
        ({"quantizations": ["fp8"]}, {}, "quantizations"),
        ({"quantizations": ["unknown"]}, {}, ""),
        ({"max_price": {"prompt": 3, "completion": "15"}}, {}, ""),
        ({"max_price": {"prompt": 2.999999}}, {}, "max_price"),
        ({"max_price": {"completion": "14.9"}}, {}, "max_price"),
        ({"max_price": {"request": 0}}, {}, ""),
        ({"max_price": {"prompt": 1}}, priced(1), ""),
        ({"require_parameters": True}, {}, ""),
        ({"require_parameters": True}, {"supports": ["temperature", "top_k"]}, ""),
        ({"require_parameters": True}, {"supports": ["top_k"]}, "require_parameters"),
        ({"require_parameters": False}, {"supports": []}, ""),
        ({}, {"max_tokens": 1000}, ""),
        ({}, {"max_tokens": 999}, "max_tokens"),
        ({"ignore": ["a"]}, {}, "ignore"),
        ({"only": ["b"]}, {}, "only"),
        ({"order": ["b"], "allow_fallbacks": False}, {}, "order"),
        ({}, {"models": "claude-opus-5"}, "models"),
    ],
)
def test_who_is_no_candidate_and_why(given: dict[str, Any], provider: dict[str, Any], reason: str) -> None:
    found = routed(given, {"a": provider}, temperature=0.5)
    assert found.excluded == ({"a": reason} if reason else {})
    assert [host.name for host in found.hosts] == ([] if reason else ["a"])


def test_a_price_that_nobody_knows_is_too_high_for_who_names_one() -> None:
    request = requests.parse(orjson.dumps(body()))
    providers = {"a": Provider.model_validate({})}

    def names(given: dict[str, Any]) -> list[str]:
        found = routing(providers, request, preferences.read(given), usual=None, failing=lambda name: False)
        return [host.name for host in found.hosts]

    assert names({"max_price": {"prompt": 100}}) == []
    assert names({"max_price": {"request": 1}}) == names({"sort": "price"}) == ["a"]


@pytest.mark.parametrize(
    "name",
    ["claude-sonnet-4-5", "anthropic/claude-sonnet-4.5", "claude-sonnet-4-5-20250929", "claude-sonnet-4-5:nitro"],
)
def test_a_model_is_hosted_however_it_is_spelled(name: str) -> None:
    for written in ("claude-sonnet-4-5", "anthropic/claude-sonnet-4.5"):
        assert order({}, {"a": {"models": [written]}}, model=name) == ["a"]
    assert order({}, {"a": {"models": ["claude-sonnet-5", "acme"]}}, model=name) == []


def test_what_is_said_of_a_model_counts_before_what_is_said_of_all() -> None:
    provider = {
        "models": {"claude-sonnet-4-5": {"prices": {"input": 1, "output": 2}, "throughput": 9}, "acme": {}},
        "throughput": 5,
        "latency": 2,
    }
    [own], [other] = routed({}, {"a": provider}).hosts, routed({}, {"a": provider}, model="acme").hosts
    assert (own.throughput, own.latency, own.prices and own.prices.output) == (9, 2, 2_000_000)
    assert (other.throughput, other.latency, other.prices) == (5, 2, USUAL)


@pytest.mark.parametrize(
    ("slug", "name", "meant"),
    [
        ("bedrock", "bedrock", True),
        ("Bedrock", "bedrock", True),
        ("google-vertex", "google-vertex/us-east5", True),
        ("google-vertex/us-east5", "google-vertex/us-east5", True),
        ("google-vertex/us-east5", "google-vertex", False),
        ("google-vertex/us-east5", "google-vertex/europe", False),
        ("google", "google-vertex", False),
        ("openai", "openai/priority", False),
        ("openai", "openai/flex", False),
        ("openai/flex", "openai/flex", True),
    ],
)
def test_a_base_name_means_all_endpoints_but_those_of_a_service_tier(slug: str, name: str, meant: bool) -> None:
    assert means(slug, name) is meant
