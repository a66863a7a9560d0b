"""Providers that are tried one after the other, on a clock that only moves when it is moved."""

from dataclasses import replace
from typing import Any

import pytest

from mockgw.clock import VirtualClock
from mockgw.delivery.actions import Chunk, Delivery, Finish, Wait
from mockgw.opened import Opened
from mockgw.pipeline import Pipeline
from mockgw.sessions import Own
from tests.support import ask, body, head, parsed, pipeline, sent_bytes


def mocked(providers: str, more: str = "", reply: str = "reply: one two three four", **settings: Any) -> Pipeline:
    return pipeline(f"gateway: {{providers: {{{providers}}}{more}}}\n{reply}", **settings)


def asked(gateway: Pipeline, request: dict[str, Any] | None = None, **headers: str) -> Opened:
    """An answer that is delivered, and what it was."""
    opened = ask(gateway, request, **headers)
    actions = opened.exchange.actions
    gateway.settle(opened, Delivery(ending="whole"))
    opened.exchange.actions = actions
    return opened


def tried(gateway: Pipeline, **more: Any) -> str:
    return " ".join(asked(gateway, body(**more)).exchange.tried)


def lasts(opened: Opened) -> float:
    return sum(action.seconds for action in opened.exchange.actions if isinstance(action, Wait))


def moved(gateway: Pipeline, seconds: float) -> None:
    assert isinstance(gateway.clock, VirtualClock)
    gateway.clock.advance(seconds)


def test_an_answer_says_who_served_it_and_what_was_tried() -> None:
    opened = asked(mocked("a: {state: down}, b: {state: 500}, c: {}"))
    assert opened.exchange.status == 200
    assert head(opened).headers["x-mockgw-provider"] == opened.exchange.provider == "c"
    assert head(opened).headers["x-mockgw-tried"] == "a:502, b:500, c:200"
    assert opened.exchange.summary()["tried"] == ["a:502", "b:500", "c:200"]


def test_without_providers_nothing_is_said_of_them() -> None:
    opened = asked(pipeline("gateway: {limits: {requests: 5}}\nreply: Hi"), body(provider={"only": ["a"]}))
    assert (opened.exchange.status, opened.exchange.provider, opened.exchange.tried) == (200, "", ())
    assert not head(opened).headers.keys() & {"x-mockgw-provider", "x-mockgw-tried", "x-mockgw-warning"}


def test_who_has_failed_is_left_alone_for_thirty_seconds() -> None:
    gateway = mocked("a: {state: down}, b: {}")
    assert [tried(gateway), tried(gateway)] == ["a:502 b:200", "b:200"]
    moved(gateway, 29.9)
    assert tried(gateway) == "b:200"
    moved(gateway, 0.1)
    assert tried(gateway) == "a:502 b:200"


def test_what_fails_takes_its_time_before_the_answer() -> None:
    gateway = mocked("a: {state: hang}, b: {state: {type: slow, delay: 40s}}, c: {state: invalid, latency: 2s}, d: {}")
    opened = ask(gateway)
    assert opened.exchange.tried == ("a:408", "b:408", "c:502", "d:200")
    assert lasts(opened) == 30 + 30 + 2


@pytest.mark.parametrize(
    ("provider", "seconds"),
    [("{latency: 2s}", 2), ("{latency: 2s, state: {type: slow, delay: 3s}}", 5), ("{}", 0)],
)
def test_who_serves_takes_its_time_too(provider: str, seconds: float) -> None:
    for stream in (True, False):
        opened = ask(mocked(f"a: {provider}"), body(stream=stream))
        assert (opened.exchange.status, lasts(opened)) == (200, seconds)


def test_the_limit_of_the_gateway_holds_for_each_of_them() -> None:
    gateway = mocked("a: {state: hang}, b: {latency: 6s}, c: {latency: 4s}", ", timeout: 5s")
    opened = ask(gateway)
    assert opened.exchange.tried == ("a:408", "b:408", "c:200")
    assert (opened.exchange.status, lasts(opened)) == (200, 14)


def test_the_limit_for_all_of_an_answer_holds_for_all_together() -> None:
    limits = ", timeout: {first_byte: 5s, total: 12s}"
    opened = ask(mocked("a: {state: hang}, b: {state: hang}, c: {state: hang}, d: {}", limits))
    assert opened.exchange.tried == ("a:408", "b:408", "c:408")
    assert (opened.exchange.status, lasts(opened)) == (408, 12)
    late = ask(
        mocked(
            "a: {state: hang}, b: {}", limits, "reply: {text: Late, delay: 8s, fault: []}".replace(", fault: []", "")
        )
    )
    assert (late.exchange.status, lasts(late), late.exchange.tried) == (408, 10, ("a:408", "b:408"))


def test_a_stream_may_be_cut_by_what_is_left_of_all_its_time() -> None:
    slow = "reply: {text: one two three four five six, pace: {interval: 2s, chunk: 1}}"
    gateway = mocked("a: {state: hang}, b: {}", ", timeout: {first_byte: 5s, total: 12s}", slow)
    opened = ask(gateway, body(stream=True))
    assert (opened.exchange.status, lasts(opened)) == (200, 12)
    assert b"event: error" in sent_bytes(opened)


