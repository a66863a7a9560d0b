"""Checks: what a report is held to, what came of each check, and which exit code that is."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from mockgw.report.collect import Report, SessionReport
from mockgw.verify.expectations import Unused
from mockgw.verify.unmatched import Unmatched
from mockgw.verify.verdict import RULES
from mockgw.verify.verification import lacking, named
from mockgw.wording import counted, enumerated

Kind = Literal["unmatched", "unmet", "verdict", "warnings", "unused", "no-requests"]
State = Literal["passed", "failed", "inconclusive"]

REASONS: dict[str, str] = {
    "unmatched": "a request that no scenario answered",
    "unmet": "an `expect` that was not met",
    "verdict": "an error in the verdict on the client",
    "warnings": "a warning in the verdict on the client",
    "unused": "a rule that never answered",
    "no-requests": "nothing was asked at all",
    "inconclusive": "the journal no longer has what could decide one of those",
}
"""What can make a run fail."""
USUAL = ("unmatched", "unmet", "verdict", "inconclusive")
FAILED = 6
"""The exit code when the command itself succeeded."""

WORDS: dict[Kind, tuple[str, str]] = {
    "unmatched": ("1 request that no scenario answered", "{} requests that no scenario answered"),
    "unmet": ("1 expectation that was not met", "{} expectations that were not met"),
    "verdict": ("1 error of the client", "{} errors of the client"),
    "warnings": ("1 warning about the client", "{} warnings about the client"),
    "unused": ("1 rule that never answered", "{} rules that never answered"),
    "no-requests": ("no request at all", "no request at all"),
}
EXPECTED: dict[str, State] = {"met": "passed", "unmet": "failed", "inconclusive": "inconclusive"}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is looked at, in a session or (when that is empty) in all that happened.

    `texts` say what is wrong, one for each time, or why nobody can know; `counts` whether the run fails for it.
    """

    session: str
    kind: Kind
    name: str
    state: State
    texts: tuple[str, ...] = ()
    counts: bool = False

    @property
    def told(self) -> str:
        """The state as people read it: what does not make the run fail is a warning."""
        return "warning" if self.state == "failed" and not self.counts else self.state


@dataclass(frozen=True, slots=True)
class Judgement:
    """A report, all that it was held to, and what it comes to."""

    report: Report
    checks: tuple[Check, ...]
    fail_on: tuple[str, ...]

    @property
    def outcome(self) -> State:
        states = {one.state for one in self.checks if one.counts}
        return "failed" if "failed" in states else "inconclusive" if "inconclusive" in states else "passed"

    @property
    def problems(self) -> tuple[Check, ...]:
        """All that did not pass, whether the run fails for it or not."""
        return tuple(one for one in self.checks if one.state != "passed")

    @property
    def exit_code(self) -> int:
        """The command's own, unless it succeeded and the checks did not."""
        own = self.report.ran.exit_code if self.report.ran else 0
        return own or (0 if self.outcome == "passed" else FAILED)

    @property
    def summary(self) -> str:
        """What it comes to, in a sentence."""
        if not self.problems:
            return "everything was as expected"
        failed = _sum(one for one in self.problems if one.counts and one.state == "failed")
        unknown = _unknown([one for one in self.problems if one.counts and one.state == "inconclusive"], self.report)
        told = _sum(one for one in self.problems if not one.counts and one.state == "failed")
        parts = [f"failed: {failed}" * bool(failed), f"inconclusive: {unknown}" * bool(unknown)]
        lead = "; ".join(filter(None, parts)) or "passed"
        return f"{lead}, with {told}" if told and lead == "passed" else f"{lead}; beside {told}" if told else lead


def by_session(checks: Iterable[Check]) -> dict[str, list[Check]]:
    """The checks of each session, by its title; those of the whole run by an empty one."""
    found: dict[str, list[Check]] = {}
    for one in checks:
        found.setdefault(one.session, []).append(one)
    return found


def judged(report: Report, fail_on: Collection[str] = USUAL) -> Judgement:
    """A report held to what people want; `fail_on` are some of REASONS."""
    return Judgement(report, tuple(_checks(report, fail_on)), tuple(one for one in REASONS if one in fail_on))


def _checks(report: Report, fail_on: Collection[str]) -> Iterator[Check]:
    silent = () if report.tally.requests else ("none did: whoever was to be tested may have asked somebody else",)
    yield _check("", "no-requests", "a request came", silent, 0, fail_on)
    if "unused" in fail_on:
        for rule in report.unused:
            yield _unused(rule, report.evicted, fail_on)
    for session in report.sessions:
        yield from _of_session(session, fail_on)


def _of_session(session: SessionReport, fail_on: Collection[str]) -> Iterator[Check]:
    name, evicted = session.title, session.evicted
    missed = [unmatched_text(one) for one in session.unmatched]
    yield _check(name, "unmatched", "every request has an answer", missed, evicted, fail_on)
    for one in session.expectations:
        state = EXPECTED[one.state]
        texts = (one.text,) * (state != "passed")
        title = f"expect of {one.scenario}/{one.rule} ({one.place})"
        yield Check(name, "unmet", title, state, texts, _counts("unmet", state, fail_on))
    for find, severity in RULES.items():
        rule, kind = find.__name__, "verdict" if severity == "error" else "warnings"
        texts = tuple(f"{one.text} ({named(one.requests)})" for one in session.findings if one.rule == rule)
        yield _check(name, kind, rule, texts, evicted, fail_on)  # type: ignore[arg-type]  # it is one of the kinds


def unmatched_text(one: Unmatched) -> str:
    """A request that no scenario answered, in a line or more."""
    return f"{one.id} was answered {one.status} {one.kind}: {one.message}"


def _unused(rule: Unused, evicted: int, fail_on: Collection[str]) -> Check:
    title = f"{rule.scenario}/{rule.rule} ({rule.place}) answers"
    if rule.certain:
        return _check("", "unused", title, ("it never answered",), 0, fail_on)
    return _check("", "unused", title, (), evicted, fail_on)


def _check(session: str, kind: Kind, name: str, texts: Sequence[str], evicted: int, fail_on: Collection[str]) -> Check:
    """What was found is certain; that nothing was found is not when exchanges are missing."""
    state: State = "failed" if texts else "inconclusive" if evicted else "passed"
    why = (*texts,) if state != "inconclusive" else (f"{lacking(evicted)}, and they could change this",)
    return Check(session, kind, name, state, why, _counts(kind, state, fail_on))


def _counts(kind: Kind, state: State, fail_on: Collection[str]) -> bool:
    return kind in fail_on and (state == "failed" or (state == "inconclusive" and "inconclusive" in fail_on))


def _sum(checks: Iterable[Check]) -> str:
    """`1 request that no scenario answered and 2 errors of the client`; nothing of nothing."""
    counts: dict[Kind, int] = {}
    for one in checks:
        counts[one.kind] = counts.get(one.kind, 0) + len(one.texts)
    said = [WORDS[kind][count != 1].format(count) for kind, count in counts.items()]
    return enumerated(said) if said else ""


def _unknown(checks: Sequence[Check], report: Report) -> str:
    return f"{counted(len(checks), 'check')} could not be decided, for {lacking(report.evicted)}" if checks else ""
