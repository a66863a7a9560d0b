"""Tally: how much of what there was."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from mockgw.journal import Exchange
from mockgw.protocol.messages import Usage
from mockgw.verify.calls import calls
from mockgw.verify.expectations import Rules


@dataclass(frozen=True, slots=True)
class Answered:
    """How many requests a rule answered; `place` is empty when the rule stands in no file, or no longer."""

    scenario: str
    rule: str
    place: str
    requests: int

    @property
    def key(self) -> tuple[str, str]:
        return self.scenario, self.rule


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens, as the answers told them."""

    input: int = 0
    output: int = 0
    cache_creation: int = 0
    cache_read: int = 0


@dataclass(frozen=True, slots=True)
class Tally:
    """What came and what it was answered.

    `requests` are all that came; `others` are those that no rule answered, by method and path, or by the chaos that
    did. Tries of one call after the first are `retries`; a try counts for its rule, and its status too.
    """

    requests: int = 0
    rules: tuple[Answered, ...] = ()
    others: Mapping[str, int] = field(default_factory=dict)
    statuses: Mapping[str, int] = field(default_factory=dict)
    faults: Mapping[str, int] = field(default_factory=dict)
    retries: int = 0
    tokens: Tokens = Tokens()

    def data(self) -> dict[str, Any]:
        return asdict(self)


def tally(exchanges: Sequence[Exchange], rules: Rules, evicted: int = 0) -> Tally:
    """Of the exchanges of one session; those that the journal no longer has are counted as requests only."""
    answered = [one for one in exchanges if _is_answered(one)]
    others = [one for one in exchanges if not _is_answered(one)]
    return Tally(
        requests=len(exchanges) + evicted,
        rules=_answers(answered, rules),
        others=_counts(_other(one) for one in others),
        statuses=_counts(str(one.status) for one in exchanges),
        faults=_counts(fault for one in exchanges for fault in one.faults),
        retries=sum(len(call.tries) - 1 for call in calls(exchanges)),
        tokens=_tokens(one.usage for one in exchanges if one.usage),
    )


def total(tallies: Sequence[Tally]) -> Tally:
    """All of them in one."""
    return Tally(
        requests=sum(one.requests for one in tallies),
        rules=_together(rule for one in tallies for rule in one.rules),
        others=_sum(one.others for one in tallies),
        statuses=_sum(one.statuses for one in tallies),
        faults=_sum(one.faults for one in tallies),
        retries=sum(one.retries for one in tallies),
        tokens=_added(one.tokens for one in tallies),
    )


def _is_answered(exchange: Exchange) -> bool:
    """As an expectation counts: what mockgw refused is none of the rule's, nor what chaos gave in its place."""
    return bool(exchange.rule) and not exchange.refusal and not _is_chaos(exchange)


def _is_chaos(exchange: Exchange) -> bool:
    """Whether chaos answered; then it is named where else the rule would be, and with its place beside it."""
    return exchange.chaos.startswith(f"{exchange.rule} (")


def _other(exchange: Exchange) -> str:
    return f"chaos {exchange.chaos}" if exchange.rule and _is_chaos(exchange) else f"{exchange.method} {exchange.path}"


def _answers(exchanges: Iterable[Exchange], rules: Rules) -> tuple[Answered, ...]:
    counts = Counter((one.scenario, one.rule) for one in exchanges)
    places = {(scenario, rule.id): rule.place for scenario, several in rules.items() for rule in several}
    return tuple(Answered(*key, places.get(key, ""), count) for key, count in counts.most_common())


def _together(answers: Iterable[Answered]) -> tuple[Answered, ...]:
    counts: Counter[tuple[str, str, str]] = Counter()
    for one in answers:
        counts[one.scenario, one.rule, one.place] += one.requests
    return tuple(Answered(*rule, count) for rule, count in counts.most_common())


def _counts(words: Iterable[str]) -> dict[str, int]:
    return dict(Counter(words).most_common())


def _sum(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for one in counts:
        found.update(one)
    return dict(found.most_common())


def _tokens(usages: Iterable[Usage]) -> Tokens:
    return _added(
        Tokens(one.input_tokens, one.output_tokens, one.cache_creation_input_tokens, one.cache_read_input_tokens)
        for one in usages
    )


def _added(several: Iterable[Tokens]) -> Tokens:
    found = Tokens()
    for one in several:
        found = Tokens(
            found.input + one.input,
            found.output + one.output,
            found.cache_creation + one.cache_creation,
            found.cache_read + one.cache_read,
        )
    return found
