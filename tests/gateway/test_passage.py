"""What requests meet on their way through a gateway, on a clock that only moves when it is moved."""

from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockgw.clock import VirtualClock
from mockgw.delivery.actions import Chunk, Delivery
from mockgw.opened import Opened
from mockgw.pipeline import Pipeline
from mockgw.protocol.requests import Incoming
from tests.support import answer, ask, body, head, parsed, pipeline, sent_bytes

PRICES = "models: {'*': {prices: {input: 3, output: 15}}}"


def mocked(section: str, reply: str = "reply: one two three four", **settings: Any) -> Pipeline:
    return pipeline(f"gateway: {section}\n{reply}", **settings)


def status(gateway: Pipeline, request: dict[str, Any] | None = None, *, ending: str = "whole", **headers: str) -> int:
    """The status of an answer that is delivered."""
    opened = ask(gateway, request, **headers)
    gateway.settle(opened, Delivery(ending=ending))
    return opened.exchange.status


def moved(gateway: Pipeline, seconds: float) -> None:
    assert isinstance(gateway.clock, VirtualClock)
    gateway.clock.advance(seconds)


def balance(gateway: Pipeline, session: str = "default", key: str = "test") -> int:
    kept = gateway.sessions.of(session, gateway.clock.now())
    scenario = gateway.library.scenarios["test"]
    assert scenario.terms is not None
    form = scenario.terms.key(key)
    assert form is not None
    found = kept.books(scenario.terms).balance(scenario.terms, key, form)
    assert found is not None
    assert found.reserved == 0
    return found.amount


# Every check of the page, in its order: each request fails at all of the checks from some point on.
ORDER = """
gateway:
  keys: {good: active, trial: {uses: 1}}
  limits: {requests: 1/h, concurrent: 5, input_tokens: 100/m}
  credits: {balance: 0.000001}
  moderation: {reasons: {any: {patterns: .}}}
  models: {known: {window: 200, prices: {input: 3, output: 15}}, free: {moderated: false}}
  providers: {none: {models: free, state: down}, one: {models: free}}
  model_naming: strict
rules: [{match: {prompt: never}, reply: Hi}]
"""
TOO_LONG, MANY = "x" * 1000, "x" * 600
CHECKS: list[tuple[str, dict[str, Any] | bytes, dict[str, str], int, str]] = [
    ("key", b"{", {"x_api_key": "bad"}, 401, "Invalid API Key"),
    ("requests", b"{", {"x_mockgw_session": "used"}, 429, "You are being rate limited"),
    ("body", body(TOO_LONG, model="unknown", max_tokens=-1), {}, 400, "max_tokens: must be greater than or equal to 0"),
    ("model", body(TOO_LONG, model="unknown"), {}, 404, "model: unknown"),
    ("size", body(TOO_LONG, model="known"), {}, 400, "prompt is too long: 254 tokens > 200 maximum"),
    ("tokens", body(MANY, model="known"), {}, 429, "You are being rate limited"),
    ("credits", body(model="known"), {}, 402, "Your account or API key has insufficient credits."),
    ("moderation", body(model="known"), {"x_api_key": "rich"}, 403, "your input was flagged"),
    ("route", body(model="free", provider={"zdr": True}), {"x_api_key": "rich"}, 503, "no available model provider"),
    ("providers", body(model="free", provider={"only": ["none"]}), {"x_api_key": "rich"}, 502, "model is down"),
    ("rules", body(model="free"), {"x_api_key": "rich"}, 400, "no rule"),
]


@pytest.mark.parametrize(
    ("sent", "headers", "code", "message"), [one[1:] for one in CHECKS], ids=[one[0] for one in CHECKS]
)
def test_the_checks_come_in_their_order(sent: Any, headers: dict[str, str], code: int, message: str) -> None:
    gateway = pipeline(ORDER.replace("good: active", "good: active, rich: {balance: 1}"))
    status(gateway, body(model="known"), x_api_key="good", x_mockgw_session="used")
    headers = {"x_api_key": "good"} | headers
    if isinstance(sent, bytes):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        opened = gateway.messages(Incoming("POST", "/v1/messages", named, body=sent))
    else:
        opened = ask(gateway, sent, **headers)
    assert (opened.exchange.status, code) == (code, code)
    assert message.casefold() in parsed(opened)["error"]["message"].casefold()


