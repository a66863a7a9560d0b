"""Faults: those that cannot happen to the answer they stand beside, whatever the client does."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from mockgw.chance import Chance
from mockgw.delivery import plan
from mockgw.delivery.actions import Action, Chunk
from mockgw.delivery.encoded import Encoded
from mockgw.delivery.faults import struck
from mockgw.delivery.faults.base import CannotStrike, Fault, HasEnded, Scene
from mockgw.delivery.faults.shaping import Latency, Shaping
from mockgw.delivery.pacing import INSTANT, Fixed
from mockgw.engine.cutting import Exact
from mockgw.engine.synthesis import Maker
from mockgw.errors import Problem
from mockgw.lint.leaves import Leaf, leaves
from mockgw.protocol import conversation
from mockgw.protocol.dialects import DIALECTS, Dialect, error_frame
from mockgw.protocol.messages import Message
from mockgw.protocol.requests import MessagesRequest
from mockgw.protocol.scripted import ScriptedError
from mockgw.scenario.context import MAIN, Context
from mockgw.scenario.model import Scenario
from mockgw.scenario.nodes import Failure, Reply
from mockgw.scenario.options import Options
from mockgw.scenario.replies import BlockForm

SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)
# Longer texts are taken for texts of any length: to make all their deltas would take seconds.
LONGEST = 100_000
# What a request may add to an answer: the longest model, and counts of as many digits as there are.
LONGEST_MODEL = 256
MOST_TOKENS = 10**9
REQUEST_ID = "req_" + "0" * 24
BODY = bytes(10_000)  # of an error: it may be of any length, and a fault that follows may need some of it
CHANCE = Chance(0, "lint")
# Words of a reason that has to do with streams.
OF_STREAMS = ("streamed", "event", "block")
UNKNOWN = (BlockForm.model_construct(text="Any text."),)


def impossible(scenario: Scenario) -> Iterator[Problem]:
    """Faults that would be answered with a 400 each time."""
    dialect = DIALECTS[scenario.dialect or "siraya"]
    for leaf in leaves(scenario):
        if leaf.answer.options.fault:
            yield from _of_leaf(leaf, dialect)


def _of_leaf(leaf: Leaf, dialect: Dialect) -> Iterator[Problem]:
    known = _is_known(leaf.answer)
    samples = [
        _actions(leaf, dialect, known=known, stream=stream) for stream in (True, False) if leaf.takes("stream", stream)
    ]
    certain: list[Fault] = []
    for index, fault in enumerate(leaf.answer.options.fault):
        if not fault.rate or (_is_timed(fault) and _has_random_time(leaf.answer)):
            continue
        if undone := _undone(fault, certain):
            yield _no_effect(leaf, index, fault, undone)
            return
        tried = [_struck(fault if known else fault.anywhere(), actions, dialect, certain) for actions in samples]
        if tried and all(isinstance(result, CannotStrike) for result in tried):
            yield _problem(leaf, index, fault, tried[0])
        elif fault.certain:  # those after it meet what it leaves
            samples = [result for result in tried if isinstance(result, list)]
            certain.append(fault)


def _undone(fault: Fault, earlier: list[Fault]) -> Fault | None:
    """One of the faults before it of which nothing is left; that all is late stays so."""
    lost = (one for one in earlier if fault.replaces and not isinstance(one, Latency))
    return next(lost, None)


def _no_effect(leaf: Leaf, index: int, fault: Fault, undone: Fault) -> Problem:
    told = f"{undone.type!r} before {fault.type!r} has no effect, as that is another answer; put {fault.type!r} first"
    return leaf.document.problem(told, (*leaf.option_path("fault"), index), "impossible-fault")


def _struck(fault: Fault, actions: list[Action], dialect: Dialect, earlier: list[Fault]) -> list[Action] | CannotStrike:
    def frame(scripted: ScriptedError) -> Chunk:
        return Chunk(b"", error_frame(dialect, ScriptedError(status=500).api_error(dialect), REQUEST_ID))

    try:
        return struck(actions, fault, Scene(frame, lambda scripted: BODY, CHANCE.rng("faults")), earlier=earlier)
    except CannotStrike as reason:
        return reason


def _is_known(answer: Reply | Failure) -> bool:
    """Whether it is known what is sent, for every request the same."""
    if answer.templated:
        return False
    if isinstance(answer, Failure):
        return len(str(answer.error.body)) <= LONGEST
    return not any(map(_depends, answer.blocks)) and len(str(answer.blocks)) <= LONGEST


def _depends(block: BlockForm) -> bool:
    """Whether the request has a say in it."""
    tool = block.server_tool
    return block.generate is not None or block.citations is not None or (tool is not None and not tool.begun)


def _is_timed(fault: Fault) -> bool:
    """Whether it depends on how long the answer takes that the fault can happen."""
    return (isinstance(fault, Shaping) and fault.duration is not None) or bool(fault.at and fault.at.after is not None)


def _has_random_time(answer: Reply | Failure) -> bool:
    pace, delay = answer.options.pace or INSTANT, answer.options.delay
    return bool(pace.jitter) or not isinstance(pace.ttft, Fixed) or not isinstance(delay, Fixed | None)


def _actions(leaf: Leaf, dialect: Dialect, *, known: bool, stream: bool) -> list[Action]:
    """The longest that the answer can be."""
    answer = leaf.answer
    delay = answer.options.delay.sample(CHANCE.rng("delay")) if answer.options.delay else 0.0
    if isinstance(answer, Failure):
        error = (answer.error if known else ScriptedError(status=500)).api_error(dialect)
        return [*plan.after(delay, plan.error(dialect, error, REQUEST_ID, {}))]
    message, exact = _message(answer, known=known, stream=stream)
    content = Encoded(message.content, exact, answer.options.pace or INSTANT)
    told = plan.answer(message, content, request_id=REQUEST_ID, stream=stream, delay=delay, extra={}, chance=CHANCE)
    return list(told)


def _message(reply: Reply, *, known: bool, stream: bool) -> tuple[Message, tuple[Exact, ...]]:
    maker = Maker(_context(stream=stream), CHANCE, 0, DIALECTS["siraya"], SOME_DAY)
    message, exact = maker.message(reply.blocks if known else UNKNOWN, reply.options if known else Options())
    usage = replace(message.usage, input_tokens=MOST_TOKENS, output_tokens=MOST_TOKENS)
    return replace(message, model=message.model.ljust(LONGEST_MODEL), usage=usage), exact


@cache
def _context(*, stream: bool) -> Context:
    """A request that cuts nothing off."""
    messages = [{"role": "user", "content": "Hello"}]
    body: dict[str, Any] = {"model": "claude-opus-5-5", "messages": messages, "stream": stream}
    request = MessagesRequest(body, body["model"], messages, None, stream, stop_sequences=(), input_tokens=1)
    return Context(request, {}, conversation.read(messages), session="default", key="", agent=MAIN)


def _problem(leaf: Leaf, index: int, fault: Fault, reason: object) -> Problem:
    path = leaf.option_path("fault")
    written = leaf.document.at(path)
    message = f"{fault.type!r} cannot happen here: {reason}{_why(leaf, str(reason))}; {_advice(fault, reason)}"
    return leaf.document.problem(message, (*path, index) if isinstance(written, list) else path, "impossible-fault")


def _why(leaf: Leaf, reason: str) -> str:
    if not any(word in reason for word in OF_STREAMS):
        return ""
    if isinstance(leaf.answer, Failure):
        return " (an error is never streamed)"
    return "" if leaf.takes("stream", True) else " (the rule takes only requests without stream: true)"


def _advice(fault: Fault, reason: object) -> str:
    if isinstance(reason, HasEnded):
        return "an answer ends once, so leave one of them out"
    if fault.at is None:
        return "leave the fault out"
    counted = " (blocks are counted from 0)" if fault.at.block is not None else ""
    return f"change its 'at'{counted}, or leave the fault out"