def test_a_later_try_meets_its_provider_at_a_later_moment() -> None:
    gateway = mocked("a: {state: hang}, b: {state: {type: down, for: 20s}}")
    assert ask(gateway).exchange.tried == ("a:408", "b:200")
    assert ask(gateway, body(provider={"order": ["b"]})).exchange.tried == ("b:502", "a:408")


@pytest.mark.parametrize(("scale", "expected"), [(1, "a:408 b:200"), (0.5, "a:408 b:502"), (0, "a:408 b:502")])
def test_waits_that_are_scaled_take_less_of_the_clock(scale: float, expected: str) -> None:
    providers = "a: {state: hang}, b: {state: {type: down, for: 20s}}"
    assert tried(mocked(providers, time_scale=scale)) == expected
    own = mocked(providers)
    own.sessions.of("default", own.clock.now()).own = Own(time_scale=scale)
    assert tried(own) == expected


@pytest.mark.parametrize(
    ("providers", "status", "type_"),
    [
        ("a: {state: down}", 502, "api_error"),
        ("a: {state: 500}, b: {state: invalid}", 502, "api_error"),
        ("a: {state: 503}", 502, "api_error"),
        ("a: {state: 401}, b: {state: 403}", 502, "api_error"),
        ("a: {state: break}", 502, "api_error"),
        ("a: {state: hang}", 408, "timeout_error"),
        ("a: {state: down}, b: {state: hang}", 408, "timeout_error"),
        ("a: {state: hang}, b: {state: down}", 502, "api_error"),
        ("a: {state: 429}, b: {state: 429}", 429, "rate_limit_error"),
        ("a: {state: hang}, b: {state: 429}", 408, "timeout_error"),
        ("a: {state: 429}, b: {state: down}", 502, "api_error"),
        ("a: {state: 529}, b: {state: 529}", 503, "overloaded_error"),
        ("a: {state: 529}, b: {state: 500}", 502, "api_error"),
        ("a: {state: 400}, b: {}", 400, "invalid_request_error"),
        ("a: {state: down}, b: {state: 422}, c: {}", 422, "invalid_request_error"),
    ],
)
@pytest.mark.parametrize("dialect", ["siraya", "anthropic"])
def test_when_all_have_failed_the_answer_is_as_they_failed(
    providers: str, status: int, type_: str, dialect: str
) -> None:
    opened = asked(mocked(providers, f", dialect: {dialect}"))
    assert (opened.exchange.status, head(opened).status, parsed(opened)["error"]["type"]) == (status, status, type_)
    assert (opened.exchange.provider, opened.exchange.refusal) == ("", "refused")
    assert "x-mockgw-provider" not in head(opened).headers


def test_the_shortest_retry_after_counts() -> None:
    limited = (
        "a: {state: {type: error, status: 429, retry_after: %s}}, b: {state: {type: error, status: 429, for: 90s}}"
    )
    gateway = mocked(limited % "20.5s")
    assert head(ask(gateway)).headers["retry-after"] == "21"
    moved(gateway, 80)
    assert head(ask(gateway)).headers["retry-after"] == "10"
    assert "retry-after" not in head(ask(mocked("a: {state: 429}"))).headers


def test_who_waits_as_told_gets_through_and_a_second_earlier_does_not() -> None:
    for early, expected in ((1, 429), (0, 200)):
        gateway = mocked("a: {state: {type: error, status: 429, for: 45s}}")
        moved(gateway, 0.7)
        wait = int(head(asked(gateway)).headers["retry-after"])
        moved(gateway, wait - early)
        assert asked(gateway).exchange.status == expected


def test_without_fallbacks_the_first_is_the_only_one() -> None:
    gateway = mocked("a: {state: down}, b: {}")
    assert tried(gateway, provider={"allow_fallbacks": False, "order": ["a"]}) == "a:502"
    assert tried(gateway, provider={"allow_fallbacks": False}) == "b:200"  # a has failed


def test_when_nobody_may_serve_all_reasons_are_told() -> None:
    providers = "a: {models: acme}, b: {}, c: {max_tokens: 10}"
    for status, message in ((503, "There is no available model provider"), (404, "No allowed providers are available")):
        opened = asked(mocked(providers, f", unroutable: {status}"), body(provider={"ignore": ["b"]}))
        error = parsed(opened)["error"]
        assert (opened.exchange.status, opened.exchange.tried) == (status, ())
        assert error["message"].startswith(message)
        assert error["metadata"] == {
            "available_providers": ["a", "b", "c"],
            "excluded": {"a": "models", "b": "ignore", "c": "max_tokens"},
        }


