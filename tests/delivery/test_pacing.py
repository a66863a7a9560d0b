"""Pacing: when each piece of an answer leaves."""

import math
import statistics
from datetime import date
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from mockgw.delivery.actions import Action, Chunk, Wait
from mockgw.delivery.pacing import (
    INSTANT,
    MOST_PINGS,
    PROFILES,
    Delay,
    Fixed,
    Jitter,
    Lognormal,
    Pace,
    Uniform,
    length,
    paced,
    silence,
)
from mockgw.protocol import sse
from mockgw.protocol.events import PING, block_text, stream
from mockgw.protocol.messages import Message, Text, Thinking, ToolUse
from mockgw.protocol.sse import PING_FRAME
from mockgw.protocol.tokens import count
from tests.delivery.streams import ANSWER, DELTAS, named, planned
from tests.protocol.answers import message

DELAY: TypeAdapter[Fixed | Uniform | Lognormal] = TypeAdapter(Delay)
PING_CHUNK = Chunk(PING_FRAME, PING)


def _moments(actions: list[Action]) -> list[tuple[float, str]]:
    """When each event is due, and its name."""
    now, found = 0.0, []
    for action in actions:
        now += action.seconds if isinstance(action, Wait) else 0.0
        if isinstance(action, Chunk) and action.event is not None:
            found.append((round(now, 6), named(action.event)))
    return found


def _paced(answer: Message, deltas: list[Any], **pace: Any) -> list[tuple[float, str]]:
    """The moments of the deltas alone."""
    chunks = [Chunk(sse.encode(event), event) for event in stream(answer, deltas)]
    found = _moments(paced(chunks, Pace(**pace), Random(0)))
    return [(moment, name) for moment, name in found if name in [piece for block in deltas for piece in block]]


def test_the_first_delta_comes_after_ttft_and_everything_before_it_at_once() -> None:
    moments = _moments(planned(Pace(ttft=2)))
    assert moments[:4] == [(0, "message_start"), (0, "start 0"), (0, "ping"), (2, "Hm ")]
    assert {moment for moment, _ in moments[3:]} == {2}


def test_tps_counts_tokens_not_events() -> None:
    found = _paced(message(Text("one two three four five")), [["one", " two", " three four five"]], ttft=1, tps=2)
    assert found == [(1, "one"), (1.5, " two"), (3, " three four five")]


def test_without_ttft_the_first_delta_comes_at_once() -> None:
    assert _paced(message(Text("one two")), [["one", " two"]], tps=2) == [(0, "one"), (0.5, " two")]


@pytest.mark.parametrize("chunk", [1, 2, 7, 100])
def test_larger_deltas_do_not_change_the_speed(chunk: int) -> None:
    text = "one two three four five six seven eight nine ten"
    actions = planned(Pace(tps=5, chunk=chunk), answer=message(Text(text)))
    assert length(actions) == pytest.approx((count(text) - min(chunk, 10)) / 5)


WORDS = st.text("ab1 _.\n\u4e2d", min_size=1, max_size=60)


@given(thought=WORDS, said=WORDS, asked=WORDS, chunk=st.integers(1, 9), stream=st.booleans())
def test_an_answer_takes_its_ttft_and_then_a_time_for_each_token(
    thought: str, said: str, asked: str, chunk: int, stream: bool
) -> None:
    answer = message(Thinking(thought, "sig"), Text(said), ToolUse("1", "a", {"b": asked}))
    tokens = sum(map(count, (thought, said, block_text(answer.content[2]))))
    actions = planned(Pace(ttft=2, tps=50, chunk=chunk), answer=answer, stream=stream)
    assert length(actions) == pytest.approx(2 + (tokens - min(chunk, count(thought))) / 50)


@pytest.mark.parametrize("stream", [True, False], ids=["streamed", "not-streamed"])
def test_exact_deltas_take_the_time_of_their_own_tokens(stream: bool) -> None:
    counted = [count(piece) for block in DELTAS for piece in block]
    actions = planned(Pace(ttft=2, tps=50, chunk=9), stream=stream)
    assert length(actions) == pytest.approx(2 + sum(counted[1:]) / 50)


