"""Explain: what a request is answered and why, as plain data."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, field, replace
from typing import Any, Literal

from mockgw.delivery.faults.base import HALF_WAY, Fault
from mockgw.delivery.pacing import Pace
from mockgw.engine.decide import Decision
from mockgw.engine.nearest import all_given, list_over, nearest
from mockgw.engine.select import Asked, Match, answer_of, is_used_up, meets, position_in
from mockgw.engine.suggestion import suggestion
from mockgw.protocol.attachments import Attachment, attached
from mockgw.protocol.errors import ApiError
from mockgw.protocol.messages import Message, to_json
from mockgw.scenario.checks import Check, excerpt
from mockgw.scenario.context import Context, collapse
from mockgw.scenario.model import Rule, Scenario
from mockgw.scenario.nodes import Node, Sequence
from mockgw.values import light

Outcome = Literal["answers", "differs", "not_asked", "used_up", "not_for_side_calls"]


@light
class Seen:
    """What a rule sees of a request, under the keys of `match`; long texts are shortened."""

    prompt: str | None
    step: int
    turn: int
    nth_prompt: int
    nth_request: int
    attempt: int
    agent: str
    model: str
    stream: bool
    session: str
    clock: float
    tool_result: tuple[dict[str, Any], ...]
    attachment: tuple[dict[str, Any], ...]
    tools: tuple[str, ...]
    system: str | None
    reminders: tuple[str, ...]
    beta: tuple[str, ...]
    structured: bool
    thinking: str | None
    effort: str | None


@light
class Chosen:
    """The scenario that answers, and why it is this one."""

    name: str
    path: str
    why: str


@light
class InList:
    """Which answer of a list it is, from 1; `repeated` when the list is over and begins again or stays at its last."""

    kind: str
    number: int
    length: int
    repeated: bool


@light
class Given:
    """The answer in short: `rule` is empty when none answers, `error` is set when it is no message."""

    status: int
    rule: str = ""
    place: str = ""
    lists: tuple[InList, ...] = ()
    content: tuple[dict[str, Any], ...] = ()
    stop_reason: str = ""
    error: dict[str, Any] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    pace: dict[str, Any] = field(default_factory=dict)
    faults: tuple[dict[str, Any], ...] = ()


@light
class Verdict:
    """What became of one rule; `matches` is whether all its conditions hold, whether or not it is asked."""

    id: str
    place: str
    outcome: Outcome
    reason: str
    matches: bool
    checks: tuple[Check, ...]


@light
class Explanation:
    """Why a request is answered as it is.

    request   what a rule sees, by the keys of `match`; null when the request is refused before any rule is asked
    scenario  {name, path, why}; null when none could be chosen
    answer    {status, rule, place, lists: [{kind, number, length, repeated}], content, stop_reason, error: {type,
              message, param, kind, …}, headers, delay, pace, faults: [{type, at, strikes, …}]};
              a fault without `at` strikes at the beginning
    rules     in the order in which they are asked: {id, place, outcome, reason, matches, checks: [{key, held, wanted,
              found, hint, parts}]}; an outcome is answers, differs, not_asked, used_up or not_for_side_calls
    nearest   the rule that a miss is nearest to, else empty
    suggestion  for a miss: a rule in YAML that matches this request, else empty
    lacking   what kept a request from being answered by rules; `request` and `rules` are then as if it lacked nothing
    otherwise what it would have been answered then, as `answer`; else null
    """

    request: Seen | None
    scenario: Chosen | None
    answer: Given
    rules: tuple[Verdict, ...] = ()
    nearest: str = ""
    suggestion: str = ""
    lacking: tuple[str, ...] = ()
    otherwise: Given | None = None

    @property
    def answered(self) -> bool:
        """Whether a scenario says what is answered, be it an error."""
        return bool(self.answer.rule)

    def data(self) -> dict[str, Any]:
        return asdict(self)


def explain(asked: Asked, outcome: Decision | ApiError, scenario: Chosen | None) -> Explanation:
    """Why `outcome` is what `asked` is answered."""
    verdicts = tuple(_verdicts(asked))
    answering = next((verdict for verdict in verdicts if verdict.outcome == "answers"), None)
    missed = isinstance(outcome, ApiError) and outcome.kind == "no_match"
    return Explanation(
        request=seen(asked.context),
        scenario=scenario,
        answer=refused(outcome, answering) if isinstance(outcome, ApiError) else _given(asked, outcome),
        rules=verdicts,
        nearest=nearest(asked).rule.id if missed and asked.scenario.rules else "",
        suggestion=suggestion(asked.context) if missed else "",
    )


def as_then(context: Context, then: Mapping[str, Any] | None, attempt: int | None) -> Context:
    """What rules saw of a request that was kept, or see of one that is this try of its call."""
    known = {**(then or {}), **({} if attempt is None else {"attempt": attempt})}
    return replace(context, **known) if known else context


def refusal(
    error: ApiError, scenario: Chosen | None, rest: Explanation | None, lacking: tuple[str, ...]
) -> Explanation:
    """Why no rule is asked; `rest` explains the request with what it is lacking."""
    if rest is None or rest.request is None:
        return Explanation(None, scenario, refused(error))
    return replace(rest, answer=refused(error), otherwise=rest.answer, lacking=lacking)


def chosen(scenario: Scenario, why: str) -> Chosen:
    return Chosen(scenario.name, str(scenario.document.path), why)


def _attached(attachment: Attachment) -> dict[str, Any]:
    said = attached(attachment) | {"text": _short(attachment.text)}
    return {name: value for name, value in said.items() if value not in (None, "")}


def seen(context: Context) -> Seen:
    talk = context.conversation
    results = ({"name": one.name, "is_error": one.is_error, "text": _short(one.text)} for one in context.tool_results)
    return Seen(
        prompt=context.prompt,
        step=talk.step,
        turn=talk.turn,
        nth_prompt=talk.nth_prompt,
        nth_request=context.nth_request,
        attempt=context.attempt,
        agent=context.agent,
        model=context.request.model,
        stream=context.request.stream,
        session=context.session,
        clock=round(context.clock, 3),
        tool_result=tuple(results),
        attachment=tuple(_attached(one) for one in context.attachments),
        tools=context.tools,
        system=None if context.system is None else _short(context.system),
        reminders=tuple(map(_short, context.reminders)),
        beta=context.beta,
        structured=context.structured,
        thinking=context.thinking,
        effort=context.effort,
    )


def _short(text: str) -> str:
    return excerpt(collapse(text))


def refused(error: ApiError, answering: Verdict | None = None) -> Given:
    """An answer that no scenario wrote; a rule may be at fault."""
    found = Given(error.status, error=_error(error))
    return replace(found, rule=answering.id, place=answering.place) if answering else found


def _error(error: ApiError) -> dict[str, Any]:
    fields: dict[str, Any] = {"type": error.type, "message": error.message, "param": error.param, "kind": error.kind}
    fields |= {"headers": dict(error.headers)} | ({"metadata": dict(error.metadata)} if error.metadata else {})
    return fields | ({} if error.body is None else {"body": error.body})


def _given(asked: Asked, decision: Decision) -> Given:
    match, answer = decision.match, decision.answer
    given = Given(
        status=200,
        rule=match.rule.id,
        place=match.rule.place,
        lists=tuple(_lists(match.rule.node, match, asked)),
        headers=decision.headers,
        delay=decision.delay,
        pace=_pace(decision.pace),
        faults=tuple(_faults(asked, decision)),
    )
    if isinstance(answer, Message):
        return replace(given, content=tuple(to_json(answer)["content"]), stop_reason=answer.stop_reason)
    return replace(given, status=answer.status, error=_error(answer))


def _pace(pace: Pace) -> dict[str, Any]:
    return {} if pace.instant else pace.model_dump(exclude_defaults=True)


def _faults(asked: Asked, decision: Decision) -> Iterator[dict[str, Any]]:
    """Those that strike, and those that do not this time; that the gateway does not wait is one of them."""
    leaf, striking = decision.match.leaf, dict(zip(decision.hits, decision.faults, strict=True))
    for index, fault in enumerate(leaf.options.fault):
        subject = asked.subject(*leaf.path, "fault", index)
        yield _fault(striking.get(subject, fault)) | {"strikes": subject in striking}
    if decision.lost:
        yield {"type": decision.lost, "strikes": True}


def _fault(fault: Fault) -> dict[str, Any]:
    options = fault.model_dump(exclude_unset=True, by_alias=True)
    usual = {} if fault.usual_place != HALF_WAY else {"at": HALF_WAY.model_dump(exclude_unset=True)}
    return usual | options


def _lists(node: Node, match: Match, asked: Asked) -> Iterator[InList]:
    """The lists on the way to an answer."""
    while isinstance(node, Sequence):
        inside = next(i for i, entry in enumerate(node.entries) if _leads_to(entry.node, match))
        repeated = node.kind != "choose" and position_in(node, asked) >= node.length
        yield InList(node.kind, inside + 1, len(node.entries), repeated)
        node = node.entries[inside].node


def _leads_to(node: Node, match: Match) -> bool:
    if isinstance(node, Sequence):
        return any(_leads_to(entry.node, match) for entry in node.entries)
    return node is match.leaf


def _verdicts(asked: Asked) -> Iterator[Verdict]:
    """What became of each rule, in the order in which they are asked."""
    answering: Rule | None = None
    for rule in asked.scenario.rules:
        matches = all(pattern.holds(asked.context) for pattern in rule.patterns)
        outcome, reason = _outcome(rule, asked, answering, matches=matches)
        answering = rule if outcome == "answers" else answering
        checks = (check for pattern in rule.patterns for check in pattern.checks(asked.context))
        yield Verdict(rule.id, rule.place, outcome, reason, matches, tuple(checks))


def _outcome(rule: Rule, asked: Asked, answering: Rule | None, *, matches: bool) -> tuple[Outcome, str]:
    if not meets(rule, asked):
        return "not_for_side_calls", "its match names neither 'agent' nor 'structured'"
    if answering is not None:
        return "not_asked", f"{answering.id} answers before it"
    if not matches:
        return "differs", ""
    if is_used_up(rule, asked):
        return "used_up", all_given(rule)
    return ("used_up", f"its list of answers: {list_over(rule, asked)}") if _is_over(rule, asked) else ("answers", "")


def _is_over(rule: Rule, asked: Asked) -> bool:
    try:
        return answer_of(rule, asked) is None
    except ApiError:  # `then: error` is an answer too
        return False
