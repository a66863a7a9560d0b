"""Verdict: what a client did that it should not, told by rules over the journal."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import inf

from mockgw.journal import Exchange
from mockgw.verify import caching, retries, transcripts
from mockgw.verify.findings import Evidence, Finding, Findings, Severity

Find = Callable[[Evidence], Findings]

RULES: Mapping[Find, Severity] = {
    retries.retry_after_ignored: "error",
    retries.retried_what_must_not_be_retried: "error",
    retries.retry_storm: "error",
    retries.no_backoff: "warning",
    retries.gave_up_without_retry: "warning",
    transcripts.went_on_after_truncated_stream: "error",
    transcripts.broken_tool_result_pairing: "error",
    transcripts.dropped_thinking: "error",
    caching.cache_never_hit: "warning",
}


def verdict(exchanges: Sequence[Exchange], *, now: float = inf, evicted: int = 0) -> tuple[Finding, ...]:
    """All that is to be said against a client, by the first request that shows it.

    `now` is a reading of the exchanges' clock; without one the session is over. `evicted` counts the exchanges that
    the journal no longer has: what needs them all is not judged then.
    """
    evidence = Evidence(tuple(exchanges), now, evicted)
    places = {one.request_id: place for place, one in enumerate(sorted(exchanges, key=lambda one: one.started))}
    return tuple(sorted(_findings(evidence), key=lambda finding: places[finding.requests[0]]))


def _findings(evidence: Evidence) -> Iterator[Finding]:
    for find, severity in RULES.items():
        for found in find(evidence):
            yield Finding(find.__name__, severity, found.text, found.requests)


def meaning_of(find: Find) -> str:
    """What a rule is about, as the documentation has it."""
    return " ".join((find.__doc__ or "").split())