@pytest.mark.parametrize("ending", ["error_event", "truncate"])
def test_a_stream_breaks_off_behind_so_many_events(ending: str) -> None:
    opened = asked(mocked(f"a: {{state: {{type: break, events: 3, ending: {ending}}}}}, b: {{}}"), body(stream=True))
    sent = sent_bytes(opened)
    assert (opened.exchange.status, opened.exchange.tried) == (200, ("a:200",))
    assert sent.count(b"event: content_block") == 2
    assert (b"event: error" in sent) is (ending == "error_event")
    assert b"message_stop" not in sent
    assert isinstance(list(opened.exchange.actions)[-1], Finish)
    assert opened.exchange.faults == ("provider",)


def test_it_breaks_only_where_an_event_would_follow() -> None:
    whole = sent_bytes(ask(mocked("a: {}"), body(stream=True)))
    events = whole.count(b"event: ") - whole.count(b"event: ping")
    for more, breaks in ((-1, True), (0, False), (5, False)):
        state = f"{{type: break, events: {events + more}}}"
        opened = ask(mocked(f"a: {{state: {state}}}"), body(stream=True))
        assert (b"event: error" in sent_bytes(opened)) is breaks
        assert (opened.exchange.faults == ("provider",)) is breaks


def test_an_answer_that_a_provider_breaks_or_refuses_is_not_used_up() -> None:
    states = "[{type: down, times: 1}, {type: break, events: 2, times: 1}]"
    gateway = mocked(f"a: {{state: {states}}}", reply="replies: [First, Second]")
    seen = [asked(gateway, body(stream=True)) for _ in range(4)]
    assert [one.exchange.status for one in seen] == [502, 200, 200, 200]
    assert [b"First" in sent_bytes(one) for one in seen[2:]] == [True, False]
    assert b"Second" in sent_bytes(seen[3])
    assert [one.exchange.attempt for one in seen] == [0, 1, 2, 1]


def test_an_error_of_the_script_is_what_its_provider_says() -> None:
    opened = asked(mocked("a: {state: down}, b: {}", reply="error: 529"))
    assert (opened.exchange.status, opened.exchange.tried, opened.exchange.provider) == (529, ("a:502", "b:529"), "b")


def test_a_miss_tries_nobody() -> None:
    gateway = mocked("a: {state: {type: down, times: 1}}, b: {}", reply="rules: [{match: {prompt: Hello}, reply: Hi}]")
    for _ in range(3):
        opened = asked(gateway, body("miss"))
        assert (opened.exchange.status, opened.exchange.tried, lasts(opened)) == (400, (), 0)
    assert tried(gateway) == "a:502 b:200"
    moved(gateway, 30)
    assert tried(gateway) == "a:200"


def test_a_request_of_a_batch_tries_nobody() -> None:
    gateway = mocked("a: {state: down}")
    opened = gateway.messages(replace(ask(gateway).incoming, batch="msgbatch_1"))
    assert (opened.exchange.status, opened.exchange.tried) == (200, ())


def test_a_model_whose_providers_all_fail_has_others_in_its_place() -> None:
    providers = "a: {models: [claude-opus-5], state: hang}, b: {models: [claude-haiku-4-5]}"
    gateway = mocked(providers, ", fallbacks: {claude-opus-5: [acme-1, claude-haiku-4-5]}")
    opened = asked(gateway, body(model="claude-opus-5"))
    assert (opened.exchange.status, parsed(opened)["model"], lasts(opened)) == (200, "claude-haiku-4-5", 30)
    assert opened.exchange.tried == ("a:408", "b:200")


def test_each_session_has_its_providers_and_a_reset_begins_anew() -> None:
    gateway = mocked("a: {state: {type: down, times: 1}}")
    seen = [asked(gateway, x_mockgw_session=name).exchange.status for name in ("one", "one", "two")]
    assert seen == [502, 200, 502]
    gateway.reset("one")
    assert asked(gateway, x_mockgw_session="one").exchange.status == 502


def test_an_explanation_counts_nothing_and_says_what_would_be_tried() -> None:
    gateway = mocked("a: {state: {type: hang, times: 1}}, b: {latency: 1s, prices: {input: 9, output: 9}}")
    incoming = ask(mocked("a: {}")).incoming
    for _ in range(2):
        found = gateway.explain(incoming).answer
        assert (found.status, found.headers["x-mockgw-tried"], found.delay) == (200, "a:408, b:200", 31)
    assert tried(gateway) == "a:408 b:200"


def test_an_explanation_says_why_nobody_serves() -> None:
    down, nobody = mocked("a: {state: down}"), mocked("a: {models: acme}")
    found = down.explain(ask(down).incoming).answer
    assert (found.status, found.headers) == (502, {"x-mockgw-tried": "a:502"})
    error = nobody.explain(ask(nobody).incoming).answer.error
    assert error is not None
    assert error["metadata"]["excluded"] == {"a": "models"}


def test_events_of_a_broken_answer_are_those_that_left() -> None:
    gateway = mocked("a: {state: {type: break, events: 2}}")
    opened = ask(gateway, body(stream=True))
    left = [action for action in opened.exchange.actions if isinstance(action, Chunk) and action.event]
    assert [action.event and action.event["type"] for action in left] == [
        "message_start",
        "content_block_start",
        "error",
    ]
