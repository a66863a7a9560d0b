"""Pairs: every call of a tool has one result, where it belongs, and every result its call."""

from collections.abc import Iterator
from typing import Any

from mockgw.protocol.rules import Refusal, shown
from mockgw.validation.subject import Subject, blocks
from mockgw.validation.turns import is_directive
from mockgw.values import light

SUFFIX = "_tool_result"
LONGEST_ID = 256


@light
class Placed:
    """A block and where it stands."""

    index: int
    block: int
    value: dict[str, Any]

    @property
    def type(self) -> str:
        return str(self.value["type"])

    def refusal(self, code: str, **values: Any) -> Refusal:
        """A refusal of this block."""
        at = ("messages", self.index, "content", self.block)
        return Refusal(code, *at, index=self.index, block=self.block, **values)


@light
class Turn:
    """What one side says before the other does: messages of one role in a row are one."""

    role: str
    placed: list[Placed]

    def of(self, type: str) -> list[Placed]:
        return [one for one in self.placed if one.type == type]


NOBODY = Turn("", [])


def check(subject: Subject) -> None:
    """Calls and results of the client's tools, turn by turn, then those of the server's."""
    turns = list(turns_of(subject.messages))
    seen: set[str] = set()
    for before, turn, after in zip([NOBODY, *turns], turns, [*turns[1:], NOBODY], strict=False):
        if turn.role == "assistant":
            _check_calls(turn, after, seen)
        elif turn.role == "user":
            _check_results(turn, before)
    _check_server_results(turns)
    _check_server_calls(turns)
    _check_waiting_calls(turns, {tool.get("name") for tool in subject.tools})


def turns_of(messages: list[dict[str, Any]]) -> Iterator[Turn]:
    """The turns of a conversation; a message that only sets options is none."""
    turn = NOBODY
    for index, message in enumerate(messages):
        if is_directive(message):
            continue
        if message["role"] != turn.role:
            if turn is not NOBODY:
                yield turn
            turn = Turn(message["role"], [])
        turn.placed.extend(Placed(index, number, block) for number, block in enumerate(blocks(message)))
    yield turn


def _check_calls(turn: Turn, after: Turn, seen: set[str]) -> None:
    calls = turn.of("tool_use")
    for call in calls:
        if call.value["id"] in seen:
            raise call.refusal("same_id")
        seen.add(call.value["id"])
    answered = {one.value["tool_use_id"] for one in _leading_results(after)}
    lacking = [call for call in calls if call.value["id"] not in answered]
    if lacking:
        index = lacking[0].index
        ids = ", ".join(call.value["id"] for call in lacking)
        raise Refusal("unanswered_call", "messages", index, index=index, ids=ids)


def _leading_results(turn: Turn) -> Iterator[Placed]:
    """The results that come first in a turn: the API does not look for them behind anything else."""
    for one in turn.placed if turn.role == "user" else ():
        if one.type != "tool_result":
            return
        yield one


def _check_results(turn: Turn, before: Turn) -> None:
    called = {call.value["id"] for call in before.of("tool_use")} if before.role == "assistant" else set()
    given: set[str] = set()
    for result in turn.of("tool_result"):
        id = result.value["tool_use_id"]
        if id not in called:
            raise result.refusal("uncalled_result", id=shown(id, most=LONGEST_ID))
        if id in given:
            raise result.refusal("second_result", id=shown(id, most=LONGEST_ID))
        given.add(id)


def _check_server_results(turns: list[Turn]) -> None:
    called: set[str] = set()
    for one in (one for turn in turns for one in turn.placed):
        if one.type == "server_tool_use":
            called.add(one.value["id"])
        elif _is_server_result(one.type) and one.value["tool_use_id"] not in called:
            raise one.refusal(
                "uncalled_server_result", type=one.type, id=shown(one.value["tool_use_id"], most=LONGEST_ID)
            )


def _check_server_calls(turns: list[Turn]) -> None:
    """Those of the last answer may be without: the server goes on with them after `pause_turn`."""
    answers = [turn for turn in turns if turn.role == "assistant"]
    placed = [one for turn in turns for one in turn.placed]
    given = {one.value["tool_use_id"] for one in placed if _is_server_result(one.type)}
    for call in (call for turn in answers[:-1] for call in turn.of("server_tool_use")):
        name, id = call.value["name"], call.value["id"]
        if id not in given:
            at = ("messages", call.index, "content", call.block)
            raise Refusal("unanswered_server_call", *at, name=name, id=id, result=_result_of(name))


def _check_waiting_calls(turns: list[Turn], tools: set[str | None]) -> None:
    """The server can only go on with a call if it still has the tool."""
    answer = next((turn for turn in reversed(turns) if turn.role == "assistant"), NOBODY)
    given = {one.value["tool_use_id"] for one in answer.placed if _is_server_result(one.type)}
    for call in answer.of("server_tool_use"):
        name, id = call.value["name"], call.value["id"]
        tool = "code_execution" if name.endswith("_code_execution") else name
        if id not in given and tool not in tools:
            at = ("messages", call.index, "content", call.block)
            raise Refusal("waiting_call", *at, name=name, id=id, result=_result_of(name), tool=tool)


def _is_server_result(type: str) -> bool:
    return type.endswith(SUFFIX) and type != "mcp_tool_result"


def _result_of(name: str) -> str:
    """The type of the result of a server's tool: both tool searches have the same."""
    return "tool_search_tool_result" if name.startswith("tool_search_tool") else name + SUFFIX
