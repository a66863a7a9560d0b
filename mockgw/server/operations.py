"""Operations: the control API in one table - what is called by which path, with what, and what it answers."""

from collections.abc import Callable
from typing import Any

from mockgw.control import forms, gateway_shapes, loaded, questions, shapes
from mockgw.control.control import Control
from mockgw.control.forms import of_query
from mockgw.scenario.model import RuleForm, ScenarioForm
from mockgw.server.operation import UNKNOWN, Call, Operation, Run
from mockgw.server.records import RECORDS

PREFIX = "/_mockgw"
# What the scenario language takes, where a body is more than one form.
RULES: tuple[Any, ...] = (RuleForm, list[RuleForm], "rules", "yaml")
SCENARIO: tuple[Any, ...] = ("name", "yaml", ScenarioForm)
FAULT: tuple[Any, ...] = (forms.Arming, "fault")


def _of_session(run: Callable[[Control, str, Call], Any]) -> Run:
    return lambda control, call: run(control, call.path["session"], call)


SESSION = "sessions/{session}"
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
        lambda control, call: control.scenarios(), loaded.Scenarios,
    ),
    Operation(
        "GET", "scenarios/{scenario}", "scenario", "A loaded scenario, its rules, and how often each answered.",
        lambda control, call: control.scenario(call.path["scenario"]), loaded.ScenarioShown, refusals=UNKNOWN,
    ),
    Operation(
        "GET", "scenarios/{scenario}/rules/{rule}", "rule", "A rule of a loaded scenario as it is written, in YAML.",
        lambda control, call: control.rule(call.path["scenario"], call.path["rule"]), loaded.RuleText, refusals=UNKNOWN,
    ),
    Operation(
        "GET", "scenarios/{scenario}/problems", "problems", "What lint says of a loaded scenario, by line.",
        lambda control, call: control.problems(call.path["scenario"]), loaded.ScenarioProblems, refusals=UNKNOWN,
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
        "GET", f"{SESSION}/timing", "timing", "How a session's answers are slowed down or hastened.",
        _of_session(lambda control, session, call: control.timing(session)), shapes.TimingShown, refusals=UNKNOWN,
    ),
    Operation(
        "PUT", f"{SESSION}/timing", "time", "Slow a session's answers down, or hasten them.",
        _of_session(lambda control, session, call: control.time(session, call.body)), shapes.TimingShown,
        body=(forms.Timing,), refusals=(400, 404),
    ),
    Operation(
        "DELETE", f"{SESSION}/timing", "untime", "Let answers come as their rules say.",
        _of_session(lambda control, session, call: control.untime(session)), shapes.Done, refusals=UNKNOWN,
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
        gateway_shapes.GatewaysShown, query=forms.OfKey, refusals=(400, 404),
    ),
    Operation(
        "POST", f"{SESSION}/gateway/credits", "top_up", "Give a key money, or set what it has.",
        _of_session(lambda control, session, call: control.top_up(session, call.body)), gateway_shapes.GatewaysShown,
        body=(forms.TopUp,), refusals=(400, 404),
    ),
    Operation(
        "POST", f"{SESSION}/gateway/refill", "refill", "Make limits full again: of a key, or of all.",
        _of_session(lambda control, session, call: control.refill(session, call.body)), gateway_shapes.GatewaysShown,
        body=(forms.Refill,), refusals=(400, 404),
    ),
    Operation(
        "PUT", f"{SESSION}/gateway/providers/{{provider}}", "set_provider", "Set the state of a provider.",
        _of_session(lambda control, session, call: control.set_provider(session, call.path["provider"], call.body)),
        gateway_shapes.GatewaysShown, body=(forms.ProviderStates,), refusals=(400, 404),
    ),
    Operation(
        "DELETE", f"{SESSION}/gateway/providers/{{provider}}", "release_provider",
        "Let a provider do again what its script says.",
        _of_session(lambda control, session, call: control.release_provider(
            session, call.path["provider"], of_query(call.query)
        )),
        gateway_shapes.GatewaysShown, query=forms.OfScenario, refusals=(400, 404),
    ),
    *RECORDS,
    Operation(
        "GET", "events", "events", "What happens, as it happens: server-sent events.",
        lambda control, call: forms.read(questions.Following, of_query(call.query), "the query"), "events",
        query=questions.Following, refusals=(400,),
    ),
)  # fmt: skip