def test_interval_is_between_deltas_whatever_their_size() -> None:
    found = _paced(message(Text("one two three")), [["one", " two three"]], interval=0.25)
    assert found == [(0, "one"), (0.25, " two three")]


TAIL: Any = {"type": "lognormal", "median": "2s", "sigma": 0.5}
SPAN: Any = {"type": "uniform", "lower": "1s", "upper": "3s"}


@pytest.mark.parametrize("ttft", [TAIL, SPAN], ids=["lognormal", "uniform"])
def test_a_random_ttft_is_drawn_once_for_each_answer_from_its_own_seed(ttft: Any) -> None:
    pace = Pace(ttft=ttft, interval=1)
    chunks = [Chunk(sse.encode(event), event) for event in stream(ANSWER, DELTAS)]
    drawn = [[one.seconds for one in paced(chunks, pace, Random(seed)) if isinstance(one, Wait)] for seed in range(9)]
    assert [waits[0] for waits in drawn] == [pace.ttft.sample(Random(seed)) for seed in range(9)]
    assert (len({waits[0] for waits in drawn}), {tuple(waits[1:]) for waits in drawn}) == (9, {(1.0,) * 7})


def test_a_fixed_ttft_draws_nothing() -> None:
    long, short = Pace(ttft={"type": "fixed", "delay": "2s"}, jitter=0.5), Pace(ttft=2, jitter=0.5)
    assert long == short
    chunks = [Chunk(sse.encode(event), event) for event in stream(ANSWER)]
    assert length(paced(chunks, short, Random(3))) == Jitter(share=0.5).apply(2.0, Random(3))


def test_a_random_ttft_alone_is_a_pace() -> None:
    assert (Pace(ttft=SPAN).instant, Pace(ttft=0).instant, Pace(ttft="0s", chunk=2).instant) == (False, True, True)


def test_signatures_and_opening_pieces_cost_no_time() -> None:
    call = ToolUse("1", "a", {"b": 1})
    answer = message(Thinking("Hm", "sig"), call)
    chunks = [Chunk(sse.encode(event), event) for event in stream(answer)]
    found = {name: moment for moment, name in _moments(paced(chunks, Pace(ttft=1, interval=2), Random(0)))}
    assert (found["Hm"], found["sig"], found[""], found['{"b": 1}']) == (1, 1, 1, 3)


def test_omitted_thinking_still_takes_its_ttft() -> None:
    chunks = [Chunk(sse.encode(event), event) for event in stream(message(Thinking("", "sig")))]
    assert (1, "sig") in _moments(paced(chunks, Pace(ttft=1), Random(0)))


@pytest.mark.parametrize(
    ("pace", "least", "most"),
    [
        pytest.param(Pace(ttft=1, interval=0.1, jitter="20ms"), 0.02, 0.02, id="duration"),
        pytest.param(Pace(ttft=1, interval=0.1, jitter=0.5), 0.05, 0.05, id="share"),
        pytest.param(Pace(ttft=1, interval=0.01, jitter="20ms"), 0.01, 0.02, id="never-below-zero"),
    ],
)
@given(seed=st.integers())
def test_jitter_keeps_each_pause_within_its_bounds(pace: Pace, least: float, most: float, seed: int) -> None:
    chunks = [Chunk(sse.encode(event), event) for event in stream(ANSWER, [["Hm", " so"], None, None])]
    waits = [action.seconds for action in paced(chunks, pace, Random(seed)) if isinstance(action, Wait)]
    for pause in waits[1:]:
        assert (pace.interval or 0) - least - 1e-9 <= pause <= (pace.interval or 0) + most + 1e-9
    assert 0.5 <= waits[0] <= 1.5