def test_what_is_refused_costs_nothing_and_a_miss_is_given_back_whole() -> None:
    gateway = mocked(
        f"{{limits: {{requests: 3/h, tokens: 1000/h}}, credits: {{balance: 1}}, {PRICES}}}",
        "rules: [{match: {prompt: Hello}, reply: Hi}, {match: {prompt: broken}, error: 500}]",
    )
    start = balance(gateway)
    assert [status(gateway, body("miss")) for _ in range(9)] == [400] * 9
    assert [status(gateway, body("broken")) for _ in range(2)] == [500] * 2
    assert balance(gateway) == start
    assert [status(gateway), status(gateway)] == [200, 429]
    assert balance(gateway) < start


def test_a_limit_is_for_each_key_and_each_class_of_models() -> None:
    gateway = mocked("{limits: {requests: 1/h, models: {opus: {requests: 2/h}}}}")
    asked = ["claude-sonnet-4-5", "claude-sonnet-5", "claude-opus-5", "claude-opus-4-8", "claude-opus-5", "acme"]
    assert [status(gateway, body(model=model)) for model in asked] == [200, 429, 200, 200, 429, 200]
    assert status(gateway, x_api_key="other") == 200


@pytest.mark.parametrize("dialect", ["siraya", "anthropic"])
def test_who_waits_as_told_gets_through_and_a_second_earlier_does_not(dialect: str) -> None:
    for early, expected in ((1, 429), (0, 200)):
        gateway = mocked(f"{{dialect: {dialect}, limits: {{requests: 7/m}}}}")
        moved(gateway, 0.3)
        assert [status(gateway) for _ in range(7)] == [200] * 7
        moved(gateway, 1.7)
        wait = int(head(ask(gateway)).headers["retry-after"])
        assert wait == 7
        moved(gateway, wait - early)
        assert status(gateway) == expected


def test_requests_at_the_same_time_are_limited_until_one_of_them_ends() -> None:
    gateway = mocked("{limits: {concurrent: 2}}")
    running = [ask(gateway) for _ in range(2)]
    assert status(gateway) == 429
    gateway.conclude(running[0])
    assert status(gateway) == 200
    gateway.settle(running[0], Delivery(ending="whole"))
    gateway.settle(running[1], Delivery(ending="left"))
    running = [ask(gateway) for _ in range(2)]
    assert [one.exchange.status for one in running] == [200, 200]
    assert status(gateway) == 429


@pytest.mark.parametrize(
    "reply",
    ["rules: [{match: {prompt: never}, reply: Hi}]", "error: 529", "reply: '{{ 1 / 0 }}'"],
    ids=["miss", "error", "bug"],
)
def test_whatever_becomes_of_a_request_it_does_not_run_for_ever(reply: str) -> None:
    gateway = mocked("{limits: {concurrent: 1}}", reply)
    assert len({status(gateway) for _ in range(5)} - {429}) == 1
    assert 429 not in {status(gateway) for _ in range(5)}


def test_an_answer_is_paid_once_even_if_its_last_bytes_are_lost() -> None:
    gateway = mocked(f"{{credits: {{balance: 1}}, {PRICES}}}")
    start, opened = balance(gateway), ask(gateway)
    gateway.conclude(opened)
    paid = start - balance(gateway)
    gateway.settle(opened, Delivery(ending="left"))
    assert (start - balance(gateway), opened.exchange.cost) == (paid, paid)


def test_what_is_read_from_the_cache_is_no_input_that_counts() -> None:
    long = [{"type": "text", "text": "x" * 8000, "cache_control": {"type": "ephemeral"}}]
    gateway = mocked("{limits: {input_tokens: 2500/h}}")
    assert [status(gateway, body(system=long)) for _ in range(3)] == [200, 200, 200]
    assert status(mocked("{caching: false, limits: {input_tokens: 2500/h}}"), body(system=long)) == 200
    plain = mocked("{caching: false, limits: {input_tokens: 2500/h}}")
    assert [status(plain, body(system=long)) for _ in range(2)] == [200, 429]


