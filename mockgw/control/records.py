"""Records: what can be asked of the journal - exchanges, verification, verdict, and what comes next."""

from typing import Any

from mockgw.control import choices, entries, forms, questions, reports, shapes, views
from mockgw.control.base import Base
from mockgw.control.errors import ControlError
from mockgw.journal import Exchange
from mockgw.pipeline import Pipeline
from mockgw.protocol.headers import JSON
from mockgw.protocol.requests import Incoming
from mockgw.verify import wanted
from mockgw.verify.expectations import Rules, expectations, unused
from mockgw.verify.unmatched import unmatched
from mockgw.verify.verdict import verdict
from mockgw.verify.verification import Verified, verify
from mockgw.verify.wanted import NotVerifiable, Verification

USUAL_HEADERS = {"content-type": JSON, "x-api-key": "mock"}
PATH = "/v1/messages"


class RecordControl(Base):
    """A method for each question to the journal; all of them take data, as `forms` has it."""

    def __init__(self, pipeline: Pipeline) -> None:
        super().__init__(pipeline)
        self._began = pipeline.clock.wall()

    def journal(self, query: Any = None) -> reports.Exchanges:
        """The exchanges that `Listing` asks for, a summary each."""
        return entries.listed(self.pipeline.journal, self._listing(query))

    def journal_lines(self, query: Any = None) -> bytes:
        """As `journal`, with the requests themselves: lines of JSON, as `mockgw explain` reads them."""
        return entries.lines(self.pipeline.journal, self._listing(query), self._began)

    def _listing(self, query: Any) -> questions.Listing:
        form = forms.read(questions.Listing, query, "the query")
        self._heard_of(form.session)
        return form

    def count(self, query: Any = None) -> reports.Counted:
        """How many exchanges `Wanted` names."""
        form = forms.read(questions.Wanted, query, "the query")
        self._heard_of(form.session)
        found = entries.fitting(self.pipeline.journal, form)
        return reports.Counted(len(found), self._evicted(form.session))

    def clear(self, query: Any = None) -> shapes.Done:
        """Forget the exchanges of one session or of all, and nothing else."""
        session = forms.read(forms.OfSession, query, "the query").session
        gone = len(self.pipeline.journal.of(session))
        self.pipeline.journal.reset(session)
        return shapes.Done("cleared", gone)

    # What clients did

    def verify(self, value: Any) -> Verified:
        """Whether the requests came that were wanted: `Verifying`."""
        form = forms.read(questions.Verifying, value)
        verification = _verifiable(value)
        return verify(verification, self._exchanges(form.session), self._evicted(form.session))

    async def wait(self, value: Any) -> reports.Waited:
        """Wait until requests have come, or for so long: `Awaited`."""
        from mockgw.control.watching import Wait  # few wait

        awaited = forms.read(questions.Awaited, value)
        _verifiable({"match": value["match"]} if "match" in (value or {}) else {})
        return await Wait(self.pipeline.journal, awaited).until(awaited.timeout)

    def unmatched(self, session: str | None = None) -> reports.AllUnmatched:
        """Requests that nothing was scripted for."""
        return reports.AllUnmatched(unmatched(self._exchanges(session)), self._evicted(session))

    def unused(self, session: str | None = None) -> reports.AllUnused:
        """Rules that never answered."""
        rules, exchanges, evicted = self._evidence(session)
        return reports.AllUnused(unused(rules, exchanges, evicted), evicted)

    def expectations(self, session: str | None = None) -> reports.Expectations:
        """What became of each `expect`."""
        found = expectations(*self._evidence(session))
        return reports.Expectations(all(one.state == "met" for one in found), found, self._evicted(session))

    def verdict(self, session: str | None = None) -> reports.Verdict:
        """What is to be said against a client."""
        evicted = self._evicted(session)
        found = verdict(self._exchanges(session), now=self._now, evicted=evicted)
        return reports.Verdict(not found, found, evicted)

    def _evidence(self, session: str | None) -> tuple[Rules, list[Exchange], int]:
        from mockgw.control.watching import rules_of  # as above

        return rules_of(self.pipeline, session), self._exchanges(session), self._evicted(session)

    def _exchanges(self, session: str | None) -> list[Exchange]:
        return self.pipeline.journal.of(self._heard_of(session))

    def _evicted(self, session: str | None) -> int:
        return self.pipeline.journal.evicted(session)

    def explain(self, value: Any) -> dict[str, Any]:
        """What a request is answered and why, as `mockgw explain --format json`: `Question`. Nothing is counted."""
        form = forms.read(questions.Question, value)
        incoming = self._incoming(form)
        chosen, warnings = (None, ()) if form.scenario is None else choices.chosen(form.scenario, self._loaded)
        explanation = self.pipeline.explain(incoming, form.attempt, chosen)
        return {**explanation.data(), "warnings": views.troubles(warnings)}

    def _incoming(self, form: questions.Question) -> Incoming:
        if form.request_id is not None:
            return self._kept(form.request_id, form.session)
        body = form.request.encode(errors="replace") if isinstance(form.request, str) else entries.encoded(form.request)
        headers = {name.lower(): text for name, text in (form.headers or USUAL_HEADERS).items()}
        return Incoming("POST", PATH, headers, body=body, prefix=form.session or "")

    def _kept(self, request_id: str, session: str | None) -> Incoming:
        return entries.incoming(self._exchange(request_id), session)


def _verifiable(value: Any) -> Verification:
    """What is to be verified, if the journal can know it."""
    try:
        return wanted.read({key: part for key, part in (value or {}).items() if key != "session"})
    except NotVerifiable as error:
        raise ControlError(str(error)) from None
