"""A session's answers at other moments than their rules say."""

import pytest

from mockgw.delivery.actions import Chunk
from mockgw.delivery.pacing import Pace
from mockgw.engine.timing import Timing
from mockgw.pipeline import Pipeline
from tests.delivery.streams import waited
from tests.support import ask, body, pipeline, sent_bytes

RULES = "rules: [{match: {prompt: Hello}, reply: one two three, delay: 1s}, {error: 429}]"


@pytest.fixture
def gateway() -> Pipeline:
    return pipeline(RULES)


def timed(gateway: Pipeline, timing: Timing | None, prompt: str = "Hello", *, stream: bool = True) -> float:
    gateway.sessions.of("default", 0.0).timing = timing
    return waited(ask(gateway, body(prompt, stream=stream)).exchange.actions)


def test_a_delay_is_added_to_that_of_the_rule(gateway: Pipeline) -> None:
    assert [timed(gateway, timing) for timing in (None, Timing(), Timing(delay=2))] == [1, 1, 3]
    assert timed(gateway, Timing(delay=2), "Other") == 2


@pytest.mark.parametrize("stream", [True, False], ids=["streamed", "whole"])
def test_a_pace_counts_instead_of_the_rules_own(gateway: Pipeline, stream: bool) -> None:
    assert timed(gateway, Timing(pace=Pace(interval=2)), stream=stream) == 5


def test_the_text_is_the_same_at_any_pace(gateway: Pipeline) -> None:
    session = gateway.sessions.of("default", 0.0)
    usual = ask(gateway, body())
    session.timing = Timing(pace=Pace(tps=1, chunk=2))
    slow = ask(gateway, body())
    assert sent_bytes(slow)[-200:] == sent_bytes(usual)[-200:]
    streamed = ask(gateway, body(stream=True)).exchange.actions
    deltas = [one for one in streamed if isinstance(one, Chunk) and b"text_delta" in one.data]
    assert len(deltas) == 2


def test_the_time_scale_of_a_session_is_that_of_its_timing() -> None:
    session = pipeline(RULES).sessions.of("default", 0.0)
    assert session.time_scale is None
    session.timing = Timing(time_scale=0.0)
    assert session.time_scale == 0.0


def test_it_is_gone_with_a_reset(gateway: Pipeline) -> None:
    gateway.sessions.of("default", 0.0).timing = Timing(delay=2)
    gateway.reset("default")
    assert timed(gateway, gateway.sessions.of("default", 0.0).timing) == 1
