"""Loops: tool calls that an agent is told to make again and again, and pauses that never end."""

from collections.abc import Iterator

from mockgw.errors import Problem
from mockgw.lint.leaves import Leaf, answers
from mockgw.lint.logic.cases import cases
from mockgw.lint.logic.formulas import Formula, of_match
from mockgw.lint.logic.world import World, changes, first
from mockgw.notation import is_template
from mockgw.scenario.document import Document, Path
from mockgw.scenario.model import Rule, Scenario
from mockgw.scenario.nodes import Failure, Node, Reply, Sequence
from mockgw.scenario.replies import BlockForm

LOOKS = 20_000  # at a rule above; after so many, no more is looked for in this scenario
WAYS = 8  # of one rule to match, each a loop of its own
PAUSE = "pause_turn"
ENDINGS = ("next_rule", "error")


def endless(scenario: Scenario) -> Iterator[Problem]:
    """Calls whose result is answered by the same call, whatever it says."""
    calling = [rule.times is None and any(map(_calls, answers(rule.node))) for rule in scenario.rules]
    above: list[Formula] = []
    looks = LOOKS
    for rule, calls in zip(scenario.rules, calling, strict=True) if any(calling) else ():
        formula = of_match(rule)
        if calls and looks > 0 and (call := _endless_call(rule, formula, above)):
            place = _place(call, rule, scenario.document)
            yield scenario.document.warning(_message(rule, call), place, "endless-tool-call")
        looks -= len(above) if calls else 0
        if changes(formula):
            above.append(formula)


def _calls(answer: Reply | Failure) -> bool:
    return isinstance(answer, Reply) and bool(called(answer))


def _endless_call(rule: Rule, formula: Formula, above: list[Formula]) -> Reply | None:
    for case in cases(formula)[:WAYS]:
        call = repeated(rule.node, first(case, "step"))
        if call and _comes_back(World.after(case, called(call)), formula, above):
            return call
    return None


def _comes_back(world: World, formula: Formula, above: list[Formula]) -> bool:
    """Whether the tool's result surely meets the rule again, and surely none above it."""
    return world.held(formula) is True and all(world.held(other) is False for other in reversed(above))


def repeated(node: Node, step: int) -> Reply | None:
    """A call that is made at this step and at each that follows, if no other answer comes in between."""
    match node:
        case Failure():
            return None
        case Reply():
            return node if called(node) else None
        case Sequence(kind="choose"):  # an agent's loop keeps its branch
            return next(filter(None, (repeated(entry.node, step) for entry in node.entries)), None)
        case Sequence(kind="attempts"):  # each result is a new call
            return repeated(node.entries[0].node, step)
    return None if node.then in ENDINGS else _endless_list(node, step)


def _endless_list(node: Sequence, step: int) -> Reply | None:
    """Of replies that repeat their last one only this counts: sooner or later it is reached."""
    entries = list(node.entries)
    if node.then == "repeat_last":
        ends = [sum(entry.times for entry in entries[: index + 1]) for index in range(len(entries))]
        reached = [entry for entry, end in zip(entries, ends, strict=True) if end > step]
        entries = (reached if node.kind == "steps" else []) or entries[-1:]
    calls = [repeated(entry.node, step) for entry in entries]
    return calls[-1] if all(calls) else None


def called(reply: Reply) -> list[str | None]:
    """The names of the tools that it calls, None for one that is not known; none if it ends a loop, or may.

    A pause is sent back as a call is, with whatever stood there before.
    """
    options = reply.options
    if options.stop_reason == PAUSE and not options.fault:
        return [None]
    if options.fault or options.stop_sequence is not None or options.stop_reason not in (None, "tool_use"):
        return []
    names = (_name(form) for form in reply.blocks if form.calls_tool)
    return [None if is_template(name) else name for name in names]


def _name(form: BlockForm) -> str | None:
    if form.tool_use is not None:
        return form.tool_use.name
    name = form.generate.tool if form.generate is not None else (form.block or {}).get("name")
    return name if isinstance(name, str) else None


def _place(call: Reply, rule: Rule, document: Document) -> Path:
    if call.options.stop_reason == PAUSE:
        return Leaf(rule, call, document).option_path("stop_reason")
    index, block = next((index, block) for index, block in enumerate(call.blocks) if block.calls_tool)
    return Leaf(rule, call, document).key_path(index, block)


def _message(rule: Rule, call: Reply) -> str:
    if call.options.stop_reason == PAUSE:
        return "sent back, this pauses again, for ever; put it into 'steps' with an answer after it"
    told = "after the tool's result this call is made again, for ever; put it into 'steps' with an answer after it"
    if not rule.path:
        return told
    return f"{told}, match {{step: 0}} here and answer the rest below, or match {{tool_result: …}} in a rule above"
