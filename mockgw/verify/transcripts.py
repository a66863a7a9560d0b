"""Transcripts: rules about what a client makes of answers in its later requests."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mockgw.delivery.told import Heard, digest_of
from mockgw.journal import THOUGHTS
from mockgw.notation import shown
from mockgw.protocol import conversation
from mockgw.protocol.models import canonical
from mockgw.protocol.thinking import ON, type_of
from mockgw.values import light
from mockgw.verify.asked import Asked
from mockgw.verify.calls import Call, Try
from mockgw.verify.findings import Evidence, Findings, Found
from mockgw.wording import enumerated

# A client that has the model go on from where an answer broke off says so.
GOES_ON = re.compile(r"continu|left off|cut off|interrupt|resum|incomplete|go on", re.IGNORECASE)
SHOWN = 40  # characters of a text
MOST_NAMED = 3  # ids

Json = Mapping[str, Any]


@light
class Broken:
    """An answer that broke off, what came of it, and what it answered: the prompt, and the step since then."""

    one: Try
    heard: Heard
    asked: Asked

    @property
    def place(self) -> tuple[str, str | None, int]:
        talk = self.asked.context.conversation
        return self.asked.exchange.session, talk.prompt, talk.step


def went_on_after_truncated_stream(evidence: Evidence) -> Findings:
    """A later request has, as if it were a whole answer, the text of a stream that broke off before `message_stop`, or
    the result of a tool call in it. A next message that speaks of going on is no fault, nor is one's own leaving."""
    for broken in _broken(evidence):
        later = (one for one in evidence.asked if one is not broken.asked and one.exchange.started >= broken.one.ended)
        for one in (one for one in later if one.exchange.session == broken.asked.exchange.session):
            if found := _taken_for_whole(broken, one):
                told = f"went on with {found} of a stream that broke off before message_stop, as if it were whole"
                yield Found(told, (broken.one.id, one.id))
                break


def broken_tool_result_pairing(evidence: Evidence) -> Findings:
    """A `tool_use` without its `tool_result` in the next message, a `tool_result` without its `tool_use` in the message
    before, or one for an id that no answer gave, though answers of this session made calls."""
    told_of: set[tuple[str, str]] = set()
    given: dict[str, set[str]] = defaultdict(set)
    for one in evidence.asked:
        session, messages = one.exchange.session, one.context.request.messages
        unknown = () if evidence.evicted else _unknown(messages, given[session])
        for id, what in (*_unpaired(messages), *unknown):
            if (session, id) not in told_of:
                told_of.add((session, id))
                yield Found(what, (one.id,))
        given[session].update(one.exchange.tool_calls)


def dropped_thinking(evidence: Evidence) -> Findings:
    """The results of tool calls came back without the thinking that stood before these calls in the answer, though
    thinking is on. Who leaves it out after a refusal that speaks of it, or for another model, does right."""
    gave: dict[tuple[str, str], Asked] = {}
    refused: set[str] = set()
    told_of: set[str] = set()
    for one in evidence.asked:
        session = one.exchange.session
        for answer, what in () if session in refused else _dropped(one, gave):
            if answer.id not in told_of:
                told_of.add(answer.id)
                yield Found(what, (answer.id, one.id))
        gave.update({(session, id): one for id in one.exchange.tool_calls if not one.exchange.faults})
        if one.exchange.status == 400 and "thinking" in one.exchange.message:
            refused.add(session)


def _dropped(one: Asked, gave: Mapping[tuple[str, str], Asked]) -> Iterator[tuple[Asked, str]]:
    """The answers whose calls come back with less thinking, and what to say of each."""
    request = one.context.request
    if type_of(request) not in ON:
        return
    ids, thoughts = _last_round(request.messages)
    answers = {answer.id: (answer, id) for id in ids if (answer := gave.get((one.exchange.session, id)))}
    for answer, id in answers.values():
        if thoughts < answer.exchange.thoughts and canonical(answer.exchange.model) == canonical(request.model):
            yield answer, f"sent the result of {id} without the thinking that stood before the call"


