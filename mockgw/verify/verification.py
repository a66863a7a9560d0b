"""Verification: how often requests came, in which order, and what the others differ in."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any, Literal

from mockgw.journal import Exchange
from mockgw.scenario.patterns import AnyPattern, Match, Pattern
from mockgw.scenario.times import Times
from mockgw.values import light
from mockgw.verify.asked import Asked, asked
from mockgw.verify.wanted import Verification
from mockgw.wording import counted, enumerated

Outcome = Literal["passed", "failed", "inconclusive"]
Patterns = tuple[AnyPattern, ...]

MOST_NEAREST = 3
MOST_NAMED = 5  # requests in a sentence


@light
class Near:
    """A request that did not match, and everything that it differs in."""

    id: str
    differences: tuple[str, ...]


@light
class Verified:
    """What became of a verification.

    outcome   passed, failed, or inconclusive: what was evicted from the journal could change it
    reason    in a sentence or two
    wanted    what was to be verified, in words
    count     how many requests matched; of an order, how many of its requests came in turn
    matching  their ids, in the order in which they came
    nearest   of a failure: the nearest of the others, each with all its differences
    evicted   how many exchanges the journal no longer has
    """

    outcome: Outcome
    reason: str
    wanted: str
    count: int
    matching: tuple[str, ...] = ()
    nearest: tuple[Near, ...] = ()
    evicted: int = 0

    def data(self) -> dict[str, Any]:
        return asdict(self)


def verify(verification: Verification, exchanges: Sequence[Exchange], evicted: int = 0) -> Verified:
    """Whether the requests came that were wanted. `evicted` counts the exchanges that the journal no longer has."""
    came = in_turn(exchanges)
    if verification.order is not None:
        return _ordered([one.match for one in verification.order], came, evicted)
    return _counted(verification.match, verification.times, came, evicted)


def in_turn(exchanges: Iterable[Exchange]) -> list[Asked]:
    """Those that asked for a message, as they came."""
    return list(asked(sorted(exchanges, key=lambda exchange: exchange.started)))


def judged(times: Times, count: int, evicted: int) -> Outcome:
    """What a count comes to when so many exchanges are not known any more: they could only add to it."""
    if times.too_many(count):
        return "failed"
    if evicted and (times.too_few(count) or times.at_most is not None):
        return "inconclusive"
    return "failed" if times.too_few(count) else "passed"


def lacking(evicted: int) -> str:
    """Why nobody can know."""
    return f"{counted(evicted, 'older exchange')} {'has' if evicted == 1 else 'have'} been evicted from the journal"


def named(ids: Sequence[str]) -> str:
    """Requests in a sentence, the first few of many."""
    if len(ids) <= MOST_NAMED:
        return enumerated(ids)
    return f"{', '.join(ids[:MOST_NAMED])} and {len(ids) - MOST_NAMED} more"


def _counted(match: Match, times: Times, came: Sequence[Asked], evicted: int) -> Verified:
    patterns = match.patterns()
    matching, others = _parted(patterns, came)
    outcome = judged(times, len(matching), evicted)
    wanted = times.of("request") + _with(patterns)
    nearest = _nearest(patterns, others) if outcome != "passed" and times.too_few(len(matching)) else ()
    reason = f"expected {wanted}; {_and(matching, times)}{_but(outcome, evicted)}{_nearest_text(nearest, len(others))}"
    return Verified(outcome, reason, wanted, len(matching), _ids(matching), nearest, evicted)


def _and(matching: Sequence[Asked], times: Times) -> str:
    """What came of it."""
    count = len(matching)
    if not count:
        return "none came"
    return f"{count} came" + (f": {named(_ids(matching))}" if times.too_many(count) else "")


def _but(outcome: Outcome, evicted: int) -> str:
    return f", but {lacking(evicted)}, and they could change this" if outcome == "inconclusive" else ""


def _ordered(matches: Sequence[Match], came: Sequence[Asked], evicted: int) -> Verified:
    found: list[int] = []
    wanted = f"{counted(len(matches), 'request')} in this order: {_listed(matches)}"
    rest = iter(range(len(came)))
    for match in matches:
        patterns = match.patterns()
        place = next((place for place in rest if _fits(patterns, came[place])), None)
        if place is None:
            return _out_of_order(wanted, patterns, found, came, evicted)
        found.append(place)
    ids = _ids(came[place] for place in found)
    return Verified("passed", f"expected {wanted}; they came: {named(ids)}", wanted, len(found), ids)


def _out_of_order(
    wanted: str, patterns: Patterns, found: Sequence[int], came: Sequence[Asked], evicted: int
) -> Verified:
    """The first that did not come in its turn."""
    ids = _ids(came[place] for place in found)
    after = came[found[-1] + 1 :] if found else came
    early, _ = _parted(patterns, [one for place, one in enumerate(came) if place not in found])
    nearest = () if early else _nearest(patterns, after)
    outcome: Outcome = "inconclusive" if evicted else "failed"
    then = f"did not come after {ids[-1]}" if found else "did not come"
    what = f"number {len(found) + 1}{_with(patterns)} {then}"
    told = f", only before it: {named(_ids(early))}" if early else ""
    reason = f"expected {wanted}; {what}{told}{_but(outcome, evicted)}{_nearest_text(nearest, len(after))}"
    return Verified(outcome, reason, wanted, len(found), ids, nearest, evicted)


def _listed(matches: Sequence[Match]) -> str:
    return ", ".join(f"({number}) {_words(match.patterns()) or 'any'}" for number, match in enumerate(matches, 1))


def _parted(patterns: Patterns, requests: Iterable[Asked]) -> tuple[list[Asked], list[Asked]]:
    """Those that match, and the others."""
    matching: list[Asked] = []
    others: list[Asked] = []
    for one in requests:
        (matching if _fits(patterns, one) else others).append(one)
    return matching, others


def _fits(patterns: Patterns, one: Asked) -> bool:
    return all(pattern.holds(one.context) for pattern in patterns)


def _ids(requests: Iterable[Asked]) -> tuple[str, ...]:
    return tuple(one.id for one in requests)


def _nearest(patterns: Patterns, others: Sequence[Asked]) -> tuple[Near, ...]:
    """The nearest first; of those that are as near, the newest."""
    newest_first = list(reversed(others))
    newest_first.sort(key=lambda one: _apart(patterns, one))
    return tuple(Near(one.id, _differences(patterns, one)) for one in newest_first[:MOST_NEAREST])


def _apart(patterns: Patterns, one: Asked) -> tuple[float, int]:
    distances = [distance for pattern in patterns for distance in pattern.distances(one.context)]
    return sum(distances), len(distances)


def _differences(patterns: Patterns, one: Asked) -> tuple[str, ...]:
    return tuple(difference for pattern in patterns for difference in pattern.differences(one.context))


def _nearest_text(nearest: Sequence[Near], others: int) -> str:
    if not nearest:
        return ""
    first = nearest[0]
    who = "The only other one is" if others == 1 else f"The nearest of the {others} others is"
    return f". {who} {first.id}, which differs in {'; '.join(first.differences)}"


def _with(patterns: Patterns) -> str:
    words = _words(patterns)
    return f" with {words}" if words else ""


def _words(patterns: Patterns) -> str:
    return "; ".join(_wanted(pattern) for pattern in patterns)


def _wanted(pattern: AnyPattern) -> str:
    if isinstance(pattern, Pattern):
        return f"{pattern.key}: {pattern.condition.wanted()}"
    return f"{pattern.key} of {', '.join(f'({_words(alternative)})' for alternative in pattern.alternatives)}"