def test_output_is_taken_as_it_is_produced_and_what_does_not_leave_is_given_back() -> None:
    gateway = mocked("{dialect: anthropic, limits: {output_tokens: 5/h}}")
    assert [status(gateway, body(max_tokens=64000)) for _ in range(3)] == [200, 200, 429]
    lost = mocked("{dialect: anthropic, limits: {output_tokens: 5/h}}")
    assert [status(lost, ending="left") for _ in range(3)] == [200, 200, 200]


def test_every_answer_of_the_api_says_what_is_left_and_only_the_refusal_of_a_platform() -> None:
    for dialect, told in (("anthropic", True), ("siraya", False)):
        opened = ask(mocked(f"{{dialect: {dialect}, limits: {{requests: 2/h}}}}"))
        assert (head(opened).headers.get("anthropic-ratelimit-requests-remaining") == "1") is told


def test_a_subscription_warns_and_then_refuses() -> None:
    gateway = mocked("{subscription: {five_hour: {tokens: 50}, warning: 0.5}}")
    seen = []
    for _ in range(6):
        opened = ask(gateway)
        seen.append((opened.exchange.status, head(opened).headers["anthropic-ratelimit-unified-status"]))
        gateway.settle(opened, Delivery(ending="whole"))
    assert seen[0] == (200, "allowed")
    assert seen[-1] == (429, "rejected")
    assert (200, "allowed_warning") in seen
    moved(gateway, timedelta(hours=5).total_seconds())
    assert status(gateway) == 200


def test_a_key_that_is_used_up_is_expired() -> None:
    gateway = mocked("{keys: {trial: {uses: 2}, hour: {expires: 1h}}}")
    assert [status(gateway, x_api_key="trial") for _ in range(3)] == [200, 200, 401]
    assert status(gateway, x_api_key="hour") == 200
    moved(gateway, 3600)
    assert status(gateway, x_api_key="hour") == 401


def test_a_miss_uses_up_no_key() -> None:
    gateway = mocked("{keys: {trial: {uses: 1}}}", "rules: [{match: {prompt: Hello}, reply: Hi}]")
    assert [status(gateway, body(prompt), x_api_key="trial") for prompt in ("miss", "miss", "Hello", "Hello")] == [
        400, 400, 200, 401
    ]  # fmt: skip


def test_the_credits_of_a_key_run_out() -> None:
    gateway = mocked(f"{{credits: {{balance: 0.0002, low: 0.0001}}, {PRICES}}}")
    seen = []
    for _ in range(4):
        opened = ask(gateway, body(max_tokens=5))
        warning = head(opened).headers.get("x-mockgw-warning")
        gateway.settle(opened, Delivery(ending="whole"))
        seen.append((opened.exchange.status, opened.exchange.summary()["cost"], warning))
    assert seen == [
        (200, "0.000078", None),
        (200, "0.000078", "low_balance"),
        (402, "0.00", "low_balance"),
        (402, "0.00", "low_balance"),
    ]


@pytest.mark.parametrize("dialect", ["siraya", "anthropic"])
def test_the_reservation_goes_up_to_max_tokens(dialect: str) -> None:
    gateway = mocked(f"{{dialect: {dialect}, credits: {{balance: 0.001, message: affordable}}, {PRICES}}}")
    refused = answer(gateway, body(max_tokens=32000))["error"]["message"]
    affordable = int(refused.rstrip(".").split()[-1])
    assert affordable == (1000 - 18) // 15
    assert status(gateway, body(max_tokens=affordable + 1)) == 402
    assert status(gateway, body(max_tokens=affordable)) == 200


def test_what_others_have_reserved_cannot_be_spent() -> None:
    gateway = mocked(f"{{credits: {{balance: 0.0003, reserve: input}}, {PRICES}}}")
    opened = [ask(gateway) for _ in range(3)]
    assert [one.exchange.status for one in opened] == [200, 200, 200]
    assert head(opened[0]).headers["x-mockgw-balance"] == "0.000222"
    assert status(gateway) == 200
    assert status(gateway) == 402
    for one in opened:
        gateway.settle(one, Delivery(ending="left"))
    assert status(gateway) == 200


