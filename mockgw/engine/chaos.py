"""Chaos: which of the things that may strike do strike a try, and what becomes of its answer."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from mockgw.chance import Chance
from mockgw.engine.decide import Decider, Decision
from mockgw.engine.select import Asked, Match
from mockgw.protocol.errors import ApiError
from mockgw.scenario.chaos import HEADER, Chaos, NoChaos, of_header
from mockgw.scenario.model import Rule


def decisions(decider: Decider, entries: Iterable[Chaos], wish: str | None) -> Iterator[Decision]:
    """What may be answered, the scripted answer last: the first that can happen counts.

    A request may wish for a fault, or for none: then there is nothing else. ApiError as of `Decider.decide`.
    """
    if wish is not None:
        yield _wished(decider, wish)
        return
    for one in drawn(entries, decider.asked, decider.chance):
        if (decision := _struck(decider, one)) is not None:
            yield decision
    yield decider.decide()


def drawn(entries: Iterable[Chaos], asked: Asked, chance: Chance) -> Iterator[Chaos]:
    """Those that strike this try; the draws belong to it alone, so a retry draws anew."""
    for one in entries:
        strikes = one.rate >= 1 or chance.rng("chaos", *one.path).random() < one.rate
        if strikes and all(pattern.holds(asked.context) for pattern in one.patterns):
            yield one


def _wished(decider: Decider, text: str) -> Decision:
    """The scripted answer with this fault and no other, or with none."""
    try:
        wish = of_header(text)
    except NoChaos as problem:
        raise ApiError(400, f"{HEADER}: {problem}", kind="fault", should_retry=False) from None
    return (wish and _struck(decider, wish, _without_faults)) or _without_faults(decider.decide())


def _without_faults(decision: Decision) -> Decision:
    return replace(decision, faults=(), hits=())


def _as_it_is(decision: Decision) -> Decision:
    return decision


def _struck(decider: Decider, one: Chaos, script: Callable[[Decision], Decision] = _as_it_is) -> Decision | None:
    """An error instead of the scripted answer, or what `script` leaves of that with a fault or a delay.

    None if no fault of it strikes this time.
    """
    if one.error is not None:
        rule = Rule(one.name, one.origin, one.path, one.patterns, one.error)
        return replace(decider.answer(Match(rule, one.error, {})), chaos=one)
    faults, hits = decider.striking(one.faults, one.path)
    if one.faults and not faults:
        return None
    answer = script(decider.decide())
    delay = answer.delay + (one.delay.sample(decider.chance.rng("chaos-delay")) if one.delay else 0.0)
    return replace(answer, delay=delay, faults=answer.faults + faults, hits=answer.hits + hits, chaos=one)
