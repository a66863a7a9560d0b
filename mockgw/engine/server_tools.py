"""Server tools: the blocks of a call that the API makes itself, and what they leave in the message around them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from mockgw.chance import Chance
from mockgw.engine.cutting import Part
from mockgw.protocol.errors import ApiError
from mockgw.protocol.events import input_json
from mockgw.protocol.messages import Block, Message, OtherBlock
from mockgw.protocol.requests import MessagesRequest
from mockgw.scenario.options import Options
from mockgw.scenario.outcomes import Container
from mockgw.scenario.server_tools import Moment, ServerTool
from mockgw.values import light

Json = dict[str, Any]
CODE = ("code_execution", "bash_code_execution", "text_editor_code_execution")
RESULT = "_tool_result"


@light
class Maker:
    """Makes the blocks of one answer: for this request, with this chance, at this time of day."""

    request: MessagesRequest
    chance: Chance
    seed: int
    wall: datetime

    def parts(self, tool: ServerTool, index: int, *, running: bool) -> Iterator[Part]:
        """The call and its result; a call that is still `running` has none yet."""
        call = self._call(tool, index) if tool.begun else self._paused(tool)
        if tool.begun:
            yield Part(OtherBlock(call), None, input_json(call["input"]) or call["name"])
        if tool.ended or not running:
            kind, *rest = tool.outcome(Moment(self.seed, self.wall, call)).items()
            yield Part(OtherBlock(dict([kind, ("tool_use_id", call["id"]), *rest])), None, "")

    def _call(self, tool: ServerTool, index: int) -> Json:
        offered = [tool["name"] for tool in self.request.tools if isinstance(tool.get("name"), str)]
        made = tool.prefix + self.chance.token("server_tool", index, length=22)
        return tool.call(offered) | {"id": tool.id or made}

    def _paused(self, tool: ServerTool) -> Json:
        """The call of the answer before, which was paused, and is sent back now."""
        calls = [call for call in _unanswered(self.request.messages) if call["name"] in tool.called_as]
        named = [call for call in calls if tool.id in (None, call["id"])]
        if not named:
            wanted = " or ".join(tool.called_as) + (f" with the id {tool.id!r}" if tool.id else "")
            raise _refused(f"the last answer in the request has no call of {wanted} without a result")
        return named[0]

    def traced(self, message: Message, options: Options) -> Message:
        """The message with the requests that its searches took, and the container that its code ran in."""
        used = _used(message.content)
        if used and "server_tool_use" not in message.usage.other:
            message = replace(
                message, usage=replace(message.usage, other=message.usage.other | {"server_tool_use": used})
            )
        if options.container is None and any(map(_runs_code, message.content)):
            message = replace(message, container=self.container(Container()))
        return message

    def container(self, form: Container) -> Json:
        """A container on the wire; its id is the request's own, else made."""
        asked = self.request.body.get("container")
        named = asked.get("id") if isinstance(asked, dict) else asked
        made = "container_011C" + self.chance.token("container", length=20)
        return form.wire(named if isinstance(named, str) and named else made, self.wall)


def _unanswered(messages: Sequence[Json]) -> Iterator[Json]:
    """The server's calls in the last messages, those of the model, that have no result."""
    last: list[Json] = []
    for message in reversed(messages):
        if message["role"] != "assistant":
            break
        last = [*(message["content"] if isinstance(message["content"], list) else []), *last]
    answered = {block.get("tool_use_id") for block in last}
    return (block for block in last if block["type"] == "server_tool_use" and block["id"] not in answered)


def _used(content: Iterable[Block]) -> Json:
    """How many searches and fetches gave something; empty when there was none."""
    kinds = [block.value.get("type") for block in content if isinstance(block, OtherBlock) and not _failed(block)]
    searches, fetches = (kinds.count(name + RESULT) for name in ("web_search", "web_fetch"))
    return {"web_search_requests": searches, "web_fetch_requests": fetches} if searches or fetches else {}


def _failed(block: OtherBlock) -> bool:
    content = block.value.get("content")
    return isinstance(content, dict) and str(content.get("type")).endswith("_error")


def _runs_code(block: Block) -> bool:
    return isinstance(block, OtherBlock) and block.value.get("type") in [name + RESULT for name in CODE]


def _refused(reason: str) -> ApiError:
    return ApiError(400, f"cannot go on with an answer: {reason}", kind="server_tool", should_retry=False)