def test_on_credit_an_answer_goes_on_and_the_next_request_is_refused() -> None:
    gateway = mocked(f"{{credits: {{balance: 0.00005, reserve: input}}, {PRICES}}}")
    assert status(gateway) == 200
    assert balance(gateway) == -28_000_000
    assert status(gateway) == 402


def test_a_balance_may_run_out_in_the_middle_of_a_stream() -> None:
    gateway = mocked(f"{{credits: {{balance: 0.00005, reserve: input, exhausted: error_event}}, {PRICES}}}")
    opened = ask(gateway, body(stream=True))
    assert opened.exchange.status == 200
    assert sent_bytes(opened).count(b"event: content_block_delta") == 2
    assert b'"code":402' in sent_bytes(opened)
    gateway.settle(opened, Delivery(ending="whole"))
    assert balance(gateway) == 2_000_000
    assert status(gateway, body(stream=True)) == 402


def test_an_answer_in_one_piece_that_cannot_be_paid_is_refused() -> None:
    gateway = mocked(f"{{credits: {{balance: 0.00005, reserve: input, exhausted: error_event}}, {PRICES}}}")
    start = balance(gateway)
    assert status(gateway) == 402
    assert balance(gateway) == start


def test_what_nobody_knows_the_price_of_passes_and_its_cost_is_unknown() -> None:
    gateway = mocked("{credits: {balance: 0.01}}")
    opened = ask(gateway, body(model="acme-1"))
    gateway.settle(opened, Delivery(ending="whole"))
    assert opened.exchange.summary()["cost"] is None
    assert status(gateway, body(model="claude-sonnet-4-5", max_tokens=10)) == 200
    assert balance(gateway) == 10**10 - 78_000_000


def test_a_model_that_does_not_take_it_has_others_in_its_place() -> None:
    gateway = mocked(
        "{model_naming: strict, limits: {models: {opus: {requests: 1/h}}}, "
        "fallbacks: {claude-opus-5: [acme-9, claude-sonnet-5], acme-9: [claude-opus-5]}}"
    )
    models = [answer(gateway, body(model="claude-opus-5")).get("model") for _ in range(3)]
    assert models == ["claude-opus-5", "claude-sonnet-5", "claude-sonnet-5"]
    assert answer(gateway, body(model="acme-9"))["error"]["message"] == "You are being rate limited"
    assert answer(gateway, body(model="acme-9", models=["claude-haiku-4-5"]))["model"] == "claude-haiku-4-5"
    assert (
        answer(gateway, body(model="claude-opus-5", fallbacks=[{"model": "acme-8"}]))["error"]["message"]
        == "model: acme-8"
    )


def test_too_long_a_prompt_goes_to_a_model_with_a_larger_window() -> None:
    gateway = mocked("{models: {small: {window: 10}}, fallbacks: {small: [large]}}")
    assert answer(gateway, body("x" * 100, model="small"))["model"] == "large"
    refused = answer(gateway, body("x" * 100, model="small", models=["small"]))
    assert refused["error"]["message"] == "prompt is too long: 29 tokens > 10 maximum"


def test_what_cannot_be_paid_is_not_asked_of_others() -> None:
    gateway = mocked(f"{{credits: {{balance: 0}}, fallbacks: {{claude-sonnet-4-5: [claude-haiku-4-5]}}, {PRICES}}}")
    assert status(gateway) == 402


def test_tokens_are_counted_whatever_the_limits_but_not_for_a_model_that_there_is_not() -> None:
    gateway = mocked("{model_naming: strict, limits: {requests: 1/d}, credits: {balance: 0}}")

    def counted(model: str) -> Opened:
        opened = Incoming(
            "POST",
            "/v1/messages/count_tokens",
            {"x-api-key": "k"},
            body=b'{"model":"%s","messages":[{"role":"user","content":"Hello"}]}' % model.encode(),
        )
        return gateway.count_tokens(opened)

    assert [counted("claude-opus-5").exchange.status for _ in range(3)] == [200] * 3
    assert counted("acme").exchange.status == 404


