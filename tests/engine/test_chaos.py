"""Chaos: which tries are struck, and what is left of the script."""

from collections.abc import Iterable

import pytest

from mockgw.delivery.actions import Delivery
from mockgw.pipeline import Pipeline
from tests.support import answer, ask, body, head, parsed, pipeline, sent_bytes, text

ALWAYS = "chaos: [{error: 529}]"


def _tries(gateway: Pipeline, count: int, prompt: str = "Hello", session: str = "default") -> list[str]:
    """What strikes a request and its retries, one after the other."""
    struck = []
    for _ in range(count):
        opened = ask(gateway, body(prompt), x_mockgw_session=session)
        gateway.settle(opened, Delivery(ending="whole"))
        struck.append(opened.exchange.chaos.partition(" ")[0])
    return struck


def test_an_error_comes_instead_of_the_answer() -> None:
    opened = ask(pipeline(f"reply: Hello\n{ALWAYS}"))
    assert head(opened).status == 529
    assert head(opened).headers["x-mockgw-rule"] == "error:529"
    assert (opened.exchange.rule, opened.exchange.chaos) == ("error:529", "error:529 (test.yaml:2)")


def test_a_fault_strikes_the_scripted_answer() -> None:
    gateway = pipeline("reply: Hello to you\nchaos: [{fault: {type: truncate, at: {event: 3}}}]")
    opened = ask(gateway, body(stream=True))
    assert b"content_block_start" in sent_bytes(opened)
    assert b"content_block_delta" not in sent_bytes(opened)
    assert (opened.exchange.rule, opened.exchange.faults) == ("rule-1", ("truncate",))
    assert head(opened).headers["x-mockgw-fault"] == "truncate"


def test_a_delay_comes_before_the_scripted_answer() -> None:
    gateway = pipeline("{reply: Hello, delay: 1s, chaos: [{delay: 2s}]}")
    assert ask(gateway).decision.delay == 3.0  # type: ignore[union-attr]  # it was decided


def test_the_first_that_strikes_counts() -> None:
    chaos = "[{error: 429, match: {prompt: other}}, {error: 503, rate: 0}, {error: 529}, {error: 500}]"
    assert _tries(pipeline(f"{{reply: Hello, chaos: {chaos}}}"), 1) == ["error:529"]


def test_it_strikes_only_where_it_can() -> None:
    gateway = pipeline("{reply: Hello, chaos: [{fault: error_event}, {error: 529, match: {stream: true}}]}")
    opened = ask(gateway)
    assert (head(opened).status, opened.exchange.chaos) == (200, "")
    assert ask(gateway, body(stream=True)).exchange.chaos == "error_event (test.yaml:1)"


def test_a_flag_comes_after_the_file() -> None:
    gateway = pipeline("{reply: Hello, chaos: [{error: 529, match: {stream: true}}]}", chaos="error:429=1")
    assert ask(gateway, body(stream=True)).exchange.chaos == "error:529 (test.yaml:1)"
    assert ask(gateway).exchange.chaos == "error:429 (--chaos)"


def test_the_share_of_what_is_struck_is_the_rate() -> None:
    gateway = pipeline("reply: Hello", chaos="error:429=0.2,truncate=0.3")
    struck = [_tries(gateway, 1, f"number {number}")[0] for number in range(2000)]
    assert 340 < struck.count("error:429") < 460
    assert 400 < struck.count("truncate") < 560  # of the rest


def test_the_same_seed_strikes_the_same_tries_whatever_their_order() -> None:
    prompts = [f"number {number}" for number in range(40)]

    def struck(order: Iterable[str], seed: int) -> dict[str, list[str]]:
        gateway = pipeline("reply: Hello", chaos="error:429=0.3,truncate=0.3", seed=seed)
        return {prompt: _tries(gateway, 3, prompt) for prompt in order}

    assert struck(prompts, 1) == struck(reversed(prompts), 1)
    assert struck(prompts, 1) != struck(prompts, 2)


def test_a_retry_draws_anew() -> None:
    gateway = pipeline("reply: Hello", chaos="error:429=0.5")
    runs = [_tries(gateway, 8, session=str(number)) for number in range(20)]
    assert all({"error:429", ""} == set(run) for run in runs if len(set(run)) > 1)
    assert len({tuple(run) for run in runs}) > 10