def test_jitter_really_jitters_and_comes_again_from_the_same_seed() -> None:
    jitter = Jitter(share=0.2)
    drawn = [jitter.apply(1.0, Random(seed)) for seed in range(100)]
    assert drawn == [jitter.apply(1.0, Random(seed)) for seed in range(100)]
    assert min(drawn) < 0.85 < 1.15 < max(drawn)


def test_no_jitter_is_no_draw() -> None:
    rng = Random(0)
    assert Jitter().apply(1.0, rng) == 1.0
    assert rng.random() == Random(0).random()


@pytest.mark.parametrize(
    ("seconds", "every", "expected"),
    [
        pytest.param(0, None, [], id="none"),
        pytest.param(3, None, [Wait(3)], id="without-pings"),
        pytest.param(3, 5.0, [Wait(3)], id="too-short"),
        pytest.param(5, 5.0, [Wait(5)], id="just-as-long"),
        pytest.param(12, 5.0, [Wait(5.0), PING_CHUNK, Wait(5.0), PING_CHUNK, Wait(2)], id="twice"),
    ],
)
def test_pings_break_a_silence(seconds: float, every: float | None, expected: list[Action]) -> None:
    assert list(silence(seconds, every)) == expected


def test_an_answer_has_no_more_pings_than_can_be_planned() -> None:
    events = [name for _, name in _moments(planned(Pace(ttft=1e4, interval=1e4, ping_every=0.15)))]
    assert events.count("ping") == 1 + MOST_PINGS  # every stream begins with one
    assert list(silence(1, 1e-300, most=1)) == [Wait(1e-300), PING_CHUNK, Wait(1.0)]


def test_pings_come_while_nothing_else_does_and_change_no_moment() -> None:
    quiet, pinging = (_moments(planned(Pace(ttft=2, interval=1, ping_every=every))) for every in (None, 0.75))
    assert [event for event in pinging if event[1] != "ping"] == [event for event in quiet if event[1] != "ping"]
    assert [moment for moment, name in pinging if name == "ping"][:4] == [0, 0.75, 1.5, 2.75]


@pytest.mark.parametrize("pace", [Pace(), Pace(ping_every=1), Pace(chunk=3), Pace(jitter=0.5)], ids=repr)
def test_without_a_speed_nothing_waits(pace: Pace) -> None:
    assert length(planned(pace)) == 0


def test_every_profile_but_instant_is_a_measurement_with_its_source_and_date() -> None:
    assert PROFILES["instant"].pace == INSTANT
    measured = {name: profile for name, profile in PROFILES.items() if name != "instant"}
    assert [(name, profile.pace) for name, profile in measured.items()] == [
        ("fast", Pace(ttft=0.62, tps=83)),
        ("typical", Pace(ttft=1.06, tps=59)),
        ("slow", Pace(ttft=2.04, tps=37)),
    ]
    for profile in measured.values():
        assert (bool(profile.model), "](https://" in profile.source) == (True, True)
        assert date.fromisoformat(profile.date)


@pytest.mark.parametrize("written", ["2s", 2, {"type": "fixed", "delay": "2000ms"}], ids=str)
def test_a_duration_is_a_fixed_delay(written: Any) -> None:
    assert DELAY.validate_python(written).sample(Random(0)) == 2.0


@given(seed=st.integers())
def test_a_uniform_delay_stays_between_its_bounds(seed: int) -> None:
    delay = DELAY.validate_python({"type": "uniform", "lower": "100ms", "upper": "300ms"})
    assert 0.1 <= delay.sample(Random(seed)) <= 0.3


@given(seed=st.integers(), sigma=st.floats(0, 10))
def test_a_lognormal_delay_is_positive_and_keeps_to_its_maximum(seed: int, sigma: float) -> None:
    delay = Lognormal(type="lognormal", median=0.2, sigma=sigma, max=1.0)
    assert 0 <= delay.sample(Random(seed)) <= 1.0


