"""Explanation: why a request is answered as it is, as text for a terminal."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mockgw.engine.explain import Explanation, Given, InList, Seen, Verdict
from mockgw.notation import shown
from mockgw.scenario.checks import Check
from mockgw.wording import counted, shortened

INDENT = "          "  # what stands beside the first column
LONGEST = 200  # of a text in an answer
MOST_NAMES = 8
ASCII = str.maketrans({"✓": "+", "✗": "-", "·": ".", "…": "..."})
OUTCOMES = {
    "answers": "answers",
    "differs": "does not match",
    "not_asked": "is not asked: ",
    "used_up": "is used up: ",
    "not_for_side_calls": "is not for side calls: ",
}


def outcome(given: Given) -> str:
    """An answer in two words: its status, and the rule or the refusal that it comes from."""
    kind = (given.error or {}).get("kind")
    return f"{given.status} {kind or given.rule or 'refused'}"


def text(explanation: Explanation, source: str, *, then: str = "", encoding: str = "utf-8") -> str:
    """What was read, which scenario, what is answered, and what became of every rule."""
    sections = {
        "request": _request(explanation.request, source),
        "scenario": _scenario(explanation),
        "answer": _answer(explanation.answer),
        "then": [f"{then}: it was answered differently when it was recorded"] if then else [],
        "otherwise": _otherwise(explanation),
        "rules": _rules(explanation),
    }
    lines = [line for name, section in sections.items() for line in _section(name, section)]
    whole = "\n".join([*lines, *_suggestion(explanation)])
    return whole if _shows("✓", encoding) else whole.translate(ASCII)


def _shows(sign: str, encoding: str) -> bool:
    """Whether a terminal can show a sign."""
    try:
        sign.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _section(name: str, lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        yield f"{name if number == 0 else '':<{len(INDENT)}}{line}"


def _request(seen: Seen | None, source: str) -> Iterator[str]:
    yield source
    if seen is None:
        return
    yield f"prompt: {_prompt(seen)}"
    places = {"step": seen.step, "turn": seen.turn, "nth_prompt": seen.nth_prompt, "nth_request": seen.nth_request}
    yield _named(**places, attempt=seen.attempt)
    yield f"model: {_quoted(seen.model)}, {_named(stream=seen.stream, agent=seen.agent, session=seen.session)}"
    for result in seen.tool_result:
        failed = ", is_error" if result["is_error"] else ""
        yield f"tool_result: {result['name'] or 'of an unknown tool'}{failed} {shown(result['text'])}"
    for one in seen.attachment:
        yield f"attachment: {_named(**one)}"
    if seen.tools:
        yield f"tools: {_names(seen.tools)}"
    if seen.system is not None:
        yield f"system: {shown(seen.system)}"
    if seen.structured or seen.thinking or seen.effort:
        yield _named(structured=seen.structured, thinking=seen.thinking, effort=seen.effort)


def _prompt(seen: Seen) -> str:
    found = "nothing was typed" if seen.prompt is None else _quoted(seen.prompt)
    left_out = f" (without {counted(len(seen.reminders), 'reminder')})" if seen.reminders else ""
    return f"{found}{left_out}"


def _named(**values: Any) -> str:
    return ", ".join(f"{name}: {_plain(value)}" for name, value in values.items() if value is not None)


def _plain(value: Any) -> str:
    return value if isinstance(value, str) and value.isprintable() else shown(value)


def _names(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return ", ".join(map(_plain, names[:MOST_NAMES])) + more


def _quoted(value: str) -> str:
    """Text on one line, cut when it is long."""
    return repr(shortened(value, LONGEST)).replace("\\\\", "\\")


def _scenario(explanation: Explanation) -> Iterator[str]:
    chosen = explanation.scenario
    if chosen is not None:
        yield f"{chosen.name} ({chosen.path}): {chosen.why}"


def _answer(given: Given) -> Iterator[str]:
    yield f"{given.status} {_by(given)}{''.join(map(_in_list, given.lists))}"
    if given.error is not None:
        yield f"error: {given.error['type']}: {_plain(given.error['message'])}"
        yield from _headers(given.error["headers"])
        if metadata := given.error.get("metadata"):
            yield f"metadata: {_json(metadata)}"
    yield from map(_block, given.content)
    if given.stop_reason:
        yield f"stop_reason: {given.stop_reason}"
    yield from _headers(given.headers)
    if given.delay:
        yield f"delay: {given.delay:g} s"
    if given.pace:
        yield f"pace: {_options(given.pace)}"
    yield from map(_fault, given.faults)


def _otherwise(explanation: Explanation) -> Iterator[str]:
    """What the rules would have said to a request that was refused."""
    if explanation.otherwise is not None:
        yield f"if it had been sent {', '.join(explanation.lacking)}:"
        yield from _answer(explanation.otherwise)


def _by(given: Given) -> str:
    kind = (given.error or {}).get("kind")
    rule = f"{given.rule} ({given.place})" if given.rule else ""
    if given.rule == given.place == "errand":
        return "by mockgw itself: no rule is written for this side call"
    if not kind:
        return f"by {rule or 'mockgw itself'}"
    return f"by mockgw itself ({kind}){f', at {rule}' if rule else ''}"


def _in_list(place: InList) -> str:
    repeated = ", repeated" if place.repeated else ""
    return f", {place.kind}: answer {place.number} of {place.length}{repeated}"


def _headers(headers: Mapping[str, str]) -> Iterator[str]:
    for name, value in headers.items():
        yield f"header: {name}: {_plain(value)}"


def _block(block: Mapping[str, Any]) -> str:
    match block:
        case {"type": "text", "text": str(said)}:
            return f"text: {_quoted(said)}"
        case {"type": "thinking", "thinking": str(thought)}:
            return f"thinking: {_quoted(thought)}"
        case {"type": "tool_use", "name": str(name), "input": input}:
            return f"tool_use: {name} {_json(input)}"
    return f"{block.get('type', 'block')}: {_json({key: part for key, part in block.items() if key != 'type'})}"


def _json(value: Any) -> str:
    return shortened(json.dumps(value, ensure_ascii=False), LONGEST)


def _options(options: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {_json(value)}" for name, value in options.items())


def _fault(fault: Mapping[str, Any]) -> str:
    more = {name: value for name, value in fault.items() if name not in ("type", "at", "strikes")}
    place = f" at {_options(fault['at'])}" if "at" in fault else ""
    options = f" ({_options(more)})" if more else ""
    strikes = "" if fault["strikes"] else "; not this time"
    return f"fault: {fault['type']}{place}{options}{strikes}"


def _rules(explanation: Explanation) -> Iterator[str]:
    for verdict in explanation.rules:
        yield _verdict(verdict, nearest=verdict.id == explanation.nearest)
        for check in verdict.checks:
            yield from _check(check, 1)


def _verdict(verdict: Verdict, *, nearest: bool) -> str:
    mark = {"answers": "✓", "differs": "✗"}.get(verdict.outcome, "·")
    too = "; it would match too" if verdict.outcome == "not_asked" and verdict.matches else ""
    near = "; it is the nearest" if nearest else ""
    return f"{mark} {verdict.id} ({verdict.place}) {OUTCOMES[verdict.outcome]}{verdict.reason}{too}{near}"


def _check(check: Check, depth: int) -> Iterator[str]:
    """A line for a condition, and one for each inside it unless they all fared alike."""
    key = f"{check.key}: " if check.key else ""
    yield f"{'    ' * depth}{'✓' if check.held else '✗'} {key}{check.text}"
    alike = {part.held for part in check.parts} in ({True}, {False}) and check.key not in ("all", "any", "none")
    for part in () if alike else check.parts:
        yield from _check(part, depth + 1)


def _suggestion(explanation: Explanation) -> Iterator[str]:
    if explanation.suggestion and explanation.scenario is not None:
        yield f"\nA rule that matches this request, for the 'rules:' of {explanation.scenario.path}:\n"
        yield from (f"  {line}" for line in explanation.suggestion.splitlines())
