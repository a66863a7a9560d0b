from typing import Any

import pytest

from mockgw.delivery.actions import Delivery, Finish, Wait
from mockgw.delivery.pacing import length
from mockgw.opened import Opened
from mockgw.pipeline import Pipeline
from tests.support import ask, body, head, parsed, pipeline, sent_bytes


def waited(opened: Opened) -> float:
    return length(opened.exchange.actions)


def settle(gateway: Pipeline, opened: Opened) -> Opened:
    gateway.settle(opened, Delivery(ending="whole"))
    return opened


def test_the_answer_names_its_scenario_and_rule() -> None:
    headers = head(ask(pipeline("rules: [{id: greet, reply: Hi}]"))).headers

    assert (headers["x-mockgw-scenario"], headers["x-mockgw-rule"]) == ("test", "greet")


@pytest.mark.parametrize("answer", ["{text: a, delay: 2s}", "{error: 429, delay: 2s}"], ids=["message", "error"])
def test_a_delay_comes_before_the_first_byte(answer: str) -> None:
    actions = ask(pipeline(f"reply: {answer}")).exchange.actions

    assert actions[0] == Wait(2.0)


@pytest.mark.parametrize(
    ("delay", "least", "most"),
    [
        pytest.param("{type: uniform, lower: 1s, upper: 3s}", 1.0, 3.0, id="uniform"),
        pytest.param("{type: lognormal, median: 2s, sigma: 5, max: 4s}", 0.0, 4.0, id="lognormal"),
    ],
)
def test_delays_are_drawn(delay: str, least: float, most: float) -> None:
    gateway = pipeline(f"reply: a\ndelay: {delay}")
    drawn = [waited(ask(gateway, body(str(number)))) for number in range(20)]

    assert all(least <= seconds <= most for seconds in drawn)
    assert len(set(drawn)) > 1


def test_a_pace_takes_as_long_streamed_or_not() -> None:
    gateway = pipeline("reply: one two three four\npace: {ttft: 1s, tps: 2}")

    assert waited(ask(gateway)) == pytest.approx(waited(ask(gateway, body(stream=True)))) == pytest.approx(2.5)


def test_defaults_are_for_every_reply_and_the_nearest_wins() -> None:
    gateway = pipeline(
        """
        defaults: {delay: 1s, headers: {x-a: one, x-b: one}}
        rules:
          - {match: {prompt: near}, reply: a, delay: 3s, headers: {X-B: two}}
          - {match: {prompt: error}, error: 503}
          - {reply: a}
        """
    )
    near, error, plain = (ask(gateway, body(prompt)) for prompt in ("near", "error", "plain"))

    assert [waited(opened) for opened in (near, error, plain)] == [3.0, 1.0, 1.0]
    assert [head(opened).headers["x-b"] for opened in (near, error, plain)] == ["two", "one", "one"]
    assert [head(opened).headers["x-a"] for opened in (near, error, plain)] == ["one"] * 3


def test_an_error_is_filled_in_by_the_dialect() -> None:
    ours, theirs = (
        parsed(ask(pipeline(f"error: {{status: 402, message: Broke}}\ngateway: {{dialect: {dialect}}}")))
        for dialect in ("siraya", "anthropic")
    )

    assert ours == {"error": {"message": "Broke", "type": "billing_error", "param": "", "code": 402}}
    assert theirs["error"] == {"type": "billing_error", "message": "Broke"}


def test_an_error_may_say_everything() -> None:
    error = "{status: 429, type: mine, retry_after: 2s, should_retry: false, headers: {x-a: b}, body: Busy}"
    opened = ask(pipeline(f"error: {error}\nheaders: {{x-c: d}}"))

    headers = head(opened).headers
    assert (headers["retry-after"], headers["x-should-retry"], headers["x-a"], headers["x-c"]) == (
        "2",
        "false",
        "b",
        "d",
    )
    assert sent_bytes(opened) == b"Busy"


def test_a_fault_strikes_so_often_and_no_more() -> None:
    gateway = pipeline("reply: one two\nfault: {type: truncate, max_hits: 2}")
    struck = [bool(settle(gateway, ask(gateway, body(str(number)))).exchange.faults) for number in range(4)]

    assert struck == [True, True, False, False]


def test_a_fault_strikes_a_share_of_the_answers() -> None:
    gateway = pipeline("reply: one two\nfault: {type: truncate, rate: 0.5}")
    struck = [bool(ask(gateway, body(str(number))).exchange.faults) for number in range(100)]

    assert 20 < struck.count(True) < 80


@pytest.mark.parametrize(("rate", "struck"), [(0, ()), (1, ("truncate",))])
def test_a_rate_of_all_or_nothing(rate: int, struck: tuple[str, ...]) -> None:
    assert ask(pipeline(f"reply: a\nfault: {{type: truncate, rate: {rate}}}")).exchange.faults == struck


def test_faults_happen_in_their_order() -> None:
    opened = ask(pipeline("reply: a b c d\nfault: [{type: stall, for: 2s}, truncate]"), body(stream=True))

    assert opened.exchange.faults == ("stall", "truncate")
    assert isinstance(opened.exchange.actions[-1], Finish)


def test_of_faults_that_end_the_answer_the_first_that_chance_lets_strike_counts() -> None:
    faults = "[{type: slicer, max_hits: 2}, {type: empty_response, max_hits: 1}, {type: truncate, max_hits: 2}, stall]"
    gateway = pipeline(f"reply: one two\nfault: {faults}")
    assert [settle(gateway, ask(gateway)).exchange.faults for _ in range(4)] == [
        ("slicer", "empty_response"),
        ("slicer", "truncate"),
        ("truncate",),
        ("stall",),
    ]


def test_an_answer_that_chance_has_ended_is_not_replaced() -> None:
    gateway = pipeline("reply: one two\nfault: [{type: truncate, max_hits: 1}, html_error_page]")
    assert [settle(gateway, ask(gateway)).exchange.faults for _ in range(2)] == [("truncate",), ("html_error_page",)]


def test_of_faults_that_always_end_the_answer_the_second_is_an_error() -> None:
    opened = ask(pipeline("reply: one two\nfault: [truncate, {type: stall, rate: 0.5}, stall]"))
    assert opened.exchange.refusal == "fault"
    assert "'truncate' before it has ended the answer" in opened.exchange.message


def test_a_fault_may_stand_alone() -> None:
    assert ask(pipeline("fault: truncate"), body(stream=True)).exchange.faults == ("truncate",)


def test_a_fault_that_cannot_happen_is_a_400() -> None:
    refused = ask(pipeline("reply: a\nfault: error_event"))

    assert (head(refused).status, head(refused).headers["x-mockgw-error"]) == (400, "fault")


def test_what_is_drawn_does_not_depend_on_the_order_of_arrival() -> None:
    written = "reply: a\ndelay: {type: uniform, lower: 0, upper: 9}\nfault: {type: truncate, rate: 0.5}"

    def run(order: list[int]) -> dict[int, Any]:
        gateway = pipeline(written)
        opened = {number: ask(gateway, body(str(number))) for number in order}
        return {number: (waited(one), one.exchange.faults, one.exchange.request_id) for number, one in opened.items()}

    assert run(list(range(50))) == run(list(reversed(range(50))))


def test_a_retry_draws_anew() -> None:
    gateway = pipeline("reply: a\ndelay: {type: uniform, lower: 0, upper: 9}")
    first, second = ask(gateway), ask(gateway)

    assert waited(first) != waited(second)
    assert parsed(first)["id"] != parsed(second)["id"]
