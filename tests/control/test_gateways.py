"""What keys have in a session: shown without being counted, topped up, and on the session's clock."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mockgw.clock import VirtualClock
from mockgw.control import gateway_shapes
from mockgw.control.control import Control
from mockgw.control.errors import ControlError
from mockgw.delivery.actions import Delivery
from mockgw.pipeline import Pipeline
from mockgw.scenario.library import Library
from mockgw.settings import Settings
from tests.support import ask, body, pipeline, scenario

KEYS = "keys: {sk-demo-of-a-long-key: {balance: 0.5}, off: disabled, trial: {uses: 1}, '*': active}"
WEEK = "limits: {requests: 2/7d, concurrent: 3}, subscription: {five_hour: {tokens: 5000}, seven_day: {tokens: 9}}"
PRICES = "models: {'*': {prices: {input: 3, output: 15}}}"
KEY = "sk-demo-of-a-long-key"


def made(section: str) -> Control:
    return Control(pipeline(f"gateway: {{{section}}}\nreply: one two three"))


def status(control: Control, key: str = KEY, session: str = "default", **more: Any) -> int:
    opened = ask(control.pipeline, body(**more), x_api_key=key, x_mockgw_session=session)
    control.pipeline.settle(opened, Delivery(ending="whole"))
    return opened.exchange.status


def only(shown: gateway_shapes.GatewaysShown) -> gateway_shapes.KeyShown:
    [gateway] = shown.gateways
    [key] = gateway.keys
    return key


def shown(control: Control, key: str = KEY) -> gateway_shapes.KeyShown:
    return only(control.gateway("default", {"key": key}))


def refused(control: Control, method: str, value: Any) -> ControlError:
    with pytest.raises(ControlError) as raised:
        getattr(control, method)("default", value)
    return raised.value


def test_a_session_without_a_gateway_has_nothing_to_show() -> None:
    assert Control(pipeline("reply: Hi")).gateway("default").gateways == ()
    assert made("dialect: anthropic").gateway("default").gateways == ()


def test_keys_are_shown_masked_those_of_the_table_and_those_that_came() -> None:
    control = made(f"{KEYS}, {PRICES}")
    for key in ("trial", "another-key-that-came", KEY):
        assert status(control, key) == 200
    [gateway] = control.gateway("default").gateways
    assert gateway.scenarios == ("test",)
    found = [(key.key, key.state, key.uses, key.balance and key.balance.amount) for key in gateway.keys]
    assert found == [
        ("sk-d…ey", "active", 1, "0.499937"),
        ("…", "disabled", 0, None),
        ("…", "expired", 1, None),
        ("anot…me", "active", 1, None),
    ]


def test_what_is_reserved_is_shown_while_a_request_is_under_way() -> None:
    control = made(f"{KEYS}, {WEEK}, {PRICES}")
    opened = ask(control.pipeline, body(), x_api_key=KEY)
    assert shown(control).balance == gateway_shapes.BalanceShown("0.50", "0.000063", "0.499937")
    assert shown(control).limits[0].running == 1
    control.pipeline.settle(opened, Delivery(ending="whole"))
    assert shown(control).balance == gateway_shapes.BalanceShown("0.499937", "0.00", "0.499937")
    assert (shown(control).limits[0].running, shown(control).limits[0].concurrent) == (0, 3)


def test_to_ask_begins_nothing() -> None:
    control = made(f"{KEYS}, {WEEK}")
    [five_hours, seven_days] = shown(control, "other").windows
    assert (five_hours.used, seven_days.ends_in) == (0, 7 * 86400)
    control.advance("default", {"by": "1h"})
    assert status(control, "other") == 200
    assert shown(control, "other").windows[0].ends_in == 5 * 3600
    assert [key.key for key in control.gateway("default").gateways[0].keys] == ["sk-d…ey", "…", "…", "…"]


def test_a_limit_of_seven_days_is_there_again_when_the_clock_of_the_session_is_moved() -> None:
    control = made(f"{KEYS}, limits: {{requests: 1/7d}}")
    assert [status(control), status(control)] == [200, 429]
    [limits] = shown(control).limits
    [bucket] = limits.buckets
    assert (limits.models, bucket.name, bucket.limit, bucket.seconds) == ("sonnet", "requests", 1, 7 * 86400)
    assert (bucket.left, bucket.full_in) == (0, 7 * 86400)
    assert bucket.full - control.clock("default").time == timedelta(days=7)

    control.advance("default", {"by": "7d"})
    [bucket] = shown(control).limits[0].buckets
    assert (bucket.left, bucket.full_in, bucket.full) == (1, 0, control.clock("default").time)
    assert [status(control), status(control)] == [200, 429]


def test_so_is_a_plan_of_seven_days_but_for_those_of_other_sessions() -> None:
    control = made("subscription: {seven_day: {tokens: 9}}")
    for session in ("default", "other"):
        assert [status(control, session=session), status(control, session=session)] == [200, 429]
    control.advance("default", {"by": "7d"})
    [window] = shown(control).windows
    assert (window.name, window.tokens, window.used, window.ends_in) == ("seven_day", 9, 0, 7 * 86400)
    assert status(control) == 200
    assert only(control.gateway("other", {"key": KEY})).windows[0].used == 9
    assert status(control, session="other") == 429


def test_a_key_is_given_money_or_has_so_much() -> None:
    control = made(f"credits: {{balance: 0}}, {PRICES}")
    assert status(control) == 402
    topped = only(control.top_up("default", {"key": KEY, "add": 0.25}))
    assert topped.balance == gateway_shapes.BalanceShown("0.25", "0.00", "0.25")
    assert only(control.top_up("default", {"key": KEY, "add": 0.5})).balance == gateway_shapes.BalanceShown(
        "0.75", "0.00", "0.75"
    )
    assert (status(control), status(control, "another")) == (200, 402)
    control.top_up("default", {"key": KEY, "balance": 0})
    assert status(control) == 402
    control.create_session({"name": "other"})
    assert only(control.gateway("other", {"key": KEY})).balance == gateway_shapes.BalanceShown("0.00", "0.00", "0.00")


def test_only_gateways_that_were_topped_up_are_shown() -> None:
    control = served(
        "gateway: {limits: {requests: 1/h}}\nreply: Hi", f"gateway: {{credits: {{balance: 0}}, {PRICES}}}\nreply: Hi"
    )
    [topped] = control.top_up("default", {"key": KEY, "add": 1}).gateways
    assert (topped.scenarios, topped.keys[0].balance) == (("b",), gateway_shapes.BalanceShown("1.00", "0.00", "1.00"))


def test_limits_are_made_full_again_of_one_key_or_of_all() -> None:
    control = made("limits: {requests: 1/h}, subscription: {five_hour: {tokens: 10}}")
    for key in ("a", "b"):
        assert [status(control, key), status(control, key)] == [200, 429]
    topped = only(control.refill("default", {"key": "a"}))
    assert (topped.limits[0].buckets[0].left, topped.windows[0].used) == (1, 0)
    assert [status(control, "a"), status(control, "b")] == [200, 429]
    control.refill("default")
    assert [status(control, "a"), status(control, "b")] == [200, 200]


def test_a_reset_begins_anew() -> None:
    control = made(f"{KEYS}, {PRICES}")
    control.top_up("default", {"key": KEY, "add": 1})
    control.reset("default")
    assert shown(control).balance == gateway_shapes.BalanceShown("0.50", "0.00", "0.50")


PROVIDERS = "providers: {a: {state: {type: error, status: 429, for: 90s}}, b: {state: [{type: down, times: 2}, hang]}}"


def provider(shown: gateway_shapes.GatewaysShown, name: str) -> gateway_shapes.ProviderShown:
    [gateway] = shown.gateways
    [found] = [one for one in gateway.providers if one.provider == name]
    return found


def test_the_state_of_each_provider_is_shown() -> None:
    control = made(PROVIDERS)
    control.advance("default", {"by": "30s"})
    assert status(control) == 502
    shown, now = control.gateway("default"), control.clock("default").time
    a, b = provider(shown, "a"), provider(shown, "b")
    assert (a.state, a.status, a.by_hand, a.ends_in, a.left) == ("error", 429, False, 60, None)
    assert (now - a.since, a.ends) == (timedelta(seconds=30), now + timedelta(seconds=60))
    assert (b.state, b.status, b.ends, b.left, b.tried, b.served, b.failed_lately) == (
        "down",
        None,
        None,
        1,
        1,
        0,
        True,
    )
    control.advance("default", {"by": "60s"})
    assert status(control) == 200
    a, b = (provider(control.gateway("default"), name) for name in "ab")
    assert (a.state, a.since, a.ends_in, a.tried, a.served) == ("up", now + timedelta(seconds=60), None, 2, 1)
    assert b.failed_lately is False


def test_the_state_of_a_provider_is_set_and_given_back_to_its_script() -> None:
    control = made("providers: {a: {state: down}}")
    assert status(control) == 502
    a = provider(control.set_provider("default", "a", {"state": "up"}), "a")
    assert (a.state, a.by_hand, a.since) == ("up", True, control.clock("default").time)
    assert status(control) == 200
    control.create_session({"name": "other"})
    assert status(control, session="other") == 502
    assert provider(control.release_provider("default", "a"), "a").by_hand is False
    assert status(control) == 502


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ({"state": {"type": "down", "for": "30s"}}, [502, 502, 502, 200]),
        ({"state": {"type": "down", "times": 2}}, [502, 502, 200, 200]),
        ({"state": [529, {"type": "up", "times": 1}], "then": "loop"}, [503] * 4),
        ({"state": [{"type": "down", "times": 1}, {"type": "up", "times": 1}], "then": "loop"}, [502, 200, 502, 200]),
    ],
)
def test_what_is_set_may_end_by_itself(states: Any, expected: list[int]) -> None:
    control = made("providers: {a: {}}")
    control.set_provider("default", "a", states)
    seen = []
    for _ in range(4):
        seen.append(status(control))
        control.advance("default", {"by": "10s"})
    assert seen == expected


def test_a_reset_gives_all_providers_back() -> None:
    control = made("providers: {a: {}}")
    control.set_provider("default", "a", {"state": "down"})
    control.reset("default")
    a = provider(control.gateway("default"), "a")
    assert (a.state, a.by_hand) == ("up", False)


def test_a_provider_of_several_gateways_is_set_in_all_of_them_or_in_one() -> None:
    control = served(*(f"gateway: {{providers: {{a: {{}}}}, credits: {{balance: {n}}}}}\nreply: Hi" for n in (1, 2)))
    assert len(control.set_provider("default", "a", {"state": "down"}).gateways) == 2
    [gateway] = control.release_provider("default", "a", {"scenario": "b"}).gateways
    assert (gateway.scenarios, gateway.providers[0].state) == (("b",), "up")
    assert [one.providers[0].state for one in control.gateway("default").gateways] == ["down", "up"]


@pytest.mark.parametrize(
    ("name", "value", "kind", "message"),
    [
        ("aa", {"state": "up"}, "unknown", "there is no provider 'aa'; did you mean 'a'? there are a, b"),
        ("bedrok", {"state": "up"}, "unknown", "there is no provider 'bedrok'"),
        ("a", {"state": "dwn"}, "invalid", "unknown state 'dwn'; expected up, slow, down"),
        ("a", {}, "invalid", "'state' is missing"),
        ("a", {"state": {"type": "slow"}}, "invalid", "'delay' is missing"),
        ("a", {"stat": "up"}, "invalid", "unknown key 'stat'; did you mean 'state'?"),
        ("a", {"state": "up", "scenario": "x"}, "unknown", "there is no scenario with a gateway 'x'"),
    ],
)
def test_what_is_wrong_with_a_state_is_told(name: str, value: Any, kind: str, message: str) -> None:
    control = made(PROVIDERS)
    with pytest.raises(ControlError) as raised:
        control.set_provider("default", name, value)
    assert (raised.value.kind, message in str(raised.value)) == (kind, True), str(raised.value)


def served(*texts: str, **more: Any) -> Control:
    names = [f"{letter}" for letter, _ in zip("abc", texts, strict=False)]
    loaded = {name: scenario(text, name) for name, text in zip(names, texts, strict=True)}
    return Control(Pipeline(Library(loaded, "a"), Settings(**more), VirtualClock()))


def test_scenarios_with_the_same_section_share_a_gateway_and_others_have_their_own() -> None:
    one = "gateway: {credits: {balance: 1}}\nreply: Hi"
    control = served(one, one, "gateway: {credits: {balance: 2}}\nreply: Hi")
    told = {"key": "k", "add": 1}
    assert [gateway.scenarios for gateway in control.gateway("default").gateways] == [("a", "b"), ("c",)]

    def amounts(shown: gateway_shapes.GatewaysShown) -> list[str]:
        return [key.balance.amount for gateway in shown.gateways for key in gateway.keys if key.balance]

    assert amounts(control.top_up("default", told | {"scenario": "c"})) == ["3.00"]
    assert amounts(control.top_up("default", told)) == ["2.00", "4.00"]
    control.choose("default", {"name": "b"})
    assert amounts(control.gateway("default")) == ["2.00"]
    control.choose("default", {"gateway": {"credits": {"balance": 7}}, "reply": "Hi"})
    assert amounts(control.gateway("default", {"key": "k"})) == ["7.00"]
    error = refused(control, "top_up", told | {"scenario": "a"})
    assert (error.kind, str(error)) == ("unknown", "there is no scenario with a gateway 'a'; there are own")


def test_a_key_that_is_masked_is_meant_by_its_place() -> None:
    control = made(f"{KEYS}, {PRICES}, credits: {{balance: 1}}, limits: {{requests: 1/d}}")
    status(control, "another-key-that-came")
    assert [key.key for key in control.gateway("default").gateways[0].keys] == ["sk-d…ey", "…", "…", "anot…me"]

    assert only(control.top_up("default", {"key": "#4", "balance": 7})).balance == gateway_shapes.BalanceShown(
        "7.00", "0.00", "7.00"
    )
    assert shown(control).balance == gateway_shapes.BalanceShown("0.50", "0.00", "0.50")
    [limits] = only(control.refill("default", {"key": "#4"})).limits
    assert [bucket.left for bucket in limits.buckets] == [1]

    error = refused(control, "refill", {"key": "#5"})
    assert (error.kind, str(error)) == ("unknown", "the gateway has no key '#5'; it knows 4 keys")


def test_a_place_is_one_of_a_gateway() -> None:
    control = served(*(f"gateway: {{credits: {{balance: {n}}}}}\nreply: Hi" for n in (1, 2)))
    error = refused(control, "top_up", {"key": "#1", "add": 1})
    assert (error.kind, str(error)) == (
        "invalid",
        "'#1' is a place among the keys of one gateway; say of which scenario",
    )


def test_the_gateway_of_a_file_is_that_of_all_scenarios_without_one(tmp_path: Path) -> None:
    file = tmp_path / "gateway.yaml"
    file.write_text("credits: {balance: 1}", encoding="utf-8")
    control = served("reply: Hi", "reply: Hi", gateway=file)
    assert [gateway.scenarios for gateway in control.gateway("default").gateways] == [("a", "b")]


@pytest.mark.parametrize(
    ("method", "value", "kind", "message"),
    [
        ("gateway", {"key": "sk-a-secret"}, "unknown", "no gateway of the session 'default' has such a key"),
        ("gateway", {"keys": "a"}, "invalid", "unknown key 'keys'; did you mean 'key'?"),
        ("top_up", {"key": "sk-a-secret", "add": 1}, "unknown", "has credits for such a key"),
        ("top_up", {"key": "off", "add": 1}, "unknown", "has credits for such a key"),
        ("top_up", {"key": "sk-a-secret"}, "invalid", "expected exactly one of add and balance"),
        ("top_up", {"key": "sk-a-secret", "add": 1, "balance": 1}, "invalid", "expected exactly one of"),
        ("top_up", {"key": "sk-a-secret", "add": -1}, "invalid", "expected dollars from 0 to"),
        ("top_up", {"add": 1}, "invalid", "'key' is missing"),
        ("refill", {"key": "sk-a-secret"}, "unknown", "has such a key"),
        ("refill", {"scenario": "tests"}, "unknown", "did you mean 'test'?"),
        ("refill", [], "invalid", "expected a mapping|the body"),
    ],
)
def test_what_is_wrong_is_told_and_no_key_is(method: str, value: Any, kind: str, message: str) -> None:
    control = made(KEYS.replace(", '*': active", ""))
    error = refused(control, method, value)
    assert error.kind == kind
    assert any(part in str(error) for part in message.split("|"))
    assert "sk-a-secret" not in str(error)
