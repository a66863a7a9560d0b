"""Retries: rules about how a client tries again, or does not."""

from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise

from mockgw.verify.calls import Call, Try, between, in_words, pause, same_request
from mockgw.verify.findings import Evidence, Findings, Found
from mockgw.wording import counted, enumerated

# A timer may ring a little early, and a retry that was due at 2 s is not found fault with at 1.98 s.
EARLY_SHARE, EARLY = 0.05, 0.02
FINAL = frozenset({400, 401, 402, 403, 404, 413})  # the API says the same again until something is mended
# Claude Code's longest pause is 37 s. What comes later is somebody who tries anew.
SAME_ATTEMPT = 60.0
# The most tries in so many seconds. The SDKs make 3, and however many they are allowed, 5 in ten seconds and 14 in a
# minute: they wait for 0.375 s at least, then twice as long each time, up to 6 s. Claude Code makes 11 in all.
STORMS = ((6, 10.0), (14, 60.0))
AT_ONCE = 0.1  # the shortest pause of an SDK is 0.375 s
SHORT = 5.0  # longer pauses need not grow: the SDKs stop at 8 s
GROWN = 1.5  # with a quarter of chance in each, equal pauses differ by less
FEWEST_PAUSES = 3
PATIENCE = 10.0  # after which no known client begins to try again; 0.6 s is the longest first pause


def retry_after_ignored(evidence: Evidence) -> Findings:
    """The next try of a call came earlier than `retry-after` said (more than 5 % and 20 ms earlier)."""
    for one, again in _retries(evidence):
        waited = pause(one, again)
        if one.wait is not None and one.wait - waited > max(EARLY, EARLY_SHARE * one.wait):
            asked_for = f"{one.what} that asked for {in_words(one.wait)}"
            yield Found(f"retried {in_words(waited)} after {asked_for}", (one.id, again.id))


def retried_what_must_not_be_retried(evidence: Evidence) -> Findings:
    """The same request came again, within a minute, after a 400, 401, 402, 403, 404 or 413, or after
    `x-should-retry: false`."""
    for call in evidence.calls:
        again = [pair for pair in call.pairs if _is_final(pair[0]) and _nothing_mended(*pair)]
        if again:
            first, second = again[0]
            times = f", and {counted(len(again) - 1, 'more time')}" if len(again) > 1 else ""
            told = f"sent again as it was {in_words(pause(first, second))} after {first.what}{_why_final(first)}{times}"
            yield Found(told, _ids([first, *(retry for _, retry in again)]))


def retry_storm(evidence: Evidence) -> Findings:
    """One call was tried more than 6 times in ten seconds, or more than 14 times in a minute."""
    for call in evidence.calls:
        for most, seconds in STORMS:
            burst, took = _burst(call, seconds)
            if len(burst) > most:
                yield Found(f"{len(burst)} tries of one call in {in_words(took)}", _ids(burst))
                break


def no_backoff(evidence: Evidence) -> Findings:
    """The pauses between retries are below 0.1 s (two in a row), or do not grow (three or more below 5 s that differ by
    less than half). Pauses that `retry-after` asked for do not count."""
    for call in evidence.calls:
        pairs = [pair for pair in call.pairs if pair[0].to_be_retried and pair[0].wait is None]
        pauses = [pause(*pair) for pair in pairs]
        if (what := _without_backoff(pauses)) and pairs:
            told = f"{what}: {enumerated([in_words(seconds) for seconds in pauses])}"
            yield Found(told, _ids([pairs[0][0], *(again for _, again in pairs)]))


def gave_up_without_retry(evidence: Evidence) -> Findings:
    """A call was not tried again after a 408, 409, 429, a 5xx or a broken connection, within ten seconds beyond
    `retry-after`, or until the session ended."""
    for call in evidence.calls:
        if len(call.tries) == 1 and call.last.to_be_retried:
            waited = evidence.now - call.last.ended
            if waited > PATIENCE + (call.last.wait or 0.0):
                yield Found(f"gave up after {call.last.what}, without a second try", (call.last.id,))


def _retries(evidence: Evidence) -> Iterator[tuple[Try, Try]]:
    """Each failed try and the one after it."""
    return (pair for call in evidence.calls for pair in call.pairs if pair[0].failed)


def _is_final(one: Try) -> bool:
    if not one.failed or one.told.should_retry == "true":
        return False
    return one.status in FINAL or one.told.should_retry == "false"


def _why_final(one: Try) -> str:
    return "" if one.status in FINAL else " that said x-should-retry: false"


def _nothing_mended(one: Try, again: Try) -> bool:
    return pause(one, again) <= SAME_ATTEMPT and same_request(one.exchange, again.exchange)


def _burst(call: Call, seconds: float) -> tuple[Sequence[Try], float]:
    """The most tries that came within so many seconds of each other, and how long they took."""
    moments = list(accumulate((between(*pair) for pair in pairwise(call.tries)), initial=0.0))
    best, begin = slice(0, 0), 0
    for end, moment in enumerate(moments):
        while moment - moments[begin] > seconds:
            begin += 1
        best = max(best, slice(begin, end + 1), key=lambda one: one.stop - one.start)
    burst = moments[best]
    return call.tries[best], burst[-1] - burst[0]


def _without_backoff(pauses: Sequence[float]) -> str:
    """What is wrong with pauses; nothing if they are as they should be."""
    if any(max(pair) < AT_ONCE for pair in pairwise(pauses)):
        return "retried at once, again and again, after"
    if len(pauses) < FEWEST_PAUSES or max(pauses) >= SHORT:
        return ""
    return "the pauses between retries did not grow" if max(pauses) < GROWN * min(pauses) else ""


def _ids(tries: Sequence[Try]) -> tuple[str, ...]:
    return tuple(one.id for one in tries)
