"""What a gateway makes of an answer that takes longer than it waits: when it leaves, and what is counted of it."""

from typing import Any

import orjson
import pytest

from mockgw.delivery.actions import Action, Chunk, Delivery, Finish, Hang, Wait
from mockgw.gateway.timeouts import overdue
from mockgw.opened import Opened
from mockgw.pipeline import Pipeline
from mockgw.scenario.gateway.timeouts import Timeouts
from tests.support import ask, body, head, parsed, pipeline, sent_bytes

SLOW = "reply: {text: one two three four five six, pace: {interval: 2s, chunk: 1}}"
LATE = "reply: {text: Hello, delay: 60s}"


def mocked(timeout: str, reply: str, more: str = "") -> Pipeline:
    return pipeline(f"gateway: {{timeout: {timeout}{more}}}\n{reply}")


def moments(opened: Opened) -> list[tuple[float, str]]:
    """When each event leaves, in seconds."""
    now, found = 0.0, []
    for action in opened.exchange.actions:
        if isinstance(action, Wait):
            now += action.seconds
        if isinstance(action, Chunk) and action.event:
            found.append((round(now, 6), str(action.event["type"])))
    return found


def lasts(opened: Opened) -> float:
    return sum(action.seconds for action in opened.exchange.actions if isinstance(action, Wait))


def last_event(opened: Opened) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(sent_bytes(opened).rstrip().rpartition(b"data: ")[2])
    return found


@pytest.mark.parametrize("stream", [False, True])
def test_an_answer_whose_first_byte_is_late_is_a_408_at_the_limit(stream: bool) -> None:
    opened = ask(mocked("30s", LATE), body(stream=stream))
    assert (opened.exchange.status, head(opened).status, lasts(opened)) == (408, 408, 30)
    told = {"message": "Your request timed out", "type": "timeout_error", "param": "", "code": 408}
    assert parsed(opened) == {"error": told}
    headers = head(opened).headers
    assert (headers["x-should-retry"], headers["x-mockgw-rule"]) == ("true", "rule-1")
    assert opened.exchange.faults == ("timeout",)


def test_one_that_comes_at_the_limit_is_in_time() -> None:
    assert ask(mocked("60s", LATE)).exchange.status == 200
    assert ask(mocked("{idle: 1s}", LATE)).exchange.status == 200


def test_an_answer_that_is_not_streamed_is_late_when_all_of_it_is() -> None:
    assert ask(mocked("5s", SLOW)).exchange.status == 408
    assert ask(mocked("5s", SLOW), body(stream=True)).exchange.status == 200


def test_a_stream_that_falls_silent_ends_in_an_error() -> None:
    opened = ask(mocked("{idle: 1500ms}", SLOW), body(stream=True))
    assert (opened.exchange.status, head(opened).status) == (200, 200)
    *_, (last, before), (at, name) = moments(opened)
    assert name == "error"
    assert at - last == 1.5
    assert before != "message_stop"
    assert last_event(opened)["error"]["message"] == "Your request timed out"
    assert isinstance(list(opened.exchange.actions)[-1], Finish)


def test_a_stream_that_takes_too_long_ends_in_an_error() -> None:
    opened = ask(mocked("{total: 5s}", SLOW, ", dialect: anthropic"), body(stream=True))
    assert moments(opened)[-1] == (5, "error")
    assert last_event(opened)["error"] == {"type": "timeout_error", "message": "Request timed out"}
    assert b"two" in sent_bytes(opened)
    assert b"message_stop" not in sent_bytes(opened)