KINDS = (
    "Hello",
    "broken",
    "cut",
    "miss",
    "cached",
    "huge",
    "unknown",
    "cheap",
    "down",
    "breaking",
    "nobody",
    "another",
)
# What may become of a request: whether it is streamed and how much of it leaves, or that it is refused on the way.
FATES = st.tuples(
    st.sampled_from(KINDS),
    st.booleans(),
    st.sampled_from(["whole", "left", "stopped"]),
    st.integers(0, 12),
)
LEDGER = f"""
gateway:
  credits: {{balance: 0.02, reserve: input}}
  limits: {{requests: 1000/s, tokens: 100000/m, concurrent: 500}}
  model_naming: strict
  {PRICES.replace("'*'", "claude-sonnet-4-5")}
  providers:
    usual: {{models: claude-sonnet-4-5}}
    cheap:
      models: claude-sonnet-4-5
      prices: {{input: 1, output: 2}}
      state: [{{type: up, times: 2}}, {{type: error, times: 1}}]
      then: loop
    down: {{models: [claude-opus-5, claude-fable-5], state: hang}}
    breaking: {{models: claude-haiku-4-5, prices: {{input: 7, output: 9}}, state: {{type: break, events: 4}}}}
  fallbacks: {{claude-opus-5: [claude-sonnet-4-5]}}
rules:
  - match: {{prompt: [Hello, cached, huge, cheap, failing, down, breaking, nobody, another]}}
    reply: {{text: one two three four five, pace: {{tps: 10}}}}
  - {{match: {{prompt: broken}}, error: 529}}
  - {{match: {{prompt: cut}}, reply: one two three four five, fault: truncate}}
"""


OF_KINDS: dict[str, dict[str, Any]] = {
    "unknown": {"model": "acme"},
    "cheap": {"provider": {"sort": "price"}},
    "failing": {"provider": {"only": ["cheap"]}},
    "down": {"model": "claude-fable-5"},
    "another": {"model": "claude-opus-5"},
    "breaking": {"model": "claude-haiku-4-5"},
    "nobody": {"provider": {"only": ["nobody"]}},
}


def asked_for(kind: str, *, stream: bool) -> dict[str, Any]:
    cached = {"type": "text", "text": "x" * 6000, "cache_control": {"type": "ephemeral"}}
    more: dict[str, Any] = {"system": [cached]} if kind == "cached" else {}
    more |= {"system": "x" * 40_000} if kind == "huge" else {}
    more |= OF_KINDS.get(kind, {})
    return body(kind, stream=stream, **more)


@given(st.lists(FATES, max_size=40), st.randoms())
def test_the_balance_is_the_start_less_all_recorded_costs_whatever_the_order(
    fates: list[tuple[str, bool, str, int]], rng: Random
) -> None:
    check_ledger(pipeline(LEDGER), fates, rng)


def test_the_ledger_is_exact_after_a_thousand_mixed_requests() -> None:
    rng = Random(7)
    endings = ("whole", "left", "stopped")
    fates = [(rng.choice(KINDS), rng.random() < 0.5, rng.choice(endings), rng.randrange(13)) for _ in range(1000)]
    gateway = pipeline(LEDGER.replace("balance: 0.02", "balance: 0.2").replace("1000/s", "300/h"))
    check_ledger(gateway, fates, rng)
    assert {exchange.status for exchange in gateway.journal} == {200, 400, 402, 404, 408, 429, 502, 503, 529}


def check_ledger(gateway: Pipeline, fates: list[tuple[str, bool, str, int]], rng: Random) -> None:
    start, opened = balance(gateway), []
    for kind, stream, ending, events in fates:
        opened.append((ask(gateway, asked_for(kind, stream=stream)), ending, events))
        if rng.random() < 0.5:
            rng.shuffle(opened)
            settle(gateway, *opened.pop())
    for one in opened:
        settle(gateway, *one)
    costs = [Decimal(exchange.summary()["cost"]) for exchange in gateway.journal]
    assert Decimal(balance(gateway)) == start - sum(costs) * 10**12
    assert all(cost >= 0 for cost in costs)


def settle(gateway: Pipeline, opened: Opened, ending: str, events: int) -> None:
    chunks = [action for action in opened.exchange.actions if isinstance(action, Chunk)][:events]
    delivery = Delivery(ending=ending)
    delivery.count(chunks)
    gateway.settle(opened, delivery)