def _last_round(messages: Sequence[Json]) -> tuple[list[str], int]:
    """The ids of the results at the end, and how many blocks of thinking the answer before them has."""
    spoken = [message for message in messages if message["role"] in ("user", "assistant")]
    end = len(spoken)
    while end and spoken[end - 1]["role"] == "user":
        end -= 1
    start = end
    while start and spoken[start - 1]["role"] == "assistant":
        start -= 1
    ids = sorted(id for message in spoken[end:] for id in _results(message))
    return ids, sum(1 for message in spoken[start:end] for kind in THOUGHTS for _ in _blocks(message, kind))


def _broken(evidence: Evidence) -> Iterator[Broken]:
    """The streams that broke off, but for those whose retry said the same."""
    asked = {id(one.exchange): one for one in evidence.asked}
    for call in evidence.calls:
        for one in call.tries:
            if one.broken is not None and id(one.exchange) in asked and not _said_again(one.broken, call):
                yield Broken(one, one.broken, asked[id(one.exchange)])


def _said_again(heard: Heard, call: Call) -> bool:
    others = (one.told.heard for one in call.tries)
    return any(other is not None and other.whole and other.digest == heard.digest for other in others)


def _taken_for_whole(broken: Broken, one: Asked) -> str:
    """What of a broken answer stands in a later transcript."""
    messages = one.context.request.messages
    for index, message in enumerate(messages[:-1]):
        if message["role"] != "assistant" or _goes_on(messages[index + 1]):
            continue
        if broken.heard.begins and _is_same(broken, messages, index):
            return f"the text {shown(_short(broken.heard.begins))}"
        if ids := _calls(message) & set(broken.one.exchange.tool_calls):
            return f"the call {min(ids)}"
    return ""


def _is_same(broken: Broken, messages: Sequence[Json], index: int) -> bool:
    if digest_of("".join(conversation.texts(messages[index]["content"]))) != broken.heard.digest:
        return False
    before = conversation.read(messages[:index])
    return (broken.asked.exchange.session, before.prompt, before.step) == broken.place


def _goes_on(message: Json) -> bool:
    return message["role"] == "user" and GOES_ON.search(conversation.typed(message["content"])) is not None


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _unpaired(messages: Sequence[Json]) -> Iterator[tuple[str, str]]:
    """Ids that stand on one side only, and what is wrong with each."""
    for calls, results, is_last in _rounds(messages):
        for id in [] if is_last else sorted(calls - results):
            yield id, f"the call {id} has no tool_result in the message after it"
        for id in sorted(results - calls):
            yield id, f"a tool_result answers {id}, which the message before it does not call"


def _rounds(messages: Sequence[Json]) -> Iterator[tuple[set[str], set[str], bool]]:
    """The calls of each answer, the results that follow it, and whether nothing follows it."""
    calls: set[str] = set()
    results: set[str] = set()
    answering = True
    for message in (message for message in messages if message["role"] in ("user", "assistant")):
        if message["role"] == "user":
            answering = False
            results |= _results(message)
            continue
        if not answering:
            yield calls, results, False
            calls, results, answering = set(), set(), True
        calls |= _calls(message)
    yield calls, results, answering


def _unknown(messages: Sequence[Json], given: set[str]) -> Iterator[tuple[str, str]]:
    """New results for calls that the transcript has, but that no answer made: one's own history, if none made any."""
    last = next((message for message in reversed(messages) if message["role"] == "user"), None)
    for id in sorted(_results(last) - given) if last and given else ():
        some = enumerated(sorted(given)[:MOST_NAMED])
        yield id, f"a tool_result answers {id}, which no answer gave; answers of this session gave {some}"


def _calls(message: Json) -> set[str]:
    return {block["id"] for block in _blocks(message, "tool_use")}


def _results(message: Json) -> set[str]:
    return {block["tool_use_id"] for block in _blocks(message, "tool_result")}


def _blocks(message: Json, kind: str) -> Iterator[Json]:
    content = message["content"]
    return (block for block in content if not isinstance(content, str) and block.get("type") == kind)
