"""Prepared: what was made ready is, byte for byte, what would be made for the request."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockgw.chance import Chance
from mockgw.delivery import plan
from mockgw.delivery.actions import Action
from mockgw.delivery.encoded import Encoded
from mockgw.engine.prepared import KEPT_TOKENS, MOST_TOKENS, Preparations, prepare
from mockgw.engine.synthesis import Maker
from mockgw.protocol.dialects import DIALECTS
from mockgw.protocol.messages import Message, Thinking
from mockgw.protocol.signatures import sign
from mockgw.scenario.nodes import Reply, build
from mockgw.scenario.options import Defaults
from mockgw.scenario.replies import Answer, read_answer
from tests.support import ask, body, context, pipeline

WALL = datetime(2026, 1, 1, tzinfo=UTC)
TEXTS = st.text("ab c.é", max_size=20)
DELTAS = st.lists(st.text("ab c", max_size=6), max_size=4)
INPUTS = st.dictionaries(st.text("ab", max_size=2), st.text("ab", max_size=4), max_size=2)
CALLS = st.fixed_dictionaries(
    {"name": st.just("Read")},
    optional={"input": INPUTS | st.just(['{"a', '": 1}']) | st.just(["{", "broken"]), "id": st.just("toolu_mine")},
)
BLOCKS = st.one_of(
    TEXTS,
    st.fixed_dictionaries({"text": DELTAS}),
    st.fixed_dictionaries({"thinking": TEXTS | DELTAS}),
    st.just({"redacted_thinking": "x"}),
    st.fixed_dictionaries({"tool_use": CALLS}),
    st.just({"block": {"type": "tool_use", "name": "Write", "input": {"a": 1}}}),
    st.just({"block": {"type": "container_upload", "file_id": "file_1"}}),
)
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "stop_reason": st.sampled_from(["refusal", "end_turn"]),
        "stop_sequence": st.just("c"),
        "stop_details": st.just({"category": "bio"}),
        "container": st.just({"id": "container_1"}),
        "context_management": st.just({"applied_edits": []}),
        "usage": st.fixed_dictionaries(
            {}, optional={"output_tokens": st.just(7), "cache_read_input_tokens": st.just(3)}
        ),
        "model": st.just("of-the-script"),
        "pace": st.sampled_from(
            [
                {"interval": "20ms", "ping_every": "5ms"},
                {"ttft": "1s", "tps": 50, "chunk": 2},
                {"interval": "10ms", "jitter": 0.5},
            ]
        ),
    },
)
REPLIES = st.builds(lambda content, options: {"content": content, **options}, st.lists(BLOCKS, max_size=4), OPTIONS)
REQUESTS = st.fixed_dictionaries(
    {"max_tokens": st.sampled_from([0, 1, 3, 10, 1000]), "stream": st.booleans()},
    optional={
        "stop_sequences": st.lists(st.sampled_from(["", "b", "zz"]), max_size=2),
        "thinking": st.just({"type": "adaptive", "display": "omitted"}) | st.just({"type": "adaptive"}),
        "context_management": st.just({"edits": []}),
        "speed": st.just("fast"),
    },
)


def reply(written: Any) -> Reply:
    node = build(Answer.model_validate(read_answer(written)), (), Defaults())
    assert isinstance(node, Reply)
    return node


def maker(number: int, *, as_asked: bool = False, **request: Any) -> Maker:
    """For one request; each number draws otherwise."""
    return Maker(context(body(f"Hello {number}", **request)), Chance(0, number), 0, DIALECTS["siraya"], WALL, as_asked)


def actions(made: Maker, message: Message, content: Encoded, *, stream: bool) -> list[Action]:
    return list(plan.answer(message, content, request_id="req", stream=stream, delay=0.5, extra={}, chance=made.chance))


@settings(max_examples=300)
@given(REPLIES, REQUESTS)
def test_a_prepared_reply_is_what_would_be_made_for_the_request(written: Any, request: dict[str, Any]) -> None:
    node = reply(written)
    prepared, mine = prepare(node, maker(1)), maker(2, **request)
    anew, exact = mine.message(node.blocks, node.options)
    assert prepared is not None
    message, content = prepared.answer(mine)
    if prepared.suits(mine):
        fresh, stream = Encoded(anew.content, exact, content.pace), request["stream"]
        assert message == anew
        assert actions(mine, message, content, stream=stream) == actions(mine, anew, fresh, stream=stream)
    elif written.keys() == {"content"}:
        assert message != anew


@pytest.mark.parametrize(
    ("request_body", "suits"),
    [
        ({"max_tokens": 4}, True),
        ({"max_tokens": 3}, False),
        ({"max_tokens": 0}, False),
        ({"stop_sequences": ["", "x"]}, True),
        ({"stop_sequences": ["x", "b c"]}, False),
        ({"thinking": {"type": "adaptive"}}, True),
        ({"thinking": {"type": "adaptive", "display": "omitted"}}, False),
        ({"thinking": {"type": "disabled"}}, True),
        ({"thinking": {"type": "disabled"}, "as_asked": True}, False),
        ({"thinking": {"type": "adaptive"}, "as_asked": True}, True),
    ],
)
def test_it_suits_what_cuts_nothing_off(request_body: dict[str, Any], suits: bool) -> None:
    prepared = prepare(reply([{"thinking": "a"}, "a b c"]), maker(1))
    assert prepared is not None
    assert prepared.suits(maker(2, **request_body)) is suits


def test_streams_share_their_frames_and_waits() -> None:
    gateway = pipeline("reply: {text: [a, b, c], pace: {interval: 20ms}}")
    one, other = (ask(gateway, body(f"Hello {n}", stream=True)).exchange.actions for n in range(2))
    start, *shared, _, stop, finish = one[1:]
    assert all(
        mine is theirs for mine, theirs in zip([*shared, stop, finish], [*other[2:-3], *other[-2:]], strict=True)
    )
    assert start != other[1]


def test_the_calls_of_two_answers_share_all_but_what_shows_their_ids() -> None:
    gateway = pipeline("reply: {content: [{tool_use: {name: Read, input: {path: a}}}, text]}")
    one, other = (ask(gateway, body(f"Hello {n}", stream=True)).exchange.actions for n in range(2))
    alike = [mine is theirs for mine, theirs in zip(one, other, strict=True)]
    assert alike.index(True) == 3  # after the head, message_start and the call's own start
    assert alike[3:-3] == [True] * len(alike[3:-3])


@pytest.mark.parametrize(
    "text",
    ["reply: {content: [{generate: {words: 3}}]}", "reply: '{{ prompt }}'", f"reply: {'word ' * (MOST_TOKENS + 1)}"],
    ids=["generated", "templated", "long"],
)
def test_what_cannot_be_kept_is_made_each_time(text: str) -> None:
    gateway = pipeline(text)
    one, other = (ask(gateway, body("Hello", stream=True)).exchange.actions for _ in range(2))
    assert not any(mine is theirs for mine, theirs in zip(one[1:-2], other[1:-2], strict=False))


def test_the_replies_that_were_given_lately_are_kept() -> None:
    preparations, mine = Preparations(), maker(1, max_tokens=10_000)
    nodes = [reply("word " * 1000) for _ in range(KEPT_TOKENS // 1000 + 1)]
    first, *_ = found = [preparations.of(node, mine) for node in nodes]
    assert preparations.of(nodes[-1], mine) is found[-1]
    assert preparations.of(nodes[0], mine) is not first


def test_each_seed_has_signatures_of_its_own() -> None:
    node, preparations = reply([{"thinking": "a"}]), Preparations()
    for seed in (0, 1, 0):
        prepared = preparations.of(node, replace(maker(1), seed=seed))
        assert prepared is not None
        assert prepared.content.content == (Thinking("a", sign("a", seed)),)
