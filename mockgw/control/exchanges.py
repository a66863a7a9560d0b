"""Exchanges: what can be asked about one exchange - its answer, its course in time, what was said, and why."""

from typing import Any

from mockgw.control import details, entries, forms, questions
from mockgw.control.base import Base
from mockgw.journal import Exchange

OF_RULES = ("", "no_match", "used_up", "template", "fault")  # what an exchange is refused for when rules were asked


class ExchangeControl(Base):
    """A method for each question about one exchange of the journal, which is named by its id."""

    def exchange(self, request_id: str) -> dict[str, Any]:
        """An exchange with its request."""
        return entries.whole(self._exchange(request_id))

    def answer(self, request_id: str) -> details.AnswerShown:
        """What the client was sent."""
        from mockgw.control import timelines  # few look at it

        return timelines.answer(self._exchange(request_id), self._now)

    def timeline(self, request_id: str) -> details.Timeline:
        """The answer in time, planned and real."""
        from mockgw.control import timelines  # as above

        return timelines.timeline(self._exchange(request_id), self._now)

    def transcript(self, request_id: str) -> details.Transcript:
        """What was asked and answered, as a person reads it."""
        from mockgw.control import transcripts  # as above

        return transcripts.transcript(self._exchange(request_id), self._now)

    def why(self, request_id: str) -> details.Why:
        """Why it was answered as it was: nothing is counted."""
        exchange = self._exchange(request_id)
        explained = self.pipeline.explain(entries.incoming(exchange)).data()
        answered = explained["answer"]
        outcome = _outcome(exchange)
        rule, kind = answered["rule"], (answered["error"] or {}).get("kind", "")
        changed = _changed(outcome, rule, kind)
        return details.Why(exchange.request_id, outcome, not changed, changed, explained)

    def export(self, request_id: str, query: Any = None) -> str:
        """The exchange as a command, a rule or a test: `Export`."""
        from mockgw.control import exports  # as above

        made = {"curl": exports.curl, "rule": exports.rule, "pytest": exports.test}
        form = forms.read(questions.Export, query, "the query")
        return made[form.as_](self._exchange(request_id))


def _outcome(exchange: Exchange) -> details.Outcome:
    return details.Outcome(
        status=exchange.status,
        scenario=exchange.scenario,
        rule=exchange.rule,
        attempt=exchange.attempt,
        refusal=exchange.refusal,
        message=exchange.message,
        faults=exchange.faults,
        chaos=exchange.chaos,
    )


def _changed(outcome: details.Outcome, rule: str, kind: str) -> str:
    """What is different by now; not of a request that chaos struck, or that never came as far as a rule."""
    if outcome.chaos or outcome.refusal not in OF_RULES or (rule == outcome.rule and kind == outcome.refusal):
        return ""
    now = f"the rule {rule!r} would answer it" if rule else f"it would be refused ({kind})"
    return f"by now {now}: rules, files or what they have given since are others"
