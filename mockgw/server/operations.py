"""Operations: the control API in one table - what is called by which path, with what, and what it answers."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import field
from typing import Any

from mockgw.control import forms, reports, shapes
from mockgw.control.control import Control
from mockgw.control.forms import of_query
from mockgw.notation import Written
from mockgw.scenario.model import RuleForm, ScenarioForm
from mockgw.values import light
from mockgw.verify.verification import Verified

PREFIX = "/_mockgw"
# What the scenario language takes, where a body is more than one form.
RULES: tuple[Any, ...] = (RuleForm, list[RuleForm], "rules", "yaml")
SCENARIO: tuple[Any, ...] = ("name", "yaml", ScenarioForm)
FAULT: tuple[Any, ...] = (forms.Arming, "fault")


@light
class Call:
    """A request that came through the guard: the parts of its path, its query, and its body as JSON."""

    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    accept: str = ""


Run = Callable[[Control, Call], Any | Awaitable[Any]]


@light
class Operation:
    """One thing that can be called. `body` is what it takes, `result` the shape of what it answers.

    `is_open` is for what needs no token; where `holds` is false of a result, it comes with 406, so that a shell script
    hears of it too.
    """

    method: str
    path: str
    name: str
    told: str
    run: Run
    result: Any
    body: tuple[Any, ...] = ()
    query: type[Written] | None = None
    status: int = 200
    refusals: tuple[int, ...] = ()
    is_open: bool = False
    holds: Callable[[Any], bool] | None = None

    @property
    def segments(self) -> tuple[str, ...]:
        return tuple(self.path.split("/"))

    @property
    def names(self) -> tuple[str, ...]:
        """The parts of its path that stand for something."""
        return tuple(part[1:-1] for part in self.segments if part.startswith("{"))


def _of_session(run: Callable[[Control, str, Call], Any]) -> Run:
    return lambda control, call: run(control, call.path["session"], call)


def _journal(control: Control, call: Call) -> Any:
    query = of_query(call.query)
    if "jsonl" in call.accept or "ndjson" in call.accept:
        query.setdefault("format", "jsonl")
    return control.journal_lines(query) if query.get("format") == "jsonl" else control.journal(query)


def _asked(ask: Callable[[Control, str | None], Any]) -> Run:
    return lambda control, call: ask(control, forms.read(forms.OfSession, of_query(call.query), "the query").session)


SESSION = "sessions/{session}"
UNKNOWN = (404,)

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "GET", "health", "health", "Whether the server answers; it needs no token.",
        lambda control, call: control.health(), shapes.Health, is_open=True,
    ),
    Operation(
        "GET", "ready", "ready", "Whether it can be used, and the state of the loaded files.",
        lambda control, call: control.ready(), shapes.Ready,
    ),
    Operation(
        "GET", "version", "version", "Which mockgw this is.",
        lambda control, call: control.version(), shapes.Version,
    ),
    Operation(
        "GET", "config", "config", "What it was started with, without secrets.",
        lambda control, call: control.config(), shapes.Config,
    ),
    Operation(
        "POST", "reload", "reload", "Take the files as they are now; 409 if they cannot be used.",
        lambda control, call: control.reload(), shapes.Reloading, refusals=(409, 504),
    ),
    Operation(
        "POST", "reset", "reset", "Forget everything of all sessions.",
        lambda control, call: control.reset(), shapes.Done,
    ),
    Operation(
        "GET", "scenarios", "scenarios", "The loaded scenarios.",
        lambda control, call: control.scenarios(), shapes.Scenarios,
    ),
    Operation(
        "GET", "scenarios/{scenario}", "scenario", "A loaded scenario, its rules, and how often each answered.",
        lambda control, call: control.scenario(call.path["scenario"]), shapes.ScenarioShown, refusals=UNKNOWN,
    ),
    Operation(
        "GET", "sessions", "sessions", "Every session.",
        lambda control, call: control.sessions(), shapes.Sessions,
    ),
    Operation(
        "POST", "sessions", "create_session", "Make a session.",
        lambda control, call: control.create_session(call.body), shapes.SessionShown,
        body=(forms.NewSession,), status=201, refusals=(400, 404, 409),
    ),
    Operation(
        "GET", SESSION, "session", "A session.",
        _of_session(lambda control, session, call: control.session(session)), shapes.SessionShown, refusals=UNKNOWN,
    ),
    Operation(
        "DELETE", SESSION, "delete_session", "Forget everything of a session, and itself.",
        _of_session(lambda control, session, call: control.delete_session(session)), shapes.Done, refusals=UNKNOWN,
    ),
    Operation(
        "POST", f"{SESSION}/reset", "reset_session", "Forget everything of a session: it is as if it were new.",
        _of_session(lambda control, session, call: control.reset(session)), shapes.Done, refusals=UNKNOWN,
    ),
    Operation(
        "PUT", f"{SESSION}/scenario", "choose", "What answers in a session: a loaded scenario, or one of its own.",
        _of_session(lambda control, session, call: control.choose(session, call.body)), shapes.Choice,
        body=SCENARIO, refusals=(400, 404),
    ),
    Operation(
        "DELETE", f"{SESSION}/scenario", "unchoose", "Let requests say again which scenario answers.",
        _of_session(lambda control, session, call: control.unchoose(session)), shapes.Done, refusals=UNKNOWN,
    ),
    Operation(
        "GET", f"{SESSION}/overrides", "overrides", "The rules that were put in front.",
        _of_session(lambda control, session, call: control.overrides(session)), shapes.Overrides, refusals=UNKNOWN,
    ),
    Operation(
        "POST", f"{SESSION}/overrides", "override", "Put rules in front of all others: one, a list, or YAML.",
        _of_session(lambda control, session, call: control.override(session, call.body)), shapes.Overrides,
        body=RULES, status=201, refusals=(400, 404, 409),
    ),
    Operation(
        "DELETE", f"{SESSION}/overrides", "withdraw_all", "Take all overrides away.",
        _of_session(lambda control, session, call: control.withdraw(session)), shapes.Done, refusals=UNKNOWN,
    ),
    Operation(
        "DELETE", f"{SESSION}/overrides/{{id}}", "withdraw", "Take an override away.",
        _of_session(lambda control, session, call: control.withdraw(session, call.path["id"])), shapes.Done,
        refusals=UNKNOWN,
    ),
    Operation(
        "GET", f"{SESSION}/faults", "faults", "What strikes the next requests.",
        _of_session(lambda control, session, call: control.faults(session)), shapes.ArmedFaults, refusals=UNKNOWN,
    ),
    Operation(
        "POST", f"{SESSION}/faults", "arm", "Let something strike: some requests, for a time, or until it is disarmed.",
        _of_session(lambda control, session, call: control.arm(session, call.body)), shapes.ArmedFault,
        body=FAULT, status=201, refusals=(400, 404, 409),
    ),
    Operation(
        "DELETE", f"{SESSION}/faults", "disarm_all", "Take everything away that strikes.",
        _of_session(lambda control, session, call: control.disarm(session)), shapes.Done, refusals=UNKNOWN,
    ),
    Operation(
        "DELETE", f"{SESSION}/faults/{{id}}", "disarm", "Take one thing away that strikes.",
        _of_session(lambda control, session, call: control.disarm(session, call.path["id"])), shapes.Done,
        refusals=UNKNOWN,
    ),
    Operation(
        "GET", f"{SESSION}/clock", "clock", "A session's clock.",
        _of_session(lambda control, session, call: control.clock(session)), shapes.ClockShown, refusals=UNKNOWN,
    ),
    Operation(
        "POST", f"{SESSION}/clock/advance", "advance", "Move a session's clock ahead.",
        _of_session(lambda control, session, call: control.advance(session, call.body)), shapes.ClockShown,
        body=(forms.Advance,), refusals=(400, 404),
    ),
    Operation(
        "GET", f"{SESSION}/gateway", "gateway", "What keys have in a session, and how its providers are.",
        _of_session(lambda control, session, call: control.gateway(session, of_query(call.query))),
        shapes.GatewaysShown, query=forms.OfKey, refusals=(400, 404),
    ),
    Operation(
        "POST", f"{SESSION}/gateway/credits", "top_up", "Give a key money, or set what it has.",
        _of_session(lambda control, session, call: control.top_up(session, call.body)), shapes.GatewaysShown,
        body=(forms.TopUp,), refusals=(400, 404),
    ),
    Operation(
        "POST", f"{SESSION}/gateway/refill", "refill", "Make limits full again: of a key, or of all.",
        _of_session(lambda control, session, call: control.refill(session, call.body)), shapes.GatewaysShown,
        body=(forms.Refill,), refusals=(400, 404),
    ),
    Operation(
        "PUT", f"{SESSION}/gateway/providers/{{provider}}", "set_provider", "Set the state of a provider.",
        _of_session(lambda control, session, call: control.set_provider(session, call.path["provider"], call.body)),
        shapes.GatewaysShown, body=(forms.ProviderStates,), refusals=(400, 404),
    ),
    Operation(
        "DELETE", f"{SESSION}/gateway/providers/{{provider}}", "release_provider",
        "Let a provider do again what its script says.",
        _of_session(lambda control, session, call: control.release_provider(
            session, call.path["provider"], of_query(call.query)
        )),
        shapes.GatewaysShown, query=forms.OfScenario, refusals=(400, 404),
    ),
    Operation(
        "GET", "journal", "journal", "The exchanges that are asked for: a summary each, or all of each as JSONL.",
        _journal, reports.Exchanges, query=forms.Listing, refusals=(400, 404),
    ),
    Operation(
        "GET", "journal/count", "count", "How many exchanges there are.",
        lambda control, call: control.count(of_query(call.query)), reports.Counted,
        query=forms.Wanted, refusals=(400, 404),
    ),
    Operation(
        "GET", "journal/{request_id}", "exchange", "An exchange with its request.",
        lambda control, call: control.exchange(call.path["request_id"]), reports.Record, refusals=UNKNOWN,
    ),
    Operation(
        "DELETE", "journal", "clear", "Forget the exchanges of one session or of all, and nothing else.",
        lambda control, call: control.clear(of_query(call.query)), shapes.Done, query=forms.OfSession, refusals=(400,),
    ),
    Operation(
        "POST", "explain", "explain", "What a request is answered and why; nothing is counted.",
        lambda control, call: control.explain(call.body), dict, body=(forms.Question,), refusals=(400, 404),
    ),
    Operation(
        "POST", "verify", "verify", "Whether the requests came that were wanted; 406 if not, or if nobody can know.",
        lambda control, call: control.verify(call.body), Verified, body=(forms.Verifying,), refusals=(400, 404),
        holds=lambda verified: verified.outcome == "passed",
    ),
    Operation(
        "POST", "wait", "wait", "Wait until requests have come; 406 if they do not in time.",
        lambda control, call: control.wait(call.body), reports.Waited, body=(forms.Awaited,), refusals=(400, 503),
        holds=lambda waited: waited.came,
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
    Operation(
        "GET", "events", "events", "What happens, as it happens: server-sent events.",
        lambda control, call: control.feed, "events",
    ),
)  # fmt: skip