def test_a_delay_above_the_maximum_is_drawn_again_and_not_cut_down() -> None:
    rng = Random(0)
    delay = Lognormal(type="lognormal", median=0.2, sigma=1.0, max=0.3)
    drawn = [delay.sample(rng) for _ in range(2000)]
    assert max(drawn) < 0.3
    # Of a lognormal cut off at 1.5 times its median, half lies below the quantile that is half of P(z <= ln 1.5).
    assert statistics.median(drawn) == pytest.approx(
        0.2 * math.exp(statistics.NormalDist().inv_cdf(0.6574 / 2)), rel=0.06
    )


def test_a_maximum_that_is_hardly_ever_kept_is_the_delay() -> None:
    assert Lognormal(type="lognormal", median=9, sigma=0.1, max=1).sample(Random(0)) == 1.0


def test_half_of_lognormal_delays_are_below_the_median() -> None:
    rng = Random(0)
    delay = DELAY.validate_python({"type": "lognormal", "median": "200ms", "sigma": 0.5})
    drawn = [delay.sample(rng) for _ in range(2000)]
    assert statistics.median(drawn) == pytest.approx(0.2, rel=0.05)
    assert max(drawn) > 0.6


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        pytest.param({"tps": 1, "interval": 1}, "'tps' and 'interval' both say how fast", id="two-speeds"),
        pytest.param({"tps": 0}, "expected 'tps' to be above 0, found 0", id="no-speed"),
        pytest.param({"tps": -5}, "expected 'tps' to be above 0, found -5", id="backwards"),
        pytest.param({"ping_every": 0}, "expected 'ping_every' to be above 0", id="pings-without-end"),
        pytest.param(
            {"ttft": "1h", "ping_every": "1ms"},
            "'ping_every' (0.001 s) makes more than 100,000 pings of 3600 s of silence; write a longer one",
            id="pings-too-often",
        ),
        pytest.param({"interval": "1h", "ping_every": "1ms"}, "pings of 3600 s of silence", id="between-deltas"),
        pytest.param({"tps": 0.0001, "ping_every": "1ms"}, "pings of 10000 s of silence", id="slow-tokens"),
        pytest.param(
            {"ttft": {"type": "uniform", "lower": 0, "upper": "1h"}, "ping_every": 1e-9},
            "pings of 3600 s",
            id="uniform",
        ),
        pytest.param(
            {"ttft": {"type": "lognormal", "median": "1h", "sigma": 1}, "ping_every": 1e-9},
            "pings of 3600 s",
            id="median",
        ),
        pytest.param({"chunk": 0}, "expected at least 1, found 0", id="no-token"),
        pytest.param({"jitter": 20}, "expected a share from 0 to 1, found 20", id="jitter-without-a-unit"),
        pytest.param({"jitter": "20"}, "expected a duration such as", id="quoted-jitter"),
        pytest.param({"ttft": -1}, "expected a duration such as", id="past"),
        pytest.param({"tfft": 1}, "unknown key 'tfft'; did you mean 'ttft'?", id="typo"),
    ],
)
def test_a_pace_that_cannot_be_meant(written: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Pace.model_validate(written)
    assert problem in str(caught.value)


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        pytest.param(
            {"type": "uniform", "lower": 2, "upper": 1}, "'lower' (2 s) is above 'upper' (1 s)", id="wrong-way-round"
        ),
        pytest.param({"type": "lognormal", "median": 1, "sigma": -1}, "expected 'sigma' from 0 to 10", id="negative"),
        pytest.param({"type": "lognormal", "median": 1, "sigma": 500}, "expected 'sigma' from 0 to 10", id="wild"),
        pytest.param({"type": "normal"}, "Input tag 'normal' found", id="unknown"),
        pytest.param("soon", "expected a duration such as", id="word"),
    ],
)
def test_a_delay_that_cannot_be_meant(written: Any, problem: str) -> None:
    with pytest.raises(ValidationError) as caught:
        DELAY.validate_python(written)
    assert problem in str(caught.value)


def test_what_is_read_already_is_read_again() -> None:
    jitter, delay = Jitter(share=0.5), Fixed(type="fixed", delay=1)
    assert Pace(jitter=jitter).jitter is jitter
    assert DELAY.validate_python(delay) is delay
