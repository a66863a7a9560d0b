from typing import Any

import orjson
import pytest

from mockgw.protocol.errors import ApiError
from mockgw.protocol.preferences import NONE, Preferences, of_body, read, unknown
from mockgw.protocol.requests import check, check_count, parse
from tests.support import body

ALL: dict[str, Any] = {
    "sort": "latency",
    "allow_fallbacks": False,
    "order": ["a", "b"],
    "only": ["a"],
    "ignore": ["c"],
    "require_parameters": True,
    "data_collection": "deny",
    "zdr": True,
    "quantizations": ["fp8"],
    "max_price": {"prompt": 1, "completion": "2.5", "audio": None, "image": None},
}


def parsed(**more: Any) -> Preferences:
    return read(of_body(parse(orjson.dumps(body(**more))).body))


def test_all_of_it_is_read() -> None:
    expected = Preferences(
        "latency", False, ("a", "b"), ("a",), ("c",), True, True, True, ("fp8",), {"prompt": 1, "completion": "2.5"}
    )
    assert parsed(provider=ALL) == expected


def test_what_is_null_or_absent_asks_for_nothing() -> None:
    assert parsed(provider=dict.fromkeys(ALL)) == NONE
    assert parsed(provider=None) == parsed() == NONE


def test_a_criterion_may_stand_in_a_mapping() -> None:
    assert parsed(provider={"sort": {"by": "price", "partition": "none"}}).sort == "price"
    assert parsed(provider={"sort": {"partition": None}}).sort == ""


@pytest.mark.parametrize("extra", [{"provider": {"sort": "price"}}, {"provider": {"sort": "price"}, "x": 1}])
def test_it_is_found_in_extra_body_but_what_stands_at_the_top_wins(extra: Any) -> None:
    assert parsed(extra_body=extra).sort == "price"
    assert parsed(extra_body=extra, provider={"sort": "latency"}).sort == "latency"
    assert parsed(extra_body=extra, provider={}).sort == ""


@pytest.mark.parametrize("extra", [None, "x", [], {}, {"provider": None}])
def test_extra_body_may_be_anything_else(extra: Any) -> None:
    assert parsed(extra_body=extra) == NONE


WRONG: list[tuple[Any, str, str]] = [
    ("bedrock", "Input should be an object", ""),
    ({"sort": "karma"}, "Input should be 'price', 'throughput' or 'latency'", "sort"),
    ({"sort": ["price"]}, "Input should be a valid string", "sort"),
    ({"sort": {"by": "karma"}}, "Input should be 'price', 'throughput' or 'latency'", "sort.by"),
    ({"sort": {"by": "price", "partition": 1}}, "Input should be 'model' or 'none'", "sort.partition"),
    ({"allow_fallbacks": "no"}, "Input should be a valid boolean", "allow_fallbacks"),
    ({"order": "a"}, "Input should be a valid array", "order"),
    ({"order": ["a", 1]}, "Input should be a valid string", "order.1"),
    ({"only": {}}, "Input should be a valid array", "only"),
    ({"ignore": [None]}, "Input should be a valid string", "ignore.0"),
    ({"require_parameters": 1}, "Input should be a valid boolean", "require_parameters"),
    ({"data_collection": True}, "Input should be 'allow' or 'deny'", "data_collection"),
    ({"zdr": "yes"}, "Input should be a valid boolean", "zdr"),
    ({"quantizations": ["fp7"]}, "Input should be 'int4', .* or 'unknown'", "quantizations.0"),
    ({"max_price": 1}, "Input should be an object", "max_price"),
    ({"max_price": {"prompt": "cheap"}}, "Input should be a valid number", "max_price.prompt"),
    ({"max_price": {"completion": True}}, "Input should be a valid number", "max_price.completion"),
    ({"max_price": {"request": -1}}, "Input should be greater than or equal to 0", "max_price.request"),
]


@pytest.mark.parametrize(("given", "message", "field"), WRONG, ids=[f"{one[2]} {one[1]}"[:40] for one in WRONG])
@pytest.mark.parametrize("checked", [check, check_count])
def test_what_is_wrong_is_named(checked: Any, given: Any, message: str, field: str) -> None:
    for path, more in (("provider", {"provider": given}), ("extra_body.provider", {"extra_body": {"provider": given}})):
        param = ".".join(filter(None, [path, field]))
        with pytest.raises(ApiError, match=message) as refused:
            checked(body(**more))
        assert (refused.value.status, refused.value.param) == (400, param)
        assert refused.value.message.startswith(f"{param}: ")


def test_keys_without_effect_are_told() -> None:
    assert [*unknown(ALL)] == []
    assert [*unknown(ALL | {"karma": 1, "preferred_min_throughput": 5})] == ["karma", "preferred_min_throughput"]
