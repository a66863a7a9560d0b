"""Records: the operations of the control API that ask about requests."""

from collections.abc import Callable
from typing import Any

from mockgw.control import details, forms, questions, reports, shapes
from mockgw.control.control import Control
from mockgw.control.forms import of_query
from mockgw.server.operation import UNKNOWN, Call, Operation, Run
from mockgw.verify.verification import Verified


def _journal(control: Control, call: Call) -> Any:
    query = of_query(call.query)
    if "jsonl" in call.accept or "ndjson" in call.accept:
        query.setdefault("format", "jsonl")
    return control.journal_lines(query) if query.get("format") == "jsonl" else control.journal(query)


def _asked(ask: Callable[[Control, str | None], Any]) -> Run:
    return lambda control, call: ask(control, forms.read(forms.OfSession, of_query(call.query), "the query").session)


def _of_exchange(ask: Callable[[Control, str], Any]) -> Run:
    return lambda control, call: ask(control, call.path["request_id"])


EXCHANGE = "journal/{request_id}"
RECORDS: tuple[Operation, ...] = (
    Operation(
        "GET", "journal", "journal", "The exchanges that are asked for: a summary each, or all of each as JSONL.",
        _journal, reports.Exchanges, query=questions.Listing, refusals=(400, 404),
    ),
    Operation(
        "GET", "journal/count", "count", "How many exchanges there are.",
        lambda control, call: control.count(of_query(call.query)), reports.Counted,
        query=questions.Wanted, refusals=(400, 404),
    ),
    Operation(
        "GET", "journal/activity", "activity", "What was done by this API, and by whom: all that changes something.",
        lambda control, call: control.activity(of_query(call.query)), reports.Doings, query=questions.Doing,
        refusals=(400,),
    ),
    Operation(
        "GET", EXCHANGE, "exchange", "An exchange with its request.",
        _of_exchange(Control.exchange), reports.Record, refusals=UNKNOWN,
    ),
    Operation(
        "GET", f"{EXCHANGE}/answer", "answer", "What the client was sent: status, headers, body.",
        _of_exchange(Control.answer), details.AnswerShown, refusals=UNKNOWN,
    ),
    Operation(
        "GET", f"{EXCHANGE}/timeline", "timeline", "The answer in time: planned, real, and where faults struck.",
        _of_exchange(Control.timeline), details.Timeline, refusals=UNKNOWN,
    ),
    Operation(
        "GET", f"{EXCHANGE}/transcript", "transcript", "What was asked and answered, as a person reads it.",
        _of_exchange(Control.transcript), details.Transcript, refusals=UNKNOWN,
    ),
    Operation(
        "GET", f"{EXCHANGE}/why", "why", "Why it was answered so: the rule, and what every other one differed in.",
        _of_exchange(Control.why), details.Why, refusals=UNKNOWN,
    ),
    Operation(
        "GET", f"{EXCHANGE}/export", "export", "An exchange as a curl command, a rule in YAML, or a test.",
        lambda control, call: control.export(call.path["request_id"], of_query(call.query)), "text",
        query=questions.Export, refusals=(400, 404, 409),
    ),
    Operation(
        "DELETE", "journal", "clear", "Forget the exchanges of one session or of all, and nothing else.",
        lambda control, call: control.clear(of_query(call.query)), shapes.Done, query=forms.OfSession, refusals=(400,),
    ),
    Operation(
        "POST", "explain", "explain", "What a request is answered and why; nothing is counted.",
        lambda control, call: control.explain(call.body), dict, body=(questions.Question,),
        refusals=(400, 404), asks=True,
    ),
    Operation(
        "POST", "verify", "verify", "Whether the requests came that were wanted; 406 if not, or if nobody can know.",
        lambda control, call: control.verify(call.body), Verified, body=(questions.Verifying,), refusals=(400, 404),
        holds=lambda verified: verified.outcome == "passed", asks=True,
    ),
    Operation(
        "POST", "wait", "wait", "Wait until requests have come; 406 if they do not in time.",
        lambda control, call: control.wait(call.body), reports.Waited, body=(questions.Awaited,), refusals=(400, 503),
        holds=lambda waited: waited.came, asks=True,
    ),
    Operation(
        "GET", "unmatched", "unmatched", "Requests that nothing was scripted for, and what they differ in.",
        _asked(Control.unmatched), reports.AllUnmatched, query=forms.OfSession, refusals=(400, 404),
    ),
    Operation(
        "GET", "unused", "unused", "Rules that never answered.",
        _asked(Control.unused), reports.AllUnused, query=forms.OfSession, refusals=(400, 404),
    ),
    Operation(
        "GET", "expectations", "expectations", "What became of the 'expect' of each rule.",
        _asked(Control.expectations), reports.Expectations, query=forms.OfSession, refusals=(400, 404),
    ),
    Operation(
        "GET", "verdict", "verdict", "What is to be said against a client.",
        _asked(Control.verdict), reports.Verdict, query=forms.OfSession, refusals=(400, 404),
    ),
)  # fmt: skip
