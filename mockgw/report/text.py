"""Text: a report for the end of a terminal's output."""

from collections.abc import Iterator, Mapping, Sequence

from mockgw.log import plain
from mockgw.report.checks import FAILED, Check, Judgement
from mockgw.report.tally import Answered, Tally
from mockgw.sessions import DEFAULT
from mockgw.wording import counted, enumerated

MOST_RULES = 20
MOST_TEXTS = 5  # of one check
MOST_CHECKS = 40
HINT = "hint: tests that share a session look like one client; give each its own, or leave verdict out of --fail-on"
BY_THEMSELVES = ("unmatched", "unmet")  # their texts say what was looked at
LONGEST = 2_000  # characters: a miss says a lot, and has to


def text(judgement: Judgement) -> str:
    """What happened, what is wrong with it, and last what it comes to."""
    lines = [*_numbers(judgement), *_problems(judgement.problems), *_hint(judgement.problems), _end(judgement)]
    return "\n".join(lines)


def _numbers(judgement: Judgement) -> Iterator[str]:
    tally = judgement.report.tally
    if tally.requests:
        yield f"mockgw: {_head(judgement)}"
        yield from _rows(tally)
        yield from _named("statuses", tally.statuses)
        yield from _named("faults", tally.faults)
    if tally.requests and judgement.report.unused:
        names = [f"{one.scenario}/{one.rule} ({one.place})" for one in judgement.report.unused]
        yield f"  no answer by {plain(_some(names, MOST_TEXTS), LONGEST)}"


def _head(judgement: Judgement) -> str:
    report, tally = judgement.report, judgement.report.tally
    are = "is" if report.evicted == 1 else "are"
    evicted = f", of which {report.evicted} {are} no longer known" if report.evicted else ""
    tokens = f"{counted(tally.tokens.input, 'input token')} and {counted(tally.tokens.output, 'output token')}"
    parts = [f"{counted(tally.requests, 'request')} in {counted(len(report.sessions), 'session')}{evicted}"]
    retries = [f"{tally.retries} of them {'a retry' if tally.retries == 1 else 'retries'}"] if tally.retries else []
    return "; ".join([*parts, *retries, tokens])


def _rows(tally: Tally) -> Iterator[str]:
    """How often each rule answered, the most first."""
    for one in tally.rules[:MOST_RULES]:
        yield f"  {one.requests:>6}  {plain(_rule(one), LONGEST)}"
    if rest := tally.rules[MOST_RULES:]:
        yield f"  {sum(one.requests for one in rest):>6}  {counted(len(rest), 'other rule')}"
    for what, count in list(tally.others.items())[:MOST_TEXTS]:
        yield f"  {count:>6}  no rule: {plain(what)}"


def _rule(one: Answered) -> str:
    return f"{one.scenario}/{one.rule}" + (f" ({one.place})" if one.place else "")


def _named(what: str, counts: Mapping[str, int]) -> Iterator[str]:
    if counts:
        listed = ", ".join(f"{plain(name)} ({count})" for name, count in counts.items())
        yield f"  {what}: {listed}"


def _some(names: Sequence[str], most: int) -> str:
    """The first few of many."""
    return enumerated(names) if len(names) <= most else f"{', '.join(names[:most])} and {len(names) - most} more"


def _problems(checks: Sequence[Check]) -> Iterator[str]:
    """What did not pass, by session; one that is called as usual and alone needs no heading."""
    alone = {one.session for one in checks} <= {"", DEFAULT}
    last = ""
    for one in checks[:MOST_CHECKS]:
        if one.session != last and not alone:
            yield f"session {plain(one.session)}"
        last = one.session
        yield from _problem(one)
    if rest := checks[MOST_CHECKS:]:
        yield f"and {counted(len(rest), 'more check')} that did not pass; json, junit and html have all of them"


def _problem(one: Check) -> Iterator[str]:
    name = "" if one.kind in BY_THEMSELVES else f"{plain(one.name, LONGEST)}: "
    for said in one.texts[:MOST_TEXTS]:
        yield f"  {one.told}: {name}{plain(' '.join(said.split()), LONGEST)}"
    if rest := one.texts[MOST_TEXTS:]:
        yield f"  {one.told}: {name}{len(rest)} more like these"


def _hint(checks: Sequence[Check]) -> Iterator[str]:
    """What may be behind a verdict on a client that is none: several tests in the session that all have by default."""
    if any(one.kind == "verdict" and one.told == "failed" and one.session == DEFAULT for one in checks):
        yield HINT


def _end(judgement: Judgement) -> str:
    """The verdict in one line, and whose exit code it is."""
    ran = judgement.report.ran
    if ran and ran.exit_code:
        return f"mockgw: {judgement.summary} (the command itself ended with {ran.exit_code})"
    code = f" (exit code {FAILED})" if judgement.outcome != "passed" else ""
    return f"mockgw: {judgement.summary}{code}"