@pytest.mark.parametrize("chaos", ["error: 529", "fault: truncate"])
@pytest.mark.parametrize("kind", ["replies", "attempts"])
def test_no_answer_is_used_up_by_what_breaks_it(kind: str, chaos: str) -> None:
    struck = f"{{{chaos}, match: {{attempt: [1, 3]}}}}"
    gateway = pipeline(f"{kind}: [{{error: 402}}, second]\nchaos: [{struck}]")
    found = []
    for _ in range(4):
        opened = ask(gateway)
        found.append((bool(opened.exchange.chaos), head(opened).status))
        gateway.settle(opened, Delivery(ending="whole"))
    assert [struck for struck, _ in found] == [True, False, True, False]
    assert [status for _, status in found][1::2] == [402, 200]


def test_a_rule_that_answers_once_is_not_used_up_either() -> None:
    gateway = pipeline("rules: [{times: 1, reply: once}, {reply: then}]\nchaos: [{error: 529, match: {attempt: 1}}]")
    assert answer(gateway)["error"]["code"] == 529
    assert text(gateway) == "once"


def test_what_leaves_the_answer_whole_uses_it_up() -> None:
    gateway = pipeline("replies: [first, second]\nchaos: [{fault: latency, match: {nth_request: 1}}]")
    assert [text(gateway), text(gateway)] == ["first", "second"]


def test_an_answer_that_was_lost_before_is_still_given_after_chaos() -> None:
    gateway = pipeline("replies: [first, second]\nchaos: [{error: 529, match: {attempt: 2}}]")
    gateway.settle(ask(gateway), Delivery(ending="left"))
    assert answer(gateway)["error"]["code"] == 529
    assert text(gateway) == "first"


def test_a_wish_that_does_not_strike_leaves_an_answer_without_faults() -> None:
    opened = ask(pipeline("{reply: Hello, fault: truncate}"), x_mockgw_fault='{"type": "stall", "rate": 0}')
    assert (head(opened).status, opened.exchange.faults, opened.exchange.chaos) == (200, (), "")


def test_hits_are_counted() -> None:
    gateway = pipeline("reply: Hello\nchaos: [{fault: {type: truncate, max_hits: 2}}]")
    assert _tries(gateway, 4) == ["truncate", "truncate", "", ""]


def test_an_error_may_quote_the_request() -> None:
    gateway = pipeline("reply: Hello\nchaos: [{error: {status: 500, message: 'No: {{ prompt }}'}}]")
    assert answer(gateway)["error"]["message"] == "No: Hello"


def test_a_miss_stays_a_miss() -> None:
    gateway = pipeline("rules: [{match: {prompt: other}, reply: Hi}]\nchaos: [{fault: truncate}]")
    assert ask(gateway).exchange.refusal == "no_match"


def test_a_header_forces_a_fault_and_nothing_else() -> None:
    gateway = pipeline(f"reply: Hello\nfault: {{type: stall, for: 1s}}\n{ALWAYS}")
    opened = ask(gateway, x_mockgw_fault="truncate")
    assert opened.exchange.faults == ("truncate",)
    assert opened.exchange.chaos == "truncate (x-mockgw-fault)"


def test_a_header_forces_an_error() -> None:
    opened = ask(pipeline("reply: Hello"), x_mockgw_fault='{"error": {"status": 429, "retry_after": "2s"}}')
    assert (head(opened).status, head(opened).headers["retry-after"]) == (429, "2")


def test_a_header_forbids_all_faults() -> None:
    gateway = pipeline(f"reply: Hello\nfault: truncate\n{ALWAYS}")
    opened = ask(gateway, x_mockgw_fault="none")
    assert (opened.exchange.faults, opened.exchange.chaos) == ((), "")
    assert "x-mockgw-fault" not in head(opened).headers


@pytest.mark.parametrize(
    ("wish", "told"),
    [
        ("truncat", "x-mockgw-fault: unknown fault 'truncat'; did you mean 'truncate'?"),
        ("error_event", "a fault of x-mockgw-fault cannot happen: the answer is not streamed"),
    ],
)
def test_a_header_that_cannot_be_obeyed_is_refused(wish: str, told: str) -> None:
    opened = ask(pipeline("reply: Hello"), x_mockgw_fault=wish)
    assert (head(opened).status, head(opened).headers["x-mockgw-error"]) == (400, "fault")
    assert parsed(opened)["error"]["message"].startswith(told)
    assert opened.exchange.refusal == "fault"