@pytest.mark.parametrize(
    ("fault", "idle", "status", "seconds"),
    [
        ("{type: stall, at: {after: 0}}", 4, 408, 3),
        ("{type: stall, at: {event: 2}}", 4, 200, 4),
        ("{type: stall, pings: true, at: {event: 2}}", 6, 200, 12),
    ],
)
def test_what_hangs_ends_at_the_limit(fault: str, idle: int, status: int, seconds: float) -> None:
    gateway = mocked(f"{{first_byte: 3s, idle: {idle}s, total: 12s}}", f"reply: {{text: Hello, fault: {fault}}}")
    opened = ask(gateway, body(stream=True))
    assert (opened.exchange.status, lasts(opened)) == (status, seconds)
    assert not any(isinstance(action, Hang) for action in opened.exchange.actions)


def test_pings_keep_a_silent_stream_alive_where_no_limit_is_for_all_of_it() -> None:
    gateway = mocked("6s", "reply: {text: Hello, fault: {type: stall, pings: true, at: {event: 2}}}")
    opened = ask(gateway, body(stream=True))
    assert any(isinstance(action, Hang) for action in opened.exchange.actions)


def test_an_error_of_the_script_may_be_late_too() -> None:
    assert ask(mocked("30s", "reply: {error: 529, delay: 60s}")).exchange.status == 408
    assert ask(mocked("30s", "reply: {error: 529, delay: 10s}")).exchange.status == 529


def test_who_tries_again_gets_the_next_answer() -> None:
    gateway = mocked("30s", "replies: [{text: Late, delay: 60s}, In time, Never]")
    statuses = []
    for _ in range(2):
        opened = ask(gateway)
        gateway.settle(opened, Delivery(ending="whole"))
        statuses.append((opened.exchange.status, opened.exchange.attempt))
    assert statuses == [(408, 1), (200, 2)]


CREDITS = ", credits: {balance: 1}, models: {'*': {prices: {input: 3, output: 15}}}"


def test_what_is_late_costs_nothing_and_a_stream_what_has_left() -> None:
    late = mocked("30s", LATE, CREDITS)
    opened = ask(late)
    late.settle(opened, Delivery(ending="whole"))
    assert opened.exchange.cost == 0

    costs = []
    for limit in ("5s", "1h"):
        slow = mocked(f"{{total: {limit}}}", SLOW, CREDITS)
        opened = ask(slow, body(stream=True))
        slow.settle(opened, Delivery(ending="whole", events=len(moments(opened))))
        costs.append(opened.exchange.cost)
    cut, whole = costs
    assert cut is not None
    assert whole is not None
    assert 0 < cut < whole


def test_half_an_event_is_not_let_through() -> None:
    fault = "[{type: slicer, average_size: 7}, {type: stall, at: {fraction: 0.5}}]"
    opened = ask(mocked("2s", f"reply: {{text: Hello, fault: {fault}}}"), body(stream=True))
    events = sent_bytes(opened).decode().strip().split("\n\n")
    assert [orjson.loads(event.partition("data: ")[2])["type"] for event in events][-1] == "error"


@pytest.mark.parametrize(
    ("actions", "form"),
    [
        ([Wait(1), Chunk(b"a"), Finish()], {"first_byte": 1}),
        ([Chunk(b"a"), Wait(9), Chunk(b"b"), Finish()], {"first_byte": 1, "idle": 1, "total": 1}),
        ([Chunk(b"a", {"type": "ping"}), Wait(9), Finish()], {"first_byte": 1}),
    ],
    ids=["at the limit", "a body that has begun", "no limit for that"],
)
def test_what_is_left_as_it_is(actions: list[Action], form: dict[str, float]) -> None:
    assert overdue(actions, Timeouts.model_validate(form)) is None


@pytest.mark.parametrize(("reply", "status", "delay"), [(LATE, 408, 30), (SLOW, 200, 0)])
def test_an_explanation_says_that_the_gateway_does_not_wait(reply: str, status: int, delay: float) -> None:
    gateway = mocked("{first_byte: 30s, total: 5s}" if status == 200 else "30s", reply)
    found = gateway.explain(ask(gateway, body(stream=True)).incoming).answer
    assert (found.status, found.delay) == (status, delay)
    assert found.faults == ({"type": "timeout", "strikes": True},)
